"""What the page sees, and what people do in it. The shapes are described in `integrations.sandbox.server`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

from .requests import chat_in, json_body, message_in, person_in
from .telegram import screen
from .telegram.images import image_size
from .transport import read_body

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.requests import Request

    from .stream import EventStream
    from .telegram.core import TelegramSandbox
    from .telegram.model import Chat

Advance = Callable[[float], Awaitable[None]]
Moment = Callable[[], Awaitable["datetime | None"]]

UPLOAD_LIMIT: Final = 20 * 1024 * 1024
"""Bytes of a file that a bot may still fetch (Bot API, getFile)."""
_PRESS_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class PageApi:
    """The endpoints for the page."""

    telegram: TelegramSandbox
    stream: EventStream
    zones: screen.Zones
    advance: Advance | None
    moments: Mapping[str, Moment]

    async def state(self, _: Request) -> Response:
        """Everything."""
        return JSONResponse({**screen.state(self.telegram, self.zones), "last_event": self.stream.last_id})

    async def events(self, request: Request) -> Response:
        """What happens from now on, or from where the page was."""
        after = request.headers.get("last-event-id") or request.query_params.get("after", "")
        start = int(after) if after.isdigit() else self.stream.last_id
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(self.stream.follow(start), media_type="text/event-stream", headers=headers)

    async def media(self, request: Request) -> Response:
        """A picture to show, or any other file to download."""
        file = self.telegram.world.files.get(request.path_params["file_id"])
        if file is None:
            return Response(status_code=404)
        if not file.content and file.source:
            return RedirectResponse(file.source)
        kind = _image_type(file.content) if file.file_id.startswith("photo") else None
        headers = {"X-Content-Type-Options": "nosniff"}
        if kind is None:
            headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name or 'file')}"
        return Response(file.content, media_type=kind or "application/octet-stream", headers=headers)

    async def write(self, request: Request) -> Response:
        """Somebody writes."""
        body = await json_body(request)
        person, chat = person_in(self.telegram, body), chat_in(self.telegram, body)
        text = str(body.get("text", ""))
        if chat is person.private and not chat.started:
            command, _, payload = text.partition(" ")
            if command != "/start":
                raise ValueError("Press Start first.")
            return _written(chat, person.start_bot(payload).id)
        sent = person.write(
            chat,
            text,
            reply_to=body.get("reply_to"),
            thread=body.get("thread"),
            anonymous=bool(body.get("anonymous")),
        )
        return _written(chat, sent.id)

    async def upload(self, request: Request) -> Response:
        """Somebody sends a file: a picture as a photo, everything else as a document."""
        content = bytearray()
        async for piece in request.stream():
            content += piece
            if len(content) > UPLOAD_LIMIT:
                raise ValueError("A bot cannot read files over 20 MB.")
        fields, files = read_body(request.headers.get("content-type", ""), bytes(content))
        body = {name: int(value) for name, value in fields.items() if name != "text"}
        person, chat = person_in(self.telegram, body), chat_in(self.telegram, body)
        if chat is person.private and not chat.started:
            raise ValueError("Press Start first.")
        file = files.get("file")
        if file is None or not file.content:
            raise ValueError("There is no file, or nothing in it.")
        picture = image_size(file.content) is not None
        sent = person.write(
            chat,
            fields.get("text", ""),
            reply_to=body.get("reply_to"),
            thread=body.get("thread"),
            photo=file.content if picture else None,
            document=None if picture else file,
        )
        return _written(chat, sent.id)

    async def press(self, request: Request) -> Response:
        """Somebody presses a button; answered when the bot has answered, or after a while."""
        body = await json_body(request)
        person, chat = person_in(self.telegram, body), chat_in(self.telegram, body)
        message = chat.live(int(body.get("message", 0)))
        if message is None:
            raise LookupError("This message is gone.")
        button = message.inline_keyboard[int(body["row"])][int(body["column"])]
        if "callback_data" not in button:
            return JSONResponse({"answered": True, "toast": None, "alert": False, "url": button.get("url")})
        press = person.forge(chat, message.id, str(button["callback_data"]))
        await _first(press.wait(), self.telegram.clock.sleep(_PRESS_SECONDS))
        return JSONResponse(screen.press_json(press))

    async def react(self, request: Request) -> Response:
        """Somebody reacts."""
        body = await json_body(request)
        person, chat = person_in(self.telegram, body), chat_in(self.telegram, body)
        emoji = [str(e) for e in body.get("emoji", [])]
        person.react(message_in(self.telegram, chat, body), *emoji)
        return JSONResponse({})

    async def vote(self, request: Request) -> Response:
        """Somebody votes in a poll."""
        body = await json_body(request)
        person, chat = person_in(self.telegram, body), chat_in(self.telegram, body)
        person.vote(message_in(self.telegram, chat, body), *map(int, body.get("options", [])))
        return JSONResponse({})

    async def clock(self, request: Request) -> Response:
        """Time passes."""
        body = await json_body(request)
        seconds = await self._until(str(body["to"])) if "to" in body else float(body["seconds"])
        if self.advance is None or seconds < 0:
            raise ValueError("The clock only goes forward, and only where the demo lets it.")
        await self.advance(seconds)
        now = {"now": self.telegram.clock.now().isoformat()}
        self.stream.put("clock", now)
        return JSONResponse(now)

    async def _until(self, name: str) -> float:
        """Seconds from now to a named moment."""
        if name not in self.moments:
            raise LookupError("This clock knows no such moment.")
        moment = await self.moments[name]()
        if moment is None:
            raise LookupError("There is nothing ahead to go to.")
        return max(0.0, (moment - self.telegram.clock.now()).total_seconds())


def _written(chat: Chat, message_id: int) -> Response:
    return JSONResponse({"message": screen.message_json(chat.messages[message_id])})


async def _first(*awaitables: Awaitable[object]) -> None:
    """Return with the first to end; the others are cancelled."""
    tasks = [asyncio.ensure_future(each) for each in awaitables]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _image_type(content: bytes) -> str | None:
    for start, kind in ((b"\x89PNG", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"RIFF", "image/webp")):
        if content.startswith(start):
            return kind
    return None
