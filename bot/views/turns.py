"""Turns: the line, its questions, and who is told when a week changes hands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.taps import (
    AwayMenuTap,
    AwayTap,
    HoldTap,
    JoinTap,
    PassTap,
    SkipTurnTap,
    SwapAnswerTap,
    SwapMenuTap,
    SwapTap,
    TurnsTap,
)
from bot.texts import Html, shorten
from bot.view import Button, View
from bot.views.common import BUTTON_LIMIT, mention, person

if TYPE_CHECKING:
    from datetime import date

    from bot.texts import Texts
    from bot.view import Rows
    from domain.clubs import Member, User
    from domain.services.owners import Handover
    from domain.services.turns import Line, Swap

SHOWN = 30
ASKED = 60
"""Buttons with names; a message takes 100 in all."""

AWAY_WEEKS = (1, 2, 4)


def open_club(t: Texts) -> View:
    """Nobody waits for a turn here."""
    return View(
        t(
            "No turns here: in this club anyone may pick. An admin can change that in /settings; then the "
            "roster takes turns, one week each."
        )
    )


def line(t: Texts, standing: Line) -> View:
    """Whose week, who next, who after; what can be done about it."""
    if not standing.upcoming:
        text = t("Nobody is on the roster yet, so anyone may pick. Whoever joins gets their turn.")
        return View(text, ((Button(t.plain("I'm in"), JoinTap(), style="success"),),))
    now, following = standing.current, standing.following
    lines = [
        t("It's nobody's turn this week, so anyone may pick.")
        if now is None
        else t("This is <b>{name}</b>'s week.", name=person(t, now))
    ]
    if following is not None:
        lines.append(t("Next week: <b>{name}</b>", name=person(t, following)))
    after = [member for member in standing.upcoming if following is None or member.user.id != following.id]
    if after:
        names = [_place(t, member, standing.day) for member in after[:SHOWN]]
        if len(after) > SHOWN:
            names.append(t.plural("… and {n} more", "… and {n} more", len(after) - SHOWN))
        lines.append(t("After that: {names}", names=Html(", ".join(names))))
    return View("\n".join(lines), _menu(t, now))


def sure_to_pass(t: Texts, handover: Handover) -> View:
    """Really?"""
    text = t(
        "{name}, do you want to pass this week on? {next} would take it, and you'd be next but one.",
        name=person(t, handover.previous),
        next=person(t, handover.owner),
    )
    return View(text, ((Button(t.plain("Pass on"), PassTap(sure=True), style="danger"), _back(t)),))


def sure_to_skip(t: Texts, handover: Handover) -> View:
    """Really?"""
    text = t(
        "Skip {name} this week? {next} would take it, and {name} would wait for the next round.",
        name=person(t, handover.previous),
        next=person(t, handover.owner),
    )
    skip = SkipTurnTap(handover.previous.id, sure=True)
    return View(text, ((Button(t.plain("Skip"), skip, style="danger"), _back(t)),))


def swap_with(t: Texts, standing: Line, asking: User) -> View:
    """With whom?"""
    buttons = [
        Button(_label(t, member.user), SwapTap(member.user.id))
        for member in standing.upcoming[:ASKED]
        if member.user.id != asking.id
    ]
    pairs = tuple(tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))
    text = t("{name}, with whom do you want to swap turns? They'll be asked.", name=person(t, asking))
    return View(text, (*pairs, (_back(t),)))


def offer(t: Texts, swap: Swap) -> View:
    """Ask the other; both have to want it."""
    asked, by = mention(t, swap.asked), person(t, swap.offered_by)
    if swap.owner is None:
        text = t("{asked}, would you swap turns with {name}?", asked=asked, name=by)
    elif swap.owner.id == swap.asked.id:
        text = t("{asked}, would you take this week? {name} takes your turn for it.", asked=asked, name=by)
    else:
        text = t("{asked}, would you leave this week to {name}, and take their turn?", asked=asked, name=by)
    return View(
        text,
        (
            (
                Button(t.plain("Swap"), SwapAnswerTap(agreed=True), style="success"),
                Button(t.plain("Rather not"), SwapAnswerTap(agreed=False)),
            ),
        ),
    )


def swapped(t: Texts, swap: Swap) -> View:
    """Both agreed."""
    one, other = person(t, swap.offered_by), person(t, swap.asked)
    text: str = t("{name} and {other} have swapped turns.", name=one, other=other)
    if swap.owner is not None:
        text += " " + t("This is <b>{name}</b>'s week.", name=person(t, swap.owner))
    return View(text)


def not_swapped(t: Texts, swap: Swap) -> View:
    """One of them would rather not."""
    names = person(t, swap.offered_by), person(t, swap.asked)
    return View(t("{name} and {other} keep their turns.", name=names[0], other=names[1]))


def away_how_long(t: Texts, asking: User) -> View:
    """For how long?"""
    weeks = tuple(Button(t.plural("{n} week", "{n} weeks", count), AwayTap(count)) for count in AWAY_WEEKS)
    text = t(
        "{name}, for how long will you be away? You'll be passed over and keep your place.",
        name=person(t, asking),
    )
    return View(text, (weeks, (Button(t.plain("I'm back"), AwayTap(0)), _back(t))))


def passed_on(t: Texts, handover: Handover) -> View:
    """The owner passed their week on."""
    return _taken(t("{name} passes this week on.", name=person(t, handover.previous)), t, handover)


def skipped(t: Texts, handover: Handover) -> View:
    """An admin skipped the owner."""
    return _taken(t("{name} sits this week out.", name=person(t, handover.previous)), t, handover)


def stood_in(t: Texts, handover: Handover) -> View:
    """The owner is away."""
    said = t("{name} is away and will be asked again after that.", name=person(t, handover.previous))
    return _taken(said, t, handover)


def moved_up(t: Texts, absent: User, following: User) -> View:
    """Who would have had the next week is away."""
    return View(
        t(
            "{name} is away then, so next week is {other}'s turn.",
            name=person(t, absent),
            other=mention(t, following),
        )
    )


def your_turn(t: Texts, owner: User) -> Html:
    """Tell somebody that this week is theirs now."""
    return t("{name}, this week is yours: find something with /movie or /album.", name=mention(t, owner))


def next_week(t: Texts, following: User) -> Html:
    """Tell somebody that the next week is theirs."""
    return t("Next week is {name}'s turn.", name=mention(t, following))


def _taken(said: str, t: Texts, handover: Handover) -> View:
    lines = [f"{said} {your_turn(t, handover.owner)}"]
    if handover.following is not None:
        lines.append(next_week(t, handover.following))
    return View("\n".join(lines))


def _menu(t: Texts, owner: User | None) -> Rows:
    away = Button(t.plain("Away…"), AwayMenuTap())
    swap = Button(t.plain("Swap…"), SwapMenuTap())
    if owner is None:
        return ((swap, away),)
    name = _label(t, owner, 30)
    return (
        (Button(t.plain("Pass on"), PassTap(sure=False)), swap, away),
        (
            Button(t.plain("Skip {name}", name=name), SkipTurnTap(owner.id, sure=False)),
            Button(t.plain("{name} next week too", name=name), HoldTap()),
        ),
    )


def _back(t: Texts) -> Button:
    return Button(t.plain("‹ Turns"), TurnsTap())


def _place(t: Texts, member: Member, day: date) -> str:
    name = person(t, member.user)
    if member.away_until is not None and member.away(day):
        return t("{name} (away until {day})", name=name, day=t.day(member.away_until))
    return t.data(name)


def _label(t: Texts, user: User, limit: int = BUTTON_LIMIT) -> str:
    return shorten(person(t, user), limit)
