"""The catalogues that labelled searches are put to. Each answers HTTP requests as the real one would.

Three stand on recorded data, which is not part of this repository: `Answers` gives the recorded answer to a
recorded question and finds nothing otherwise; `Films` and `Groups` find titles of a real catalogue by plain
words, as TMDB does, and by Lucene queries, as MusicBrainz does. The fourth is the sandbox's.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import httpx

from integrations.sandbox.catalogues import Catalogues
from integrations.sandbox.catalogues.lucene import Fields, parse, relevance
from integrations.sandbox.catalogues.text import words
from tests.fakes import RunningClock
from tests.integrations import recorded

if TYPE_CHECKING:
    from collections.abc import Iterable

Json = dict[str, Any]

PAGE = 20
_MOVIES = "movielens-ml-latest-small"
_ARTICLES = "The|A|An|Les|La|Le|L'|Der|Die|Das|El|Los|Il|I|O|Os|Un|Une"
_TMDB_ANSWERS = {
    ("inception", None): "tmdb/search_movie_inception_2025.json",
    ("the matrix", None): "tmdb/search_movie_the_matrix_2017.json",
    ("matrix reloaded", "2003"): "tmdb/search_movie_matrix_reloaded_year_2017.json",
    ("man of steel", None): "tmdb/search_movie_man_of_steel_2025.json",
    ("man of steel", "2013"): "tmdb/search_movie_year_filter_2025.json",
    ("зеркала", None): "tmdb/search_movie_cyrillic_query_2017.json",
}
_MUSICBRAINZ = "musicbrainz/inkstak_2014_2020/release-group"
_MUSICBRAINZ_ANSWERS = {
    "unplugged": f"{_MUSICBRAINZ}__query=_MTV_Unplugged_in_New_York.json",
    "bleach": f"{_MUSICBRAINZ}__limit=2_query=releasegroup_Bleach.json",
}
_BROWSED = {
    f"{_MUSICBRAINZ}_artist=5b11f4ce-a62d-471e-81fc-a69a8278c7da_.json": "Nirvana",
    "musicbrainz/avatar29A_2025/artist-get.json": "Bob Dylan",
    "musicbrainz/avatar29A_2025/releasegroup-browse.json": "Britney Spears",
}
"""Lists without credits, of the artist who was asked for."""
_FIELDS = {
    "": ("releasegroup", "artist"),
    "releasegroup": ("releasegroup",),
    "alias": ("releasegroup",),
    "artist": ("artist",),
    "artistname": ("artist",),
    "primarytype": ("primarytype",),
    "secondarytype": ("secondarytype",),
    "status": ("status",),
    "comment": ("comment",),
    "firstreleasedate": ("firstreleasedate",),
}


class Answers:
    """The recorded answer to what was asked when it was recorded; nothing for every other question."""

    async def handle(self, request: httpx.Request) -> httpx.Response:
        """Answer a search."""
        asked = request.url.params
        if request.url.path.endswith("/search/movie"):
            name = _TMDB_ANSWERS.get((asked["query"].casefold(), asked.get("primary_release_year")))
            nothing: Json = {"page": 1, "results": [], "total_pages": 1}
        else:
            name = next(
                (name for word, name in _MUSICBRAINZ_ANSWERS.items() if word in asked["query"].casefold()),
                None,
            )
            nothing = {"count": 0, "release-groups": []}
        if name is None:
            return httpx.Response(200, json=nothing)
        answer = json.loads(recorded.body(name)) | {"total_pages": 1}
        return httpx.Response(200, json=answer)


class Films:
    """Near ten thousand real films, found by words of their titles, the most rated first.

    As on TMDB every word has to be there, the last may be unfinished, no slip of the finger is forgiven,
    other titles are searched too, and a word with a dash or a dot in it is found written together as well.
    """

    def __init__(self) -> None:
        folder = recorded.FOLDER / _MOVIES
        with (folder / "ratings.csv").open(encoding="utf-8", newline="") as ratings:
            rated = Counter(row["movieId"] for row in csv.DictReader(ratings))
        with (folder / "links.csv").open(encoding="utf-8", newline="") as links:
            tmdb_ids = {row["movieId"]: row["tmdbId"] for row in csv.DictReader(links)}
        self.results: list[Json] = []
        self._titles: dict[int, list[list[str]]] = {}
        self._having: defaultdict[str, set[int]] = defaultdict(set)
        with (folder / "movies.csv").open(encoding="utf-8", newline="") as movies:
            for row in csv.DictReader(movies):
                if tmdb_ids[row["movieId"]]:
                    self._add(row["title"], int(tmdb_ids[row["movieId"]]), rated[row["movieId"]])
        self.results.sort(key=lambda film: -film["vote_count"])

    def _add(self, listed: str, tmdb_id: int, ratings: int) -> None:
        year = re.search(r"\((\d{4})\)\s*$", listed)
        bracketed = re.findall(r"\(([^)]*)\)", listed[: year.start()] if year else listed)
        title = _said(re.sub(r"\s*\([^)]*\)", "", listed).strip())
        original = next((_said(name) for name in bracketed if not name.startswith("a.k.a.")), title)
        others = [_said(name.removeprefix("a.k.a.").strip()) for name in bracketed]
        film = {
            "id": tmdb_id,
            "title": title,
            "original_title": original,
            "release_date": f"{year[1]}-01-01" if year else "",
            # One rating of the sample stands for many on TMDB.
            "vote_count": 50 * ratings,
            "popularity": ratings / 5,
        }
        self.results.append(film)
        self._titles[tmdb_id] = [_searchable(name) for name in {title, *others}]
        for word in (word for name in self._titles[tmdb_id] for word in name):
            self._having[word].add(tmdb_id)

    async def handle(self, request: httpx.Request) -> httpx.Response:
        """Answer a search."""
        asked = request.url.params
        year, page = asked.get("primary_release_year"), int(asked["page"])
        matching = self._matching(words(asked["query"]))
        found = [
            film
            for film in self.results
            if film["id"] in matching and (year is None or film["release_date"].startswith(year))
        ]
        answer = {
            "page": page,
            "results": found[(page - 1) * PAGE : page * PAGE],
            "total_pages": -(-len(found) // PAGE),
        }
        return httpx.Response(200, json=answer)

    def _matching(self, wanted: tuple[str, ...]) -> set[int]:
        if not wanted:
            return set()
        *whole, last = wanted
        begun = (films for word, films in self._having.items() if word.startswith(last))
        near = set[int]().union(*begun).intersection(*(self._having.get(word, ()) for word in whole))
        return {film for film in near if any(_holds(title, wanted) for title in self._titles[film])}


class Groups:
    """Every recorded release group, found by Lucene queries, the best match first, then as recorded.

    Where one was only browsed, the answer lacks what a search would add: editions, status, score.
    """

    def __init__(self) -> None:
        groups: dict[str, Json] = {}
        for name in sorted(recorded.files("musicbrainz")):
            for group in _groups(name):
                credit = [{"name": _BROWSED[name], "joinphrase": ""}] if name in _BROWSED else []
                kept = groups.setdefault(group["id"], {})
                for key, value in ({"artist-credit": credit} | group).items():
                    kept[key] = kept.get(key) or value
        self.groups = [group for group in groups.values() if group.get("artist-credit")]
        self._documents = [_document(group) for group in self.groups]

    async def handle(self, request: httpx.Request) -> httpx.Response:
        """Answer a search."""
        query = parse(request.url.params["query"], _FIELDS)
        scored = [
            (value, place)
            for place, document in enumerate(self._documents)
            if (value := relevance(query, document)) is not None
        ]
        best = max((value for value, _ in scored), default=1.0)
        found = [
            self.groups[place] | {"score": round(100 * value / best)}
            for value, place in sorted(scored, key=lambda one: (-one[0], one[1]))
        ]
        return httpx.Response(200, json={"count": len(found), "release-groups": found[:100]})


class Bundled:
    """The sandbox's own works behind its look-alikes, which see a second pass between any two requests."""

    def __init__(self) -> None:
        self._clock = RunningClock()
        self._catalogues = Catalogues("http://catalogues.test", self._clock)

    async def handle(self, request: httpx.Request) -> httpx.Response:
        """Answer anything."""
        await self._clock.sleep(1)
        return await self._catalogues.handle(request)


def _groups(name: str) -> Iterable[Json]:
    if not name.endswith(".json") or "status" in name:
        return
    answer = json.loads(recorded.body(name))
    if isinstance(answer, dict) and "release-groups" in answer:
        yield from answer["release-groups"]
    elif re.search(r"release-?group[_-](get|[0-9a-f]{8}-)", name):
        yield answer


def _document(group: Json) -> Fields:
    status = {release.get("status") or "" for release in group.get("releases", [])}
    return {
        "releasegroup": [words(group["title"])],
        "artist": [
            words(credit.get("name") or credit["artist"]["name"]) for credit in group["artist-credit"]
        ],
        "comment": [words(group.get("disambiguation") or "")],
        "primarytype": [words(group.get("primary-type") or "")],
        "secondarytype": [words(kind) for kind in group.get("secondary-types") or []],
        "status": [words(one) for one in status if one],
        "firstreleasedate": [tuple(date.split("-")) for date in [group.get("first-release-date")] if date],
    }


def _said(listed: str) -> str:
    """`Matrix, The` as it is said."""
    moved = re.fullmatch(rf"(.*), ({_ARTICLES})", listed)
    return f"{moved[2]} {moved[1]}" if moved else listed


def _searchable(title: str) -> list[str]:
    """The words of a title, and those that signs cut in two written together: `x men xmen`."""
    return [*words(title), *("".join(words(part)) for part in title.split())]


def _holds(title: list[str], wanted: tuple[str, ...]) -> bool:
    *whole, last = wanted
    return set(whole) <= set(title) and any(word.startswith(last) for word in title)
