"""TMDB's movie genres: the ids are TMDB's own, the names in the languages the sandbox speaks."""

from __future__ import annotations

from types import MappingProxyType

GENRES = MappingProxyType(
    {
        "Action": 28,
        "Adventure": 12,
        "Animation": 16,
        "Comedy": 35,
        "Crime": 80,
        "Documentary": 99,
        "Drama": 18,
        "Family": 10751,
        "Fantasy": 14,
        "History": 36,
        "Horror": 27,
        "Music": 10402,
        "Mystery": 9648,
        "Romance": 10749,
        "Science Fiction": 878,
        "TV Movie": 10770,
        "Thriller": 53,
        "War": 10752,
        "Western": 37,
    }
)

_ENGLISH = MappingProxyType({number: name for name, number in GENRES.items()})
_GERMAN = MappingProxyType(
    {
        12: "Abenteuer",
        35: "Komödie",
        80: "Krimi",
        99: "Dokumentarfilm",
        10751: "Familie",
        36: "Historie",
        10402: "Musik",
        10749: "Liebesfilm",
        10770: "TV-Film",
        10752: "Kriegsfilm",
    }
)


def genre_name(number: int, language: str) -> str:
    """The genre's name in "en" or "de"; other languages, and names that German borrows, are English."""
    return (_GERMAN if language == "de" else _ENGLISH).get(number, _ENGLISH[number])
