"""What the bot posts of itself: a week begins, somebody is reminded, a turn passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.texts import Html
from bot.view import View
from bot.views.common import ICONS, mention, person, title
from bot.views.turns import next_week
from domain.works import Kind

if TYPE_CHECKING:
    from bot.texts import Texts
    from domain.clubs import Club, Settings
    from domain.isoweek import IsoWeek
    from domain.services.owners import Handover
    from domain.services.posts import NewWeek, PickReminder, ScoreReminder
    from domain.weeks import Pick, PickCard

MOST_MENTIONS = 50
"""Names that tell somebody of the message; the rest is counted."""


def new_week(t: Texts, club: Club, new: NewWeek, *, told: bool) -> View:
    """Whose turn it is, how to pick, how last week ended; who comes next unless they were `told`."""
    settings = club.settings
    lines = [t("<b>Week {week}</b> begins.", week=new.week.iso.week)]
    if new.week.owner is not None:
        lines.append(t("It's {name}'s turn to pick.", name=mention(t, new.week.owner)))
    if new.week.picks:
        titles = _titles(t, tuple(card.pick for card in new.week.picks))
        lines.append(t("Already picked: {titles}. /week shows the card.", titles=titles))
    else:
        lines.append(_how(t, tuple(kind for kind in Kind if settings.slots(kind))))
    if new.last is not None:
        results = Html(", ".join(_result(t, settings, card) for card in new.last.picks))
        lines.append(t("Last week: {results}", results=results))
    if new.following is not None and not told:
        lines.append(next_week(t, new.following))
    return View("\n".join(line for line in lines if line))


def next_turn(t: Texts, club: Club, week: IsoWeek) -> View:
    """In private, a week ahead: the coming week is yours."""
    return View(
        t(
            "Next week, week {week}, it's your turn to pick in <b>{club}</b>. If you can't make it, /turns "
            "there lets you pass it on or swap.",
            week=week.week,
            club=club.title or "…",
        )
    )


def pick_reminder(t: Texts, reminder: PickReminder) -> View:
    """Something is still to be picked."""
    lines = [_missing(t, reminder.free), _how(t, reminder.free)]
    if reminder.owner is not None:
        lines.insert(0, t("{name}, it's your turn.", name=mention(t, reminder.owner)))
    return View("\n".join(lines))


def handover(t: Texts, passed: Handover, *, told: bool) -> View:
    """Nobody is blamed, and the next one knows; also who comes after, unless they were `told`."""
    lines = [
        t(
            "{previous} couldn't get to it this week, and {owner} takes over. Over to you!",
            previous=person(t, passed.previous),
            owner=mention(t, passed.owner),
        )
    ]
    if passed.following is not None and not told:
        lines.append(next_week(t, passed.following))
    return View("\n".join(lines))


def score_reminder(t: Texts, reminder: ScoreReminder) -> View:
    """Who has yet to answer, with a mention each."""
    names = ", ".join(mention(t, user) for user in reminder.silent[:MOST_MENTIONS])
    if (left := len(reminder.silent) - MOST_MENTIONS) > 0:
        names += " " + t.plural("… and {n} more", "… and {n} more", left)
    lines = (
        t("The scores of {titles} will soon be revealed.", titles=_titles(t, reminder.picks)),
        t("Still to answer: {names}.", names=Html(names)),
        t("/week has the buttons, for those who didn't get to it, too."),
    )
    return View("\n".join(lines))


def _titles(t: Texts, picks: tuple[Pick, ...]) -> Html:
    return Html(", ".join(t("<b>{title}</b>", title=title(pick.work)) for pick in picks))


def _result(t: Texts, settings: Settings, card: PickCard) -> Html:
    name = Html(f"{ICONS[card.pick.kind]} ") + t("<b>{title}</b>", title=title(card.pick.work))
    if card.tally.average is None:
        return Html(name)
    return Html(f"{name} ★ {t.number(settings.scale.convert(card.tally.average))}")


def _missing(t: Texts, free: tuple[Kind, ...]) -> Html:
    if free == (Kind.MOVIE,):
        return t("This week has room for a movie.")
    if free == (Kind.ALBUM,):
        return t("This week has room for an album.")
    return t("This week has room for a movie and an album.")


def _how(t: Texts, kinds: tuple[Kind, ...]) -> Html:
    if kinds == (Kind.MOVIE,):
        return t("Find one with /movie and press Pick.")
    if kinds == (Kind.ALBUM,):
        return t("Find one with /album and press Pick.")
    if not kinds:
        return Html("")
    return t("Find something with /movie or /album and press Pick.")
