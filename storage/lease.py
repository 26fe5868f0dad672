"""One process runs the bot on a database. Whoever does holds its lease, which nobody has to give back.

On SQLite it is a lock of the operating system on a file beside the database, on PostgreSQL an advisory lock
of a session. Both end with the process, however it ends, so there is no expiry to choose or to wait for.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import NullPool, text
from sqlalchemy.exc import DBAPIError

from domain.ports import AlreadyRunning
from storage.engine import make_file, reaching, sqlite_path

if TYPE_CHECKING:
    from sqlalchemy import URL
    from sqlalchemy.ext.asyncio import AsyncConnection

    from domain.clock import Clock
    from storage.engine import Engines

RUNNER_LOCK = 7_716_302
"""Any number nobody else in the same PostgreSQL database locks."""

RENEWAL = 30.0
"""Seconds after which a session is asked whether it still lives."""

log = logging.getLogger(__name__)


class Lease(Protocol):
    """The right to run the bot on a database."""

    async def take(self) -> None:
        """Take it. AlreadyRunning where another process, or another lease of this one, has it."""

    async def guard(self) -> None:
        """Never returns; AlreadyRunning should somebody else have got it over a broken connection."""

    async def give_back(self) -> None:
        """Let others have it; harmless where it was not taken."""


def lease_on(engines: Engines, clock: Clock) -> Lease:
    """The one there is on a database."""
    path = sqlite_path(engines)
    return SessionLease(engines.writer.url, clock) if path is None else FileLease(path)


class FileLease:
    """A lock on `<database>.lock`. The file stays; what counts is who has it locked.

    SQLite does the locking: it knows how on every system, and in one process, too.
    """

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(f"{database.name}.lock")
        self._lock: sqlite3.Connection | None = None

    async def take(self) -> None:
        """See Lease."""
        make_file(self._path)
        lock = sqlite3.connect(self._path, isolation_level=None, timeout=0)
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as refusal:
            lock.close()
            if refusal.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            raise AlreadyRunning from None
        self._lock = lock

    async def guard(self) -> None:
        """See Lease. The system takes no lock away."""
        await asyncio.get_running_loop().create_future()

    async def give_back(self) -> None:
        """See Lease."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None


class SessionLease:
    """An advisory lock that a connection of its own holds; the server drops it with the connection."""

    def __init__(self, url: URL, clock: Clock) -> None:
        from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415 - as in storage.engine

        self._engine = create_async_engine(url, poolclass=NullPool, hide_parameters=True)
        self._clock = clock
        self._session: AsyncConnection | None = None

    async def take(self) -> None:
        """See Lease. DatabaseUnreachable where the server is not there."""
        with reaching():
            self._session = await self._engine.connect()
        taken = await self._session.scalar(text(f"SELECT pg_try_advisory_lock({RUNNER_LOCK})"))
        await self._session.commit()
        if not taken:
            await self.give_back()
            raise AlreadyRunning

    async def guard(self) -> None:
        """See Lease. A connection that broke is replaced; while the server is away nobody can have it."""
        while True:
            await self._clock.sleep(RENEWAL)
            try:
                if self._session is None:
                    await self.take()
                else:
                    await self._session.execute(text("SELECT 1"))
                    await self._session.commit()
            except (DBAPIError, OSError) as problem:
                log.warning("the lease's connection broke and is made anew: %s", type(problem).__name__)
                await self.give_back()

    async def give_back(self) -> None:
        """See Lease."""
        session, self._session = self._session, None
        if session is not None:
            await session.invalidate()
            await session.close()
