"""Lists of what was: past weeks, the best works, somebody's own scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.taps import BestTap, HistoryTap, PastTap
from bot.texts import clean, shorten
from bot.view import Button, View
from bot.views.common import BUTTON_LIMIT, ICONS, person, title
from domain.history import PAGE_SIZE
from domain.works import Kind

if TYPE_CHECKING:
    from bot.texts import Texts
    from domain.clubs import Club, User
    from domain.history import BestPage, HistoryPage, Mine, PastPick, PastWeek
    from domain.isoweek import IsoWeek

A_ROW = 5
LINE_TITLE = 100


def from_week(iso: IsoWeek) -> HistoryTap:
    """The tap that lists past weeks, beginning with this one."""
    return HistoryTap(0, _packed(iso.next()), newer=False)


def weeks(t: Texts, club: Club, page: HistoryPage) -> View:
    """A page of past weeks, one button each."""
    heading = (
        t("<b>Past weeks</b>") if page.year is None else t("<b>Past weeks</b> of {year}", year=page.year)
    )
    if not page.weeks:
        return View(heading + "\n" + t("There is nothing to look back on yet."))
    rows = [
        (Button(_week(t, club, week, short=week.iso.year == page.current.year), PastTap(week.id)),)
        for week in page.weeks
    ]
    year, turns = page.year or 0, []
    if page.newer:
        turns.append(Button(t.plain("‹ Newer"), HistoryTap(year, _packed(page.weeks[0].iso), newer=True)))
    if page.older:
        turns.append(Button(t.plain("Older ›"), HistoryTap(year, _packed(page.weeks[-1].iso), newer=False)))
    return View(heading, (*rows, *((tuple(turns),) if turns else ())))


def best(t: Texts, club: Club, page: BestPage) -> View:
    """A page of the best works; their numbers are buttons to their weeks."""
    lines = [_best_heading(t, page)]
    if not page.best:
        lines.append(t("Nothing has enough scores for that yet."))
    first = page.number * PAGE_SIZE + 1
    for number, one in enumerate(page.best, start=first):
        lines.append(
            t(
                "{number}. {icon} <b>{title}</b>",
                number=number,
                icon=ICONS[one.work.kind],
                title=title(one.work, LINE_TITLE),
            )
        )
        average = t.number(club.settings.scale.convert(one.average))
        scores = t.plural("{n} score", "{n} scores", one.scores)
        lines.append(f"      ★ <b>{average}</b> · {scores} · {t.verbatim(_named(t, one.week, short=False))}")
    numbers = tuple(
        Button(str(number), PastTap(one.week_id)) for number, one in enumerate(page.best, start=first)
    )
    kind, year, turns = page.kind or "all", page.year or 0, []
    if page.number > 0:
        turns.append(Button(t.plain("‹ Back"), BestTap(kind, year, page.number - 1)))
    if page.more:
        turns.append(Button(t.plain("More ›"), BestTap(kind, year, page.number + 1)))
    kinds = (
        Button(t.plain("All"), BestTap("all", year, 0)),
        Button(t.plain("🎬 Movies"), BestTap(Kind.MOVIE, year, 0)),
        Button(t.plain("💿 Albums"), BestTap(Kind.ALBUM, year, 0)),
    )
    return View("\n".join(lines), tuple(row for row in (numbers, tuple(turns), kinds) if row))


def mine(t: Texts, club: Club, user: User, mine: Mine) -> View:
    """Somebody's scores, the last ones in full, with buttons to their weeks."""
    if mine.average is None or mine.club_average is None:
        return View(
            t("{name}, I have no scores of yours here yet. /week is where to start.", name=person(t, user))
        )
    scale = club.settings.scale
    name, average = person(t, user), t.number(scale.convert(mine.average))
    heading = t.plural(
        "<b>{name}</b>: {n} score, {average} on average",
        "<b>{name}</b>: {n} scores, {average} on average",
        mine.count,
        name=name,
        average=average,
    )
    lines: list[str] = [heading]
    if not club.private:
        average = t.number(scale.convert(mine.club_average))
        lines.append(t("The club gave the same picks {average}.", average=average))
    lines.append("")
    year = mine.last[0].week.year
    for one in mine.last:
        week = _named(t, one.week, short=one.week.year == year)
        lines.append(
            t(
                "{week} · <b>{score}</b> · {title}",
                week=week,
                score=scale.label(one.score),
                title=title(one.work, LINE_TITLE),
            )
        )
    links = {
        one.week_id: Button(_named(t, one.week, short=one.week.year == year), PastTap(one.week_id))
        for one in mine.last
    }
    buttons = tuple(links.values())
    return View("\n".join(lines), tuple(buttons[at : at + A_ROW] for at in range(0, len(buttons), A_ROW)))


def _best_heading(t: Texts, page: BestPage) -> str:
    if page.kind is Kind.MOVIE:
        heading = t("<b>The best movies</b>")
    elif page.kind is Kind.ALBUM:
        heading = t("<b>The best albums</b>")
    else:
        heading = t("<b>The best of all</b>")
    return heading if page.year is None else t("{heading} · {year}", heading=heading, year=page.year)


def _week(t: Texts, club: Club, week: PastWeek, *, short: bool) -> str:
    """`W07 · Heat · ★ 4.2`, or all of a week's picks with less of their titles."""
    name = _named(t, week.iso, short=short)
    if len(week.picks) == 1:
        (only,) = week.picks
        star = _star(t, club, only)
        room = BUTTON_LIMIT - len(name) - len(star) - 6
        return " · ".join(filter(None, [name, _short(only, room), star]))
    room = (BUTTON_LIMIT - len(name) - 3) // max(1, len(week.picks))
    said = []
    for pick in week.picks:
        star = _star(t, club, pick)
        said.append(" ".join(filter(None, [_short(pick, room - len(star) - 4), star])))
    return " · ".join([name, *said])


def _short(pick: PastPick, room: int) -> str:
    return clean(shorten(pick.work.title, room)) or "…"


def _star(t: Texts, club: Club, pick: PastPick) -> str:
    return "" if pick.average is None else f"★ {t.number(club.settings.scale.convert(pick.average))}"


def _named(t: Texts, iso: IsoWeek, *, short: bool) -> str:
    number = f"{iso.week:02d}"
    return t.plain("W{week}", week=number) if short else t.plain("W{week} {year}", week=number, year=iso.year)


def _packed(iso: IsoWeek) -> int:
    return iso.year * 100 + iso.week
