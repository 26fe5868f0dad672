"""What the owner was told, as it is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from domain.notices import Notice
from domain.services.notices import NoticeService
from tests.fakes import START

if TYPE_CHECKING:
    from storage.database import Database
    from tests.fakes import FakeClock


async def test_a_notice_is_counted_told_and_over(database: Database, clock: FakeClock) -> None:
    notices = NoticeService(database.store(), clock)
    assert await notices.happened("disk") == Notice("disk", START, START, 1, None)
    await clock.advance(60)
    later = START + timedelta(minutes=1)
    assert await notices.happened("disk") == Notice("disk", START, later, 2, None)
    await notices.told("disk", 17)
    told = Notice("disk", START, later, 2, 17)
    assert await notices.find("disk") == told
    assert await notices.over("disk") == told
    assert await notices.over("disk") is None


async def test_only_errors_are_over_by_being_quiet(database: Database, clock: FakeClock) -> None:
    notices = NoticeService(database.store(), clock)
    for key in ("error:a", "source:tmdb", "release:0001"):
        await notices.happened(key)
    await clock.leap(86400 - 60)
    await notices.happened("error:b_")
    await clock.leap(120)
    await notices.forget_quiet_errors()
    found = [await notices.find(key) for key in ("error:a", "error:b_", "source:tmdb", "release:0001")]
    assert [notice is not None for notice in found] == [False, True, True, True]
    assert await notices.any("release:")
    assert not await notices.any("release:0002")
    assert not await notices.any("error:b%")
    assert not await notices.any("_rror")


async def test_a_long_key_is_one_key(database: Database, clock: FakeClock) -> None:
    notices = NoticeService(database.store(), clock)
    key = "error:" + "x" * 500
    await notices.happened(key)
    assert (await notices.happened(key)).times == 2
    assert await notices.find(key) == await notices.over(key)
