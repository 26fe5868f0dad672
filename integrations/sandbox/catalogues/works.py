"""The bundled works: facts written down for the sandbox, read from the JSON files in `facts`.

`movies.json` and `albums.json` hold one work per line; `artists.json` maps an artist's name (or a key, where
two share one) to sort name, type, country, disambiguation and aliases. What a file leaves out has the default
given where it is read; a date may be full, partial, "" or absent (None), as in the real catalogues.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

VARIOUS_ARTISTS_ID = "89ad4ac3-39f7-470e-963a-56509c546377"
"""The one artist id that is the same everywhere; clients may treat it specially."""

_IDS = uuid5(NAMESPACE_URL, "https://wrong-opinions.example/sandbox")


@cache
def stable_id(*parts: str) -> str:
    """A UUID that is the same in every run for the same parts."""
    return str(uuid5(_IDS, "\x1f".join(parts)))


@dataclass(frozen=True, slots=True)
class Role:
    """Who played whom."""

    actor: str
    character: str


@dataclass(frozen=True, slots=True)
class Movie:
    """A movie as TMDB and OMDb know it; `vote` is 0 to 10, `critics` are percentages (None = unrated)."""

    id: int
    title: str
    original_title: str
    language: str
    country: str
    released: str | None
    runtime: int
    genres: tuple[str, ...]
    directors: tuple[str, ...]
    cast: tuple[Role, ...]
    overview: str
    imdb_id: str | None
    vote: float
    votes: int
    popularity: float
    tomatometer: int | None
    metascore: int | None
    titles: dict[str, str]
    also_known_as: tuple[str, ...]
    poster: bool
    adult: bool
    video: bool
    omdb: str

    @property
    def year(self) -> int | None:
        """The year of release, if any is known."""
        return int(self.released[:4]) if self.released else None

    @property
    def all_titles(self) -> tuple[str, ...]:
        """Every title the movie can be found by."""
        return (self.title, self.original_title, *self.titles.values(), *self.also_known_as)


@dataclass(frozen=True, slots=True)
class Artist:
    """A person or group as MusicBrainz knows it."""

    name: str
    sort_name: str
    type: str | None
    country: str | None
    disambiguation: str
    aliases: tuple[str, ...]

    @property
    def id(self) -> str:
        """The artist's MBID."""
        return (
            VARIOUS_ARTISTS_ID
            if self.name == "Various Artists"
            else stable_id("artist", self.name, self.disambiguation)
        )


@dataclass(frozen=True, slots=True)
class Credit:
    """One artist of a credit: the name as printed, and the phrase that leads to the next one."""

    name: str
    artist: Artist
    joinphrase: str


@dataclass(frozen=True)
class Album:
    """A release group with so many `releases`; its `cover` is "full", "old" (two thumbnails) or "none"."""

    title: str
    credits: tuple[Credit, ...]
    released: str | None
    primary_type: str | None
    secondary_types: tuple[str, ...]
    genres: tuple[str, ...]
    releases: int
    status: str | None
    disambiguation: str
    cover: str
    merged: bool

    @cached_property
    def id(self) -> str:
        """The release group's MBID."""
        return stable_id("release-group", self.credit, self.title, self.disambiguation)

    @cached_property
    def merged_id(self) -> str | None:
        """The MBID of a duplicate that was merged into this one."""
        return stable_id("merged", self.id) if self.merged else None

    @cached_property
    def release_ids(self) -> tuple[str, ...]:
        """The MBIDs of its editions."""
        return tuple(stable_id("release", self.id, str(number)) for number in range(self.releases))

    @property
    def credit(self) -> str:
        """The artist credit as printed, join phrases included."""
        return "".join(part.name + part.joinphrase for part in self.credits)

    @property
    def year(self) -> int | None:
        """The year of the first release, if any is known."""
        return int(self.released[:4]) if self.released else None


@cache
def load_movies() -> tuple[Movie, ...]:
    """All bundled movies, in the file's order."""
    return tuple(_movie(entry) for entry in _read("movies.json"))


@cache
def load_albums() -> tuple[Album, ...]:
    """All bundled albums, in the file's order. An artist missing in `artists.json` raises KeyError."""
    artists = {name: _artist(name, facts) for name, facts in _read("artists.json").items()}
    return tuple(_album(entry, artists) for entry in _read("albums.json"))


def valid_mbid(text: str) -> bool:
    """Whether MusicBrainz takes the text for an id: a lower-case UUID with dashes."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _read(name: str) -> Any:
    return json.loads(resources.files(__package__).joinpath("facts", name).read_text(encoding="utf-8"))


def _movie(entry: dict[str, Any]) -> Movie:
    tomatometer, metascore = entry.get("critics", (None, None))
    return Movie(
        id=entry["id"],
        title=entry["title"],
        original_title=entry.get("original_title", entry["title"]),
        language=entry.get("language", "en"),
        country=entry.get("country", "US"),
        released=entry.get("released"),
        runtime=entry["runtime"],
        genres=tuple(entry["genres"]),
        directors=tuple(entry["directors"]),
        cast=tuple(Role(*role.split(": ", 1)) for role in entry["cast"]),
        overview=entry["overview"],
        imdb_id=entry["imdb_id"],
        vote=entry["vote"],
        votes=entry["votes"],
        popularity=entry["popularity"],
        tomatometer=tomatometer,
        metascore=metascore,
        titles=entry.get("titles", {}),
        also_known_as=tuple(entry.get("also_known_as", ())),
        poster=entry.get("poster", True),
        adult=entry.get("adult", False),
        video=entry.get("video", False),
        omdb=entry.get("omdb", "known"),
    )


def _artist(key: str, facts: dict[str, Any]) -> Artist:
    return Artist(
        name=facts.get("name", key),
        sort_name=facts.get("sort", key),
        type=facts.get("type", "Group"),
        country=facts.get("country"),
        disambiguation=facts.get("disambiguation", ""),
        aliases=tuple(facts.get("aliases", ())),
    )


def _album(entry: dict[str, Any], artists: dict[str, Artist]) -> Album:
    return Album(
        title=entry["title"],
        credits=_credits(entry["credit"], artists),
        released=entry.get("released"),
        primary_type=entry.get("type", "Album"),
        secondary_types=tuple(entry.get("secondary", ())),
        genres=tuple(entry["genres"]),
        releases=entry["releases"],
        status=entry.get("status", "Official"),
        disambiguation=entry.get("disambiguation", ""),
        cover=entry.get("cover", "full"),
        merged=entry.get("merged", False),
    )


def _credits(parts: list[str], artists: dict[str, Artist]) -> tuple[Credit, ...]:
    """Names and join phrases take turns; "Printed name=Artist" where the two differ."""
    credits = []
    for index in range(0, len(parts), 2):
        printed, _, name = parts[index].partition("=")
        joinphrase = parts[index + 1] if index + 1 < len(parts) else ""
        credits.append(Credit(printed, artists[name or printed], joinphrase))
    return tuple(credits)
