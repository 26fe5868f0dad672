"""What is counted, and from when to when a tap is measured."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.metrics import LATE, TAP_LIFETIME, Metrics, Standing
from domain.isoweek import IsoWeek
from domain.schedule import Post, PostKind, PostState
from domain.works import Source
from tests.fakes import RunningClock


def lines(metrics: Metrics) -> dict[str, float]:
    """The samples, by name and labels."""
    standing = Standing(outgoing=3, posts_due=2, database_bytes=4096, backup_age=60.0)
    text = metrics.render(standing).decode()
    samples = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name.removeprefix("wrong_opinions_"): float(value) for name, _, value in samples}


def tap(number: str) -> dict[str, Any]:
    return {"update_id": 1, "callback_query": {"id": number}}


async def test_updates_calls_and_floods_are_counted() -> None:
    metrics = Metrics(RunningClock())
    updates: list[dict[str, Any]] = [{"message": {}}, {"message": {}}, tap("1"), {"poll": {}}]
    for update in updates:
        metrics.arrived(update)
    metrics.called("sendMessage", 200, {})
    metrics.called("sendMessage", 429, {})
    shown = lines(metrics)
    assert shown['updates_total{kind="message"}'] == 2
    assert shown['updates_total{kind="callback_query"}'] == 1
    assert shown['updates_total{kind="other"}'] == 1
    assert shown['telegram_calls_total{method="sendMessage",status="200"}'] == 1
    assert shown["telegram_429_total"] == 1
    assert (shown["outgoing_queue"], shown["posts_due"], shown["database_bytes"]) == (3, 2, 4096)
    assert shown["backup_age_seconds"] == 60


async def test_a_tap_is_measured_from_its_arrival_to_its_answer() -> None:
    clock = RunningClock()
    metrics = Metrics(clock)
    metrics.arrived(tap("7"))
    await clock.sleep(0.3)
    metrics.called("answerCallbackQuery", 429, {"callback_query_id": "7"})
    await clock.sleep(0.5)
    metrics.called("answerCallbackQuery", 200, {"callback_query_id": "7"})
    metrics.called("answerCallbackQuery", 200, {"callback_query_id": "of an earlier process"})
    shown = lines(metrics)
    assert shown["tap_seconds_count"] == 1
    assert round(shown["tap_seconds_sum"], 6) == 0.8
    assert (shown['tap_seconds_bucket{le="0.5"}'], shown['tap_seconds_bucket{le="1.0"}']) == (0, 1)


async def test_taps_that_nobody_answered_are_forgotten() -> None:
    clock = RunningClock()
    metrics = Metrics(clock)
    for number in range(1000):
        metrics.arrived(tap(str(number)))
    await clock.sleep(TAP_LIFETIME + 1)
    metrics.arrived(tap("new"))
    assert list(metrics._taps) == ["new"]


async def test_a_post_is_late_after_five_minutes() -> None:
    clock = RunningClock()
    metrics = Metrics(clock)
    due = clock.now()
    post = Post(1, 1, PostKind.DIGEST, IsoWeek(2026, 10), due, PostState.SENDING, 1)
    metrics.sent(post, due + timedelta(seconds=LATE))
    metrics.sent(post, due + timedelta(seconds=LATE + 1))
    shown = lines(metrics)
    assert shown['posts_sent_total{kind="digest"}'] == 2
    assert shown['posts_late_total{kind="digest"}'] == 1


async def test_catalogues_are_counted_by_request_and_by_answer() -> None:
    metrics = Metrics(RunningClock())
    metrics.asked(Source.TMDB, "503")
    metrics.asked(Source.TMDB, "200")
    metrics.answered(Source.TMDB, "source")
    metrics.answered(Source.TMDB, "cache")
    shown = lines(metrics)
    assert shown['catalogue_calls_total{source="tmdb",status="503"}'] == 1
    assert shown['catalogue_answers_total{origin="cache",source="tmdb"}'] == 1


async def test_two_bots_count_apart() -> None:
    one, other = Metrics(RunningClock()), Metrics(RunningClock())
    one.arrived({"message": {}})
    assert 'updates_total{kind="message"}' not in lines(other)
