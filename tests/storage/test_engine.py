"""The measured traps of SQLite (DESIGN §4), and what connections promise."""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError

from storage.database import create
from storage.engine import connect, migrating
from tests.databases import fresh_database
from tests.fakes import START, FakeClock
from tests.storage import scenes

if TYPE_CHECKING:
    from storage.database import Database
    from storage.engine import Engines

ROOT = Path(__file__).parents[2]


async def _count_up(database: Database, week_id: int) -> None:
    async with database.store().write() as unit:
        seen = await unit.weeks.get(week_id)
        assert seen is not None
        await unit.weeks.set_note(week_id, str(int(seen.note or "0") + 1))
        await unit.commit()


async def _counted(database: Database, week_id: int) -> str:
    async with database.store().read() as unit:
        week = await unit.weeks.get(week_id)
    assert week is not None
    return week.note


async def test_two_hundred_concurrent_read_modify_writes_end_at_two_hundred(database: Database) -> None:
    ana = await scenes.a_user(database, 1)
    club = await scenes.a_club(database, ana)
    week = await scenes.a_week(database, club)
    await asyncio.gather(*(_count_up(database, week.id) for _ in range(200)))
    assert await _counted(database, week.id) == "200"


async def test_so_do_those_of_two_processes_on_one_file(
    sqlite_database: Database, tmp_path: Path, clock: FakeClock
) -> None:
    ana = await scenes.a_user(sqlite_database, 1)
    club = await scenes.a_club(sqlite_database, ana)
    week = await scenes.a_week(sqlite_database, club)
    other = create(f"sqlite:///{tmp_path / 'wrong-opinions.db'}", clock)
    both = (sqlite_database, other)
    await asyncio.gather(*(_count_up(both[turn % 2], week.id) for turn in range(60)))
    assert [await _counted(database, week.id) for database in both] == ["60", "60"]
    await other.close()


async def test_writers_that_are_cancelled_leave_the_next_one_a_working_connection(database: Database) -> None:
    ana = await scenes.a_user(database, 1)
    club = await scenes.a_club(database, ana)
    week = await scenes.a_week(database, club)

    async def write(note: str) -> None:
        async with database.store().write() as unit:
            await unit.weeks.get(week.id)
            await unit.weeks.set_note(week.id, note)
            await unit.commit()

    chance = random.Random(7)
    ended: list[BaseException | None] = []  # Their tracebacks hold on to what the cancelled ones had in hand.
    for _ in range(60):
        writers = [asyncio.create_task(write("cancelled or not")) for _ in range(4)]
        for _ in range(chance.randrange(40)):
            await asyncio.sleep(0)
        chance.choice(writers).cancel()
        ended += await asyncio.gather(*writers, return_exceptions=True)
    assert {type(end) for end in ended} <= {type(None), asyncio.CancelledError}

    await write("the last")
    async with database.store().read() as unit:
        stored = await unit.weeks.get(week.id)
    assert stored is not None
    assert stored.note == "the last"


async def test_a_reader_sees_one_state_while_others_write(database: Database) -> None:
    ana = await scenes.a_user(database, 1)
    club = await scenes.a_club(database, ana)

    async with database.store().read() as unit:
        before = await unit.members.of(club.id)
        async with database.store().write() as writing:
            await writing.members.leave(club.id, ana.id, START)
            await writing.commit()
        assert await unit.members.of(club.id) == before


async def test_a_reader_cannot_write(sqlite_database: Database) -> None:
    with pytest.raises(OperationalError, match="readonly"):
        async with sqlite_database.store().read() as unit:
            await unit.users.save(1, "Ana", "en")


async def test_each_connection_has_its_pragmas(tmp_path: Path) -> None:
    engines = connect(f"sqlite:///{tmp_path / 'own.db'}")
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "mmap_size": 0, "query_only": 0}
    try:
        async with engines.writer.connect() as connection:
            for name, value in wanted.items():
                assert await connection.scalar(text(f"PRAGMA {name}")) == value
            assert await connection.scalar(text("PRAGMA busy_timeout")) == 30_000
        async with engines.reader.connect() as connection:
            assert await connection.scalar(text("PRAGMA query_only")) == 1
        async with migrating(engines) as connection:
            assert await connection.scalar(text("PRAGMA foreign_keys")) == 0
    finally:
        await engines.dispose()


async def test_a_new_file_waits_for_whoever_writes_before_it_has_a_log(tmp_path: Path) -> None:
    engines = connect(f"sqlite:///{tmp_path / 'own.db'}")
    asked: list[str] = []
    refused = threading.Event()

    def watch(connection: sqlite3.Connection, _: object) -> None:
        connection.set_trace_callback(note)

    def note(statement: str) -> None:
        if asked:
            refused.set()
        asked.append(statement)

    event.listen(engines.writer.sync_engine, "connect", watch, insert=True)
    with closing(sqlite3.connect(tmp_path / "own.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("CREATE TABLE theirs (id INTEGER)")
        writing = asyncio.ensure_future(_create(engines, "ours"))
        await asyncio.to_thread(refused.wait, 10)
        assert not writing.done()
        other.execute("COMMIT")
        await writing
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("theirs",), ("ours",)]
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    await engines.dispose()


async def test_another_trouble_with_a_new_file_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "own.db").write_text("Dear diary, a database I am not. " * 40)
    engines = connect(f"sqlite:///{tmp_path / 'own.db'}")
    with pytest.raises(DatabaseError, match="not a database"):
        await _create(engines, "ours")
    await engines.dispose()


async def test_a_migration_that_is_cancelled_while_it_connects_leaves_nothing_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engines = connect(f"sqlite:///{tmp_path / 'own.db'}")
    begun, go_on = threading.Event(), threading.Event()
    threads: list[threading.Thread] = []
    opened: list[sqlite3.Connection] = []
    opens = sqlite3.connect

    def hold(*arguments: Any, **options: Any) -> sqlite3.Connection:
        threads.append(threading.current_thread())
        begun.set()
        go_on.wait(10)
        opened.append(opens(*arguments, **options))
        return opened[0]

    async def migrate() -> None:
        async with migrating(engines):
            pass

    monkeypatch.setattr(sqlite3, "connect", hold)
    asking = asyncio.ensure_future(migrate())
    await asyncio.to_thread(begun.wait, 10)
    asking.cancel()
    await asyncio.sleep(0)
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await asyncio.to_thread(threads[0].join, 10)
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        opened[0].total_changes  # noqa: B018 - raises where it is closed, in any thread
    await engines.dispose()


async def _create(engines: Engines, table: str) -> None:
    async with engines.writer.begin() as connection:
        await connection.execute(text(f"CREATE TABLE {table} (id INTEGER)"))


async def test_the_file_and_its_folder_are_made_for_their_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / "own.db"
    engines = connect(f"sqlite+aiosqlite:///{path}")
    async with engines.writer.begin() as connection:
        await connection.execute(text("CREATE TABLE things (id INTEGER)"))
        modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    await engines.dispose()

    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert modes == {"own.db": 0o600, "own.db-wal": 0o600, "own.db-shm": 0o600}


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:x?mode=memory",
        "mysql://joe:secret@host/db",
        "joe:secret@host",
        "",
    ],
)
def test_other_databases_are_refused_without_quoting_their_url(url: str) -> None:
    with pytest.raises(ValueError, match=r"SQLite|not the URL") as refused:
        connect(url)
    assert "secret" not in str(refused.value)


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(ValueError, match="needs the package asyncpg"):
        connect("postgresql://joe:secret@host/db")


async def test_closing_leaves_one_file_and_no_thread(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    database = await fresh_database(tmp_path)
    await scenes.a_user(database, 1)
    async with database.store().read() as unit:
        assert await unit.users.by_telegram_id(1) is not None
    await database.close()

    assert _names(tmp_path) == ["wrong-opinions.db"]
    left = set(threading.enumerate()) - before
    for thread in left:
        thread.join(timeout=10)  # Each was told to end; a busy machine may not have let it yet.
    assert not any(thread.is_alive() for thread in left)


async def test_an_error_names_the_statement_and_none_of_its_values(sqlite_database: Database) -> None:
    ana = await scenes.a_user(sqlite_database, 1)
    work_id = await scenes.a_work(sqlite_database)
    async with sqlite_database.store().write() as unit:
        with pytest.raises(IntegrityError, match="ck_ratings_score") as failed:
            await unit.ratings.put(ana.id, work_id, 987_654, START)
    assert "987654" not in str(failed.value)


def _names(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


_WRITER = """
import asyncio, sys
from storage.database import create
from tests.fakes import START, FakeClock

async def main():
    database = create(sys.argv[1], FakeClock())
    count = 0
    while True:
        count += 1
        async with database.store(update_id=count).write() as unit:
            await unit.users.save(count, "Ana " * 200, "en")
            await unit.commit()
        print(count, flush=True)

asyncio.run(main())
"""


def _killed_after(path: Path, acknowledgements: int) -> int:
    """Let a process write, kill it after so many acknowledged commits; the last one it acknowledged."""
    with subprocess.Popen(
        [sys.executable, "-c", _WRITER, f"sqlite:///{path}"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as writer:
        assert writer.stdout is not None
        seen = [int(writer.stdout.readline()) for _ in range(acknowledgements)]
        writer.kill()
        return max([*seen, *map(int, writer.stdout.read().split())])


@pytest.mark.parametrize("seed", range(3))
async def test_a_killed_writer_loses_nothing_it_acknowledged(tmp_path: Path, seed: int) -> None:
    database = await fresh_database(tmp_path)
    await database.inbox.store([(number, "{}") for number in range(1, 1001)], START)
    await database.close()
    path = tmp_path / "wrong-opinions.db"

    last = await asyncio.to_thread(_killed_after, path, random.Random(seed).randrange(5, 150))

    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        users = connection.execute("SELECT telegram_id FROM users ORDER BY 1").fetchall()
        done = connection.execute("SELECT update_id FROM inbox WHERE state = 'done' ORDER BY 1").fetchall()
    assert users == done
    assert users in ([(number,) for number in range(1, end)] for end in (last + 1, last + 2))
