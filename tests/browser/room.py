"""A group, a bot that does exactly what a test says, and the site that shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from integrations import sandbox
from integrations.sandbox.clock import MovableClock
from integrations.sandbox.server import RunningServer, create_app, serve
from integrations.sandbox.telegram import TelegramSandbox
from integrations.sandbox.telegram.wire import Upload

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page
    from starlette.applications import Starlette

    from integrations.sandbox.telegram import Chat, Person

PAGE = Path(sandbox.__file__).parent / "page"
KEY = "a-key"


@dataclass
class Room:
    """Ana and Ben in a group, a bot without a mind of its own, and the site that shows them."""

    telegram: TelegramSandbox
    ana: Person
    ben: Person
    group: Chat
    clock: MovableClock
    zones: dict[int, str]
    """The zones that clubs keep, by their chats' ids."""
    server: RunningServer
    offset: int = 0

    @classmethod
    async def open(cls) -> Room:
        """Ana's group with Ben and the bot, on a Friday evening."""
        clock = MovableClock(datetime(2026, 3, 13, 18, 30, tzinfo=UTC))
        telegram = TelegramSandbox(clock)
        ana, ben = (telegram.create_person(name, language_code="en") for name in ("Ana", "Ben"))
        group = telegram.create_group("Film club", [ana, ben])
        ana.add_bot(group)
        zones: dict[int, str] = {}
        server = await serve(site(telegram, clock, zones))
        return cls(telegram, ana, ben, group, clock, zones, server)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.port}/?key={KEY}"

    async def call(self, method: str, files: dict[str, Upload] | None = None, **params: Any) -> Any:
        answer = await self.telegram.call(self.telegram.token, method, params, files)
        assert answer.body["ok"], answer.body
        return answer.body["result"]

    async def send(self, text: str, **params: Any) -> int:
        """The bot says something in the group; the message's id."""
        chat = params.pop("chat_id", self.group.id)
        sent = await self.call("sendMessage", chat_id=chat, text=text, parse_mode="HTML", **params)
        return int(sent["message_id"])

    async def send_album(self, *captions: str) -> list[int]:
        """The bot sends pictures together; their messages' ids."""
        files = {
            f"picture{number}": Upload(f"{number}.png", picture(number)) for number in range(len(captions))
        }
        media = [
            {"type": "photo", "media": f"attach://{name}", "caption": caption}
            for name, caption in zip(files, captions, strict=True)
        ]
        sent = await self.call("sendMediaGroup", files, chat_id=self.group.id, media=media)
        return [int(message["message_id"]) for message in sent]

    async def send_file(self, name: str, content: bytes) -> int:
        files = {"document": Upload(name, content)}
        return int((await self.call("sendDocument", files, chat_id=self.group.id))["message_id"])

    async def send_poll(self, question: str, *options: str, **params: Any) -> int:
        values = {"question": question, "options": list(options), "is_anonymous": False, **params}
        return int((await self.call("sendPoll", chat_id=self.group.id, **values))["message_id"])

    def become_supergroup(self) -> None:
        self.group = self.ana.migrate(self.group)

    async def pressed(self) -> str:
        """The id of the next press, fetched as a bot does."""
        while True:
            for update in await self.call("getUpdates", offset=self.offset, timeout=20):
                self.offset = update["update_id"] + 1
                if "callback_query" in update:
                    return str(update["callback_query"]["id"])

    async def restart(self) -> None:
        """The site goes away and comes back at the same address, with no memory of earlier events."""
        port = self.server.port
        await self.server.stop()
        self.server = await serve(site(self.telegram, self.clock, self.zones), port=port)


def site(telegram: TelegramSandbox, clock: MovableClock, zones: dict[int, str]) -> Starlette:
    async def advance(seconds: float) -> None:
        clock.advance(seconds)

    return create_app(
        telegram, key=KEY, page=PAGE, advance=advance, zones=lambda chat: zones.get(chat, "UTC")
    )


def picture(number: int) -> bytes:
    """A picture of one colour."""
    content = BytesIO()
    Image.new("RGB", (160, 120), (60 + 40 * number % 160, 90, 160)).save(content, "PNG")
    return content.getvalue()


def buttons(*texts: str, rows: int = 1) -> dict[str, Any]:
    row = [{"text": text, "callback_data": text} for text in texts]
    return {"inline_keyboard": [row] * rows}


def newest(page: Page) -> Locator:
    return page.get_by_role("region", name="Messages").locator("article").last


def box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Message")


def replying(page: Page) -> Locator:
    return page.get_by_text("Reply to Wrong Opinions", exact=True)
