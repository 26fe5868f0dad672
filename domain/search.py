"""What people type to find a work, and the stored answer its buttons point into."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from domain.errors import QueryTooLong
from domain.works import Hit, Kind

QUERY_LIMIT = 200
PAGE_SIZE = 6
EARLIEST_YEAR = 1888
"""Of the oldest surviving film."""
YEARS_AHEAD = 10
"""How far ahead of today the year of an announced work may lie (issue 2)."""

_DASH = re.compile(r"\s[-‐‑‒–—―−]\s")
_YEAR_AT_END = re.compile(r"(?P<rest>.*\S)\s+[(\[]?(?P<year>[0-9]{4})[)\]]?")
_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»", "»": "«", "「": "」", "『": "』"}
# These shape what stands around them (Persian words, emoji of several people); alone they are nothing.
_JOINERS = "\u200c\u200d"


@dataclass(frozen=True, slots=True)
class Query:
    """A search text taken apart.

    `text` is all of it but a year at its end; `year` is None where none was given. `artist` is what stands
    before the dash of `artist – title`, and part of `text` too: `Mission: Impossible - Fallout` has none.
    """

    text: str
    year: int | None = None
    artist: str | None = None

    @property
    def title(self) -> str:
        """What stands after the dash; all of `text` where there is none."""
        return self.text if self.artist is None else _DASH.sub("", self.text[len(self.artist) :], count=1)

    @property
    def words(self) -> str:
        """The text with its year as one more word, for titles that end in one: `Wonder Woman 1984`."""
        return self.text if self.year is None else f"{self.text} {self.year}"


@dataclass(frozen=True, slots=True)
class Search:
    """A search that was made; its hits are kept so that its buttons work for ever. `text` is as typed."""

    id: int
    kind: Kind
    text: str
    hits: tuple[Hit, ...]
    stale: bool = False

    @property
    def pages(self) -> int:
        """How many pages of `PAGE_SIZE` hits there are; 1 where nothing was found."""
        return max(1, -(-len(self.hits) // PAGE_SIZE))

    def page(self, number: int) -> tuple[Hit, ...]:
        """The hits of a page, counted from 0."""
        return self.hits[number * PAGE_SIZE : (number + 1) * PAGE_SIZE]


def parse_query(text: str, this_year: int) -> Query:
    """Take apart what somebody typed; QueryTooLong for over `QUERY_LIMIT` characters that can be seen.

    A year at the end, bare or in brackets, is one when words stand before it and it lies between 1888 and
    ten years after `this_year`: `heat 1995`, not `1917`, `blade runner 2049` or `2001: a space odyssey`.
    After the dash of `artist – title` a lone year is the title. Nothing but blanks gives `Query("")`.
    """
    cleaned = _cleaned(text)
    if len(cleaned) > QUERY_LIMIT:
        raise QueryTooLong(QUERY_LIMIT)
    rest, year = split_year(cleaned)
    if year is not None and EARLIEST_YEAR <= year <= this_year + YEARS_AHEAD:
        cleaned = rest
    else:
        year = None
    artist, _ = split_artist(cleaned)
    return Query(cleaned, year, artist)


def split_year(text: str) -> tuple[str, int | None]:
    """Take a year, any four digits, bare or in brackets, off the end of a `shown` text.

    Only where words stand before it, and no dash: that of `artist – 1989` is the title.
    """
    match = _YEAR_AT_END.fullmatch(text)
    if match is None:
        return text, None
    rest = match["rest"].rstrip(",")
    if not _has_words(rest) or _DASH.match(f" {rest[-1]} "):
        return text, None
    return rest, int(match["year"])


def split_artist(text: str) -> tuple[str | None, str]:
    """What stands before and after the first dash of `artist – title`; None and all of it without one."""
    dash = _DASH.search(text)
    return (None, text) if dash is None else (text[: dash.start()], text[dash.end() :])


def shown(text: str) -> str:
    """What can be seen of a text, in NFC: no control characters, direction marks, doubled blanks."""
    seen = "".join(
        " " if unicodedata.category(char) == "Cc" else char
        for char in text
        if unicodedata.category(char) not in {"Cf", "Cs"} or char in _JOINERS
    )
    return " ".join(unicodedata.normalize("NFC", seen).split()).strip(_JOINERS + " ")


def _cleaned(text: str) -> str:
    """The `shown` text without quotes around it all."""
    cleaned = shown(text)
    if len(cleaned) > 2 and _QUOTES.get(cleaned[0]) == cleaned[-1]:
        inner = cleaned[1:-1].strip(_JOINERS + " ")
        one_pair = cleaned[0] not in inner and cleaned[-1] not in inner
        return inner if one_pair and _has_words(inner) else cleaned
    return cleaned


def _has_words(text: str) -> bool:
    """Whether there is a letter, a digit or a symbol in it: `÷` is an album."""
    return any(unicodedata.category(char)[0] in "LNS" for char in text)
