"""Clubs and the people in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from domain.isoweek import IsoWeek
from domain.scores import Scale
from domain.works import Kind


@dataclass(frozen=True, slots=True)
class User:
    """A person. `language` is None until they set one; `spoken` is what their Telegram is set to."""

    id: int
    telegram_id: int
    name: str
    language: str | None = None
    spoken: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What a club may change; the defaults are a new club's (issue 2)."""

    language: str = "en"
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    scale: Scale = Scale.HALF_STARS
    movies: int = 1
    albums: int = 1
    blind: bool = True

    def slots(self, kind: Kind) -> int:
        """How many works of this kind a week takes, 0 to 2."""
        return self.movies if kind is Kind.MOVIE else self.albums


@dataclass(frozen=True, slots=True)
class Club:
    """A group or a private chat (a club of one). `introduced` once the bot has said what it is."""

    id: int
    chat_id: int
    title: str
    private: bool
    settings: Settings
    introduced: bool = False

    def week(self, moment: datetime) -> IsoWeek:
        """The week `moment` falls in where the club lives."""
        return IsoWeek.at(moment, self.settings.zone)


@dataclass(frozen=True, slots=True)
class Member:
    """A user on a club's roster, now or once (`left`). `nameless` left and asked for their name to go."""

    user: User
    joined: datetime
    left: datetime | None = None
    nameless: bool = False

    @property
    def active(self) -> bool:
        """On the roster now."""
        return self.left is None
