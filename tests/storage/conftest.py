from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from storage.database import Database, create
from storage.engine import connect
from tests.databases import fresh_database
from tests.fakes import FakeClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

POSTGRES = os.environ.get("POSTGRES_TEST_URL")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["sqlite", "postgresql"] if POSTGRES else ["sqlite"])
async def database(
    request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock
) -> AsyncIterator[Database]:
    """A migrated database without rows, on each database there is to test on."""
    if request.param == "sqlite":
        database = await fresh_database(tmp_path, clock)
    else:
        database = await emptied(str(POSTGRES), clock)
    yield database
    await database.close()


@pytest.fixture
async def sqlite_database(tmp_path: Path, clock: FakeClock) -> AsyncIterator[Database]:
    """For what is about SQLite itself; its file is `wrong-opinions.db` in `tmp_path`."""
    database = await fresh_database(tmp_path, clock)
    yield database
    await database.close()


async def emptied(url: str, clock: FakeClock) -> Database:
    engines = connect(url)
    async with engines.writer.begin() as connection:
        await connection.execute(text("DROP SCHEMA public CASCADE"))
        await connection.execute(text("CREATE SCHEMA public"))
    await engines.dispose()
    database = create(url, clock)
    await database.migrate()
    return database
