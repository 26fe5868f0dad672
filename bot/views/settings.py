"""What a club and a person can set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.taps import LanguageTap, SetTap, SettingsTap
from bot.view import Button, View
from domain.scores import Scale

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.texts import Texts
    from domain.clubs import Settings

AUTO = "auto"
MENU = "menu"


def language(t: Texts, codes: Sequence[str], chosen: str | None) -> View:
    """Which language should I speak to you?"""
    options = [(AUTO, t.plain("Same as Telegram")), *((code, t.language_name(code)) for code in codes)]
    rows = tuple((_choice(label, code == (chosen or AUTO), LanguageTap(code)),) for code, label in options)
    return View(t("Which language should I speak to you?"), rows)


def menu(t: Texts, settings: Settings) -> View:
    """Every setting with what it is set to; one button each."""
    rows = tuple(
        (Button(f"{name(t, setting)}: {label(t, setting, value(settings, setting))}", SettingsTap(setting)),)
        for setting in CHOICES
    )
    return View(t("<b>Settings</b>\nEveryone can see them, admins can change them."), rows)


def choices(t: Texts, settings: Settings, setting: str, languages: Sequence[str]) -> View:
    """One setting's choices, what is set marked."""
    options = tuple(languages) if setting == "language" else CHOICES[setting]
    chosen = value(settings, setting)
    rows = tuple(
        (_choice(label(t, setting, option), option == chosen, SetTap(setting, option)),) for option in options
    )
    return View(
        t("<b>{name}</b>", name=name(t, setting)),
        (*rows, (Button(t.plain("‹ Settings"), SettingsTap(MENU)),)),
    )


CHOICES: dict[str, tuple[str, ...]] = {
    "language": (),
    "scale": tuple(scale.value for scale in Scale),
    "blind": ("yes", "no"),
    "movies": ("0", "1", "2"),
    "albums": ("0", "1", "2"),
}
"""Settings and the values they can take; the languages are those there are."""


def value(settings: Settings, setting: str) -> str:
    """What a setting is set to, as its tap says it."""
    return {
        "language": settings.language,
        "scale": settings.scale.value,
        "blind": "yes" if settings.blind else "no",
        "movies": str(settings.movies),
        "albums": str(settings.albums),
    }[setting]


def name(t: Texts, setting: str) -> str:
    """What a setting is called."""
    return {
        "language": t.plain("Language"),
        "scale": t.plain("Scale"),
        "blind": t.plain("Scores hidden until the reveal"),
        "movies": t.plain("Movies a week"),
        "albums": t.plain("Albums a week"),
    }[setting]


def label(t: Texts, setting: str, option: str) -> str:
    """What a choice is called."""
    if setting == "language":
        return t.language_name(option)
    if setting == "scale":
        return {Scale.STARS: "1–5", Scale.HALF_STARS: "½–5", Scale.TEN: "1–10"}[Scale(option)]
    if setting == "blind":
        return t.plain("yes") if option == "yes" else t.plain("no")
    return option


def _choice(text: str, chosen: bool, tap: LanguageTap | SetTap) -> Button:  # noqa: FBT001
    return Button(f"✓ {text}" if chosen else text, tap)
