"""A Bot API that does next to nothing, so that what is measured against it is the bot.

It hands out presses of a button, keeps a given number of them unanswered, and times the answers.
One way between bot and Telegram takes half the round trip; a long poll that waits is served at once.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BOT: Final = {"id": 1, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}
BATCH: Final = 100
"""The most updates a getUpdates brings, as at Telegram."""


@dataclass(slots=True)
class Taps:
    """The presses that are under way. `make` gives the next one's chat, person and data by its number.

    They go on for `warm_up` and then `seconds` seconds. `latencies` has seconds from a press to its answer,
    of those answered in the latter.
    """

    make: Callable[[int], dict[str, Any]]
    in_flight: int
    warm_up: float
    seconds: float
    latencies: list[float] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    pressed: int = 0
    _began: float = 0.0
    _issued: dict[str, float] = field(default_factory=dict)
    _waiting: deque[dict[str, Any]] = field(default_factory=deque)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def start(self) -> None:
        """Press as many buttons as may be under way at once."""
        self._began = asyncio.get_running_loop().time()
        for _ in range(self.in_flight):
            self._press()

    def _press(self) -> None:
        self.pressed += 1
        number = str(self.pressed)
        query = {"id": number, "chat_instance": "1", **self.make(self.pressed)}
        self._waiting.append({"update_id": self.pressed, "callback_query": query})
        self._issued[number] = asyncio.get_running_loop().time()
        self._news.set()

    async def updates(self, seconds: float) -> list[dict[str, Any]]:
        """What a long poll brings."""
        if not self._waiting:
            self._news.clear()
            try:
                async with asyncio.timeout(seconds):
                    await self._news.wait()
            except TimeoutError:
                return []
        return [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]

    def answer(self, number: str) -> None:
        """A press was answered; the next one follows."""
        issued = self._issued.pop(number, None)
        if issued is None:
            return
        now = asyncio.get_running_loop().time()
        passed = now - self._began - self.warm_up
        if 0 <= passed < self.seconds:
            self.latencies.append(now - issued)
        if passed < self.seconds:
            self._press()
        elif not self._issued:
            self.over.set()


@dataclass(slots=True)
class Stub:
    """The server. `polling` is set by the first getUpdates; `calls` counts every other method."""

    round_trip: float
    taps: Taps
    polling: asyncio.Event = field(default_factory=asyncio.Event)
    calls: dict[str, int] = field(default_factory=dict)
    _server: asyncio.Server | None = None

    async def start(self) -> int:
        """Listen on the loopback interface; the port."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self), "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Close it, connections included."""
        assert self._server is not None
        self._server.close()

    async def respond(self, method: str, parameters: dict[str, Any]) -> Any:
        """The `result` of a call."""
        if method == "getUpdates":
            self.polling.set()
            return await self.taps.updates(float(parameters.get("timeout", 0)))
        self.calls[method] = self.calls.get(method, 0) + 1
        if method == "answerCallbackQuery":
            self.taps.answer(str(parameters["callback_query_id"]))
            return True
        if method == "getMe":
            return BOT
        if method.startswith(("send", "edit")):
            chat = {"id": int(parameters["chat_id"]), "type": "supergroup", "title": "Bench"}
            return {"message_id": 1, "date": 1, "chat": chat, "from": BOT, "text": "card"}
        return True


class _Connection(asyncio.Protocol):
    """One client: requests with a length, one answer each, kept alive."""

    def __init__(self, stub: Stub) -> None:
        self._stub = stub
        self._received = b""
        self._transport: asyncio.Transport | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        for task in self._tasks:
            task.cancel()

    def data_received(self, data: bytes) -> None:
        self._received += data
        for method, parameters in self._requests():
            task = asyncio.ensure_future(self._answer(method, parameters))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _requests(self) -> Iterator[tuple[str, dict[str, Any]]]:
        while b"\r\n\r\n" in self._received:
            head, _, rest = self._received.partition(b"\r\n\r\n")
            first, *lines = head.decode("latin-1").split("\r\n")
            headers = {
                name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
            }
            length = int(headers.get("content-length", 0))
            if len(rest) < length:
                return
            self._received = rest[length:]
            path, _, query = first.split(" ")[1].partition("?")
            yield path.rpartition("/")[2], _parameters(headers.get("content-type", ""), query, rest[:length])

    async def _answer(self, method: str, parameters: dict[str, Any]) -> None:
        await asyncio.sleep(self._stub.round_trip / 2)
        result = await self._stub.respond(method, parameters)
        body = json.dumps({"ok": True, "result": result}).encode()
        await asyncio.sleep(self._stub.round_trip / 2)
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(head.encode() + body)


def _parameters(content_type: str, query: str, body: bytes) -> dict[str, Any]:
    """What a call brings, as python-telegram-bot and aiogram write it."""
    text = body.decode("utf-8", "replace")
    if content_type.startswith("application/json"):
        return dict(json.loads(text or "{}"))
    if content_type.startswith("multipart/form-data"):
        boundary = content_type.partition("boundary=")[2].strip('"')
        found: dict[str, Any] = {}
        for part in text.split(f"--{boundary}")[1:-1]:
            head, _, value = part.partition("\r\n\r\n")
            found[head.partition('name="')[2].partition('"')[0]] = value.removesuffix("\r\n")
        return found
    return {name: values[0] for name, values in parse_qs(f"{query}&{text}" if query else text).items()}
