"""What machines are told: alive, ready, and the numbers."""

from __future__ import annotations

import asyncio
import contextlib
import math
import socket
from typing import TYPE_CHECKING

import httpx
import pytest

from bot import status
from bot.inbox import DEAF_AFTER
from bot.settings import BadSettings
from domain.backups import Reason
from tests.e2e.weekly import at, until
from tests.e2e.world import TOKEN, World, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.e2e.world import Errors


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@pytest.fixture
async def watched(tmp_path: Path, errors: Errors) -> AsyncIterator[World]:
    """A club whose bot tells how it is."""
    async with running(tmp_path, health_port=free_port()) as world:
        await world.found_club()
        yield world


async def get(world: World, path: str) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.get(f"http://127.0.0.1:{world.settings.health_port}{path}")


async def samples(world: World) -> dict[str, float]:
    answer = await get(world, "/metrics")
    assert answer.status_code == 200
    lines = (line.rpartition(" ") for line in answer.text.splitlines() if not line.startswith("#"))
    return {name.removeprefix("wrong_opinions_"): float(value) for name, _, value in lines}


async def test_a_running_bot_is_alive_and_ready(watched: World) -> None:
    for path, text in (("/healthz", "alive\n"), ("/readyz", "ready\n"), ("/healthz?verbose", "alive\n")):
        answer = await get(watched, path)
        assert (answer.status_code, answer.text) == (200, text)
    assert await status.alive(watched.settings.health_port or 0)


async def test_it_is_not_ready_while_it_does_not_hear_from_telegram(watched: World) -> None:
    watched.app.inbox._polled_at = watched.clock.monotonic() - DEAF_AFTER
    answer = await get(watched, "/readyz")
    assert (answer.status_code, answer.text) == (503, "Telegram was not heard from\n")
    assert (await get(watched, "/healthz")).status_code == 200
    await watched.say(watched.ana, "/week")
    assert (await get(watched, "/readyz")).text == "ready\n"


async def test_it_is_not_ready_without_its_database(watched: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken() -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(watched.app.database, "ping", broken)
    answer = await get(watched, "/readyz")
    assert (answer.status_code, answer.text) == (503, "the database does not answer\n")


async def test_the_numbers_follow_an_evening(watched: World) -> None:
    card = await watched.pick(watched.ana, "/movie parasite 2019", "Parasite")
    await watched.press(watched.ben, card, "4½")
    await watched.say(watched.ben, "/movie parasite 2019")
    shown = await samples(watched)
    assert shown['updates_total{kind="message"}'] >= 2
    assert shown["tap_seconds_count"] == shown['updates_total{kind="callback_query"}'] == 3
    assert shown['telegram_calls_total{method="sendMessage",status="200"}'] >= 2
    assert shown["telegram_429_total"] == 0
    assert shown['catalogue_calls_total{source="tmdb",status="200"}'] >= 2
    assert shown['catalogue_answers_total{origin="cache",source="tmdb"}'] >= 1
    assert shown["outgoing_queue"] == 0
    assert shown["posts_due"] == 0
    assert shown["database_bytes"] > 50_000


async def test_the_newest_backups_age_is_told(watched: World) -> None:
    assert math.isnan((await samples(watched))["backup_age_seconds"])
    await watched.app.backups.make(Reason.ASKED)
    await watched.clock.advance(90)
    assert (await samples(watched))["backup_age_seconds"] == 90


async def test_posts_and_floods_are_counted(watched: World) -> None:
    watched.telegram.faults.flood("sendMessage", 2)
    await watched.say(watched.ana, "/week")
    await until(watched, at(3, 18))
    await until(watched, at(9, 12))
    shown = await samples(watched)
    assert shown["telegram_429_total"] == 1
    assert shown['posts_sent_total{kind="pick_reminder"}'] == shown['posts_sent_total{kind="new_week"}'] == 1
    assert 'posts_late_total{kind="pick_reminder"}' not in shown
    assert shown['posts_late_total{kind="new_week"}'] == 1


async def test_no_number_tells_the_token_or_a_key(watched: World) -> None:
    await watched.say(watched.ana, "/movie parasite 2019")
    text = (await get(watched, "/metrics")).text
    for secret in (TOKEN, *watched.settings.secrets()):
        assert secret not in text


@pytest.mark.parametrize(
    ("request_", "status_line"),
    [
        (b"GET /nothing HTTP/1.1\r\n\r\n", b"HTTP/1.1 404 Not Found"),
        (b"POST /healthz HTTP/1.1\r\n\r\n", b"HTTP/1.1 405 Method Not Allowed"),
        (b"\r\n\r\n", b"HTTP/1.1 404 Not Found"),
        (b"\xff\xfe\x00 nonsense\r\n\r\n", b"HTTP/1.1 404 Not Found"),
        (b"GET /healthz HTTP/1.1\r\nX: " + b"a" * 20_000, b""),
    ],
)
async def test_other_requests_do_no_harm(watched: World, request_: bytes, status_line: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", watched.settings.health_port)
    writer.write(request_)
    answer = b""
    with contextlib.suppress(ConnectionError):
        answer = await reader.read()
    writer.close()
    assert answer.partition(b"\r\n")[0] == status_line
    assert (await get(watched, "/healthz")).status_code == 200


async def test_a_port_that_is_taken_stops_the_start(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        world = World(tmp_path, health_port=taken.getsockname()[1])
        with pytest.raises(BadSettings, match=r"^HEALTH_PORT: \d+ cannot be listened on"):
            await world.app.run()


async def test_without_a_port_nothing_listens(club: World) -> None:
    assert not await status.alive(free_port())
    assert club.settings.health_port is None
