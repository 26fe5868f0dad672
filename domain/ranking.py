"""Which of a catalogue's hits a person most likely means: pure functions, whatever order the hits come in."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from domain.search import Query

_UNDECOMPOSED = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
_APOSTROPHES = frozenset("'’‘ʼ`´")
_LINKS = frozenset({"and", "the", "by", "feat", "ft", "featuring", "with", "vs"})
_FIGURES = {
    word: str(number)
    for names in (
        "two three four five six seven eight nine ten eleven twelve thirteen",
        "ii iii iv v vi vii viii ix x xi xii xiii",
    )
    for number, word in enumerate(names.split(), 2)
}
_LEAST_SLIP = 4
_TRIBUTES = re.compile(
    r"\b(tributes?|karaoke|covers|covered|lullaby|renditions?|style of|homage|plays|performs|remix(ed|es)?)\b"
)


class Match(IntEnum):
    """How well a title fits a query, the better the greater."""

    NONE = 0
    PARTLY = 1
    ARTIST = 2
    WORDS = 3
    PREFIX = 4
    BARE = 5
    EXACT = 6

    @property
    def names_it(self) -> bool:
        """The query is this very title."""
        return self >= Match.BARE


@dataclass(frozen=True, slots=True)
class MovieCandidate:
    """A movie of a search's answer. `popularity` (TMDB's own, from 0) and `votes` tell of its fame."""

    id: int
    title: str
    original_title: str | None = None
    year: int | None = None
    popularity: float = 0.0
    votes: int = 0


@dataclass(frozen=True, slots=True)
class AlbumCandidate:
    """An album of a search's answer.

    `artist` is the credit as printed, `aliases` are its artists' other names. `comment` tells it from its
    namesakes, often by what people call it (`The White Album`). `releases` counts editions, the one trace of
    fame there is; `official` is None where unknown; `score` is the catalogue's own, 0 to 100.
    """

    id: str
    title: str
    artist: str
    year: int | None = None
    aliases: tuple[str, ...] = ()
    primary_type: str | None = None
    secondary_types: tuple[str, ...] = ()
    releases: int = 0
    official: bool | None = None
    score: int = 0
    comment: str = ""


C = TypeVar("C", MovieCandidate, AlbumCandidate)


def fold(text: str) -> str:
    """A text without case, accents, dashes and punctuation, `&` as `and`, single blanks; idempotent.

    Pictures (`★`) are words. A text of nothing but signs, as the album `( )`, stays, without blanks.
    """
    plain = text
    for _ in range(2):  # A letter's lower case may decompose further, and the other way round.
        plain = _without_marks(plain).casefold()
    plain = plain.translate(_UNDECOMPOSED).replace("&", " and ")
    words = " ".join("".join(_spoken(char) for char in plain).split())
    return words or "".join(plain.split())


def rank_movies(query: Query, candidates: Iterable[MovieCandidate]) -> tuple[MovieCandidate, ...]:
    """Every candidate once (by id), the likeliest first.

    Title and fame weigh against each other: an obscure film does not beat the famous one of the same title,
    a famous sequel does not beat the title itself. With a year, films of that very title come first, then
    those with its words; in each class that year, the years beside it, the rest. Nothing is dropped: people
    misremember years.
    """
    return _ranked(query, candidates, _movie_match, _movie_score)


def rank_albums(query: Query, candidates: Iterable[AlbumCandidate]) -> tuple[AlbumCandidate, ...]:
    """Every candidate once (by id), the likeliest first; years as in `rank_movies`.

    Studio albums before singles, live albums and compilations, official ones before bootlegs, originals
    before tributes; yet a well-known live album beats a forgotten namesake by the number of its editions.
    """
    return _ranked(query, candidates, _album_match, _album_score)


def titled(query: Query, candidate: MovieCandidate) -> bool:
    """Whether the query is this movie's very title, and its year, where it names one, right within a year."""
    match, year_is_word = _movie_match(query, candidate)
    return match.names_it and (year_is_word or _distance(query.year, candidate.year) <= 1)


def _ranked(
    query: Query,
    candidates: Iterable[C],
    match: Callable[[Query, C], tuple[Match, bool]],
    score: Callable[[C, Match, str], float],
) -> tuple[C, ...]:
    wanted = fold(query.text)

    def key(candidate: C) -> tuple[int, int, float, str, str]:
        found, year_is_word = match(query, candidate)
        known = 0 if query.year is None else (2 if found.names_it else 1 if found >= Match.ARTIST else 0)
        distance = 0 if year_is_word else _distance(query.year, candidate.year)
        ident = f"{candidate.id:>12}"
        return (-known, distance, -score(candidate, found, wanted), ident, repr(candidate))

    ordered = {candidate.id: candidate for candidate in sorted(candidates, key=key, reverse=True)}
    return tuple(reversed(ordered.values()))


def _distance(wanted: int | None, year: int | None) -> int:
    """0 for the wanted year or none wanted, 1 for the years beside it, 2 for all others and the unknown."""
    if wanted is None:
        return 0
    return 2 if year is None else min(2, abs(wanted - year))


def _movie_match(query: Query, movie: MovieCandidate) -> tuple[Match, bool]:
    titles = {_told(movie.title), _told(movie.original_title or movie.title)}
    return _best_reading(query, lambda words: max(_title_match(_told(words), title) for title in titles))


def _album_match(query: Query, album: AlbumCandidate) -> tuple[Match, bool]:
    title, comment = _told(album.title), _told(album.comment)
    artists = [_told(name) for name in (album.artist, *album.aliases)]

    def whole(words: str) -> Match:
        return _album_words_match(_told(words), title, artists, comment)

    if query.artist is None:
        return _best_reading(query, whole)
    before, after = _told(query.artist), _told(query.title)
    plain = max(_halves_match(before, after, title, artists), _halves_match(after, before, title, artists))
    return max((plain, False), _best_reading(query, whole))


def _best_reading(query: Query, match: Callable[[str], Match]) -> tuple[Match, bool]:
    """The match of the text, or of the text and its year as words where these are the very title."""
    if query.year is not None and (whole := match(query.words)).names_it:
        return whole, True
    return match(query.text), False


def _title_match(wanted: str, title: str) -> Match:
    if _squeezed(wanted) == _squeezed(title):
        return Match.EXACT
    bare_wanted, bare_title = _bare(wanted), _bare(title)
    if _squeezed(bare_wanted) == _squeezed(bare_title):
        return Match.BARE
    if f"{bare_title} ".startswith(f"{bare_wanted} ") or f"{title} ".startswith(f"{wanted} "):
        return Match.PREFIX
    return _words_match(bare_wanted.split(), title.split())


def _album_words_match(wanted: str, title: str, artists: Sequence[str], comment: str) -> Match:
    """`miles davis kind of blue` is the title when what is left without it are words of the artist."""
    found = _title_match(wanted, title)
    if found.names_it:
        return found
    words = wanted.split()
    for form in {title, _bare(title)}:
        for rest in _without(words, form.split()):
            if _names_artist(rest, artists):
                return Match.EXACT
    if _names_artist(words, artists):
        return max(found, Match.ARTIST)
    everything = [word for text in (title, comment, *artists) for word in text.split()]
    return max(found, _words_match(words, everything))


def _halves_match(artist: str, title: str, album_title: str, artists: Sequence[str]) -> Match:
    """For `artist – title`: the title's match when the artist is right, otherwise at best PARTLY."""
    found = _title_match(title, album_title)
    if _names_artist(artist.split(), artists):
        return max(found, Match.ARTIST)
    return min(found, Match.PARTLY)


def _words_match(wanted: Sequence[str], words: Sequence[str]) -> Match:
    """WORDS when all wanted are there, give or take a slip of the finger, the last perhaps unfinished."""
    if not wanted:
        return Match.NONE
    known = set(words)
    there = [word in known or any(_slipped(word, other) for other in known) for word in wanted]
    if not there[-1]:
        there[-1] = any(word.startswith(wanted[-1]) for word in known)
    return Match.WORDS if all(there) else Match.PARTLY if any(there) else Match.NONE


def _slipped(word: str, other: str) -> bool:
    """Whether one letter was missed, added, mistaken, or changed places with the next; not in short words."""
    if min(len(word), len(other)) < _LEAST_SLIP or abs(len(word) - len(other)) > 1:
        return False
    at = next((at for at, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), len(word))
    return (
        word[at + 1 :] in {other[at + 1 :], other[at:]}
        or word[at:] == other[at + 1 :]
        or (word[at : at + 2] == other[at : at + 2][::-1] and word[at + 2 :] == other[at + 2 :])
    )


def _names_artist(words: Sequence[str], artists: Sequence[str]) -> bool:
    """Whether these are words of one of the artist's names, or the name itself spelt together."""
    telling = [word for word in words if word not in _LINKS] or list(words)
    if not telling:
        return False
    joined = "".join(telling)
    return any(
        set(telling) <= set(artist.split()) or joined == _squeezed(_bare(artist))
        for artist in artists
        if artist
    )


def _without(words: Sequence[str], part: Sequence[str]) -> Iterable[Sequence[str]]:
    """What is left of `words` after `part` is taken from their start or end; nothing when it is not there."""
    size = len(part)
    if not 0 < size < len(words):
        return
    if list(words[:size]) == list(part):
        yield words[size:]
    if list(words[-size:]) == list(part):
        yield words[:-size]


def _movie_score(movie: MovieCandidate, match: Match, _wanted: str) -> float:
    points = {Match.EXACT: 8.0, Match.BARE: 7.0, Match.PREFIX: 3.0, Match.WORDS: 2.0}.get(match, 1.0)
    return points + math.log10(1 + max(0, movie.votes)) + math.log10(1 + max(0.0, movie.popularity)) / 2


def _album_score(album: AlbumCandidate, match: Match, wanted: str) -> float:
    points = {Match.EXACT: 10.0, Match.BARE: 9.5, Match.PREFIX: 4.0, Match.WORDS: 3.0, Match.ARTIST: 3.0}
    score = points.get(match, float(match))
    score += {"album": 3.0, "ep": 1.5, "single": 0.5}.get((album.primary_type or "").casefold(), 0.0)
    for kind in album.secondary_types:
        score -= {"soundtrack": 0.5, "live": 1.5, "compilation": 2.0}.get(kind.casefold(), 2.5)
    score -= {True: 0.0, None: 0.5, False: 4.0}[album.official]
    if _TRIBUTES.search(f"{fold(album.title)} {fold(album.artist)}") and not _TRIBUTES.search(wanted):
        score -= 3.0
    return score + math.log2(1 + max(0, album.releases)) + max(0, min(100, album.score)) / 200


# The query, and an artist's names, come with every candidate.
@lru_cache(maxsize=256)
def _told(text: str) -> str:
    """A folded text with its numbers in figures: `2`, `two` and `II` are one.

    A Roman one does not start a title: `X-Men` and `V for Vendetta` do.
    """
    first, *others = fold(text).split() or [""]
    figure = _FIGURES.get(first, first) if len(first) > 2 else first
    return " ".join([figure, *(_FIGURES.get(word, word) for word in others)])


def _bare(folded: str) -> str:
    """Without a leading `the`, unless that is all there is."""
    while folded.startswith("the "):
        folded = folded.removeprefix("the ")
    return folded


def _squeezed(folded: str) -> str:
    return folded.replace(" ", "")


def _without_marks(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKD", text) if unicodedata.category(char) != "Mn")


def _spoken(char: str) -> str:
    if char in _APOSTROPHES:
        return ""
    category = unicodedata.category(char)
    if category == "So":
        return f" {char} "
    return char if category[0] in "LN" or category == "Mc" else " "
