"""Puts the labelled searches to the catalogues through the real clients, and counts what came of them."""

from __future__ import annotations

import csv
import json
import random
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import httpx

from domain.ranking import fold
from domain.search import PAGE_SIZE, parse_query
from domain.works import Kind
from integrations.musicbrainz import MusicBrainzAlbums
from integrations.tmdb import TmdbMovies
from tests.fakes import MemoryCache, RunningClock
from tests.integrations import recorded
from tests.searches.shelves import Answers, Bundled, Films, Groups

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LABELS = Path(__file__).with_name("labels.tsv")
RECORDED = ("answers", "films", "groups")
"""Catalogues that stand on recorded data."""
CONTESTED = frozenset({"namesakes", "editions", "self-titled", "sequel", "remake"})
"""Ways of typing that fit several works, one of which a friend means."""
THIS_YEAR = 2026
TMDB = "http://catalogues.test/tmdb/3"
MUSICBRAINZ = "http://catalogues.test/musicbrainz/ws/2"
KEY = "0" * 32
AGENT = "Tests/1 (owner@club.test)"


class Shelf(Protocol):
    """A catalogue that answers HTTP."""

    async def handle(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""


@dataclass(frozen=True, slots=True)
class Label:
    """What somebody types, and what they mean: `Title (Year)`, for albums with `Artist – ` before it."""

    catalogue: str
    kind: Kind
    way: str
    typed: str
    meant: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The places, from 1, of the work; None where it is not there.

    `ours` is in our list, `theirs` in the order in which the catalogue answered us, `plain` in its answer to
    the words as they were typed. `requests` is what our search took.
    """

    label: Label
    ours: int | None
    theirs: int | None
    plain: int | None
    requests: int


@dataclass(frozen=True, slots=True)
class Quality:
    """Of so many searches: the mean of one over the place, and the shares that were first and on page one."""

    searches: int
    mrr: float
    first: float
    page: float


def labels() -> tuple[Label, ...]:
    """All of them, in the file's order."""
    with LABELS.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return tuple(Label(**{**row, "kind": Kind(row["kind"])}) for row in rows)  # type: ignore[arg-type]


def available() -> tuple[Label, ...]:
    """Those whose catalogue is on this machine."""
    return tuple(one for one in labels() if one.catalogue not in RECORDED or recorded.FOLDER.is_dir())


@cache
def shelf(name: str) -> Shelf:
    """The catalogue of that name."""
    match name:
        case "answers":
            return Answers()
        case "films":
            return Films()
        case "groups":
            return Groups()
        case _:
            return Bundled()


async def search(label: Label) -> Outcome:
    """Type it, with nothing remembered from another search."""
    theirs: list[str] = []
    asked = 0

    async def listen(request: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        answer = await shelf(label.catalogue).handle(request)
        theirs.extend(_named(one) for one in _results(answer))
        return answer

    found = await _client(label.kind, httpx.MockTransport(listen)).search(parse_query(label.typed, THIS_YEAR))
    ours = [
        f"{hit.artist} – {hit.title} ({hit.year})" if hit.artist else f"{hit.title} ({hit.year})"
        for hit in found.value
    ]
    plain = [_named(one) for one in _results(await shelf(label.catalogue).handle(_as_typed(label)))]
    return Outcome(
        label, _place(label, ours), _place(label, dict.fromkeys(theirs)), _place(label, plain), asked
    )


async def search_all(wanted: Iterable[Label]) -> list[Outcome]:
    """One after another."""
    return [await search(label) for label in wanted]


async def mistyped(well_known: int = 120) -> Quality:
    """Our places of the best known films of several words, a letter missing in the longest of these."""
    chance = random.Random(6)
    films = shelf("films")
    assert isinstance(films, Films)
    places: list[int | None] = []
    for film in films.results[:well_known]:
        words = fold(film["title"]).split()
        if len(words) > 1:
            longest = max(range(len(words)), key=lambda at: len(words[at]))
            at = chance.randrange(1, len(words[longest]))
            words[longest] = words[longest][:at] + words[longest][at + 1 :]
            meant = f"{film['title']} ({film['release_date'][:4]})"
            places.append((await search(Label("films", Kind.MOVIE, "typo", " ".join(words), meant))).ours)
    return quality(places)


def quality(places: Sequence[int | None]) -> Quality:
    """Of a list of places."""
    count = len(places)
    return Quality(
        count,
        sum(1 / place for place in places if place) / count,
        sum(place == 1 for place in places) / count,
        sum(place is not None and place <= PAGE_SIZE for place in places) / count,
    )


def by_catalogue(outcomes: Iterable[Outcome]) -> dict[str, list[Outcome]]:
    """In groups, by where they were found."""
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[outcome.label.catalogue].append(outcome)
    return dict(groups)


def _as_typed(label: Label) -> httpx.Request:
    """The question of somebody who hands on what was typed, made safe for Lucene."""
    if label.kind is Kind.MOVIE:
        params = {"query": label.typed, "page": "1", "api_key": KEY}
        return httpx.Request("GET", f"{TMDB}/search/movie", params=params)
    words = re.sub(r'([+\-!(){}\[\]^"~*?:\\/&|])', r"\\\1", label.typed.lower())
    params = {"query": words, "fmt": "json", "limit": "100"}
    return httpx.Request("GET", f"{MUSICBRAINZ}/release-group", params=params, headers={"User-Agent": AGENT})


def _client(kind: Kind, transport: httpx.MockTransport) -> TmdbMovies | MusicBrainzAlbums:
    clock, cache = RunningClock(), MemoryCache()
    if kind is Kind.MOVIE:
        return TmdbMovies(KEY, clock=clock, cache=cache, base_url=TMDB, transport=transport)
    return MusicBrainzAlbums(AGENT, clock=clock, cache=cache, base_url=MUSICBRAINZ, transport=transport)


def _results(answer: httpx.Response) -> list[dict[str, Any]]:
    body = json.loads(answer.content)
    found: list[dict[str, Any]] = body.get("results") or body.get("release-groups") or []
    return found


def _named(result: dict[str, Any]) -> str:
    date = result.get("release_date") or result.get("first-release-date") or ""
    year = date[:4] or None
    credit = "".join(
        (one.get("name") or one["artist"]["name"]) + (one.get("joinphrase") or "")
        for one in result.get("artist-credit", [])
    )
    return f"{credit} – {result['title']} ({year})" if credit else f"{result['title']} ({year})"


def _place(label: Label, found: Iterable[str]) -> int | None:
    """From 1; a label without a year means the work whatever year the catalogue has for it."""
    for place, named in enumerate(found, 1):
        if named == label.meant or named.rpartition(" (")[0] == label.meant:
            return place
    return None
