"""What a SQLite database of this program consists of, to tell it from any other."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, text

from storage.schema import known, upgrade

if TYPE_CHECKING:
    from collections.abc import Iterable

Entry = tuple[str, str, tuple[str, ...]]
"""Kind and name of a table or index, and its definition without what its spelling leaves open."""


@lru_cache(16)
def blueprint(revision: str) -> frozenset[Entry] | None:
    """The shape of a SQLite database at a revision; None for a revision that is not among ours.

    It is made by the migrations themselves, in memory.
    """
    engine = create_engine("sqlite://")
    try:
        with engine.connect() as connection:
            if revision not in known():
                return None
            upgrade(connection, revision)
            rows = connection.execute(text("SELECT type, name, sql FROM sqlite_master")).all()
            return shape((kind, name, sql) for kind, name, sql in rows)
    finally:
        engine.dispose()


def shape(rows: Iterable[tuple[object, object, object]]) -> frozenset[Entry]:
    """What is in a SQLite database, from its schema's type, name and sql.

    A rebuilt table has its constraints in another order and its name quoted, which makes no difference. What
    SQLite adds by itself is left out: the indexes of unique constraints, counters and statistics.
    """
    return frozenset(
        (str(kind), str(name), _parts(str(sql)))
        for kind, name, sql in rows
        if not (sql is None and kind == "index" and str(name).startswith("sqlite_autoindex_"))
        and not (kind == "table" and name in {"sqlite_sequence", "sqlite_stat1", "sqlite_stat4"})
    )


def _parts(sql: str) -> tuple[str, ...]:
    """A definition cut at its commas, in an order of its own, without spaces and quotes of names."""
    return tuple(sorted(re.sub(r'[\s"]', "", part) for part in re.split(r",(?=\s*\n)|\n", sql)))
