"""A look-alike of TMDB's version 3 API under `/tmdb/3`.

Mirrored on purpose: results come by popularity and not by how well they match, `video` and (when asked
for) `adult` entries among them; `release_date` is "" for some and missing for others; an unknown id is 404
with code 34, a page beyond 500 is 400 with code 22, a page past the last is 200 with nothing in it; a
language without a translation has an empty overview.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from integrations.sandbox.catalogues.answers import Json, json_answer
from integrations.sandbox.catalogues.genres import GENRES, genre_name
from integrations.sandbox.catalogues.text import words
from integrations.sandbox.catalogues.tmdb_json import APPENDED, full, poster_path, summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import httpx

    from integrations.sandbox.catalogues.works import Movie

PAGE_SIZE = 20
LAST_PAGE = 500
POSTER_SIZES = ("w92", "w154", "w185", "w342", "w500", "w780", "original")

_V3_KEY = re.compile(r"[0-9a-f]{32}")
_V4_KEY = re.compile(r"Bearer [\w-]+\.[\w-]+\.[\w-]+")


class Tmdb:
    """Answers TMDB's requests over the given movies; `public_url` is where the images are."""

    def __init__(self, movies: Iterable[Movie], public_url: str) -> None:
        self._movies = {movie.id: movie for movie in movies}
        self._words = {
            movie.id: [words(title) for title in movie.all_titles] for movie in self._movies.values()
        }
        self._public_url = public_url

    def answer(self, path: str, query: Mapping[str, str], authorization: str) -> httpx.Response:
        """The answer to a GET of `path` (from `/3` on); `authorization` is the header's value or empty."""
        if not (_V3_KEY.fullmatch(query.get("api_key", "")) or _V4_KEY.fullmatch(authorization)):
            return _error(401, 7, "Invalid API key: You must be granted a valid key.")
        return self._route(path, query) or _not_found()

    def _route(self, path: str, query: Mapping[str, str]) -> httpx.Response | None:
        match [part for part in path.split("/") if part]:
            case ["3", "search", "movie"]:
                return self._search(query)
            case ["3", "movie", number, *part] if len(part) <= 1:
                return self._details(number, part, query)
            case ["3", "find", external_id]:
                return self._by_external_id(external_id, query)
            case ["3", "genre", "movie", "list"]:
                names = [
                    {"id": number, "name": genre_name(number, _language(query))} for number in GENRES.values()
                ]
                return json_answer({"genres": names})
            case ["3", "configuration"]:
                return json_answer(self._configuration())
        return None

    def poster_of(self, file_name: str) -> Movie | None:
        """The movie whose poster has this file name."""
        return next((m for m in self._movies.values() if poster_path(m) == f"/{file_name}"), None)

    def _search(self, query: Mapping[str, str]) -> httpx.Response:
        page = query.get("page", "1")
        if not page.isdecimal() or not 1 <= int(page) <= LAST_PAGE:
            return _error(
                400,
                22,
                f"Invalid page: Pages start at 1 and max at {LAST_PAGE}. They are expected to be an integer.",
            )
        hits = self._matching(query)
        start = (int(page) - 1) * PAGE_SIZE
        results = [summary(movie, _language(query)) for movie in hits[start : start + PAGE_SIZE]]
        pages = max(1, -(-len(hits) // PAGE_SIZE))
        return json_answer(
            {"page": int(page), "results": results, "total_pages": pages, "total_results": len(hits)}
        )

    def _matching(self, query: Mapping[str, str]) -> list[Movie]:
        wanted = words(query.get("query", ""))
        year = query.get("primary_release_year") or query.get("year")
        with_adult = query.get("include_adult", "false").lower() == "true"
        hits = [
            movie
            for movie in self._movies.values()
            if wanted
            and any(_holds(title, wanted) for title in self._words[movie.id])
            and (not year or str(movie.year) == year)
            and (with_adult or not movie.adult)
        ]
        return sorted(hits, key=lambda movie: -movie.popularity)

    def _find(self, number: str) -> Movie | None:
        digits = re.match(r"(\d{1,9})(?:-|$)", number)
        return self._movies.get(int(digits[1])) if digits else None

    def _details(self, number: str, part: list[str], query: Mapping[str, str]) -> httpx.Response | None:
        movie = self._find(number)
        if movie is None:
            return None
        if part:
            shape = APPENDED.get(part[0])
            return json_answer({"id": movie.id} | shape(movie)) if shape else None
        appended = {name: APPENDED[name](movie) for name in _names(query) if name in APPENDED}
        return json_answer(full(movie, _language(query)) | appended)

    def _by_external_id(self, external_id: str, query: Mapping[str, str]) -> httpx.Response:
        source = query.get("external_source")
        if not source:
            return _error(400, 5, "Invalid parameters: Your request parameters are incorrect.")
        found = [m for m in self._movies.values() if source == "imdb_id" and m.imdb_id == external_id]
        body: Json = {"movie_results": [summary(movie, _language(query)) for movie in found]}
        kinds = ("person_results", "tv_results", "tv_episode_results", "tv_season_results")
        return json_answer(body | {kind: [] for kind in kinds})

    def _configuration(self) -> Json:
        images = f"{self._public_url}/images/t/p/"
        return {
            "change_keys": [
                "adult",
                "cast",
                "crew",
                "genres",
                "images",
                "overview",
                "runtime",
                "title",
                "videos",
            ],
            "images": {
                "base_url": images,
                "secure_base_url": images,
                "backdrop_sizes": ["w300", "w780", "w1280", "original"],
                "logo_sizes": ["w45", "w92", "w154", "w185", "w300", "w500", "original"],
                "poster_sizes": list(POSTER_SIZES),
                "profile_sizes": ["w45", "w185", "h632", "original"],
                "still_sizes": ["w92", "w185", "w300", "original"],
            },
        }


def _error(status: int, code: int, message: str) -> httpx.Response:
    return json_answer({"success": False, "status_code": code, "status_message": message}, status)


def _not_found() -> httpx.Response:
    return _error(404, 34, "The resource you requested could not be found.")


def _names(query: Mapping[str, str]) -> list[str]:
    return query.get("append_to_response", "").split(",")


def _language(query: Mapping[str, str]) -> str:
    return query.get("language", "en-US").split("-")[0].lower()


def _holds(title: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    return all(any(word.startswith(prefix) for word in title) for prefix in wanted)
