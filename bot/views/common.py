"""What several views say the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.texts import Html, clean, shorten
from domain.works import Hit, Kind, Source, Work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.texts import Texts
    from bot.view import Button, Rows
    from domain.clubs import Settings, User
    from domain.weeks import Tally

BUTTON_LIMIT = 60
"""Code points of a button's text; a phone shows about half of that."""

TITLE_LIMIT = 200
NAME_LIMIT = 60

ICONS = {Kind.MOVIE: "🎬", Kind.ALBUM: "💿"}


def title(work: Work | Hit, limit: int = TITLE_LIMIT) -> str:
    """`Title (Year)` or `Artist – Title (Year)`, cut before the year where it is longer than `limit`."""
    name = clean(f"{work.artist} – {work.title}" if work.artist else work.title, limit) or "…"
    year = f" ({work.year})" if work.year is not None else ""
    return shorten(name, limit - len(year)) + year


def grid(buttons: Sequence[Button], a_row: int) -> Rows:
    """Rows of so many buttons; the last one may be shorter."""
    return tuple(tuple(buttons[start : start + a_row]) for start in range(0, len(buttons), a_row))


def button_title(work: Work | Hit) -> str:
    """`title`, short enough for a button."""
    return title(work, BUTTON_LIMIT)


def person(t: Texts, user: User) -> str:
    """What somebody calls themselves."""
    return clean(user.name, NAME_LIMIT) or t.plain("Somebody")


def mention(t: Texts, user: User) -> Html:
    """Somebody's name as HTML that tells them of the message (Bot API, formatting options).

    The name alone where nobody on Telegram is meant.
    """
    if user.telegram_id is None:
        return t.data(person(t, user))
    return Html(f'<a href="tg://user?id={user.telegram_id}">{t.data(person(t, user))}</a>')


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
