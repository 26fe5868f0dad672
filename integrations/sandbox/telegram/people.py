"""People and what they do: write, press, join, promote. The bot hears of it by updates."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from .content import CAPTION_LIMIT, TEXT_LIMIT, tidy
from .model import ANONYMOUS_ADMIN, Chat, Member, User, administrator
from .polls import cast_vote
from .privacy import reaches_bot
from .views import Button, MessageView, view
from .wire import JsonObject, Upload
from .world import Press

if TYPE_CHECKING:
    from .world import World


class Person:
    """Somebody with the Telegram app. What the app would not let them do raises `ValueError`."""

    def __init__(self, world: World, user: User) -> None:
        """Made by `TelegramSandbox.create_person`."""
        self._world = world
        self.user = user
        self.private = Chat(user.id, "private", user=user)
        world.chats[user.id] = self.private

    @property
    def id(self) -> int:
        """The user id, which is also the id of the private chat."""
        return self.user.id

    @property
    def name(self) -> str:
        """The first name."""
        return self.user.first_name

    def __repr__(self) -> str:
        """For failure messages of tests."""
        return f"<Person {self.user.first_name} {self.user.id}>"

    # -- writing

    def write(
        self,
        chat: Chat,
        text: str,
        *,
        reply_to: int | MessageView | None = None,
        thread: int | None = None,
        entities: Iterable[JsonObject] = (),
        anonymous: bool = False,
        photo: bytes | None = None,
        document: Upload | None = None,
    ) -> MessageView:
        """Write into a chat; the bot gets it as its privacy mode allows.

        `entities` are formatting the person chose (spoilers); commands and mentions are found here. With a
        photo or a document the text is its caption.
        """
        member = self._standing(chat)
        if member is not None and member.status == "restricted" and not member.can_send:
            raise ValueError(f"{self.name} may not write in {chat.title}")
        attached = photo is not None or document is not None
        if not text.strip() and not attached:
            raise ValueError("nothing to send")
        if len(text) > (CAPTION_LIMIT if attached else TEXT_LIMIT):
            raise ValueError("the app would cut this into several messages")
        target_id = reply_to.id if isinstance(reply_to, MessageView) else reply_to
        target = None if target_id is None else chat.live(target_id)
        if target_id is not None and target is None:
            raise ValueError(f"no message {target_id} to reply to in {chat.id}")
        if thread is not None and thread not in chat.topics:
            raise ValueError(f"no topic {thread} in {chat.id}")
        if target is not None and target.is_topic:
            thread = target.thread
        if anonymous and not (member and member.is_admin and chat.type == "supergroup"):
            raise ValueError("only an administrator of a supergroup can be anonymous")
        clean, found = tidy(text, list(entities))
        message = self._world.add_message(
            chat,
            self._world.users[ANONYMOUS_ADMIN] if anonymous else self.user,
            sender_chat=chat if anonymous else None,
            text=clean,
            entities=found,
            reply_to=target_id,
            thread=thread,
            is_topic=thread is not None,
            photo=self._world.store(photo) if photo is not None else None,
            document=self._world.store(
                document.content, name=document.name, mime=document.content_type, image=False
            )
            if document is not None
            else None,
        )
        if reaches_bot(self._world, message, target):
            self._world.deliver(message)
        return view(message)

    def edit(self, message: MessageView, text: str) -> MessageView:
        """Change an own message; the bot gets `edited_message` where it got the message."""
        found = self._world.chats[message.chat_id].messages[message.id]
        if found.sender is not self.user:
            raise ValueError("only one's own messages")
        found.text, found.entities = tidy(text, [])
        found.edit_date = self._world.timestamp()
        self._world.changed(found)
        target = None if found.reply_to is None else found.chat.live(found.reply_to)
        if reaches_bot(self._world, found, target):
            self._world.updates.put("edited_message", found.json())
        return view(found)

    # -- pressing and reacting

    def press(self, message: MessageView, button: str | Callable[[Button], bool]) -> Press:
        """Press a button as it now is on a message. Raises `LookupError` with the buttons there are."""
        chat = self._world.chats[message.chat_id]
        found = chat.live(message.id)
        if found is None:
            raise LookupError(f"message {message.id} is gone")
        wanted = view(found).find_button(button)
        if wanted.callback_data is None:
            press = Press("", self.user, found, None, self._world.clock.monotonic())
            press.answer(toast=None, alert=False, url=wanted.url, at=press.pressed_at)
            return press
        return self.forge(chat, message.id, wanted.callback_data)

    def forge(self, chat: Chat, message_id: int, data: str) -> Press:
        """A press with any data, on any message of the chat, as a hostile app could send it."""
        self._standing(chat)
        message = chat.live(message_id)
        if message is not None and message.only_for is not None and message.only_for is not self.user:
            raise ValueError(f"{self.name} does not see this message")
        press_id = str(self._world.count("presses", 4_000_000_001))
        press = Press(press_id, self.user, message, data, self._world.clock.monotonic())
        self._world.presses[press_id] = press
        shown = message.json() if message else {"chat": chat.json(), "message_id": message_id, "date": 0}
        if self._world.bot_present(chat):
            self._world.updates.put(
                "callback_query",
                {
                    "id": press_id,
                    "from": self.user.json(),
                    "message": shown,
                    "chat_instance": str(chat.id * 7919),
                    "data": data,
                },
            )
        return press

    def vote(self, message: MessageView, *options: int) -> None:
        """Choose options of a poll by number, or none to take the choice back."""
        chat = self._world.chats[message.chat_id]
        self._standing(chat)
        found = chat.live(message.id)
        if found is None:
            raise LookupError(f"message {message.id} is gone")
        cast_vote(self._world, self.user, found, list(options))

    def react(self, message: MessageView, *emoji: str) -> None:
        """Put reactions on a message, or none; told only to a bot that asked and administers."""
        chat = self._world.chats[message.chat_id]
        self._standing(chat)
        found = chat.live(message.id)
        if found is None:
            raise LookupError(f"message {message.id} is gone")
        old = found.reactions.pop(self.id, [])
        if emoji:
            found.reactions[self.id] = list(emoji)
        self._world.changed(found)
        if self._hears_people(chat):
            self._world.updates.put(
                "message_reaction",
                {
                    "chat": chat.json(),
                    "message_id": found.id,
                    "user": self.user.json(),
                    "date": self._world.timestamp(),
                    "old_reaction": [{"type": "emoji", "emoji": e} for e in old],
                    "new_reaction": [{"type": "emoji", "emoji": e} for e in emoji],
                },
            )

    # -- the private chat

    def start_bot(self, payload: str = "") -> MessageView:
        """Open the private chat and press Start (with a deep link's payload); unblocks the bot if need be."""
        self.private.started = True
        if self.private.blocked:
            self.unblock()
        self._world.emit("chat", self.private)
        return self.write(self.private, f"/start {payload}".strip())

    def block(self) -> None:
        """Block the bot."""
        self._set_blocked(blocked=True)

    def unblock(self) -> None:
        """Let the bot write again."""
        self._set_blocked(blocked=False)

    def _set_blocked(self, *, blocked: bool) -> None:
        self.private.blocked = blocked
        states = ("member", "kicked") if blocked else ("kicked", "member")
        bot = self._world.bot
        old, new = (Member(bot, "kicked" if s == "kicked" else "member") for s in states)
        self._tell_standing("my_chat_member", self.private, old, new)
        self._world.emit("chat", self.private)

    # -- coming and going

    def join(self, chat: Chat) -> None:
        """Join a group by its link."""
        self._change(chat, self.user, Member(self.user))
        self._service(chat, {"new_chat_members": [self.user.json()]})

    def leave(self, chat: Chat) -> None:
        """Leave a group."""
        self._standing(chat)
        self._service(chat, {"left_chat_member": self.user.json()})
        self._change(chat, self.user, Member(self.user, "left"))

    def kick(self, chat: Chat, other: Person) -> None:
        """Remove somebody from a group."""
        self._as_admin(chat)
        self._change(chat, other.user, Member(other.user, "kicked"))
        self._service(chat, {"left_chat_member": other.user.json()})

    def promote(self, chat: Chat, other: Person | None = None, rights: Iterable[str] | None = None) -> None:
        """Make somebody (the bot, when nobody is named) an administrator, with all or some rights."""
        self._as_admin(chat)
        user = other.user if other else self._world.bot
        self._change(chat, user, administrator(user, None if rights is None else frozenset(rights)))

    def demote(self, chat: Chat, other: Person | None = None) -> None:
        """Make somebody (the bot, when nobody is named) an ordinary member."""
        self._as_admin(chat)
        user = other.user if other else self._world.bot
        self._change(chat, user, Member(user))

    def restrict_bot(self, chat: Chat) -> None:
        """Forbid the bot to send anything."""
        self._as_admin(chat)
        self._change(chat, self._world.bot, Member(self._world.bot, "restricted", can_send=False))

    def add_bot(self, chat: Chat) -> None:
        """Add the bot to a group."""
        self._standing(chat)
        self._change(chat, self._world.bot, Member(self._world.bot))
        self._service(chat, {"new_chat_members": [self._world.bot.json()]})

    def kick_bot(self, chat: Chat) -> None:
        """Remove the bot from a group; the service message does not reach it any more."""
        self._as_admin(chat)
        self._service(chat, {"left_chat_member": self._world.bot.json()})
        self._change(chat, self._world.bot, Member(self._world.bot, "kicked"))

    # -- the group itself

    def open_topic(self, chat: Chat, name: str) -> int:
        """Open a topic in a forum; returns its thread id."""
        self._standing(chat)
        if not chat.is_forum:
            raise ValueError(f"{chat.title} has no topics")
        if not name.strip():
            raise ValueError("a topic wants a name")
        created = {"forum_topic_created": {"name": name, "icon_color": 7322096}}
        message = self._world.add_message(chat, self.user, service=created, is_topic=True)
        message.thread = message.id
        chat.topics[message.id] = name
        if self._world.bot_present(chat):
            self._world.deliver(message)
        self._world.emit("chat", chat)
        return message.id

    def turn_on_topics(self, chat: Chat) -> None:
        """Make a supergroup a forum."""
        self._as_admin(chat)
        if chat.type != "supergroup":
            raise ValueError("only a supergroup has topics")
        chat.is_forum = True
        self._world.emit("chat", chat)

    def rename(self, chat: Chat, title: str) -> None:
        """Give a group a new title."""
        self._as_admin(chat)
        chat.title = title
        self._service(chat, {"new_chat_title": title})
        self._world.emit("chat", chat)

    def migrate(self, chat: Chat) -> Chat:
        """Turn a basic group into a supergroup: a new chat with the same people and no messages."""
        self._as_admin(chat)
        if chat.type != "group" or chat.migrated_to is not None:
            raise ValueError(f"{chat.title} is no basic group")
        new = Chat(
            -1_000_000_000_000 - self._world.count("supergroups", 2_000_000_001), "supergroup", chat.title
        )
        new.members = dict(chat.members)
        self._world.chats[new.id] = new
        self._service(chat, {"migrate_to_chat_id": new.id})
        chat.migrated_to = new.id
        self._service(new, {"migrate_from_chat_id": chat.id})
        self._world.emit("chat", chat)
        self._world.emit("chat", new)
        return new

    # -- shared steps

    def _standing(self, chat: Chat) -> Member | None:
        """This person's membership, None in the private chat."""
        if chat.migrated_to is not None:
            raise ValueError(f"{chat.title} became a supergroup")
        if chat.type == "private":
            if chat is not self.private:
                raise ValueError(f"{self.name} cannot see that private chat")
            return None
        member = chat.members.get(self.id)
        if member is None or not member.present:
            raise ValueError(f"{self.name} is not in {chat.title}")
        return member

    def _as_admin(self, chat: Chat) -> None:
        member = self._standing(chat)
        if member is None or not member.is_admin:
            raise ValueError(f"{self.name} does not administer {chat.title}")

    def _service(self, chat: Chat, content: JsonObject) -> None:
        message = self._world.add_message(chat, self.user, service=content)
        if self._world.bot_present(chat):
            self._world.deliver(message)

    def _hears_people(self, chat: Chat) -> bool:
        standing = self._world.standing(chat)
        return standing is not None and standing.is_admin

    def _change(self, chat: Chat, user: User, new: Member) -> None:
        old = chat.members.get(user.id, Member(user, "left"))
        chat.members[user.id] = new
        if user is self._world.bot:
            self._tell_standing("my_chat_member", chat, old, new)
        elif self._hears_people(chat):
            self._tell_standing("chat_member", chat, old, new)
        self._world.emit("chat", chat)

    def _tell_standing(self, kind: str, chat: Chat, old: Member, new: Member) -> None:
        change: dict[str, Any] = {
            "chat": chat.json(),
            "from": self.user.json(),
            "date": self._world.timestamp(),
            "old_chat_member": old.json(),
            "new_chat_member": new.json(),
        }
        self._world.updates.put(kind, change)
