"""The look-alike services behind one door: httpx requests come in, answers go out, no socket is opened."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any, get_args

import httpx

from integrations.sandbox.catalogues.answers import html_answer, json_answer
from integrations.sandbox.catalogues.coverart import CoverArt
from integrations.sandbox.catalogues.faults import Call, Faults, Service
from integrations.sandbox.catalogues.musicbrainz import MusicBrainz
from integrations.sandbox.catalogues.omdb import Omdb
from integrations.sandbox.catalogues.pictures import pictures
from integrations.sandbox.catalogues.tmdb import POSTER_SIZES, Tmdb
from integrations.sandbox.catalogues.works import load_albums, load_movies

if TYPE_CHECKING:
    from collections.abc import Callable

    from domain.clock import Clock
    from integrations.sandbox.catalogues.works import Album, Movie

_SECRETS = {"api_key", "apikey"}
_ITEM = re.compile(r"mbid-([0-9a-f-]{36})")
_MOST_HOPS = 5
_ORIGINAL_WIDTH = 1000


class Catalogues:
    """TMDB, MusicBrainz, the Cover Art Archive, OMDb and their pictures over the bundled works.

    `public_url` is where the services can be reached from outside ("http://127.0.0.1:8080"); it goes into
    image URLs and redirects. A client's base URLs are in `settings()`. `calls` holds every request in
    order, and `watchers` are told of each with its answer; `faults` orders misbehaviour.
    """

    def __init__(self, public_url: str, clock: Clock) -> None:
        self.public_url = public_url.rstrip("/")
        self.movies: tuple[Movie, ...] = load_movies()
        self.albums: tuple[Album, ...] = load_albums()
        self.calls: list[Call] = []
        self.watchers: list[Callable[[Call, httpx.Response | None], None]] = []
        self._clock = clock
        self.faults = Faults(clock)
        self._tmdb = Tmdb(self.movies, self.public_url)
        self._musicbrainz = MusicBrainz(self.albums, clock, self.public_url)
        self._coverart = CoverArt(self.albums, self.public_url)
        self._omdb = Omdb(self.movies)
        self._pictures = pictures()

    def settings(self) -> dict[str, str]:
        """The bot's settings that make it talk to these services, keys included."""
        return {
            "TMDB_API_KEY": "0123456789abcdef0123456789abcdef",
            "TMDB_BASE_URL": f"{self.public_url}/tmdb/3",
            "MUSICBRAINZ_BASE_URL": f"{self.public_url}/musicbrainz/ws/2",
            "MUSICBRAINZ_USER_AGENT": "WrongOpinions/sandbox ( sandbox@wrong-opinions.example )",
            "COVER_ART_BASE_URL": f"{self.public_url}/coverart",
            "OMDB_API_KEY": "01234567",
            "OMDB_BASE_URL": f"{self.public_url}/omdb/",
        }

    async def handle(self, request: httpx.Request) -> httpx.Response:
        """Answer one request. Ordered faults may raise httpx.ConnectError or httpx.ReadTimeout instead."""
        name, _, rest = request.url.path.removeprefix("/").partition("/")
        service = _SERVICES.get(name)
        if service is None:
            return html_answer(404, "Not Found", "No such service")
        query = dict(request.url.params)
        shown = {key: value for key, value in query.items() if key not in _SECRETS}
        at, started = self._clock.now(), self._clock.monotonic()
        order = self.faults.take(service)
        answer: httpx.Response | None = None
        try:
            if order is not None:
                answer = await self.faults.strike(order, service, request)
            if answer is None:
                answer = await self._answer(service, f"/{rest}", query, request)
            answer.request = request
        finally:
            call = Call(
                service,
                f"/{rest}",
                shown,
                answer.status_code if answer is not None else None,
                at,
                self._clock.monotonic() - started,
                request.method,
                (order.name or None) if order is not None else None,
                request.headers.get("User-Agent", ""),
            )
            self.calls.append(call)
            for watcher in self.watchers:
                watcher(call, answer)
        return answer

    async def fetch(self, url: str) -> bytes | None:
        """The body behind one of our own URLs, redirects followed; None where there is none."""
        for _ in range(_MOST_HOPS):
            if not url.startswith((self.public_url, self.public_url.replace("https", "http", 1))):
                return None
            try:
                answer = await self.handle(httpx.Request("GET", url))
            except httpx.TransportError:
                return None
            if not answer.is_redirect:
                return answer.content if answer.is_success else None
            url = answer.headers["Location"]
        return None

    async def _answer(
        self, service: Service, path: str, query: dict[str, str], request: httpx.Request
    ) -> httpx.Response:
        if request.method not in {"GET", "HEAD"}:
            return json_answer({"error": "Method Not Allowed"}, 405, {"Allow": "GET, HEAD"})
        match service:
            case "tmdb":
                return self._tmdb.answer(path, query, request.headers.get("Authorization", ""))
            case "musicbrainz":
                return self._musicbrainz.answer(path, query, request.headers.get("User-Agent", ""))
            case "coverart":
                return self._coverart.answer(path)
            case "omdb":
                return self._omdb.answer(query)
            case "images":
                return await self._image(path)

    async def _image(self, path: str) -> httpx.Response:
        match [part for part in path.split("/") if part]:
            case ["t", "p", size, name] if size in POSTER_SIZES and (movie := self._tmdb.poster_of(name)):
                width = _ORIGINAL_WIDTH if size == "original" else int(size.removeprefix("w"))
                return await _picture(self._pictures.poster, movie, width)
            case ["download", item, name] if found := _ITEM.fullmatch(item):
                return self._coverart.download(found[1], name)
            case ["items", item, "index.json"] if found := _ITEM.fullmatch(item):
                return self._coverart.index(found[1])
            case ["items", _, name] if cover := self._coverart.cover_of(name):
                return await _picture(self._pictures.cover, *cover)
        return html_answer(404, "Not Found", "No such image")


async def _picture(draw: Any, work: Movie | Album, width: int) -> httpx.Response:
    content = await asyncio.to_thread(draw, work, width)
    headers = {"Content-Type": "image/jpeg", "Cache-Control": "public, max-age=31536000, immutable"}
    return httpx.Response(200, headers=headers, content=content)


_SERVICES: dict[str, Service] = {name: name for name in get_args(Service)}
