"""What a Telegram server remembers: users, chats with their rosters and topics, messages, files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from .wire import JsonObject

ANONYMOUS_ADMIN: Final = 1087968824
ADMIN_RIGHTS: Final = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
)

ChatType = Literal["private", "group", "supergroup"]
Status = Literal["creator", "administrator", "member", "restricted", "left", "kicked"]


@dataclass(slots=True)
class User:
    """A person or a bot."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    is_bot: bool = False

    def json(self) -> JsonObject:
        """The `User` object."""
        value: JsonObject = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        for name in ("last_name", "username", "language_code"):
            if getattr(self, name) is not None:
                value[name] = getattr(self, name)
        return value


@dataclass(slots=True)
class Member:
    """Somebody's standing in a chat. `can_send` counts for a restricted member only."""

    user: User
    status: Status = "member"
    rights: frozenset[str] = frozenset()
    is_anonymous: bool = False
    can_send: bool = True

    @property
    def present(self) -> bool:
        """Whether they are in the chat now."""
        return self.status not in {"left", "kicked"}

    @property
    def is_admin(self) -> bool:
        """Whether they administer the chat."""
        return self.status in {"creator", "administrator"}

    def may(self, right: str) -> bool:
        """Whether they hold an administrator's right."""
        return self.status == "creator" or (self.status == "administrator" and right in self.rights)

    def json(self) -> JsonObject:
        """The `ChatMember…` object."""
        value: JsonObject = {"user": self.user.json(), "status": self.status}
        match self.status:
            case "creator":
                value["is_anonymous"] = self.is_anonymous
            case "administrator":
                value.update(dict.fromkeys(ADMIN_RIGHTS, False) | dict.fromkeys(self.rights, True))
                value.update(can_be_edited=False, is_anonymous=self.is_anonymous)
            case "restricted":
                value.update(dict.fromkeys(_MEMBER_RIGHTS, False), is_member=True, until_date=0)
            case "kicked":
                value["until_date"] = 0
        return value


_MEMBER_RIGHTS: Final = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)


@dataclass(slots=True)
class Picture:
    """A stored photo or document. `source` is the address it came from, or None for an upload."""

    file_id: str
    content: bytes = field(repr=False)
    width: int = 0
    height: int = 0
    source: str | None = None
    name: str | None = None
    mime: str | None = None

    def sizes(self) -> list[JsonObject]:
        """The `PhotoSize` list, small to large, scaled to at most 90, 320, 800, 1280 pixels."""
        longest = max(self.width, self.height, 1)
        sizes = []
        for letter, limit in (("s", 90), ("m", 320), ("x", 800), ("y", 1280)):
            scale = min(1.0, limit / longest)
            sizes.append(
                {
                    "file_id": f"{self.file_id}-{letter}",
                    "file_unique_id": f"u{self.file_id}{letter}",
                    "width": max(1, round(self.width * scale)),
                    "height": max(1, round(self.height * scale)),
                    "file_size": max(1, round(len(self.content) * scale * scale)),
                }
            )
            if limit >= longest:
                break
        return sizes

    def document(self) -> JsonObject:
        """The `Document` object."""
        value: JsonObject = {
            "file_id": f"{self.file_id}-d",
            "file_unique_id": f"u{self.file_id}d",
            "file_name": self.name or "file",
            "file_size": len(self.content),
        }
        return {**value, "mime_type": self.mime} if self.mime else value


@dataclass(slots=True)
class Ballot:
    """Who chose what in a poll (`votes`, by user id), and whether that stays hidden until it closes."""

    hides_results: bool = False
    correct: list[int] = field(default_factory=list)
    votes: dict[int, list[int]] = field(default_factory=dict)


@dataclass(slots=True)
class Message:
    """One message. `text` is the caption where there is a photo or a document.

    `only_for` is the one person who sees an ephemeral message; their ids are of a sequence of their own, and
    negative here, so that the two kinds never meet.
    """

    id: int
    chat: Chat = field(repr=False)
    date: int
    sender: User
    sender_chat: Chat | None = None
    text: str = ""
    entities: list[JsonObject] = field(default_factory=list)
    photo: Picture | None = None
    document: Picture | None = None
    poll: JsonObject | None = None
    ballot: Ballot | None = None
    service: JsonObject = field(default_factory=dict)
    inline_keyboard: list[list[JsonObject]] = field(default_factory=list)
    other_markup: JsonObject | None = None
    reply_to: int | None = None
    thread: int | None = None
    is_topic: bool = False
    media_group: str | None = None
    only_for: User | None = None
    edit_date: int | None = None
    deleted: bool = False
    extra: JsonObject = field(default_factory=dict)
    reactions: dict[int, list[str]] = field(default_factory=dict)

    @property
    def is_media(self) -> bool:
        """Whether its words are a caption."""
        return self.photo is not None or self.document is not None

    def json(self, *, with_reply: bool = True) -> JsonObject:
        """The `Message` object as the bot gets it."""
        value: JsonObject = {
            "message_id": self.id if self.only_for is None else 0,
            "from": self.sender.json(),
            "chat": self.chat.json(),
            "date": self.date,
        }
        if self.only_for is not None:
            value.update(receiver_user=self.only_for.json(), ephemeral_message_id=-self.id)
        if self.sender_chat:
            value["sender_chat"] = self.sender_chat.json()
        if self.thread is not None:
            value["message_thread_id"] = self.thread
        if self.is_topic:
            value["is_topic_message"] = True
        target = self._answered() if with_reply else None
        if target is not None:
            value["reply_to_message"] = target.json(with_reply=False)
        if self.edit_date is not None:
            value["edit_date"] = self.edit_date
        if self.media_group:
            value["media_group_id"] = self.media_group
        value.update(self._content())
        if self.inline_keyboard:
            value["reply_markup"] = {"inline_keyboard": self.inline_keyboard}
        value.update(self.extra)
        value.update(self.service)
        return value

    def _answered(self) -> Message | None:
        """The message this one answers; in a topic everything answers at least the message that opened it."""
        target = self.chat.live(self.reply_to) if self.reply_to is not None else None
        if target is None and self.is_topic and self.thread is not None and self.thread != self.id:
            return self.chat.live(self.thread)
        return target

    def _content(self) -> JsonObject:
        value: JsonObject = {}
        if self.photo:
            value["photo"] = self.photo.sizes()
        if self.document:
            value["document"] = self.document.document()
        if self.poll:
            value["poll"] = self.poll
        if self.text:
            value["caption" if self.is_media else "text"] = self.text
            if self.entities:
                value["caption_entities" if self.is_media else "entities"] = self.entities
        return value


@dataclass(slots=True)
class Chat:
    """A private chat, group or supergroup. `topics` maps thread ids to names (General is not among them)."""

    id: int
    type: ChatType
    title: str | None = None
    user: User | None = None
    is_forum: bool = False
    members: dict[int, Member] = field(default_factory=dict, repr=False)
    messages: dict[int, Message] = field(default_factory=dict, repr=False)
    topics: dict[int, str] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    migrated_to: int | None = None
    blocked: bool = False
    started: bool = False

    def json(self) -> JsonObject:
        """The `Chat` object."""
        value: JsonObject = {"id": self.id, "type": self.type}
        if self.user is not None:
            person: JsonObject = self.user.json()
            value.update({k: person[k] for k in ("first_name", "last_name", "username") if k in person})
        else:
            value["title"] = self.title
        if self.is_forum:
            value["is_forum"] = True
        return value

    def live(self, message_id: int) -> Message | None:
        """A message that exists and is not deleted."""
        message = self.messages.get(message_id)
        return None if message is None or message.deleted else message


def administrator(user: User, rights: frozenset[str] | None = None, **more: Any) -> Member:
    """An administrator with the given rights, all by default."""
    return Member(user, "administrator", frozenset(ADMIN_RIGHTS) if rights is None else rights, **more)
