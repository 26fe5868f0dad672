"""The state behind the stand-in and the few operations that change it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from .flood import FloodControl, FloodLimits
from .images import image_size
from .model import ANONYMOUS_ADMIN, Chat, Member, Message, Picture, User
from .updates import Updates
from .wire import JsonObject, bad_request, forbidden

if TYPE_CHECKING:
    from domain.clock import Clock

# A press can be answered this long; Telegram names no figure, it delivers presses for as long.
QUERY_SECONDS: Final = 150.0

ImageFetcher = Callable[[str], Awaitable[bytes | None]]


@dataclass(frozen=True, slots=True)
class Event:
    """Something a person at the screen would see happen.

    `message`, `chat`, `answer` (to a press), `action` (a chat's id and what the bot does there), `commands`.
    """

    kind: str
    data: Any


@dataclass(slots=True)
class Press:
    """One press of a button. `toast` is the text of the answer, `alert` whether it is shown as a dialog."""

    id: str
    person: User
    message: Message | None
    data: str | None
    pressed_at: float
    answered: bool = False
    toast: str | None = None
    alert: bool = False
    url: str | None = None
    answered_at: float | None = None
    excused: bool = False
    _done: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    async def wait(self) -> Press:
        """Return once the press is answered."""
        await self._done.wait()
        return self

    def answer(self, *, toast: str | None, alert: bool, url: str | None, at: float) -> None:
        """Record the bot's answer."""
        self.answered, self.toast, self.alert, self.url, self.answered_at = True, toast, alert, url, at
        self._done.set()

    def excuse(self) -> None:
        """Do not complain when nobody answers (for tests about lost presses)."""
        self.excused = True


@dataclass(slots=True)
class World:
    """Everything one Telegram server knows, for one bot. Another world has another `id`."""

    clock: Clock
    bot: User
    token: str
    updates: Updates
    flood: FloodControl
    fetch_image: ImageFetcher | None = None
    users: dict[int, User] = field(default_factory=dict)
    chats: dict[int, Chat] = field(default_factory=dict)
    presses: dict[str, Press] = field(default_factory=dict)
    files: dict[str, Picture] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[JsonObject]] = field(default_factory=dict)
    actions: list[tuple[int, str]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    listeners: list[Callable[[Event], None]] = field(default_factory=list)
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    counters: dict[str, int] = field(default_factory=dict)

    @classmethod
    def start(cls, clock: Clock, token: str, bot: User, limits: FloodLimits) -> World:
        """An empty world with one bot."""
        world = cls(clock, bot, token, Updates(clock), FloodControl(limits))
        anonymous = User(ANONYMOUS_ADMIN, "Group", username="GroupAnonymousBot", is_bot=True)
        world.users = {bot.id: bot, anonymous.id: anonymous}
        return world

    def count(self, name: str, start: int = 1) -> int:
        """The next number of a named sequence."""
        self.counters[name] = self.counters.get(name, start - 1) + 1
        return self.counters[name]

    def timestamp(self) -> int:
        """Now, in Unix seconds."""
        return int(self.clock.now().timestamp())

    def emit(self, kind: str, data: Any) -> None:
        """Tell those who watch."""
        for listener in self.listeners:
            listener(Event(kind, data))

    # -- messages

    def add_message(self, chat: Chat, sender: User, **content: Any) -> Message:
        """Put a new message into a chat.

        Supergroups number their messages themselves, private chats and basic groups share one sequence.
        A message that is `only_for` somebody has a number of another sequence.
        """
        if content.get("only_for") is not None:
            number = -self.count(f"ephemeral messages of {chat.id}")
        else:
            number = self.count(f"messages of {chat.id}" if chat.type == "supergroup" else "messages")
        message = Message(number, chat, self.timestamp(), sender, **content)
        if message.thread is None and message.reply_to is not None and chat.type == "supergroup":
            target = chat.messages.get(message.reply_to)
            if target is not None:
                message.thread = target.thread or target.id
                message.is_topic = target.is_topic
                if chat.is_forum and not target.is_topic:
                    message.thread = None
        chat.messages[message.id] = message
        self.emit("message", message)
        return message

    def changed(self, message: Message) -> None:
        """Tell those who watch that a message looks different now."""
        self.emit("message", message)

    def deliver(self, message: Message) -> None:
        """Send a person's or a service message to the bot."""
        self.updates.put("message", message.json())

    # -- chats and members

    def standing(self, chat: Chat) -> Member | None:
        """The bot's membership of a chat."""
        return chat.members.get(self.bot.id)

    def bot_present(self, chat: Chat) -> bool:
        """Whether updates of the chat reach the bot."""
        if chat.type == "private":
            return chat.started and not chat.blocked
        member = self.standing(chat)
        return member is not None and member.present

    def chat(self, chat_id: object) -> Chat:
        """The chat a call names, checked as Telegram does before anything else about it."""
        if chat_id is None or chat_id == "":
            raise bad_request("chat_id is empty")
        chat = self.chats.get(chat_id) if isinstance(chat_id, int) else None
        if chat is None:
            raise bad_request("chat not found")
        if chat.type == "private":
            self._check_private(chat)
        else:
            self._check_group(chat)
        return chat

    def _check_private(self, chat: Chat) -> None:
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        if not chat.started and self._knows(chat.id):
            raise forbidden("bot can't initiate conversation with a user")
        if not chat.started:
            raise bad_request("chat not found")

    def _check_group(self, chat: Chat) -> None:
        if chat.migrated_to is not None:
            refusal = bad_request("group chat was upgraded to a supergroup chat")
            refusal.parameters["migrate_to_chat_id"] = chat.migrated_to
            raise refusal
        member = self.standing(chat)
        if member is None:
            raise bad_request("chat not found")
        if member.status == "kicked":
            raise forbidden(f"bot was kicked from the {chat.type} chat")
        if member.status == "left":
            raise forbidden(f"bot is not a member of the {chat.type} chat")

    def _knows(self, user_id: int) -> bool:
        """Whether the bot has met a person in some group."""
        return any(
            user_id in chat.members and self.bot.id in chat.members
            for chat in self.chats.values()
            if chat.type != "private"
        )

    # -- files

    def store(
        self,
        content: bytes,
        *,
        source: str | None = None,
        name: str | None = None,
        mime: str | None = None,
        image: bool = True,
    ) -> Picture:
        """Keep a file; a picture must be one Telegram can read."""
        size = image_size(content) if image and content else (500, 750)
        if size is None:
            raise bad_request("wrong type of the web page content" if source else "IMAGE_PROCESS_FAILED")
        file_id = f"{'photo' if image else 'document'}{self.count('files')}"
        picture = Picture(file_id, content, size[0], size[1], source, name, mime)
        self.files[file_id] = picture
        return picture

    def file(self, file_id: str) -> Picture | None:
        """A stored file by the id the bot was given."""
        return self.files.get(file_id.rpartition("-")[0])
