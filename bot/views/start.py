"""Greetings and help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.taps import FirstZoneTap, JoinTap, ZonesTap
from bot.view import Button, View
from bot.views.zones import clock, likely
from domain import zones

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.texts import Texts
    from domain.clubs import Settings


GROUP_WORD = "club"
"""What the link that adds the bot to a group lets it be told (Bot API, deep linking)."""


def help_(t: Texts, username: str) -> View:
    """What this is, in five lines, with a button that adds the bot to a group."""
    lines = (
        t("<b>Wrong Opinions</b> is a club for your group: one movie and one album a week."),
        t("Find something with /movie or /album, and pick it."),
        t("Score it with the buttons under /week; scores stay hidden until everyone has answered."),
        t("Reply to the card with a take if the score doesn't say it all."),
        t("/join puts you on the roster, /add takes what no catalogue has, /settings is for the rest."),
    )
    url = f"https://t.me/{username}?startgroup={GROUP_WORD}"
    return View("\n".join(lines), ((Button(t.plain("Add me to a group"), url=url, style="primary"),),))


def introduction(t: Texts, around: Sequence[str]) -> View:
    """What the bot says once when it comes to a group; one tap of an admin sets one of these zones."""
    lines = (
        *_introduction(t),
        t("And an admin, please: where does the club live? Until I know, my clock shows UTC."),
    )
    cities = [Button(t.city(zone), FirstZoneTap(*zones.words(zone))) for zone in around]
    return View(
        "\n".join(lines), (_join(t), *likely(cities), (Button(t.plain("Somewhere else…"), ZonesTap()),))
    )


def introduced(t: Texts, settings: Settings, local: datetime) -> View:
    """The same once the time zone is known."""
    changing = t("/settings changes that and more.")
    return View("\n".join((*_introduction(t), f"{clock(t, settings, local)} {changing}")), (_join(t),))


def _introduction(t: Texts) -> tuple[str, ...]:
    return (
        t("Hello. I run a club here: every week one movie and one album, scored in secret, then revealed."),
        t("/movie and /album find something to pick, /week shows what is on."),
        t("I can't see who is in this group. If you want in, press the button, or just score something."),
    )


def _join(t: Texts) -> tuple[Button, ...]:
    return (Button(t.plain("I'm in"), JoinTap(), style="success"),)


def hint(t: Texts) -> View:
    """For words that are no command."""
    return View(
        t("I didn't get that. /movie and /album find something, /week shows this week, /help the rest.")
    )
