"""A database with rows in every table, whatever its revision, and what they add up to."""

from __future__ import annotations

import hashlib
import re
import sqlite3
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import create_engine

from storage.schema import config, revisions

ROWS = 12
_ONE_OF = re.compile(r"\(\"?(\w+)\"? IN \(([^)]*)\)\)")
_BETWEEN = re.compile(r"\(\"?(\w+)\"? BETWEEN (\d+) AND (\d+)\)")


@cache
def newest() -> str:
    """The newest revision there is."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        head = revisions(connection)[1]
    engine.dispose()
    return head


def filled(path: Path, revision: str) -> None:
    """Make a SQLite file at a revision, every table filled, in WAL mode as the bot has it."""
    path.write_bytes(_filled(revision))


@cache
def _filled(revision: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "filled.db"
        make(path, revision)
        return path.read_bytes()


def make(path: Path, revision: str, rows: int = ROWS) -> None:
    """As `filled`, with so many rows in every table."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        command.upgrade(config(connection), revision)
    engine.dispose()
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("BEGIN")
        for table in tables(database):
            if table != "alembic_version":
                _fill(database, table, rows)
        database.execute("COMMIT")
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []


def tables(database: sqlite3.Connection) -> list[str]:
    """The names of all tables."""
    found = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    return [name for (name,) in found if not name.startswith("sqlite_")]


def hashes(path: Path, leave_out: tuple[tuple[str, str], ...] = ()) -> dict[str, str]:
    """What the rows of each table hash to, columns by their names and rows in an order of their own.

    `leave_out` names tables with columns of theirs that do not count.
    """
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        return {
            table: hash_of(
                database, table, [name for name in columns(database, table) if (table, name) not in leave_out]
            )
            for table in tables(database)
        }


def columns(database: sqlite3.Connection, table: str) -> list[str]:
    """The names of a table's columns, sorted."""
    return sorted(row[1] for row in database.execute(f'PRAGMA table_info("{table}")'))


def hash_of(database: sqlite3.Connection, table: str, names: list[str]) -> str:
    """What some columns of a table hash to."""
    chosen = ", ".join(f'"{name}"' for name in names)
    lines = sorted(repr(row) for row in database.execute(f'SELECT {chosen} FROM "{table}"'))  # noqa: S608
    return hashlib.sha256("\n".join([repr(names), *lines]).encode()).hexdigest()


def _fill(database: sqlite3.Connection, table: str, rows: int) -> None:
    (definition,) = database.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    choices = {
        name: [value.strip(" '") for value in values.split(",")]
        for name, values in _ONE_OF.findall(definition)
    }
    ranges = {name: (int(low), int(high)) for name, low, high in _BETWEEN.findall(definition)}
    parents = {row[3]: row[2] for row in database.execute(f'PRAGMA foreign_key_list("{table}")')}
    shape = database.execute(f'PRAGMA table_info("{table}")').fetchall()

    def value(name: str, kind: str, number: int) -> Any:
        if name in parents:
            # A row may follow another of its own table: the first has none before it.
            return (number - 1 or None) if parents[name] == table else number
        if name in choices:
            return choices[name][number % len(choices[name])]
        if name in ranges:
            low, high = ranges[name]
            return low + number % (high - low + 1)
        return _plain(kind, number)

    marks = ", ".join("?" * len(shape))
    names = ", ".join(f'"{row[1]}"' for row in shape)
    database.executemany(
        f'INSERT INTO "{table}" ({names}) VALUES ({marks})',  # noqa: S608
        ([value(row[1], row[2], number) for row in shape] for number in range(1, rows + 1)),
    )


def _plain(kind: str, number: int) -> Any:
    plain = {
        "BOOLEAN": number % 2,
        "DATETIME": f"2026-03-{number % 28 + 1:02d} 12:00:00.000000",
        "DATE": f"2026-03-{number % 28 + 1:02d}",
        "JSON": f'{{"number": {number}}}',
        "BLOB": bytes(range(number % 256)) * 3,
    }
    text = f"text {number} “Ж” 🎬"
    return plain.get(kind, number if kind.endswith("INT") or kind == "INTEGER" else text)
