"""MusicBrainz is asked at most once a second, in the order people came, however many they are."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import httpx
import pytest

from domain.errors import CatalogueBusy
from domain.search import Query
from integrations.musicbrainz import INTERVAL, MusicBrainzAlbums
from integrations.pace import Pace, QueueFull
from tests.fakes import FakeClock, MemoryCache, settle
from tests.integrations.scripted import ok, raw

EMPTY = {"count": 0, "offset": 0, "release-groups": []}
ONE = {"count": 1, "offset": 0, "release-groups": [{"id": "a", "title": "Desire", "score": 100}]}


async def test_one_passes_per_interval_in_the_order_of_arrival() -> None:
    clock = FakeClock()
    pace = Pace(clock, interval=1, longest_wait=20)
    passed: list[tuple[int, float]] = []

    async def walker(number: int) -> None:
        await pace.turn()
        passed.append((number, clock.monotonic()))

    tasks = [asyncio.create_task(walker(number)) for number in range(5)]
    await clock.advance(10)
    await asyncio.gather(*tasks)
    assert passed == [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4)]


async def test_who_gives_up_leaves_no_gap() -> None:
    clock = FakeClock()
    pace = Pace(clock, interval=1, longest_wait=20)
    passed: list[float] = []

    async def walker() -> None:
        await pace.turn()
        passed.append(clock.monotonic())

    tasks = [asyncio.create_task(walker()) for _ in range(4)]
    await settle()
    tasks[1].cancel()
    tasks[2].cancel()
    await clock.advance(10)
    assert passed == [0, 1]


async def test_a_queue_that_is_too_long_turns_people_away_at_once_and_recovers() -> None:
    clock = FakeClock()
    pace = Pace(clock, interval=1, longest_wait=3)
    tasks = [asyncio.create_task(pace.turn()) for _ in range(10)]
    await settle()
    # One passed at once; four wait, the last of them for three to four seconds.
    assert [type(task.exception()) for task in tasks if task.done()].count(QueueFull) == 5
    await clock.advance(10)
    await pace.turn()


async def test_who_goes_ahead_waits_for_one_at_most_however_long_the_line() -> None:
    clock = FakeClock()
    pace = Pace(clock, interval=1, longest_wait=5)
    passed: list[tuple[str, float]] = []

    async def walker(name: str, *, ahead: bool = False) -> None:
        await pace.turn(ahead=ahead)
        passed.append((name, clock.monotonic()))

    tasks = [asyncio.create_task(walker(str(number))) for number in range(6)]
    await settle()
    assert pace.wait == 6
    tasks += [asyncio.create_task(walker(name, ahead=True)) for name in ("tap", "another")]
    await clock.advance(20)
    await asyncio.gather(*tasks)
    assert [name for name, _ in passed] == ["0", "1", "tap", "another", "2", "3", "4", "5"]
    assert [moment for _, moment in passed] == list(range(8))
    assert pace.wait == 0


async def test_seventy_people_search_and_requests_stay_a_second_apart_retries_and_redirects_included() -> (
    None
):
    clock = FakeClock()
    moments: list[float] = []

    def answer(request: httpx.Request) -> httpx.Response:
        moments.append(clock.monotonic())
        if len(moments) == 2:
            return raw(b'{"error": "busy"}', 503, Retry_After="0")
        if "old" in request.url.path:
            return httpx.Response(301, headers={"Location": "/ws/2/release-group/new?fmt=json"})
        if "new" in request.url.path:
            return ok({"id": "new", "title": "Desire"})
        return ok(ONE)

    albums = MusicBrainzAlbums(
        "WrongOpinions/1 (owner@club.test)",
        clock=clock,
        cache=MemoryCache(),
        transport=httpx.MockTransport(answer),
    )
    merged = asyncio.create_task(albums.album("old"))
    tasks = [asyncio.create_task(albums.search(Query(f"album {number}"))) for number in range(70)]
    await clock.advance(120)
    results = await asyncio.gather(*tasks, return_exceptions=True)

    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert min(gaps) == pytest.approx(INTERVAL)
    assert (await merged).value.mbid == "new"
    turned_away = [result for result in results if isinstance(result, CatalogueBusy)]
    assert len(results) - len(turned_away) >= 50
    assert turned_away, "seventy cannot all be served within the longest wait"
    assert [result for result in results if isinstance(result, BaseException)] == turned_away


async def test_a_retry_a_second_question_and_an_album_to_open_go_before_those_who_came_later() -> None:
    clock = FakeClock()
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        query = request.url.params.get("query", "album")
        asked.append(next(word for word in ("lost", "busy", "late", "album") if word in query))
        if asked == ["busy"]:
            return raw(b'{"error": "busy"}', 503, Retry_After="0")
        if asked[-1] == "album":
            return ok({"id": "a", "title": "Desire"})
        return ok(EMPTY if asked[-1] == "lost" else ONE)

    albums = MusicBrainzAlbums(
        "WrongOpinions/1 (owner@club.test)",
        clock=clock,
        cache=MemoryCache(),
        transport=httpx.MockTransport(answer),
    )
    words = ["busy", "lost", *(f"late {number}" for number in range(5))]
    tasks = [asyncio.create_task(albums.search(Query(one))) for one in words]
    await clock.advance(2.5)
    opened = asyncio.create_task(albums.album("a"))
    await clock.advance(60)
    await asyncio.gather(*tasks, opened)
    # One of the others was at the door already.
    assert asked == ["busy", "lost", "busy", "late", "lost", "album", *["late"] * 4]


async def test_the_same_words_in_another_order_are_one_question() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.params["query"])
        return ok(ONE)

    albums = MusicBrainzAlbums(
        "WrongOpinions/1 (owner@club.test)",
        clock=FakeClock(),
        cache=MemoryCache(),
        transport=httpx.MockTransport(answer),
    )
    for words in ("dylan desire", "Desire Dylan", "desire by dylan", "The Desire & Dylan"):
        await albums.search(Query(words))
    assert len(asked) == 1
