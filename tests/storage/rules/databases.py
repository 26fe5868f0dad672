"""Empty databases for the stories: cheap, one after the other."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from storage.database import create
from storage.tables import metadata
from tests.databases import fresh_database
from tests.fakes import FakeClock
from tests.storage.conftest import POSTGRES
from tests.storage.rules.side import Side

if TYPE_CHECKING:
    from pathlib import Path

    from storage.database import Database


class Databases:
    """A new SQLite file for every story; on PostgreSQL, where it is there, a database of its own, emptied."""

    def __init__(self, folder: Path, clock: FakeClock) -> None:
        self.folder = folder
        self.clock = clock
        self.runner = asyncio.Runner()
        self.sqlite: Database | None = None
        self.postgresql: Database | None = None
        self._name = f"rules_{os.getpid()}"

    async def prepare(self) -> None:
        """Make the server's database."""
        if POSTGRES is not None:
            await self._on_server(f"CREATE DATABASE {self._name}")
            url = make_url(POSTGRES).set(database=self._name)
            self.postgresql = create(url.render_as_string(hide_password=False), self.clock)
            await self.postgresql.migrate()

    async def fresh(self) -> list[Side]:
        """Both without a row."""
        await self.drop()
        self.sqlite = await fresh_database(self.folder, self.clock)
        sides = [Side("SQLite", self.sqlite, self.clock)]
        if self.postgresql is not None:
            tables = ", ".join(f'"{name}"' for name in metadata.tables)
            async with self.postgresql._engines.writer.begin() as connection:
                await connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
            sides.append(Side("PostgreSQL", self.postgresql, self.clock))
        for side in sides:
            await side.begin()
        return sides

    async def drop(self) -> None:
        """Close the SQLite file and take it away."""
        if self.sqlite is not None:
            await self.sqlite.close()
            self.sqlite = None
        for path in self.folder.glob("wrong-opinions.db*"):
            path.unlink()

    async def close(self) -> None:
        """Close what is open, and leave nothing on the server."""
        await self.drop()
        if self.postgresql is not None:
            await self.postgresql.close()
            await self._on_server(f"DROP DATABASE {self._name}")

    async def _on_server(self, statement: str) -> None:
        engine = create_async_engine(make_url(str(POSTGRES)).set(drivername="postgresql+asyncpg"))
        async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            await connection.execute(text(statement))
        await engine.dispose()
