"""What statements cost a SQLite file: counted, not timed, so that it is the same on every machine."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.plans import Statement

PAGE = 4096
AMPLE = 200_000
"""KiB of cache, in which no page is read twice."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Instructions that SQLite carried out, and pages that it read into an empty cache."""

    steps: int
    pages: int


def cost(path: Path, statements: Sequence[Statement]) -> Cost:
    """What statements cost a connection that has read nothing yet, all in one transaction rolled back."""
    ticks = 0

    def tick() -> None:
        nonlocal ticks
        ticks += 1

    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA cache_size = -{AMPLE}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
        connection.execute("BEGIN")
        before = _read_so_far()
        connection.set_progress_handler(tick, 1)
        for statement in statements:
            for values in statement.values:
                connection.execute(statement.text, values).fetchall()
        connection.set_progress_handler(None, 1)
        pages = (_read_so_far() - before) // PAGE
        connection.execute("ROLLBACK")
    return Cost(ticks, pages)


def _read_so_far() -> int:
    """Bytes this process has asked the system for (proc(5), io)."""
    fields = dict(line.split(": ") for line in Path("/proc/self/io").read_text("ascii").splitlines())
    return int(fields["rchar"])
