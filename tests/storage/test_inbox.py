from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

from storage.inbox import StoredUpdate
from tests.fakes import START

if TYPE_CHECKING:
    from pathlib import Path

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

    await database.inbox.purge(START + timedelta(days=400), START + timedelta(days=400))
    assert await database.inbox.store([(10, "{}"), (11, "{}")], START) == ()


async def test_only_what_was_done_long_ago_is_forgotten(database: Database) -> None:
    await database.inbox.store([(10, "{}"), (11, "{}"), (12, "{}")], START)
    await database.inbox.done(10, START)
    await database.inbox.done(11, START + timedelta(days=2))
    await database.inbox.purge(START + timedelta(days=1), START)
    assert await database.inbox.store([(10, "{}"), (11, "{}"), (12, "{}")], START) == (10,)


async def test_what_was_set_aside_keeps_nothing_behind_it_from_being_forgotten(database: Database) -> None:
    updates = [(number, "{}") for number in (10, 11, 12, 13)]
    await database.inbox.store(updates, START)
    await database.inbox.set_aside(10, "E42", START)
    await database.inbox.done(11, START)
    await database.inbox.done(13, START)
    await database.inbox.purge(START + timedelta(days=1), START)
    assert await database.inbox.store(updates, START) == (11,)

    await database.inbox.done(11, START)
    await database.inbox.done(12, START)
    await database.inbox.purge(START + timedelta(days=1), START)
    assert await database.inbox.store(updates, START) == (11, 12, 13)


async def test_what_is_in_an_update_is_kept_while_it_waits_and_a_while_if_it_failed(
    sqlite_database: Database, tmp_path: Path
) -> None:
    raws = [(number, f'{{"text": "secret {number}"}}') for number in (10, 11, 12)]
    await sqlite_database.inbox.store(raws, START)
    await sqlite_database.inbox.done(10, START)
    await sqlite_database.inbox.set_aside(11, "E42", START)

    def kept() -> dict[int, str]:
        with closing(sqlite3.connect(tmp_path / "wrong-opinions.db")) as connection:
            return dict(connection.execute("SELECT update_id, raw FROM inbox WHERE raw <> ''"))

    assert kept() == dict(raws[1:])
    await sqlite_database.inbox.purge(START, START)
    assert kept() == dict(raws[1:])
    await sqlite_database.inbox.purge(START, START + timedelta(seconds=1))
    assert kept() == dict(raws[2:])
