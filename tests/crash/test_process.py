"""How the process starts, stops, and what it prints."""

from __future__ import annotations

import asyncio
import random
import signal
import socket
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.crash.stage import TOKEN, Stage

if TYPE_CHECKING:
    from pathlib import Path

    from integrations.sandbox.telegram import Chat, MessageView, Person
    from tests.crash.stage import BotProcess

pytestmark = pytest.mark.proof

TABLES = """
SELECT made.kind, made.name, has.name, has.type
FROM (SELECT type AS kind, name FROM sqlite_schema) made LEFT JOIN pragma_table_info(made.name) has
ORDER BY made.name, has.name
"""
OTHER_TOKEN = "654321:another-token-that-nobody-gave-out"


async def club(scene: Stage, bot: BotProcess) -> tuple[Person, Chat, MessageView]:
    """Ana, her group with the bot in it, and a card with score buttons."""
    ana = scene.telegram.create_person("Ana", language_code="en")
    group = scene.telegram.create_group("Film club", [ana])
    ana.add_bot(group)
    await scene.answer(bot, group, 0)
    added = await scene.ask(bot, ana, "/add movie Heat (1995)", group)
    ana.press(added, "Pick")
    card = await scene.answer(bot, group, added.id)
    await scene.handled(bot)
    return ana, group, card


def rosters(scene: Stage, chat: Chat) -> int:
    """How often /roster was answered in a chat."""
    return sum("1 member" in message.words for message in scene.telegram.messages(chat))


async def test_sigterm_lets_what_is_under_way_finish(scene: Stage) -> None:
    bot = await scene.listening()
    ana, group, card = await club(scene, bot)
    telegram = scene.telegram
    telegram.faults.delay("sendMessage", 1)
    telegram.faults.delay("answerCallbackQuery", 1)
    before = telegram.calls.copy()
    ana.write(group, "/roster")
    press = ana.press(card, "4")
    await bot.until(
        lambda: all(telegram.calls[m] > before[m] for m in ("sendMessage", "answerCallbackQuery")),
        "a message and a toast under way",
    )
    assert not press.answered
    assert await bot.stop() == 0
    assert press.toast == "Recorded: 4"
    assert rosters(scene, group) == 1
    assert scene.waiting() == 0
    assert bot.output == ""


async def test_sigterm_waits_for_nobody_for_ever_and_the_next_start_goes_on(scene: Stage) -> None:
    bot = await scene.listening()
    ana, group, _ = await club(scene, bot)
    telegram = scene.telegram
    telegram.faults.flood("sendMessage", 3600)
    before = telegram.calls["sendMessage"]
    ana.write(group, "/roster")
    await bot.until(lambda: telegram.calls["sendMessage"] > before, "the refusal")
    assert await bot.stop() == 0
    assert scene.waiting() == 1
    assert rosters(scene, group) == 0
    bot = await scene.listening()
    await scene.handled(bot)
    assert rosters(scene, group) == 1
    assert await bot.stop() == 0


async def test_a_start_without_a_network_goes_on_until_there_is_one(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    scene = Stage(tmp_path)
    scene.port = port
    try:
        bot = await scene.start()
        await bot.until(lambda: "cannot be reached yet" in bot.output, "the first failure")
        await scene.serve()
        await bot.until(lambda: scene.telegram.calls["getUpdates"] > 0, "the first getUpdates")
        assert await bot.stop() == 0
    finally:
        await scene.close()


async def test_sigterm_ends_a_start_without_a_network(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    scene = Stage(tmp_path)
    scene.port = port
    try:
        bot = await scene.start()
        await bot.until(lambda: "cannot be reached yet" in bot.output, "the first failure")
        assert await bot.stop() == 0
        assert "Traceback" not in bot.output
    finally:
        await scene.close()


async def test_a_token_telegram_refuses_is_one_clear_line(scene: Stage) -> None:
    bot = await scene.start(TELEGRAM_TOKEN=OTHER_TOKEN)
    assert await bot.ended() == 2
    (line,) = bot.output.splitlines()
    assert line.startswith("TELEGRAM_TOKEN: ")
    assert OTHER_TOKEN not in line


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TELEGRAM_TOKEN", ""),
        ("TELEGRAM_TOKEN", "hunter2-is-no-token"),
        ("TELEGRAM_BASE_URL", "api.telegram.org"),
        ("MUSICBRAINZ_USER_AGENT", "nobody"),
        ("DATABASE_URL", "mysql://localhost/club"),
        ("OWNER_ID", "Olga"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
async def test_a_wrong_setting_is_one_clear_line_that_names_it(scene: Stage, name: str, value: str) -> None:
    bot = await scene.start(**{name: value})
    assert await bot.ended() == 2
    (line,) = bot.output.splitlines()
    assert line.startswith(f"{name}: ")
    assert "hunter2" not in line
    assert not scene.telegram.calls


@pytest.mark.parametrize("url", ["sqlite:////dev/null/club.db", "postgresql://ana:hunter2@localhost/club"])
async def test_a_database_that_cannot_be_opened_is_one_clear_line(scene: Stage, url: str) -> None:
    bot = await scene.start(DATABASE_URL=url)
    assert await bot.ended() == 2
    (line,) = bot.output.splitlines()
    assert line.startswith("DATABASE_URL: ")
    assert "hunter2" not in line


async def test_the_token_is_never_printed_whatever_is_logged(scene: Stage) -> None:
    bot = await scene.listening(LOG_LEVEL="DEBUG")
    ana, group, card = await club(scene, bot)
    telegram = scene.telegram
    telegram.faults.drop_before("answerCallbackQuery")
    telegram.faults.drop_after("sendMessage")
    telegram.faults.fail("editMessageText", 400, "Bad Request: a reason nobody knows")
    telegram.faults.fail("getUpdates", 502, "Bad Gateway")
    telegram.malformed_update()
    press = ana.press(card, "4")
    ana.write(group, "/roster")
    await bot.until(lambda: press.answered, "the toast")
    await scene.handled(bot)
    assert await bot.stop() == 0
    assert "[debug]" in bot.output
    assert "[error]" in bot.output
    assert TOKEN not in bot.output
    assert TOKEN.partition(":")[2] not in bot.output


async def test_migrate_makes_the_tables_and_ends(scene: Stage) -> None:
    for _ in range(2):
        bot = await scene.start("migrate")
        assert await bot.ended() == 0
        assert bot.output == ""
    assert scene.rows("SELECT count(*) FROM ratings") == [(0,)]
    assert not scene.telegram.calls


async def test_the_doctor_prints_a_line_for_each_thing_and_fails_on_problems(scene: Stage) -> None:
    bot = await scene.listening()
    await club(scene, bot)
    doctor = await scene.start("doctor")
    assert await doctor.ended() == 0, doctor.output
    assert "ok       token: it is @" in doctor.output
    assert all(line.split(" ")[0] in {"ok", "warning"} for line in doctor.output.splitlines())
    assert await bot.stop() == 0
    for name, value in (
        ("TELEGRAM_TOKEN", OTHER_TOKEN),
        ("LOG_LEVEL", "LOUD"),
        ("DATABASE_URL", "mysql://x"),
    ):
        sick = await scene.start("doctor", **{name: value})
        assert await sick.ended() == 1
        assert "problem  " in sick.output
        assert OTHER_TOKEN not in sick.output


async def test_health_asks_the_running_bot(scene: Stage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
    assert await (await scene.start("health", HEALTH_PORT=port)).ended() == 1
    bot = await scene.listening(HEALTH_PORT=port)
    assert await (await scene.start("health", HEALTH_PORT=port)).ended() == 0
    assert await bot.stop() == 0
    unset = await scene.start("health")
    assert await unset.ended() == 2
    assert unset.output.startswith("HEALTH_PORT: ")


async def test_a_second_process_stops_with_one_clear_sentence(scene: Stage) -> None:
    first = await scene.listening()
    ana, group, _ = await club(scene, first)
    before = scene.telegram.calls.copy()
    second = await scene.start()
    assert await second.ended() == 1
    (line,) = second.output.splitlines()
    assert line.startswith("A bot is already running on this database")
    assert scene.telegram.calls["getMe"] == before["getMe"]
    migration = await scene.start("migrate")
    assert await migration.ended() == 0, migration.output
    await scene.ask(first, ana, "/roster", group)
    assert await first.stop() == 0
    assert first.output == ""


async def test_a_killed_bot_is_followed_at_once(scene: Stage) -> None:
    for _ in range(2):
        bot = await scene.listening()
        await bot.kill()
    assert await (await scene.listening()).stop() == 0


async def test_a_migration_waits_until_no_bot_runs(scene: Stage) -> None:
    bot = await scene.listening()
    with closing(sqlite3.connect(scene.database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    migration = await scene.start("migrate")
    assert await migration.ended() == 1
    assert migration.output.startswith("A bot is already running on this database")
    assert await bot.stop() == 0


async def test_killed_while_it_makes_its_tables_it_makes_them_at_a_later_start(
    scene: Stage, tmp_path: Path
) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    rehearsal = await scene.start("migrate", DATABASE_URL=f"sqlite:///{tmp_path}/rehearsal.db")
    assert await rehearsal.ended() == 0
    seconds = loop.time() - began
    chance = random.Random(3)
    for _ in range(6):
        bot = await scene.start("migrate")
        loop.call_later(chance.uniform(0.5, 1) * seconds, bot.strike)
        assert await bot.ended() in {0, -signal.SIGKILL}, bot.output
    bot = await scene.start("migrate")
    assert await bot.ended() == 0, bot.output
    assert scene.rows("PRAGMA integrity_check") == [("ok",)]
    assert scene.rows("PRAGMA foreign_key_check") == []
    with closing(sqlite3.connect(tmp_path / "rehearsal.db")) as other:
        tables = other.execute(TABLES).fetchall()
    assert scene.rows(TABLES) == tables
