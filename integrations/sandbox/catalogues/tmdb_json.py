"""Movies in TMDB's JSON: the short form of lists, the full form, and what can be appended to it."""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING, Any

from integrations.sandbox.catalogues.genres import GENRES, genre_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from integrations.sandbox.catalogues.answers import Json
    from integrations.sandbox.catalogues.works import Movie

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


def _title(movie: Movie, language: str) -> str:
    if language == movie.language != "en":
        return movie.original_title
    return movie.titles.get(language, movie.title)


def _overview(movie: Movie, language: str) -> str:
    return movie.overview if language == "en" else ""


def _number(value: float) -> float | int:
    return int(value) if value == int(value) else value


def _image_path(kind: str, number: int) -> str:
    alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    digest = hashlib.sha256(f"{kind}/{number}".encode()).digest()
    return "/" + "".join(alphabet[byte % len(alphabet)] for byte in digest[:27]) + ".jpg"


def summary(movie: Movie, language: str) -> Json:
    """A movie as lists show it; what is not known of its release is not there."""
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


def full(movie: Movie, language: str) -> Json:
    """A movie by itself, without what can be appended."""
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
        "production_countries": [{"iso_3166_1": movie.country, "name": _COUNTRIES[movie.country]}],
        "release_date": movie.released or "",
        "revenue": 0,
        "runtime": movie.runtime,
        "spoken_languages": [
            {
                "english_name": _ENGLISH_NAMES[movie.language],
                "iso_639_1": movie.language,
                "name": _LANGUAGES[movie.language],
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


APPENDED: Mapping[str, Callable[[Movie], Json]] = {
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
    "CN": "China",
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
