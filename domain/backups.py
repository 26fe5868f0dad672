"""Backups: what is known of one, when one is due, and which may go.

Dates are local ones, in the zone of whoever runs the bot.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from domain.isoweek import IsoWeek

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path
    from zoneinfo import ZoneInfo

DAILY_AT = time(3)
"""When the daily backup is made (issue 5)."""

RECENT = timedelta(days=1)
"""For so long every backup stays: the one before a migration is still wanted after /backup the same day."""


class Reason(StrEnum):
    """Why a backup was made."""

    DAILY = "daily"
    MIGRATION = "migration"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup as its file's name and place tell it, unopened. `size` is the file's, in bytes."""

    name: str
    made_at: datetime
    reason: Reason
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of its contents.

    `version` is the program's, `revision` the schema's; `size` and `sha256` are those of the database in it,
    in bytes and hexadecimal; `rows` counts the rows of each table. A `sealed` one is encrypted.
    """

    made_at: datetime
    reason: Reason
    version: str
    revision: str
    size: int
    sha256: str
    rows: Mapping[str, int]
    sealed: bool


@dataclass(frozen=True, slots=True)
class Made:
    """A new backup, verified."""

    backup: Backup
    manifest: Manifest


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A backup that was restored into a scratch file, counted, and migrated to `revision`, losing nothing."""

    backup: Backup
    manifest: Manifest
    revision: str


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back, now at `revision`, and where the database before it is; None where there was none."""

    manifest: Manifest
    revision: str
    aside: Path | None


@dataclass(frozen=True, slots=True)
class Standing:
    """When the newest backup was made, and the newest one whose checksum is right now; None for never."""

    newest: datetime | None
    verified: datetime | None


@dataclass(frozen=True, slots=True)
class Retention:
    """For how many days, ISO weeks and months that have a backup the newest one of each is kept.

    ValueError where one is negative or all are zero, which would keep nothing.
    """

    days: int = 14
    weeks: int = 8
    months: int = 12

    def __post_init__(self) -> None:
        if min(self.days, self.weeks, self.months) < 0:
            raise ValueError("a number of days, weeks or months cannot be negative")
        if not (self.days or self.weeks or self.months):
            raise ValueError("keeping backups for no day, no week and no month would keep none")

    def spare(
        self, backups: Iterable[Backup], verified: Backup | None, now: datetime, zone: ZoneInfo
    ) -> tuple[Backup, ...]:
        """Those that may go, the oldest first.

        The newest and `verified`, the newest one known to be whole, never go, nor do those of the last 24
        hours. Those from the future, made under a wrong clock, take no other's place and stay until their
        time has come.
        """
        past = sorted((b for b in backups if b.made_at <= now), key=lambda b: (b.made_at, b.name))
        newest_first = past[::-1]
        kept = {backup.name for backup in past if backup.made_at > now - RECENT}
        kept.update(backup.name for backup in newest_first[:1])
        if verified is not None:
            kept.add(verified.name)
        rules: tuple[tuple[int, Callable[[datetime], object]], ...] = (
            (self.days, lambda local: local.date()),
            (self.weeks, lambda local: local.isocalendar()[:2]),
            (self.months, lambda local: (local.year, local.month)),
        )
        for count, period in rules:
            newest: dict[object, str] = {}
            for backup in newest_first:
                newest.setdefault(period(backup.made_at.astimezone(zone)), backup.name)
            kept.update(list(newest.values())[:count])
        return tuple(backup for backup in past if backup.name not in kept)


def last_due(now: datetime, zone: ZoneInfo) -> datetime:
    """The latest moment, in UTC, at which a daily backup was due.

    A 03:00 that comes twice (clocks going back) is its first coming, one that a zone leaves out comes an hour
    later on its clocks, so that no day has two or none.
    """
    today = now.astimezone(zone).date()
    at = datetime.combine(today, DAILY_AT, zone).astimezone(UTC)
    if at <= now:
        return at
    return datetime.combine(today - timedelta(days=1), DAILY_AT, zone).astimezone(UTC)


def rehearsed_this_week(backups: Iterable[Backup], now: datetime, zone: ZoneInfo) -> bool:
    """Whether this week had its daily backup already; the rehearsal comes with the week's first."""
    week = IsoWeek.at(now, zone)
    return any(
        b.reason is Reason.DAILY and b.made_at <= now and IsoWeek.at(b.made_at, zone) == week for b in backups
    )
