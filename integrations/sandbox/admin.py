"""What a group's administrators do to it, and people to the bot, from the page's tools."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import JSONResponse, Response

from .requests import chat_in, json_body, person_in

if TYPE_CHECKING:
    from starlette.requests import Request

    from .telegram.core import TelegramSandbox
    from .telegram.model import Chat
    from .telegram.people import Person


@dataclass(frozen=True, slots=True)
class AdminTools:
    """The endpoint; `do` of the body names the tool."""

    telegram: TelegramSandbox

    async def admin(self, request: Request) -> Response:
        """Do it, as the group's creator where it takes an administrator."""
        body = await json_body(request)
        tool = _TOOLS.get(str(body.get("do")))
        if tool is None:
            raise LookupError("There is no such tool.")
        tool(self.telegram, chat_in(self.telegram, body), body)
        return JSONResponse({})


def _administrator(telegram: TelegramSandbox, chat: Chat) -> Person:
    """Who can change the group: its creator, or whoever administers it."""
    admins = [member for member in chat.members.values() if member.is_admin]
    ranked = sorted(admins, key=lambda member: member.status != "creator")
    for member in ranked:
        for person in telegram.people:
            if person.user is member.user:
                return person
    raise ValueError("Nobody administers this chat.")


def _named(telegram: TelegramSandbox, body: Mapping[str, Any]) -> Person | None:
    """The person a tool is about, None for the bot."""
    return None if body.get("person") == telegram.bot.id else person_in(telegram, body)


def _ranked(telegram: TelegramSandbox, chat: Chat, body: Mapping[str, Any]) -> Person | None:
    """The member whose rank is to change, None for the bot."""
    named = _named(telegram, body)
    user = named.user if named else telegram.bot
    member = chat.members.get(user.id)
    if member is None or not member.present:
        raise ValueError(f"{user.first_name} is not in {chat.title}.")
    if member.status == "creator":
        raise ValueError(f"{user.first_name} created {chat.title}, and stays in charge.")
    return named


def _promote(telegram: TelegramSandbox, chat: Chat, body: Mapping[str, Any]) -> None:
    _administrator(telegram, chat).promote(chat, _ranked(telegram, chat, body))


def _demote(telegram: TelegramSandbox, chat: Chat, body: Mapping[str, Any]) -> None:
    _administrator(telegram, chat).demote(chat, _ranked(telegram, chat, body))


def _join(telegram: TelegramSandbox, chat: Chat, body: Mapping[str, Any]) -> None:
    person = person_in(telegram, body)
    member = chat.members.get(person.id)
    if chat.type == "private" or chat.migrated_to is not None or (member is not None and member.present):
        raise ValueError(f"{person.name} is there already, or cannot come.")
    person.join(chat)


def _leave(telegram: TelegramSandbox, chat: Chat, body: Mapping[str, Any]) -> None:
    person = person_in(telegram, body)
    if chat.type == "private":
        raise ValueError("A private chat cannot be left.")
    person.leave(chat)


def _kick_bot(telegram: TelegramSandbox, chat: Chat, _: Mapping[str, Any]) -> None:
    if chat.type == "private" or not telegram.world.bot_present(chat):
        raise ValueError("The bot is not in this group.")
    _administrator(telegram, chat).kick_bot(chat)


def _add_bot(telegram: TelegramSandbox, chat: Chat, body: Mapping[str, Any]) -> None:
    if chat.type == "private" or telegram.world.bot_present(chat):
        raise ValueError("The bot is there already.")
    person_in(telegram, body).add_bot(chat)


def _migrate(telegram: TelegramSandbox, chat: Chat, _: Mapping[str, Any]) -> None:
    _administrator(telegram, chat).migrate(chat)


def _open_topic(telegram: TelegramSandbox, chat: Chat, body: Mapping[str, Any]) -> None:
    if not chat.is_forum:
        _administrator(telegram, chat).turn_on_topics(chat)
    person_in(telegram, body).open_topic(chat, str(body.get("name", "")))


def _block(telegram: TelegramSandbox, chat: Chat, body: Mapping[str, Any]) -> None:
    _own(telegram, chat, body).block()


def _unblock(telegram: TelegramSandbox, chat: Chat, body: Mapping[str, Any]) -> None:
    _own(telegram, chat, body).unblock()


def _own(telegram: TelegramSandbox, chat: Chat, body: Mapping[str, Any]) -> Person:
    """The person whose private chat it is, once they started it."""
    person = person_in(telegram, body)
    if chat is not person.private or not chat.started:
        raise ValueError(f"{person.name} has not started this chat.")
    return person


Tool = Callable[["TelegramSandbox", "Chat", Mapping[str, Any]], None]

_TOOLS: Final[Mapping[str, Tool]] = MappingProxyType(
    {
        "promote": _promote,
        "demote": _demote,
        "join": _join,
        "leave": _leave,
        "kick_bot": _kick_bot,
        "add_bot": _add_bot,
        "migrate": _migrate,
        "open_topic": _open_topic,
        "block": _block,
        "unblock": _unblock,
    }
)
