from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from storage.inbox import StoredUpdate
from tests.fakes import START

if TYPE_CHECKING:
    from storage.database import Database


async def test_updates_are_kept_once_and_given_back_in_order(database: Database) -> None:
    assert await database.inbox.store([(12, '{"b": "ü"}'), (10, '{"a": 1}')], START) == (12, 10)
    assert await database.inbox.store([(10, "another"), (11, "{}"), (11, "{}")], START) == (11,)
    assert await database.inbox.pending() == (
        StoredUpdate(10, '{"a": 1}', 0),
        StoredUpdate(11, "{}", 0),
        StoredUpdate(12, '{"b": "ü"}', 0),
    )
    assert await database.inbox.last_update_id() == 12


async def test_an_empty_inbox_has_no_last_update(database: Database) -> None:
    assert await database.inbox.store([], START) == ()
    await database.inbox.begin_attempts([])
    assert await database.inbox.pending() == ()
    assert await database.inbox.last_update_id() is None


async def test_an_update_that_is_done_is_not_kept_again(database: Database) -> None:
    await database.inbox.store([(10, "{}")], START)
    await database.inbox.done(10, START)
    await database.inbox.done(10, START)
    assert await database.inbox.store([(10, "{}")], START) == ()
    assert await database.inbox.pending() == ()
    assert await database.inbox.last_update_id() == 10


async def test_attempts_are_counted_per_start(database: Database) -> None:
    await database.inbox.store([(10, "{}"), (11, "{}"), (12, "{}")], START)
    await database.inbox.begin_attempts([10, 11])
    await database.inbox.begin_attempts([10])
    assert [update.attempts for update in await database.inbox.pending()] == [2, 1, 0]
    await database.inbox.forget_attempts(10)
    assert [update.attempts for update in await database.inbox.pending()] == [0, 1, 0]


async def test_a_poison_update_is_set_aside_and_stays_through_purges(database: Database) -> None:
    await database.inbox.store([(10, "{}"), (11, "{}")], START)
    await database.inbox.set_aside(10, "E42", START)
    await database.inbox.done(10, START)
    assert [update.update_id for update in await database.inbox.pending()] == [11]

    await database.inbox.purge(START + timedelta(days=400))
    assert await database.inbox.store([(10, "{}"), (11, "{}")], START) == ()


async def test_only_what_was_done_long_ago_is_forgotten(database: Database) -> None:
    await database.inbox.store([(10, "{}"), (11, "{}"), (12, "{}")], START)
    await database.inbox.done(10, START)
    await database.inbox.done(11, START + timedelta(days=2))
    await database.inbox.purge(START + timedelta(days=1))
    assert await database.inbox.store([(10, "{}"), (11, "{}"), (12, "{}")], START) == (10,)
