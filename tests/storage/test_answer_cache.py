from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from domain.ports import CachedAnswer
from tests.fakes import START

if TYPE_CHECKING:
    from storage.database import Database


async def test_an_answer_is_kept_past_its_expiry_and_replaced_by_a_newer_one(database: Database) -> None:
    cache = database.answer_cache
    assert await cache.get("tmdb/movie/949") is None

    old = CachedAnswer(b"\x00\xff{}", START - timedelta(days=3))
    await cache.put("tmdb/movie/949", old)
    assert await cache.get("tmdb/movie/949") == old

    new = CachedAnswer(b"", START)
    await cache.put("tmdb/movie/949", new)
    assert await cache.get("tmdb/movie/949") == new
    assert await cache.get("tmdb/movie/94") is None


async def test_answers_that_expired_long_ago_can_be_forgotten(database: Database) -> None:
    cache = database.answer_cache
    await cache.put("old", CachedAnswer(b"1", START - timedelta(days=90)))
    await cache.put("new", CachedAnswer(b"2", START))
    await cache.purge(START - timedelta(days=60))
    assert await cache.get("old") is None
    assert await cache.get("new") is not None
