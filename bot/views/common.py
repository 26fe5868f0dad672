"""What several views say the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.texts import shorten
from domain.works import Hit, Kind, Source, Work

if TYPE_CHECKING:
    from bot.texts import Texts
    from domain.clubs import Settings
    from domain.weeks import Tally

BUTTON_LIMIT = 60
"""Code points of a button's text; a phone shows about half of that."""

ICONS = {Kind.MOVIE: "🎬", Kind.ALBUM: "💿"}


def title(work: Work | Hit) -> str:
    """`Title (Year)` or `Artist – Title (Year)`."""
    name = f"{work.artist} – {work.title}" if work.artist else work.title
    return f"{name} ({work.year})" if work.year is not None else name


def button_title(work: Work | Hit) -> str:
    """`title`, cut in the middle so that the year stays."""
    full = title(work)
    if len(full) <= BUTTON_LIMIT:
        return full
    year = f" ({work.year})" if work.year is not None else ""
    return shorten(full.removesuffix(year), BUTTON_LIMIT - len(year)) + year


def source_name(source: Source) -> str:
    """What a catalogue calls itself."""
    return {
        Source.TMDB: "TMDB",
        Source.MUSICBRAINZ: "MusicBrainz",
        Source.COVER_ART: "Cover Art Archive",
        Source.OMDB: "OMDb",
        Source.HAND: "",
    }[source]


def score_line(t: Texts, tally: Tally, settings: Settings) -> str:
    """`★ 3.8 · 2½–5 · 4/6 scored`, as far as the club may see it."""
    counted = t("{answered}/{roster} scored", answered=tally.answered, roster=tally.roster)
    if tally.average is None or tally.lowest is None or tally.highest is None:
        return counted
    average = t.number(settings.scale.convert(tally.average))
    low, high = settings.scale.label(tally.lowest), settings.scale.label(tally.highest)
    spread = low if low == high else f"{low}–{high}"
    return f"★ <b>{average}</b> · {spread} · {counted}"
