"""A club's past in numbers, as far as rare facts are told from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.clubs import User
    from domain.isoweek import IsoWeek
    from domain.works import CriticRating, Kind, PartialDate, Work

_PERCENT = re.compile(r"([0-9]+(?:\.[0-9]+)?)%")
_FRACTION = re.compile(r"([0-9]+(?:\.[0-9]+)?)/([0-9]+)")


@dataclass(frozen=True, slots=True)
class Maker:
    """Who a work is by: a movie's director, an album's artist. `country` as the catalogue codes it."""

    id: int
    name: str
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Played:
    """A revealed pick and its counted scores: how many, sum, sum of squares, extremes, in half-stars.

    `runtime` is in minutes; `critics` is the mean of the critics' ratings in percent.
    """

    pick_id: int
    week: IsoWeek
    work: Work
    scores: int
    total: int = 0
    squares: int = 0
    lowest: int = 0
    highest: int = 0
    released: PartialDate | None = None
    runtime: int | None = None
    critics: float | None = None
    genres: tuple[str, ...] = ()
    makers: tuple[Maker, ...] = ()

    @property
    def kind(self) -> Kind:
        """What was picked."""
        return self.work.kind

    @property
    def average(self) -> float:
        """In half-stars; 0 where nobody scored."""
        return self.total / self.scores if self.scores else 0.0

    @property
    def variance(self) -> float:
        """Of the scores, in half-stars squared."""
        return self.squares / self.scores - self.average**2 if self.scores else 0.0

    @property
    def critics_gap(self) -> float | None:
        """How much more, in percent, the club gives than the critics; None without both."""
        return None if self.critics is None or not self.scores else self.average * 10 - self.critics

    @property
    def days_old(self) -> int | None:
        """Days from its release to the end of its week; None for one without a full date or ahead of it."""
        if self.released is None or self.released.month is None or self.released.day is None:
            return None
        released = date(self.released.year, self.released.month, self.released.day)
        days = (self.week.next().monday - released).days
        return days if days >= 0 else None


@dataclass(frozen=True, slots=True)
class Given:
    """One member's counted score of one of the week's picks, in half-stars."""

    pick_id: int
    user: User
    score: int


@dataclass(frozen=True, slots=True)
class Career:
    """What a member on the roster has scored in a club by the end of a week.

    `before` and `now` count scores in earlier weeks and in this one, `tops_before` the highest possible ones
    among the earlier; `streak` is the number of weeks with picks, this one the last, answered in full.
    """

    user: User
    before: int
    now: int
    tops_before: int = 0
    streak: int = 0


@dataclass(frozen=True, slots=True)
class Statistics:
    """All that rare facts are told from: the week's revealed picks, those of earlier weeks, and the people.

    `earlier` is in the order of weeks; `removed` are works that were taken out of an earlier week.
    """

    week: IsoWeek
    picks: tuple[Played, ...] = ()
    earlier: tuple[Played, ...] = ()
    given: tuple[Given, ...] = ()
    careers: tuple[Career, ...] = ()
    removed: frozenset[int] = frozenset()


def percent(ratings: Sequence[CriticRating]) -> float | None:
    """The mean, in percent, of critics' ratings that are numbers (`83%`, `8.2/10`, `76/100`), or None."""
    values = [value for rating in ratings if (value := _percent(rating.value)) is not None]
    return sum(values) / len(values) if values else None


def _percent(value: str) -> float | None:
    if found := _PERCENT.fullmatch(value):
        number = float(found[1])
    elif (found := _FRACTION.fullmatch(value)) and int(found[2]):
        number = 100 * float(found[1]) / int(found[2])
    else:
        return None
    return number if number <= 100 else None
