"""What requests and their answers are made of."""

from __future__ import annotations

import logging
from datetime import timedelta

import httpx
import pytest
from telegram.error import InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.__main__ import main
from bot.request import UNSAID_PAUSE, never_sent, seconds
from tests.bot.scripted import Telegram
from tests.fakes import FakeClock

PAGE = b"<html>Telegram is having a rest</html>"


async def error_of(answer: httpx.Response) -> TelegramError:
    """What a call raises that is answered so."""
    telegram = Telegram(FakeClock())
    telegram.script("getChat", answer)
    with pytest.raises(TelegramError) as raised:
        await telegram.bot().get_chat(1)
    return raised.value


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, content=PAGE),
        httpx.Response(200, content=b'{"ok":true,"resu'),
        httpx.Response(200, content=b"[]"),
        httpx.Response(200, content=b'{"ok":true}'),
        httpx.Response(302, content=PAGE, headers={"Location": "https://elsewhere.test/"}),
        httpx.Response(404, content=PAGE),
        httpx.Response(502, content=b"null"),
        httpx.Response(503, content=PAGE, headers={"Retry-After": "0"}),
    ],
)
async def test_what_is_not_telegrams_answer_is_a_lost_one_and_no_error_of_ours(
    answer: httpx.Response, caplog: pytest.LogCaptureFixture
) -> None:
    error = await error_of(answer)
    assert isinstance(error, NetworkError)
    assert not never_sent(error)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_telegrams_own_word_on_a_token_is_believed() -> None:
    refusal = {"ok": False, "error_code": 401, "description": "Unauthorized"}
    assert isinstance(await error_of(httpx.Response(401, json=refusal)), InvalidToken)


@pytest.mark.parametrize(
    ("body", "pause"),
    [
        (b'{"ok":false,"error_code":429,"parameters":{"retry_after":7}}', 7.0),
        (b'{"ok":false,"error_code":429,"parameters":{"retry_after":0}}', UNSAID_PAUSE),
        (b'{"ok":false,"error_code":429,"description":"Too Many Requests"}', UNSAID_PAUSE),
        (PAGE, UNSAID_PAUSE),
    ],
)
async def test_a_429_is_waited_out_in_whatever_words_it_comes(body: bytes, pause: float) -> None:
    error = await error_of(httpx.Response(429, content=body))
    assert isinstance(error, RetryAfter)
    assert seconds(error.retry_after) == pause


@pytest.mark.parametrize("period", [7, 7.0, timedelta(seconds=7)])
def test_a_wait_is_given_in_seconds_or_as_a_timedelta(period: float | timedelta) -> None:
    assert seconds(period) == 7.0


def test_flood_control_warns_nobody_once_the_bot_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PTB_TIMEDELTA", raising=False)
    monkeypatch.setenv("TELEGRAM_TOKEN", "no token")
    assert main(["migrate"]) == 2
    assert seconds(RetryAfter(7).retry_after) == 7.0
