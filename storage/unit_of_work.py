"""Transactions: one unit of work each, committed on demand and rolled back otherwise."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from domain.ports import AlreadyHandled
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

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from domain import ports
    from domain.clock import Clock
    from storage.engine import Engines
    from storage.inbox import InboxStore
    from storage.inline import Reader, Writer


class SqlUnitOfWork:
    """The repositories over one connection, whose transaction begins with the first statement.

    With an `update_id` the commit also marks that update done, and fails if it was.
    """

    def __init__(
        self, connection: AsyncConnection, inbox: InboxStore, clock: Clock, update_id: int | None
    ) -> None:
        self._connection = connection
        self._inbox = inbox
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
        if self._update_id is None:
            await self._connection.commit()
            return
        if not await self._inbox.done_within(self._connection, self._update_id, self._clock.now()):
            raise AlreadyHandled(self._update_id)
        await self._connection.commit()
        self._inbox.committed(self._update_id)


class SqlStore:
    """A `domain.ports.Store`. Units of work must not be nested: an inner `write` waits for the outer."""

    def __init__(self, engines: Engines, inbox: InboxStore, clock: Clock, update_id: int | None) -> None:
        self._engines = engines
        self._inbox = inbox
        self._clock = clock
        self._update_id = update_id

    def read(self) -> AbstractAsyncContextManager[ports.UnitOfWork]:
        """A consistent view; the database refuses changes."""
        return self._open(self._engines.reader, None)

    def glance(self) -> AbstractAsyncContextManager[ports.UnitOfWork]:
        """The same for a few look-ups by key, without a thread."""
        return self._open(self._engines.looks, None)

    def write(self) -> AbstractAsyncContextManager[ports.UnitOfWork]:
        """A transaction alone in writing; its commit marks the update done."""
        return self._open(self._engines.writer, self._update_id)

    def keep(self) -> AbstractAsyncContextManager[ports.UnitOfWork]:
        """A transaction alone in writing that belongs to no update."""
        return self._open(self._engines.writer, None)

    @asynccontextmanager
    async def _open(
        self, engine: AsyncEngine | Reader | Writer, update_id: int | None
    ) -> AsyncIterator[ports.UnitOfWork]:
        async with engine.connect() as connection:
            yield SqlUnitOfWork(connection, self._inbox, self._clock, update_id)
