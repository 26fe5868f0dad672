"""`kill -9` between Telegram's acceptance of a post and our commit: what decision 10 promises."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from domain.isoweek import IsoWeek
from domain.schedule import PostKind
from tests.crash.stage import PATIENCE, Stage
from tests.crash.test_process import club

if TYPE_CHECKING:
    from integrations.sandbox.telegram import Chat

pytestmark = pytest.mark.proof

DUE = "UPDATE posts SET iso_year = ?, iso_week = ?, due_at = ? WHERE kind = ? AND state = 'due'"
LEASE_OVER = "UPDATE posts SET lease_until = ? WHERE kind = ? AND state = 'sending'"


@pytest.mark.parametrize(
    ("kind", "method", "accepted", "there"),
    [
        (PostKind.SCORE_REMINDER, "sendMessage", False, 0),
        (PostKind.SCORE_REMINDER, "sendMessage", True, 1),
        (PostKind.DIGEST, "sendPhoto", False, 1),
        (PostKind.DIGEST, "sendPhoto", True, 2),
    ],
)
async def test_a_killed_process_leaves_what_was_promised(
    scene: Stage, kind: PostKind, method: str, accepted: bool, there: int
) -> None:
    bot = await scene.listening()
    _, group, _ = await club(scene, bot)
    await bot.stop()
    now = datetime.now(UTC)
    week = IsoWeek.at(now, UTC)
    assert change(scene, DUE, week.year, week.week, stored(now - timedelta(minutes=1)), kind.value) == 1

    bot = await scene.start()
    before = scene.telegram.calls[method]

    def strike() -> None:
        if scene.telegram.calls[method] > before:
            bot.strike()

    if not accepted:
        scene.telegram.faults.drop_before(method)
    scene.telegram.on_call = strike
    await bot.ended()
    scene.telegram.on_call = lambda: None
    assert change(scene, LEASE_OVER, stored(now), kind.value) == 1

    bot = await scene.start()
    async with asyncio.timeout(PATIENCE):
        while state(scene, kind, week) != "sent":  # noqa: ASYNC110 - only the file tells when it is settled
            await asyncio.sleep(0.05)
    assert posted(scene, group, kind) == there
    assert await bot.stop() == 0
    assert scene.rows("PRAGMA integrity_check") == [("ok",)]


def stored(moment: datetime) -> str:
    """A moment as the file holds it."""
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")


def change(scene: Stage, statement: str, *values: object) -> int:
    """Change the file while no bot runs; how many rows."""
    with closing(sqlite3.connect(scene.database)) as connection, connection:
        return connection.execute(statement, values).rowcount


def state(scene: Stage, kind: PostKind, week: IsoWeek) -> str:
    """Where this week's occurrence stands."""
    posts = scene.rows("SELECT kind, iso_year, iso_week, state FROM posts")
    (found,) = [post[3] for post in posts if post[:3] == (kind.value, week.year, week.week)]
    return str(found)


def posted(scene: Stage, chat: Chat, kind: PostKind) -> int:
    """How often it stands in the chat."""
    messages = scene.telegram.messages(chat)
    if kind is PostKind.DIGEST:
        return sum(message.photo is not None for message in messages)
    return sum("will soon be revealed" in message.text for message in messages)
