"""What the page asks, read: bodies, people, chats; and what is wrong with it, as a sentence."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response

if TYPE_CHECKING:
    from starlette.requests import Request

    from .telegram.core import TelegramSandbox
    from .telegram.model import Chat
    from .telegram.people import Person
    from .telegram.views import MessageView

Endpoint = Callable[["Request"], Awaitable[Response]]


async def json_body(request: Request) -> dict[str, Any]:
    """The body, a JSON object. TypeError, ValueError."""
    value = await request.json()
    if not isinstance(value, dict):
        raise TypeError("a JSON object is expected")
    return value


def person_in(telegram: TelegramSandbox, body: Mapping[str, Any]) -> Person:
    """The `person` of a body. LookupError."""
    found = [person for person in telegram.people if person.id == body.get("person")]
    if not found:
        raise LookupError("Nobody has this id.")
    return found[0]


def chat_in(telegram: TelegramSandbox, body: Mapping[str, Any]) -> Chat:
    """The `chat` of a body. LookupError."""
    chat = telegram.world.chats.get(body.get("chat", 0))
    if chat is None:
        raise LookupError("There is no such chat.")
    return chat


def message_in(telegram: TelegramSandbox, chat: Chat, body: Mapping[str, Any]) -> MessageView:
    """The `message` of a body, if it is still there. LookupError."""
    found = [message for message in telegram.messages(chat) if message.id == body.get("message")]
    if not found:
        raise LookupError("This message is gone.")
    return found[0]


def told(endpoint: Endpoint) -> Endpoint:
    """An endpoint that answers what a person did wrong with 400 and a sentence."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except (LookupError, TypeError, ValueError) as error:
            return JSONResponse({"error": str(error.args[0] if error.args else error)}, 400)

    return answer


def kept(endpoint: Endpoint, keep: Callable[[], None] | None) -> Endpoint:
    """An endpoint whose changes are kept before its answer leaves."""
    if keep is None:
        return endpoint

    async def answer(request: Request) -> Response:
        answered = await endpoint(request)
        keep()
        return answered

    return answer


def after(endpoint: Endpoint, ready: Callable[[], Awaitable[object]] | None) -> Endpoint:
    """An endpoint that waits until everything is ready for it."""
    if ready is None:
        return endpoint

    async def answer(request: Request) -> Response:
        await ready()
        return await endpoint(request)

    return answer
