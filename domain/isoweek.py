"""Weeks as ISO 8601 counts them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from datetime import tzinfo

_PATTERN = re.compile(r"([0-9]{4})-W([0-9]{2})")


@dataclass(frozen=True, order=True, slots=True)
class IsoWeek:
    """An ISO year and week (ISO 8601, 5.2): Monday first, week 1 holds the year's first Thursday.

    Raises ValueError for a week its year does not have; only some years have a week 53.
    """

    year: int
    week: int

    def __post_init__(self) -> None:
        date.fromisocalendar(self.year, self.week, 1)

    @classmethod
    def at(cls, moment: datetime, zone: tzinfo) -> Self:
        """The week that `moment` (aware) falls in for people in `zone`."""
        year, week, _ = moment.astimezone(zone).isocalendar()
        return cls(year, week)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `2026-W07`; ValueError for anything else."""
        match = _PATTERN.fullmatch(text)
        if match is None:
            raise ValueError(text)
        return cls(int(match[1]), int(match[2]))

    @property
    def monday(self) -> date:
        """The week's first day."""
        return date.fromisocalendar(self.year, self.week, 1)

    def next(self) -> IsoWeek:
        """The week after this one."""
        return self._of(self.monday + timedelta(days=7))

    def previous(self) -> IsoWeek:
        """The week before this one."""
        return self._of(self.monday - timedelta(days=7))

    @staticmethod
    def _of(day: date) -> IsoWeek:
        return IsoWeek.at(datetime(day.year, day.month, day.day, tzinfo=UTC), UTC)

    def __str__(self) -> str:
        return f"{self.year:04d}-W{self.week:02d}"
