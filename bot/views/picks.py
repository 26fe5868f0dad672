"""Picking, replacing, removing: what is asked and what is said after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.taps import KeepTap, PickTap, RemoveTap, UndoTap, WorkTap
from bot.view import Button, View
from bot.views.common import ICONS, button_title, person, title
from domain.works import Kind

if TYPE_CHECKING:
    from bot.texts import Texts
    from domain.clubs import Settings, User
    from domain.errors import PickedBefore, SlotsFull
    from domain.weeks import Pick, WeekCard


def picked(t: Texts, pick: Pick, *, replaced: bool) -> View:
    """In place of the card it was picked from; a replacement can be undone."""
    text = f"{ICONS[pick.kind]} " + (
        t(
            "<b>{title}</b> is this week's movie, picked by {name}.",
            title=title(pick.work),
            name=person(t, pick.picked_by),
        )
        if pick.kind is Kind.MOVIE
        else t(
            "<b>{title}</b> is this week's album, picked by {name}.",
            title=title(pick.work),
            name=person(t, pick.picked_by),
        )
    )
    if not replaced or pick.replaces is None:
        return View(text)
    return View(text, ((Button(t.plain("Undo"), UndoTap(pick.replaces)),),))


def full(t: Texts, error: SlotsFull) -> View:
    """Every slot is taken: replace one?"""
    taken = ", ".join(title(pick.work) for pick in error.taken)
    text: str = (
        t("No room for another movie this week. Already in: {titles}.", titles=taken)
        if error.kind is Kind.MOVIE
        else t("No room for another album this week. Already in: {titles}.", titles=taken)
    )
    text += "\n" + t(
        "Whoever made a pick, the week's owner or an admin can put <b>{title}</b> in its place.",
        title=title(error.work),
    )
    rows = [
        (
            Button(
                t.plain("Replace {title}", title=button_title(pick.work)),
                PickTap(error.work.id, again=False, replacing=pick.id),
                style="danger",
            ),
        )
        for pick in error.taken
    ]
    back = Button(t.plain("Leave it"), WorkTap(error.work.id, people=False, search=0))
    return View(text, (*rows, (back,)))


def before(t: Texts, error: PickedBefore, settings: Settings, replacing: int) -> View:
    """Picked in an earlier week: again?"""
    lines = [
        t(
            "<b>{title}</b> was a pick before, in week {week} of {year}.",
            title=title(error.work),
            week=error.week.week,
            year=error.week.year,
        )
    ]
    if error.average is not None:
        lines.append(
            t("It got {average} on average.", average=t.number(settings.scale.convert(error.average)))
        )
    again = Button(
        t.plain("Pick it again"), PickTap(error.work.id, again=True, replacing=replacing), style="primary"
    )
    back = Button(t.plain("Leave it"), WorkTap(error.work.id, people=False, search=0))
    return View("\n".join(lines), ((again, back),))


def removable(t: Texts, week: WeekCard) -> View:
    """Which of the week's picks should go?"""
    if not week.picks:
        return View(t("There is nothing to remove: this week has no picks."))
    rows = tuple(
        (
            Button(
                t.plain("Remove {title}", title=button_title(card.pick.work)),
                RemoveTap(card.pick.id, sure=False),
            ),
        )
        for card in week.picks
    )
    return View(t("Which pick should go? Whoever picked it, the week's owner or an admin decides."), rows)


def sure(t: Texts, pick: Pick) -> View:
    """Really?"""
    text = t("Remove <b>{title}</b> from this week? Its scores are kept.", title=title(pick.work))
    return View(
        text,
        (
            (
                Button(t.plain("Remove"), RemoveTap(pick.id, sure=True), style="danger"),
                Button(t.plain("Keep"), KeepTap(pick.id)),
            ),
        ),
    )


def removed(t: Texts, pick: Pick, by: User) -> View:
    """Gone, and for a while to be brought back."""
    text = t(
        "{name} removed <b>{title}</b>. Undo works for 30 seconds.",
        name=person(t, by),
        title=title(pick.work),
    )
    return View(text, ((Button(t.plain("Undo"), UndoTap(pick.id)),),))


def stays(t: Texts, pick: Pick) -> View:
    """Kept, or back."""
    return View(t("<b>{title}</b> stays.", title=title(pick.work)))


def back(t: Texts, pick: Pick) -> View:
    """Undone."""
    return View(t("<b>{title}</b> is back.", title=title(pick.work)))
