"""Many transactions share a commit of SQLite's, and none of them can tell."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from domain.ports import AlreadyHandled
from storage import inline
from storage.engine import LOOKING, connect
from storage.inline import Reader, Writer
from tests.databases import fresh_database
from tests.e2e.stillness import watched
from tests.fakes import START
from tests.storage.every_question import Everything

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterator
    from pathlib import Path

    from storage.database import Database
    from tests.e2e.stillness import Stillness


@pytest.fixture
def stillness() -> Iterator[Stillness]:
    with watched() as stillness:
        yield stillness


def writer_of(database: Database) -> Writer:
    writer = database._engines.writer
    assert isinstance(writer, Writer)
    return writer


async def save(database: Database, number: int) -> None:
    async with database.store().write() as unit:
        await unit.users.save(number, f"person {number}", None)
        await unit.commit()


async def names(database: Database) -> list[str]:
    async with database._engines.reader.connect() as connection:
        return list(await connection.scalars(text("SELECT name FROM users ORDER BY telegram_id")))


async def commits(database: Database, work: Awaitable[object]) -> int:
    """How often SQLite commits while `work` is done."""
    await save(database, 1)
    connection = writer_of(database)._connection
    assert connection is not None
    told: list[str] = []
    inline.driver_of(connection).set_trace_callback(told.append)
    await work
    inline.driver_of(connection).set_trace_callback(None)
    return sum(1 for statement in told if statement.startswith("COMMIT"))


async def test_those_who_come_together_are_committed_together(sqlite_database: Database) -> None:
    everybody = asyncio.gather(*(save(sqlite_database, 100 + number) for number in range(200)))
    assert await commits(sqlite_database, everybody) <= 200 / inline.TOGETHER + 2
    assert len(await names(sqlite_database)) == 201


async def test_a_transaction_that_fails_takes_back_its_own_changes_alone(sqlite_database: Database) -> None:
    await sqlite_database.inbox.store([(7, "{}")], START)
    await sqlite_database.inbox.done(7, START)

    async def again() -> None:
        async with sqlite_database.store(update_id=7).write() as unit:
            await unit.users.save(2, "twice", None)
            await unit.commit()

    outcomes = await asyncio.gather(
        save(sqlite_database, 1), again(), save(sqlite_database, 3), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [type(None), AlreadyHandled, type(None)]
    assert await names(sqlite_database) == ["person 1", "person 3"]


@pytest.mark.parametrize("rounds", range(12))
async def test_whoever_gives_up_keeps_nobody_waiting(
    stillness: Stillness, sqlite_database: Database, rounds: int
) -> None:
    first, *others = [asyncio.ensure_future(save(sqlite_database, number)) for number in (1, 2, 3)]
    for _ in range(rounds):
        await asyncio.sleep(0)
    for other in others:
        other.cancel()
    await stillness.ends(first, *others)
    assert "person 1" in await names(sqlite_database)
    await save(sqlite_database, 4)
    assert "person 4" in await names(sqlite_database)


async def test_where_the_disk_is_full_all_are_told_and_the_next_can_go_on(sqlite_database: Database) -> None:
    await save(sqlite_database, 1)
    writer = writer_of(sqlite_database)
    assert writer._connection is not None
    driver = inline.driver_of(writer._connection)
    pages = driver.execute("PRAGMA page_count").fetchone()[0]
    driver.execute(f"PRAGMA max_page_count={pages}")

    async def much() -> None:
        async with sqlite_database.store().write() as unit:
            await unit.users.save(2, "x" * 1_000_000, None)
            await unit.commit()

    outcomes = await asyncio.gather(save(sqlite_database, 3), much(), return_exceptions=True)
    assert isinstance(outcomes[1], OperationalError)
    stored = await names(sqlite_database)
    assert ("person 3" in stored) is (outcomes[0] is None), "nobody is told otherwise than it is"
    driver.execute("PRAGMA max_page_count=1000000")
    await save(sqlite_database, 4)
    assert "person 4" in await names(sqlite_database)


async def test_where_sqlite_takes_everything_back_nobody_is_told_that_it_was_kept(
    sqlite_database: Database,
) -> None:
    async def break_down() -> None:
        async with writer_of(sqlite_database).connect() as connection:
            # What SQLite does by itself on some errors of the disk.
            await connection.execute(text("ROLLBACK"))
            raise OSError("the disk is gone")

    outcomes = await asyncio.gather(save(sqlite_database, 1), break_down(), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [OSError, OSError]
    assert await names(sqlite_database) == []
    await save(sqlite_database, 2)
    assert await names(sqlite_database) == ["person 2"]


async def test_a_long_transaction_leaves_the_event_loop_alone(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inline, "INLINE", 1e-9)
    threads: set[str] = set()

    def note() -> int:
        threads.add(threading.current_thread().name)
        return 1

    async with writer_of(sqlite_database).connect() as connection:
        raw = inline.driver_of(connection._connection)  # type: ignore[attr-defined]
        raw.create_function("note", 0, note)
        await connection.execute(text("SELECT note()"))
        assert threads == {threading.current_thread().name}
        await connection.execute(text("SELECT note()"))
    assert any(name.startswith("writer") for name in threads)


async def test_a_transaction_is_over_once_it_is_committed(sqlite_database: Database) -> None:
    async with sqlite_database.store().write() as unit:
        await unit.commit()
        with pytest.raises(RuntimeError, match="over"):
            await unit.users.save(1, "Ana", None)


async def test_a_look_changes_nothing(sqlite_database: Database) -> None:
    async with sqlite_database.store().glance() as unit:
        with pytest.raises(OperationalError, match="readonly"):
            await unit.users.save(1, "Ana", None)
    assert await names(sqlite_database) == []


async def test_a_crowd_of_long_looks_needs_few_connections(
    stillness: Stillness, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = sqlite_database._engines.looks
    assert isinstance(looks, Reader)
    monkeypatch.setattr(looks, "_inline", 0.0)
    await save(sqlite_database, 1)

    async def look() -> str:
        async with sqlite_database.store().glance() as unit:
            user = await unit.users.by_telegram_id(1)
            assert user is not None
            return user.name

    looking = asyncio.gather(*(look() for _ in range(100)))
    await stillness.ends(looking)
    assert looking.result() == ["person 1"] * 100
    assert 1 < len(looks._idle) <= LOOKING


async def test_what_is_read_is_found_in_a_thread_row_by_row(sqlite_database: Database) -> None:
    for number in range(3):
        await save(sqlite_database, number)
    threads: list[str] = []

    def note() -> int:
        threads.append(threading.current_thread().name)
        return 1

    async with sqlite_database._engines.reader.connect() as connection:
        raw = inline.driver_of(connection._connection)  # type: ignore[attr-defined]
        raw.create_function("note", 0, note)
        rows = (await connection.execute(text("SELECT note(), name FROM users"))).mappings().all()
        assert [row["name"] for row in rows] == ["person 0", "person 1", "person 2"]
        async with connection.stream(text("SELECT note(), name FROM users")) as found:
            assert [row["name"] async for row in found.mappings()] == ["person 0", "person 1", "person 2"]
    assert len(threads) == 6
    assert all(name.startswith("reader") for name in threads)


async def test_every_question_can_be_asked_in_a_thread(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inline, "INLINE", 0.0)
    monkeypatch.setattr(sqlite_database._engines.looks, "_inline", 0.0)
    await Everything(sqlite_database).ask()


async def test_many_rows_come_page_by_page(sqlite_database: Database) -> None:
    numbers = text(
        "WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < :last) "
        "SELECT i FROM numbers"
    )
    last = 2 * inline.PAGE + 1
    async with (
        sqlite_database._engines.reader.connect() as connection,
        connection.stream(numbers.bindparams(last=last)) as found,
    ):
        assert [row["i"] async for row in found.mappings()] == list(range(1, last + 1))


@pytest.mark.parametrize("kind", ["reader", "writer"])
@pytest.mark.parametrize("rounds", range(4))
async def test_whoever_gives_up_while_a_connection_is_made_leaves_none_open(
    tmp_path: Path, kind: str, rounds: int
) -> None:
    await (await fresh_database(tmp_path)).close()
    engines = connect(f"sqlite:///{tmp_path / 'wrong-opinions.db'}")
    engine = getattr(engines, kind)
    opened: list[sqlite3.Connection] = []
    event.listen(engine.sync_engine, "connect", lambda connection, _: opened.append(connection))

    async def ask() -> None:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    asking = asyncio.ensure_future(ask())
    for _ in range(rounds):
        await asyncio.sleep(0)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    await ask()
    await engines.dispose()
    for connection in opened:
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            connection.execute("SELECT 1")


async def test_a_connection_that_is_being_made_when_all_are_closed_is_closed_too(tmp_path: Path) -> None:
    await (await fresh_database(tmp_path)).close()
    engines = connect(f"sqlite:///{tmp_path / 'wrong-opinions.db'}")
    begun, go_on = threading.Event(), threading.Event()
    opened: list[sqlite3.Connection] = []

    def hold(connection: sqlite3.Connection, _: object) -> None:
        opened.append(connection)
        begun.set()
        go_on.wait()

    event.listen(engines.reader.sync_engine, "connect", hold)

    async def ask() -> None:
        async with engines.reader.connect():
            pass

    asking = asyncio.ensure_future(ask())
    await asyncio.to_thread(begun.wait)
    asking.cancel()
    closing = asyncio.ensure_future(engines.dispose())
    await asyncio.sleep(0)
    go_on.set()
    await closing
    await asyncio.gather(asking, return_exceptions=True)
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        opened[0].execute("SELECT 1")


async def test_a_file_that_cannot_be_opened_leaves_no_thread(
    sqlite_database: Database, tmp_path: Path
) -> None:
    before = threading.active_count()
    (tmp_path / "wrong-opinions.db").rename(tmp_path / "moved.db")
    (tmp_path / "wrong-opinions.db").mkdir()
    with pytest.raises(OperationalError, match="unable to open"):
        async with sqlite_database.store().read():
            pass
    assert threading.active_count() == before
