"""A look-alike of TMDB's version 3 API under `/tmdb/3`.

Mirrored on purpose: results come by popularity and not by how well they match, `video` and (when asked for) `adult`
entries among them; `release_date` is "" for some and missing for others; an unknown id is 404 with code 34, a page
beyond 500 is 400 with code 22, a page past the last is 200 with nothing in it; a language without a translation has
an empty overview.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from typing import TYPE_CHECKING, Any

from integrations.sandbox.catalogues.answers import Json, json_answer
from integrations.sandbox.catalogues.genres import GENRES, genre_name
from integrations.sandbox.catalogues.text import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import httpx

    from integrations.sandbox.catalogues.works import Movie

PAGE_SIZE = 20
LAST_PAGE = 500
POSTER_SIZES = ("w92", "w154", "w185", "w342", "w500", "w780", "original")

_V3_KEY = re.compile(r"[0-9a-f]{32}")
_V4_KEY = re.compile(r"Bearer [\w-]+\.[\w-]+\.[\w-]+")
_LANGUAGES = {
    "ar": "العربية",
    "cn": "广州话 / 廣州話",
    "da": "Dansk",
    "de": "Deutsch",
    "en": "English",
    "es": "Español",
    "fa": "فارسی",
    "fr": "Français",
    "he": "עִבְרִית",
    "hi": "हिन्दी",
    "it": "Italiano",
    "ja": "日本語",
    "ko": "한국어/조선말",
    "pl": "Polski",
    "pt": "Português",
    "ru": "Pусский",
    "sv": "svenska",
    "zh": "普通话",
}


def poster_path(movie: Movie) -> str | None:
    """The path TMDB would append to a size: a slash, 27 letters and digits, `.jpg`."""
    return _image_path("poster", movie.id) if movie.poster else None


def person_id(name: str) -> int:
    """An id for an actor or director, the same in every run."""
    return zlib.crc32(name.encode()) % 4_000_000 + 1


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
        match [part for part in path.split("/") if part]:
            case ["3", "search", "movie"]:
                return self._search(query)
            case ["3", "movie", number]:
                return self._details(number, query)
            case ["3", "movie", number, part] if (movie := self._find(number)) and part in _APPENDED:
                return json_answer({"id": movie.id} | _APPENDED[part](movie))
            case ["3", "find", external_id]:
                return self._by_external_id(external_id, query)
            case ["3", "genre", "movie", "list"]:
                names = [
                    {"id": number, "name": genre_name(number, _language(query))} for number in GENRES.values()
                ]
                return json_answer({"genres": names})
            case ["3", "configuration"]:
                return json_answer(self._configuration())
        return _not_found()

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
        results = [_summary(movie, _language(query)) for movie in hits[start : start + PAGE_SIZE]]
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
        return self._movies.get(int(number.split("-", maxsplit=1)[0])) if re.match(r"\d{1,9}(-|$)", number) else None

    def _details(self, number: str, query: Mapping[str, str]) -> httpx.Response:
        movie = self._find(number)
        if movie is None:
            return _not_found()
        body = _full(movie, _language(query))
        for name in query.get("append_to_response", "").split(","):
            if name in _APPENDED:
                body[name] = _APPENDED[name](movie)
        return json_answer(body)

    def _by_external_id(self, external_id: str, query: Mapping[str, str]) -> httpx.Response:
        source = query.get("external_source")
        if not source:
            return _error(400, 5, "Invalid parameters: Your request parameters are incorrect.")
        found = [m for m in self._movies.values() if source == "imdb_id" and m.imdb_id == external_id]
        body: Json = {"movie_results": [_summary(movie, _language(query)) for movie in found]}
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


def _language(query: Mapping[str, str]) -> str:
    return query.get("language", "en-US").split("-")[0].lower()


def _holds(title: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    return all(any(word.startswith(prefix) for word in title) for prefix in wanted)


def _title(movie: Movie, language: str) -> str:
    return movie.original_title if language == movie.language else movie.titles.get(language, movie.title)


def _overview(movie: Movie, language: str) -> str:
    return movie.overview if language == "en" else movie.overviews.get(language, "")


def _number(value: float) -> float | int:
    return int(value) if value == int(value) else value


def _image_path(kind: str, number: int) -> str:
    alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    digest = hashlib.sha256(f"{kind}/{number}".encode()).digest()
    return "/" + "".join(alphabet[byte % len(alphabet)] for byte in digest[:27]) + ".jpg"


def _summary(movie: Movie, language: str) -> Json:
    body: Json = {
        "adult": movie.adult,
        "backdrop_path": None,
        "genre_ids": [GENRES[name] for name in movie.genres],
        "id": movie.id,
        "original_language": movie.language,
        "original_title": movie.original_title,
        "overview": _overview(movie, language),
        "popularity": movie.popularity,
        "poster_path": poster_path(movie),
    }
    if movie.released is not None:
        body["release_date"] = movie.released
    return body | {
        "title": _title(movie, language),
        "video": movie.video,
        "vote_average": _number(movie.vote),
        "vote_count": movie.votes,
    }


def _full(movie: Movie, language: str) -> Json:
    return {
        "adult": movie.adult,
        "backdrop_path": None,
        "belongs_to_collection": None,
        "budget": 0,
        "genres": [{"id": GENRES[name], "name": genre_name(GENRES[name], language)} for name in movie.genres],
        "homepage": "",
        "id": movie.id,
        "imdb_id": movie.imdb_id,
        "origin_country": [movie.country],
        "original_language": movie.language,
        "original_title": movie.original_title,
        "overview": _overview(movie, language),
        "popularity": movie.popularity,
        "poster_path": poster_path(movie),
        "production_companies": [],
        "production_countries": [
            {"iso_3166_1": movie.country, "name": _COUNTRIES.get(movie.country, movie.country)}
        ],
        "release_date": movie.released or "",
        "revenue": 0,
        "runtime": movie.runtime,
        "spoken_languages": [
            {
                "english_name": _ENGLISH_NAMES.get(movie.language, movie.language),
                "iso_639_1": movie.language,
                "name": _LANGUAGES.get(movie.language, ""),
            }
        ],
        "status": "Released" if movie.released else "In Production",
        "tagline": "",
        "title": _title(movie, language),
        "video": movie.video,
        "vote_average": _number(movie.vote),
        "vote_count": movie.votes,
    }


def _person(name: str, department: str) -> Json:
    return {
        "adult": False,
        "gender": 0,
        "id": person_id(name),
        "known_for_department": department,
        "name": name,
        "original_name": name,
        "popularity": 1.5,
        "profile_path": None,
    }


def _credit_id(*parts: object) -> str:
    return hashlib.sha256("/".join(map(str, parts)).encode()).hexdigest()[:24]


def _credits(movie: Movie) -> Json:
    cast = [
        _person(role.actor, "Acting")
        | {
            "cast_id": order + 1,
            "character": role.character,
            "credit_id": _credit_id(movie.id, "cast", order),
            "order": order,
        }
        for order, role in enumerate(movie.cast)
    ]
    crew = [
        _person(name, "Directing")
        | {"credit_id": _credit_id(movie.id, "director", name), "department": "Directing", "job": "Director"}
        for name in movie.directors
    ]
    return {"cast": cast, "crew": crew}


def _external_ids(movie: Movie) -> Json:
    others = dict.fromkeys(("wikidata_id", "facebook_id", "instagram_id", "twitter_id"))
    return {"imdb_id": movie.imdb_id} | others


def _alternative_titles(movie: Movie) -> Json:
    local = [
        {"iso_3166_1": language.upper(), "title": title, "type": ""}
        for language, title in movie.titles.items()
    ]
    return {
        "titles": local + [{"iso_3166_1": "US", "title": title, "type": ""} for title in movie.also_known_as]
    }


def _release_dates(movie: Movie) -> Json:
    if not movie.released:
        return {"results": []}
    date = {
        "certification": "",
        "descriptors": [],
        "iso_639_1": "",
        "note": "",
        "release_date": f"{movie.released}T00:00:00.000Z",
        "type": 3,
    }
    return {"results": [{"iso_3166_1": movie.country, "release_dates": [date]}]}


def _images(movie: Movie) -> Json:
    poster: dict[str, Any] = {
        "aspect_ratio": 0.667,
        "height": 1500,
        "iso_639_1": movie.language,
        "file_path": poster_path(movie),
        "vote_average": 5.3,
        "vote_count": 4,
        "width": 1000,
    }
    return {"backdrops": [], "logos": [], "posters": [poster] if movie.poster else []}


_APPENDED = {
    "credits": _credits,
    "external_ids": _external_ids,
    "alternative_titles": _alternative_titles,
    "release_dates": _release_dates,
    "images": _images,
}

_ENGLISH_NAMES = {
    "ar": "Arabic",
    "cn": "Cantonese",
    "da": "Danish",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fa": "Persian",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "sv": "Swedish",
    "zh": "Mandarin",
}
_COUNTRIES = {
    "AU": "Australia",
    "BR": "Brazil",
    "CA": "Canada",
    "DE": "Germany",
    "DK": "Denmark",
    "ES": "Spain",
    "FR": "France",
    "GB": "United Kingdom",
    "HK": "Hong Kong",
    "IL": "Israel",
    "IN": "India",
    "IR": "Iran",
    "IT": "Italy",
    "JP": "Japan",
    "KR": "South Korea",
    "LB": "Lebanon",
    "MX": "Mexico",
    "NZ": "New Zealand",
    "PL": "Poland",
    "RU": "Russia",
    "SA": "Saudi Arabia",
    "SE": "Sweden",
    "SU": "Soviet Union",
    "TW": "Taiwan",
    "US": "United States of America",
}
