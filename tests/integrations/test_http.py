"""Asking a catalogue: what is retried, what is remembered, and that nothing but domain errors comes back."""

from __future__ import annotations

import asyncio
import gzip
import logging
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import CatalogueUnavailable, NotInCatalogue
from domain.ports import Fetched
from domain.works import Source
from integrations.http import LARGEST_BODY, CatalogueHttp, Malformed
from tests.fakes import START, FakeClock, MemoryCache, RunningClock, settle
from tests.integrations.scripted import Script, ok, raw

KEY = "0123456789abcdef0123456789abcdef"
HOUR = timedelta(hours=1)


def read(answer: object) -> int:
    value = answer.get("value") if isinstance(answer, dict) else None
    if not isinstance(value, int):
        raise Malformed("no value")
    return value


class Asker:
    """A client with its surroundings at hand."""

    def __init__(self, transport: httpx.AsyncBaseTransport, clock: FakeClock | None = None) -> None:
        self.clock = clock or RunningClock()
        self.cache = MemoryCache()
        self.http = CatalogueHttp(
            Source.TMDB,
            "https://catalogue.test/3",
            clock=self.clock,
            cache=self.cache,
            transport=transport,
            secrets={"api_key": KEY},
            longest_answer=0.05,
        )

    async def ask(self, path: str = "/thing", **params: str) -> Fetched[int]:
        return await self.http.get(path, params, fresh_for=HOUR, read=read, missing=frozenset({404}))


async def test_an_answer_is_asked_for_once_an_hour() -> None:
    script = Script(ok({"value": 1}), ok({"value": 2}))
    asker = Asker(script.transport, FakeClock())

    assert await asker.ask(q="heat") == Fetched(1)
    assert await asker.ask(q="heat") == Fetched(1)
    assert len(script.requests) == 1

    await asker.clock.advance(3600)
    assert await asker.ask(q="heat") == Fetched(2)


async def test_another_question_is_another_answer() -> None:
    script = Script(ok({"value": 1}), ok({"value": 2}), ok({"value": 3}))
    asker = Asker(script.transport)
    answers = [
        await asker.ask(q="heat"),
        await asker.ask(q="heat", page="2"),
        await asker.ask("/other", q="heat"),
    ]
    assert [answer.value for answer in answers] == [1, 2, 3]


async def test_when_the_source_is_down_the_old_answer_is_served_and_says_so() -> None:
    script = Script(ok({"value": 1}), raw(b"", 503))
    asker = Asker(script.transport)
    await asker.ask()
    await asker.clock.advance(7200)

    assert await asker.ask() == Fetched(1, stale=True)


async def test_what_was_cached_but_cannot_be_read_any_more_is_asked_for_again() -> None:
    script = Script(ok({"value": 1}), ok({"value": 2}))
    asker = Asker(script.transport)
    await asker.ask()
    ((key, answer),) = asker.cache.answers.items()
    asker.cache.answers[key] = type(answer)(b"not what we write", answer.expires_at)

    assert await asker.ask() == Fetched(2)


@pytest.mark.parametrize(
    "failure",
    [
        httpx.ConnectError("no route"),
        httpx.ConnectTimeout("slow"),
        httpx.RemoteProtocolError("server disconnected"),
        httpx.ReadError("reset"),
        raw(b"", 500),
        raw(b"<html>busy</html>", 502),
        raw(b"", 503),
        raw(b'{"status_code":25}', 429),
    ],
)
async def test_a_passing_failure_is_tried_again(failure: httpx.Response | Exception) -> None:
    script = Script(failure, failure, ok({"value": 7}))
    asker = Asker(script.transport)
    assert await asker.ask() == Fetched(7)
    assert isinstance(asker.clock, RunningClock)
    assert asker.clock.slept == [0.5, 1.0]


async def test_three_attempts_are_enough() -> None:
    script = Script(httpx.ConnectError("no route"))
    asker = Asker(script.transport)
    with pytest.raises(CatalogueUnavailable) as caught:
        await asker.ask()
    assert caught.value.source is Source.TMDB
    assert len(script.requests) == 3
    assert asker.cache.answers == {}


@pytest.mark.parametrize(
    ("header", "pause"),
    [
        ("0", 0.0),
        ("4", 4.0),
        ("Mon, 02 Mar 2026 12:00:07 GMT", 7.0),
        ("Mon, 02 Mar 2026 11:00:00 GMT", 0.0),
        ("Mon, 02 Mar 2026 12:00:05 -0000", 5.0),
        ("soon", 0.5),
        ("-3", 0.5),
        ("", 0.5),
        ("²", 0.5),
        ("Mon, 99 Foo 2026", 0.5),
    ],
)
async def test_the_pause_is_the_one_asked_for(header: str, pause: float) -> None:
    script = Script(httpx.Response(503, headers=[(b"Retry-After", header.encode())]), ok({"value": 1}))
    asker = Asker(script.transport)
    await asker.ask()
    assert isinstance(asker.clock, RunningClock)
    assert asker.clock.slept == [pause]


@given(
    st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]))
    | st.from_regex(r"\w{3}, \d+ Mar \d+ \d\d:00:00 [+-]?\w*")
)
async def test_no_retry_after_is_too_odd(header: str) -> None:
    script = Script(httpx.Response(503, headers=[(b"Retry-After", header.encode())]), ok({"value": 1}))
    try:
        assert await Asker(script.transport).ask() == Fetched(1)
    except CatalogueUnavailable:
        assert len(script.requests) == 1


@pytest.mark.parametrize("header", ["11", "99999999999999999999999999", "Tue, 03 Mar 2026 12:00:00 GMT"])
async def test_nobody_is_kept_waiting_for_a_long_pause_and_it_is_not_broken_either(header: str) -> None:
    script = Script(raw(b"", 429, Retry_After=header), ok({"value": 1}))
    asker = Asker(script.transport)
    with pytest.raises(CatalogueUnavailable):
        await asker.ask()
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        httpx.ReadTimeout("slow"),
        httpx.PoolTimeout("busy"),
        httpx.DecodingError("bad gzip"),
        httpx.UnsupportedProtocol("ftp"),
        OSError("handshake"),
        ValueError("impossible header"),
        raw(b""),
        raw(b"<html><body>Welcome to the hotel's network</body></html>"),
        raw(b'{"value": 1'),
        raw(b"\xff\xfe\x00"),
        raw(b"[" * 100_000),
        raw(b'{"value": ' + b"9" * 5000 + b"}"),
        raw(b"null"),
        raw(b"[]"),
        raw(b'{"error": "The MusicBrainz web server is currently busy."}'),
        raw(b"", 204),
        raw(b"{}", 400),
        raw(b"{}", 403),
        raw(b"{}", 418),
        raw(b"", 304),
    ],
    ids=repr,
)
async def test_everything_else_that_goes_wrong_is_the_same_typed_error_at_once(
    answer: httpx.Response | Exception,
) -> None:
    script = Script(answer)
    asker = Asker(script.transport)
    with pytest.raises(CatalogueUnavailable):
        await asker.ask()
    assert len(script.requests) == 1
    assert asker.cache.answers == {}


async def test_an_oversize_body_is_not_read_to_its_end() -> None:
    read_so_far = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read_so_far
        while True:
            read_so_far += 1024 * 1024
            yield b" " * (1024 * 1024)

    asker = Asker(httpx.MockTransport(lambda request: httpx.Response(200, content=body())))
    with pytest.raises(CatalogueUnavailable):
        await asker.ask()
    assert read_so_far <= LARGEST_BODY + 2 * 1024 * 1024


async def test_a_body_that_unpacks_to_too_much_is_refused() -> None:
    packed = gzip.compress(b" " * (LARGEST_BODY * 2))
    script = Script(httpx.Response(200))

    def answer(request: httpx.Request) -> httpx.Response:
        script.requests.append(request)
        return httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(packed))

    with pytest.raises(CatalogueUnavailable):
        await Asker(httpx.MockTransport(answer)).ask()
    assert len(script.requests) == 1


async def test_an_answer_that_trickles_for_ever_is_given_up() -> None:
    async def hang(request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    with pytest.raises(CatalogueUnavailable):
        await Asker(httpx.MockTransport(hang)).ask()


async def test_a_redirect_is_followed_and_a_circle_of_them_is_not() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/3/old":
            return httpx.Response(301, headers={"Location": "/3/new?fmt=json"})
        if request.url.path == "/3/new":
            return ok({"value": 5})
        return httpx.Response(302, headers={"Location": str(request.url)})

    asker = Asker(httpx.MockTransport(answer))
    assert await asker.ask("/old") == Fetched(5)
    with pytest.raises(CatalogueUnavailable):
        await asker.ask("/circle")


@pytest.mark.parametrize("location", ["http://[broken", "//", "mailto:a@b", "https://" + "x" * 70_000])
async def test_a_redirect_to_nowhere_is_the_typed_error(location: str) -> None:
    script = Script(httpx.Response(302, headers={"Location": location}))
    with pytest.raises((CatalogueUnavailable, NotInCatalogue)):
        await Asker(script.transport).ask()


async def test_what_does_not_exist_is_its_own_error_even_when_an_old_answer_is_known() -> None:
    script = Script(ok({"value": 1}), raw(b"<html>", 404))
    asker = Asker(script.transport)
    await asker.ask()
    await asker.clock.advance(7200)
    with pytest.raises(NotInCatalogue):
        await asker.ask()


async def test_equal_questions_at_the_same_time_are_one_request() -> None:
    gate = asyncio.Event()
    requests = 0

    async def answer(request: httpx.Request) -> httpx.Response:
        nonlocal requests
        requests += 1
        await gate.wait()
        return ok({"value": 3})

    asker = Asker(httpx.MockTransport(answer))
    waiting = [asyncio.create_task(asker.ask(q="heat")) for _ in range(20)]
    await settle()
    waiting[0].cancel()
    waiting[7].cancel()
    await settle()
    gate.set()
    answers = await asyncio.gather(*waiting, return_exceptions=True)

    assert requests == 1
    assert [type(answer) for answer in answers].count(asyncio.CancelledError) == 2
    assert [answer for answer in answers if isinstance(answer, Fetched)] == [Fetched(3)] * 18


async def test_an_answer_nobody_waits_for_any_more_is_kept_all_the_same() -> None:
    gate = asyncio.Event()

    async def answer(request: httpx.Request) -> httpx.Response:
        await gate.wait()
        return ok({"value": 3})

    asker = Asker(httpx.MockTransport(answer))
    waiting = asyncio.create_task(asker.ask())
    await settle()
    waiting.cancel()
    await settle()
    gate.set()
    await settle()
    assert len(asker.cache.answers) == 1


async def test_a_failure_is_shared_too_and_the_next_question_starts_anew() -> None:
    script = Script(raw(b"", 400), ok({"value": 1}))
    asker = Asker(script.transport)
    answers = await asyncio.gather(asker.ask(), asker.ask(), return_exceptions=True)
    assert [type(answer) for answer in answers] == [CatalogueUnavailable, CatalogueUnavailable]
    assert await asker.ask() == Fetched(1)
    assert len(script.requests) == 2


async def test_closing_ends_what_is_under_way() -> None:
    async def hang(request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    asker = Asker(httpx.MockTransport(hang), FakeClock())
    waiting = asyncio.create_task(asker.ask())
    await settle()
    await asker.http.aclose()
    with pytest.raises(CatalogueUnavailable):
        await waiting
    with pytest.raises(CatalogueUnavailable):
        await asker.ask("/later")


async def test_a_rejected_key_is_reported_once_and_never_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    script = Script(raw(b'{"status_code":7,"status_message":"Invalid API key"}', 401))
    asker = Asker(script.transport)
    for path in ("/a", "/b", "/c"):
        with pytest.raises(CatalogueUnavailable):
            await asker.ask(path)
    errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(errors) == 1
    assert "key" in errors[0].getMessage()
    assert len(script.requests) == 3
    assert script.requests[0].url.params["api_key"] == KEY
    assert KEY not in caplog.text


async def test_the_key_is_in_no_log_no_cache_key_and_no_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    script = Script(ok({"value": 1}), raw(b"", 503))
    asker = Asker(script.transport)
    await asker.ask("/fine", q="heat")
    with pytest.raises(CatalogueUnavailable) as caught:
        await asker.ask("/down")
    assert all(request.url.params["api_key"] == KEY for request in script.requests)
    assert "heat" in caplog.text, "httpx does log addresses"
    assert KEY not in caplog.text
    assert KEY not in repr(caught.value) + str(caught.value)
    assert all(KEY not in key for key in asker.cache.answers)


@pytest.mark.parametrize(
    "location",
    ["https://elsewhere.test/thing", "http://catalogue.test/thing", "https://catalogue.test:8443/thing"],
)
async def test_the_key_follows_no_redirect_to_another_origin(location: str) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path != "/thing":
            return httpx.Response(302, headers={"Location": location})
        assert KEY not in str(request.url)
        return ok({"value": 1})

    assert await Asker(httpx.MockTransport(answer)).ask() == Fetched(1)


async def test_a_limit_that_is_used_up_is_no_rejected_key(caplog: pytest.LogCaptureFixture) -> None:
    script = Script(raw(b'{"Response":"False","Error":"Request limit reached!"}', 401))
    with pytest.raises(CatalogueUnavailable):
        await Asker(script.transport).ask()
    assert [record.levelname for record in caplog.records if record.name == "integrations.http"] == [
        "WARNING",
        "WARNING",
    ]


async def test_answers_expire_by_the_clock_that_was_passed_in() -> None:
    asker = Asker(Script(ok({"value": 1})).transport)
    await asker.ask()
    (answer,) = asker.cache.answers.values()
    assert answer.expires_at == START + HOUR


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (HEAD + b'Content-Length: 12\r\n\r\n{"value": 1}', 1),
        (HEAD + b'Content-Length: 99\r\n\r\n{"value": 1}', None),
        (HEAD + b'Transfer-Encoding: chunked\r\n\r\nC\r\n{"value": 1}\r\n', None),
        (HEAD + b"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nplain", None),
        (b"SSH-2.0-OpenSSH_9.2\r\n", None),
        (b"", None),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000 + b"\r\n\r\n", None),
    ],
)
async def test_over_a_real_connection(written: bytes, value: int | None) -> None:
    connections = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await reader.readuntil(b"\r\n\r\n")
        writer.write(written)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    http = CatalogueHttp(Source.OMDB, f"http://127.0.0.1:{port}", clock=RunningClock(), cache=MemoryCache())
    try:
        if value is not None:
            assert await http.get("/", {}, fresh_for=HOUR, read=read) == Fetched(value)
        else:
            with pytest.raises(CatalogueUnavailable):
                await http.get("/", {}, fresh_for=HOUR, read=read)
        assert connections >= 1
    finally:
        await http.aclose()
        server.close()


async def test_nobody_listens() -> None:
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    clock = RunningClock()
    http = CatalogueHttp(Source.OMDB, f"http://127.0.0.1:{port}", clock=clock, cache=MemoryCache())
    with pytest.raises(CatalogueUnavailable):
        await http.get("/", {}, fresh_for=HOUR, read=read)
    assert clock.slept == [0.5, 1.0]
    await http.aclose()
