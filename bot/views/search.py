"""Hits and the questions before them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.taps import AddTap, OpenTap, PageTap
from bot.view import Button, View
from bot.views.common import ICONS, button_title
from domain.search import PAGE_SIZE
from domain.works import Kind

if TYPE_CHECKING:
    from bot.texts import Texts
    from domain.search import Search


def ask(t: Texts, kind: Kind) -> View:
    """Ask what to look for, by force-reply."""
    if kind is Kind.MOVIE:
        return View(t("Which movie? Reply with a title, and a year if you like."), ask=t.plain("Heat 1995"))
    return View(
        t("Which album? Reply with a title, or with artist – title."), ask="Miles Davis – Kind of Blue"
    )


def in_line(t: Texts, seconds: int) -> View:
    """Why the hits are not there yet."""
    return View(
        t.plural(
            "You're in line: MusicBrainz takes one question a second. It can take up to {n} second.",
            "You're in line: MusicBrainz takes one question a second. It can take up to {n} seconds.",
            seconds,
        )
    )


def hits(t: Texts, search: Search, page: int) -> View:
    """A page of hits, one button each."""
    if not search.hits:
        text = (
            t("No movie found for “{query}”. Check the spelling, or add it by hand.", query=search.text)
            if search.kind is Kind.MOVIE
            else t("No album found for “{query}”. Check the spelling, or add it by hand.", query=search.text)
        )
        return View(text, ((Button(t.plain("Add it by hand"), AddTap(search.id)),),))
    page = min(page, search.pages - 1)
    heading = f"{ICONS[search.kind]} " + (
        t("Movies for “{query}”", query=search.text)
        if search.kind is Kind.MOVIE
        else t("Albums for “{query}”", query=search.text)
    )
    if search.pages > 1:
        heading += " · " + t("page {page} of {pages}", page=page + 1, pages=search.pages)
    if search.stale:
        heading += "\n" + stale(t)
    rows = [
        (Button(button_title(hit), OpenTap(search.id, page * PAGE_SIZE + index)),)
        for index, hit in enumerate(search.page(page))
    ]
    turns = []
    if page > 0:
        turns.append(Button(t.plain("‹ Back"), PageTap(search.id, page - 1)))
    if page < search.pages - 1:
        turns.append(Button(t.plain("More ›"), PageTap(search.id, page + 1)))
    return View(heading, (*rows, *((tuple(turns),) if turns else ())))


def stale(t: Texts) -> str:
    """The mark of an answer from memory."""
    return t("<i>The catalogue isn't answering; this is what I remember.</i>")
