"""Transactions: one unit of work each, committed on demand and rolled back otherwise."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from domain.ports import AlreadyHandled
from storage.inbox import settled
from storage.repositories.backfill import SqlBackfills
from storage.repositories.clubs import SqlClubs
from storage.repositories.exports import SqlExports
from storage.repositories.history import SqlHistory
from storage.repositories.imports import SqlImports
from storage.repositories.members import SqlMembers
from storage.repositories.messages import SqlMessages
from storage.repositories.notices import SqlNotices
from storage.repositories.posts import SqlPosts
from storage.repositories.ratings import SqlRatings
from storage.repositories.searches import SqlSearches
from storage.repositories.statistics import SqlRecords
from storage.repositories.users import SqlUsers
from storage.repositories.weeks import SqlWeeks
from storage.repositories.works import SqlWorks
from storage.tables import UpdateState

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from domain import ports
    from domain.clock import Clock
    from storage.engine import Engines


class SqlUnitOfWork:
    """The repositories over one connection, whose transaction begins with the first statement.

    With an `update_id` the commit also marks that update done, and fails if it was.
    """

    def __init__(self, connection: AsyncConnection, clock: Clock, update_id: int | None) -> None:
        self._connection = connection
        self._clock = clock
        self._update_id = update_id
        self.users: ports.Users = SqlUsers(connection)
        self.clubs: ports.Clubs = SqlClubs(connection)
        self.members: ports.Members = SqlMembers(connection)
        self.works: ports.Works = SqlWorks(connection)
        self.weeks: ports.Weeks = SqlWeeks(connection)
        self.ratings: ports.Ratings = SqlRatings(connection)
        self.searches: ports.Searches = SqlSearches(connection)
        self.messages: ports.Messages = SqlMessages(connection)
        self.notices: ports.Notices = SqlNotices(connection)
        self.records: ports.Records = SqlRecords(connection)
        self.posts: ports.Posts = SqlPosts(connection)
        self.history: ports.History = SqlHistory(connection)
        self.backfills: ports.Backfills = SqlBackfills(connection)
        self.exports: ports.Exports = SqlExports(connection)
        self.imports: ports.Imports = SqlImports(connection)

    async def commit(self) -> None:
        """Make the changes last. AlreadyHandled, and nothing changed, if the update no longer waited."""
        if self._update_id is not None:
            done = settled(self._update_id, UpdateState.DONE, self._clock.now())
            if (await self._connection.execute(done)).rowcount != 1:
                await self._connection.rollback()
                raise AlreadyHandled(self._update_id)
        await self._connection.commit()


class SqlStore:
    """A `domain.ports.Store`. Units of work must not be nested: an inner `write` waits for the outer."""

    def __init__(self, engines: Engines, clock: Clock, update_id: int | None) -> None:
        self._engines = engines
        self._clock = clock
        self._update_id = update_id

    def read(self) -> AbstractAsyncContextManager[ports.UnitOfWork]:
        """A consistent view; the database refuses changes."""
        return self._open(self._engines.reader, None)

    def write(self) -> AbstractAsyncContextManager[ports.UnitOfWork]:
        """A transaction alone in writing; its commit marks the update done."""
        return self._open(self._engines.writer, self._update_id)

    def keep(self) -> AbstractAsyncContextManager[ports.UnitOfWork]:
        """A transaction alone in writing that belongs to no update."""
        return self._open(self._engines.writer, None)

    @asynccontextmanager
    async def _open(self, engine: AsyncEngine, update_id: int | None) -> AsyncIterator[ports.UnitOfWork]:
        async with engine.connect() as connection:
            yield SqlUnitOfWork(connection, self._clock, update_id)
