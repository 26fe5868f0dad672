from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from integrations.sandbox.telegram import ConnectionDropped, FloodLimits, TelegramSandbox
from tests.fakes import settle
from tests.integrations.sandbox.stage import keyboard

if TYPE_CHECKING:
    from tests.fakes import FakeClock
    from tests.integrations.sandbox.stage import Stage


async def test_a_chat_takes_a_short_burst_then_one_message_a_second(stage: Stage) -> None:
    stage.ben.start_bot()
    for _ in range(5):
        await stage.ok("sendMessage", chat_id=stage.ben.id, text="x")
    answer = await stage.sandbox.call(
        stage.sandbox.token, "sendMessage", {"chat_id": stage.ben.id, "text": "x"}
    )
    assert answer.status == 429
    assert answer.body["description"] == "Too Many Requests: retry after 1"
    assert answer.body["parameters"] == {"retry_after": 1}
    assert answer.headers["Retry-After"] == "1"
    assert stage.sandbox.log[-1].flooded
    await stage.clock.advance(1)
    await stage.ok("sendMessage", chat_id=stage.ben.id, text="x")
    await stage.say("another chat is not concerned")


async def test_a_group_takes_20_a_minute_edits_included(stage: Stage) -> None:
    message = await stage.say()
    for number in range(19):
        await stage.clock.advance(1)
        await stage.ok("editMessageText", chat_id=stage.group_id, message_id=message, text=f"{number}")
    await stage.clock.advance(1)
    edit = {"chat_id": stage.group_id, "message_id": message, "text": "x"}
    assert await stage.refused("editMessageText", **edit) == "429 Too Many Requests: retry after 40"
    await stage.clock.advance(39)
    assert await stage.refused("sendMessage", chat_id=stage.group_id, text="x") == (
        "429 Too Many Requests: retry after 1"
    )
    await stage.clock.advance(1)
    await stage.ok("editMessageText", **edit)


async def test_all_chats_together_take_30_a_second(clock: FakeClock) -> None:
    sandbox = TelegramSandbox(clock, flood=FloodLimits(burst=50))
    people = [sandbox.create_person(f"P{n}") for n in range(31)]
    statuses = []
    for person in people:
        person.start_bot()
        answer = await sandbox.call(sandbox.token, "sendMessage", {"chat_id": person.id, "text": "x"})
        statuses.append(answer.status)
    assert statuses == [200] * 30 + [429]


async def test_answers_and_refused_calls_are_not_counted(stage: Stage) -> None:
    await stage.say(reply_markup=keyboard([("Go", "x")]))
    card = stage.last()
    for _ in range(50):
        press = stage.ben.press(card, "Go")
        await stage.ok("answerCallbackQuery", callback_query_id=press.id)
    for _ in range(50):
        await stage.refused("sendMessage", chat_id=stage.group_id, text="")
    await stage.say("still room")


async def test_an_album_counts_its_pictures(stage: Stage) -> None:
    media = [{"type": "photo", "media": f"https://a.b/{n}.jpg"} for n in range(5)]
    await stage.ok("sendMediaGroup", chat_id=stage.group_id, media=media)
    assert (await stage.refused("sendMessage", chat_id=stage.group_id, text="x")).startswith("429")


async def test_an_ordered_failure_strikes_once_and_without_effect(stage: Stage) -> None:
    stage.sandbox.faults.fail("sendMessage", 500, "Internal Server Error")
    before = len(stage.sandbox.messages(stage.group))
    assert await stage.refused("sendMessage", chat_id=stage.group_id, text="x") == "500 Internal Server Error"
    assert len(stage.sandbox.messages(stage.group)) == before
    await stage.say()


async def test_an_order_can_choose_its_calls(stage: Stage) -> None:
    stage.sandbox.faults.flood("*", 7, times=2, when=lambda params: params.get("text") == "b")
    await stage.say("a")
    for _ in range(2):
        assert await stage.refused("sendMessage", chat_id=stage.group_id, text="b") == (
            "429 Too Many Requests: retry after 7"
        )
    await stage.say("b")


async def test_an_ordered_delay_is_the_clocks(stage: Stage) -> None:
    stage.sandbox.faults.delay("sendMessage", 3)
    sending = asyncio.create_task(stage.say("late"))
    await stage.clock.advance(2)
    assert not sending.done()
    await stage.clock.advance(1)
    await sending
    assert stage.sandbox.log[-1].seconds == 3


async def test_a_dropped_connection_before_and_after_the_effect(stage: Stage) -> None:
    stage.sandbox.faults.drop_before("sendMessage")
    with pytest.raises(ConnectionDropped) as before:
        await stage.say("lost")
    stage.sandbox.faults.drop_after("sendMessage")
    with pytest.raises(ConnectionDropped) as after:
        await stage.say("arrived")
    assert (before.value.applied, after.value.applied) == (False, True)
    assert stage.last().text == "arrived"
    assert [(c.method, c.status) for c in stage.sandbox.log] == [("sendMessage", None)] * 2


async def test_orders_can_be_cancelled(stage: Stage) -> None:
    stage.sandbox.faults.fail("*", 500, "no", times=99)
    stage.sandbox.faults.clear()
    await stage.say()


async def test_those_who_watch_see_every_change(stage: Stage) -> None:
    seen: list[str] = []
    stop = stage.sandbox.subscribe(lambda event: seen.append(event.kind))
    message = await stage.say(reply_markup=keyboard([("Go", "x")]))
    press = stage.ben.press(stage.last(), "Go")
    waiting = asyncio.create_task(press.wait())
    await stage.ok("answerCallbackQuery", callback_query_id=press.id)
    await settle()
    assert (await waiting).answered
    await stage.ok("editMessageText", chat_id=stage.group_id, message_id=message, text="2")
    stop()
    await stage.say()
    assert seen == ["message", "answer", "message"]
