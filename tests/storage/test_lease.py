"""One bot runs on a database, and whoever ends, however, leaves it to the next."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from domain.ports import AlreadyRunning
from storage.database import create
from storage.lease import RENEWAL, RUNNER_LOCK
from tests.conftest import ROOT
from tests.fakes import settle

if TYPE_CHECKING:
    from storage.database import Database
    from tests.fakes import FakeClock

HOLD = """
import asyncio, sys
from storage.database import create
from tests.fakes import FakeClock

async def hold():
    await create(sys.argv[1], FakeClock()).lease.take()
    print("held", flush=True)
    await asyncio.sleep(60)

asyncio.run(hold())
"""


def another(database: Database, clock: FakeClock) -> Database:
    """Another process's view of the same database."""
    url = database._engines.writer.url.render_as_string(hide_password=False)
    return create(url.replace("+aiosqlite", "").replace("+asyncpg", ""), clock)


async def test_a_second_one_is_refused_until_the_first_is_done(database: Database, clock: FakeClock) -> None:
    second = another(database, clock)
    async with database.alone():
        for _ in range(2):
            with pytest.raises(AlreadyRunning):
                async with second.alone():
                    pytest.fail("two at once")
    async with second.alone():
        with pytest.raises(AlreadyRunning):
            await database.lease.take()
    await second.close()


async def test_reading_writing_and_migrating_go_on_beside_it(database: Database, clock: FakeClock) -> None:
    second = another(database, clock)
    async with database.alone():
        await second.migrate()
        async with second.store().write() as tx:
            await tx.users.save(1, "Ana", None)
            await tx.commit()
        current, newest = await second.revisions()
        assert current == newest
    await second.close()


async def test_a_killed_process_holds_nothing(sqlite_database: Database, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/wrong-opinions.db"
    for _ in range(3):
        holder = await asyncio.create_subprocess_exec(
            sys.executable, "-c", HOLD, url, cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        assert holder.stdout is not None
        assert await holder.stdout.readline() == b"held\n"
        with pytest.raises(AlreadyRunning):
            await sqlite_database.lease.take()
        holder.kill()
        await holder.wait()
        async with sqlite_database.alone():
            pass


async def test_its_file_is_for_its_owners_eyes_alone(sqlite_database: Database, tmp_path: Path) -> None:
    async with sqlite_database.alone():
        pass
    assert (tmp_path / "wrong-opinions.db.lock").stat().st_mode & 0o777 == 0o600


async def test_a_broken_session_is_made_anew_unless_somebody_was_faster(
    database: Database, clock: FakeClock
) -> None:
    if database._engines.writer.url.get_backend_name() != "postgresql":
        pytest.skip("files have no session")
    second = another(database, clock)
    async with database.alone():
        guard = asyncio.ensure_future(database.lease.guard())
        await _break_session(database)
        for _ in range(2):
            await _pass(clock, RENEWAL)
        with pytest.raises(AlreadyRunning):
            await second.lease.take()
        await _break_session(database)
        async with second.alone():
            for _ in range(2):
                await _pass(clock, RENEWAL)
            with pytest.raises(AlreadyRunning):
                await guard
    await second.close()


async def _break_session(database: Database) -> None:
    end = text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE objid = :lock AND granted")
    async with database._engines.reader.connect() as connection:
        assert len((await connection.execute(end, {"lock": RUNNER_LOCK})).all()) == 1


async def _pass(clock: FakeClock, seconds: float) -> None:
    """Move the clock, and give what it wakes real time to talk to the server."""
    await settle()
    await clock.advance(seconds)
    await asyncio.sleep(0.3)
