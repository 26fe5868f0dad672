"""Files of their owner's alone, surely on the disk, and what a disk can have against them."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from domain.errors import DiskFull, NotWritable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LITTLE = 1 << 20
"""Bytes left on a disk that counts as full where SQLite does not say why it cannot write."""
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NO_WRITING = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR, errno.EEXIST}


def create(path: Path) -> BinaryIO:
    """Open a new file for writing and reading. FileExistsError."""
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "w+b")


@contextmanager
def scratch(path: Path) -> Iterator[Path]:
    """An empty private file; it and what SQLite put beside it are gone afterwards, unless it was renamed."""
    create(path).close()
    try:
        yield path
    finally:
        for suffix in ("", "-journal", "-wal", "-shm"):
            path.with_name(f"{path.name}{suffix}").unlink(missing_ok=True)


def to_disk(file: BinaryIO) -> None:
    """Return when what was written is on the disk."""
    file.flush()
    os.fsync(file.fileno())


def folder_to_disk(folder: Path) -> None:
    """Return when a folder's names are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def refused(error: sqlite3.Error) -> bool:
    """Whether it is the disk that SQLite complains of, not the database."""
    return _code(error) in {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
    }


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """Work that reads a database, beside which SQLite has to write. NotWritable where it cannot."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if _code(error) in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}:
            raise NotWritable(str(folder)) from error
        raise


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Work that writes in a folder. DiskFull or NotWritable where the disk refuses it."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise DiskFull(str(folder)) from error
        if error.errno in _NO_WRITING:
            raise NotWritable(str(folder)) from error
        raise
    except sqlite3.OperationalError as error:
        primary = _code(error)
        if primary in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}:
            raise NotWritable(str(folder)) from error
        # Some of what SQLite writes on a full disk fails with nothing but an input/output error.
        if primary == sqlite3.SQLITE_FULL or (
            primary == sqlite3.SQLITE_IOERR and shutil.disk_usage(folder).free < LITTLE
        ):
            raise DiskFull(str(folder)) from error
        raise


def _code(error: sqlite3.Error) -> int:
    """SQLite's primary result code; 0 for an error that Python made up, such as text it cannot decode."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
