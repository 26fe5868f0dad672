"""One database: the store the rules use, the inbox, and the catalogues' cached answers."""

from __future__ import annotations

import shutil
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from sqlalchemy import text

from storage.answer_cache import SqlAnswerCache
from storage.engine import Engines, connect, disk_size, migrating, reaching, sqlite_path
from storage.inbox import InboxStore
from storage.lease import lease_on
from storage.schema import revisions, upgrade
from storage.unit_of_work import SqlStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from domain.clock import Clock
    from domain.ports import Store


def create(database_url: str, clock: Clock) -> Database:
    """The database behind a URL; nothing is connected yet. ValueError for a URL `storage.engine` refuses."""
    return Database(connect(database_url), clock)


class Database:
    """Owns the connections. `migrate` it before anything else, `close` it at the end."""

    def __init__(self, engines: Engines, clock: Clock) -> None:
        self._engines = engines
        self._clock = clock
        self.inbox = InboxStore(engines)
        self.answer_cache = SqlAnswerCache(engines)
        self.lease = lease_on(engines, clock)

    def store(self, update_id: int | None = None) -> Store:
        """A store whose `write` belongs to an update of the inbox, or to none."""
        return SqlStore(self._engines, self.inbox, self._clock, update_id)

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Hold the lease: no bot runs on this database, or no other. AlreadyRunning where one does."""
        await self.lease.take()
        try:
            yield
        finally:
            await self.lease.give_back()

    async def revisions(self) -> tuple[str | None, str]:
        """The tables' revision, None for a database without tables, and the one this program needs.

        DatabaseUnreachable where the server is not there.
        """
        async with AsyncExitStack() as stack:
            with reaching():
                connection = await stack.enter_async_context(self._engines.reader.connect())
            return await connection.run_sync(revisions)

    async def migrate(self) -> None:
        """Bring the tables up to date. Processes that start together take turns, the later find it done."""
        async with migrating(self._engines) as connection:
            await connection.run_sync(upgrade)

    async def size(self) -> int:
        """Bytes on disk, with what SQLite has not yet folded into its file."""
        return await disk_size(self._engines)

    async def free(self) -> int | None:
        """Bytes left on the disk of a SQLite file; None for PostgreSQL, whose disk is not ours to know."""
        path = sqlite_path(self._engines)
        return None if path is None else shutil.disk_usage(path.parent).free

    async def ping(self) -> None:
        """Ask the database for anything at all; raises where it does not answer."""
        async with self._engines.reader.connect() as connection:
            await connection.execute(text("SELECT 1 FROM clubs LIMIT 1"))

    async def close(self) -> None:
        """Close all connections; nothing may be under way."""
        await self._engines.dispose()
