"""SQLite without a thread hop per statement: one connection that writes for everybody, and quick looks.

A driver for asyncio hands every statement to a thread and back, which costs many times what a look-up by key
takes. Here statements run where they are awaited, in the event loop's thread, until a transaction has used up
`INLINE`; what follows of it goes to a thread, so that no import keeps the loop from its taps. What waits for
the disk, beginning and committing, always does.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import AsyncIterator, Callable, Coroutine

    from sqlalchemy import URL, Connection, CursorResult, Dialect, Engine, Executable, ScalarResult
    from sqlalchemy.ext.asyncio import AsyncConnection

INLINE = 0.005
"""Seconds that a transaction's statements may take of the event loop's time."""
LOOKING = 4
"""Connections for looks; more than one is in use only while a long look is in its thread."""
TOGETHER = 64
"""Transactions committed at once."""

T = TypeVar("T")


class Worker:
    """A thread of its own for what would keep the event loop waiting."""

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)

    async def run(self, call: Callable[..., T], *arguments: Any) -> T:
        """Call it there; returns only once it has ended, cancelled or not, since the connection is in use."""
        future = asyncio.get_running_loop().run_in_executor(self._thread, call, *arguments)
        cancelled: asyncio.CancelledError | None = None
        while not future.done():
            try:
                await asyncio.wait([future])
            except asyncio.CancelledError as error:
                cancelled = error
        if cancelled is not None:
            raise cancelled
        return future.result()

    def close(self) -> None:
        """End the thread; nothing may be under way."""
        self._thread.shutdown()


def driver_of(connection: Connection) -> sqlite3.Connection:
    """SQLite's own connection, for what SQLAlchemy would make a ceremony of: transactions and savepoints."""
    driver: Any = connection.connection.driver_connection
    return cast("sqlite3.Connection", driver)


class InlineConnection:
    """As much of an AsyncConnection as the repositories use, for one transaction."""

    def __init__(self, connection: Connection, worker: Worker) -> None:
        self._connection = connection
        self._worker = worker
        self._used = 0.0

    @property
    def dialect(self) -> Dialect:
        """The database's."""
        return self._connection.dialect

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """Run a statement; its rows are all there."""
        return await self._run(self._connection.execute, statement, parameters)

    async def scalar(self, statement: Executable, parameters: Any = None) -> Any:
        """The first column of the first row, None without one."""
        return (await self.execute(statement, parameters)).scalar()

    async def scalars(self, statement: Executable, parameters: Any = None) -> ScalarResult[Any]:
        """The first column of all rows."""
        return (await self.execute(statement, parameters)).scalars()

    async def _run(self, call: Callable[..., T], *arguments: Any) -> T:
        if self._used > INLINE:
            return await self._worker.run(call, *arguments)
        began = perf_counter()
        try:
            return call(*arguments)
        finally:
            self._used += perf_counter() - began


class Looks:
    """Short reading transactions: a few look-ups by key. What may walk a table has the async engine."""

    def __init__(self, engine: Engine) -> None:
        self.sync_engine = engine
        self._worker = Worker("looks")
        self._slots = asyncio.Semaphore(LOOKING)
        self._idle: list[Connection] = []

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees one state and writes nothing."""
        async with self._slots:
            connection = self._idle.pop() if self._idle else self.sync_engine.connect()
            driver = driver_of(connection)
            driver.execute("BEGIN")
            try:
                yield cast("AsyncConnection", InlineConnection(connection, self._worker))
            finally:
                driver.rollback()
                self._idle.append(connection)

    async def dispose(self) -> None:
        """Close the connections."""
        self._worker.close()
        while self._idle:
            self._idle.pop().close()
        self.sync_engine.dispose()


class _Group:
    """Transactions that are committed together, each a savepoint of one of SQLite's."""

    def __init__(self) -> None:
        self.size = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()


class Writer:
    """The one connection that writes. Transactions have it in turns and share their commits.

    Whoever commits waits for the disk together with all whose turn came meanwhile. A transaction that fails
    takes back its own changes alone; only where SQLite gives up everything, as on a full disk, do all fail.
    """

    def __init__(self, engine: Engine) -> None:
        self.sync_engine = engine
        self._worker = Worker("writer")
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._connection: Connection | None = None
        self._group: _Group | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> URL:
        """The database's."""
        return self.sync_engine.url

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[AsyncConnection]:
        """A transaction alone in writing, rolled back unless `commit` is called; they must not be nested."""
        await self._take_turn()
        try:
            connection, group = await self._open_group()
        except BaseException:
            self._turn.release()
            raise
        turn = _Turn(connection, self._worker, group, self._end_turn)
        try:
            yield cast("AsyncConnection", turn)
        finally:
            turn.close()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """The same, committed at the end unless that is an exception."""
        async with self.connect() as connection:
            yield connection
            await connection.commit()

    async def dispose(self) -> None:
        """Close the connection; nothing may be under way."""
        async with self._turn:
            self._worker.close()
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            self.sync_engine.dispose()

    async def _take_turn(self) -> None:
        self._waiting += 1
        try:
            await self._turn.acquire()
        except asyncio.CancelledError:
            # The one before may have left the commit to us.
            self._start(self._do_nothing())
            raise
        finally:
            self._waiting -= 1

    async def _do_nothing(self) -> None:
        async with self.connect():
            pass

    async def _open_group(self) -> tuple[Connection, _Group]:
        if self._connection is None:
            self._connection = await self._worker.run(self.sync_engine.connect)
        if self._group is None:
            driver = driver_of(self._connection)
            try:
                await self._worker.run(driver.execute, "BEGIN IMMEDIATE")
            except BaseException:
                driver.rollback()
                raise
            self._group = _Group()
        return self._connection, self._group

    def _end_turn(self, *, intact: bool) -> None:
        """Let the next one go on, or commit where nobody waits or enough have had their turn.

        Not `intact`: SQLite has rolled everything back by itself (its result codes FULL, IOERR and NOMEM).
        """
        assert self._group is not None  # noqa: S101 - the turn was one of a group
        if intact and self._waiting and self._group.size < TOGETHER:
            self._turn.release()
        else:
            self._start(self._close_group(self._group, intact=intact))

    async def _close_group(self, group: _Group, *, intact: bool) -> None:
        assert self._connection is not None  # noqa: S101 - a group has one
        driver = driver_of(self._connection)
        try:
            await self._worker.run(driver.commit if intact and group.size else driver.rollback)
            if not intact:
                raise OSError("SQLite rolled the transaction back")  # noqa: TRY301 - as if the commit had said it
        except Exception as error:  # noqa: BLE001 - told to everybody whose changes are lost
            group.done.set_exception(error)
            group.done.exception()  # Nobody need be left to hear of it.
            self._connection.invalidate()
            self._connection = None
        else:
            group.done.set_result(None)
        finally:
            self._group = None
            self._turn.release()

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class _Turn(InlineConnection):
    """One transaction of a group."""

    def __init__(
        self, connection: Connection, worker: Worker, group: _Group, end: Callable[..., None]
    ) -> None:
        super().__init__(connection, worker)
        self._group = group
        self._end = end
        self._over = False
        self._driver = driver_of(connection)
        self._driver.execute("SAVEPOINT turn")

    async def commit(self) -> None:
        """Return once the changes are on the disk."""
        self._driver.execute("RELEASE turn")
        self._group.size += 1
        self._over = True
        self._end(intact=True)
        await asyncio.shield(self._group.done)

    def close(self) -> None:
        """Take the changes back unless they were committed."""
        if self._over:
            return
        self._over = True
        intact = self._driver.in_transaction
        if intact:
            self._driver.execute("ROLLBACK TO turn")
            self._driver.execute("RELEASE turn")
        self._end(intact=intact)

    async def _run(self, call: Callable[..., T], *arguments: Any) -> T:
        if self._over:
            raise RuntimeError("this transaction is over")
        return await super()._run(call, *arguments)
