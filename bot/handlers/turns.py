"""Turns: the line, and how a week changes hands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.handlers.weeks import refresh_card
from bot.taps import BadTap
from bot.views import turns as views
from bot.views.common import person
from domain.clubs import Picking

if TYPE_CHECKING:
    from bot.context import Context
    from bot.send import Sent
    from bot.taps import (
        AwayMenuTap,
        AwayTap,
        HoldTap,
        PassTap,
        SkipTurnTap,
        SwapAnswerTap,
        SwapMenuTap,
        SwapTap,
        TurnsTap,
    )
    from bot.view import View


async def turns(ctx: Context) -> None:
    """/turns"""
    ctx.say(await _line(ctx))


async def line(ctx: Context, _tap: TurnsTap) -> None:
    """Back to the line."""
    ctx.edit(await _line(ctx))


async def pass_on(ctx: Context, tap: PassTap) -> None:
    """First the question, then the week goes to the next."""
    handover = await ctx.services.turns.pass_on(ctx.club, ctx.user, sure=tap.sure)
    if not tap.sure:
        ctx.edit(views.sure_to_pass(ctx.t, handover))
        return
    await _moved(ctx)
    ctx.say(views.passed_on(ctx.t, handover))


async def skip(ctx: Context, tap: SkipTurnTap) -> None:
    """First the question, then the week goes to the next."""
    admin = await ctx.is_admin()
    handover = await ctx.services.turns.skip(ctx.club, tap.user, admin=admin, sure=tap.sure)
    if not tap.sure:
        ctx.edit(views.sure_to_skip(ctx.t, handover))
        return
    await _moved(ctx)
    ctx.say(views.skipped(ctx.t, handover))


async def hold(ctx: Context, _tap: HoldTap) -> None:
    """The next week goes to the same."""
    owner = await ctx.services.turns.hold(ctx.club, ctx.user, admin=await ctx.is_admin())
    ctx.toast(ctx.me.plain("{name} has next week too.", name=person(ctx.me, owner)))
    ctx.edit(await _line(ctx))


async def swap_menu(ctx: Context, _tap: SwapMenuTap) -> None:
    """With whom?"""
    ctx.edit(views.swap_with(ctx.t, await ctx.services.turns.line(ctx.club), ctx.user))


async def swap(ctx: Context, tap: SwapTap) -> None:
    """Ask the other, in a message that tells them."""
    services, club = ctx.services, ctx.club
    offer = await services.turns.offer_swap(club, ctx.user, tap.user)

    async def remember(sent: Sent) -> None:
        await services.turns.remember_offer(club, offer, sent.chat_id, sent.message_id)

    ctx.edit(await _line(ctx))
    ctx.say(views.offer(ctx.t, offer), then=remember)


async def answer_swap(ctx: Context, tap: SwapAnswerTap) -> None:
    """Yes or no."""
    asked = ctx.pressed
    if tap.agreed:
        done = await ctx.services.turns.agree_swap(ctx.club, ctx.user, asked.chat_id, asked.message_id)
        ctx.edit(views.swapped(ctx.t, done))
        await _refresh(ctx)
    else:
        done = await ctx.services.turns.refuse_swap(ctx.club, ctx.user, asked.chat_id, asked.message_id)
        ctx.edit(views.not_swapped(ctx.t, done))


async def away_menu(ctx: Context, _tap: AwayMenuTap) -> None:
    """For how long?"""
    ctx.edit(views.away_how_long(ctx.t, ctx.user))


async def away(ctx: Context, tap: AwayTap) -> None:
    """Away, or back; somebody stands in for an owner."""
    if tap.weeks not in {0, *views.AWAY_WEEKS}:
        raise BadTap(tap.wire())
    until = ctx.services.turns.in_weeks(ctx.club, tap.weeks)
    absence = await ctx.services.turns.away(ctx.club, ctx.user, until)
    if until is None:
        ctx.toast(ctx.me.plain("Welcome back."))
    else:
        ctx.toast(ctx.me.plain("You're away until {day}.", day=ctx.me.day(until)))
    await _moved(ctx)
    if absence.handover is not None:
        ctx.say(views.stood_in(ctx.t, absence.handover))
    elif absence.following is not None:
        ctx.say(views.moved_up(ctx.t, ctx.user, absence.following))


async def _moved(ctx: Context) -> None:
    """Show the line as it is now, and whose week it is on the week's card."""
    ctx.edit(await _line(ctx))
    await _refresh(ctx)


async def _refresh(ctx: Context) -> None:
    week = await ctx.services.weeks.current(ctx.club)
    if week.id is not None:
        await refresh_card(ctx, week.id)


async def _line(ctx: Context) -> View:
    if ctx.club.settings.picking is not Picking.TURNS:
        return views.open_club(ctx.t)
    return views.line(ctx.t, await ctx.services.turns.line(ctx.club))
