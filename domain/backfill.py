"""Past weeks as people write them down, one line per score: `2024-W07 movie Heat (1995) 4.5 by Ana`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from domain.errors import TooManyLines
from domain.isoweek import IsoWeek
from domain.ranking import fold
from domain.scores import HIGHEST, LOWEST, Scale
from domain.search import EARLIEST_YEAR, YEARS_AHEAD
from domain.works import Kind

LINE_LIMIT = 100
TITLE_LIMIT = 180
"""Characters of artist and title, so that they can be searched for together with a year."""
EARLIEST_WEEK = IsoWeek(1900, 1)
KINDS = {"movie": Kind.MOVIE, "film": Kind.MOVIE, "album": Kind.ALBUM}
"""The words for them, in every language we speak."""

_BULLET = re.compile(r"^[-*•·]\s+")
_WEEK = re.compile(r"(?P<year>[0-9]{4})-?K?W(?P<week>[0-9]{1,2})[:,]?", re.IGNORECASE)
_BY = re.compile(r"\s(?:by|von)\s+(?=\S)", re.IGNORECASE)
_SCORE = re.compile(
    r"(?:(?P<title>.*\S)\s+)?"
    r"(?P<score>[-–—?]|(?P<number>[0-9]{1,2}(?:[.,][0-9]|½)?|½)(?:/(?P<outof>5|10))?)\s*[★⭐]?"
)
_YEAR = re.compile(r"(?P<title>.*\S)\s*[(\[](?P<year>[0-9]{4})[)\]]")
_DASH = re.compile(r"\s+[-–—]\s+")
_NO_SCORE = frozenset("-–—?")


class Problem(StrEnum):
    """What is wrong with a line."""

    WEEK = "week"
    NOT_PAST = "not_past"
    KIND = "kind"
    PERSON = "person"
    SCORE = "score"
    TITLE = "title"
    TITLE_TOO_LONG = "title_too_long"
    YEAR = "year"
    TWICE = "twice"


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that cannot be used, by its number from 1, and why not."""

    number: int
    problem: Problem
    text: str


@dataclass(frozen=True, slots=True)
class Said:
    """What a line says somebody gave, in half-stars, None for no score.

    `user_id` once it is known whose name it is; `left_out` if the line shall not count.
    """

    line: int
    name: str
    score: int | None
    user_id: int | None = None
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A pick of a past week, from all lines about it; whoever is named first picked it.

    `work_id` once it is known which work is meant, `search_id` and the number of `hits` where a search leaves
    it open (None where no catalogue answered); `left_out` if it shall not be stored.
    """

    week: IsoWeek
    kind: Kind
    title: str
    artist: str | None
    year: int | None
    said: tuple[Said, ...]
    work_id: int | None = None
    search_id: int | None = None
    hits: int = 0
    left_out: bool = False

    @property
    def line(self) -> int:
        """The number of its first line."""
        return self.said[0].line

    @property
    def text(self) -> str:
        """What to search for: `Title (Year)` or `Artist – Title (Year)`."""
        name = f"{self.artist} – {self.title}" if self.artist else self.title
        return name if self.year is None else f"{name} ({self.year})"

    @property
    def open(self) -> bool:
        """Whether it is yet to be said which work it is."""
        return self.work_id is None and not self.left_out

    @property
    def heard(self) -> tuple[Said, ...]:
        """The lines that count, the picker's first."""
        return tuple(said for said in self.said if said.user_id is not None and not said.left_out)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What lines say, and the lines that say nothing usable."""

    entries: tuple[Entry, ...]
    bad: tuple[BadLine, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    week: IsoWeek
    kind: Kind
    title: str
    artist: str | None
    year: int | None
    said: Said

    @property
    def key(self) -> tuple[IsoWeek, Kind, str, str, int | None]:
        return self.week, self.kind, fold(self.title), fold(self.artist or ""), self.year


class _Unusable(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


def parse(text: str, scale: Scale, current: IsoWeek) -> Parsed:
    """Read lines of `week movie|album title (year) score by name`; TooManyLines for over `LINE_LIMIT`.

    Blank lines and lines that begin with `#` or `//` say nothing. A score is on the club's scale, with a
    point, a comma or `½`, or says its own (`4/5`, `9/10`); `-` is none. The title of an album may be
    `Artist – Title`. Only weeks before `current` are past. Lines of one week and title are one entry.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1)]
    lines = [(number, line) for number, line in lines if line and not line.startswith(("#", "//"))]
    if len(lines) > LINE_LIMIT:
        raise TooManyLines(limit=LINE_LIMIT)
    entries: dict[tuple[object, ...], Entry] = {}
    bad = []
    for number, line in lines:
        try:
            read = _read(number, _BULLET.sub("", line), scale, current)
            entries[read.key] = _with(entries.get(read.key), read)
        except _Unusable as error:
            bad.append(BadLine(number, error.problem, line))
    return Parsed(tuple(entries.values()), tuple(bad))


def name_key(name: str) -> str:
    """What makes two spellings of a name the same one: case, blanks and a leading @ do not matter."""
    return " ".join(name.split()).removeprefix("@").casefold()


def _with(entry: Entry | None, line: _Line) -> Entry:
    if entry is None:
        return Entry(line.week, line.kind, line.title, line.artist, line.year, (line.said,))
    if any(name_key(said.name) == name_key(line.said.name) for said in entry.said):
        raise _Unusable(Problem.TWICE)
    return replace(entry, said=(*entry.said, line.said))


def _read(number: int, line: str, scale: Scale, current: IsoWeek) -> _Line:
    week_word, _, rest = line.partition(" ")
    week = _week(week_word)
    if not week < current:
        raise _Unusable(Problem.NOT_PAST)
    kind_word, _, rest = rest.strip().partition(" ")
    kind = KINDS.get(kind_word.rstrip(":").lower())
    if kind is None:
        raise _Unusable(Problem.KIND)
    title, score, name = _parts(f" {rest}", scale)
    title, year = _year(title, current.year)
    artist = None
    if kind is Kind.ALBUM and (dash := _DASH.search(title)):
        artist, title = title[: dash.start()], title[dash.end() :]
    if not fold(title):
        raise _Unusable(Problem.TITLE)
    if len(title) + len(artist or "") > TITLE_LIMIT:
        raise _Unusable(Problem.TITLE_TOO_LONG)
    return _Line(week, kind, title, artist, year, Said(number, name, score))


def _week(word: str) -> IsoWeek:
    match = _WEEK.fullmatch(word)
    try:
        week = IsoWeek(int(match["year"]), int(match["week"])) if match else None
    except ValueError:
        week = None
    if week is None or week < EARLIEST_WEEK:
        raise _Unusable(Problem.WEEK)
    return week


def _parts(text: str, scale: Scale) -> tuple[str, int | None, str]:
    """Title with year, score and name of `title score by name`: titles and names may hold a `by`, too."""
    found = list(_BY.finditer(text))
    if not found:
        raise _Unusable(Problem.PERSON)
    for by in reversed(found):
        match = _SCORE.fullmatch(text[: by.start()].strip())
        if match is not None:
            title = " ".join((match["title"] or "").split()).rstrip(" :,;|-–—")
            return title, _score(match, scale), " ".join(text[by.end() :].split())
    raise _Unusable(Problem.SCORE)


def _score(match: re.Match[str], scale: Scale) -> int | None:
    if match["score"] in _NO_SCORE:
        return None
    value = Decimal(match["number"].replace("½", ".5").replace(",", "."))
    stars = scale is not Scale.TEN if match["outof"] is None else match["outof"] == "5"
    half_stars = value * 2 if stars else value
    allowed = scale.scores if match["outof"] is None else range(LOWEST, HIGHEST + 1)
    if half_stars not in allowed:
        raise _Unusable(Problem.SCORE)
    return int(half_stars)


def _year(title: str, this_year: int) -> tuple[str, int | None]:
    match = _YEAR.fullmatch(title)
    if match is None:
        return title, None
    year = int(match["year"])
    if not EARLIEST_YEAR <= year <= this_year + YEARS_AHEAD:
        raise _Unusable(Problem.YEAR)
    return match["title"], year
