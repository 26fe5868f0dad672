"""What the model remembers: plain values, people and works by name, no ids."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from domain.isoweek import IsoWeek
from domain.schedule import PostKind
from domain.works import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

WORKS: dict[str, Kind] = {
    "Heat": Kind.MOVIE,
    "Dune": Kind.MOVIE,
    "Alien": Kind.MOVIE,
    "Blue": Kind.ALBUM,
    "Hejira": Kind.ALBUM,
}
YEAR = 1995
TIMES: dict[PostKind, tuple[int, int, bool]] = {
    PostKind.NEW_WEEK: (1, 9, True),
    PostKind.PICK_REMINDER: (2, 18, True),
    PostKind.HANDOVER: (3, 18, True),
    PostKind.SCORE_REMINDER: (5, 18, True),
    PostKind.DIGEST: (7, 20, True),
}
"""Day of the week, hour, and whether it is on: a new club's."""
ALONE = {kind: (day, hour, False) for kind, (day, hour, _) in TIMES.items()} | {
    PostKind.DIGEST: (7, 21, True)
}


@dataclass(eq=False)
class Person:
    """Somebody behind a Telegram account; `gone` once they were forgotten."""

    number: int
    name: str
    gone: bool = False
    forget_at: datetime | None = None
    wants_digest: bool = False


@dataclass
class Member:
    """Somebody who is or was in a club. `turns_then` is the line they left, and their place in it."""

    joined: datetime
    left: datetime | None = None
    nameless: bool = False
    away_until: date | None = None
    turns_then: tuple[int, list[Person]] | None = None


@dataclass(eq=False)
class Pick:
    """A pick by its number. `gone` where nothing of it is left."""

    number: int
    iso: IsoWeek
    position: int
    work: str
    by: Person
    revealed: bool = False
    removed: datetime | None = None
    replaces: Pick | None = None
    backfill: int | None = None
    absent: set[Person] = field(default_factory=set)
    gone: bool = False


@dataclass
class Rating:
    """A score and what was said with it. `backfill` as long as nobody touched it since."""

    score: int
    given: datetime
    take: str = ""
    spoiler: bool = False
    backfill: int | None = None


@dataclass
class Post:
    """An occurrence: `due`, `sending`, `sent`, `skipped` or `failed`."""

    due: datetime
    state: str = "due"
    attempt: int = 0
    lease: datetime | None = None


@dataclass(eq=False)
class Club:
    """A group, or a private chat; its members, its weeks, its schedule."""

    key: str
    private: bool
    zone: str = "UTC"
    scale: str = "half_stars"
    slots: dict[Kind, int] = field(default_factory=lambda: dict.fromkeys(Kind, 1))
    blind: bool = True
    turns: bool = False
    times: dict[PostKind, tuple[int, int, bool]] = field(default_factory=dict)
    paused_until: date | None = None
    asleep: bool = False
    members: dict[Person, Member] = field(default_factory=dict)
    line: list[Person] = field(default_factory=list)
    owners: dict[IsoWeek, Person] = field(default_factory=dict)
    notes: dict[IsoWeek, str] = field(default_factory=dict)
    picks: list[Pick] = field(default_factory=list)
    posts: dict[tuple[PostKind, IsoWeek], Post] = field(default_factory=dict)
    offers: dict[int, tuple[IsoWeek, Person, Person, Person | None]] = field(default_factory=dict)
    stored: dict[int, datetime] = field(default_factory=dict)
    undone: set[int] = field(default_factory=set)

    def week(self, now: datetime) -> IsoWeek:
        """The week of a moment where the club lives."""
        return IsoWeek.at(now, ZoneInfo(self.zone))

    def day(self, now: datetime) -> date:
        """Its day."""
        return now.astimezone(ZoneInfo(self.zone)).date()

    def moment(self, iso: IsoWeek, day: int, hour: int) -> datetime:
        """A full hour of a week, in UTC."""
        local = datetime.combine(iso.monday + timedelta(days=day - 1), time(hour), ZoneInfo(self.zone))
        return local.astimezone(UTC)

    def active(self) -> list[Person]:
        """The roster, in the order of joining."""
        there = [person for person, member in self.members.items() if member.left is None and not person.gone]
        return sorted(there, key=lambda person: (self.members[person].joined, person.number))

    def away(self, day: date) -> set[Person]:
        """Who on the roster does not pick on a day."""
        return {p for p in self.line if (until := self.members[p].away_until) is not None and day < until}

    def standing(self, iso: IsoWeek) -> list[Pick]:
        """The picks of a week, movies first."""
        found = [pick for pick in self.picks if pick.iso == iso and pick.removed is None]
        return sorted(found, key=lambda pick: (WORKS[pick.work] is not Kind.MOVIE, pick.position))

    def weeks(self) -> Iterator[IsoWeek]:
        """Weeks in which anything was picked, the newest first."""
        yield from sorted({pick.iso for pick in self.picks}, reverse=True)
