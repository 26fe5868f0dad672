from __future__ import annotations

import json

import httpx
import pytest

from integrations.sandbox.catalogues import Catalogues, Service
from tests.fakes import RunningClock
from tests.integrations.sandbox_catalogues.asking import HOST, Asker

KEY = "0123456789abcdef0123456789abcdef"


async def heat(ask: Asker) -> httpx.Response:
    return await ask.get("/tmdb/3/movie/949", api_key=KEY)


async def test_a_refused_connection_is_refused_once(ask: Asker, catalogues: Catalogues) -> None:
    catalogues.faults.refuse("tmdb")
    with pytest.raises(httpx.ConnectError):
        await heat(ask)
    assert (await heat(ask)).status_code == 200


async def test_a_service_is_down_until_it_is_not_and_others_do_not_notice(
    ask: Asker, catalogues: Catalogues
) -> None:
    catalogues.faults.fail("tmdb", 503, times=None)
    for _ in range(3):
        assert (await heat(ask)).status_code == 503
    assert (await ask.omdb(i="tt0113277")).status_code == 200
    catalogues.faults.clear("tmdb")
    assert (await heat(ask)).status_code == 200


async def test_orders_are_served_in_turn(ask: Asker, catalogues: Catalogues) -> None:
    catalogues.faults.fail("tmdb", 500, times=2)
    catalogues.faults.too_many("tmdb", 7)
    answers = [await heat(ask) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [500, 500, 429, 200]
    assert answers[2].headers["Retry-After"] == "7"


async def test_a_slow_answer_takes_the_clocks_time(
    ask: Asker, catalogues: Catalogues, clock: RunningClock
) -> None:
    catalogues.faults.slow("tmdb", 12.5)
    assert (await heat(ask)).status_code == 200
    assert clock.slept == [12.5]


async def test_a_time_out(ask: Asker, catalogues: Catalogues) -> None:
    catalogues.faults.time_out("coverart")
    with pytest.raises(httpx.ReadTimeout):
        await ask.get("/coverart/release-group/xyz")


async def test_a_busy_musicbrainz_says_come_back_at_once(ask: Asker, catalogues: Catalogues) -> None:
    catalogues.faults.busy()
    answer = await ask.get("/musicbrainz/ws/2/artist", query="x", fmt="json")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "0")
    assert "busy" in answer.json()["error"]


async def test_answers_that_are_no_json(ask: Asker, catalogues: Catalogues) -> None:
    catalogues.faults.invalid_json("tmdb")
    catalogues.faults.html("tmdb", 502)
    first, second = await heat(ask), await heat(ask)
    assert (first.status_code, second.status_code) == (200, 502)
    for answer in (first, second):
        with pytest.raises(json.JSONDecodeError):
            answer.json()
    assert second.headers["Content-Type"].startswith("text/html")


async def test_the_limit_of_omdb(ask: Asker, catalogues: Catalogues) -> None:
    catalogues.faults.limit()
    answer = await ask.omdb(i="tt0113277")
    assert (answer.status_code, answer.json()["Error"]) == (401, "Request limit reached!")


async def test_every_request_is_on_record_without_its_key(ask: Asker, catalogues: Catalogues) -> None:
    catalogues.faults.refuse("omdb")
    await ask.tmdb("/search/movie", query="heat", year=1995)
    with pytest.raises(httpx.ConnectError):
        await ask.omdb(i="tt0113277")
    first, second = catalogues.calls
    assert (first.service, first.path, dict(first.query), first.status) == (
        "tmdb",
        "/3/search/movie",
        {"query": "heat", "year": "1995"},
        200,
    )
    assert (second.service, dict(second.query), second.status) == ("omdb", {"i": "tt0113277"}, None)
    assert KEY not in repr(catalogues.calls)


async def test_pictures_that_cannot_be_fetched_are_none(catalogues: Catalogues) -> None:
    album = next(album for album in catalogues.albums if album.cover == "full")
    services: tuple[Service, ...] = ("coverart", "images")
    for service in services:
        catalogues.faults.refuse(service)
        assert await catalogues.fetch(f"{HOST}/coverart/release-group/{album.id}/front-250") is None
    assert await catalogues.fetch(f"{HOST}/coverart/release-group/{album.id}/front-250")


async def test_only_reading_is_allowed_and_other_doors_are_closed(catalogues: Catalogues) -> None:
    assert (await catalogues.handle(httpx.Request("POST", f"{HOST}/tmdb/3/movie/949"))).status_code == 405
    assert (await catalogues.handle(httpx.Request("GET", f"{HOST}/nonsense"))).status_code == 404
    assert [call.service for call in catalogues.calls] == ["tmdb"]
