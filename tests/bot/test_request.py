"""What requests and their answers are made of."""

from __future__ import annotations

from datetime import timedelta

import pytest
from telegram.error import RetryAfter

from bot.__main__ import main
from bot.request import seconds


@pytest.mark.parametrize("period", [7, 7.0, timedelta(seconds=7)])
def test_a_wait_is_given_in_seconds_or_as_a_timedelta(period: float | timedelta) -> None:
    assert seconds(period) == 7.0


def test_flood_control_warns_nobody_once_the_bot_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PTB_TIMEDELTA", raising=False)
    monkeypatch.setenv("TELEGRAM_TOKEN", "no token")
    assert main(["migrate"]) == 2
    assert seconds(RetryAfter(7).retry_after) == 7.0
