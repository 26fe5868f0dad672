"""What a club and a person can set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.taps import LanguageTap, SetTap, SettingsTap
from bot.view import Button, View
from domain.clubs import Picking
from domain.schedule import PostKind, pause
from domain.scores import Scale

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.taps import Tap
    from bot.texts import Html, Texts
    from domain.clubs import Club, Settings

AUTO = "auto"
MENU = "menu"
HERE, GENERAL = "here", "general"

CHOICES: dict[str, tuple[str, ...]] = {
    "language": (),
    "scale": tuple(scale.value for scale in Scale),
    "blind": ("yes", "no"),
    "movies": ("0", "1", "2"),
    "albums": ("0", "1", "2"),
    "picking": tuple(picking.value for picking in Picking),
    "copy": ("yes", "no"),
}
"""Settings and the values they can take; the languages are those there are."""

PAUSES = (1, 2, 4, 8)
"""Weeks a pause can take."""


def language(t: Texts, codes: Sequence[str], chosen: str | None) -> View:
    """Which language should I speak to you?"""
    options = [(AUTO, t.plain("Same as Telegram")), *((code, t.language_name(code)) for code in codes)]
    rows = tuple(
        (chooser(label, LanguageTap(code), chosen=code == (chosen or AUTO)),) for code, label in options
    )
    return View(t("Which language should I speak to you?"), rows)


def menu(t: Texts, club: Club, local: datetime, *, roster: int, topics: bool) -> View:
    """Every setting with what it is set to; `topics` where the group has some."""
    settings = club.settings
    rows = [
        [_entry(t, settings, "language"), _entry(t, settings, "scale")],
        [_button(t, "zone", f"{t.city(settings.zone.key)}, {t.time(local.hour * 60 + local.minute)}")],
        [_entry(t, settings, "movies"), _entry(t, settings, "albums")],
        [_entry(t, settings, "blind")],
        [_button(t, "posts", posts_on(t, club)), _button(t, "pause", _pause(t, settings, local))],
    ]
    if not club.private:
        rows.append([_entry(t, settings, "copy")])
        rows.insert(4, [_entry(t, settings, "picking"), _button(t, "roster", str(roster))])
    if topics or settings.thread is not None:
        rows.append([_button(t, "topic", _topic(t, settings, None))])
    return View(
        t("<b>Settings</b>\nEveryone can see them, admins can change them."),
        tuple(tuple(row) for row in rows),
    )


def choices(t: Texts, settings: Settings, setting: str, languages: Sequence[str]) -> View:
    """One setting's choices, what is set marked."""
    options = tuple(languages) if setting == "language" else CHOICES[setting]
    chosen = value(settings, setting)
    rows = tuple(
        (chooser(label(t, setting, option), SetTap(setting, option), chosen=option == chosen),)
        for option in options
    )
    text: str = heading(t, name(t, setting))
    if setting == "picking":
        text += "\n" + t("Turns go round the roster; /turns shows whose week it is.")
    if setting == "copy":
        text += "\n" + t("Beside every backup there lies what /export gives, for whoever runs me to read.")
    return View(text, (*rows, back(t)))


def paused(t: Texts, settings: Settings, local: datetime) -> View:
    """Is the club on holiday, and until when?"""
    today, until = local.date(), settings.paused_until
    lines: list[str] = [heading(t, name(t, "pause"))]
    active = until is not None and until > today
    if until is not None and active:
        lines.append(
            t(
                "Nothing is posted until {weekday}, {day}. What is to be revealed waits until then.",
                weekday=t.weekday(until.isoweekday()),
                day=t.day(until),
            )
        )
    else:
        lines.append(t("No pause. While there is one, I post nothing by myself; everything else works."))
    rows = [(chooser(t.plain("No pause"), SetTap("pause", "0"), chosen=not active),)]
    for weeks in PAUSES:
        end = pause(today, weeks)
        text = str(t.plural("{n} week · until {day}", "{n} weeks · until {day}", weeks, day=t.day(end)))
        rows.append((chooser(text, SetTap("pause", str(weeks)), chosen=end == until),))
    return View("\n".join(lines), (*rows, back(t)))


def topic(t: Texts, settings: Settings, here: int | None) -> View:
    """In which topic do I post by myself? `here` is the one this message is in."""
    lines: list[str] = [
        heading(t, name(t, "topic")),
        t("I post by myself in: {topic}.", topic=_topic(t, settings, here)),
    ]
    rows = [(chooser(t.plain("General"), SetTap("topic", GENERAL), chosen=settings.thread is None),)]
    if here is None:
        lines.append(t("For another topic, send /settings there."))
    else:
        chosen = settings.thread == here
        rows.insert(0, (chooser(t.plain("Post in this topic"), SetTap("topic", HERE), chosen=chosen),))
    return View("\n".join(lines), (*rows, back(t)))


def value(settings: Settings, setting: str) -> str:
    """What a setting is set to, as its tap says it."""
    return {
        "language": settings.language,
        "scale": settings.scale.value,
        "blind": "yes" if settings.blind else "no",
        "movies": str(settings.movies),
        "albums": str(settings.albums),
        "picking": settings.picking.value,
        "copy": "yes" if settings.copy else "no",
    }[setting]


def name(t: Texts, setting: str) -> str:
    """What a setting is called."""
    return {
        "language": t.plain("Language"),
        "scale": t.plain("Scale"),
        "blind": t.plain("Scores hidden until the reveal"),
        "movies": t.plain("Movies a week"),
        "albums": t.plain("Albums a week"),
        "picking": t.plain("Picking"),
        "copy": t.plain("Readable copy"),
        "zone": t.plain("Time zone"),
        "posts": t.plain("Posts"),
        "pause": t.plain("Pause"),
        "topic": t.plain("Topic"),
        "roster": t.plain("Roster"),
    }[setting]


def label(t: Texts, setting: str, option: str) -> str:
    """What a choice is called."""
    if setting == "language":
        return t.language_name(option)
    if setting == "scale":
        return {Scale.STARS: "1–5", Scale.HALF_STARS: "½–5", Scale.TEN: "1–10"}[Scale(option)]
    if setting in {"blind", "copy"}:
        return t.plain("yes") if option == "yes" else t.plain("no")
    if setting == "picking":
        return t.plain("anyone") if option == Picking.OPEN else t.plain("by turns")
    return option


def kinds(club: Club) -> tuple[PostKind, ...]:
    """The posts that make sense in a club: turns change hands only where there are some."""
    turns = club.settings.picking is Picking.TURNS and not club.private
    return tuple(kind for kind in PostKind if turns or kind is not PostKind.HANDOVER)


def posts_on(t: Texts, club: Club) -> str:
    """How many of a club's posts are on."""
    on, of = sum(club.settings.schedule.of(kind).on for kind in kinds(club)), len(kinds(club))
    if on == of:
        return t.plain("all on")
    return t.plain("{on} of {all} on", on=on, all=of) if on else t.plain("all off")


def heading(t: Texts, title: str) -> Html:
    """What a screen is about."""
    return t("<b>{name}</b>", name=title)


def back(t: Texts) -> tuple[Button, ...]:
    """The way to all settings."""
    return (Button(t.plain("‹ Settings"), SettingsTap(MENU)),)


def chooser(text: str, tap: Tap, *, chosen: bool) -> Button:
    """A button that sets something, marked where that is set."""
    return Button(f"✓ {text}" if chosen else text, tap)


def _entry(t: Texts, settings: Settings, setting: str) -> Button:
    return _button(t, setting, label(t, setting, value(settings, setting)))


def _button(t: Texts, setting: str, shown: str) -> Button:
    return Button(f"{name(t, setting)}: {shown}", SettingsTap(setting))


def _pause(t: Texts, settings: Settings, local: datetime) -> str:
    until = settings.paused_until
    if until is None or until <= local.date():
        return t.plain("no")
    return t.plain("until {day}", day=t.day(until))


def _topic(t: Texts, settings: Settings, here: int | None) -> str:
    if settings.thread is None:
        return t.plain("General")
    return t.plain("this topic") if settings.thread == here else t.plain("another topic")
