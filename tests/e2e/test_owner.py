"""Olga, who runs the bot, hears of what matters: once, until it is over."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bot.jobs.watch import DOWN_AFTER, ENOUGH_DISK, LOW_DISK, PROBE_EVERY
from domain.notices import QUIET
from domain.services.notices import NoticeService
from domain.services.ratings import RatingService
from tests.fakes import settle

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.world import Errors, World

TAKE = "a-take-that-only-the-group-may-read"
log = logging.getLogger("tests.e2e.owner")


@pytest.fixture
async def hers(club: World) -> World:
    """Olga has pressed Start, so the bot may write to her."""
    club.olga.start_bot()
    await club.settle()
    return club


def told(world: World) -> list[str]:
    """What she was told, the introduction apart."""
    bot = world.telegram.bot.id
    said = [m.text for m in world.telegram.messages(world.olga.private) if m.sender_id == bot]
    return said[1:]


async def look(world: World) -> None:
    """A minute goes by."""
    await world.clock.leap(60)
    await world.app.watch.run()
    await world.settle()


async def break_scoring(
    world: World, monkeypatch: pytest.MonkeyPatch, errors: Errors, times: int
) -> list[str]:
    """Somebody scores in vain; the ids that they are shown."""
    card = await world.pick(world.ana, "/movie heat 1995", "Heat (1995)")

    async def explode(*_: object, **__: object) -> None:
        raise RuntimeError(TAKE)

    ids = []
    with monkeypatch.context() as patch:
        patch.setattr(RatingService, "rate", explode)
        for _ in range(times):
            press = await world.press(world.ben, card, "4")
            ids.append((press.toast or "").rpartition("mention ")[2].rstrip("."))
    errors.messages.clear()
    return ids


async def go_wrong(world: World, errors: Errors, times: int = 1) -> None:
    """A job fails and logs so."""
    for _ in range(times):
        log.error("a job failed", exc_info=LookupError(TAKE))
        await settle()
    await world.settle()
    errors.messages.clear()


# Unexpected errors


async def test_an_error_is_told_once_with_its_id_its_place_and_how_often(
    hers: World, monkeypatch: pytest.MonkeyPatch, errors: Errors
) -> None:
    ids = await break_scoring(hers, monkeypatch, errors, 3)
    await hers.clock.advance(5)
    await hers.settle()
    (text,) = told(hers)
    assert f"Error {ids[-1]}: RuntimeError in bot.handlers.ratings." in text
    assert "So far 3 times." in text
    assert TAKE not in text


async def test_a_restart_repeats_nothing(
    hers: World, monkeypatch: pytest.MonkeyPatch, errors: Errors
) -> None:
    await break_scoring(hers, monkeypatch, errors, 1)
    await go_wrong(hers, errors)
    await hers.restart()
    await go_wrong(hers, errors)
    first, second = told(hers)
    assert "RuntimeError" in first
    assert "LookupError in tests.e2e.owner" in second


async def test_an_error_that_was_quiet_for_a_day_is_news_again(hers: World, errors: Errors) -> None:
    for _ in range(2):
        await go_wrong(hers, errors)
        await hers.clock.leap(QUIET.total_seconds() + 1)
        await hers.settle()
        await hers.app._housekeeping.run()
    assert len(told(hers)) == 2


async def test_a_storm_of_errors_is_one_message(hers: World, errors: Errors) -> None:
    await go_wrong(hers, errors, 100)
    await hers.clock.advance(5)
    await hers.settle()
    assert len(told(hers)) == 1


async def test_without_a_database_it_is_told_all_the_same_and_once(
    hers: World, errors: Errors, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise OSError("database or disk is full")

    for name in ("happened", "told", "owner"):
        monkeypatch.setattr(NoticeService, name, full)
    for _ in range(2):
        await go_wrong(hers, errors)
    assert len(told(hers)) == 1


async def test_an_owner_who_cannot_be_reached_holds_nobody_up_and_is_told_later(
    hers: World, errors: Errors
) -> None:
    hers.telegram.faults.fail("sendMessage", 403, "Forbidden: bot was blocked by the user")
    for _ in range(2):
        await go_wrong(hers, errors)
    (text,) = told(hers)
    assert "So far 2 times." in text


async def test_it_is_told_in_her_language(hers: World, errors: Errors) -> None:
    async with hers.app.database.store().write() as tx:
        olga = await tx.users.by_telegram_id(hers.olga.id)
        assert olga is not None
        await tx.users.set_language(olga.id, "de")
        await tx.commit()
    await go_wrong(hers, errors)
    assert "Fehler" in told(hers)[0]


# The disk


async def test_a_full_disk_is_told_once_and_so_is_its_end(
    hers: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = LOW_DISK - 1

    async def free() -> int:
        return left

    monkeypatch.setattr(hers.app.database, "free", free)
    for _ in range(3):
        await look(hers)
    (first,) = told(hers)
    assert "The disk is nearly full: 199 MB" in first
    left = ENOUGH_DISK - 1
    await look(hers)
    left = ENOUGH_DISK
    for _ in range(2):
        await look(hers)
    assert told(hers)[1:] == ["There is room on the disk again."]


# A catalogue


async def test_a_catalogue_down_for_an_hour_is_told_once_and_so_is_its_return(hers: World) -> None:
    hers.catalogues.faults.refuse("tmdb", times=None)
    await hers.say(hers.ana, "/movie heat 1995")
    minutes = int(DOWN_AFTER.total_seconds() // 60)
    for _ in range(minutes - 1):
        await look(hers)
    assert told(hers) == []
    for _ in range(3):
        await look(hers)
    (text,) = told(hers)
    assert text.startswith("TMDB hasn't answered for an hour.")
    await hers.restart()
    await hers.say(hers.ana, "/movie heat 1995")
    for _ in range(minutes + 3):
        await look(hers)
    assert len(told(hers)) == 1
    hers.catalogues.faults.clear()
    for _ in range(int(PROBE_EVERY.total_seconds() // 60) + 1):
        await look(hers)
    assert told(hers)[1:] == ["TMDB answers again."]


@pytest.mark.parametrize("service", ["tmdb", "musicbrainz", "omdb", "coverart"])
async def test_each_catalogue_can_be_asked_whether_it_is_there(hers: World, service: str) -> None:
    assert await ask_all(hers) == [None] * 4
    hers.catalogues.faults.fail(service, 500, times=None)  # type: ignore[arg-type]
    assert sorted(await ask_all(hers), key=str) == ["HTTP 500", None, None, None]


async def ask_all(world: World) -> list[str | None]:
    """What each catalogue answers; MusicBrainz takes its second."""

    async def asking() -> list[str | None]:
        return await asyncio.gather(*(probe() for probe in world.app.watch._probes.values()))

    return await world.play(asking())


# A new release


async def test_a_new_releases_migration_is_told_once(hers: World, tmp_path: Path) -> None:
    assert told(hers) == []
    with closing(sqlite3.connect(tmp_path / "bot.db")) as connection, connection:
        connection.execute("UPDATE notices SET key = 'release:0001' WHERE key LIKE 'release:%'")
    for _ in range(2):
        await hers.restart()
        await hers.settle()
    (text,) = told(hers)
    assert text.startswith("I run a new release")


async def test_without_an_owner_nobody_is_told(hers: World, errors: Errors) -> None:
    hers.app.owner._id = None
    await go_wrong(hers, errors)
    await look(hers)
    assert told(hers) == []
