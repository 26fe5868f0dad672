"""An update that ends the process each time it is handled, among others that do not."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bot.inbox import MAX_ATTEMPTS
from tests.crash.evening import AUDIT
from tests.crash.test_process import club

if TYPE_CHECKING:
    from tests.crash.stage import Stage

pytestmark = pytest.mark.proof


async def test_what_ends_process_after_process_is_given_up_and_all_else_is_applied_once(scene: Stage) -> None:
    bot = await scene.listening()
    clubs = [await club(scene, bot) for _ in range(5)]
    assert await bot.stop() == 0
    with closing(sqlite3.connect(scene.database)) as file:
        file.executescript(AUDIT)
    bot = await scene.listening()
    before = scene.telegram.calls["getChatMember"]

    def strike() -> None:
        # Nothing but /reveal asks who somebody is here.
        if scene.telegram.calls["getChatMember"] > before:
            bot.strike()

    scene.telegram.on_call = strike
    for number, (person, group, card) in enumerate(clubs):
        if number == 2:
            person.write(group, "/reveal")
        person.press(card, "4")
        person.press(card, "3")
    await bot.ended()
    for _ in range(MAX_ATTEMPTS):
        before = scene.telegram.calls["getChatMember"]
        bot = await scene.fork()
        await bot.ended()
    scene.telegram.on_call = lambda: None
    bot = await scene.listening()
    await scene.handled(bot)
    assert "ended the process" in bot.output
    assert scene.rows("SELECT error_id FROM inbox WHERE state = 'failed'") == [("repeated-crash",)]
    scores = scene.rows("SELECT person, group_concat(value, ', ') FROM audit GROUP BY person ORDER BY number")
    assert [given for _, given in scores] == ["8, 6"] * len(clubs)
    assert await bot.stop() == 0
