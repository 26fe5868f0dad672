"""Works: movies and albums, as catalogues describe them and as clubs keep them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Self


class Kind(StrEnum):
    """What a work is."""

    MOVIE = "movie"
    ALBUM = "album"


class Source(StrEnum):
    """Where facts come from; HAND is a person who added a work no catalogue has."""

    TMDB = "tmdb"
    MUSICBRAINZ = "musicbrainz"
    COVER_ART = "cover_art"
    OMDB = "omdb"
    HAND = "hand"


@dataclass(frozen=True, order=True, slots=True)
class PartialDate:
    """A date as far as it is known: `1959`, `1959-08` or `1959-08-17`."""

    year: int
    month: int | None = None
    day: int | None = None

    @classmethod
    def parse(cls, text: str | None) -> Self | None:
        """Read `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; None for anything else, as catalogues give `""` too."""
        parts = (text or "").split("-")
        if (
            len(parts) > 3
            or not all(part.isdecimal() and part.isascii() for part in parts)
            or len(parts[0]) != 4
        ):
            return None
        numbers = [int(part) for part in parts]
        try:
            date(*[*numbers, 1, 1][:3])
        except ValueError:
            return None
        return cls(*numbers)

    def __str__(self) -> str:
        parts = [f"{self.year:04d}"]
        parts += [f"{part:02d}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)


@dataclass(frozen=True, slots=True)
class WorkRef:
    """A work's name in a catalogue: a TMDB movie id as digits, or a MusicBrainz release-group MBID."""

    source: Source
    key: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of a search's answer."""

    ref: WorkRef
    kind: Kind
    title: str
    year: int | None
    artist: str | None = None


class Role(StrEnum):
    """On which side of the camera a person stood."""

    CAST = "cast"
    CREW = "crew"


@dataclass(frozen=True, slots=True)
class Credit:
    """Somebody's part in a movie. `tmdb_id` names the person; `order` is the catalogue's, from 0."""

    tmdb_id: int
    name: str
    role: Role
    order: int
    character: str | None = None
    department: str | None = None
    job: str | None = None


@dataclass(frozen=True, slots=True)
class ArtistCredit:
    """One artist of an album's credit, as named on it, and what stands between it and the next."""

    mbid: str | None
    name: str
    join_phrase: str = ""
    sort_name: str | None = None
    type: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class CriticRating:
    """A critics' verdict in its source's own words: `Rotten Tomatoes`, `83%`."""

    source: str
    value: str


@dataclass(frozen=True, slots=True)
class MovieFacts:
    """All that is known of a movie. `runtime` is in minutes; `tmdb_id` is None for one added by hand."""

    tmdb_id: int | None
    title: str
    imdb_id: str | None = None
    original_title: str | None = None
    released: PartialDate | None = None
    runtime: int | None = None
    genres: tuple[str, ...] = ()
    overview: str = ""
    image: str | None = None
    credits: tuple[Credit, ...] = ()
    critics: tuple[CriticRating, ...] = ()

    @property
    def directors(self) -> tuple[str, ...]:
        """Names, in the catalogue's order."""
        return tuple(credit.name for credit in self.credits if credit.job == "Director")

    @property
    def cast(self) -> tuple[Credit, ...]:
        """Actors, the first-billed first."""
        return tuple(sorted((c for c in self.credits if c.role is Role.CAST), key=lambda c: c.order))


@dataclass(frozen=True, slots=True)
class AlbumFacts:
    """All that is known of an album (a MusicBrainz release group); `mbid` is None for one added by hand."""

    mbid: str | None
    title: str
    artists: tuple[ArtistCredit, ...] = ()
    released: PartialDate | None = None
    primary_type: str | None = None
    secondary_types: tuple[str, ...] = ()
    genres: tuple[str, ...] = ()
    image: str | None = None

    @property
    def artist(self) -> str:
        """The credit as printed, join phrases included: `Simon & Garfunkel`."""
        return "".join(credit.name + credit.join_phrase for credit in self.artists).strip()


Facts = MovieFacts | AlbumFacts


@dataclass(frozen=True, slots=True)
class Work:
    """What a list or a week's card needs of a stored work. `image` is a URL."""

    id: int
    kind: Kind
    title: str
    year: int | None
    artist: str | None = None
    image: str | None = None


@dataclass(frozen=True, slots=True)
class WorkCard:
    """A stored work with all its facts; `stale` when its catalogue was down and these are older ones."""

    work: Work
    facts: Facts
    stale: bool = False
