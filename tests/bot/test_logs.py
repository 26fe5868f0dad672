"""No secret is ever in the log, however it got there."""

from __future__ import annotations

import json
import logging
import re
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx
import pytest
import structlog
from telegram.error import InvalidToken, NetworkError

from bot.logs import CHATTY, HIDDEN, RedactingFormatter, configure, error_id
from tests.bot.scripted import TOKEN, Telegram, refused
from tests.fakes import FakeClock

if TYPE_CHECKING:
    pass

KEY = "0123456789abcdef0123456789abcdef"
FOREIGN = "987654321:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"

log = logging.getLogger("tests.bot.logs")


def assert_silent(text: str) -> None:
    assert text
    for secret in (TOKEN, KEY, FOREIGN):
        assert secret not in text
        assert secret.rpartition(":")[2] not in text


def test_secrets_are_struck_out_of_lines_and_their_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO", [TOKEN, KEY])
    log.info("token %s, key %s, %r", TOKEN, KEY, {"url": f"https://t.test/bot{TOKEN}/getMe?api_key={KEY}"})
    shown = capsys.readouterr().err
    assert_silent(shown)
    assert shown.count(HIDDEN) == 4


def test_what_looks_like_anybodys_token_is_struck_out(capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO", [])
    log.warning("somebody pasted %s into the chat", FOREIGN)
    assert_silent(capsys.readouterr().err)


def test_tracebacks_are_struck_out(capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO", [TOKEN, KEY])
    broken = RuntimeError(f"https://t.test/bot{TOKEN}/sendMessage")
    broken.__cause__ = ValueError(KEY)
    log.error("it broke", exc_info=broken)
    shown = capsys.readouterr().err
    assert_silent(shown)
    assert "RuntimeError" in shown
    assert "ValueError" in shown


def test_stack_lines_are_struck_out(capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO", [KEY])
    log.info("here", stack_info=True)
    assert "Stack" in capsys.readouterr().err


def test_an_empty_secret_strikes_nothing_out() -> None:
    assert RedactingFormatter([""]).redact("words") == "words"


@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
async def test_talking_to_telegram_logs_no_token(level: str, capsys: pytest.CaptureFixture[str]) -> None:
    configure(level, [])
    telegram = Telegram(FakeClock())
    bot = telegram.bot()
    telegram.script("getMe", httpx.ConnectError(f"to /bot{TOKEN}/getMe"), refused(401, "Unauthorized"))
    for expected in (NetworkError, InvalidToken):
        with pytest.raises(expected) as refusal:
            await bot.initialize()
        log.error("refused: %s, %r", refusal.value, refusal.value, exc_info=refusal.value)
    await bot.send_message(7, "hello")
    log.info("%r %s", bot, bot.base_url)
    shown = capsys.readouterr().err
    assert_silent(shown)
    assert not [line for line in shown.splitlines() if " httpx: " in line or "HTTP Request" in line]


def test_chatty_libraries_are_quiet_on_every_level() -> None:
    configure("DEBUG", [])
    assert not any(logging.getLogger(name).isEnabledFor(logging.INFO) for name in CHATTY)
    assert logging.getLogger("httpx").isEnabledFor(logging.WARNING)


def test_the_level_is_the_one_that_was_set(capsys: pytest.CaptureFixture[str]) -> None:
    configure("WARNING", [])
    log.info("unheard")
    log.warning("heard")
    (line,) = capsys.readouterr().err.splitlines()
    assert "[warning] heard [tests.bot.logs]" in line


def objects(capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_line_can_be_an_object(capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO", [], as_json=True)
    with structlog.contextvars.bound_contextvars(update=17):
        log.info("„%s“ is here", "Ana")
    (line,) = objects(capsys)
    assert datetime.fromisoformat(line.pop("timestamp")).tzinfo is not None
    assert line == {"level": "info", "logger": "tests.bot.logs", "event": "„Ana“ is here", "update": 17}


def test_a_secret_is_struck_out_however_it_is_spelt(capsys: pytest.CaptureFixture[str]) -> None:
    password = 'pass"wörd/ 1\\2'
    for as_json in (False, True):
        configure("INFO", [password], as_json=as_json)
        log.info("%s %s %s", password, quote(password, safe=""), json.dumps({"password": password}))
        log.error("no", exc_info=RuntimeError(password))
    shown = capsys.readouterr().err
    assert shown.count(HIDDEN) == 8
    assert "rd" not in shown.replace("password", "").replace("record", "")


def test_a_traceback_is_one_line_of_json_and_shows_no_local_variables(
    capsys: pytest.CaptureFixture[str],
) -> None:
    take = "a take that nobody may read here"
    for as_json in (False, True):
        configure("INFO", [], as_json=as_json)
        try:
            int(take[:1])
        except ValueError:
            log.exception("it broke")
    shown = capsys.readouterr().err
    assert take not in shown
    line = json.loads(shown.splitlines()[-1])
    assert line["exception"].startswith("Traceback")
    assert re.fullmatch("[0-9a-f]{8}", line["error_id"])


def test_an_error_has_one_id_for_everybody_who_asks() -> None:
    given = logging.makeLogRecord({"exc_info": (ValueError, ValueError(), None), "error_id": "0000aaaa"})
    drawn = logging.makeLogRecord({"exc_info": (ValueError, ValueError(), None)})
    assert error_id(given) == "0000aaaa"
    assert error_id(drawn) == error_id(drawn)
    assert f"error_id={error_id(drawn)}" in RedactingFormatter([]).format(drawn)
    assert error_id(logging.makeLogRecord({})) is None
