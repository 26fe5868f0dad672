"""Finding movies and albums."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.handlers.prompts import ask
from bot.views import search as views
from domain.search import shown
from domain.services.works import PATIENCE
from domain.works import Kind

if TYPE_CHECKING:
    from bot.context import Context
    from bot.taps import PageTap


async def movie(ctx: Context) -> None:
    """/movie words [year]"""
    await _find(ctx, Kind.MOVIE)


async def album(ctx: Context) -> None:
    """/album words, or artist – title"""
    await _find(ctx, Kind.ALBUM)


async def page(ctx: Context, tap: PageTap) -> None:
    """Another page of a search's hits."""
    search = await ctx.services.works.search(ctx.club, tap.search)
    ctx.edit(views.hits(ctx.t, search, tap.page))


async def _find(ctx: Context, kind: Kind) -> None:
    if not shown(ctx.args):
        ask(ctx, views.ask(ctx.t, kind), f"ask-{kind}")
        return
    notice = asyncio.ensure_future(_tell_of_line(ctx, kind))
    try:
        search = await ctx.services.works.find(ctx.club, kind, ctx.args)
    finally:
        notice.cancel()
    ctx.say(views.hits(ctx.t, search, 0))


async def _tell_of_line(ctx: Context, kind: Kind) -> None:
    await ctx.services.works.clock.sleep(PATIENCE)
    if wait := ctx.services.works.wait(kind):
        ctx.say(views.in_line(ctx.t, wait), reply=True)
