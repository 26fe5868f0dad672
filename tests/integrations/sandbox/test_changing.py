from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from integrations.sandbox.telegram import Upload
from tests.integrations.sandbox.stage import keyboard, png

if TYPE_CHECKING:
    from tests.integrations.sandbox.stage import Stage

NOT_MODIFIED = (
    "400 Bad Request: message is not modified: specified new message content and reply markup are exactly"
    " the same as a current content and reply markup of the message"
)


def at(stage: Stage, message_id: int, **more: Any) -> dict[str, Any]:
    return {"chat_id": stage.group_id, "message_id": message_id, **more}


async def photo(stage: Stage, **more: Any) -> int:
    sent = await stage.ok("sendPhoto", chat_id=stage.group_id, photo="https://a.b/1.jpg", **more)
    return int(sent["message_id"])


async def test_an_edit_without_a_keyboard_removes_it(stage: Stage) -> None:
    message = await stage.say("1", reply_markup=keyboard([("Go", "x")]))
    await stage.ok("editMessageText", **at(stage, message, text="2"))
    seen = stage.last()
    assert (seen.text, seen.buttons, seen.edited) == ("2", (), True)


async def test_an_edit_that_changes_nothing_is_refused(stage: Stage) -> None:
    markup = keyboard([("Go", "x")])
    message = await stage.say("<b>1</b>", parse_mode="HTML", reply_markup=markup)
    same = at(stage, message, text=" <b>1</b> ", parse_mode="HTML", reply_markup=markup)
    assert await stage.refused("editMessageText", **same) == NOT_MODIFIED
    assert (
        await stage.refused("editMessageReplyMarkup", **at(stage, message, reply_markup=markup))
        == NOT_MODIFIED
    )
    await stage.ok("editMessageText", **{**same, "text": "1"})


async def test_texts_captions_and_media_do_not_mix(stage: Stage) -> None:
    text, picture = await stage.say(), await photo(stage)
    assert await stage.refused("editMessageText", **at(stage, picture, text="x")) == (
        "400 Bad Request: there is no text in the message to edit"
    )
    assert await stage.refused("editMessageCaption", **at(stage, text, caption="x")) == (
        "400 Bad Request: there is no caption in the message to edit"
    )


async def test_a_caption_is_edited(stage: Stage) -> None:
    picture = await photo(stage, caption="a")
    await stage.ok("editMessageCaption", **at(stage, picture, caption="<i>b</i>", parse_mode="HTML"))
    assert (stage.last().caption, stage.last().html) == ("b", "<i>b</i>")
    assert await stage.refused("editMessageCaption", **at(stage, picture, caption="b" * 1025)) == (
        "400 Bad Request: MEDIA_CAPTION_TOO_LONG"
    )


async def test_a_text_turns_into_a_photo(stage: Stage) -> None:
    message = await stage.say("searching")
    media = {"type": "photo", "media": "attach://p", "caption": "Heat"}
    await stage.ok("editMessageMedia", {"p": Upload("p", png())}, **at(stage, message, media=media))
    seen = stage.last()
    assert (seen.id, seen.text, seen.caption, seen.photo is not None) == (message, "", "Heat", True)


async def test_the_same_address_is_the_same_photo(stage: Stage) -> None:
    picture = await photo(stage, caption="Heat")
    media = {"type": "photo", "media": "https://a.b/1.jpg", "caption": "Heat"}
    assert await stage.refused("editMessageMedia", **at(stage, picture, media=media)) == NOT_MODIFIED
    other = {**media, "media": "https://a.b/2.jpg"}
    await stage.ok("editMessageMedia", **at(stage, picture, media=other))
    assert await stage.refused(
        "editMessageMedia", **at(stage, picture, media={**other, "caption": "x" * 1025})
    ) == ("400 Bad Request: MEDIA_CAPTION_TOO_LONG")


async def test_only_own_messages_that_exist_and_have_no_reply_keyboard(stage: Stage) -> None:
    theirs = stage.ana.write(stage.group, "/week").id
    forced = await stage.say(reply_markup={"force_reply": True})
    for message in (theirs, forced):
        refusal = await stage.refused("editMessageText", **at(stage, message, text="x"))
        assert refusal == "400 Bad Request: message can't be edited"
    assert await stage.refused("editMessageText", **at(stage, 999, text="x")) == (
        "400 Bad Request: message to edit not found"
    )


async def test_an_edit_has_limits_and_may_be_old(stage: Stage) -> None:
    message = await stage.say()
    assert await stage.refused("editMessageText", **at(stage, message, text="x" * 4097)) == (
        "400 Bad Request: MESSAGE_TOO_LONG"
    )
    assert await stage.refused("editMessageText", **at(stage, message, text=" ")) == (
        "400 Bad Request: message text is empty"
    )
    markup = keyboard([("x", "d" * 65)])
    assert await stage.refused("editMessageReplyMarkup", **at(stage, message, reply_markup=markup)) == (
        "400 Bad Request: BUTTON_DATA_INVALID"
    )
    await stage.clock.advance(365 * 24 * 3600)
    await stage.ok("editMessageText", **at(stage, message, text="a year later"))


async def test_own_messages_can_be_deleted_for_two_days(stage: Stage) -> None:
    young, old = await stage.say("1"), await stage.say("2")
    await stage.ok("deleteMessage", **at(stage, young))
    assert [m.id for m in stage.sandbox.messages(stage.group) if m.id == young] == []
    assert await stage.refused("deleteMessage", **at(stage, young)) == (
        "400 Bad Request: message to delete not found"
    )
    await stage.clock.advance(48 * 3600)
    assert (
        await stage.refused("deleteMessage", **at(stage, old)) == "400 Bad Request: message can't be deleted"
    )


async def test_others_messages_need_the_right(stage: Stage) -> None:
    theirs = stage.ana.write(stage.group, "hi").id
    assert (
        await stage.refused("deleteMessage", **at(stage, theirs))
        == "400 Bad Request: message can't be deleted"
    )
    stage.ana.promote(stage.group, rights=["can_pin_messages"])
    assert (
        await stage.refused("deleteMessage", **at(stage, theirs))
        == "400 Bad Request: message can't be deleted"
    )
    stage.ana.promote(stage.group, rights=["can_delete_messages"])
    await stage.ok("deleteMessage", **at(stage, theirs))


async def test_several_are_deleted_and_missing_ones_passed_over(stage: Stage) -> None:
    first, second = await stage.say("1"), await stage.say("2")
    await stage.ok("deleteMessages", chat_id=stage.group_id, message_ids=[first, 999, second])
    assert stage.last().service == "new_chat_members"


async def test_pinning_needs_the_right(stage: Stage) -> None:
    message = await stage.say()
    assert await stage.refused("pinChatMessage", **at(stage, message)) == (
        "400 Bad Request: not enough rights to manage pinned messages in the chat"
    )
    stage.ana.promote(stage.group, rights=["can_pin_messages"])
    assert (
        await stage.refused("pinChatMessage", **at(stage, 999)) == "400 Bad Request: message to pin not found"
    )
    await stage.ok("pinChatMessage", **at(stage, message))
    assert [m.id for m in stage.sandbox.messages(stage.group) if m.pinned] == [message]
    assert (await stage.ok("getChat", chat_id=stage.group_id))["pinned_message"]["message_id"] == message
    await stage.ok("unpinChatMessage", **at(stage, message))
    assert not any(m.pinned for m in stage.sandbox.messages(stage.group))
    await stage.ok("pinChatMessage", **at(stage, message))
    await stage.ok("unpinAllChatMessages", chat_id=stage.group_id)
    assert await stage.refused("unpinChatMessage", chat_id=stage.group_id) == (
        "400 Bad Request: message to unpin not found"
    )


async def test_a_press_is_answered_once(stage: Stage) -> None:
    await stage.say(reply_markup=keyboard([("Go", "x")]))
    press = stage.ben.press(stage.last(), "Go")
    assert stage.sandbox.complaints() == ["Ben's press of 'x' was never answered"]
    answer = {"callback_query_id": press.id, "text": "Recorded: 4½", "show_alert": True}
    await stage.ok("answerCallbackQuery", **answer)
    assert (press.answered, press.toast, press.alert) == (True, "Recorded: 4½", True)
    assert stage.sandbox.complaints() == []
    too_old = "400 Bad Request: query is too old and response timeout expired or query ID is invalid"
    assert await stage.refused("answerCallbackQuery", **answer) == too_old
    assert await stage.refused("answerCallbackQuery", callback_query_id="7") == too_old

    late = stage.ben.press(stage.last(), "Go")
    await stage.clock.advance(151)
    assert await stage.refused("answerCallbackQuery", callback_query_id=late.id) == too_old


async def test_an_answer_has_200_characters(stage: Stage) -> None:
    await stage.say(reply_markup=keyboard([("Go", "x")]))
    press = stage.ben.press(stage.last(), "Go")
    assert await stage.refused("answerCallbackQuery", callback_query_id=press.id, text="x" * 201) == (
        "400 Bad Request: MESSAGE_TOO_LONG"
    )
    await stage.ok("answerCallbackQuery", callback_query_id=press.id, text="x" * 200)


async def test_an_answer_may_open_the_bots_own_link_only(stage: Stage) -> None:
    await stage.say(reply_markup=keyboard([("Go", "x")]))
    press = stage.ben.press(stage.last(), "Go")
    assert await stage.refused("answerCallbackQuery", callback_query_id=press.id, url="https://a.b") == (
        "400 Bad Request: URL_INVALID"
    )
    link = "https://t.me/WrongOpinionsBot?start=club"
    await stage.ok("answerCallbackQuery", callback_query_id=press.id, url=link)
    assert press.url == link


async def test_the_bot_reacts_with_one_emoji(stage: Stage) -> None:
    message = await stage.say()
    reaction = [{"type": "emoji", "emoji": "🔥"}]
    await stage.ok("setMessageReaction", **at(stage, message, reaction=reaction))
    stage.ana.react(stage.last(), "🔥")
    assert stage.last().reactions == (("🔥", 2),)
    assert await stage.refused("setMessageReaction", **at(stage, message, reaction=reaction * 2)) == (
        "400 Bad Request: REACTIONS_TOO_MANY"
    )
    await stage.ok("setMessageReaction", **at(stage, message, reaction=[]))
    assert stage.last().reactions == (("🔥", 1),)


@pytest.mark.parametrize("method", ["editMessageText", "deleteMessage", "pinChatMessage"])
async def test_the_chat_is_checked_before_the_message(stage: Stage, method: str) -> None:
    text = {"text": "x"} if method == "editMessageText" else {}
    assert (
        await stage.refused(method, chat_id=77, message_id=999, **text) == "400 Bad Request: chat not found"
    )
    assert await stage.refused(method, message_id=999, **text) == "400 Bad Request: chat_id is empty"
