"""The stand-in's world as JSON for a page; the shapes are described in `integrations.sandbox.server`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from .model import Chat, Member, Message, User
from .views import view
from .wire import JsonObject
from .world import Press

if TYPE_CHECKING:
    from .core import TelegramSandbox
    from .model import Picture
    from .people import Person
    from .world import Event

_NAMES_LISTED: Final = 3


Zones = Callable[[int], str]
"""The zone, by its IANA name, that the club of a chat keeps."""


def utc(_: int) -> str:
    """Every club keeps UTC, as a new one does."""
    return "UTC"


def state(sandbox: TelegramSandbox, zones: Zones = utc) -> JsonObject:
    """Everything a page needs to draw itself."""
    chats = sandbox.world.chats.values()
    return {
        "world": sandbox.world.id,
        "now": sandbox.clock.now().isoformat(),
        "bot": _user(sandbox.bot),
        "people": [_person(person) for person in sandbox.people],
        "chats": [chat_json(sandbox, chat, zones) for chat in chats],
        "messages": {
            str(chat.id): [message_json(m) for m in chat.messages.values() if not m.deleted] for chat in chats
        },
        "commands": [
            {"scope": scope, "language": language, "commands": commands}
            for (scope, language), commands in sandbox.world.commands.items()
        ],
    }


def event_json(sandbox: TelegramSandbox, event: Event, zones: Zones) -> JsonObject:
    """The data of an event."""
    match event.data:
        case Message():
            return message_json(event.data)
        case Chat():
            return chat_json(sandbox, event.data, zones)
        case Press():
            return press_json(event.data)
        case (chat_id, action):
            return {"chat": chat_id, "action": action}
        case _:
            return {}


def chat_json(sandbox: TelegramSandbox, chat: Chat, zones: Zones) -> JsonObject:
    """A chat with its people and topics."""
    return {
        "id": chat.id,
        "type": chat.type,
        "title": chat.title or (chat.user.first_name if chat.user else ""),
        "is_forum": chat.is_forum,
        "zone": zones(chat.id),
        "bot_present": sandbox.world.bot_present(chat),
        "bot_status": _bot_status(sandbox, chat),
        "started": chat.started,
        "blocked": chat.blocked,
        "migrated_to": chat.migrated_to,
        "pinned": list(chat.pinned),
        "topics": [{"id": thread, "name": name} for thread, name in chat.topics.items()],
        "members": [_member(member) for member in chat.members.values() if member.present],
    }


def message_json(message: Message) -> JsonObject:
    """A message as it is shown."""
    seen = view(message)
    return {
        "id": seen.id,
        "chat": seen.chat_id,
        "sender": {
            "id": seen.sender_id,
            "name": seen.sender,
            "is_bot": message.sender.is_bot,
            "chat": message.sender_chat.title if message.sender_chat else None,
        },
        "date": seen.date,
        "text": seen.words,
        "entities": message.entities,
        "html": seen.html,
        "photo": {
            "src": f"/api/media/{seen.photo.file_id}",
            "width": seen.photo.width,
            "height": seen.photo.height,
            "spoiler": bool(message.extra.get("has_media_spoiler")),
        }
        if seen.photo
        else None,
        "media_group": message.media_group,
        "document": _document(message.document) if message.document else None,
        "poll": _poll(message),
        "buttons": [
            [
                {
                    "text": button.text,
                    "url": button.url,
                    "pressable": button.callback_data is not None,
                    "style": button.style,
                }
                for button in row
            ]
            for row in seen.buttons
        ],
        "edited": seen.edited,
        "deleted": seen.deleted,
        "reply_to": seen.reply_to,
        "thread": seen.thread,
        "pinned": seen.pinned,
        "force_reply": _force_reply(message),
        "only_for": seen.only_for,
        "reactions": [
            {"emoji": emoji, "people": people}
            for emoji, people in sorted(_reactors(message).items(), key=lambda item: item[0])
        ],
        "service": _service(message) if message.service else None,
    }


def press_json(press: Press) -> JsonObject:
    """A press and its answer."""
    return {
        "person": press.person.id,
        "chat": press.message.chat.id if press.message else None,
        "message": press.message.id if press.message else None,
        "answered": press.answered,
        "toast": press.toast,
        "alert": press.alert,
        "url": press.url,
    }


def _user(user: User) -> JsonObject:
    return {"id": user.id, "name": user.first_name, "username": user.username}


def _person(person: Person) -> JsonObject:
    return {**_user(person.user), "language": person.user.language_code, "private_chat": person.private.id}


def _member(member: Member) -> JsonObject:
    return {
        **_user(member.user),
        "is_bot": member.user.is_bot,
        "status": member.status,
        "anonymous": member.is_anonymous,
    }


def _bot_status(sandbox: TelegramSandbox, chat: Chat) -> str:
    if chat.type == "private":
        return "kicked" if chat.blocked else "member" if chat.started else "left"
    standing = sandbox.world.standing(chat)
    return standing.status if standing is not None else "left"


def _document(file: Picture) -> JsonObject:
    return {
        "src": f"/api/media/{file.file_id}",
        "name": file.name or "file",
        "size": len(file.content),
        "mime": file.mime,
    }


def _poll(message: Message) -> JsonObject | None:
    if message.poll is None or message.ballot is None:
        return message.poll
    return {
        **message.poll,
        "chosen": {str(user): chosen for user, chosen in message.ballot.votes.items()},
        "hides_results": message.ballot.hides_results and not message.poll["is_closed"],
        "correct": message.ballot.correct,
    }


def _force_reply(message: Message) -> JsonObject | None:
    markup = message.other_markup
    if not markup or not markup.get("force_reply"):
        return None
    return {"placeholder": markup.get("input_field_placeholder"), "selective": bool(markup.get("selective"))}


def _reactors(message: Message) -> dict[str, list[int]]:
    people: dict[str, list[int]] = {}
    for user_id, given in message.reactions.items():
        for emoji in given:
            people.setdefault(emoji, []).append(user_id)
    return people


def _service(message: Message) -> JsonObject:
    """The kind of a service message and the names or the title it is about."""
    kind, value = next(iter(message.service.items()))
    about = ""
    match kind:
        case "new_chat_members":
            about = ", ".join(user["first_name"] for user in value[:_NAMES_LISTED])
        case "left_chat_member":
            about = value["first_name"]
        case "new_chat_title":
            about = value
        case "forum_topic_created":
            about = value["name"]
        case "pinned_message":
            about = str(value["message_id"])
    return {"kind": kind, "about": about}
