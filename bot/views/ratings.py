"""Toasts and questions about scores and takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.taps import TakeTap
from bot.texts import shorten
from bot.view import TOAST_LIMIT, Button, View
from bot.views.common import ICONS, button_title, person, title
from domain.works import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.texts import Texts
    from domain.scores import Scale
    from domain.services.ratings import Rated
    from domain.weeks import Answer, Pick, PickCard


def recorded(t: Texts, scale: Scale, rated: Rated) -> str:
    """The toast for a stored answer."""
    if rated.score is None:
        return (
            t.plain("Noted: you didn't watch it.")
            if rated.pick.kind is Kind.MOVIE
            else t.plain("Noted: you didn't listen to it.")
        )
    score = scale.label(rated.score)
    if rated.previous is None or rated.previous == rated.score:
        return t.plain("Recorded: {score}", score=score)
    return t.plain("Recorded: {score}, was {previous}", score=score, previous=scale.label(rated.previous))


def mine(t: Texts, scale: Scale, said: Sequence[tuple[Pick, Answer | None]]) -> str:
    """The alert with somebody's own scores and takes of a week."""
    if not said:
        return t.plain("Nothing is picked yet. Find something with /movie or /album.")
    lines = []
    room = TOAST_LIMIT // len(said) - 1
    for pick, answer in said:
        name = shorten(pick.work.title, 30)
        if answer is None or (answer.score is None and not answer.absent):
            line = t.plain("{title}: nothing yet", title=name)
        elif answer.absent or answer.score is None:
            line = (
                t.plain("{title}: didn't watch", title=name)
                if pick.kind is Kind.MOVIE
                else t.plain("{title}: didn't listen", title=name)
            )
        else:
            line = t.plain("{title}: {score}", title=name, score=scale.label(answer.score))
            if answer.take:
                line += " " + t.plain("“{take}”", take=answer.take)
        lines.append(shorten(line, room))
    return "\n".join(lines)


def about(t: Texts, card: PickCard) -> str:
    """The alert that says which pick some buttons belong to."""
    counted = t.plain("{answered}/{roster} scored", answered=card.tally.answered, roster=card.tally.roster)
    by = t.plain("picked by {name}", name=shorten(person(t, card.pick.picked_by), 40))
    return f"{ICONS[card.pick.kind]} {title(card.pick.work, 100)}\n{by}\n{counted}"


def which(t: Texts, picks: tuple[Pick, ...]) -> View:
    """Several picks a take could be about."""
    rows = tuple(
        (Button(f"{ICONS[pick.kind]} {button_title(pick.work)}", TakeTap(pick.id)),) for pick in picks
    )
    return View(t("Which pick is that about?"), rows)


def take_kept(t: Texts, pick: Pick) -> View:
    """A take was stored."""
    return View(t("Kept as your take on <b>{title}</b>.", title=title(pick.work)))
