"""Scores and takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram import Message
from telegram.constants import MessageEntityType

from bot.handlers.weeks import refresh_card
from bot.views import ratings as views
from domain.errors import PickGone
from domain.services.ratings import TakeQuestion

if TYPE_CHECKING:
    from bot.context import Context
    from bot.taps import AboutTap, MineTap, RateTap, SkipTap, TakeTap


async def rate(ctx: Context, tap: RateTap) -> None:
    """A score: toast at once, the card soon."""
    rated = await ctx.services.ratings.rate(ctx.club, ctx.user, tap.pick, tap.score)
    ctx.toast(views.recorded(ctx.me, ctx.club.settings.scale, rated))
    await refresh_card(ctx, rated.pick.week.id)


async def skip(ctx: Context, tap: SkipTap) -> None:
    """Didn't watch, didn't listen."""
    rated = await ctx.services.ratings.skip(ctx.club, ctx.user, tap.pick)
    ctx.toast(views.recorded(ctx.me, ctx.club.settings.scale, rated))
    await refresh_card(ctx, rated.pick.week.id)


async def mine(ctx: Context, tap: MineTap) -> None:
    """My own scores and takes, for my eyes."""
    said = await ctx.services.ratings.mine(ctx.club, ctx.user, tap.week)
    ctx.toast(views.mine(ctx.me, ctx.club.settings.scale, said), alert=True)


async def about(ctx: Context, tap: AboutTap) -> None:
    """Which pick the buttons below are for."""
    card = await ctx.services.weeks.pick_card(ctx.club, tap.pick)
    ctx.toast(views.about(ctx.me, card), alert=True)


async def take(ctx: Context) -> None:
    """A reply to a week's card is a take."""
    original = ctx.message.reply_to_message
    if original is None:
        raise PickGone
    note = await ctx.services.weeks.purpose(ctx.club.chat_id, original.message_id)
    if note is None or note.week_id is None:
        raise PickGone
    stored = await ctx.services.ratings.take(
        ctx.club, ctx.user, note.week_id, ctx.args, has_spoiler=_has_spoiler(ctx.message)
    )
    if isinstance(stored, TakeQuestion):
        ctx.say(views.which(ctx.t, stored.picks), reply=True)
        return
    ctx.react("✍", views.take_kept(ctx.t, stored.pick))
    await refresh_card(ctx, note.week_id)


async def take_about(ctx: Context, tap: TakeTap) -> None:
    """The author of a take says which pick it is about; the question is a reply to the take itself."""
    written = ctx.press.reply_to if ctx.press is not None else None
    if written is None or written.text is None:
        raise PickGone
    if written.from_user is None or written.from_user.id != ctx.user.telegram_id:
        ctx.toast(ctx.me.plain("Only whoever wrote it can say that."), alert=True)
        return
    card = await ctx.services.weeks.pick_card(ctx.club, tap.pick)
    await ctx.services.ratings.take(
        ctx.club,
        ctx.user,
        card.pick.week.id,
        written.text,
        has_spoiler=_has_spoiler(written),
        pick_id=tap.pick,
    )
    ctx.edit(views.take_kept(ctx.t, card.pick))
    await refresh_card(ctx, card.pick.week.id)


def _has_spoiler(message: Message) -> bool:
    return any(entity.type == MessageEntityType.SPOILER for entity in message.entities)
