"""Critics' ratings from OMDb."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING

from domain.works import CriticRating, Source
from integrations.http import CatalogueHttp, Malformed
from integrations.shapes import record, records, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

    from domain.clock import Clock
    from domain.ports import AnswerCache, SourceWatch

BASE_URL = "https://www.omdbapi.com"

_FRESH = timedelta(days=30)
_NOTHING = "N/A"
_UNKNOWN = ("not found", "incorrect imdb id", "error getting data")
_ESCAPE = re.compile(r'\\(?:(?P<valid>u[0-9a-fA-F]{4}|["\\/bfnrt])|)')


class Omdb:
    """A `domain.ports.Critics`."""

    def __init__(
        self,
        key: str,
        *,
        clock: Clock,
        cache: AnswerCache,
        base_url: str = BASE_URL,
        transport: httpx.AsyncBaseTransport | None = None,
        watch: SourceWatch | None = None,
    ) -> None:
        self._http = CatalogueHttp(
            Source.OMDB,
            base_url,
            clock=clock,
            cache=cache,
            transport=transport,
            watch=watch,
            secrets={"apikey": key},
        )

    async def ratings(self, imdb_id: str) -> tuple[CriticRating, ...]:
        """Ratings of a movie by its IMDb id; empty where it is unknown or unrated."""
        found = await self._http.get(
            "/", {"i": imdb_id}, fresh_for=_FRESH, read=_read_ratings, decode=_decode
        )
        return found.value

    async def probe(self) -> str | None:
        """Whether it answers: None, or why it does not."""
        return await self._http.probe("/", {"i": "tt0113277"})

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def _decode(body: bytes) -> object:
    """JSON as OMDb writes it: control characters in texts, and backslashes that begin no escape."""
    try:
        return json.loads(body, strict=False)
    except json.JSONDecodeError:
        repaired = _ESCAPE.sub(lambda found: found[0] if found["valid"] else r"\\", body.decode())
        return json.loads(repaired, strict=False)


def _read_ratings(answer: object) -> tuple[CriticRating, ...]:
    """Errors come as HTTP 200 too: of these only those about the id mean that there is no such movie."""
    movie = record(answer)
    if movie.get("Response") == "False":
        problem = (text(movie.get("Error")) or "").casefold()
        if any(phrase in problem for phrase in _UNKNOWN):
            return ()
        raise Malformed("an error that is not about the movie")
    if movie.get("Response") != "True":
        raise Malformed("neither a movie nor an error")
    listed = [(text(one.get("Source")), text(one.get("Value"))) for one in records(movie.get("Ratings"))]
    ratings = tuple(
        CriticRating(name, value) for name, value in listed if name and value and value != _NOTHING
    )
    return ratings or tuple(_single(movie))


def _single(movie: Mapping[str, object]) -> list[CriticRating]:
    """The two ratings that older answers have outside the list."""
    found = []
    for field, source, most in (
        ("imdbRating", "Internet Movie Database", "10"),
        ("Metascore", "Metacritic", "100"),
    ):
        value = text(movie.get(field))
        if value and value != _NOTHING:
            found.append(CriticRating(source, f"{value}/{most}"))
    return found
