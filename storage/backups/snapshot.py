"""One state of the database in a file of its own, copied while others write, and what makes it a good one."""

from __future__ import annotations

import re
import sqlite3
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from domain.errors import BackupForeign, BackupTooNew, DatabaseDamaged
from storage.backups import files
from storage.backups.blueprint import blueprint, shape
from storage.schema import VERSIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from storage.backups.stopping import Stop

BUSY_SECONDS = 30
STEP, PAUSE = 1000, 0.005
"""Pages copied at once, and the seconds between, in which whoever commits gets at the disk (decision 13)."""
_PLAIN = re.compile(r"CREATE (TABLE|(UNIQUE )?INDEX)\b")
_INSTRUCTIONS = 10_000
"""Of SQLite's machine, between two looks at whether to stop."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a database holds: its schema's revision, and the number of rows in each table."""

    revision: str
    rows: Mapping[str, int]


def take(source: Path, target: Path, stop: Stop) -> Contents:
    """Copy a living database into an existing, empty file. DatabaseDamaged where it cannot be read.

    One reading transaction spans the counting and the copying, so that the counts are those of the very state
    that is copied, and so that the copying need not begin anew whenever somebody commits.
    """

    def pause(*_: int) -> None:
        stop.check()
        time.sleep(PAUSE)

    with _reading(source, stop) as reading, closing(sqlite3.connect(target)) as copy:
        copy.execute("PRAGMA synchronous=OFF")
        reading.execute("BEGIN")
        found = Contents(_revision(reading), _counts(reading))
        reading.backup(copy, pages=STEP, progress=pause)
        reading.execute("ROLLBACK")
    return found


def examine(path: Path, stop: Stop) -> Contents:
    """What a copy holds, if all is well with it; it is only read, and it may be anything.

    Checked are: that nothing but this program's own tables and indexes is in it, SQLite's integrity_check,
    and the foreign keys. BackupTooNew, BackupForeign, DatabaseDamaged.
    """
    try:
        with _reading(path, stop) as connection:
            # Alone with a copy, SQLite needs no shared memory, for which a full disk has no room.
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("PRAGMA trusted_schema=OFF")
            connection.execute("PRAGMA cell_size_check=ON")
            _only_our_own(connection)
            for (line,) in connection.execute("PRAGMA integrity_check(1)"):
                if line != "ok":
                    raise DatabaseDamaged(line)
            for table, *_ in connection.execute("PRAGMA foreign_key_check"):
                raise DatabaseDamaged(f"{table}: a row without its parent")
            return Contents(_revision(connection), _counts(connection))
    except sqlite3.Error as error:
        if files.refused(error):
            raise
        raise DatabaseDamaged(str(error)) from error


def _only_our_own(connection: sqlite3.Connection) -> None:
    """BackupForeign where the schema is not what our migrations make at the revision it says it has."""
    rows = connection.execute("SELECT type, name, sql FROM sqlite_schema").fetchall()
    for kind, name, sql in rows:
        if kind not in {"table", "index"} or not (sql is None or _PLAIN.match(sql)):
            raise BackupForeign(f"{kind} {name}")
    if VERSIONS not in {name for _, name, _ in rows}:
        raise BackupForeign(f"table {VERSIONS}")
    revision = _revision(connection)
    wanted = blueprint(revision)
    if wanted is None:
        raise BackupTooNew(revision)
    for kind, name, _ in sorted(shape(rows) ^ wanted):
        raise BackupForeign(f"{kind} {name}")


def _revision(connection: sqlite3.Connection) -> str:
    row = connection.execute(f"SELECT version_num FROM {VERSIONS}").fetchone()  # noqa: S608
    return str(row[0]) if row else ""


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    tables = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
    ).fetchall()
    return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for (name,) in tables}  # noqa: S608


@contextmanager
def _reading(path: Path, stop: Stop) -> Iterator[sqlite3.Connection]:
    """A connection that writes nothing, although it could: opened read-only, SQLite forgets about CHECKs."""
    uri = f"file:{quote(str(path))}?mode=rw"
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY_SECONDS)) as connection:
        connection.execute("PRAGMA query_only=ON")
        connection.execute("PRAGMA mmap_size=0")
        connection.set_progress_handler(stop.interrupt, _INSTRUCTIONS)
        try:
            yield connection
        except sqlite3.OperationalError:
            stop.check()
            raise
        except sqlite3.DatabaseError as error:
            raise DatabaseDamaged(str(error)) from error
