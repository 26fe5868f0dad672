"""Where a club lives: its time zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.taps import AreaTap, AskZoneTap, SettingsTap, ZoneTap
from bot.texts import clean
from bot.view import Button, View
from bot.views.common import grid, mention
from bot.views.settings import back, chooser, heading, name
from domain import zones

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from bot.texts import Html, Texts
    from bot.view import Rows
    from domain.clubs import Settings, User

PAGE = 24
"""Cities on a page."""

A_ROW = 2


def areas(t: Texts, settings: Settings, local: datetime) -> View:
    """The time zone and the time, and every way to another one."""
    parts = [Button(area_name(t, area), AreaTap(area.lower(), 0)) for area in zones.AREAS]
    return View(
        "\n".join((heading(t, name(t, "zone")), clock(t, settings, local), t("Where does the club live?"))),
        (
            *likely([_city(t, zone, settings) for zone in zones.likely(settings.language)]),
            *grid(parts, A_ROW),
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
    rows: Rows = (*grid(shown, A_ROW), *((tuple(turns),) if turns else ()), _to_areas(t))
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
        (
            *grid([Button(full_name(t, zone), _city(t, zone, settings).tap) for zone in found], A_ROW),
            _to_areas(t),
        ),
    )


def set_(t: Texts, settings: Settings, local: datetime) -> View:
    """A typed city was found and set."""
    return View(clock(t, settings, local))


def clock(t: Texts, settings: Settings, local: datetime) -> Html:
    """What time it is where the club lives."""
    return t("{city}: it's {moment} there.", city=full_name(t, settings.zone.key), moment=t.moment(local))


def likely(cities: Sequence[Button]) -> Rows:
    """The cities offered first: up to three beside each other, more in pairs."""
    return grid(cities, 3 if len(cities) == 3 else A_ROW)


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
