"""A club on the stage: Ana, who founded it, Ben, and the bot, in a basic group."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Any

from integrations.sandbox.telegram import TelegramSandbox, Upload

if TYPE_CHECKING:
    from integrations.sandbox.telegram import MessageView
    from tests.fakes import FakeClock


class Stage:
    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.sandbox = TelegramSandbox(clock)
        self.ana = self.sandbox.create_person("Ana", language_code="en", username="ana")
        self.ben = self.sandbox.create_person("Ben", language_code="de")
        self.group = self.sandbox.create_group("Film club", [self.ana, self.ben])
        self.ana.add_bot(self.group)

    @property
    def group_id(self) -> int:
        return self.group.id

    async def ok(self, method: str, files: dict[str, Upload] | None = None, /, **params: Any) -> Any:
        answer = await self.sandbox.call(self.sandbox.token, method, params, files)
        assert answer.status == 200, answer.body
        assert answer.body["ok"] is True
        return answer.body["result"]

    async def refused(self, method: str, files: dict[str, Upload] | None = None, /, **params: Any) -> str:
        """The refusal as `<code> <description>`."""
        answer = await self.sandbox.call(self.sandbox.token, method, params, files)
        assert answer.body["ok"] is False, answer.body
        assert answer.body["error_code"] == answer.status
        return f"{answer.status} {answer.body['description']}"

    async def say(self, text: str = "hello", **params: Any) -> int:
        """Let the bot write into the group; returns the message's id."""
        sent = await self.ok("sendMessage", chat_id=self.group_id, text=text, **params)
        return int(sent["message_id"])

    def last(self) -> MessageView:
        return self.sandbox.messages(self.group)[-1]

    async def updates(self, **params: Any) -> list[dict[str, Any]]:
        """What waits, confirmed at once."""
        found: list[dict[str, Any]] = await self.ok("getUpdates", **params)
        if found:
            await self.ok("getUpdates", offset=found[-1]["update_id"] + 1)
        return found


def keyboard(*rows: list[tuple[str, str]]) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": t, "callback_data": d} for t, d in row] for row in rows]}


def png(width: int = 500, height: int = 750) -> bytes:
    """A one-coloured picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * ((width + 7) // 8 + 1) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
