"""SQLite as the bot uses it: one connection that writes for everybody, some that read, threads where it pays.

A driver for asyncio hands every statement to a thread and back, which costs many times what a look-up by key
takes. Here statements run where they are awaited, in the event loop's thread, until a transaction has used up
what it may; what follows of it goes to a thread, so that no import keeps the loop from its taps. What waits
for the disk, opening, beginning to write and committing, always does, and what may walk a table.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeVar, cast

from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence

    from sqlalchemy import (
        URL,
        Connection,
        CursorResult,
        Dialect,
        Engine,
        Executable,
        MappingResult,
        RowMapping,
        ScalarResult,
    )
    from sqlalchemy.ext.asyncio import AsyncConnection

INLINE = 0.005
"""Seconds that a transaction's statements may take of the event loop's time."""
PAGE = 500
"""Rows of a stream that are fetched at once."""
TOGETHER = 64
"""Transactions committed at once."""

T = TypeVar("T")


async def to_its_end(future: asyncio.Future[T]) -> T:
    """Its result; returns only once it has ended, cancelled or not."""
    cancelled: asyncio.CancelledError | None = None
    while not future.done():
        try:
            await asyncio.wait([future])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled
    return future.result()


class Worker:
    """A thread of its own for what would keep the event loop waiting."""

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)

    async def run(self, call: Callable[..., T], *arguments: Any) -> T:
        """Call it there and wait for its end, cancelled or not, since the connection is in use."""
        return await to_its_end(asyncio.get_running_loop().run_in_executor(self._thread, call, *arguments))

    def close(self) -> None:
        """End the thread; nothing may be under way."""
        self._thread.shutdown()


def driver_of(connection: Connection) -> sqlite3.Connection:
    """SQLite's own connection, for what SQLAlchemy would make a ceremony of: transactions and savepoints."""
    driver: Any = connection.connection.driver_connection
    return cast("sqlite3.Connection", driver)


class InlineConnection:
    """As much of an AsyncConnection as the repositories use, for one transaction.

    Its statements take at most about `inline` seconds of the event loop's time; with none all are run in the
    thread, which fetches their rows, too.
    """

    def __init__(self, connection: Connection, worker: Worker, inline: float) -> None:
        self._connection = connection
        self._worker = worker
        self._left = inline

    @property
    def dialect(self) -> Dialect:
        """The database's."""
        return self._connection.dialect

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """Run a statement; its rows are all there."""
        return await self._run(self._execute, statement, parameters)

    async def scalar(self, statement: Executable, parameters: Any = None) -> Any:
        """The first column of the first row, None without one."""
        return (await self.execute(statement, parameters)).scalar()

    async def scalars(self, statement: Executable, parameters: Any = None) -> ScalarResult[Any]:
        """The first column of all rows."""
        return (await self.execute(statement, parameters)).scalars()

    @asynccontextmanager
    async def stream(self, statement: Executable) -> AsyncIterator[Stream]:
        """Run a statement whose rows come page by page, since there may be many."""
        found = await self._run(self._connection.execute, statement)
        try:
            yield Stream(found.mappings(), self._run)
        finally:
            found.close()

    async def run_sync(self, call: Callable[[Connection], T]) -> T:
        """Call it with SQLAlchemy's own connection."""
        return await self._run(call, self._connection)

    def _execute(self, statement: Executable, parameters: Any) -> CursorResult[Any]:
        result = self._connection.execute(statement, parameters)
        fetched = isinstance(result.cursor_strategy, FullyBufferedCursorFetchStrategy)
        if result.returns_rows and self._left <= 0 and not fetched:
            # SQLite finds a row when it is asked for it, which must not be in the loop's thread.
            result.cursor_strategy = FullyBufferedCursorFetchStrategy(result.cursor)
        return result

    async def _run(self, call: Callable[..., T], *arguments: Any) -> T:
        if self._left <= 0:
            return await self._worker.run(call, *arguments)
        began = perf_counter()
        try:
            return call(*arguments)
        finally:
            self._left -= perf_counter() - began


class Stream:
    """Rows that are fetched where a connection's statements are run."""

    def __init__(self, rows: MappingResult, run: Callable[..., Awaitable[Sequence[RowMapping]]]) -> None:
        self._rows = rows
        self._run = run

    async def mappings(self) -> AsyncIterator[RowMapping]:
        """Each of them."""
        while page := await self._run(self._rows.fetchmany, PAGE):
            for row in page:
                yield row


class Reader:
    """Connections whose transactions each see one state and write nothing; with as many threads, if need be.

    `inline` as for an InlineConnection.
    """

    def __init__(self, engine: Engine, connections: int, inline: float) -> None:
        self.sync_engine = engine
        self._inline = inline
        self._connections = connections
        self._slots = asyncio.Semaphore(connections)
        self._idle: list[tuple[Connection, Worker]] = []

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[AsyncConnection]:
        """A transaction; who comes while all connections are in use waits for one."""
        async with self._slots:
            while not self._idle:
                await self._open()
            connection, worker = self._idle.pop()
            driver = driver_of(connection)
            try:
                driver.execute("BEGIN")
                yield cast("AsyncConnection", InlineConnection(connection, worker, self._inline))
            finally:
                driver.rollback()
                self._idle.append((connection, worker))

    async def dispose(self) -> None:
        """Close the connections, each as soon as nobody uses it."""
        async with AsyncExitStack() as slots:
            for _ in range(self._connections):
                await slots.enter_async_context(self._slots)
            while self._idle:
                connection, worker = self._idle.pop()
                worker.close()
                connection.close()
            self.sync_engine.dispose()

    async def _open(self) -> None:
        """Add a connection to those that are idle, also where whoever waits for it is cancelled."""
        worker = Worker("reader")

        def connect() -> None:
            self._idle.append((self.sync_engine.connect(), worker))

        try:
            if self._inline:
                connect()
            else:
                await worker.run(connect)
        except Exception:
            worker.close()
            raise


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
            await self._worker.run(self._connect)
        assert self._connection is not None  # noqa: S101 - it was made just now, or before
        if self._group is None:
            driver = driver_of(self._connection)
            try:
                await self._worker.run(driver.execute, "BEGIN IMMEDIATE")
            except BaseException:
                driver.rollback()
                raise
            self._group = _Group()
        return self._connection, self._group

    def _connect(self) -> None:
        self._connection = self.sync_engine.connect()

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
        super().__init__(connection, worker, INLINE)
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
