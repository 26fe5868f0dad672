"""The looking itself: each way out is tried with a canary, and found."""

from __future__ import annotations

import gzip
import json
import logging
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from integrations.sandbox.clock import MovableClock
from integrations.sandbox.telegram import TelegramSandbox
from integrations.sandbox.telegram.core import LoggedCall
from tests import canaries
from tests.bot import scripted
from tests.canaries import KEY, TOKENS, Leak
from tests.crash import stage
from tests.e2e import world

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = TOKENS[0]
HALF = TOKEN.partition(":")[2]


def test_the_tokens_of_the_stages_are_canaries() -> None:
    assert {world.TOKEN, stage.TOKEN, scripted.TOKEN} <= set(TOKENS)


@pytest.mark.parametrize("secret", [*TOKENS, KEY, HALF])
def test_a_canary_is_found_in_words_bytes_json_and_urls(secret: str) -> None:
    for text in (
        f"…{secret}…",
        secret.encode(),
        json.dumps({"a": secret}),
        f"https://x.test/?a={quote(secret)}",
    ):
        with pytest.raises(Leak) as found:
            canaries.look_through(text, "here")
        assert secret not in str(found.value)
    canaries.look_through("123456 tells nothing", "here")


def test_a_log_line_is_looked_at_as_the_bot_writes_it() -> None:
    ear = canaries.Ear()
    whole = logging.makeLogRecord(
        {"msg": "token %s", "args": (TOKEN,), "exc_info": (ValueError, ValueError(TOKEN), None)}
    )
    ear.emit(whole)
    assert ear.leaks == [], "the bot strikes out the whole token"
    ear.emit(logging.makeLogRecord({"name": "bot.x", "msg": f"half of it: {HALF}"}))
    assert len(ear.leaks) == 2
    assert "a log line of bot.x" in ear.leaks[0]


def test_files_are_looked_into_packed_or_not(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    plain, packed, archive = tmp_path / "a.txt", tmp_path / "folder" / "b.backup", tmp_path / "c.zip"
    for path in (plain, packed, archive):
        if path == plain:
            path.write_text(f"x{KEY}")
        elif path == packed:
            path.write_bytes(b"head\n" + gzip.compress(f"x{KEY}".encode()))
        else:
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
                made.writestr("inside", f"x{KEY}")
        with pytest.raises(Leak, match=path.name):
            canaries.look_at_files(tmp_path)
        path.unlink()
    (tmp_path / ".env").write_text(f"TELEGRAM_TOKEN={TOKEN}")
    canaries.look_at_files(tmp_path)


def test_what_telegram_was_given_is_looked_at() -> None:
    telegram = TelegramSandbox(MovableClock(datetime.now(UTC)), token=TOKEN)
    call = LoggedCall("sendMessage", {"text": f"my key: {KEY}"}, 200, {}, datetime.now(UTC), 0.0)
    telegram.log.append(call)
    with pytest.raises(Leak, match="a call of sendMessage"):
        canaries.look_at_telegram(telegram)


@pytest.mark.parametrize("section", ["Captured stdout call", "Captured stderr teardown"])
def test_what_a_test_prints_is_looked_at(section: str) -> None:
    report = pytest.TestReport("x", ("x", 1, "x"), {}, "passed", None, "call", [(section, f"x {TOKEN}")])
    with pytest.raises(Leak, match=section.lower()):
        canaries.look_at_report(report)
