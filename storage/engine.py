"""Connections: what is particular to SQLite or to PostgreSQL about them.

SQLite: one writer connection and a few readers; `storage.inline` says what runs in which thread. The driver's
own transactions are switched off, since with them a SELECT opens none and read-modify-writes get lost
(DESIGN §4); the writer's begin with BEGIN IMMEDIATE. One writer, no manual checkpoint and no mmap also keep
clear of the WAL-reset bug of SQLite 3.7.0 to 3.51.2.

SQLAlchemy's asyncio is imported where it is used, by migrations and on PostgreSQL: it brings the ORM along,
which is a twentieth of the memory and of a start.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, NullPool, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError

from domain.ports import DatabaseUnreachable
from storage.inline import INLINE, Reader, Writer, to_its_end
from storage.violations import translate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping

    import aiosqlite
    from sqlalchemy import Connection, Engine
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

READERS = 4
LOOKING = 4
"""Connections for looks; more than one is in use only while a long look is in its thread."""
BUSY_SECONDS = 30
# Any number nobody else in the same PostgreSQL database locks.
WRITER_LOCK = 7_716_301
_CONNECT = {"isolation_level": None, "timeout": BUSY_SECONDS}


@dataclass(frozen=True, slots=True)
class Engines:
    """`writer`'s transactions are alone in writing, `reader`'s see one state and write nothing.

    `looks` are a reader's for a few look-ups by key.
    """

    writer: AsyncEngine | Writer
    reader: AsyncEngine | Reader
    looks: AsyncEngine | Reader

    async def dispose(self) -> None:
        """Close every connection; the writer's last, so that SQLite can fold its log into the file."""
        await self.reader.dispose()
        await self.looks.dispose()
        await self.writer.dispose()


def connect(database_url: str) -> Engines:
    """Engines for `sqlite:///<path>` (the file and its folder are made) or `postgresql://…`.

    ValueError for any other URL, a database in memory included, and where PostgreSQL's driver is missing;
    it does not quote the URL, which may hold a password. OSError where the file cannot be made.
    """
    try:
        url = make_url(database_url)
    except ArgumentError:
        raise ValueError("not the URL of a database") from None
    match url.get_backend_name():
        case "sqlite":
            return _sqlite(url)
        case "postgresql":
            try:
                return _postgresql(url)
            except ModuleNotFoundError as missing:
                raise ValueError(f"PostgreSQL needs the package {missing.name}") from missing
        case _:
            raise ValueError("only SQLite and PostgreSQL are supported")


def sqlite_file(database_url: str) -> Path | None:
    """The file of a SQLite database, None for another; ValueError as `connect`. Nothing is made."""
    try:
        url = make_url(database_url)
    except ArgumentError:
        raise ValueError("not the URL of a database") from None
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


@asynccontextmanager
async def migrating(engines: Engines) -> AsyncIterator[AsyncConnection]:
    """A transaction to change tables in, others wait for it. Committed at the end if no foreign key dangles.

    Foreign keys are off on SQLite: a rebuilt table is dropped, which would delete its children by cascade.
    """
    url = engines.writer.url
    migrator = _migrator(url) if url.get_backend_name() == "sqlite" else engines.writer
    async with migrator.begin() as connection:
        yield connection
        # Looking for them reads every row there is: not at a start that finds nothing to do.
        if connection.dialect.name == "sqlite" and await connection.scalar(text("SELECT total_changes()")):
            dangling = (await connection.execute(text("PRAGMA foreign_key_check"))).all()
            if dangling:
                tables = ", ".join(sorted({row[0] for row in dangling}))
                raise RuntimeError(f"the migration left rows without their parents in: {tables}")


def sqlite_path(engines: Engines) -> Path | None:
    """The file of a SQLite database; None for PostgreSQL."""
    url = engines.writer.url
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


async def disk_size(engines: Engines) -> int:
    """Bytes that the database takes on disk, SQLite's log included."""
    path = sqlite_path(engines)
    if path is None:
        async with engines.reader.connect() as connection:
            return int(await connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)
    return sum(file.stat().st_size for file in (path, path.with_name(f"{path.name}-wal")) if file.exists())


@contextmanager
def reaching() -> Iterator[None]:
    """For the first word with a database: DatabaseUnreachable where its server cannot be spoken to.

    Its message names the kind of trouble only; the driver's own may quote the URL, password included.
    """
    try:
        yield
    except (DBAPIError, OSError) as error:
        cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
        raise DatabaseUnreachable(f"the database cannot be reached ({type(cause).__name__})") from None


def _sqlite(url: URL) -> Engines:
    path = url.database
    if not path or path == ":memory:" or path.startswith("file:"):
        raise ValueError("SQLite needs the path of a file")
    make_file(Path(path))
    # What is deleted is overwritten: who asks to be forgotten must not stay in the file's free pages.
    writes = {
        "journal_mode": "WAL",
        "synchronous": "FULL",
        "foreign_keys": "ON",
        "mmap_size": "0",
        "secure_delete": "ON",
    }
    reads = {"query_only": "ON", "mmap_size": "0"}
    return Engines(
        writer=Writer(_engine(url, pragmas=writes)),
        reader=Reader(_engine(url, pragmas=reads), READERS, inline=0.0),
        looks=Reader(_engine(url, pragmas=reads), LOOKING, INLINE),
    )


def make_file(path: Path) -> None:
    """For its owner's eyes alone; SQLite gives its `-wal` and `-shm` files the same mode."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _engine(url: URL, *, pragmas: Mapping[str, str]) -> Engine:
    # Used by the event loop's thread and by a worker's, never by both at once.
    options = {**_CONNECT, "check_same_thread": False}
    engine = create_engine(
        url.set(drivername="sqlite+pysqlite"), hide_parameters=True, connect_args=options, poolclass=NullPool
    )
    _prepare(engine, pragmas)
    return engine


def _migrator(url: URL) -> AsyncEngine:
    from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415 - see above

    pragmas = {"journal_mode": "WAL", "synchronous": "FULL", "foreign_keys": "OFF", "mmap_size": "0"}
    engine = create_async_engine(
        url.set(drivername="sqlite+aiosqlite"),
        hide_parameters=True,
        connect_args={**_CONNECT, "async_creator_fn": _opened},
        poolclass=NullPool,
    )
    _prepare(engine.sync_engine, pragmas)
    event.listen(engine.sync_engine, "begin", _executing("BEGIN IMMEDIATE"))
    return engine


async def _opened(path: str, **options: Any) -> aiosqlite.Connection:
    """A new connection. Left alone, aiosqlite never closes one that came after its caller was cancelled."""
    import aiosqlite  # noqa: PLC0415 - as SQLAlchemy's asyncio

    opening = asyncio.ensure_future(aiosqlite.connect(path, **options))
    try:
        return await to_its_end(opening)
    except asyncio.CancelledError:
        if opening.exception() is None:
            await opening.result().close()
        raise


def _prepare(engine: Engine, pragmas: Mapping[str, str]) -> None:
    """Have a SQLite engine's connections begin as they should, and its errors translated."""

    def prepare(connection: Any, _: object) -> None:
        cursor = connection.cursor()
        for name, value in pragmas.items():
            _in_turn(cursor, f"PRAGMA {name}={value}")
        cursor.close()

    def let_go(connection: Any, *_: object) -> None:
        # A cancelled statement's cursor keeps the closed connection alive, and with it its hold on the file.
        connection.rollback()

    event.listen(engine, "connect", prepare)
    event.listen(engine, "invalidate", let_go)
    event.listen(engine, "handle_error", translate, retval=True)


def _in_turn(cursor: Any, pragma: str) -> None:
    """Run it after whoever writes to the file.

    A change to WAL fails at once where another writes or changes, too: it holds a shared lock by then, for
    which SQLite does not ask its busy handler. BEGIN EXCLUSIVE does, for as long as BUSY_SECONDS.
    """
    while True:
        try:
            cursor.execute(pragma)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            cursor.execute("BEGIN EXCLUSIVE")
            cursor.execute("ROLLBACK")
        else:
            return


def _postgresql(url: URL) -> Engines:
    from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415 - see above

    engine = create_async_engine(url.set(drivername="postgresql+asyncpg"), hide_parameters=True)
    event.listen(engine.sync_engine, "handle_error", translate, retval=True)
    reader = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    writer = engine.execution_options()
    event.listen(writer.sync_engine, "begin", _executing(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})"))
    return Engines(writer, reader, looks=reader)


def _executing(statement: str) -> Callable[[Connection], None]:
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(statement)

    return begin
