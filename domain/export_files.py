"""An export as text, entry by entry: one JSON, and lists for spreadsheets.

Nothing here grows with the club but the names of its members.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from domain.exports import (
    JSON_NAME,
    About,
    Entry,
    ExportedPerson,
    ExportedRating,
    ExportedWeek,
    ExportedWork,
    OwnPick,
    OwnRating,
    stamp,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

PICKS, SCORES = "picks.csv", "scores.csv"

_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
"""What makes a spreadsheet calculate a cell (OWASP, CSV Injection), also in full width."""
_WORK = ("kind", "title", "artist", "year")
_COLUMNS = {
    About.CLUB: {
        PICKS: ("week", *_WORK, "picked by", "picked at", "revealed at", "work"),
        SCORES: ("person", *_WORK, "half-stars", "take", "spoiler", "scored at", "work"),
    },
    About.PERSON: {
        PICKS: ("week", *_WORK, "club", "picked at", "work"),
        SCORES: (*_WORK, "half-stars", "take", "spoiler", "scored at", "work"),
    },
}

Piece = tuple[str, str]
"""The name of a file, and the text that comes next in it."""


@dataclass(slots=True)
class Writing:
    """Turns a header and entries, list by list, into what the files say."""

    _names: dict[str, str] = field(default_factory=dict)
    _list: str | None = None
    _first: bool = True

    def begin(self, header: Mapping[str, Any]) -> Iterator[Piece]:
        """The files' beginnings."""
        yield JSON_NAME, json.dumps(header, ensure_ascii=False, indent=1).removesuffix("\n}")
        for name, columns in _COLUMNS[header["about"]].items():
            yield name, csv_line(columns)

    def add(self, section: str, entry: Entry | None) -> Iterator[Piece]:
        """The next entry of a list; None begins a list that may be empty."""
        if section != self._list:
            yield JSON_NAME, f'{self._close()},\n "{section}": ['
            self._list, self._first = section, True
        if entry is None:
            return
        line = json.dumps(entry.json(), ensure_ascii=False, separators=(",", ":"))
        yield JSON_NAME, f"\n  {line}" if self._first else f",\n  {line}"
        self._first = False
        yield from self._cells(section, entry)

    def end(self) -> Iterator[Piece]:
        """The files' ends."""
        yield JSON_NAME, f"{self._close()}\n}}\n"

    def _close(self) -> str:
        if self._list is None:
            return ""
        return "]" if self._first else "\n ]"

    def _cells(self, section: str, entry: Entry) -> Iterator[Piece]:
        match entry:
            case ExportedPerson():
                self._names[entry.id] = entry.name or ""
            case ExportedWeek():
                for pick in entry.picks:
                    by, week = self._names.get(pick.by, ""), str(entry.week)
                    moments = (stamp(pick.at), stamp(pick.revealed))
                    yield PICKS, csv_line((week, *_work(pick.work), by, *moments, pick.work.id))
            case ExportedRating():
                yield SCORES, csv_line((self._names.get(entry.person, ""), *_score(entry)))
            case OwnRating():
                yield SCORES, csv_line(_score(entry))
            case OwnPick() if section == "picks":
                cells = (str(entry.week), *_work(entry.work), entry.club.title, stamp(entry.at))
                yield PICKS, csv_line((*cells, entry.work.id))


def csv_line(cells: Iterable[str | int | None]) -> str:
    """A line of CSV (RFC 4180) in which no text is a formula; numbers stay numbers."""
    line = io.StringIO()
    csv.writer(line).writerow([harmless(cell) if isinstance(cell, str) else cell for cell in cells])
    return line.getvalue()


def harmless(text: str) -> str:
    """The text as a cell: with an apostrophe before it where a spreadsheet would calculate it."""
    return f"'{text}" if text[:1] in _FORMULA or text.lstrip()[:1] in _FORMULA else text


def _work(work: ExportedWork) -> tuple[str | int | None, ...]:
    return (work.kind.value, work.title, work.artist, work.year)


def _score(entry: ExportedRating | OwnRating) -> tuple[str | int | None, ...]:
    spoiler = "yes" if entry.spoiler else ""
    return (*_work(entry.work), entry.score, entry.take, spoiler, stamp(entry.at), entry.work.id)
