"""A Telegram that answers as a test tells it to, and keeps what it was asked and when."""

from __future__ import annotations

import inspect
import json
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import httpx
from telegram import Bot

from bot.metrics import Metrics
from bot.request import build

if TYPE_CHECKING:
    from domain.clock import Clock

TOKEN = "123456:scripted-token-that-opens-nothing"
PHOTO = [{"file_id": "p", "file_unique_id": "u", "width": 1, "height": 1}]

Params = dict[str, Any]
Answer = httpx.Response | Exception | Callable[[Params], "httpx.Response | Awaitable[httpx.Response]"]


@dataclass(frozen=True)
class Call:
    """One request, with the clock's time of its arrival."""

    method: str
    params: Params
    at: float


class Telegram:
    """Messages are sent, edits and answers succeed, unless `script` says otherwise for the next calls."""

    def __init__(self, clock: Clock) -> None:
        self.calls: list[Call] = []
        self._clock = clock
        self._scripts: defaultdict[str, deque[Answer]] = defaultdict(deque)
        self._last_id = 100

    def script(self, method: str, *answers: Answer) -> None:
        """What the next calls of a method come to; a function is asked and may wait."""
        self._scripts[method].extend(answers)

    def bot(self) -> Bot:
        """The real library's bot, talking to this."""
        request = build(httpx.MockTransport(self._handle), Metrics(self._clock))
        return Bot(TOKEN, base_url="https://telegram.test/bot", request=request, get_updates_request=request)

    def of(self, *methods: str) -> list[Call]:
        """The calls of some methods."""
        return [call for call in self.calls if call.method in methods]

    @property
    def texts(self) -> list[str]:
        """The texts and captions that were to be shown, in order."""
        return [
            text for call in self.calls if (text := call.params.get("text") or call.params.get("caption"))
        ]

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        method = request.url.path.rpartition("/")[2]
        body = request.content.decode() if request.method == "POST" else request.url.query.decode()
        params = {name: _decoded(value) for name, value in parse_qsl(body)}
        self.calls.append(Call(method, params, self._clock.monotonic()))
        script = self._scripts[method]
        if not script:
            return self.success(method, params)
        answer = script.popleft()
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            return answer
        given = answer(params)
        return await given if inspect.isawaitable(given) else given

    def success(self, method: str, params: Params) -> httpx.Response:
        """What Telegram says when all is well."""
        if method in {"answerCallbackQuery", "deleteWebhook", "setMessageReaction", "setMyCommands"}:
            return ok(True)
        if method == "getUpdates":
            return ok([])
        self._last_id += 1
        message = {
            "message_id": params.get("message_id", self._last_id),
            "date": 1,
            "chat": {"id": params["chat_id"], "type": "group" if params["chat_id"] < 0 else "private"},
        }
        if method == "sendPhoto" or method.startswith(("editMessageMedia", "editMessageCaption")):
            message["photo"] = PHOTO
        return ok(message)


def ok(result: object) -> httpx.Response:
    return httpx.Response(200, json={"ok": True, "result": result})


def refused(code: int, description: str, **parameters: int) -> httpx.Response:
    body = {"ok": False, "error_code": code, "description": description}
    return httpx.Response(code, json={**body, "parameters": parameters} if parameters else body)


def flood(seconds: int) -> httpx.Response:
    return refused(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def _decoded(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value
