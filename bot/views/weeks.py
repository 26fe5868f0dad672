"""A week's card: its picks, what may be seen of their scores, the buttons to score them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.taps import AboutTap, MineTap, RateTap, SkipTap
from bot.texts import Html, visible
from bot.view import TEXT_LIMIT, Button, View
from bot.views.common import ICONS, button_title, person, score_line, title
from bot.views.history import from_week
from domain.works import Kind

if TYPE_CHECKING:
    from bot.texts import Texts
    from domain.clubs import Club, Member
    from domain.isoweek import IsoWeek
    from domain.scores import Scale
    from domain.weeks import Answer, Pick, PickCard, WeekCard

A_ROW = 5
SAID_LIMIT = 400
"""Code points of who gave what to a pick, so that four picks and some takes fit a message."""


def card(t: Texts, club: Club, week: WeekCard) -> View:
    """The week as it stands; takes that no longer fit are counted instead."""
    lines = [heading(t, week.iso)]
    if week.note:
        lines.append(t("<i>{note}</i>", note=week.note))
    if not week.picks:
        lines += ["", _nothing(t, week)]
    for pick in week.picks:
        lines += ["", *_pick(t, club, pick)]
    used, left_out = visible("\n".join(lines)), 0
    for pick in week.picks:
        above = ["", t("Takes on <b>{title}</b>", title=pick.pick.work.title)]
        for one in takes(t, club, pick):
            added = "\n".join(["", *above, one])
            if used + visible(added) > TEXT_LIMIT - 100:
                left_out += 1
            else:
                lines += [*above, one]
                used, above = used + visible(added), []
    if left_out:
        lines.append(t.plural("… and {n} more take", "… and {n} more takes", left_out))
    return View("\n".join(lines), _buttons(t, club, week))


def _nothing(t: Texts, week: WeekCard) -> str:
    if week.past:
        return t("Nothing was picked that week.")
    if week.owner is not None:
        name = person(t, week.owner)
        return t("Nothing is picked yet. It's <b>{name}</b>'s turn, with /movie or /album.", name=name)
    return t("Nothing is picked yet. Find something with /movie or /album.")


def ask_note(t: Texts) -> View:
    """Ask for the week's note, by force-reply."""
    return View(
        t("What should this week's note say? Reply with one line."), ask=t.plain("Watch it in the dark")
    )


def heading(t: Texts, iso: IsoWeek) -> str:
    """Which week, and from when to when."""
    first, last = iso.monday, iso.monday + timedelta(days=6)
    return t("<b>Week {week}</b> · {first} to {last}", week=iso.week, first=t.day(first), last=t.day(last))


def _pick(t: Texts, club: Club, card: PickCard) -> list[str]:
    pick = card.pick
    lines = [
        f"{ICONS[pick.kind]} "
        + t("<b>{title}</b> · picked by {name}", title=title(pick.work), name=person(t, pick.picked_by)),
        score_line(t, card.tally, club.settings),
    ]
    said = ""
    for number, answer in enumerate(card.tally.answers):
        longer = f"{said}, " * bool(said) + _said(t, club.settings.scale, pick, answer)
        if visible(longer) > SAID_LIMIT:
            left = len(card.tally.answers) - number
            said += " " + t.plural("… and {n} more", "… and {n} more", left)
            break
        said = longer
    return [*lines, said] if said else lines


def _said(t: Texts, scale: Scale, pick: Pick, answer: Answer) -> str:
    name = named(t, answer.member)
    if answer.absent or answer.score is None:
        if pick.kind is Kind.MOVIE:
            return t("{name} didn't watch", name=name)
        return t("{name} didn't listen", name=name)
    score = scale.label(answer.score)
    if _late(pick, answer):
        return t("{name} <b>{score}</b> (late)", name=name, score=score)
    return t("{name} <b>{score}</b>", name=name, score=score)


def _late(pick: Pick, answer: Answer) -> bool:
    """Whether somebody answered knowing the others' scores."""
    if pick.revealed_at is None or answer.rated_at is None:
        return False
    return answer.rated_at > pick.revealed_at


def takes(t: Texts, club: Club, card: PickCard) -> list[str]:
    """What was said of a pick, a line each."""
    return [_take(t, club.settings.scale, answer) for answer in card.tally.answers if answer.take]


def _take(t: Texts, scale: Scale, answer: Answer) -> str:
    take = t("“{take}”", take=answer.take)
    if answer.has_spoiler:
        take = Html(f"<tg-spoiler>{take}</tg-spoiler>")
    name = named(t, answer.member)
    if answer.score is None:
        return t("{take} – {name}", take=take, name=name)
    return t("{take} – {name}, {score}", take=take, name=name, score=scale.label(answer.score))


def named(t: Texts, member: Member) -> str:
    """A member's name, unless they took it back."""
    return t.plain("Somebody") if member.nameless else person(t, member.user)


def _buttons(t: Texts, club: Club, week: WeekCard) -> tuple[tuple[Button, ...], ...]:
    rows: list[tuple[Button, ...]] = []
    for card in week.picks:
        pick = card.pick
        if len(week.picks) > 1:
            rows.append((Button(f"{ICONS[pick.kind]} {button_title(pick.work)}", AboutTap(pick.id)),))
        scale = club.settings.scale
        scores = [Button(scale.label(score), RateTap(pick.id, score)) for score in scale.scores]
        rows += [tuple(scores[start : start + A_ROW]) for start in range(0, len(scores), A_ROW)]
        skip = t.plain("Didn't watch") if pick.kind is Kind.MOVIE else t.plain("Didn't listen")
        rows.append((Button(skip, SkipTap(pick.id)),))
    if week.picks and week.id is not None:
        mine = Button(t.plain("My score"), MineTap(week.id))
        rows[-1] = (*rows[-1], mine)
    if week.past:
        rows.append((Button(t.plain("‹ Past weeks"), from_week(week.iso)),))
    return tuple(rows)


def noted(t: Texts) -> View:
    """The note is on the card."""
    return View(t("Noted on the week's card."))
