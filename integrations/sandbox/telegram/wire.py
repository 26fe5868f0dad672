"""What goes over the wire: answers, uploads, refusals with Telegram's texts, and a connection that breaks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a request."""

    name: str
    content: bytes
    content_type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer of the stand-in: status, the JSON envelope, extra headers."""

    status: int
    body: JsonObject
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        """The body as it is sent."""
        return json.dumps(self.body, ensure_ascii=False).encode()


class Refusal(Exception):
    """Telegram says no: becomes `{"ok": false, ...}` with HTTP status `code`."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        """`parameters` is what the envelope carries beside the text: `retry_after`, `migrate_to_chat_id`."""
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def answer(self) -> Answer:
        """The envelope; a flood refusal also carries the Retry-After header."""
        body: JsonObject = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = dict(self.parameters)
        headers = {}
        if "retry_after" in self.parameters:
            headers["Retry-After"] = str(self.parameters["retry_after"])
        return Answer(self.code, body, headers)


def bad_request(text: str) -> Refusal:
    """400 with Telegram's usual prefix."""
    return Refusal(400, f"Bad Request: {text}")


def forbidden(text: str) -> Refusal:
    """403 with Telegram's usual prefix."""
    return Refusal(403, f"Forbidden: {text}")


def flooded(retry_after: int) -> Refusal:
    """429: call again after so many seconds."""
    return Refusal(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)


class ConnectionDropped(Exception):
    """An ordered fault: the connection breaks. `applied` tells whether the call took effect before that."""

    def __init__(self, *, applied: bool, timed_out: bool = False) -> None:
        """`timed_out` makes the client see a read time-out instead of a closed connection."""
        super().__init__("the connection was dropped on order")
        self.applied = applied
        self.timed_out = timed_out
