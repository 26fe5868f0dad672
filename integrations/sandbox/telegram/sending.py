"""The methods that put new messages into a chat."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from .content import CAPTION_LIMIT, TEXT_LIMIT
from .html import utf16_length
from .model import Ballot
from .parameters import integer
from .wire import JsonObject, bad_request

if TYPE_CHECKING:
    from .calling import Call, Method
    from .content import Markup
    from .model import Chat, Message, Picture

_ACTIONS: Final = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)
_ALBUM: Final = (2, 10)
_POLL_OPTIONS: Final = (1, 12)
_QUESTION_LIMIT: Final = 300
_OPTION_LIMIT: Final = 100


def _place(call: Call) -> tuple[Chat, int | None, int | None]:
    """Chat, topic and the message answered."""
    chat = call.chat()
    return chat, call.thread(chat), call.reply_target(chat)


def _put(
    call: Call, place: tuple[Chat, int | None, int | None], markup: Markup, **content: Any
) -> Message:  # content: fields of Message
    chat, thread, reply = place
    return call.world.add_message(
        chat,
        call.world.bot,
        thread=thread,
        is_topic=thread is not None,
        reply_to=reply,
        inline_keyboard=markup.rows,
        other_markup=markup.other,
        **content,
    )


async def send_message(call: Call) -> JsonObject:
    """`sendMessage`."""
    markup = call.markup()
    preview = call.reader.preview(call.params.get("link_preview_options"))
    text, entities = call.text()
    if not text:
        raise bad_request("message text is empty")
    place = _place(call)
    if len(text) > TEXT_LIMIT:
        raise bad_request("message is too long")
    call.check_markup(markup)
    call.may_send(place[0], "text messages")
    only_for = call.receiver(place[0])
    call.pay(place[0])
    return _put(call, place, markup, text=text, entities=entities, extra=preview, only_for=only_for).json()


async def send_photo(call: Call) -> JsonObject:
    """`sendPhoto`: an upload, the id of an earlier photo, or an address Telegram fetches."""
    markup = call.markup()
    text, entities = call.text("caption")
    place = _place(call)
    if len(text) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    call.check_markup(markup)
    call.may_send(place[0], "photos")
    only_for = call.receiver(place[0])
    photo = await call.file(call.params.get("photo"), "photo")
    call.pay(place[0])
    extra = {k: True for k in ("show_caption_above_media",) if call.params.get(k)}
    if call.params.get("has_spoiler"):
        extra["has_media_spoiler"] = True
    return _put(
        call, place, markup, photo=photo, text=text, entities=entities, extra=extra, only_for=only_for
    ).json()


async def send_document(call: Call) -> JsonObject:
    """`sendDocument`."""
    markup = call.markup()
    text, entities = call.text("caption")
    place = _place(call)
    if len(text) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    call.check_markup(markup)
    call.may_send(place[0], "documents")
    only_for = call.receiver(place[0])
    document = await call.file(call.params.get("document"), "document", image=False)
    call.pay(place[0])
    return _put(
        call, place, markup, document=document, text=text, entities=entities, only_for=only_for
    ).json()


async def send_media_group(call: Call) -> list[JsonObject]:
    """`sendMediaGroup`: 2 to 10 photos or documents; each counts as a message for flood control."""
    items = [(item, *read_media(call, item)) for item in call.params.get("media", [])]
    if not _ALBUM[0] <= len(items) <= _ALBUM[1]:
        raise bad_request("MEDIA_EMPTY" if not items else "group send failed")
    place = _place(call)
    if any(len(text) > CAPTION_LIMIT for _, text, _ in items):
        raise bad_request("message caption is too long")
    call.may_send(place[0], "photos")
    files = [(item, await media_file(call, item), text, entities) for item, text, entities in items]
    call.pay(place[0], len(files))
    group = str(call.world.count("media groups", 1000))
    return [
        _put(
            call,
            place,
            call.markup(),
            text=text,
            entities=entities,
            media_group=group,
            **{item["type"]: file},
        ).json()
        for item, file, text, entities in files
    ]


def read_media(call: Call, item: Any) -> tuple[str, list[JsonObject]]:
    """The caption of an `InputMedia…` object, its shape checked."""
    if not isinstance(item, dict) or item.get("type") not in {"photo", "document"}:
        raise bad_request("can't parse InputMedia: type of the media is not supported")
    call.reader.objects("InputMediaPhoto" if item["type"] == "photo" else "InputMediaDocument", [item])
    return call.known(
        *call.reader.text(
            item.get("caption", ""), item.get("parse_mode", ""), item.get("caption_entities", [])
        )
    )


async def media_file(call: Call, item: JsonObject) -> Picture:
    """The file of an `InputMedia…` object."""
    return await call.file(item.get("media"), "media", image=item["type"] == "photo")


async def send_poll(call: Call) -> JsonObject:
    """`sendPoll`: a regular poll or a quiz."""
    markup = call.markup()
    question, question_entities = call.text("question")
    options = _options(call)
    if not question:
        raise bad_request("poll question must be non-empty")
    place = _place(call)
    if len(question) > _QUESTION_LIMIT:
        raise bad_request("poll question length must not exceed 300")
    if not _POLL_OPTIONS[0] <= len(options) <= _POLL_OPTIONS[1]:
        raise bad_request(
            "poll must have at least 1 option" if not options else "poll can't have more than 12 options"
        )
    call.check_markup(markup)
    call.may_send(place[0], "polls")
    call.pay(place[0])
    kind = call.params.get("type", "regular")
    poll: JsonObject = {
        "id": str(call.world.count("polls", 5000)),
        "question": question,
        "options": options,
        "total_voter_count": 0,
        "is_closed": bool(call.params.get("is_closed", False)),
        "is_anonymous": bool(call.params.get("is_anonymous", True)),
        "type": kind,
        "allows_multiple_answers": bool(call.params.get("allows_multiple_answers", False)),
        "allows_revoting": bool(call.params.get("allows_revoting", kind == "regular")),
        "members_only": bool(call.params.get("members_only", False)),
    }
    if question_entities:
        poll["question_entities"] = question_entities
    ballot = Ballot(
        hides_results=bool(call.params.get("hide_results_until_closes")),
        correct=[integer("correct_option_ids", n) for n in call.params.get("correct_option_ids", [])],
    )
    return _put(call, place, markup, poll=poll, ballot=ballot).json()


def _options(call: Call) -> list[JsonObject]:
    options = []
    for number, option in enumerate(call.params.get("options", [])):
        item: JsonObject = {"text": option} if isinstance(option, str) else option
        call.reader.objects("InputPollOption", [item])
        text, entities = call.reader.text(
            item.get("text", ""), item.get("text_parse_mode", ""), item.get("text_entities", [])
        )
        if not text:
            raise bad_request("poll options must be non-empty")
        if utf16_length(text) > _OPTION_LIMIT:
            raise bad_request("poll options length must not exceed 100")
        value: JsonObject = {"persistent_id": str(number), "text": text, "voter_count": 0}
        options.append({**value, "text_entities": entities} if entities else value)
    return options


async def send_chat_action(call: Call) -> bool:
    """`sendChatAction`: "is typing…"; not counted by flood control."""
    action = call.params.get("action", "")
    if action not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = call.chat()
    call.thread(chat)
    call.world.actions.append((chat.id, action))
    call.world.emit("action", (chat.id, action))
    return True


SENDING: Final[Mapping[str, Method]] = MappingProxyType(
    {
        "sendMessage": send_message,
        "sendPhoto": send_photo,
        "sendDocument": send_document,
        "sendMediaGroup": send_media_group,
        "sendPoll": send_poll,
        "sendChatAction": send_chat_action,
    }
)
