r"""The sandbox over real HTTP, for the demo: the Bot API, the catalogues, and an API for the page.

Everything listens on the loopback interface only. The page and `/api/` open for whoever has the key: the
first visit is `/?key=<key>`, which sets a cookie and goes on to `/`. Requests whose Host is no loopback name,
or whose Origin is another site, are refused.

- `/bot<token>/<method>`: the Bot API; `/file/bot<token>/<path>`: its files
- `/tmdb/`, `/musicbrainz/`, `/coverart/`, `/omdb/`, `/images/`: the look-alike catalogues
- `/`: the page's files

The page's API (JSON; errors are 400 `{"error": "a sentence"}`, 403 without the key):

`GET /api/state` ->
  `now` (ISO 8601), `bot` {id, name, username},
  `people` [{id, name, username, language, private_chat}],
  `chats` [Chat], `messages` {"<chat id>": [Message] oldest first},
  `commands` [{scope: JSON text, language, commands: [{command, description}]}], `last_event` (int)

  Chat: {id, type: private|group|supergroup, title, is_forum, bot_present, started, blocked, migrated_to,
  pinned: [message id], topics: [{id, name}], members: [{id, name, username, is_bot, status}]};
  a person's private chat with the bot has the person's id and no members.

  Message: {id, chat, sender: {id, name, is_bot}, date (Unix seconds), text, entities (the
  Bot API's), html (safe: only Telegram's tags,
  everything else escaped; `\n` is a line break), photo: {src, width, height, spoiler} | null,
  document: {src, name} | null, poll: Telegram's Poll | null,
  buttons: [[{text, url | null, pressable, style: danger|success|primary|null}]], edited, deleted,
  reply_to: id | null, thread: id | null, pinned, force_reply: {placeholder, selective} | null,
  reactions: [{emoji, people: [user id]}], service: {kind, about} | null}

`GET /api/events[?after=<id>]` -> server-sent events, each with an id; go on after a break with the header
  Last-Event-ID. Kinds: `message` (Message: new, edited or deleted; put it in place by chat and id),
  `chat` (Chat: new or changed), `answer` {person, chat, message, answered, toast, alert, url},
  `commands` {}, `clock` {now}, and `reset` {}: too much was missed, fetch the state again.

`POST /api/write`  {person, chat, text, reply_to?, thread?} -> {message: Message}. In a private chat that is
  not started only `/start [payload]` is taken; it starts it.
`POST /api/press`  {person, chat, message, row, column} -> answered at once or within 30 s:
  {person, chat, message, answered, toast, alert, url}
`POST /api/react`  {person, chat, message, emoji: [..]} -> {}
`POST /api/clock`  {seconds} or {to: a moment's name} -> {now}
`GET /api/media/<file id>` -> the picture or document
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import httpx
from starlette.applications import Starlette
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from .guard import Guard
from .serving import RunningServer, serve
from .stream import EventStream
from .telegram import screen
from .telegram.wire import ConnectionDropped
from .transport import Handler, handle_telegram

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from starlette.requests import Request
    from starlette.types import Message, Receive, Scope, Send

    from .telegram.core import TelegramSandbox
    from .telegram.model import Chat
    from .telegram.people import Person
    from .telegram.world import Event

__all__ = ["Advance", "EventStream", "RunningServer", "create_app", "serve"]

Advance = Callable[[float], Awaitable[None]]
Moment = Callable[[], Awaitable["datetime | None"]]
Endpoint = Callable[["Request"], Awaitable[Response]]

CATALOGUE_PATHS: Final = ("tmdb", "musicbrainz", "coverart", "omdb", "images")
_PRESS_SECONDS: Final = 30.0
_POLICY: Final = (
    "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)


class _Dropped(Response):
    """Promises a body and closes the connection instead: how a dropped connection looks over HTTP."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - the signature
        start: Message = {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"content-type", b"application/json"), (b"content-length", b"64")],
        }
        await send(start)


@dataclass(frozen=True, slots=True)
class _Site:
    """The endpoints."""

    telegram: TelegramSandbox
    stream: EventStream
    catalogues: Handler | None
    advance: Advance | None
    moments: Mapping[str, Moment]

    async def bot_api(self, request: Request) -> Response:
        try:
            status, headers, content = await handle_telegram(
                self.telegram,
                request.url.path,
                request.url.query,
                request.headers.get("content-type", ""),
                await request.body(),
            )
        except ConnectionDropped:
            return _Dropped()
        return Response(content, status, headers)

    async def catalogue(self, request: Request) -> Response:
        if self.catalogues is None:
            return Response(status_code=404)
        outgoing = httpx.Request(
            request.method, str(request.url), headers=request.headers.raw, content=await request.body()
        )
        try:
            answer = await self.catalogues(outgoing)
        except httpx.TransportError:
            return _Dropped()
        content = await answer.aread()
        passed = {n: v for n, v in answer.headers.items() if n not in {"content-length", "content-encoding"}}
        return Response(content, answer.status_code, passed)

    async def state(self, _: Request) -> Response:
        return JSONResponse({**screen.state(self.telegram), "last_event": self.stream.last_id})

    async def events(self, request: Request) -> Response:
        after = request.headers.get("last-event-id") or request.query_params.get("after", "")
        start = int(after) if after.isdigit() else self.stream.last_id
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(self.stream.follow(start), media_type="text/event-stream", headers=headers)

    async def media(self, request: Request) -> Response:
        picture = self.telegram.world.files.get(request.path_params["file_id"])
        if picture is None:
            return Response(status_code=404)
        if not picture.content and picture.source:
            return RedirectResponse(picture.source)
        kind = _image_type(picture.content)
        disposition = {} if kind else {"Content-Disposition": "attachment"}
        return Response(picture.content, media_type=kind or "application/octet-stream", headers=disposition)

    async def write(self, request: Request) -> Response:
        body = await _body(request)
        person, chat = self._person(body), self._chat(body)
        text = str(body.get("text", ""))
        if chat is person.private and not chat.started:
            command, _, payload = text.partition(" ")
            if command != "/start":
                raise ValueError("Press Start first.")
            sent = person.start_bot(payload)
        else:
            sent = person.write(chat, text, reply_to=body.get("reply_to"), thread=body.get("thread"))
        return JSONResponse({"message": screen.message_json(chat.messages[sent.id])})

    async def press(self, request: Request) -> Response:
        body = await _body(request)
        person, chat = self._person(body), self._chat(body)
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
        body = await _body(request)
        person, chat = self._person(body), self._chat(body)
        emoji = [str(e) for e in body.get("emoji", [])]
        seen = [m for m in self.telegram.messages(chat) if m.id == body.get("message")]
        if not seen:
            raise LookupError("This message is gone.")
        person.react(seen[0], *emoji)
        return JSONResponse({})

    async def clock(self, request: Request) -> Response:
        body = await _body(request)
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

    def _person(self, body: Mapping[str, Any]) -> Person:
        found = [person for person in self.telegram.people if person.id == body.get("person")]
        if not found:
            raise LookupError("Nobody has this id.")
        return found[0]

    def _chat(self, body: Mapping[str, Any]) -> Chat:
        chat = self.telegram.world.chats.get(body.get("chat", 0))
        if chat is None:
            raise LookupError("There is no such chat.")
        return chat


async def _body(request: Request) -> dict[str, Any]:
    value = await request.json()
    if not isinstance(value, dict):
        raise TypeError("a JSON object is expected")
    return value


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


def _told(endpoint: Endpoint) -> Endpoint:
    """What a person did wrong becomes a sentence."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except (LookupError, TypeError, ValueError) as error:
            return JSONResponse({"error": str(error.args[0] if error.args else error)}, 400)

    return answer


class _Files(StaticFiles):
    """The page's files, under a policy that lets in nothing from elsewhere."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        answer.headers["Content-Security-Policy"] = _POLICY
        answer.headers["Cache-Control"] = "no-cache"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer


def create_app(
    telegram: TelegramSandbox,
    *,
    key: str,
    catalogues: Handler | None = None,
    page: Path | None = None,
    advance: Advance | None = None,
    moments: Mapping[str, Moment] | None = None,
) -> Starlette:
    """The whole site. `page` is the directory of the page's files; `advance` moves the clock by seconds.

    `moments` are what the clock can be moved to by name; one that gives None lies nowhere ahead.
    """
    # Milliseconds since 1970 lie behind every id that a server before this one gave.
    stream = EventStream(time.time_ns() // 1_000_000)
    site = _Site(telegram, stream, catalogues, advance, moments or {})

    def show(event: Event) -> None:
        stream.put(event.kind, screen.event_json(telegram, event))

    telegram.subscribe(show)
    every = ["GET", "POST", "HEAD"]
    routes: list[Route | Mount] = [
        Route("/bot{rest:path}", site.bot_api, methods=every),
        Route("/file/{rest:path}", site.bot_api),
        *(Route(f"/{name}/{{rest:path}}", site.catalogue, methods=every) for name in CATALOGUE_PATHS),
        Route("/api/state", site.state),
        Route("/api/events", site.events),
        Route("/api/media/{file_id}", site.media),
        Route("/api/write", _told(site.write), methods=["POST"]),
        Route("/api/press", _told(site.press), methods=["POST"]),
        Route("/api/react", _told(site.react), methods=["POST"]),
        Route("/api/clock", _told(site.clock), methods=["POST"]),
    ]
    if page is not None:
        routes.append(Mount("/", _Files(directory=page, html=True)))
    app = Starlette(routes=routes)
    app.add_middleware(Guard, key=key, open_paths=("bot", "file", *CATALOGUE_PATHS))
    app.state.stream = stream
    return app
