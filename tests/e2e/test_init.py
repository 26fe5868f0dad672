"""`bot init`: from a token to a bot that knows its owner."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import pytest

from bot.init import init, write
from bot.metrics import Metrics
from bot.request import connect
from bot.settings import load
from integrations.sandbox.telegram import TelegramSandbox
from integrations.sandbox.transport import SandboxTransport
from tests.fakes import RunningClock

if TYPE_CHECKING:
    from pathlib import Path

    from telegram import Bot

TOKEN = "123456:sandbox-token-for-tests"
OTHER = "654321:another-token-that-nobody-gave-out"
BASE = "https://api.telegram.org"


class Terminal:
    """Somebody at a terminal, and Telegram."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []
        self.said: list[str] = []
        self.clock = RunningClock()
        self.telegram = TelegramSandbox(self.clock, token=TOKEN)
        self.ana = self.telegram.create_person("Ana")
        self.ben = self.telegram.create_person("Ben")
        self.group = self.telegram.create_group("Film club", [self.ana, self.ben])

    def start(self) -> asyncio.Task[int]:
        self.running = asyncio.ensure_future(init(self.ask, self.said.append, self.connect, self.clock))
        return self.running

    def connect(self, token: str) -> Bot:
        return connect(token, BASE, SandboxTransport(self.telegram, {}), Metrics(self.clock))

    def ask(self, question: str) -> str:
        self.asked.append(question)
        return self.answers.pop(0)

    async def until(self, words: str) -> None:
        while not any(words in line for line in self.said):
            assert not self.running.done(), self.said
            await asyncio.sleep(0.005)


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("TELEGRAM_TOKEN", "OWNER_ID"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


async def test_it_takes_the_token_and_finds_the_owner_by_the_first_group(folder: Path) -> None:
    terminal = Terminal(f" {TOKEN}\n")
    running = terminal.start()
    await terminal.until("startgroup")
    terminal.ana.add_bot(terminal.group)
    assert await running == 0
    assert load().telegram_token.get_secret_value() == TOKEN
    assert load().owner_id == terminal.ana.id
    assert (folder / ".env").stat().st_mode & 0o777 == 0o600
    assert names(folder) == [".env"]
    assert not any(TOKEN in line for line in (*terminal.said, *terminal.asked))
    assert terminal.telegram.pending_updates > 0, "the first start still has to hear of the group"


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_who_pressed_start_first_is_the_owner(folder: Path) -> None:
    terminal = Terminal(TOKEN)
    running = terminal.start()
    await terminal.until("startgroup")
    terminal.ben.start_bot()
    await terminal.until("Hello, Ben")
    assert load().owner_id == terminal.ben.id
    terminal.ana.add_bot(terminal.group)
    assert await running == 0
    assert load().owner_id == terminal.ben.id


async def test_putting_the_group_off_keeps_what_is_known(folder: Path) -> None:
    terminal = Terminal(TOKEN)
    running = terminal.start()
    await terminal.until("startgroup")
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    assert load().telegram_token.get_secret_value() == TOKEN


async def test_a_wrong_token_is_asked_for_again_and_never_written(folder: Path) -> None:
    terminal = Terminal("hunter2", OTHER, TOKEN)
    running = terminal.start()
    await terminal.until("startgroup")
    terminal.ana.add_bot(terminal.group)
    assert await running == 0
    assert terminal.said[0].startswith("That is no token")
    assert terminal.said[1] == "Telegram does not know this token."
    assert OTHER not in (folder / ".env").read_text()


async def test_it_gives_up_after_five_wrong_ones(folder: Path) -> None:
    assert await Terminal(*["nonsense"] * 5).start() == 1
    assert not (folder / ".env").exists()


async def test_without_a_network_nothing_is_written(folder: Path) -> None:
    terminal = Terminal(TOKEN)
    terminal.telegram.faults.drop_before("getMe", times=None)
    assert await terminal.start() == 1
    assert "cannot be checked" in terminal.said[0]
    assert not (folder / ".env").exists()


async def test_another_program_with_the_token_is_named(folder: Path) -> None:
    terminal = Terminal(TOKEN)
    terminal.telegram.faults.fail(
        "getUpdates", 409, "Conflict: terminated by other getUpdates request; make sure that only one runs"
    )
    assert await terminal.start() == 1
    assert terminal.said[-1].startswith("Another program uses this token")


def test_other_lines_stay_as_they_are(folder: Path) -> None:
    env = folder / ".env"
    env.write_text("# mine\nTMDB_API_KEY=k\n export OWNER_ID = 7\nMY_OWNER_ID=8\nLOG_LEVEL=INFO")
    env.chmod(0o644)
    write(env, {"OWNER_ID": "9", "TELEGRAM_TOKEN": TOKEN})
    assert env.read_text() == (
        f"# mine\nTMDB_API_KEY=k\nOWNER_ID=9\nMY_OWNER_ID=8\nLOG_LEVEL=INFO\nTELEGRAM_TOKEN={TOKEN}\n"
    )
    assert env.stat().st_mode & 0o777 == 0o600


def test_a_new_file_begins_as_the_example(folder: Path) -> None:
    (folder / ".env.example").write_text("# The token.\nTELEGRAM_TOKEN=\n\n# You.\nOWNER_ID=\n")
    write(folder / ".env", {"TELEGRAM_TOKEN": TOKEN})
    assert (folder / ".env").read_text() == f"# The token.\nTELEGRAM_TOKEN={TOKEN}\n\n# You.\nOWNER_ID=\n"
