from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import DateTime
from sqlalchemy.exc import StatementError

from domain.ports import CachedAnswer
from storage.tables import UtcDateTime, metadata

if TYPE_CHECKING:
    from storage.database import Database


async def test_moments_come_back_aware_and_in_utc(database: Database) -> None:
    there = datetime(2026, 3, 2, 3, 4, 5, 678901, tzinfo=timezone(timedelta(hours=-11)))
    await database.answer_cache.put("key", CachedAnswer(b"", there))
    answer = await database.answer_cache.get("key")
    assert answer is not None
    assert answer.expires_at == there
    assert answer.expires_at.tzinfo is UTC


async def test_a_naive_moment_is_refused(database: Database) -> None:
    naive = datetime(2026, 3, 2, 12, 0)  # noqa: DTZ001 - what must not happen
    with pytest.raises(StatementError, match="naive"):
        await database.answer_cache.put("key", CachedAnswer(b"", naive))
    assert await database.answer_cache.get("key") is None


def test_every_moment_has_the_utc_type() -> None:
    columns = [column for table in metadata.tables.values() for column in table.columns]
    assert not [column for column in columns if isinstance(column.type, DateTime)]
    assert [column for column in columns if isinstance(column.type, UtcDateTime)]


def test_every_constraint_and_index_has_a_name_that_fits_postgresql() -> None:
    for table in metadata.tables.values():
        names = [str(rule.name) for rule in table.indexes]
        names += [str(rule.name) for rule in table.constraints]
        assert len(names) == len(set(names)) == len(table.indexes) + len(table.constraints)
        assert [name for name in names if name == "None" or len(name) > 63] == []
