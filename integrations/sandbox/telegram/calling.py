"""One call while it is being checked: the steps that several methods share, in Telegram's order."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from .content import Markup, Reader, check_buttons
from .model import Chat, Message, User
from .parameters import KNOWN, integer
from .wire import JsonObject, Upload, bad_request, flooded

if TYPE_CHECKING:
    from .model import Picture
    from .world import World

Method = Callable[["Call"], Awaitable[Any]]

EPHEMERAL_SECONDS: Final = 15.0
"""How long after a press a message that only its person sees may be sent for it."""


@dataclass(slots=True)
class Call:
    """A call with decoded parameters."""

    world: World
    method: str
    params: JsonObject
    files: Mapping[str, Upload]

    @property
    def reader(self) -> Reader:
        """Reads nested values; what is unknown becomes a complaint."""
        return Reader(self.method, self.world.complaints.append)

    def text(self, name: str = "text") -> tuple[str, list[JsonObject]]:
        """A text or caption with its entities, mentions of people nobody knows dropped."""
        prefix = "" if name in {"text", "caption"} else f"{name}_"
        mode = self.params.get(f"{prefix}parse_mode", "")
        given = self.params.get("caption_entities" if name == "caption" else f"{prefix}entities", [])
        return self.known(*self.reader.text(self.params.get(name, ""), mode, given))

    def known(self, text: str, entities: list[JsonObject]) -> tuple[str, list[JsonObject]]:
        """Complete the users in mentions, dropping those Telegram does not know."""
        kept = []
        for entity in entities:
            if entity["type"] == "text_mention":
                user = self.world.users.get(entity["user"].get("id", 0))
                if user is None:
                    continue
                entity["user"] = user.json()
            kept.append(entity)
        return text, kept

    def markup(self) -> Markup:
        """The keyboard of the call."""
        return self.reader.markup(self.params.get("reply_markup"))

    def chat(self) -> Chat:
        """The chat of the call."""
        return self.world.chat(self.params.get("chat_id"))

    def thread(self, chat: Chat) -> int | None:
        """The topic of the call, if any."""
        thread: int | None = self.params.get("message_thread_id")
        if thread is None or thread == 0:
            return None
        if thread not in chat.topics:
            raise bad_request("message thread not found")
        return thread

    def reply_target(self, chat: Chat) -> int | None:
        """The message that is answered, if any."""
        reply = self.reader.reply(self.params.get("reply_parameters"))
        if not reply:
            return None
        target = chat.live(integer("message_id", reply.get("message_id", 0)))
        if target is not None and reply.get("chat_id", chat.id) in {chat.id, str(chat.id)}:
            return target.id
        if reply.get("allow_sending_without_reply"):
            return None
        raise bad_request("message to be replied not found")

    def own_message(self, chat: Chat, verb: str = "edit") -> Message:
        """A message of the bot's own that it may change; an ephemeral one where the method is for those."""
        message = chat.live(self.params.get("message_id", 0))
        if "ephemeral_message_id" in KNOWN[self.method]:
            message = chat.live(-self.params.get("ephemeral_message_id", 0))
            receiver = message.only_for if message is not None else None
            if receiver is None or receiver.id != self.params.get("receiver_user_id"):
                message = None
        elif message is not None and message.only_for is not None:
            message = None
        if message is None or message.service:
            raise bad_request(f"message to {verb} not found")
        if message.sender.id != self.world.bot.id or message.other_markup is not None:
            raise bad_request("message can't be edited")
        return message

    def receiver(self, chat: Chat) -> User | None:
        """The one person who shall see the message (Bot API 10.2), None for everybody.

        A press they made less than 15 seconds ago may be named as its cause. The refusals' words are ours:
        Telegram documents none.
        """
        receiver_id = self.params.get("receiver_user_id")
        if receiver_id is None:
            return None
        if chat.type == "private":
            raise bad_request("ephemeral messages can be sent to groups and supergroups only")
        member = chat.members.get(receiver_id)
        if member is None or not member.present or member.user.is_bot:
            raise bad_request("invalid receiver_user_id specified")
        query_id = self.params.get("callback_query_id")
        if query_id is not None:
            press = self.world.presses.get(query_id)
            age = self.world.clock.monotonic() - press.pressed_at if press is not None else math.inf
            if press is None or press.person.id != receiver_id or age > EPHEMERAL_SECONDS:
                raise bad_request("query is too old and response timeout expired or query ID is invalid")
        return member.user

    def may_send(self, chat: Chat, what: str) -> None:
        """Refuse what the bot has no right to send; `what` as in Telegram's text, e.g. "text messages"."""
        member = self.world.standing(chat)
        if member is not None and member.status == "restricted" and not member.can_send:
            raise bad_request(f"not enough rights to send {what} to the chat")

    def check_markup(self, markup: Markup) -> None:
        """The keyboard's size."""
        check_buttons(markup.rows)

    def pay(self, chat: Chat, count: int = 1) -> None:
        """Let flood control count the call, or refuse it."""
        wait = self.world.flood.admit(
            chat.id, is_group=chat.type != "private", now=self.world.clock.monotonic(), count=count
        )
        if wait:
            raise flooded(wait)

    async def file(self, value: str | None, name: str, *, image: bool = True) -> Picture:
        """The photo or document a parameter names: an upload, an earlier file's id, or an address."""
        upload = self.upload(value, name)
        if upload is not None:
            return self.world.store(upload.content, name=upload.name, mime=upload.content_type, image=image)
        if not value:
            raise bad_request(f"there is no {'photo' if image else 'document'} in the request")
        if value.startswith(("http://", "https://")):
            return await self._download(value, image=image)
        known = self.world.file(value)
        if known is None:
            raise bad_request(
                "Wrong remote file identifier specified: Wrong padding in the string"
                if "." not in value
                else "wrong file identifier/HTTP URL specified"
            )
        return known

    def upload(self, value: str | None, name: str) -> Upload | None:
        """The uploaded file a parameter refers to (`attach://…`) or is."""
        if value and value.startswith("attach://"):
            found = self.files.get(value.removeprefix("attach://"))
            if found is None:
                raise bad_request("there is no file in the request")
            return found
        return None if value else self.files.get(name)

    async def _download(self, url: str, *, image: bool) -> Picture:
        content: bytes | None = b""
        if self.world.fetch_image is not None:
            content = await self.world.fetch_image(url)
        if content is None:
            raise bad_request("failed to get HTTP URL content")
        if self.world.fetch_image is None:
            return self.world.store(b"", source=url, image=image)
        if not content:
            raise bad_request("wrong type of the web page content")
        return self.world.store(content, source=url, name=url.rpartition("/")[2], image=image)
