"""People's rights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.taps import BadTap
from bot.views import people as views
from domain.people import UNDO

if TYPE_CHECKING:
    from bot.context import Context
    from bot.taps import CopyTap, ForgetMeTap, NoForgetTap, StayTap


async def privacy(ctx: Context) -> None:
    """/privacy"""
    ctx.say(views.privacy(ctx.t))


async def mine(ctx: Context) -> None:
    """/mydata, in private"""
    if not ctx.club.private:
        ctx.say(views.in_private(ctx.t), reply=True)
        return
    ctx.say(views.mine(ctx.me, ctx.user, await ctx.services.people.held(ctx.user)))


async def copy(ctx: Context, tap: CopyTap) -> None:
    """With a readable copy beside the backups, or without."""
    if not ctx.club.private:
        raise BadTap(tap.wire())
    user = await ctx.services.people.keep_copy(ctx.user, keeps=tap.wanted)
    ctx.edit(views.mine(ctx.me, user, await ctx.services.people.held(user)))


async def forget(ctx: Context) -> None:
    """/forget_me, in private"""
    ctx.say(views.forget(ctx.me) if ctx.club.private else views.in_private(ctx.t), reply=not ctx.club.private)


async def forget_tap(ctx: Context, tap: ForgetMeTap) -> None:
    """Once asked, twice sure."""
    if not ctx.club.private:
        raise BadTap(tap.wire())
    if not tap.sure:
        ctx.edit(views.really(ctx.me))
        return
    await ctx.services.people.ask(ctx.user)
    await ctx.services.forgetting.wake()
    ctx.edit(views.going(ctx.me, int(UNDO.total_seconds())))


async def no(ctx: Context, _tap: NoForgetTap) -> None:
    """They did not mean it; nothing was asked of anybody."""
    ctx.edit(views.staying(ctx.me))


async def stay(ctx: Context, _tap: StayTap) -> None:
    """They changed their mind in time."""
    await ctx.services.people.stay(ctx.user)
    ctx.edit(views.staying(ctx.me))
