"""What all repositories read rows with."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import FromClause


@cache
def columns_of(table: FromClause) -> SimpleNamespace:
    """A table's columns, or an alias's, by name: `row[columns_of(works).title]`.

    For what taps and cards read, since asking `works.c` for a column takes ten times as long as asking the
    row for its value. Tables and aliases are kept for good: only those that a module holds.
    """
    return SimpleNamespace(**dict(table.c.items()))
