"""How SQLite means to find what it is asked for, and which of that reads a whole table that grows.

Without statistics, and nothing here makes any, a plan depends on the tables' shape alone: what an empty
database means to do is what one with ten million scores does.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

from tests.databases import template

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sqlalchemy import Connection

    from storage.database import Database

READ_WHOLE = {
    "alembic_version": "has one row",
    "genres": "are as many as the catalogues have",
    "notices": "are what is the matter just now",
    "ix_inbox_new": "has what a start works off, all of it",
    "ix_inbox_failed": "has what was set aside in a month, which should be nothing",
    "ix_backfills_drafts": "has lists on their way, of a month at most",
    "ix_users_forget_at": "has who asked to be forgotten within half a minute",
    "ix_users_keeps_copy": "has who wants a copy, for the job that writes them all",
    "ix_clubs_keeps_copy": "has the same of clubs",
}
"""Tables, and indexes of a part of one, of which everything may be read."""

ONE_BY_ONE = {
    r"^SELECT clubs\..* WHERE clubs\.asleep = 0 ORDER BY clubs\.id$": "doctor asks Telegram for every club",
    r"^SELECT clubs\..* AND NOT \(EXISTS \(SELECT \* FROM posts": "a start wants those not on the schedule",
    r"^SELECT 1 FROM clubs LIMIT 1$": "the health page reads one row of whatever there is",
}
"""Statements, as they begin or are whole, that may read all clubs: one row each, once in a process's life."""

_MADE_UP = re.compile(r"(?:CO-ROUTINE|MATERIALIZE) (\S+)")
_SCAN = re.compile(r"SCAN (?!.*CONSTANT ROW)(\S+)(?: USING (?:COVERING )?INDEX (\S+))?")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement as it was sent, with the values of each time it was run at once."""

    text: str
    values: tuple[Any, ...]


def listen(database: Database, note: Callable[[Statement], object]) -> Callable[[], None]:
    """Tell `note` of each statement that begins no transaction, until what is given back is called.

    Of those that SQLite is asked: PostgreSQL plans in its own way.
    """

    def hear(connection: Connection, _: object, text: str, values: Any, *__: object) -> None:
        # Of many rows at once a row each; several rows spelled out in one statement are one.
        rows = isinstance(values[0], tuple) if values else False
        if connection.dialect.name == "sqlite" and not text.startswith("BEGIN"):
            note(Statement(text, tuple(values) if rows else (values,)))

    of = database._engines
    # Of PostgreSQL's, two are one.
    engines = {engine.sync_engine for engine in (of.reader, of.looks, of.writer)}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", hear)

    def stop() -> None:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", hear)

    return stop


@contextmanager
def heard(database: Database) -> Iterator[list[Statement]]:
    """The statements that are run meanwhile, without those that begin a transaction."""
    statements: list[Statement] = []
    stop = listen(database, statements.append)
    yield statements
    stop()


def plan(connection: sqlite3.Connection, statement: Statement) -> tuple[str, ...]:
    """The steps in which SQLite means to run a statement."""
    steps = connection.execute(f"EXPLAIN QUERY PLAN {statement.text}", statement.values[0])
    return tuple(step for *_, step in steps)


def scans(statement: Statement, steps: Iterable[str]) -> list[str]:
    """Those steps that read the whole of something that grows, and have no reason to."""
    found = list(steps)
    made_up = {match[1] for step in found if (match := _MADE_UP.match(step))}
    text = " ".join(statement.text.split())
    free = any(re.search(pattern, text) for pattern in ONE_BY_ONE)
    guilty = []
    for step in found:
        match = _SCAN.match(step)
        if match is None or match[1].startswith("(") or match[1] in made_up:
            continue
        if match[1] in READ_WHOLE or match[2] in READ_WHOLE or (free and match[1] == "clubs"):
            continue
        guilty.append(step)
    return guilty


@contextmanager
def empty(*changes: str) -> Iterator[sqlite3.Connection]:
    """A connection to an empty database in memory with all tables, and with these statements run on it."""
    file = bytearray(template())
    # A database in memory has no log: its header says so (SQLite's file format, 1.3.3).
    file[18:20] = b"\x01\x01"
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(bytes(file))
        for change in changes:
            connection.execute(change)
        yield connection


@cache
def judged(text: str, values: int) -> tuple[str, ...]:
    """What is wrong with a statement of so many values: `scans` of its plan on an empty database."""
    with empty() as connection:
        statement = Statement(text, ((None,) * values,))
        return tuple(scans(statement, plan(connection, statement)))


def complaints(statements: Iterable[Statement]) -> list[tuple[str, tuple[str, ...]]]:
    """Each statement that reads the whole of something that grows, with the steps that do."""
    different = {statement.text: len(statement.values[0]) for statement in statements}
    return [(text, guilty) for text, values in different.items() if (guilty := judged(text, values))]
