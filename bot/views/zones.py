"""Where a club lives: its time zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.taps import AreaTap, AskZoneTap, SettingsTap, ZoneTap
from bot.texts import clean
from bot.view import Button, View
from bot.views.common import mention
from bot.views.settings import back, chooser, heading, name
from domain import zones

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.texts import Html, Texts
    from bot.view import Rows
    from domain.clubs import Settings, User

PAGE = 24
"""Cities on a page."""


def areas(t: Texts, settings: Settings, local: datetime) -> View:
    """The time zone and the time, and every way to another one."""
    likely = zones.likely(settings.language)
    parts = [Button(area_name(t, area), AreaTap(area.lower(), 0)) for area in zones.AREAS]
    return View(
        "\n".join((heading(t, name(t, "zone")), clock(t, settings, local), t("Where does the club live?"))),
        (
            tuple(_city(t, zone, settings) for zone in likely),
            *_pairs(parts),
            (Button(t.plain("Type a city…"), AskZoneTap()), _city(t, zones.UTC, settings)),
            back(t),
        ),
    )


def cities(t: Texts, settings: Settings, area: str, page: int) -> View:
    """A page of an area's cities; the last one for a page after it."""
    found = sorted(zones.cities(area), key=t.city)
    pages = max(1, -(-len(found) // PAGE))
    page = min(page, pages - 1)
    shown = [_city(t, zone, settings) for zone in found[page * PAGE : (page + 1) * PAGE]]
    turns = []
    if page > 0:
        turns.append(Button("‹", AreaTap(area.lower(), page - 1)))
    if page < pages - 1:
        turns.append(Button("›", AreaTap(area.lower(), page + 1)))
    title = t("<b>{area}</b>", area=area_name(t, area))
    if pages > 1:
        title = t(
            "<b>{area}</b>, page {page} of {pages}", area=area_name(t, area), page=page + 1, pages=pages
        )
    rows: Rows = (*_pairs(shown), *((tuple(turns),) if turns else ()), _to_areas(t))
    return View(title, rows)


def ask(t: Texts, user: User) -> View:
    """Which city? The mention makes it a question to whoever pressed the button."""
    text = t("{name}, which city does the club live in? Reply to this with its name.", name=mention(t, user))
    return View(text, ask=t.plain("Berlin"))


def unknown(t: Texts, typed: str) -> View:
    """No such city; which one then?"""
    text = t(
        "I don't know {city}. Reply with the nearest big city, in English if need be.",
        city=clean(typed, 60) or "?",
    )
    return View(text, ask=t.plain("Berlin"))


def several(t: Texts, settings: Settings, found: Iterable[str]) -> View:
    """Which of these cities?"""
    return View(
        t("Which of these?"),
        (*_pairs([Button(full_name(t, zone), _city(t, zone, settings).tap) for zone in found]), _to_areas(t)),
    )


def set_(t: Texts, settings: Settings, local: datetime) -> View:
    """A typed city was found and set."""
    return View(clock(t, settings, local))


def clock(t: Texts, settings: Settings, local: datetime) -> Html:
    """What time it is where the club lives."""
    return t("{city}: it's {moment} there.", city=full_name(t, settings.zone.key), moment=t.moment(local))


def full_name(t: Texts, zone: str) -> str:
    """`Berlin (Europe)`."""
    area = zone.partition("/")[0]
    if area not in zones.AREAS:
        return t.city(zone)
    return f"{t.city(zone)} ({area_name(t, area)})"


def area_name(t: Texts, area: str) -> str:
    """What a part of the world is called."""
    return {
        "Europe": t.plain("Europe"),
        "America": t.plain("America"),
        "Asia": t.plain("Asia"),
        "Africa": t.plain("Africa"),
        "Australia": t.plain("Australia"),
        "Pacific": t.plain("Pacific"),
        "Atlantic": t.plain("Atlantic"),
        "Indian": t.plain("Indian Ocean"),
        "Arctic": t.plain("Arctic"),
        "Antarctica": t.plain("Antarctica"),
    }[area]


def _city(t: Texts, zone: str, settings: Settings) -> Button:
    return chooser(t.city(zone), ZoneTap(*zones.words(zone)), chosen=zone == settings.zone.key)


def _to_areas(t: Texts) -> tuple[Button, ...]:
    return (Button("‹ " + name(t, "zone"), SettingsTap("zone")),)


def _pairs(buttons: list[Button]) -> Rows:
    return tuple(tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))
