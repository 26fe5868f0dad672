"""Works' cards, and works added by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.handlers.prompts import ask
from bot.views import works as views
from domain.search import shown
from domain.works import Kind

if TYPE_CHECKING:
    from bot.context import Context
    from bot.taps import AddTap, OpenTap, WorkTap

KIND_WORDS = {"movie": Kind.MOVIE, "film": Kind.MOVIE, "album": Kind.ALBUM}
"""The first word of /add, in every language we speak."""


async def open_hit(ctx: Context, tap: OpenTap) -> None:
    """A search's hit becomes a card, in place of the hits."""
    card = await ctx.services.works.open(ctx.club, tap.search, tap.position)
    ctx.edit(views.card(ctx.t, card, tap.search))


async def turn(ctx: Context, tap: WorkTap) -> None:
    """From the facts to cast and crew, and back."""
    card = await ctx.services.works.card(tap.work)
    ctx.edit(views.people(ctx.t, card, tap.search) if tap.people else views.card(ctx.t, card, tap.search))


async def add(ctx: Context) -> None:
    """/add [movie|album] title (year)"""
    if not shown(ctx.args):
        ask(ctx, views.ask_title(ctx.t), "ask-add")
        return
    first, _, rest = ctx.args.partition(" ")
    kind = KIND_WORDS.get(first.lower())
    if kind is None:
        ctx.say(views.which_kind(ctx.t, *await ctx.services.works.draft(ctx.club, ctx.args)))
    else:
        ctx.say(views.card(ctx.t, await ctx.services.works.add_by_hand(kind, rest)))


async def add_searched(ctx: Context, tap: AddTap) -> None:
    """Add by hand what a search did not find, or what /add left open."""
    ctx.edit(views.card(ctx.t, await ctx.services.works.add_searched(ctx.club, tap.search)))
