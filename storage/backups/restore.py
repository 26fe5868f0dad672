"""From a backup to a database again.

Everything that can go wrong goes wrong beside the database that is there: the backup is unpacked, checked and
migrated in a file of its own. What remains is one renaming, before which the old database stands in its place
and after which the new one does, whenever the process is killed.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from domain.backups import Restored
from domain.errors import BackupDamaged, DatabaseInUse, NoSuchBackup
from storage.backups import container, files, snapshot, tombstones
from storage.backups.stopping import in_thread
from storage.engine import connect, migrating
from storage.lease import FileLease
from storage.schema import upgrade

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from domain.backups import Manifest
    from storage.backups.stopping import Stop


def unpack(backup: Path, target: Path, identity: Path | None, stop: Stop) -> Manifest:
    """Unpack a backup into an existing, empty file, and check all there is in it."""
    manifest = container.unpack(backup, target, identity, stop)
    found = snapshot.examine(target, stop)
    if (found.revision, found.rows) != (manifest.revision, manifest.rows):
        raise BackupDamaged
    return manifest


def migrate(database: Path) -> None:
    """Bring a SQLite file up to date. Call it in a thread without a loop."""
    try:
        asyncio.run(_migrate(database))
    except DBAPIError as error:
        if isinstance(error.orig, sqlite3.OperationalError):
            raise error.orig from error
        raise


async def restore(backup: Path, database: Path, identity: Path | None, now: datetime) -> Restored:
    """Put a backup in the place of the database, which is set aside.

    NoSuchBackup, whatever `Vault.open` raises, AlreadyRunning beside a running bot, DatabaseInUse, DiskFull,
    NotWritable.
    """
    lease = FileLease(database)
    with files.writing(database.parent):
        await lease.take()
        try:
            return await in_thread(lambda stop: _restore(backup, database, identity, now, stop))
        finally:
            await lease.give_back()


def _restore(backup: Path, database: Path, identity: Path | None, now: datetime, stop: Stop) -> Restored:
    if not backup.is_file():
        raise NoSuchBackup
    # Where the path is a link, the file behind it is replaced, not the link.
    database = database.resolve()
    folder = database.parent
    for left_over in folder.glob(f".{database.name}.restoring*"):
        left_over.unlink(missing_ok=True)
    with files.scratch(folder / f".{database.name}.restoring") as fresh:
        manifest = unpack(backup, fresh, identity, stop)
        migrate(fresh)
        tombstones.forget_again(fresh, tombstones.keys_of(database), now)
        after = snapshot.examine(fresh, stop)
        with fresh.open("r+b") as written:
            files.to_disk(written)
        aside = None
        if database.is_file() and database.stat().st_size:
            aside = database.with_name(f"{database.name}.before-{now:%Y%m%dT%H%M%S%fZ}")
            _fold(database)
            _set_aside(database, aside)
        fresh.replace(database)
        files.folder_to_disk(folder)
    return Restored(manifest, after.revision, aside)


async def _migrate(database: Path) -> None:
    engines = connect(URL.create("sqlite", database=str(database)).render_as_string())
    try:
        async with migrating(engines) as connection:
            await connection.run_sync(upgrade)
    finally:
        await engines.dispose()


def _fold(database: Path) -> None:
    """Make the database one file, without a log beside it that SQLite would take for the new one's.

    DatabaseInUse where any other connection has it open. One that is damaged beyond opening keeps its log,
    which is set aside with it.
    """
    with closing(sqlite3.connect(database, isolation_level=None, timeout=1)) as connection:
        try:
            (mode,) = connection.execute("PRAGMA journal_mode=DELETE").fetchone()
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("ROLLBACK")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                raise DatabaseInUse from error
            raise
        except sqlite3.DatabaseError:
            return
    if mode != "delete":
        raise DatabaseInUse


def _set_aside(database: Path, aside: Path) -> None:
    """Give the old database a second name; a file system without links gets a copy."""
    for suffix in ("-wal", "-shm"):
        beside = database.with_name(f"{database.name}{suffix}")
        if beside.exists():
            beside.rename(aside.with_name(f"{aside.name}{suffix}"))
    try:
        os.link(database, aside)
    except OSError:
        with database.open("rb") as old, files.create(aside) as copy:
            shutil.copyfileobj(old, copy)
            files.to_disk(copy)
    files.folder_to_disk(database.parent)
