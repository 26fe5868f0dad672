"""The week's card and its note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.handlers.prompts import ask
from bot.send import Sent
from bot.views import weeks as views
from domain.ports import Note
from domain.search import shown

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.context import Context
    from bot.view import View
    from domain.weeks import WeekCard

CARD = "card"


async def week(ctx: Context) -> None:
    """/week, or /week 2026-W07 for another one"""
    weeks = ctx.services.weeks
    post_card(ctx, await (weeks.named(ctx.club, ctx.args) if ctx.args else weeks.current(ctx.club)))


async def note(ctx: Context) -> None:
    """/note text"""
    if not shown(ctx.args):
        ask(ctx, views.ask_note(ctx.t), "ask-note")
        return
    admin = await ctx.is_admin()
    week = await ctx.services.weeks.set_note(ctx.club, ctx.user, ctx.args, admin=admin)
    if await ctx.services.weeks.latest_card(week.id) is None:
        post_card(ctx, await ctx.services.weeks.card(ctx.club, week.id))
    else:
        await refresh_card(ctx, week.id)
        ctx.react("👌", views.noted(ctx.t))


async def reveal(ctx: Context) -> None:
    """/reveal: an admin does not wait for the digest; /reveal 2026-W07 for a week that had none"""
    card = await ctx.services.weeks.reveal(ctx.club, ctx.args, admin=await ctx.is_admin())
    post_card(ctx, card)


def post_card(ctx: Context, card: WeekCard) -> None:
    """Send a week's card; from now on this is the one that is kept up to date."""
    ctx.say(views.card(ctx.t, ctx.club, card), then=_keeping(ctx, card))


def show_card(ctx: Context, card: WeekCard) -> None:
    """Show a week's card in place of the message whose button was pressed; the same holds for it."""
    ctx.edit(views.card(ctx.t, ctx.club, card), then=_keeping(ctx, card))


def _keeping(ctx: Context, card: WeekCard) -> Callable[[Sent], Awaitable[None]]:
    async def remember(sent: Sent) -> None:
        if card.id is not None:
            await ctx.services.weeks.remember(Note(sent.chat_id, sent.message_id, CARD, card.id))

    return remember


async def refresh_card(ctx: Context, week_id: int) -> None:
    """Bring the week's newest card up to date, and the one whose button was pressed."""
    services, club, t = ctx.services, ctx.club, ctx.t

    async def render() -> View:
        return views.card(t, club, await services.weeks.card(club, week_id))

    pressed = ctx.press.sent if ctx.press is not None else None
    known = (pressed.chat_id, pressed.message_id) if pressed is not None else None
    for place in await services.weeks.cards(week_id, known):
        ctx.sender.refresh(pressed if pressed is not None and place == known else Sent(*place), render)


async def refresh_current(ctx: Context) -> None:
    """Bring this week's newest card up to date, where there is one."""
    week = await ctx.services.weeks.current(ctx.club)
    if week.id is not None:
        await refresh_card(ctx, week.id)
