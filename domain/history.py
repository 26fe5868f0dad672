"""Looking back: past weeks by the page, a club's best works, somebody's own scores."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.errors import NoSuchWeek, NoSuchYear
from domain.isoweek import IsoWeek

if TYPE_CHECKING:
    from domain.works import Kind, Work

PAGE_SIZE = 8
LAST_SCORES = 10
LEAST_SCORES = 2
"""How many scores a work needs to be among the best."""

_WEEK = re.compile(r"(?:(?P<year>[0-9]{4})[-\s]?(?=K?W))?(?:K?W\s?)?(?P<week>[0-9]{1,2})", re.IGNORECASE)
_FIRST_YEAR, _LAST_YEAR = 1900, 9998


@dataclass(frozen=True, slots=True)
class PastPick:
    """A pick of a past week. `average` is in half-stars, None while hidden or while nobody scored."""

    work: Work
    average: float | None


@dataclass(frozen=True, slots=True)
class PastWeek:
    """A past week with its picks."""

    id: int
    iso: IsoWeek
    picks: tuple[PastPick, ...]


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Past weeks, newest first, of one year or of all (None); whether there are newer and older ones."""

    year: int | None
    current: IsoWeek
    weeks: tuple[PastWeek, ...]
    newer: bool = False
    older: bool = False


@dataclass(frozen=True, slots=True)
class Best:
    """A work among the club's best. `week` is the last it was picked in, `average` is in half-stars."""

    work: Work
    week_id: int
    week: IsoWeek
    average: float
    scores: int


@dataclass(frozen=True, slots=True)
class BestPage:
    """A page, counted from 0, of the best works: of a kind and of a year's weeks, None for all."""

    kind: Kind | None
    year: int | None
    number: int
    best: tuple[Best, ...]
    more: bool = False


@dataclass(frozen=True, slots=True)
class MyScore:
    """A score of somebody's, in half-stars, and the week the work was picked in."""

    work: Work
    week_id: int
    week: IsoWeek
    score: int


@dataclass(frozen=True, slots=True)
class Mine:
    """Somebody's scores in a club: how many, their average, the club's on the same picks, the last ones."""

    count: int
    average: float | None
    club_average: float | None
    last: tuple[MyScore, ...]


def parse_week(text: str, current: IsoWeek) -> IsoWeek:
    """Read `2026-W07`, `W07` or `7`; without a year the latest week of that number that is not ahead.

    NoSuchWeek for anything else, and for a week that is ahead.
    """
    match = _WEEK.fullmatch(text.strip())
    if match is not None:
        years = [int(match["year"])] if match["year"] else range(current.year, current.year - 8, -1)
        for year in years:
            try:
                week = IsoWeek(year, int(match["week"]))
            except ValueError:
                continue
            if week <= current and year >= _FIRST_YEAR:
                return week
    raise NoSuchWeek(text=text)


def parse_year(text: str) -> int:
    """Read a year of four digits; NoSuchYear for anything else."""
    if not re.fullmatch("[0-9]{4}", text) or not _FIRST_YEAR <= int(text) <= _LAST_YEAR:
        raise NoSuchYear(text=text)
    return int(text)


def span(year: int | None) -> tuple[IsoWeek, IsoWeek]:
    """The first week of a year and the first of the next; of all years for None."""
    first, last = (_FIRST_YEAR, _LAST_YEAR) if year is None else (year, year)
    return IsoWeek(first, 1), IsoWeek(last + 1, 1)
