"""Takes one raw update to its handler, and answers for whatever goes wrong on the way."""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from structlog.contextvars import bound_contextvars
from telegram import Chat, ChatMember, Message, Update
from telegram.constants import ChatType
from telegram.error import TelegramError

from bot import routes, taps
from bot.context import Context, Pressed, Services
from bot.errors import describe
from bot.inbox import Handled, chat_of
from bot.send import Address, Sent
from bot.view import View
from domain.errors import DomainError
from domain.ports import AlreadyHandled
from domain.services.clubs import Place, Visitor

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from telegram import Bot, User

    from bot.inbox import RawUpdate
    from bot.send import Sender
    from bot.texts import Languages, Texts

NEVER_MEMBERS = frozenset({1087968824, 136817688, 777000})
"""Telegram's stand-ins for anonymous admins, channel posts and linked channels."""

COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@(\w+))?(?!\w)")
"""A command ends where its letters end (Bot API, MessageEntity): a tab, a hard blank will do."""

log = logging.getLogger(__name__)


class Lanes:
    """Where a chat's slow things wait for each other in the order they came, words for words, taps for taps.

    So no chat can fill a catalogue's line, and who presses a button does not wait for what others look for.
    """

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[tuple[int, bool], asyncio.Lock] = WeakValueDictionary()

    def of(self, context: Context) -> asyncio.Lock:
        """The lane an update belongs to."""
        key = context.club.chat_id, context.update.callback_query is not None
        return self._locks.setdefault(key, asyncio.Lock())


@dataclass(frozen=True, slots=True)
class Dispatcher:
    """Handles updates. `services` gives the use cases bound to an update's id."""

    bot: Bot
    sender: Sender
    languages: Languages
    services: Callable[[int], Services]
    lanes: Lanes = field(default_factory=Lanes)

    async def handle(self, raw: RawUpdate) -> Handled:
        """Handle one update; never raises. An unexpected error is told to the person and the owner."""
        with bound_contextvars(update=raw.get("update_id"), chat=chat_of(raw)):
            return await self._handle(raw)

    async def _handle(self, raw: RawUpdate) -> Handled:
        update = context = None
        try:
            update, pressed = read(raw, self.bot)
            context = await self._context(update, pressed)
            if context is None:
                return Handled(partial(self._pass_over, update))
            await self._run(context, partial(self._route, context))
            if context.slow is None:
                context.toast("")
        except AlreadyHandled:
            log.info("update %s was handled before", raw.get("update_id"))
        except Exception as error:  # noqa: BLE001 - reported, and the update is set aside
            return self._apologise(raw, update, context, error)
        if context is None:
            return Handled(_nothing)
        slow = partial(self._slow, raw, context, context.slow) if context.slow is not None else None
        return Handled(context.delivered, slow=slow)

    async def _slow(
        self, raw: RawUpdate, context: Context, work: Callable[[], Awaitable[None]]
    ) -> str | None:
        """What was put off; the id of an unexpected error."""
        with bound_contextvars(update=raw.get("update_id"), chat=chat_of(raw)):
            try:
                async with self.lanes.of(context):
                    await self._run(context, work)
                context.toast("")
            except Exception as error:  # noqa: BLE001 - reported, and the update is set aside
                return self._apologise(raw, context.update, context, error).error_id
        return None

    async def _run(self, context: Context, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except DomainError as error:
            if context.update.callback_query is not None:
                context.toast(describe(error, context.me), alert=True)
            else:
                context.say(View(context.t.verbatim(describe(error, context.t))), reply=True)

    async def _route(self, context: Context) -> None:
        update = context.update
        if update.callback_query is not None:
            await self._tap(context, update.callback_query.data or "")
        elif update.my_chat_member is not None:
            await routes.JOINED(context)
        elif update.message is not None:
            await self._message(context, update.message)

    async def _tap(self, context: Context, data: str) -> None:
        try:
            tap = taps.decode(data)
            await _call(routes.TAPS[type(tap)], context, tap)
        except taps.BadTap:
            context.toast(context.me.plain("I don't know this button. /week shows a fresh card."), alert=True)

    async def _message(self, context: Context, message: Message) -> None:
        if message.migrate_to_chat_id is not None:
            await routes.MIGRATED(context, (message.chat_id, message.migrate_to_chat_id))
            return
        if message.migrate_from_chat_id is not None:
            await routes.MIGRATED(context, (message.migrate_from_chat_id, message.chat_id))
            return
        command, addressed, words = self._command(message)
        context.args = words
        if command in routes.COMMANDS:
            await _call(routes.COMMANDS[command], context)
            return
        # The one service message that python-telegram-bot takes for an attachment, with a warning: a receipt.
        attached = message.successful_payment is None and message.effective_attachment is not None
        readable = bool(message.text) or attached
        asked = context.club.private
        original = message.reply_to_message
        if command is None and original is not None and original.from_user == self.bot.bot:
            note = await context.services.weeks.purpose(message.chat_id, original.message_id)
            if note is not None and note.purpose in routes.REPLIES:
                if message.text or (message.document and note.purpose in routes.UPLOADS):
                    context.args = message.text or ""
                    await _call(routes.REPLIES[note.purpose], context)
                    return
                asked = asked or note.purpose.startswith(routes.QUESTION)
        if addressed or (asked and readable):
            await routes.HINT(context)

    def _command(self, message: Message) -> tuple[str | None, bool, str]:
        """The command, empty if it is another bot's; whether it surely is for us; the words after it."""
        text = message.text or (message.caption if message.document else None) or ""
        found = COMMAND.match(text)
        if found is None:
            return None, False, ""
        name, username = found.groups()
        if username is not None and username.lower() != self.bot.username.lower():
            return "", False, ""
        return name.lower(), username is not None, text[found.end() :].strip()

    async def _context(self, update: Update, pressed: Pressed | None) -> Context | None:
        """Everything a handler needs; None for an update from nobody or from a channel."""
        chat = pressed.chat if pressed is not None else update.effective_chat
        if chat is None or chat.type == ChatType.CHANNEL:
            return None
        if _gone(update):
            await self.services(update.update_id).clubs.lose(chat.id)
            return None
        person = update.effective_user
        if person is not None and (person.id in NEVER_MEMBERS or person.is_bot):
            person = None
        if person is None and update.effective_sender != chat and update.message is None:
            return None
        services = self.services(update.update_id)
        spoken = person.language_code if person is not None else None
        club, user = await services.clubs.meet(_place(chat), _visitor(person), self.languages.code(spoken))
        mine = (user.language, user.spoken) if user is not None else ()
        own = club.private and user is not None
        return Context(
            update=update,
            chat=chat,
            press=pressed,
            services=services,
            sender=self.sender,
            bot=self.bot,
            languages=self.languages,
            club=club,
            visitor=user,
            t=self.languages.match(*mine) if own else self.languages.match(club.settings.language),
            me=self.languages.match(*mine, club.settings.language),
        )

    async def _pass_over(self, update: Update) -> None:
        """Do nothing but end the wait of whoever pressed a button that leads nowhere, as in a channel."""
        if update.callback_query is not None:
            await self.sender.answer(update.callback_query.id, "", alert=False)

    def _apologise(
        self, raw: RawUpdate, update: Update | None, context: Context | None, error: Exception
    ) -> Handled:
        """Tell the person an id; the log, and so the owner, what happened. The update is set aside."""
        error_id = secrets.token_hex(4)
        log.error(
            "update %s failed, error %s",
            raw.get("update_id"),
            error_id,
            exc_info=error,
            extra={"error_id": error_id},
        )
        if context is not None:
            if context.update.callback_query is not None:
                context.toast(_apology(context.me, error_id), alert=True)
            elif context.update.message is not None:
                context.say(View(context.t.verbatim(_apology(context.t, error_id))), reply=True)
        told = context.delivered if context is not None else partial(self._apologise_unmet, update, error_id)
        return Handled(told, error_id)

    async def _apologise_unmet(self, update: Update | None, error_id: str) -> None:
        """The same where not even the club could be read: to who pressed, or spoke to the bot for certain."""
        if update is None:
            return
        person = update.effective_user
        apology = _apology(t := self.languages.match(person.language_code if person else None), error_id)
        query, message = update.callback_query, update.message
        try:
            if query is not None:
                await self.sender.answer(query.id, apology, alert=True)
            elif message is not None and (
                message.chat.type == ChatType.PRIVATE or (message.text or "").startswith("/")
            ):
                thread = message.message_thread_id if message.is_topic_message else None
                await self.sender.send(
                    Address(message.chat_id, thread, message.message_id), View(t.verbatim(apology))
                )
        except TelegramError as failure:
            log.warning("the apology for error %s could not be delivered: %s", error_id, failure)


def read(raw: RawUpdate, bot: Bot) -> tuple[Update, Pressed | None]:
    """An update, and apart from it the message of a button that was pressed.

    python-telegram-bot's Message of a card, each button an object, takes as long to build as a score to
    store, and no handler asks for more of it than there is in Pressed.
    """
    query = raw.get("callback_query")
    message = query.get("message") if isinstance(query, dict) else None
    if not isinstance(query, dict) or not isinstance(message, dict):
        return Update.de_json(raw, bot), None
    update = Update.de_json({**raw, "callback_query": {**query, "message": None}}, bot)
    chat = Chat.de_json(message["chat"], bot)
    pressed = Pressed(
        chat,
        Sent(chat.id, message["message_id"], photo=bool(message.get("photo"))),
        message.get("message_thread_id") if message.get("is_topic_message") else None,
        Message.de_json(message["reply_to_message"], bot) if "reply_to_message" in message else None,
    )
    return update, pressed


async def _call(handler: Callable[..., Awaitable[None]], context: Context, *tap: taps.Tap) -> None:
    """Have it handled now, or put off what is slow."""
    work = partial(handler, context, *tap)
    if handler in routes.SLOW:
        context.slow = work
    else:
        await work()


def _apology(t: Texts, error_id: str) -> str:
    return t.plain("Something broke on my side. If you report it, mention {id}.", id=error_id)


def _gone(update: Update) -> bool:
    """The bot was removed, or a person blocked it: there is nobody to talk to."""
    change = update.my_chat_member
    return change is not None and change.new_chat_member.status in {ChatMember.LEFT, ChatMember.BANNED}


def _place(chat: Chat) -> Place:
    return Place(chat.id, chat.title or chat.full_name or "", private=chat.type == ChatType.PRIVATE)


def _visitor(person: User | None) -> Visitor | None:
    if person is None:
        return None
    return Visitor(person.id, person.first_name, person.language_code)


async def _nothing() -> None:
    return None
