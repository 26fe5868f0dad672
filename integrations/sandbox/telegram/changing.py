"""The methods that change, delete, pin or react to messages, and the answer to a press."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from .content import CAPTION_LIMIT, TEXT_LIMIT, Markup
from .parameters import integer
from .sending import media_file, read_media
from .wire import JsonObject, bad_request
from .world import QUERY_SECONDS

if TYPE_CHECKING:
    from .calling import Call, Method
    from .model import Chat, Message

DELETABLE_SECONDS: Final = 48 * 3600
ANSWER_LIMIT: Final = 200
_BULK_LIMIT: Final = 100
_NOT_MODIFIED: Final = (
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)


def _apply(call: Call, message: Message, markup: Markup, changes: dict[str, Any]) -> JsonObject:
    """Count the edit, refuse one that changes nothing, make it. No markup means no keyboard afterwards."""
    changes = {**changes, "inline_keyboard": markup.rows}
    if all(getattr(message, name) == value for name, value in changes.items()):
        raise bad_request(_NOT_MODIFIED)
    call.pay(message.chat)
    for name, value in changes.items():
        setattr(message, name, value)
    message.edit_date = call.world.timestamp()
    call.world.changed(message)
    return message.json()


def _inline_markup(call: Call) -> Markup:
    markup = call.markup()
    if markup.other is not None:
        raise bad_request("object expected as reply markup")
    return markup


async def edit_message_text(call: Call) -> JsonObject:
    """`editMessageText`."""
    markup = _inline_markup(call)
    preview = call.reader.preview(call.params.get("link_preview_options"))
    text, entities = call.text()
    if not text:
        raise bad_request("message text is empty")
    message = call.own_message(call.chat())
    if message.is_media or message.poll:
        raise bad_request("there is no text in the message to edit")
    if len(text) > TEXT_LIMIT:
        raise bad_request("MESSAGE_TOO_LONG")
    call.check_markup(markup)
    return _apply(call, message, markup, {"text": text, "entities": entities, "extra": preview})


async def edit_message_caption(call: Call) -> JsonObject:
    """`editMessageCaption`."""
    markup = _inline_markup(call)
    text, entities = call.text("caption")
    message = call.own_message(call.chat())
    if not message.is_media:
        raise bad_request("there is no caption in the message to edit")
    if len(text) > CAPTION_LIMIT:
        raise bad_request("MEDIA_CAPTION_TOO_LONG")
    call.check_markup(markup)
    return _apply(call, message, markup, {"text": text, "entities": entities})


async def edit_message_media(call: Call) -> JsonObject:
    """`editMessageMedia`: also turns a text message into one with a photo or document."""
    markup = _inline_markup(call)
    item = call.params.get("media") or {}
    text, entities = read_media(call, item)
    message = call.own_message(call.chat())
    if message.poll:
        raise bad_request("message can't be edited")
    if len(text) > CAPTION_LIMIT:
        raise bad_request("MEDIA_CAPTION_TOO_LONG")
    call.check_markup(markup)
    url = str(item.get("media", ""))
    old = message.photo if item["type"] == "photo" else message.document
    same = old is not None and old.source is not None and old.source == url
    file = old if same else await media_file(call, item)
    photo, document = (file, None) if item["type"] == "photo" else (None, file)
    extra = {"has_media_spoiler": True} if item.get("has_spoiler") else {}
    return _apply(
        call,
        message,
        markup,
        {"photo": photo, "document": document, "text": text, "entities": entities, "extra": extra},
    )


async def edit_message_reply_markup(call: Call) -> JsonObject:
    """`editMessageReplyMarkup`."""
    markup = _inline_markup(call)
    message = call.own_message(call.chat())
    call.check_markup(markup)
    return _apply(call, message, markup, {})


async def stop_poll(call: Call) -> JsonObject:
    """`stopPoll`."""
    markup = _inline_markup(call)
    message = call.own_message(call.chat())
    if message.poll is None:
        raise bad_request("message with poll to stop not found")
    if message.poll["is_closed"]:
        raise bad_request("poll has already been closed")
    call.check_markup(markup)
    _apply(call, message, markup, {"poll": {**message.poll, "is_closed": True}})
    return message.poll


def _may_delete(call: Call, message: Message) -> bool:
    chat = message.chat
    young = call.world.timestamp() - message.date < DELETABLE_SECONDS
    member = call.world.standing(chat)
    if member is not None and member.may("can_delete_messages"):
        return True
    if chat.type == "private":
        return young
    return young and message.sender.id == call.world.bot.id


def _delete(call: Call, message: Message) -> None:
    message.deleted = True
    if message.id in message.chat.pinned:
        message.chat.pinned.remove(message.id)
    call.world.changed(message)


async def delete_message(call: Call) -> bool:
    """`deleteMessage`: own messages under 48 hours old, anybody's for an administrator with the right."""
    message = call.chat().live(call.params.get("message_id", 0))
    if message is None or message.only_for is not None:
        raise bad_request("message to delete not found")
    if not _may_delete(call, message):
        raise bad_request("message can't be deleted")
    _delete(call, message)
    return True


async def delete_messages(call: Call) -> bool:
    """`deleteMessages`: those that are not there are passed over."""
    wanted = call.params.get("message_ids", [])
    if not 1 <= len(wanted) <= _BULK_LIMIT:
        raise bad_request(
            "too many message identifiers specified" if wanted else "message identifiers are not specified"
        )
    chat = call.chat()
    messages = [found for wish in wanted if (found := chat.live(integer("message_ids", wish)))]
    if not all(_may_delete(call, message) for message in messages):
        raise bad_request("message can't be deleted")
    for message in messages:
        _delete(call, message)
    return True


def _may_pin(call: Call, chat: Chat) -> None:
    member = call.world.standing(chat)
    if chat.type != "private" and (member is None or not member.may("can_pin_messages")):
        raise bad_request("not enough rights to manage pinned messages in the chat")


async def pin_chat_message(call: Call) -> bool:
    """`pinChatMessage`: in groups an administrator's right."""
    chat = call.chat()
    message = chat.live(call.params.get("message_id", 0))
    if message is None:
        raise bad_request("message to pin not found")
    _may_pin(call, chat)
    if message.id not in chat.pinned:
        chat.pinned.append(message.id)
        pinned = {"pinned_message": message.json(with_reply=False)}
        call.world.add_message(chat, call.world.bot, service=pinned)
        call.world.changed(message)
        call.world.emit("chat", chat)
    return True


async def unpin_chat_message(call: Call) -> bool:
    """`unpinChatMessage`: the last one pinned when none is named."""
    chat = call.chat()
    wanted = call.params.get("message_id")
    _may_pin(call, chat)
    if wanted is None and not chat.pinned:
        raise bad_request("message to unpin not found")
    message_id = chat.pinned[-1] if wanted is None else wanted
    message = chat.live(message_id)
    if message is None:
        raise bad_request("message to unpin not found")
    if message_id in chat.pinned:
        chat.pinned.remove(message_id)
        call.world.changed(message)
        call.world.emit("chat", chat)
    return True


async def unpin_all_chat_messages(call: Call) -> bool:
    """`unpinAllChatMessages`."""
    chat = call.chat()
    _may_pin(call, chat)
    for message_id in list(chat.pinned):
        chat.pinned.remove(message_id)
        call.world.changed(chat.messages[message_id])
    call.world.emit("chat", chat)
    return True


async def delete_ephemeral_message(call: Call) -> bool:
    """`deleteEphemeralMessage`."""
    _delete(call, call.own_message(call.chat(), "delete"))
    return True


def _told_yes(edit: Method) -> Method:
    """An edit of an ephemeral message: the same, answered with True."""

    async def perform(call: Call) -> bool:
        await edit(call)
        return True

    return perform


async def answer_callback_query(call: Call) -> bool:
    """`answerCallbackQuery`: once per press, while it is fresh; not counted by flood control."""
    press = call.world.presses.get(call.params.get("callback_query_id", ""))
    now = call.world.clock.monotonic()
    if press is None or press.answered or now - press.pressed_at > QUERY_SECONDS:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    text = call.params.get("text", "")
    if len(text) > ANSWER_LIMIT:
        raise bad_request("MESSAGE_TOO_LONG")
    url = call.params.get("url")
    if url and not url.startswith(f"https://t.me/{call.world.bot.username}?start="):
        raise bad_request("URL_INVALID")
    press.answer(toast=text or None, alert=bool(call.params.get("show_alert")), url=url or None, at=now)
    call.world.emit("answer", press)
    return True


async def set_message_reaction(call: Call) -> bool:
    """`setMessageReaction`: at most one emoji; none takes the bot's reaction back."""
    reactions = call.params.get("reaction", [])
    if any(not isinstance(r, dict) or r.get("type") != "emoji" for r in reactions):
        raise bad_request("REACTION_INVALID")
    call.reader.objects("ReactionTypeEmoji", reactions)
    message = call.chat().live(call.params.get("message_id", 0))
    if message is None:
        raise bad_request("message to react not found")
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    message.reactions.pop(call.world.bot.id, None)
    if reactions:
        message.reactions[call.world.bot.id] = [str(r.get("emoji", "")) for r in reactions]
    call.world.changed(message)
    return True


CHANGING: Final[Mapping[str, Method]] = MappingProxyType(
    {
        "editMessageText": edit_message_text,
        "editMessageCaption": edit_message_caption,
        "editMessageMedia": edit_message_media,
        "editMessageReplyMarkup": edit_message_reply_markup,
        "editEphemeralMessageText": _told_yes(edit_message_text),
        "editEphemeralMessageCaption": _told_yes(edit_message_caption),
        "editEphemeralMessageMedia": _told_yes(edit_message_media),
        "editEphemeralMessageReplyMarkup": _told_yes(edit_message_reply_markup),
        "deleteEphemeralMessage": delete_ephemeral_message,
        "stopPoll": stop_poll,
        "deleteMessage": delete_message,
        "deleteMessages": delete_messages,
        "pinChatMessage": pin_chat_message,
        "unpinChatMessage": unpin_chat_message,
        "unpinAllChatMessages": unpin_all_chat_messages,
        "answerCallbackQuery": answer_callback_query,
        "setMessageReaction": set_message_reaction,
    }
)
