"""Backups as whoever runs the bot sees them: daily, by /backup, rehearsed, and told of when they fail."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.clock import SystemClock
from bot.compose import App
from bot.compose_backups import backups, restore
from bot.settings import BadSettings
from domain.backups import Reason, Standing
from domain.errors import BackupsNeedSqlite, NotWritable
from tests.e2e.world import World, running
from tests.storage.filled import filled

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from integrations.sandbox.telegram import Chat, MessageView
    from tests.e2e.world import Errors

THREE = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
"""The first 03:00 in Berlin after the story's beginning, a Monday noon."""


def files(folder: Path) -> list[str]:
    """The backups in a folder, by their hours and reasons."""
    parts = [path.name.split("-") for path in folder.glob("*.backup")]
    return sorted(f"{moment[:11]} {reason}" for _, _, moment, reason, _ in parts)


def said(world: World) -> list[MessageView]:
    """What the bot wrote to Olga."""
    return [m for m in world.telegram.messages(private(world)) if m.sender_id == world.telegram.bot.id]


def private(world: World) -> Chat:
    return world.olga.private


async def run_at(world: World, moment: datetime) -> None:
    """What the scheduler does at a moment."""
    await world.clock.leap(max(0.0, (moment - world.clock.now()).total_seconds()))
    await world.app.backups_job.wake()
    await world.settle()


@pytest.fixture
async def berlin(tmp_path: Path, errors: Errors) -> AsyncIterator[World]:
    """Olga lives in Berlin, and has written to the bot; there is a backup of this morning."""
    async with running(tmp_path, owner_zone="Europe/Berlin") as world:
        world.olga.start_bot()
        await world.settle()
        await world.found_club()
        await world.app.backups.make(Reason.DAILY)
        yield world


async def test_at_three_the_daily_backup_is_made_once(berlin: World, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    before = len(said(berlin))
    await run_at(berlin, THREE - timedelta(minutes=1))
    assert files(folder) == ["20260302T12 daily"]
    for minutes in range(3):
        await run_at(berlin, THREE + timedelta(minutes=minutes))
    assert files(folder) == ["20260302T12 daily", "20260303T02 daily"]
    assert len(said(berlin)) == before


async def test_one_that_was_missed_is_made_up_for_once(berlin: World, tmp_path: Path) -> None:
    await berlin.stop()
    await berlin.clock.leap(timedelta(days=5).total_seconds())
    await berlin.restart()
    for _ in range(3):
        await run_at(berlin, berlin.clock.now() + timedelta(minutes=1))
    (_, made) = files(tmp_path / "backups")
    assert made.startswith("20260307T12")


async def test_a_weeks_first_one_is_restored_on_the_side_and_olga_is_told(berlin: World) -> None:
    before = len(said(berlin))
    await run_at(berlin, THREE)
    assert len(said(berlin)) == before
    for _ in range(2):
        await run_at(berlin, THREE + timedelta(days=6))
    (told,) = said(berlin)[before:]
    assert told.text.startswith("I restored this week's backup on the side, to be sure: all ")
    assert told.text.endswith(" rows came back, 0 scores among them.")
    await run_at(berlin, THREE + timedelta(days=7))
    assert len(said(berlin)) == before + 1


async def test_a_backup_that_fails_is_told_once_and_tried_again(berlin: World, tmp_path: Path) -> None:
    folder, away = tmp_path / "backups", tmp_path / "elsewhere"
    folder.rename(away)
    folder.write_text("in the way")
    before = len(said(berlin))
    for hours in range(3):
        await run_at(berlin, THREE + timedelta(hours=hours))
    (told,) = said(berlin)[before:]
    assert told.text.startswith("The backup failed: I can't write into ")
    folder.unlink()
    away.rename(folder)
    await run_at(berlin, THREE + timedelta(hours=2, minutes=30))
    assert len(files(folder)) == 1
    await run_at(berlin, THREE + timedelta(hours=3))
    assert files(folder)[1:] == ["20260303T05 daily"]
    assert [message.text for message in said(berlin)[before + 1 :]] == ["Backups work again."]


async def test_a_backup_that_breaks_unexpectedly_is_an_error_like_any(
    berlin: World, monkeypatch: pytest.MonkeyPatch, errors: Errors
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("hunter2")

    monkeypatch.setattr("storage.backups.snapshot.take", broken)
    before = len(said(berlin))
    for hours in range(2):
        await run_at(berlin, THREE + timedelta(hours=hours))
    (told,) = said(berlin)[before:]
    assert "RuntimeError" in told.text
    assert "hunter2" not in told.text
    assert len(errors.messages) == 2
    errors.messages.clear()


async def test_olga_asks_for_a_backup_and_nobody_else_can(berlin: World, tmp_path: Path) -> None:
    refusal = await berlin.ask(berlin.ana, "/backup")
    assert refusal.text == "Only whoever runs me can do that."
    assert files(tmp_path / "backups") == ["20260302T12 daily"]
    answer = await berlin.ask(berlin.olga, "/backup", private(berlin))
    assert answer.text.startswith("Backup made and checked: 0 scores, 0.1 MB. wrong-opinions-20260302T12")
    assert files(tmp_path / "backups") == ["20260302T12 asked", "20260302T12 daily"]


async def test_without_an_owner_nobody_can(tmp_path: Path, errors: Errors) -> None:
    async with running(tmp_path, owner_id=None) as world:
        world.olga.start_bot()
        await world.settle()
        answer = await world.ask(world.olga, "/backup", private(world))
        assert answer.text == "Only whoever runs me can do that."
        await run_at(world, THREE)
    assert files(tmp_path / "backups") == ["20260303T02 daily"]


async def test_copies_go_to_a_second_folder_and_to_olga(tmp_path: Path, errors: Errors) -> None:
    second = tmp_path / "stick"
    second.mkdir()
    async with running(tmp_path, backup_copy_folder=second, backup_to_owner=True) as world:
        world.olga.start_bot()
        await world.settle()
        await run_at(world, THREE + timedelta(hours=1))
        (backup,) = (tmp_path / "backups").glob("*.backup")
        assert (second / backup.name).read_bytes() == backup.read_bytes()
        assert backup.name in [message.document for message in said(world)]
        await world.say(world.olga, "/backup", private(world))
        assert len([message for message in said(world) if message.document]) == 2
        assert len(files(second)) == 2


async def test_a_second_folder_that_is_missing_is_told_once_and_the_backup_is_there(
    tmp_path: Path, errors: Errors
) -> None:
    async with running(tmp_path, backup_copy_folder=tmp_path / "stick") as world:
        world.olga.start_bot()
        await world.settle()
        before = len(said(world))
        for days in range(2):
            await run_at(world, THREE + timedelta(days=days, hours=1))
        told = [message.text for message in said(world)[before:]]
        assert (
            sum(text.startswith("The backup is there, but not all that goes with it:") for text in told) == 1
        )
        assert len(files(tmp_path / "backups")) == 2
        answer = await world.ask(world.olga, "/backup", private(world))
        assert "The backup is there, but not all that goes with it: I can't write into" in answer.text


async def test_one_too_large_for_telegram_stays_on_the_disk_and_olga_is_told_once(
    tmp_path: Path, errors: Errors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.views.backups.DOCUMENT_LIMIT", 1000)
    async with running(tmp_path, backup_to_owner=True) as world:
        world.olga.start_bot()
        await world.settle()
        for days in range(2):
            await run_at(world, THREE + timedelta(days=days, hours=1))
        assert not any(message.document for message in said(world))
        told = [message.text for message in said(world)]
        assert sum("more than Telegram lets me send" in text for text in told) == 1


async def test_older_ones_make_room(tmp_path: Path, errors: Errors) -> None:
    second = tmp_path / "stick"
    second.mkdir()
    async with running(
        tmp_path,
        backup_keep_days=2,
        backup_keep_weeks=0,
        backup_keep_months=0,
        owner_zone="Europe/Berlin",
        backup_copy_folder=second,
    ) as world:
        world.olga.start_bot()
        await world.settle()
        for days in range(4):
            await run_at(world, THREE + timedelta(days=days))
        assert files(tmp_path / "backups") == ["20260305T02 daily", "20260306T02 daily"]
        answer = await world.ask(world.olga, "/backup", private(world))
        assert "made room" not in answer.text
        await run_at(world, THREE + timedelta(days=4))
        assert files(tmp_path / "backups") == ["20260306T02 asked", "20260307T02 daily"]
        assert files(second) == files(tmp_path / "backups")


async def test_before_a_migration_there_is_a_backup(tmp_path: Path, errors: Errors) -> None:
    world = World(tmp_path)
    filled(tmp_path / "bot.db", "0001")
    await world.app.migrate()
    assert files(tmp_path / "backups") == ["20260302T12 migration"]
    world.app = App(world.settings, clock=world.clock, transport=world.transport)
    await world.app.migrate()
    assert len(files(tmp_path / "backups")) == 1


async def test_without_that_backup_nothing_is_migrated(tmp_path: Path, errors: Errors) -> None:
    world = World(tmp_path)
    filled(tmp_path / "bot.db", "0001")
    (tmp_path / "backups").write_text("in the way")
    with pytest.raises(NotWritable):
        await world.app.migrate()
    with closing(sqlite3.connect(tmp_path / "bot.db")) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]


async def test_a_new_database_needs_none(tmp_path: Path, errors: Errors) -> None:
    world = World(tmp_path)
    (tmp_path / "bot.db").unlink()
    await world.app.migrate()
    assert not (tmp_path / "backups").exists()


def test_a_recipient_that_is_none_stops_the_start(tmp_path: Path) -> None:
    pytest.importorskip("pyrage")
    with pytest.raises(BadSettings, match=r"^BACKUP_RECIPIENT: not a recipient of age"):
        World(tmp_path, backup_recipient="age1nobody")


async def test_postgresql_is_left_to_its_own_tools(tmp_path: Path) -> None:
    settings = World(tmp_path).settings.model_copy(update={"database_url": "postgresql://ana@localhost/club"})
    service = backups(settings, SystemClock())
    assert not service.possible
    assert not await service.due()
    for refused in (service.make(Reason.ASKED), service.rehearse(), service.spare(), service.all()):
        with pytest.raises(BackupsNeedSqlite):
            await refused
    with pytest.raises(BackupsNeedSqlite):
        await restore(settings, tmp_path / "any.backup", SystemClock())


async def test_it_is_known_when_the_newest_was_made_and_the_newest_whole_one(
    berlin: World, tmp_path: Path
) -> None:
    await run_at(berlin, THREE)
    service = berlin.app.backups
    assert await service.standing() == Standing(THREE, THREE)
    (newest,) = (tmp_path / "backups").glob("*20260303T*")
    newest.write_bytes(newest.read_bytes()[:-1])
    standing = await service.standing()
    assert standing.newest == THREE
    assert standing.verified is not None
    assert standing.verified < THREE
    for path in (tmp_path / "backups").glob("*.backup"):
        path.unlink()
    assert await service.standing() == Standing(None, None)
