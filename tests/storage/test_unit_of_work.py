"""Transactions: what lasts, what does not, and what belongs to an update."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from domain.ports import AlreadyHandled
from tests.fakes import START

if TYPE_CHECKING:
    from storage.database import Database


async def test_what_is_not_committed_never_happened(database: Database) -> None:
    async with database.store().write() as unit:
        await unit.users.save(1, "Ana", "en")
    async with database.store().read() as unit:
        assert await unit.users.by_telegram_id(1) is None


async def test_an_exception_rolls_back(database: Database) -> None:
    async def fail() -> None:
        async with database.store().write() as unit:
            await unit.users.save(1, "Ana", "en")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with database.store().read() as unit:
        assert await unit.users.by_telegram_id(1) is None


async def test_what_is_committed_lasts_and_what_is_not_does_not(database: Database) -> None:
    async with database.store().write() as unit:
        await unit.users.save(1, "Ana", "en")
        await unit.commit()
    async with database.store().write() as unit:
        await unit.users.save(2, "Ben", "de")
    async with database.store().read() as unit:
        ana = await unit.users.by_telegram_id(1)
        assert ana is not None
        assert ana.name == "Ana"
        assert await unit.users.by_telegram_id(2) is None


async def test_a_commit_is_the_end_of_its_update(database: Database) -> None:
    await database.inbox.store([(7, "{}"), (8, "{}")], START)
    async with database.store(update_id=7).write() as unit:
        await unit.users.save(1, "Ana", "en")
        await unit.commit()
    assert [update.update_id for update in await database.inbox.pending()] == [8]


async def test_an_update_without_commit_still_waits(database: Database) -> None:
    await database.inbox.store([(7, "{}")], START)
    async with database.store(update_id=7).write() as unit:
        await unit.users.save(1, "Ana", "en")
    assert [update.update_id for update in await database.inbox.pending()] == [7]


async def test_what_is_kept_does_not_end_the_update(database: Database) -> None:
    await database.inbox.store([(7, "{}")], START)
    async with database.store(update_id=7).keep() as unit:
        await unit.users.save(1, "Ana", "en")
        await unit.commit()
    assert [update.update_id for update in await database.inbox.pending()] == [7]
    async with database.store().read() as unit:
        assert await unit.users.by_telegram_id(1) is not None


async def _handle(database: Database, update_id: int, name: str) -> None:
    async with database.store(update_id).write() as unit:
        await unit.users.save(1, name, "en")
        await unit.commit()


async def test_an_update_is_never_applied_twice(database: Database) -> None:
    await database.inbox.store([(7, "{}")], START)
    await _handle(database, 7, "once")
    with pytest.raises(AlreadyHandled):
        await _handle(database, 7, "twice")

    async with database.store().read() as unit:
        stored = await unit.users.by_telegram_id(1)
    assert stored is not None
    assert stored.name == "once"


@pytest.mark.parametrize("end", ["done", "set aside", "never stored"])
async def test_an_update_that_does_not_wait_changes_nothing(database: Database, end: str) -> None:
    if end != "never stored":
        await database.inbox.store([(7, "{}")], START)
    if end == "done":
        await database.inbox.done(7, START)
    if end == "set aside":
        await database.inbox.set_aside(7, "E1", START)

    with pytest.raises(AlreadyHandled):
        await _handle(database, 7, "Ana")
    async with database.store().read() as unit:
        assert await unit.users.by_telegram_id(1) is None
