"""A violated constraint becomes its domain error, by the constraint's name."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from sqlalchemy import Index, PrimaryKeyConstraint, UniqueConstraint

from domain.errors import DomainError, SlotTaken
from storage.tables import metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.engine import ExceptionContext

ERRORS: Mapping[str, Callable[[], DomainError]] = MappingProxyType({"uq_picks_slot": SlotTaken})

_UNIQUE = re.compile(r"UNIQUE constraint failed: (?P<columns>\w+\.\w+(?:, \w+\.\w+)*)")
_CHECK = re.compile(r"CHECK constraint failed: (?P<name>\w+)")


def constraint_name(error: BaseException) -> str | None:
    """The name of the constraint a driver's error is about; None where the error does not tell.

    PostgreSQL names it. SQLite names checks, but of a unique constraint only the columns, which are
    looked up in the tables.
    """
    named = getattr(error.__cause__ or error, "constraint_name", None)
    if isinstance(named, str):
        return named
    if check := _CHECK.search(str(error)):
        return check["name"]
    if unique := _UNIQUE.search(str(error)):
        return _unique_name(unique["columns"].split(", "))
    return None


def _unique_name(columns: list[str]) -> str | None:
    table = metadata.tables[columns[0].partition(".")[0]]
    names = {column.partition(".")[2] for column in columns}
    rules: list[UniqueConstraint | PrimaryKeyConstraint | Index] = [table.primary_key]
    rules += [rule for rule in table.constraints if isinstance(rule, UniqueConstraint)]
    rules += [index for index in table.indexes if index.unique]
    return next((str(rule.name) for rule in rules if set(rule.columns.keys()) == names), None)


def translate(context: ExceptionContext) -> DomainError | None:
    """Listens to an engine's `handle_error`: the domain error raised in its place, None to leave it."""
    make = ERRORS.get(constraint_name(context.original_exception) or "")
    return None if make is None else make()
