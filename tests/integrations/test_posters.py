"""Posters are fetched with limits, and nothing that goes wrong gets further than the log."""

from __future__ import annotations

import asyncio
import io
import logging
from typing import TYPE_CHECKING

import httpx
import pytest
from PIL import Image

from integrations import posters
from integrations.posters import LARGEST, HttpPosters
from integrations.sandbox.catalogues import Catalogues
from integrations.tmdb import TmdbMovies
from tests.fakes import FakeClock, MemoryCache

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

PNG = {"content-type": "image/png"}
HTML = {"content-type": "text/html"}
SECRET = "https://img.test/a.png?token=secret"


class Source:
    """An address that answers as told and counts."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self.asked: list[str] = []
        self._answer = answer
        self.posters = HttpPosters(httpx.MockTransport(self._handle))

    def _handle(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        return self._answer(request)


async def endless() -> AsyncIterator[bytes]:
    while True:
        yield bytes(64 * 1024)


async def test_a_poster_of_the_look_alike_catalogue_is_a_picture() -> None:
    clock = FakeClock()
    catalogues = Catalogues("http://catalogues.test", clock)
    transport = httpx.MockTransport(catalogues.handle)
    settings = catalogues.settings()
    movies = TmdbMovies(
        settings["TMDB_API_KEY"],
        clock=clock,
        cache=MemoryCache(),
        base_url=settings["TMDB_BASE_URL"],
        transport=transport,
    )
    facts = (await movies.movie(949)).value
    fetcher = HttpPosters(transport)
    assert facts.image is not None
    content = await fetcher.fetch(facts.image)
    assert content is not None
    width, height = Image.open(io.BytesIO(content)).size
    assert width < height
    await movies.aclose()
    await fetcher.aclose()


async def test_redirects_are_followed() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/new.png":
            return httpx.Response(200, content=b"image", headers=PNG)
        return httpx.Response(307, headers={"location": "http://elsewhere.test/new.png"})

    source = Source(answer)
    assert await source.posters.fetch("https://img.test/old.png") == b"image"
    assert source.asked[-1] == "http://elsewhere.test/new.png"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (lambda _: httpx.Response(404, content=b"image", headers=PNG), "HTTP 404"),
        (lambda _: httpx.Response(200, content=b"<html>", headers=HTML), "not an image"),
        (lambda _: httpx.Response(200, content=b"image"), "not an image"),
        (lambda _: httpx.Response(200, content=bytes(LARGEST + 1), headers=PNG), "too large"),
        (lambda _: httpx.Response(200, content=endless(), headers=PNG), "too large"),
        (lambda request: httpx.Response(302, headers={"location": str(request.url)}), "TooManyRedirects"),
        (lambda _: httpx.Response(302, headers={"location": "file:///etc"}), "not an address of the web"),
    ],
)  # fmt: skip
async def test_what_is_no_poster_is_none_and_the_log_says_why_without_the_address(
    answer: Callable[[httpx.Request], httpx.Response], reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, posters.__name__):
        assert await Source(answer).posters.fetch(SECRET) is None
    assert reason in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://img.test/a.png", "", "a.png", "http://"])
async def test_only_addresses_of_the_web_are_asked(url: str) -> None:
    source = Source(lambda _: httpx.Response(200, content=b"image", headers=PNG))
    assert await source.posters.fetch(url) is None
    assert source.asked == []


async def test_a_source_that_is_down_or_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def down(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    assert await Source(down).posters.fetch("https://img.test/a.png") is None

    async def stuck(_: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(posters, "LONGEST", 0.01)
    fetcher = HttpPosters(httpx.MockTransport(stuck))
    assert await fetcher.fetch("https://img.test/a.png") is None


async def test_a_poster_is_asked_for_once_while_there_is_room_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posters, "KEPT", 10)
    source = Source(lambda _: httpx.Response(200, content=b"12345", headers=PNG))
    for name in ("a", "b", "a", "c", "a", "b"):
        assert await source.posters.fetch(f"https://img.test/{name}") == b"12345"
    assert [url[-1] for url in source.asked] == ["a", "b", "c", "b"]
