"""When a club's posts come, as settings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.taps import BadTap
from bot.views import schedule as views
from domain.schedule import PostKind

if TYPE_CHECKING:
    from bot.context import Context
    from bot.taps import PostTap, TimingTap
    from bot.view import View
    from domain.clubs import Club
    from domain.schedule import Timing


async def post(ctx: Context, tap: PostTap) -> None:
    """One kind of post."""
    ctx.edit(await _screen(ctx, ctx.club, _kind(tap)))


async def time(ctx: Context, tap: TimingTap) -> None:
    """An admin turned it on or off, or moved it."""
    kind, settings = _kind(tap), ctx.club.settings
    schedule = replace(settings.schedule, **{kind.value: _moved(settings.schedule.of(kind), tap)})
    admin = await ctx.is_admin()
    club = await ctx.services.clubs.change(ctx.club, replace(settings, schedule=schedule), admin=admin)
    ctx.edit(await _screen(ctx, club, kind))


async def _screen(ctx: Context, club: Club, kind: PostKind) -> View:
    return views.post(ctx.t, club, kind, await ctx.services.clubs.due(club, kind))


def _kind(tap: PostTap | TimingTap) -> PostKind:
    try:
        return PostKind(tap.kind)
    except ValueError as error:
        raise BadTap(tap.wire()) from error


def _moved(timing: Timing, tap: TimingTap) -> Timing:
    hour, minute = divmod(timing.minute, 60)
    match tap.part:
        case views.ON if tap.value in {0, 1}:
            return replace(timing, on=tap.value == 1)
        case views.DAY if 1 <= tap.value <= 7:
            return replace(timing, day=tap.value)
        case views.HOUR if tap.value < 24:
            return replace(timing, minute=tap.value * 60 + minute)
        case views.MINUTE if tap.value < 60:
            return replace(timing, minute=hour * 60 + tap.value)
        case _:
            raise BadTap(tap.wire())
