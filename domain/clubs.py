"""Clubs and the people in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from domain.isoweek import IsoWeek
from domain.schedule import Schedule
from domain.scores import Scale
from domain.works import Kind


@dataclass(frozen=True, slots=True)
class User:
    """A person. `language` is None until they set one; `spoken` is what their Telegram is set to.

    `telegram_id` is None for whom nobody on Telegram is: they were forgotten, or an import alone names them.
    `reachable` while their private chat with the bot is open; `wants_digest` if they asked for one there.
    With `keeps_copy` their data lie beside the backups as a readable file.
    """

    id: int
    telegram_id: int | None
    name: str
    language: str | None = None
    spoken: str | None = None
    reachable: bool = False
    wants_digest: bool = False
    keeps_copy: bool = False


class Picking(StrEnum):
    """Who may pick: anyone on the roster, or whose turn it is."""

    OPEN = "open"
    TURNS = "turns"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a club may change; the defaults are a new club's (issues 2 and 3).

    `thread` is the topic to post in, None for none; while `paused_until` (the first day on again) lies
    ahead nothing is posted. With `copy` the club's weeks lie beside the backups as a readable file.
    """

    language: str = "en"
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    scale: Scale = Scale.HALF_STARS
    movies: int = 1
    albums: int = 1
    blind: bool = True
    picking: Picking = Picking.OPEN
    schedule: Schedule = field(default_factory=Schedule)
    thread: int | None = None
    paused_until: date | None = None
    copy: bool = False

    def slots(self, kind: Kind) -> int:
        """How many works of this kind a week takes, 0 to 2."""
        return self.movies if kind is Kind.MOVIE else self.albums


@dataclass(frozen=True, slots=True)
class Club:
    """A group or a private chat (a club of one). `introduced` once the bot has said what it is.

    `asleep` while the bot cannot write there: kicked, blocked, the chat gone, or no right to write.
    """

    id: int
    chat_id: int
    title: str
    private: bool
    settings: Settings
    introduced: bool = False
    asleep: bool = False

    def week(self, moment: datetime) -> IsoWeek:
        """The week `moment` falls in where the club lives."""
        return IsoWeek.at(moment, self.settings.zone)

    def day(self, moment: datetime) -> date:
        """The day `moment` falls on where the club lives."""
        return moment.astimezone(self.settings.zone).date()


@dataclass(frozen=True, slots=True)
class Member:
    """A user on a club's roster, now or once (`left`). `nameless` left and asked for their name to go.

    `turn` orders the roster: the lowest is next. `away_until` is the first day they pick again.
    """

    user: User
    joined: datetime
    left: datetime | None = None
    nameless: bool = False
    turn: int = 0
    away_until: date | None = None

    @property
    def active(self) -> bool:
        """On the roster now; who only came with an import is not here to be."""
        return self.left is None and self.user.telegram_id is not None

    def away(self, day: date) -> bool:
        """Whether they do not pick on this day."""
        return self.away_until is not None and day < self.away_until
