"""What a database is asked, how it means to find it, and what that costs it: counted, not timed."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from storage.database import Database

STRIDE = 10
"""Of so many instructions of SQLite's one is noticed."""
PAGE = 4096


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement as it was sent, with the values for each time it was run at once."""

    text: str
    values: tuple[Any, ...]

    @property
    def first(self) -> Any:
        """The values of the first time."""
        return self.values[0]


@dataclass(frozen=True, slots=True)
class Cost:
    """Instructions that SQLite carried out, and pages that it read into an empty cache."""

    steps: int
    pages: int


@contextmanager
def heard(database: Database) -> Iterator[list[Statement]]:
    """The statements that are run meanwhile, without those that begin a transaction."""
    statements: list[Statement] = []

    def note(_: object, __: object, text: str, values: Any, ___: object, many: bool) -> None:
        if not text.startswith("BEGIN"):
            statements.append(Statement(text, tuple(values) if many else (values,)))

    engines = [database._engines.reader.sync_engine, database._engines.writer.sync_engine]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield statements
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


def plan(connection: sqlite3.Connection, statement: Statement) -> list[str]:
    """The steps in which SQLite means to run a statement."""
    found = connection.execute(f"EXPLAIN QUERY PLAN {statement.text}", statement.first)
    return [row[3] for row in found]


def cost(path: Path, statements: Sequence[Statement]) -> Cost:
    """What statements cost a connection that has read nothing yet, all in one transaction rolled back."""
    ticks = 0

    def tick() -> None:
        nonlocal ticks
        ticks += 1

    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA cache_size = -200000")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
        connection.execute("BEGIN")
        connection.set_progress_handler(tick, STRIDE)
        before = _read_so_far()
        for statement in statements:
            for values in statement.values:
                connection.execute(statement.text, values).fetchall()
        pages = (_read_so_far() - before) // PAGE
        connection.set_progress_handler(None, 0)
        connection.execute("ROLLBACK")
    return Cost(ticks * STRIDE, pages)


def _read_so_far() -> int:
    """Bytes this process has read (proc(5), io)."""
    fields = dict(line.split(": ") for line in Path("/proc/self/io").read_text("ascii").splitlines())
    return int(fields["rchar"])
