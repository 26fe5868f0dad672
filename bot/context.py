"""What a handler gets."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from telegram import ChatMember
from telegram.error import BadRequest, TelegramError

from bot.send import Address, Sent, unreachable
from domain.errors import PersonHidden

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from telegram import Bot, Chat, Message, Update

    from bot.send import Sender
    from bot.texts import Languages, Texts
    from bot.view import View
    from domain.clubs import Club, User
    from domain.services.backfill import BackfillService
    from domain.services.backups import BackupService
    from domain.services.clubs import ClubService
    from domain.services.digest import DigestService
    from domain.services.exports import ExportService
    from domain.services.history import HistoryService
    from domain.services.imports import ImportService
    from domain.services.people import PeopleService
    from domain.services.posts import PostService
    from domain.services.ratings import RatingService
    from domain.services.turns import TurnService
    from domain.services.weeks import WeekService
    from domain.services.works import WorkService

log = logging.getLogger(__name__)


class Waking(Protocol):
    """A job that sleeps until it is due."""

    async def wake(self) -> None:
        """Have it look again at what is due, since that has changed."""


@dataclass(frozen=True, slots=True)
class Services:
    """The use cases, for one update."""

    clubs: ClubService
    works: WorkService
    weeks: WeekService
    ratings: RatingService
    turns: TurnService
    digest: DigestService
    history: HistoryService
    backfill: BackfillService
    exports: ExportService
    imports: ImportService
    people: PeopleService
    forgetting: Waking
    posts: PostService
    backups: BackupService


@dataclass(frozen=True, slots=True)
class Pressed:
    """The message whose button was pressed, also one that Telegram no longer shows.

    `thread` is the forum topic it is in, None for none and for the General topic; `reply_to` is the message
    that it replies to.
    """

    chat: Chat
    sent: Sent
    thread: int | None = None
    reply_to: Message | None = None


@dataclass(slots=True)
class Context:
    """One update being handled: who, where, in which words, and what can be done about it.

    `t` speaks the club's language, for what all see; `me` the person's, for what only they see. What is
    said goes out in order while the next update is handled already.
    """

    update: Update
    chat: Chat
    press: Pressed | None
    services: Services
    sender: Sender
    bot: Bot
    languages: Languages
    club: Club
    visitor: User | None
    t: Texts
    me: Texts
    args: str = ""
    answered: bool = False
    slow: Callable[[], Awaitable[None]] | None = None
    """What is left to do while the chat's next updates are handled."""
    _deliveries: list[asyncio.Task[None]] = field(default_factory=list)

    @property
    def user(self) -> User:
        """Who acts. PersonHidden for an anonymous admin's message."""
        if self.visitor is None:
            raise PersonHidden
        return self.visitor

    @property
    def message(self) -> Message:
        """The message written."""
        if self.update.message is None:
            raise LookupError("in this update nothing was written")
        return self.update.message

    @property
    def pressed(self) -> Sent:
        """The message whose button was pressed."""
        if self.press is None:
            raise LookupError("no button of a message was pressed")
        return self.press.sent

    @property
    def thread(self) -> int | None:
        """The forum topic we are in; None for none and for the General topic."""
        if self.press is not None:
            return self.press.thread
        message = self.update.message
        return message.message_thread_id if message is not None and message.is_topic_message else None

    async def is_admin(self) -> bool:
        """Whether the person is an admin here, asked of Telegram now; everyone is in their private chat."""
        if self.club.private:
            return True
        telegram_id = self.visitor.telegram_id if self.visitor is not None else None
        if telegram_id is None:
            sender = self.message.sender_chat
            return sender is not None and sender.id == self.club.chat_id
        status = await self.sender.standing(self.club.chat_id, telegram_id)
        return status in {ChatMember.OWNER, ChatMember.ADMINISTRATOR}

    def say(
        self, view: View, *, reply: bool = False, then: Callable[[Sent], Awaitable[None]] | None = None
    ) -> None:
        """Send a new message here, in the topic we are in; `then` is told once it is sent."""
        self._deliver(self.sender.send(self._here(reply=reply), view), then)

    def edit(self, view: View, then: Callable[[Sent], Awaitable[None]] | None = None) -> None:
        """Change the message whose button was pressed."""
        self._deliver(self.sender.edit(self.pressed, view), then)

    def toast(self, text: str, *, alert: bool = False) -> None:
        """Answer the press; an `alert` has to be closed, for what must be read."""
        query = self.update.callback_query
        if query is not None and not self.answered:
            self.answered = True
            self._deliver(self.sender.answer(query.id, text, alert=alert))

    def react(self, emoji: str, otherwise: View) -> None:
        """Put a reaction under the person's message; say `otherwise` where reactions are not allowed."""

        async def run() -> None:
            try:
                await self.sender.react(self.message.chat_id, self.message.message_id, emoji)
            except BadRequest:
                await self.sender.send(self._here(reply=True), otherwise)

        self._deliver(run())

    def _here(self, *, reply: bool) -> Address:
        at = self.press.sent if self.press is not None else self.update.message
        reply_to = at.message_id if reply and at is not None else None
        return Address(self.club.chat_id, self.thread, reply_to)

    async def delivered(self) -> None:
        """Return when all that was said is sent, or refused by Telegram for good."""
        await asyncio.gather(*self._deliveries)

    def _deliver(
        self, sending: Awaitable[Sent | None], then: Callable[[Sent], Awaitable[None]] | None = None
    ) -> None:
        async def run() -> None:
            try:
                sent = await sending
                if then is not None and sent is not None:
                    await then(sent)
            except TelegramError as error:
                level = logging.INFO if unreachable(error) else logging.WARNING
                log.log(level, "a message could not be delivered to chat %d: %s", self.club.chat_id, error)

        self._deliveries.append(asyncio.ensure_future(run()))
