"""Our own export format: what a club's file and a person's file hold. `docs/export-format.md` describes it.

Works go by their catalogues' ids, people by keys that mean something in one club alone.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from domain.works import Kind

if TYPE_CHECKING:
    from domain.clubs import Club, User
    from domain.isoweek import IsoWeek

FORMAT = "wrong-opinions-export"
VERSION = 1
JSON_NAME = "wrong-opinions.json"


class About(StrEnum):
    """Whose file it is."""

    CLUB = "club"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class ExportedPerson:
    """A member ever, by the club's key for them; without a name where they took it along."""

    id: str
    name: str | None
    joined: datetime
    left: datetime | None = None

    def json(self) -> dict[str, Any]:
        """As the file has it."""
        return {"id": self.id, "name": self.name, "joined": stamp(self.joined), "left": stamp(self.left)}


@dataclass(frozen=True, slots=True)
class ExportedWork:
    """A work and what names it in the catalogues; without any of their ids it was added by hand."""

    kind: Kind
    title: str
    original_title: str | None = None
    artist: str | None = None
    year: int | None = None
    released: str | None = None
    tmdb: int | None = None
    imdb: str | None = None
    musicbrainz: str | None = None

    @property
    def id(self) -> str:
        """What the file calls it: `tmdb:949`, `musicbrainz:<mbid>`, or `hand:` and a hash of its facts."""
        if self.tmdb is not None:
            return f"tmdb:{self.tmdb}"
        if self.musicbrainz is not None:
            return f"musicbrainz:{self.musicbrainz}"
        facts = json.dumps([self.kind, self.title, self.artist, self.year])
        return f"hand:{hashlib.sha256(facts.encode()).hexdigest()[:16]}"

    def json(self) -> dict[str, Any]:
        """As the file has it."""
        return {
            "id": self.id,
            "kind": self.kind,
            "title": self.title,
            "original_title": self.original_title,
            "artist": self.artist,
            "year": self.year,
            "released": self.released,
            "tmdb": self.tmdb,
            "imdb": self.imdb,
            "musicbrainz": self.musicbrainz,
        }


@dataclass(frozen=True, slots=True)
class ExportedPick:
    """A work in a slot. `absent` did not watch or listen, as far as that is revealed."""

    kind: Kind
    position: int
    work: ExportedWork
    by: str
    at: datetime
    revealed: datetime | None
    absent: tuple[str, ...] = ()

    def json(self) -> dict[str, Any]:
        """As the file has it."""
        return {
            "kind": self.kind,
            "position": self.position,
            "work": self.work.id,
            "by": self.by,
            "at": stamp(self.at),
            "revealed": stamp(self.revealed),
            "absent": list(self.absent),
        }


@dataclass(frozen=True, slots=True)
class ExportedWeek:
    """A week with its picks."""

    week: IsoWeek
    owner: str | None
    note: str
    picks: tuple[ExportedPick, ...]

    def json(self) -> dict[str, Any]:
        """As the file has it."""
        return {
            "week": str(self.week),
            "owner": self.owner,
            "note": self.note,
            "picks": [pick.json() for pick in self.picks],
        }


@dataclass(frozen=True, slots=True)
class ExportedRating:
    """Somebody's score, in half-stars, of a work of which a pick is revealed."""

    person: str
    work: ExportedWork
    score: int
    take: str
    spoiler: bool
    at: datetime

    def json(self) -> dict[str, Any]:
        """As the file has it."""
        return {
            "person": self.person,
            "work": self.work.id,
            "score": self.score,
            "take": self.take,
            "spoiler": self.spoiler,
            "at": stamp(self.at),
        }


@dataclass(frozen=True, slots=True)
class OwnClub:
    """A club somebody is or was in."""

    id: str
    title: str
    private: bool
    joined: datetime
    left: datetime | None
    away_until: str | None

    def json(self) -> dict[str, Any]:
        """As the file has it."""
        return {
            "id": self.id,
            "title": self.title,
            "private": self.private,
            "joined": stamp(self.joined),
            "left": stamp(self.left),
            "away_until": self.away_until,
        }


@dataclass(frozen=True, slots=True)
class OwnPick:
    """A pick of somebody's, or, without a moment, one that they did not watch or listen to."""

    club: OwnClub
    week: IsoWeek
    work: ExportedWork
    at: datetime | None = None

    def json(self) -> dict[str, Any]:
        """As the file has it."""
        value: dict[str, Any] = {"club": self.club.id, "week": str(self.week), "work": self.work.id}
        return value if self.at is None else {**value, "at": stamp(self.at)}


@dataclass(frozen=True, slots=True)
class OwnRating:
    """A score of somebody's, in half-stars, with the work for lists that stand by themselves."""

    work: ExportedWork
    score: int
    take: str
    spoiler: bool
    at: datetime
    changed: datetime

    def json(self) -> dict[str, Any]:
        """As the file has it."""
        return {
            "work": self.work.id,
            "score": self.score,
            "take": self.take,
            "spoiler": self.spoiler,
            "at": stamp(self.at),
            "changed": stamp(self.changed),
        }


Entry = ExportedPerson | ExportedWork | ExportedWeek | ExportedRating | OwnClub | OwnPick | OwnRating
"""One entry of one of a file's lists."""


def club_header(club: Club, now: datetime) -> dict[str, Any]:
    """What a club's file says before its lists."""
    settings = club.settings
    return {
        "format": FORMAT,
        "version": VERSION,
        "about": About.CLUB,
        "exported_at": stamp(now),
        "club": {
            "title": club.title,
            "language": settings.language,
            "zone": settings.zone.key,
            "scale": settings.scale,
        },
    }


def person_header(user: User, now: datetime) -> dict[str, Any]:
    """What a person's file says before its lists."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "about": About.PERSON,
        "exported_at": stamp(now),
        "person": {
            "telegram_id": user.telegram_id,
            "name": user.name,
            "language": user.language,
            "telegram_language": user.spoken,
            "reachable": user.reachable,
            "wants_digest": user.wants_digest,
            "keeps_copy": user.keeps_copy,
        },
    }


def stamp(moment: datetime | None) -> str | None:
    """A moment as the file has it: ISO 8601 in UTC."""
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
