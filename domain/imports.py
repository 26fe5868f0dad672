"""Reading a club's file (`docs/export-format.md`). It may be anything: none of it is believed unchecked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from domain.errors import BadExport, FileProblem
from domain.exports import (
    FORMAT,
    VERSION,
    About,
    ExportedPerson,
    ExportedPick,
    ExportedRating,
    ExportedWeek,
    ExportedWork,
)
from domain.isoweek import IsoWeek
from domain.scores import HIGHEST, LOWEST
from domain.weeks import NOTE_LIMIT, TAKE_LIMIT
from domain.works import Kind, PartialDate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TITLE_LIMIT = 1_000
NAME_LIMIT = 256
AHEAD = timedelta(days=60)
"""How far ahead of now a week or a moment may lie; more is a mistake, or meant to be one."""
FIRST_YEAR = 1900
LARGEST_ID = 2**31 - 1

_PERSON = re.compile(r"[0-9a-z]{1,32}")
_HAND = re.compile(r"hand:[0-9a-z]{1,32}")
_IMDB = re.compile(r"tt[0-9]{5,10}")
_MBID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_UNFIT = re.compile("[\x00\ud800-\udfff]")
"""What no database of ours takes: the null character, and halves of surrogate pairs."""


@dataclass(frozen=True, slots=True)
class ClubFile:
    """A club's file, checked: ids are unique and lead somewhere, values are what their fields take."""

    title: str
    exported_at: datetime
    people: tuple[ExportedPerson, ...]
    weeks: tuple[ExportedWeek, ...]
    ratings: tuple[ExportedRating, ...]

    @property
    def works(self) -> tuple[ExportedWork, ...]:
        """The works that are picked or scored, each once."""
        picked = [pick.work for week in self.weeks for pick in week.picks]
        return tuple({work.id: work for work in (*picked, *(r.work for r in self.ratings))}.values())


def read(document: object, now: datetime) -> ClubFile:
    """Check a file's JSON. BadExport, which says what is wrong and where."""
    top = _Value(document, "")
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise BadExport(FileProblem.FOREIGN)
    version = document.get("version")
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise BadExport(FileProblem.FOREIGN)
    if version > VERSION:
        raise BadExport(FileProblem.NEWER)
    if document.get("about") == About.PERSON:
        raise BadExport(FileProblem.PERSON)
    if document.get("about") != About.CLUB:
        raise BadExport(FileProblem.FOREIGN)
    latest = now + AHEAD
    people = _by_id(_person(value, latest) for value in top.list("people"))
    works = _works(top)
    weeks = tuple(_week(value, people, works, latest) for value in top.list("weeks"))
    _once((str(week.week) for week in weeks), "weeks")
    ratings = tuple(_rating(value, people, works, latest) for value in top.list("ratings"))
    _once(((rating.person, rating.work.id) for rating in ratings), "ratings")
    return ClubFile(
        top.object("club").text("title", TITLE_LIMIT),
        top.moment("exported_at", latest),
        tuple(people.values()),
        weeks,
        ratings,
    )


@dataclass(frozen=True, slots=True)
class _Value:
    """A JSON value and where it stands; each method gives a field of it, checked, or raises BadExport."""

    value: Any
    where: str

    def wrong(self, field: str = "") -> BadExport:
        return BadExport(FileProblem.WRONG, self._at(field))

    def object(self, field: str) -> _Value:
        found = _Value(self._get(field), self._at(field))
        if not isinstance(found.value, dict):
            raise found.wrong()
        return found

    def list(self, field: str) -> tuple[_Value, ...]:
        """Of objects."""
        found = self._get(field)
        if not isinstance(found, list):
            raise self.wrong(field)
        values = tuple(_Value(value, f"{self._at(field)}[{number}]") for number, value in enumerate(found))
        for value in values:
            if not isinstance(value.value, dict):
                raise value.wrong()
        return values

    def texts(self, field: str) -> tuple[str, ...]:
        found = self._get(field)
        if not isinstance(found, list) or not all(isinstance(value, str) for value in found):
            raise self.wrong(field)
        return tuple(found)

    def text(self, field: str, limit: int, *, least: int = 0) -> str:
        found = self._get(field)
        if not isinstance(found, str) or not least <= len(found) <= limit or _UNFIT.search(found):
            raise self.wrong(field)
        return found

    def optional(self, field: str, limit: int) -> str | None:
        return None if self._get(field) is None else self.text(field, limit)

    def matching(self, field: str, pattern: re.Pattern[str]) -> str:
        found = self._get(field)
        if not isinstance(found, str) or pattern.fullmatch(found) is None:
            raise self.wrong(field)
        return found

    def number(self, field: str, least: int, most: int) -> int:
        found = self._get(field)
        if isinstance(found, bool) or not isinstance(found, int) or not least <= found <= most:
            raise self.wrong(field)
        return found

    def boolean(self, field: str) -> bool:
        found = self._get(field)
        if not isinstance(found, bool):
            raise self.wrong(field)
        return found

    def moment(self, field: str, latest: datetime) -> datetime:
        found = self._get(field)
        try:
            moment = datetime.fromisoformat(found).astimezone(UTC) if isinstance(found, str) else None
        except (ValueError, OverflowError):
            moment = None
        if moment is None or "T" not in found or datetime.fromisoformat(found).tzinfo is None:
            raise self.wrong(field)
        if not moment.year >= FIRST_YEAR or moment > latest:
            raise self.wrong(field)
        return moment

    def optional_moment(self, field: str, latest: datetime) -> datetime | None:
        return None if self._get(field) is None else self.moment(field, latest)

    def kind(self) -> Kind:
        try:
            return Kind(self._get("kind"))
        except ValueError:
            raise self.wrong("kind") from None

    def _get(self, field: str) -> Any:
        if field not in self.value:
            raise self.wrong(field)
        return self.value[field]

    def _at(self, field: str) -> str:
        return f"{self.where}.{field}" if self.where and field else self.where or field


def _person(value: _Value, latest: datetime) -> ExportedPerson:
    return ExportedPerson(
        value.matching("id", _PERSON),
        value.optional("name", NAME_LIMIT),
        value.moment("joined", latest),
        value.optional_moment("left", latest),
    )


def _by_id(people: Iterator[ExportedPerson]) -> dict[str, ExportedPerson]:
    found: dict[str, ExportedPerson] = {}
    for number, person in enumerate(people):
        if person.id in found:
            raise BadExport(FileProblem.TWICE, f"people[{number}]")
        found[person.id] = person
    return found


def _works(top: _Value) -> dict[str, ExportedWork]:
    """By what the file calls them; those added by hand may have any label."""
    found: dict[str, ExportedWork] = {}
    for value in top.list("works"):
        work = _work(value)
        label = value.text("id", 64)
        if label != work.id and not (work.id.startswith("hand:") and _HAND.fullmatch(label)):
            raise value.wrong("id")
        if label in found:
            raise BadExport(FileProblem.TWICE, value.where)
        found[label] = work
    _once((work.id for work in found.values()), "works")
    return found


def _work(value: _Value) -> ExportedWork:
    kind = value.kind()
    movie = kind is Kind.MOVIE
    tmdb = value.value.get("tmdb")
    musicbrainz = value.value.get("musicbrainz")
    imdb = value.value.get("imdb")
    if (tmdb is not None and not movie) or (musicbrainz is not None and movie):
        raise value.wrong("kind")
    released = value.optional("released", 10)
    if released is not None and PartialDate.parse(released) is None:
        raise value.wrong("released")
    year = value.value.get("year")
    if released is not None and int(released[:4]) != year:
        raise value.wrong("year")
    return ExportedWork(
        kind=kind,
        title=value.text("title", TITLE_LIMIT, least=1),
        original_title=value.optional("original_title", TITLE_LIMIT) if movie else None,
        artist=None if movie else (value.optional("artist", TITLE_LIMIT) or "").strip() or None,
        year=None if year is None else value.number("year", 1000, 9999),
        released=released,
        tmdb=None if tmdb is None else value.number("tmdb", 1, LARGEST_ID),
        imdb=None if imdb is None or not movie else value.matching("imdb", _IMDB),
        musicbrainz=None if musicbrainz is None else value.matching("musicbrainz", _MBID),
    )


def _week(
    value: _Value, people: Mapping[str, ExportedPerson], works: Mapping[str, ExportedWork], latest: datetime
) -> ExportedWeek:
    try:
        week = IsoWeek.parse(value.text("week", 8))
    except ValueError:
        raise value.wrong("week") from None
    if week.year < FIRST_YEAR or week.monday > latest.date():
        raise value.wrong("week")
    owner = value.value.get("owner")
    if owner is not None:
        _refers(value, "owner", people)
    picks = tuple(_pick(pick, people, works, latest) for pick in value.list("picks"))
    _once(((pick.kind, pick.position) for pick in picks), value.where)
    _once((pick.work.id for pick in picks), value.where)
    return ExportedWeek(week, owner, value.text("note", NOTE_LIMIT), picks)


def _pick(
    value: _Value, people: Mapping[str, ExportedPerson], works: Mapping[str, ExportedWork], latest: datetime
) -> ExportedPick:
    kind = value.kind()
    work = works[_refers(value, "work", works)]
    if work.kind is not kind:
        raise value.wrong("kind")
    absent = value.texts("absent")
    for key in absent:
        if key not in people:
            raise BadExport(FileProblem.LOST, f"{value.where}.absent")
    _once(absent, f"{value.where}.absent")
    return ExportedPick(
        kind,
        value.number("position", 0, 1),
        work,
        _refers(value, "by", people),
        value.moment("at", latest),
        value.optional_moment("revealed", latest),
        absent,
    )


def _rating(
    value: _Value, people: Mapping[str, ExportedPerson], works: Mapping[str, ExportedWork], latest: datetime
) -> ExportedRating:
    return ExportedRating(
        _refers(value, "person", people),
        works[_refers(value, "work", works)],
        value.number("score", LOWEST, HIGHEST),
        value.text("take", TAKE_LIMIT),
        value.boolean("spoiler"),
        value.moment("at", latest),
    )


def _refers(value: _Value, field: str, to: Mapping[str, object]) -> str:
    key = value.text(field, 64)
    if key not in to:
        raise BadExport(FileProblem.LOST, f"{value.where}.{field}")
    return key


def _once(keys: Any, where: str) -> None:
    seen: set[object] = set()
    for key in keys:
        if key in seen:
            raise BadExport(FileProblem.TWICE, where)
        seen.add(key)
