"""A group, a bot that does exactly what a test says, and the site that shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from integrations import sandbox
from integrations.sandbox.clock import MovableClock
from integrations.sandbox.server import RunningServer, create_app, serve
from integrations.sandbox.telegram import TelegramSandbox

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
        return cls(telegram, ana, ben, group, clock, await serve(site(telegram, clock)))

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.port}/?key={KEY}"

    async def call(self, method: str, **params: Any) -> Any:
        answer = await self.telegram.call(self.telegram.token, method, params)
        assert answer.body["ok"], answer.body
        return answer.body["result"]

    async def send(self, text: str, **params: Any) -> int:
        """The bot says something in the group; the message's id."""
        chat = params.pop("chat_id", self.group.id)
        sent = await self.call("sendMessage", chat_id=chat, text=text, parse_mode="HTML", **params)
        return int(sent["message_id"])

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
        self.server = await serve(site(self.telegram, self.clock), port=port)


def site(telegram: TelegramSandbox, clock: MovableClock) -> Starlette:
    async def advance(seconds: float) -> None:
        clock.advance(seconds)

    return create_app(telegram, key=KEY, page=PAGE, advance=advance)


def buttons(*texts: str, rows: int = 1) -> dict[str, Any]:
    row = [{"text": text, "callback_data": text} for text in texts]
    return {"inline_keyboard": [row] * rows}


def newest(page: Page) -> Locator:
    return page.get_by_role("region", name="Messages").locator("article").last


def box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Message")


def replying(page: Page) -> Locator:
    return page.get_by_text("Reply to Wrong Opinions", exact=True)
