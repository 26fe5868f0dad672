"""A look-alike of OMDb under `/omdb/`: everything is a string, unknown things are "N/A", and errors are 200.

A movie whose `omdb` is "broken" is answered with a raw control character inside its plot, which strict JSON
parsers refuse; one whose `omdb` is "unknown" is not there.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import httpx

from integrations.sandbox.catalogues.answers import Json, json_answer
from integrations.sandbox.catalogues.text import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from integrations.sandbox.catalogues.works import Movie

_KEY = re.compile(r"[0-9a-z]{8}")
_ID = re.compile(r"tt\d{7,8}")


class Omdb:
    """Answers OMDb's requests by id (`i`) and by title (`t`, `y`) over the given movies."""

    def __init__(self, movies: Iterable[Movie]) -> None:
        self._movies = [movie for movie in movies if movie.omdb != "unknown" and movie.imdb_id]

    def answer(self, query: Mapping[str, str]) -> httpx.Response:
        """The answer to a GET of `/`."""
        key = query.get("apikey", "")
        if not key:
            return _error("No API key provided.", 401)
        if not _KEY.fullmatch(key):
            return _error("Invalid API key!", 401)
        if "i" in query:
            return self._by_id(query["i"])
        if "t" in query:
            return self._by_title(query["t"], query.get("y"))
        return _error("Incorrect IMDb ID.")

    def _by_id(self, imdb_id: str) -> httpx.Response:
        if not _ID.fullmatch(imdb_id):
            return _error("Incorrect IMDb ID.")
        movie = next((movie for movie in self._movies if movie.imdb_id == imdb_id), None)
        return _answer(movie) if movie else _error("Error getting data.")

    def _by_title(self, title: str, year: str | None) -> httpx.Response:
        hits = [m for m in self._movies if words(m.title) == words(title) and year in {None, "", str(m.year)}]
        return _answer(max(hits, key=lambda movie: movie.votes)) if hits else _error("Movie not found!")


def _error(text: str, status: int = 200) -> httpx.Response:
    return json_answer({"Response": "False", "Error": text}, status)


def _answer(movie: Movie) -> httpx.Response:
    answer = json_answer(_body(movie))
    if movie.omdb != "broken":
        return answer
    content = answer.content.replace(b'"Plot":"', b'"Plot":"\x1f\t')
    return httpx.Response(200, headers={"Content-Type": "application/json; charset=utf-8"}, content=content)


def _body(movie: Movie) -> Json:
    ratings = []
    if movie.votes:
        ratings.append({"Source": "Internet Movie Database", "Value": f"{movie.vote:.1f}/10"})
    if movie.tomatometer is not None:
        ratings.append({"Source": "Rotten Tomatoes", "Value": f"{movie.tomatometer}%"})
    if movie.metascore is not None:
        ratings.append({"Source": "Metacritic", "Value": f"{movie.metascore}/100"})
    return {
        "Title": movie.title,
        "Year": str(movie.year) if movie.year else "N/A",
        "Rated": "N/A",
        "Released": _released(movie.released),
        "Runtime": f"{movie.runtime} min" if movie.runtime else "N/A",
        "Genre": _listed(movie.genres).replace("Science Fiction", "Sci-Fi"),
        "Director": _listed(movie.directors),
        "Writer": "N/A",
        "Actors": _listed(role.actor for role in movie.cast[:3]),
        "Plot": movie.overview or "N/A",
        "Language": "N/A",
        "Country": "N/A",
        "Awards": "N/A",
        "Poster": "N/A",
        "Ratings": ratings,
        "Metascore": "N/A" if movie.metascore is None else str(movie.metascore),
        "imdbRating": f"{movie.vote:.1f}" if movie.votes else "N/A",
        "imdbVotes": f"{movie.votes * 31:,}" if movie.votes else "N/A",
        "imdbID": movie.imdb_id,
        "Type": "movie",
        "DVD": "N/A",
        "BoxOffice": "N/A",
        "Production": "N/A",
        "Website": "N/A",
        "Response": "True",
    }


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "N/A"


def _released(date: str | None) -> str:
    if not date:
        return "N/A"
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    day = dt.date.fromisoformat(date)
    return f"{day.day:02} {months[day.month - 1]} {day.year}"
