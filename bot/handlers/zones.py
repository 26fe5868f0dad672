"""Where a club lives: its time zone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.handlers.prompts import ask
from bot.taps import BadTap
from bot.views import start as start_views
from bot.views import zones as views
from domain import zones

if TYPE_CHECKING:
    from bot.context import Context
    from bot.taps import AreaTap, AskZoneTap, FirstZoneTap, ZonesTap, ZoneTap
    from domain.clubs import Club

PROMPT = "ask-zone"


async def area(ctx: Context, tap: AreaTap) -> None:
    """A page of an area's cities."""
    name = next((area for area in zones.AREAS if area.lower() == tap.area), None)
    if name is None:
        raise BadTap(tap.wire())
    ctx.edit(views.cities(ctx.t, ctx.club.settings, name, tap.page))


async def choose(ctx: Context, tap: ZoneTap) -> None:
    """An admin chose a city."""
    club = await _set(ctx, _named(tap))
    ctx.edit(views.areas(ctx.t, club.settings, ctx.services.clubs.local_time(club)))


async def choose_first(ctx: Context, tap: FirstZoneTap) -> None:
    """An admin chose a city below the introduction, which no longer asks for it."""
    club = await _set(ctx, _named(tap))
    ctx.edit(start_views.introduced(ctx.t, club.settings, ctx.services.clubs.local_time(club)))


async def others(ctx: Context, _tap: ZonesTap) -> None:
    """None of the cities below the introduction."""
    ctx.say(views.areas(ctx.t, ctx.club.settings, ctx.services.clubs.local_time(ctx.club)))


async def prompt(ctx: Context, _tap: AskZoneTap) -> None:
    """Which city?"""
    ask(ctx, views.ask(ctx.t, ctx.user), PROMPT)


async def typed(ctx: Context) -> None:
    """The answer: one city is set, of several one is to be chosen, none is asked for again."""
    found = zones.find(ctx.args, ((ctx.t.city(name), name) for name in zones.names()))
    if len(found) == 1:
        club = await _set(ctx, found[0])
        ctx.say(views.set_(ctx.t, club.settings, ctx.services.clubs.local_time(club)))
    elif found:
        ctx.say(views.several(ctx.t, ctx.club.settings, found))
    else:
        ask(ctx, views.unknown(ctx.t, ctx.args), PROMPT)


def _named(tap: ZoneTap | FirstZoneTap) -> str:
    name = zones.by_words(tap.area, tap.city)
    if name is None:
        raise BadTap(tap.wire())
    return name


async def _set(ctx: Context, zone: str) -> Club:
    settings = replace(ctx.club.settings, zone=ZoneInfo(zone))
    return await ctx.services.clubs.change(ctx.club, settings, admin=await ctx.is_admin())
