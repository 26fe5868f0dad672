"""Rare facts: what may be said of a week because it hardly ever can.

Each fact is a function of a club's numbers that gives every case of it. A threshold keeps each rare: a record
counts after enough picks to be one, and a first time after enough times without. The rarest fact wins.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from domain.scores import HIGHEST, LOWEST
from domain.works import Kind, Work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from domain.clubs import User
    from domain.isoweek import IsoWeek
    from domain.statistics import Played, Statistics

ENOUGH = 20
"""Earlier picks of a kind that make a record one."""

ENOUGH_CRITICS = 12
ENOUGH_GENRES = 30
ENOUGH_COUNTRIES = 40
ENOUGH_TOPS = 30
FEW_SCORES, SOME_SCORES = 2, 4
"""Scores that make an average one, and an opinion of the group."""

NTH_BY_ONE_MAKER = (3, 5, 10)
NTH_SHARED_BY = 6
MILESTONES = (50, 100, 250, 500, 1000)
MILESTONE_SHARED_BY = 3
STREAKS = (26, 52, 104, 156, 208, 260)
UNANIMOUS_ONCE_IN = 26
CONTRARIAN_BY = 7
CRITICS_APART = 20.0
FRESH_DAYS = 14


class FactKind(StrEnum):
    """What is rare about it, the rarest first."""

    FIRST_PERFECT = "first_perfect"
    COMEBACK = "comeback"
    AGAIN = "again"
    MOST_DIVISIVE = "most_divisive"
    HIGHEST = "highest"
    LOWEST = "lowest"
    FIRST_BOTTOM = "first_bottom"
    UNANIMOUS = "unanimous"
    STREAK = "streak"
    MILESTONE = "milestone"
    CRITICS_GAP = "critics_gap"
    CONTRARIAN = "contrarian"
    FIRST_TOP = "first_top"
    OLDEST = "oldest"
    FRESHEST = "freshest"
    LONGEST = "longest"
    SHORTEST = "shortest"
    NTH_BY_MAKER = "nth_by_maker"
    FIRST_OF_DECADE = "first_of_decade"
    FIRST_COUNTRY = "first_country"
    FIRST_GENRE = "first_genre"


@dataclass(frozen=True, slots=True)
class RareFact:
    """One of them. `pick_id` is 0 for a person's; the others say what the kind's sentence needs.

    `number` is a count, a year, minutes, days, percent, or an average or a score in half-stars; `than` is the
    same of the record that was broken.
    """

    kind: FactKind
    pick_id: int = 0
    work: Work | None = None
    user: User | None = None
    name: str = ""
    number: float = 0.0
    than: float | None = None
    week: IsoWeek | None = None


def highest(s: Statistics) -> Iterator[RareFact]:
    """A higher average than any before, of its kind."""
    for pick, past in _scored(s):
        record = max(other.average for other in past)
        if pick.average > record:
            yield _of(FactKind.HIGHEST, pick, pick.average, record)


def lowest(s: Statistics) -> Iterator[RareFact]:
    """A lower average than any before, of its kind."""
    for pick, past in _scored(s):
        record = min(other.average for other in past)
        if pick.average < record:
            yield _of(FactKind.LOWEST, pick, pick.average, record)


def most_divisive(s: Statistics) -> Iterator[RareFact]:
    """Scores further apart than any before, of its kind."""
    for pick, past in _scored(s, SOME_SCORES):
        if pick.variance > max(other.variance for other in past):
            yield _of(FactKind.MOST_DIVISIVE, pick, pick.highest, pick.lowest)


def unanimous(s: Statistics) -> Iterator[RareFact]:
    """Everybody gave the same, which did not happen for long."""
    recent = [pick for pick in s.earlier if pick.scores >= SOME_SCORES][-UNANIMOUS_ONCE_IN:]
    if len(recent) < UNANIMOUS_ONCE_IN or any(pick.lowest == pick.highest for pick in recent):
        return
    for pick in s.picks:
        if pick.scores >= SOME_SCORES and pick.lowest == pick.highest:
            yield _of(FactKind.UNANIMOUS, pick, pick.lowest)


def first_perfect(s: Statistics) -> Iterator[RareFact]:
    """The highest score from everybody, for the first time."""
    past = [pick for pick in s.earlier if pick.scores >= SOME_SCORES]
    if len(past) < ENOUGH or any(pick.lowest == HIGHEST for pick in past):
        return
    for pick in s.picks:
        if pick.scores >= SOME_SCORES and pick.lowest == HIGHEST:
            yield _of(FactKind.FIRST_PERFECT, pick, HIGHEST)


def first_bottom(s: Statistics) -> Iterator[RareFact]:
    """The lowest possible score, for the first time in the club."""
    past = [pick for pick in s.earlier if pick.scores]
    if len(past) < ENOUGH or any(pick.lowest == LOWEST for pick in past):
        return
    for given in s.given:
        if given.score == LOWEST:
            pick = next(pick for pick in s.picks if pick.pick_id == given.pick_id)
            yield RareFact(FactKind.FIRST_BOTTOM, pick.pick_id, pick.work, given.user, number=LOWEST)


def first_top(s: Statistics) -> Iterator[RareFact]:
    """Somebody hard to please gave their first highest score."""
    strict = {c.user.id for c in s.careers if c.before >= ENOUGH_TOPS and not c.tops_before}
    for given in s.given:
        if given.score == HIGHEST and given.user.id in strict:
            pick = next(pick for pick in s.picks if pick.pick_id == given.pick_id)
            before = next(c.before for c in s.careers if c.user.id == given.user.id)
            yield RareFact(FactKind.FIRST_TOP, pick.pick_id, pick.work, given.user, number=before)


def milestone(s: Statistics) -> Iterator[RareFact]:
    """Somebody's fiftieth, hundredth … score in the club, among the first to get there."""
    for step in MILESTONES:
        if sum(career.before >= step for career in s.careers) >= MILESTONE_SHARED_BY:
            continue
        for career in s.careers:
            if career.before < step <= career.before + career.now:
                yield RareFact(FactKind.MILESTONE, user=career.user, number=step)


def streak(s: Statistics) -> Iterator[RareFact]:
    """Half a year, a year … without a week missed, and nobody does better."""
    best = max((career.streak for career in s.careers), default=0)
    for career in s.careers:
        if career.streak in STREAKS and career.streak == best:
            yield RareFact(FactKind.STREAK, user=career.user, number=career.streak)


def critics_gap(s: Statistics) -> Iterator[RareFact]:
    """Further from the critics than ever before."""
    gaps = [abs(gap) for pick in s.earlier if (gap := pick.critics_gap) is not None]
    if len(gaps) < ENOUGH_CRITICS:
        return
    for pick in s.picks:
        gap = pick.critics_gap
        if gap is None or pick.critics is None or pick.scores < FEW_SCORES:
            continue
        if abs(gap) >= CRITICS_APART and abs(gap) > max(gaps):
            yield _of(FactKind.CRITICS_GAP, pick, pick.average * 10, pick.critics)


def contrarian(s: Statistics) -> Iterator[RareFact]:
    """One score far from every other."""
    for pick in s.picks:
        given = [one for one in s.given if one.pick_id == pick.pick_id]
        if len(given) < SOME_SCORES:
            continue
        for one in given:
            others = [other.score for other in given if other is not one]
            nearest = min(others, key=lambda score: abs(score - one.score))
            if abs(nearest - one.score) >= CONTRARIAN_BY:
                yield RareFact(
                    FactKind.CONTRARIAN, pick.pick_id, pick.work, one.user, number=one.score, than=nearest
                )


def oldest(s: Statistics) -> Iterator[RareFact]:
    """Older than any before, of its kind."""
    for pick, past in _rivals(s, lambda pick: pick.work.year is not None):
        record = min(other.work.year or 0 for other in past)
        if pick.work.year is not None and pick.work.year < record:
            yield _of(FactKind.OLDEST, pick, pick.work.year, record)


def freshest(s: Statistics) -> Iterator[RareFact]:
    """Picked sooner after its release than any before, of its kind."""
    for pick, past in _rivals(s, lambda pick: pick.days_old is not None):
        days = pick.days_old
        if days is not None and days <= FRESH_DAYS and days < min(other.days_old or 0 for other in past):
            yield _of(FactKind.FRESHEST, pick, days)


def longest(s: Statistics) -> Iterator[RareFact]:
    """Longer than any before."""
    for pick, past in _rivals(s, lambda pick: bool(pick.runtime)):
        record = max(other.runtime or 0 for other in past)
        if pick.runtime and pick.runtime > record:
            yield _of(FactKind.LONGEST, pick, pick.runtime, record)


def shortest(s: Statistics) -> Iterator[RareFact]:
    """Shorter than any before."""
    for pick, past in _rivals(s, lambda pick: bool(pick.runtime)):
        record = min(other.runtime or 0 for other in past)
        if pick.runtime and pick.runtime < record:
            yield _of(FactKind.SHORTEST, pick, pick.runtime, record)


def first_of_decade(s: Statistics) -> Iterator[RareFact]:
    """The first of its decade, of its kind."""
    for pick, past in _rivals(s, lambda pick: pick.work.year is not None):
        decade = (pick.work.year or 0) // 10
        if all((other.work.year or 0) // 10 != decade for other in past):
            yield _of(FactKind.FIRST_OF_DECADE, pick, decade * 10)


def nth_by_maker(s: Statistics) -> Iterator[RareFact]:
    """The third, fifth or tenth work by a director or artist, among the first of whom a club had so many."""
    works: dict[int, set[int]] = defaultdict(set)
    for pick in s.earlier:
        for maker in pick.makers:
            works[maker.id].add(pick.work.id)
    for pick in s.picks:
        for maker in pick.makers:
            number = len(works[maker.id]) + 1
            if pick.work.id in works[maker.id] or number not in NTH_BY_ONE_MAKER:
                continue
            if sum(len(made) >= number for made in works.values()) < NTH_SHARED_BY:
                yield RareFact(FactKind.NTH_BY_MAKER, pick.pick_id, pick.work, name=maker.name, number=number)


def first_country(s: Statistics) -> Iterator[RareFact]:
    """The first artist from a country."""
    counts = Counter(c for pick in s.earlier for c in {m.country for m in pick.makers if m.country})
    if sum(counts.values()) < ENOUGH_COUNTRIES:
        return
    for pick in s.picks:
        for country in sorted({maker.country for maker in pick.makers if maker.country}):
            if not counts[country]:
                yield RareFact(FactKind.FIRST_COUNTRY, pick.pick_id, pick.work, name=country)


def first_genre(s: Statistics) -> Iterator[RareFact]:
    """The first movie of a genre; albums have too many genres for that to mean anything."""
    movies = [pick for pick in s.earlier if pick.kind is Kind.MOVIE and pick.genres]
    if len(movies) < ENOUGH_GENRES:
        return
    known = {genre for pick in movies for genre in pick.genres}
    for pick in s.picks:
        for genre in pick.genres:
            if pick.kind is Kind.MOVIE and genre not in known:
                yield RareFact(FactKind.FIRST_GENRE, pick.pick_id, pick.work, name=genre)


def comeback(s: Statistics) -> Iterator[RareFact]:
    """A work that was removed once, and now was played."""
    played = {pick.work.id for pick in s.earlier}
    for pick in s.picks:
        if pick.work.id in s.removed and pick.work.id not in played:
            yield _of(FactKind.COMEBACK, pick, 0)


def again(s: Statistics) -> Iterator[RareFact]:
    """A work that was a pick before."""
    for pick in s.picks:
        earlier = next((other for other in reversed(s.earlier) if other.work.id == pick.work.id), None)
        if earlier is not None:
            yield RareFact(FactKind.AGAIN, pick.pick_id, pick.work, week=earlier.week)


FINDERS: dict[FactKind, Callable[[Statistics], Iterator[RareFact]]] = {
    FactKind.FIRST_PERFECT: first_perfect,
    FactKind.COMEBACK: comeback,
    FactKind.AGAIN: again,
    FactKind.MOST_DIVISIVE: most_divisive,
    FactKind.HIGHEST: highest,
    FactKind.LOWEST: lowest,
    FactKind.FIRST_BOTTOM: first_bottom,
    FactKind.UNANIMOUS: unanimous,
    FactKind.STREAK: streak,
    FactKind.MILESTONE: milestone,
    FactKind.CRITICS_GAP: critics_gap,
    FactKind.CONTRARIAN: contrarian,
    FactKind.FIRST_TOP: first_top,
    FactKind.OLDEST: oldest,
    FactKind.FRESHEST: freshest,
    FactKind.LONGEST: longest,
    FactKind.SHORTEST: shortest,
    FactKind.NTH_BY_MAKER: nth_by_maker,
    FactKind.FIRST_OF_DECADE: first_of_decade,
    FactKind.FIRST_COUNTRY: first_country,
    FactKind.FIRST_GENRE: first_genre,
}


def facts(s: Statistics) -> Iterator[RareFact]:
    """Every rare fact of a week, the rarest first; in one order for the same numbers."""
    for kind in FactKind:
        found = FINDERS[kind](s)
        yield from sorted(found, key=lambda fact: (fact.pick_id, fact.user.id if fact.user else 0, fact.name))


def rarest(s: Statistics) -> RareFact | None:
    """The one that is told; None in an ordinary week."""
    return next(facts(s), None)


def _of(kind: FactKind, pick: Played, number: float, than: float | None = None) -> RareFact:
    return RareFact(kind, pick.pick_id, pick.work, number=number, than=than)


def _rivals(s: Statistics, comparable: Callable[[Played], bool]) -> Iterator[tuple[Played, list[Played]]]:
    """Each comparable pick of the week with the comparable earlier ones of its kind, if they are enough."""
    for pick in s.picks:
        past = [other for other in s.earlier if other.kind is pick.kind and comparable(other)]
        if comparable(pick) and len(past) >= ENOUGH:
            yield pick, past


def _scored(s: Statistics, scores: int = FEW_SCORES) -> Iterator[tuple[Played, list[Played]]]:
    return _rivals(s, lambda pick: pick.scores >= scores)
