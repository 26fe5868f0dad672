"""Telegram's world as JSON values under keys, so that it can be kept, change by change, and come back."""

from __future__ import annotations

import json
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Any, Final

from .model import Ballot, Chat, Member, Message, Picture, User
from .people import Person
from .world import QUERY_SECONDS, Press

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .core import TelegramSandbox
    from .wire import JsonObject
    from .world import Event, World

_PLAIN: Final = (
    "date",
    "text",
    "entities",
    "poll",
    "service",
    "inline_keyboard",
    "other_markup",
    "reply_to",
    "thread",
    "is_topic",
    "media_group",
    "edit_date",
    "deleted",
    "extra",
)
"""Fields of a message that are JSON already and stand at their default where they are false."""
_CHAT: Final = ("type", "title", "is_forum", "pinned", "migrated_to", "blocked", "started")


class Saver:
    """Notices what changes in a world. Its `changes` are to be kept before anybody is told of them."""

    def __init__(self, sandbox: TelegramSandbox) -> None:
        """Everything there is counts as changed at first."""
        self._sandbox = sandbox
        world = sandbox.world
        self._chats: dict[int, Chat] = dict(world.chats)
        self._messages: dict[tuple[int, int], Message] = {
            (chat.id, message.id): message
            for chat in world.chats.values()
            for message in chat.messages.values()
        }
        self._files = 0
        self._small: dict[str, str] = {}
        sandbox.subscribe(self._mark)

    def _mark(self, event: Event) -> None:
        match event.data:
            case Message() as message:
                self._messages[message.chat.id, message.id] = message
            case Chat() as chat:
                self._chats[chat.id] = chat

    def new_files(self) -> list[Picture]:
        """Files that came since this was asked last."""
        files = list(islice(self._sandbox.world.files.values(), self._files, None))
        self._files += len(files)
        return files

    def changes(self) -> JsonObject:
        """What differs from the last time, by key."""
        changed: JsonObject = {}
        for name, value in _small_values(self._sandbox).items():
            text = json.dumps(value)
            if self._small.get(name) != text:
                self._small[name] = text
                changed[name] = value
        changed.update({f"chat/{chat.id}": _chat(chat) for chat in self._chats.values()})
        changed.update(
            {f"message/{chat}/{number}": _message(m) for (chat, number), m in self._messages.items()}
        )
        self._chats.clear()
        self._messages.clear()
        return changed


def file_value(file: Picture) -> JsonObject:
    """What is kept of a file beside its content."""
    return {
        "width": file.width,
        "height": file.height,
        "source": file.source,
        "name": file.name,
        "mime": file.mime,
    }


def restore(sandbox: TelegramSandbox, values: Mapping[str, Any], content: Callable[[str], bytes]) -> None:
    """Bring a new sandbox to where the kept one was. `content` reads a file by its id."""
    world = sandbox.world
    world.id = values["world"]
    world.counters.update(values["counters"])
    for value in values["users"]:
        user = User(**value)
        if user.id == world.bot.id:
            world.users[user.id] = world.bot
        elif user.id not in world.users:
            world.users[user.id] = user
    sandbox.people.extend(Person(world, world.users[user_id]) for user_id in values["people"])
    parts = {kind: _part(values, kind) for kind in ("file", "chat", "message")}
    for file_id, value in parts["file"]:
        world.files[file_id] = Picture(file_id, content(file_id), **value)
    for chat_id, value in parts["chat"]:
        _restore_chat(world, int(chat_id), value)
    for place, value in parts["message"]:
        chat_id, _, number = place.partition("/")
        _restore_message(world, world.chats[int(chat_id)], int(number), value)
    world.updates.load(values["updates"])
    world.flood.load(values["flood"])
    world.commands.update({(scope, language): known for scope, language, known in values["commands"]})
    for press_id, user_id, chat_id, message_id, data, pressed_at in values["presses"]:
        message = world.chats[chat_id].messages.get(message_id) if chat_id is not None else None
        world.presses[press_id] = Press(press_id, world.users[user_id], message, data, pressed_at)


def _part(values: Mapping[str, Any], kind: str) -> list[tuple[str, Any]]:
    start = f"{kind}/"
    return [(key.removeprefix(start), value) for key, value in values.items() if key.startswith(start)]


def _small_values(sandbox: TelegramSandbox) -> JsonObject:
    """What is small enough to be looked at every time."""
    world = sandbox.world
    oldest = world.clock.monotonic() - QUERY_SECONDS
    # Presses stand in the order they came in, and of all there ever were only the last can be answered.
    fresh = takewhile(lambda press: press.pressed_at >= oldest, reversed(world.presses.values()))
    return {
        "world": world.id,
        "counters": dict(world.counters),
        "users": [_user(user) for user in world.users.values()],
        "people": [person.id for person in sandbox.people],
        "updates": world.updates.dump(),
        "flood": world.flood.dump(world.clock.monotonic()),
        "commands": [[scope, language, known] for (scope, language), known in world.commands.items()],
        "presses": [
            [
                press.id,
                press.person.id,
                press.message.chat.id if press.message else None,
                press.message.id if press.message else None,
                press.data,
                press.pressed_at,
            ]
            for press in fresh
            if not press.answered
        ],
    }


def _user(user: User) -> JsonObject:
    return {
        "id": user.id,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "username": user.username,
        "language_code": user.language_code,
        "is_bot": user.is_bot,
    }


def _chat(chat: Chat) -> JsonObject:
    return {
        **{name: getattr(chat, name) for name in _CHAT},
        "topics": {str(thread): name for thread, name in chat.topics.items()},
        "members": [
            [m.user.id, m.status, sorted(m.rights), m.is_anonymous, m.can_send] for m in chat.members.values()
        ],
    }


def _restore_chat(world: World, chat_id: int, value: JsonObject) -> None:
    # The private chats are there already: their people brought them.
    chat = world.chats.setdefault(chat_id, Chat(chat_id, value["type"]))
    for name in _CHAT:
        setattr(chat, name, value[name])
    chat.topics = {int(thread): name for thread, name in value["topics"].items()}
    chat.members = {
        user_id: Member(world.users[user_id], status, frozenset(rights), is_anonymous, can_send)
        for user_id, status, rights, is_anonymous, can_send in value["members"]
    }


def _message(message: Message) -> JsonObject:
    value: JsonObject = {name: getattr(message, name) for name in _PLAIN if getattr(message, name)}
    value["sender"] = message.sender.id
    if message.sender_chat is not None:
        value["sender_chat"] = message.sender_chat.id
    if message.only_for is not None:
        value["only_for"] = message.only_for.id
    if message.photo is not None:
        value["photo"] = message.photo.file_id
    if message.document is not None:
        value["document"] = message.document.file_id
    if message.ballot is not None:
        ballot = message.ballot
        value["ballot"] = [ballot.hides_results, ballot.correct, list(ballot.votes.items())]
    if message.reactions:
        value["reactions"] = list(message.reactions.items())
    return value


def _restore_message(world: World, chat: Chat, number: int, value: JsonObject) -> None:
    message = Message(number, chat, value["date"], world.users[value["sender"]])
    for name in _PLAIN:
        if name in value:
            setattr(message, name, value[name])
    if "sender_chat" in value:
        message.sender_chat = world.chats[value["sender_chat"]]
    if "only_for" in value:
        message.only_for = world.users[value["only_for"]]
    if "photo" in value:
        message.photo = world.files[value["photo"]]
    if "document" in value:
        message.document = world.files[value["document"]]
    if "ballot" in value:
        hides_results, correct, votes = value["ballot"]
        message.ballot = Ballot(hides_results, correct, dict(votes))
    message.reactions = dict(value.get("reactions", ()))
    chat.messages[number] = message
