"""Coming, going, and finding one's way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.views import start as views
from domain import zones

if TYPE_CHECKING:
    from bot.context import Context


async def start(ctx: Context) -> None:
    """/start

    The link that adds the bot to a group sends it there, too, with `startgroup`'s words; the introduction
    is answer enough.
    """
    if ctx.club.private or ctx.args != views.GROUP_WORD:
        await help_(ctx)


async def help_(ctx: Context) -> None:
    """/help"""
    ctx.say(views.help_(ctx.t, ctx.bot.username))


async def hint(ctx: Context) -> None:
    """Words that are meant for the bot and match nothing."""
    ctx.say(views.hint(ctx.t), reply=True)


async def added(ctx: Context) -> None:
    """The bot's own membership changed, and it is in: it introduces itself to a group, once."""
    if not ctx.club.private and await ctx.services.clubs.introduce(ctx.club):
        spoken = None if ctx.visitor is None else ctx.visitor.spoken
        ctx.say(views.introduction(ctx.t, zones.likely(spoken)))


async def migrated(ctx: Context, chats: tuple[int, int]) -> None:
    """A group became a supergroup; `chats` are its old and its new id."""
    await ctx.services.clubs.migrate(*chats)
