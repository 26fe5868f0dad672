"""Messages that one person sees (Bot API 10.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from integrations.sandbox.server import create_app
from integrations.sandbox.telegram import Upload
from tests.integrations.sandbox.stage import keyboard, png
from tests.integrations.sandbox.visits import KEY, get, refusal

if TYPE_CHECKING:
    from tests.integrations.sandbox.stage import Stage


async def whisper(stage: Stage, **params: Any) -> Any:
    return await stage.ok(
        "sendMessage", chat_id=stage.group_id, text="Only you", receiver_user_id=stage.ben.id, **params
    )


async def test_only_its_person_sees_it_and_presses_it(stage: Stage) -> None:
    app = create_app(stage.sandbox, key=KEY)
    sent = await whisper(stage, reply_markup=keyboard([("Go", "x")]))
    assert (sent["message_id"], sent["ephemeral_message_id"]) == (0, 1)
    assert sent["receiver_user"]["first_name"] == "Ben"
    shown = (await get(app, "state"))["messages"][str(stage.group_id)][-1]
    assert (shown["id"], shown["only_for"], shown["text"]) == (-1, stage.ben.id, "Only you")

    press = {"chat": stage.group_id, "message": -1, "row": 0, "column": 0}
    assert "does not see" in await refusal(app, "press", {**press, "person": stage.ana.id})
    await stage.updates()
    stage.ben.press(stage.last(), "Go").excuse()
    (update,) = await stage.updates()
    pressed = update["callback_query"]["message"]
    assert (pressed["message_id"], pressed["ephemeral_message_id"]) == (0, 1)


async def test_it_uses_up_no_id_of_the_chat(stage: Stage) -> None:
    first = await stage.say()
    await whisper(stage)
    assert await stage.say() == first + 1


async def test_it_answers_a_press_within_fifteen_seconds(stage: Stage) -> None:
    await stage.say(reply_markup=keyboard([("Go", "x")]))
    press = stage.ben.press(stage.last(), "Go")
    press.excuse()
    await whisper(stage, callback_query_id=press.id)
    late = "400 Bad Request: query is too old and response timeout expired or query ID is invalid"
    text = {"chat_id": stage.group_id, "text": "x"}
    for receiver, query in ((stage.ana.id, press.id), (stage.ben.id, "7")):
        params = {**text, "receiver_user_id": receiver, "callback_query_id": query}
        assert await stage.refused("sendMessage", **params) == late
    await stage.clock.advance(16)
    params = {**text, "receiver_user_id": stage.ben.id, "callback_query_id": press.id}
    assert await stage.refused("sendMessage", **params) == late


async def test_who_cannot_receive_it(stage: Stage) -> None:
    stage.ben.start_bot()
    private = {"chat_id": stage.ben.id, "text": "x", "receiver_user_id": stage.ben.id}
    assert "groups and supergroups only" in await stage.refused("sendMessage", **private)
    stage.ben.leave(stage.group)
    for receiver in (stage.ben.id, stage.sandbox.bot.id, 77):
        params = {"chat_id": stage.group_id, "text": "x", "receiver_user_id": receiver}
        assert "invalid receiver_user_id" in await stage.refused("sendMessage", **params)


async def test_it_is_edited_and_deleted_by_its_own_methods(stage: Stage) -> None:
    await whisper(stage)
    mine = {"chat_id": stage.group_id, "receiver_user_id": stage.ben.id, "ephemeral_message_id": 1}
    assert await stage.ok("editEphemeralMessageText", **mine, text="Still only you") is True
    assert stage.last().text == "Still only you"
    markup = keyboard([("Go", "x")])
    assert await stage.ok("editEphemeralMessageReplyMarkup", **mine, reply_markup=markup) is True
    media = {"type": "photo", "media": "https://a.b/c.jpg", "caption": "Seen by one"}
    assert await stage.ok("editEphemeralMessageMedia", **mine, media=media) is True
    assert await stage.ok("editEphemeralMessageCaption", **mine, caption="One") is True
    assert stage.last().caption == "One"

    other = {**mine, "receiver_user_id": stage.ana.id}
    assert await stage.refused("deleteEphemeralMessage", **other) == (
        "400 Bad Request: message to delete not found"
    )
    usual = {"chat_id": stage.group_id, "message_id": -1}
    assert "message to edit not found" in await stage.refused("editMessageText", **usual, text="x")
    assert await stage.ok("deleteEphemeralMessage", **mine) is True
    assert stage.last().only_for is None


@pytest.mark.parametrize("method", ["sendPhoto", "sendDocument"])
async def test_pictures_and_documents_can_be_for_one_person(stage: Stage, method: str) -> None:
    name = method.removeprefix("send").lower()
    file = {name: Upload("a.png", png())}
    sent = await stage.ok(method, file, chat_id=stage.group_id, receiver_user_id=stage.ana.id)
    assert sent["receiver_user"]["id"] == stage.ana.id
    assert stage.last().only_for == stage.ana.id
