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

    Where many rows are read, since asking `works.c` for a column takes ten times as long as asking the row
    for its value. For tables and aliases that live as long as the program.
    """
    return SimpleNamespace(**dict(table.c.items()))
