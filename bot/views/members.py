"""The roster as a setting: who is on it, and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.taps import ExpelTap, MemberTap, MoveTap, ReadmitTap, SettingsTap
from bot.view import Button, View
from bot.views.common import grid, person
from bot.views.settings import back, heading, name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.texts import Texts
    from domain.clubs import Member, User

SHOWN = 80
"""Members with a button; a message takes 100 buttons."""
A_ROW = 2


def roster(t: Texts, members: Sequence[Member]) -> View:
    """Everybody in the order of turns; each opens what can be done."""
    if not members:
        text = t("Nobody is on the roster yet. Joining, scoring or picking puts you there.")
    else:
        text = t("In the order of turns. /join puts people on the roster.")
    buttons = [
        Button(f"{place}. {person(t, member.user)}", MemberTap(member.user.id))
        for place, member in enumerate(members[:SHOWN], 1)
    ]
    lines: list[str] = [heading(t, name(t, "roster")), text]
    if len(members) > SHOWN:
        lines.append(t.plural("… and {n} more", "… and {n} more", len(members) - SHOWN))
    return View("\n".join(lines), (*grid(buttons, A_ROW), back(t)))


def member(t: Texts, members: Sequence[Member], shown: Member, today: date) -> View:
    """One of them: their place, and what an admin can do."""
    place = [other.user.id for other in members].index(shown.user.id) + 1
    lines: list[str] = [
        heading(t, person(t, shown.user)),
        t("Number {place} of {all} in the order of turns.", place=place, all=len(members)),
    ]
    if shown.away_until is not None and shown.away(today):
        lines.append(t("Away until {day}.", day=t.day(shown.away_until)))
    user = shown.user.id
    moves = []
    if place > 1:
        moves.append(Button(t.plain("▲ Up"), MoveTap(user, up=True)))
    if place < len(members):
        moves.append(Button(t.plain("▼ Down"), MoveTap(user, up=False)))
    expel = Button(t.plain("Take off the roster"), ExpelTap(user), style="danger")
    return View("\n".join(lines), (*((tuple(moves),) if moves else ()), (expel,), _to_roster(t)))


def removed(t: Texts, user: User, owner: User | None) -> View:
    """Somebody was taken off the roster; `owner` has their week now."""
    lines: list[str] = [
        t("{name} is off the roster. The scores stay in the averages.", name=person(t, user)),
    ]
    if owner is not None:
        lines.append(t("It's {name}'s week now.", name=person(t, owner)))
    return View("\n".join(lines), ((Button(t.plain("Undo"), ReadmitTap(user.id)),), _to_roster(t)))


def _to_roster(t: Texts) -> tuple[Button, ...]:
    return (Button("‹ " + name(t, "roster"), SettingsTap("roster")),)
