"""The one statement that SQLAlchemy spells per database: INSERT with ON CONFLICT."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Table
    from sqlalchemy.ext.asyncio import AsyncConnection

    Insert = sqlite.Insert | postgresql.Insert
    Inserting = Callable[[Table], Insert]

T = TypeVar("T")


def each(build: Callable[[Inserting], T]) -> Callable[[AsyncConnection], T]:
    """An INSERT built once per database, for where building it takes longer than running it."""
    built = MappingProxyType({"sqlite": build(sqlite.insert), "postgresql": build(postgresql.insert)})
    return lambda connection: built[connection.dialect.name]


def insert(connection: AsyncConnection, table: Table) -> Insert:
    """An INSERT that can be given `on_conflict_do_update` or `on_conflict_do_nothing`."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)
