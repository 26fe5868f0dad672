"""The one statement that SQLAlchemy spells per database: INSERT with ON CONFLICT."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Table
    from sqlalchemy.dialects import postgresql, sqlite
    from sqlalchemy.ext.asyncio import AsyncConnection

    Insert = sqlite.Insert | postgresql.Insert
    Inserting = Callable[[Table], Insert]

T = TypeVar("T")


def each(build: Callable[[Inserting], T]) -> Callable[[AsyncConnection], T]:
    """An INSERT built once per database, for where building it takes longer than running it."""
    built = cache(lambda name: build(_inserting(name)))
    return lambda connection: built(connection.dialect.name)


def insert(connection: AsyncConnection, table: Table) -> Insert:
    """An INSERT that can be given `on_conflict_do_update` or `on_conflict_do_nothing`."""
    return _inserting(connection.dialect.name)(table)


@cache
def _inserting(name: str) -> Inserting:
    # The other database's is never imported: it takes a fiftieth of a start.
    return cast("Inserting", import_module(f"sqlalchemy.dialects.{name}").insert)
