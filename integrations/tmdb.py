"""Movies from TMDB, The Movie Database (API version 3)."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from domain.errors import CatalogueUnavailable
from domain.ports import Fetched
from domain.ranking import MovieCandidate, rank_movies, titled
from domain.works import Credit, Hit, Kind, MovieFacts, PartialDate, Role, Source, WorkRef
from integrations.http import CatalogueHttp, Malformed
from integrations.shapes import integer, number, record, records, text, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import httpx

    from domain.clock import Clock
    from domain.ports import AnswerCache, SourceWatch
    from domain.search import Query

BASE_URL = "https://api.themoviedb.org/3"

_SEARCH_FRESH = timedelta(hours=1)
_DETAILS_FRESH = timedelta(days=30)
_CONFIGURATION_FRESH = timedelta(days=7)
_MOST_HITS = 60
_MOST_PAGES = 3
_MOST_LEFT_OUT = 6
_POSTER_SIZE = "w500"
_LANGUAGE = "en-US"
_NO_SUCH_MOVIE = frozenset({404})
_V3_KEY = re.compile(r"[0-9a-fA-F]{32}")


class TmdbMovies:
    """A `domain.ports.MovieCatalogue`. `key` is a v3 key (32 hex digits) or a v4 token (a JWT)."""

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
        v3 = _V3_KEY.fullmatch(key) is not None
        self._http = CatalogueHttp(
            Source.TMDB,
            base_url,
            clock=clock,
            cache=cache,
            transport=transport,
            watch=watch,
            headers=None if v3 else {"Authorization": f"Bearer {key}"},
            secrets={"api_key": key} if v3 else None,
        )

    async def search(self, query: Query) -> Fetched[tuple[Hit, ...]]:
        """Movies for a query, the likeliest first; at most 60.

        A year may also be the title's last word, so it is asked for both ways; when neither brings the title
        itself, the words are asked for without it: people misremember years. TMDB wants every word as it is
        written there; when nothing is found, one of them may be wrong, and each in turn is left out.
        """
        if not query.text:
            return Fetched(())
        if query.year is None:
            found = await self._pages(query.text)
        else:
            found = _joined(
                await asyncio.gather(self._pages(query.text, query.year), self._pages(query.words))
            )
            if not any(titled(query, candidate) for candidate in found.value):
                found = _joined([found, await self._pages(query.text)])
        if not found.value:
            loose = await asyncio.gather(*(self._page(words, None, 1) for words in _one_less(query.text)))
            found = _joined([found, *(Fetched(page.value[0], page.stale) for page in loose)])
        ranked = rank_movies(query, found.value)[:_MOST_HITS]
        return Fetched(tuple(_hit(candidate) for candidate in ranked), stale=found.stale)

    async def movie(self, tmdb_id: int) -> Fetched[MovieFacts]:
        """All facts of one movie with the address of its poster, critics' ratings apart."""
        fetched = await self._http.get(
            f"/movie/{tmdb_id}",
            {"language": _LANGUAGE, "append_to_response": "credits"},
            fresh_for=_DETAILS_FRESH,
            read=_read_movie,
            missing=_NO_SUCH_MOVIE,
        )
        facts, poster = fetched.value
        image = await self._image(poster) if poster is not None else None
        return Fetched(replace(facts, image=image), stale=fetched.stale)

    async def probe(self) -> str | None:
        """Whether it answers: None, or why it does not."""
        return await self._http.probe("/configuration", {})

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _pages(self, words: str, year: int | None = None) -> Fetched[tuple[MovieCandidate, ...]]:
        """The first pages of a search; a later one that fails is done without."""
        first = await self._page(words, year, 1)
        candidates, pages = first.value
        later = range(2, min(pages, _MOST_PAGES) + 1)
        stale = first.stale
        answers = await asyncio.gather(
            *(self._page(words, year, page) for page in later), return_exceptions=True
        )
        for answer in answers:
            if isinstance(answer, CatalogueUnavailable):
                continue
            if isinstance(answer, BaseException):
                raise answer
            candidates += answer.value[0]
            stale = stale or answer.stale
        return Fetched(candidates, stale)

    async def _page(
        self, words: str, year: int | None, page: int
    ) -> Fetched[tuple[tuple[MovieCandidate, ...], int]]:
        params = {"query": words.lower(), "language": _LANGUAGE, "include_adult": "false", "page": str(page)}
        if year is not None:
            params["primary_release_year"] = str(year)
        return await self._http.get("/search/movie", params, fresh_for=_SEARCH_FRESH, read=_read_page)

    async def _image(self, path: str) -> str | None:
        """A poster's address; None while TMDB does not say where its images are."""
        try:
            base = await self._http.get(
                "/configuration", {}, fresh_for=_CONFIGURATION_FRESH, read=_read_image_base
            )
        except CatalogueUnavailable:
            return None
        return base.value + path


def _one_less(words: str) -> tuple[str, ...]:
    """The words with one of the first few left out, for each of them."""
    every = words.split()
    if len(every) < 2:
        return ()
    return tuple(
        " ".join(every[:place] + every[place + 1 :]) for place in range(min(len(every), _MOST_LEFT_OUT))
    )


def _read_movie(answer: object) -> tuple[MovieFacts, str | None]:
    """A movie without its image, and the path of its poster on the image host."""
    movie = record(answer)
    original = text(movie.get("original_title"))
    tmdb_id, title = integer(movie.get("id")), text(movie.get("title")) or original
    if tmdb_id is None or title is None:
        raise Malformed("a movie without id or title")
    genres = (text(genre.get("name")) for genre in records(movie.get("genres")))
    facts = MovieFacts(
        tmdb_id=tmdb_id,
        title=title,
        imdb_id=text(movie.get("imdb_id")),
        original_title=original,
        released=PartialDate.parse(text(movie.get("release_date"))),
        runtime=integer(movie.get("runtime")) or None,
        genres=tuple(genre for genre in genres if genre),
        overview=text(movie.get("overview")) or "",
        credits=_credits(movie.get("credits")),
    )
    return facts, text(movie.get("poster_path"))


def _credits(value: object) -> tuple[Credit, ...]:
    """Cast and crew in the catalogue's order; TMDB numbers the cast alone."""
    if not isinstance(value, dict):
        return ()
    found: list[Credit] = []
    for role in Role:
        for place, credit in enumerate(records(value.get(role.value))):
            person, name = integer(credit.get("id")), text(credit.get("name"))
            if person is None or name is None:
                continue
            order = integer(credit.get("order"))
            found.append(
                Credit(
                    tmdb_id=person,
                    name=name,
                    role=role,
                    order=place if order is None else order,
                    character=text(credit.get("character")),
                    department=text(credit.get("department")),
                    job=text(credit.get("job")),
                )
            )
    return tuple(found)


def _read_page(answer: object) -> tuple[tuple[MovieCandidate, ...], int]:
    page = record(answer)
    if not isinstance(page.get("results"), list):
        raise Malformed("a search without results")
    candidates = (_candidate(result) for result in records(page["results"]))
    return tuple(one for one in candidates if one is not None), integer(page.get("total_pages")) or 1


def _candidate(result: Mapping[str, object]) -> MovieCandidate | None:
    tmdb_id = integer(result.get("id"))
    original = text(result.get("original_title"))
    title = text(result.get("title")) or original
    if tmdb_id is None or title is None or result.get("adult") is True or result.get("video") is True:
        return None
    released = PartialDate.parse(text(result.get("release_date")))
    return MovieCandidate(
        id=tmdb_id,
        title=title,
        original_title=original,
        year=released.year if released else None,
        popularity=number(result.get("popularity")),
        votes=integer(result.get("vote_count")) or 0,
    )


def _read_image_base(answer: object) -> str:
    images = record(record(answer).get("images"))
    base = text(images.get("secure_base_url")) or text(images.get("base_url"))
    if base is None:
        raise Malformed("no base of image addresses")
    sizes = texts(images.get("poster_sizes"))
    size = _POSTER_SIZE if _POSTER_SIZE in sizes or not sizes else sizes[-1]
    return f"{base.rstrip('/')}/{size}"


def _joined(answers: Iterable[Fetched[tuple[MovieCandidate, ...]]]) -> Fetched[tuple[MovieCandidate, ...]]:
    parts = list(answers)
    return Fetched(
        tuple(one for part in parts for one in part.value), stale=any(part.stale for part in parts)
    )


def _hit(candidate: MovieCandidate) -> Hit:
    return Hit(WorkRef(Source.TMDB, str(candidate.id)), Kind.MOVIE, candidate.title, candidate.year)
