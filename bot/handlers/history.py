"""Looking back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.handlers.weeks import show_card
from bot.taps import BadTap
from bot.views import history as views
from domain.history import parse_year
from domain.isoweek import IsoWeek
from domain.ports import Note
from domain.works import Kind

if TYPE_CHECKING:
    from bot.context import Context
    from bot.send import Sent
    from bot.taps import BestTap, HistoryTap, PastTap
    from bot.view import View

LIST = "list"
KIND_WORDS = {
    "movie": Kind.MOVIE,
    "movies": Kind.MOVIE,
    "film": Kind.MOVIE,
    "films": Kind.MOVIE,
    "filme": Kind.MOVIE,
    "album": Kind.ALBUM,
    "albums": Kind.ALBUM,
    "alben": Kind.ALBUM,
}
"""The words of /top, in every language we speak."""


async def history(ctx: Context) -> None:
    """/history [year]"""
    year = parse_year(ctx.args) if ctx.args else None
    ctx.say(views.weeks(ctx.t, ctx.club, await ctx.services.history.older(ctx.club, year)))


async def page(ctx: Context, tap: HistoryTap) -> None:
    """Newer or older weeks, also in place of a week's card."""
    try:
        edge = IsoWeek(*divmod(tap.week, 100)) if tap.week else None
        year = parse_year(str(tap.year)) if tap.year else None
    except (ValueError, OverflowError):
        raise BadTap(tap.wire()) from None
    if tap.newer and edge is not None:
        found = await ctx.services.history.newer(ctx.club, year, edge)
    else:
        found = await ctx.services.history.older(ctx.club, year, edge)
    _show_list(ctx, views.weeks(ctx.t, ctx.club, found))


async def open_week(ctx: Context, tap: PastTap) -> None:
    """A past week's card, in place of the list."""
    show_card(ctx, await ctx.services.weeks.card(ctx.club, tap.week))


async def top(ctx: Context) -> None:
    """/top [movies|albums] [year]"""
    kind, year = None, None
    for word in ctx.args.split():
        if word.lower() in KIND_WORDS:
            kind = KIND_WORDS[word.lower()]
        else:
            year = parse_year(word)
    ctx.say(views.best(ctx.t, ctx.club, await ctx.services.history.best(ctx.club, kind, year, 0)))


async def turn_top(ctx: Context, tap: BestTap) -> None:
    """Another page of the best, or of another kind."""
    if tap.kind not in {*Kind, "all"}:
        raise BadTap(tap.wire())
    kind = None if tap.kind == "all" else Kind(tap.kind)
    year = parse_year(str(tap.year)) if tap.year else None
    found = await ctx.services.history.best(ctx.club, kind, year, min(tap.page, 1000))
    _show_list(ctx, views.best(ctx.t, ctx.club, found))


async def me(ctx: Context) -> None:
    """/me"""
    found = await ctx.services.history.mine(ctx.club, ctx.user)
    ctx.say(views.mine(ctx.t, ctx.club, ctx.user, found), reply=not ctx.club.private)


def _show_list(ctx: Context, view: View) -> None:
    """Show a list in place of what was there; if that was a week's card, it is one no longer."""

    async def forget_card(sent: Sent) -> None:
        await ctx.services.weeks.remember(Note(sent.chat_id, sent.message_id, LIST))

    ctx.edit(view, then=forget_card)
