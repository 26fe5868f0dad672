"""When a club's posts are due: days and times of its week, in its own time zone, as moments in UTC."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from domain.isoweek import IsoWeek


class PostKind(StrEnum):
    """What the bot sends on schedule, in the order of a week.

    HANDOVER passes a silent picker's turn on and is for clubs that pick by turns.
    """

    NEW_WEEK = "new_week"
    PICK_REMINDER = "pick_reminder"
    HANDOVER = "handover"
    SCORE_REMINDER = "score_reminder"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Timing:
    """A day of the ISO week, 1 for Monday to 7, and a minute of that day; `on` says whether it is posted."""

    day: int
    minute: int
    on: bool = True

    def __post_init__(self) -> None:
        if not (1 <= self.day <= 7 and 0 <= self.minute < 24 * 60):
            raise ValueError(f"no such time in a week: day {self.day}, minute {self.minute}")

    def due(self, week: IsoWeek, zone: ZoneInfo) -> datetime:
        """The moment, in UTC, at which this time comes in a week.

        A local time that comes twice (clocks going back) is its first coming; one that a zone leaves out
        (clocks going forward, or a day skipped at the date line) is the first that exists after it.
        """
        day = date.fromisocalendar(week.year, week.week, self.day)
        wall = datetime.combine(day, time(*divmod(self.minute, 60)), zone)
        moment = wall.astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None, fold=0) == wall.replace(tzinfo=None):
            return moment
        return _end_of_gap(wall.replace(fold=1).astimezone(UTC), moment, zone)


def _end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The second between two moments at which a zone's clocks jump."""
    offset = after.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after


@dataclass(frozen=True, slots=True)
class Schedule:
    """A club's week. The field of a kind is named as the kind; the defaults are a new club's (issue 3)."""

    new_week: Timing = Timing(1, 9 * 60)
    pick_reminder: Timing = Timing(2, 18 * 60)
    handover: Timing = Timing(3, 18 * 60)
    score_reminder: Timing = Timing(5, 18 * 60)
    digest: Timing = Timing(7, 20 * 60)

    @classmethod
    def of_one(cls) -> Schedule:
        """A private chat's: nobody there needs to be told or reminded.

        The digest alone is on, for those who asked for theirs; it comes when the groups' are out.
        """
        quiet = {kind.value: replace(cls().of(kind), on=False) for kind in PostKind}
        return cls(**{**quiet, PostKind.DIGEST.value: Timing(7, 21 * 60)})

    def of(self, kind: PostKind) -> Timing:
        """The timing of a kind."""
        timing: Timing = getattr(self, kind)
        return timing


def pause(today: date, weeks: int) -> date:
    """The first day on again of a pause of about so many weeks from today: always a Monday, the nearest one.

    It is at least four days ahead for one week, so that a pause set late in a week spares the next one.
    """
    day = today + timedelta(weeks=weeks)
    return day - timedelta(days=day.weekday()) + timedelta(weeks=day.weekday() > 3)


class PostState(StrEnum):
    """Where an occurrence stands. SENDING is claimed: somebody is at it until the lease ends."""

    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Post:
    """One occurrence of a kind in a club's week; there is never a second one of the same."""

    id: int
    club_id: int
    kind: PostKind
    week: IsoWeek
    due_at: datetime
    state: PostState
    attempt: int = 0
    lease_until: datetime | None = None
    message_id: int | None = None
