"""Which zone each club keeps, as the bot has it, for the page's clock."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from .telegram.model import Message
from .telegram.screen import utc
from .telegram.world import Press

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from .telegram.core import TelegramSandbox
    from .telegram.world import Event


class Zones:
    """Asks the bot again about a chat whenever it has said something there, since that may be why."""

    def __init__(self, telegram: TelegramSandbox, ask: Callable[[int], Awaitable[str | None]]) -> None:
        """`ask` gives the IANA name for a chat's id, None where the bot knows no such club."""
        self._telegram = telegram
        self._ask = ask
        self._known: dict[int, str] = {}
        self._wanted = set(telegram.world.chats)
        self._news = asyncio.Event()
        telegram.subscribe(self._hear)
        # Before its first call the bot may not have its tables.
        telegram.watchers.append(lambda _: self._news.set())

    def of(self, chat_id: int) -> str:
        """The zone of a chat's club."""
        return self._known.get(chat_id) or utc(chat_id)

    async def follow(self) -> None:
        """Keep up, until cancelled."""
        while True:
            await self._news.wait()
            self._news.clear()
            while self._wanted:
                chat_id = self._wanted.pop()
                zone = await self._ask(chat_id)
                if zone is not None and zone != self.of(chat_id):
                    self._known[chat_id] = zone
                    self._telegram.world.emit("chat", self._telegram.chat(chat_id))

    def _hear(self, event: Event) -> None:
        match event.data:
            case Message(sender=sender, chat=chat) if sender is self._telegram.bot:
                self._wanted.add(chat.id)
            case Press(message=Message(chat=chat)):
                self._wanted.add(chat.id)
