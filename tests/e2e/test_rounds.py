"""What the scheduler has done every minute or hour, and a stop of the bot in the midst of it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bot.inbox import Inbox
from storage.database import Database

if TYPE_CHECKING:
    from tests.e2e.world import Errors, World


@pytest.fixture
async def club(club: World) -> World:
    """With a scheduler that runs."""
    club.app._scheduler.resume()
    return club


def wake_all(world: World) -> None:
    """The scheduler's minute and its hour are over at once."""
    for job in world.app._scheduler.get_jobs():
        job.modify(next_run_time=datetime.now(UTC))


@pytest.mark.parametrize(("where", "method"), [(Database, "free"), (Inbox, "clean")])
async def test_a_stop_amid_a_round_is_no_error(club: World, errors: Errors, where: type, method: str) -> None:
    begun = asyncio.Event()

    async def hangs(*_: object) -> None:
        begun.set()
        await asyncio.Event().wait()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(where, method, hangs)
        wake_all(club)
        await begun.wait()
        await club.restart()
    assert errors.messages == []


@pytest.mark.parametrize("steps", range(12))
async def test_a_stop_just_before_everybody_is_woken_is_no_error(
    club: World, errors: Errors, steps: int
) -> None:
    stopping = asyncio.ensure_future(club.stop())
    for _ in range(steps):
        await asyncio.sleep(0)
    wake_all(club)
    await stopping
    await club.restart()
    assert errors.messages == []


async def test_a_look_that_fails_is_logged_and_comes_again(club: World, errors: Errors) -> None:
    looks = 0

    async def fails(_: object) -> int:
        nonlocal looks
        looks += 1
        raise OSError("no such disk")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "free", fails)
        for _ in range(2):
            wake_all(club)
            await club.settle()
    assert looks == 2
    assert [message.partition("\n")[0] for message in errors.messages] == [
        "the minutely look failed, and comes again when it is its time"
    ] * 2
    errors.messages.clear()


async def test_a_look_that_takes_longer_than_a_minute_is_let_finish(club: World) -> None:
    looks = 0
    go_on = asyncio.Event()

    async def takes_long(_: object) -> None:
        nonlocal looks
        looks += 1
        await go_on.wait()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "free", takes_long)
        for _ in range(2):
            wake_all(club)
            await club.settle()
        assert looks == 1
        go_on.set()
        await club.settle()
        wake_all(club)
        await club.settle()
        assert looks == 2
