from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from integrations.sandbox.telegram import Upload
from tests.integrations.sandbox.stage import keyboard, png

if TYPE_CHECKING:
    from tests.integrations.sandbox.stage import Stage

HTML = {"parse_mode": "HTML"}


async def test_a_message_is_what_people_see(stage: Stage) -> None:
    sent = await stage.ok(
        "sendMessage",
        chat_id=stage.group_id,
        text="<b>Heat</b> &amp; more",
        reply_markup=keyboard([("4½", "r:1:9")]),
        **HTML,
    )
    seen = stage.last()
    assert (seen.text, seen.html) == ("Heat & more", "<b>Heat</b> &amp; more")
    assert seen.buttons[0][0].text == "4½"
    assert sent["entities"] == [{"type": "bold", "offset": 0, "length": 4}]
    assert sent["chat"] == {"id": stage.group_id, "type": "group", "title": "Film club"}


@pytest.mark.parametrize("text", ["", "  \n ", "<b> </b>"])
async def test_an_empty_text_is_refused(stage: Stage, text: str) -> None:
    refusal = await stage.refused("sendMessage", chat_id=stage.group_id, text=text, **HTML)
    assert refusal == "400 Bad Request: message text is empty"


async def test_lengths_count_code_points_after_parsing(stage: Stage) -> None:
    await stage.say("<b>" + "𝒳" * 4096 + "</b>", **HTML)
    assert await stage.refused("sendMessage", chat_id=stage.group_id, text="x" * 4097) == (
        "400 Bad Request: message is too long"
    )
    await stage.ok("sendPhoto", chat_id=stage.group_id, photo="https://a.b/c.jpg", caption="𝒳" * 1024)
    for method, extra in (
        ("sendPhoto", {"photo": "https://a.b"}),
        ("sendDocument", {"document": "https://a.b"}),
    ):
        refusal = await stage.refused(method, chat_id=stage.group_id, caption="x" * 1025, **extra)
        assert refusal == "400 Bad Request: message caption is too long"


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        ([[("x", "d" * 65)]], "BUTTON_DATA_INVALID"),
        ([[("x", "é" * 33)]], "BUTTON_DATA_INVALID"),
        ([[("x", "")]], "BUTTON_DATA_INVALID"),
        ([[("x", "d")] * 9], "reply markup is too long"),
        ([[("x", "d")]] * 101, "reply markup is too long"),
    ],
)
async def test_keyboards_have_limits(stage: Stage, rows: Any, error: str) -> None:
    refusal = await stage.refused(
        "sendMessage", chat_id=stage.group_id, text="x", reply_markup=keyboard(*rows)
    )
    assert refusal == f"400 Bad Request: {error}"


async def test_the_largest_keyboard_passes(stage: Stage) -> None:
    await stage.say(reply_markup=keyboard(*[[("x", "é" * 32)] * 8] * 12, [("y", "d" * 64)] * 4))
    assert sum(len(row) for row in stage.last().buttons) == 100


@pytest.mark.parametrize(
    "button",
    [
        {"text": "x"},
        {"text": "", "callback_data": "x"},
        {"text": "x", "callback_data": "x", "style": "pink"},
        7,
    ],
)
async def test_a_button_needs_a_text_an_action_and_a_known_style(stage: Stage, button: Any) -> None:
    refusal = await stage.refused(
        "sendMessage", chat_id=stage.group_id, text="x", reply_markup={"inline_keyboard": [[button]]}
    )
    assert refusal.startswith("400 Bad Request: can't parse inline keyboard button")


async def test_a_reply_needs_its_message(stage: Stage) -> None:
    first = await stage.say("first")
    await stage.say("second", reply_parameters={"message_id": first})
    assert stage.last().reply_to == first
    gone = {"message_id": 999}
    assert await stage.refused("sendMessage", chat_id=stage.group_id, text="x", reply_parameters=gone) == (
        "400 Bad Request: message to be replied not found"
    )
    await stage.say("all the same", reply_parameters={**gone, "allow_sending_without_reply": True})
    assert stage.last().reply_to is None


async def test_topics_take_messages_and_general_is_no_thread(stage: Stage) -> None:
    forum = stage.sandbox.create_group("Forum", [stage.ana], forum=True)
    stage.ana.add_bot(forum)
    topic = stage.ana.open_topic(forum, "Albums")
    sent = await stage.ok("sendMessage", chat_id=forum.id, message_thread_id=topic, text="x")
    assert (sent["message_thread_id"], sent["is_topic_message"]) == (topic, True)
    assert [m.text for m in stage.sandbox.messages(forum, thread=topic)] == ["", "x"]
    for thread in (1, 999):
        refusal = await stage.refused("sendMessage", chat_id=forum.id, message_thread_id=thread, text="x")
        assert refusal == "400 Bad Request: message thread not found"
    assert await stage.refused("sendMessage", chat_id=stage.group_id, message_thread_id=5, text="x") == (
        "400 Bad Request: message thread not found"
    )


async def test_in_a_topic_everything_answers_the_message_that_opened_it(stage: Stage) -> None:
    forum = stage.sandbox.create_group("Forum", [stage.ana], forum=True)
    stage.ana.add_bot(forum)
    topic = stage.ana.open_topic(forum, "Albums")
    stage.ana.write(forum, "/week", thread=topic)
    opened, message = (update["message"] for update in (await stage.updates())[-2:])
    assert opened["forum_topic_created"]["name"] == "Albums"
    assert message["reply_to_message"]["message_id"] == topic
    stage.ana.write(forum, "/week")
    assert "message_thread_id" not in (await stage.updates())[-1]["message"]


async def test_a_reply_in_an_ordinary_supergroup_has_a_thread_that_is_no_topic(stage: Stage) -> None:
    group = stage.sandbox.create_group("Big", [stage.ana], supergroup=True)
    stage.ana.add_bot(group)
    first = (await stage.ok("sendMessage", chat_id=group.id, text="x"))["message_id"]
    stage.ana.write(group, "no", reply_to=first)
    message = (await stage.updates())[-1]["message"]
    assert message["message_thread_id"] == first
    assert "is_topic_message" not in message


async def test_photos_by_upload_by_id_and_by_address(stage: Stage) -> None:
    content = png(500, 750)
    sent = await stage.ok(
        "sendPhoto",
        {"p": Upload("poster.png", content, "image/png")},
        chat_id=stage.group_id,
        photo="attach://p",
        caption="<i>Heat</i>",
        **HTML,
    )
    assert [(s["width"], s["height"]) for s in sent["photo"]] == [(60, 90), (213, 320), (500, 750)]
    assert sent["caption_entities"][0]["type"] == "italic"
    again = await stage.ok("sendPhoto", chat_id=stage.group_id, photo=sent["photo"][-1]["file_id"])
    assert again["photo"] == sent["photo"]
    file = await stage.ok("getFile", file_id=sent["photo"][-1]["file_id"])
    assert stage.sandbox.file(stage.sandbox.token, file["file_path"]) == content
    assert stage.sandbox.file("1:wrong", file["file_path"]) is None

    await stage.ok("sendPhoto", chat_id=stage.group_id, photo="https://a.b/c.jpg")
    photo = stage.last().photo
    assert photo is not None
    assert photo.url == "https://a.b/c.jpg"


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (None, "400 Bad Request: failed to get HTTP URL content"),
        (b"<html>", "400 Bad Request: wrong type of the web page content"),
        (b"", "400 Bad Request: wrong type of the web page content"),
        (b"\x89PNG\r\n\x1a\n", "400 Bad Request: wrong type of the web page content"),
    ],
)
async def test_an_address_without_a_picture_is_refused(
    stage: Stage, content: bytes | None, refusal: str
) -> None:
    async def fetch(_: str) -> bytes | None:
        return content

    stage.sandbox.fetch_image = fetch
    assert await stage.refused("sendPhoto", chat_id=stage.group_id, photo="https://a.b") == refusal


async def test_a_fetched_picture_is_kept(stage: Stage) -> None:
    asked = []

    async def fetch(url: str) -> bytes | None:
        asked.append(url)
        return png(20, 10)

    stage.sandbox.fetch_image = fetch
    await stage.ok("sendPhoto", chat_id=stage.group_id, photo="https://a.b/c.png")
    photo = stage.last().photo
    assert photo is not None
    assert (photo.width, photo.height, photo.content) == (20, 10, png(20, 10))
    assert asked == ["https://a.b/c.png"]


@pytest.mark.parametrize(
    ("files", "photo", "refusal"),
    [
        ({}, None, "400 Bad Request: there is no photo in the request"),
        ({}, "attach://nothing", "400 Bad Request: there is no file in the request"),
        ({"photo": Upload("x", b"text")}, None, "400 Bad Request: IMAGE_PROCESS_FAILED"),
        (
            {},
            "nonsense",
            "400 Bad Request: Wrong remote file identifier specified: Wrong padding in the string",
        ),
        ({}, "file.jpg", "400 Bad Request: wrong file identifier/HTTP URL specified"),
    ],
)
async def test_a_photo_that_is_none(stage: Stage, files: Any, photo: str | None, refusal: str) -> None:
    assert await stage.refused("sendPhoto", files, chat_id=stage.group_id, photo=photo) == refusal


async def test_an_album_of_photos_shares_a_group(stage: Stage) -> None:
    media = [
        {"type": "photo", "media": "attach://a", "caption": "<b>1</b>", "parse_mode": "HTML"},
        {"type": "photo", "media": "https://a.b/2.jpg"},
    ]
    sent = await stage.ok("sendMediaGroup", {"a": Upload("a", png())}, chat_id=stage.group_id, media=media)
    assert len({message["media_group_id"] for message in sent}) == 1
    assert sent[0]["caption"] == "1"
    assert await stage.refused("sendMediaGroup", chat_id=stage.group_id, media=media[1:]) == (
        "400 Bad Request: group send failed"
    )


async def test_a_document_may_be_anything(stage: Stage) -> None:
    sent = await stage.ok("sendDocument", {"document": Upload("scores.csv", b"a,b")}, chat_id=stage.group_id)
    assert (sent["document"]["file_name"], sent["document"]["file_size"]) == ("scores.csv", 3)
    assert stage.last().document == "scores.csv"


async def test_a_poll_can_be_stopped_once(stage: Stage) -> None:
    options = [{"text": "Heat"}, {"text": "Ronin"}]
    sent = await stage.ok("sendPoll", chat_id=stage.group_id, question="Which?", options=options)
    assert [o["text"] for o in sent["poll"]["options"]] == ["Heat", "Ronin"]
    stop = {"chat_id": stage.group_id, "message_id": sent["message_id"]}
    assert (await stage.ok("stopPoll", **stop))["is_closed"] is True
    assert await stage.refused("stopPoll", **stop) == "400 Bad Request: poll has already been closed"


@pytest.mark.parametrize(
    ("question", "options", "error"),
    [
        ("", ["a"], "poll question must be non-empty"),
        ("q" * 301, ["a"], "poll question length must not exceed 300"),
        ("q", [], "poll must have at least 1 option"),
        ("q", ["a"] * 13, "poll can't have more than 12 options"),
        ("q", ["a" * 101], "poll options length must not exceed 100"),
        ("q", [""], "poll options must be non-empty"),
    ],
)
async def test_polls_have_limits(stage: Stage, question: str, options: list[str], error: str) -> None:
    refusal = await stage.refused(
        "sendPoll", chat_id=stage.group_id, question=question, options=[{"text": o} for o in options]
    )
    assert refusal == f"400 Bad Request: {error}"


async def test_typing_is_shown(stage: Stage) -> None:
    assert await stage.ok("sendChatAction", chat_id=stage.group_id, action="typing") is True
    assert stage.sandbox.world.actions == [(stage.group_id, "typing")]
    assert await stage.refused("sendChatAction", chat_id=stage.group_id, action="juggling") == (
        "400 Bad Request: wrong parameter action in request"
    )


async def test_the_order_of_the_checks(stage: Stage) -> None:
    """Each step mends the first fault and uncovers the next."""
    stage.ana.restrict_bot(stage.group)
    params: dict[str, Any] = {
        "chat_id": 77,
        "message_thread_id": 9,
        "text": "<b>" + "x" * 4097,
        "parse_mode": "HTML",
        "reply_parameters": {"message_id": 99},
        "reply_markup": {"inline_keyboard": [[{"text": "x"}]]},
    }
    expected: list[tuple[str, dict[str, Any]]] = [
        ("can't parse inline keyboard button", {"reply_markup": keyboard([("x", "d" * 65)])}),
        ("can't parse entities", {"text": "x" * 4097}),
        ("chat not found", {"chat_id": stage.group_id}),
        ("message thread not found", {"message_thread_id": 0}),
        ("message to be replied not found", {"reply_parameters": {}}),
        ("message is too long", {"text": "x"}),
        ("BUTTON_DATA_INVALID", {"reply_markup": {}}),
        ("not enough rights to send text messages to the chat", {}),
    ]
    for text, mended in expected:
        assert (await stage.refused("sendMessage", **params)).startswith(f"400 Bad Request: {text}")
        params |= mended


@pytest.mark.parametrize(
    ("entity", "error"),
    [
        (7, "can't parse MessageEntity JSON object"),
        ({"type": "bold", "offset": "a", "length": 1}, "can't parse entities: Can't find field \"offset\""),
        ({"type": "text_link", "offset": 0, "length": 1}, "can't parse entities: Can't find field \"url\""),
        (
            {"type": "bold", "offset": 2, "length": 1},
            "entity begins in a middle of a UTF-16 symbol at byte offset 1",
        ),
        (
            {"type": "bold", "offset": 0, "length": 2},
            "entity ends in a middle of a UTF-16 symbol at byte offset 1",
        ),
    ],
)
async def test_given_entities_are_checked(stage: Stage, entity: Any, error: str) -> None:
    refusal = await stage.refused("sendMessage", chat_id=stage.group_id, text="a𝒳b", entities=[entity])
    assert refusal == f"400 Bad Request: {error}"


async def test_given_entities_are_cut_to_the_text(stage: Stage) -> None:
    await stage.say(
        "a𝒳b",
        entities=[{"type": "bold", "offset": -2, "length": 99}, {"type": "italic", "offset": 9, "length": 1}],
    )
    assert stage.last().html == "<b>a𝒳b</b>"


@pytest.mark.parametrize(
    ("method", "params", "error"),
    [
        ("sendMessage", {"text": "a\ud800b"}, "strings must be encoded in UTF-8"),
        (
            "sendMessage",
            {"text": "x", "reply_parameters": {"message_id": "first"}},
            'invalid parameter "message_id" value specified',
        ),
        ("sendMediaGroup", {"media": [1, 2]}, "can't parse InputMedia: type of the media is not supported"),
        ("deleteMessages", {"message_ids": [[1]]}, 'invalid parameter "message_ids" value specified'),
        (
            "setMyCommands",
            {"commands": [], "scope": {"type": []}},
            "can't parse BotCommandScope: Unsupported type specified",
        ),
    ],
)
async def test_values_of_the_wrong_shape_are_refused(
    stage: Stage, method: str, params: dict[str, Any], error: str
) -> None:
    if method != "setMyCommands":
        params = {"chat_id": stage.group_id, **params}
    assert await stage.refused(method, **params) == f"400 Bad Request: {error}"
