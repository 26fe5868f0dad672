"""A group of friends, the real bot and the sandbox, in one process and with a clock that stands still."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import httpx

from bot.compose import App
from bot.metrics import Standing
from bot.settings import Settings
from integrations.sandbox.catalogues import Catalogues
from integrations.sandbox.telegram import TelegramSandbox
from integrations.sandbox.transport import SandboxTransport
from tests import canaries, plans
from tests.databases import template
from tests.e2e.stillness import GLANCE, Stillness
from tests.fakes import FakeClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine
    from pathlib import Path

    from integrations.sandbox.telegram import Button, Chat, MessageView, Person, Press
    from tests.plans import Statement

TOKEN = "123456:sandbox-token-for-tests"
OWNER = "Olga"

T = TypeVar("T")


class World:
    """Ana founded the group, Ben and Cleo are in it, Olga runs the bot. Everybody speaks English at first."""

    site = "http://catalogues.test"
    """Where the catalogues are."""

    def __init__(self, folder: Path, **changes: object) -> None:
        """`changes` go to the bot's settings, by their names there."""
        self.clock = FakeClock()
        self.catalogues = Catalogues(self.site, self.clock)
        self.telegram = TelegramSandbox(self.clock, token=TOKEN, fetch_image=self._fetch)
        self.transport = SandboxTransport(self.telegram, {httpx.URL(self.site).host: self.catalogues.handle})
        self.ana = self.telegram.create_person("Ana", language_code="en")
        self.ben = self.telegram.create_person("Ben", language_code="en")
        self.cleo = self.telegram.create_person("Cleo", language_code="en")
        self.olga = self.telegram.create_person(OWNER, language_code="en")
        self.group = self.telegram.create_group("Film club", [self.ana, self.ben, self.cleo])
        (folder / "bot.db").write_bytes(template())
        self.settings = Settings(
            **{  # type: ignore[arg-type]
                "_env_file": None,
                "telegram_token": TOKEN,
                "database_url": f"sqlite:///{folder}/bot.db",
                "owner_id": self.olga.id,
                **{name.lower(): value for name, value in self.catalogues.settings().items()},
                **changes,
            }
        )
        self.asked: dict[str, Statement] = {}
        self.app = self._bot()
        self._running: asyncio.Task[None] | None = None
        self._stillness = Stillness()

    def _bot(self) -> App:
        """A bot that is yet to be started, and an ear at its database."""
        app = without_minutes(App(self.settings, clock=self.clock, transport=self.transport))
        plans.listen(app.database, lambda statement: self.asked.setdefault(statement.text, statement))
        return app

    async def start(self) -> None:
        """Start the bot and wait until it listens."""
        self._stillness.begin()
        self._running = asyncio.ensure_future(self.app.run())
        while not self.telegram.polling:
            if self._running.done():
                await self._running
            await asyncio.sleep(GLANCE)

    async def stop(self) -> None:
        """Stop the bot as SIGTERM does."""
        if self._running is not None:
            self._running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._running
            self._running = None
            self._stillness.end()

    async def restart(self) -> None:
        """Stop it and start a new one on the same database."""
        await self.stop()
        self.app = self._bot()
        await self.start()

    async def still(self) -> None:
        """Return when the bot can only wait: for the clock, for people, or for what a test holds back."""
        await self._stillness.come()

    async def settle(self) -> None:
        """Return when the bot has nothing left to do, moving the clock as far as it must wait for it."""
        while True:
            await self._stillness.come()
            if self._running is not None and self._running.done():
                await self._running
            if self.telegram.polling and not self.telegram.pending_updates and not self._busy():
                return
            if (due := self.clock.next_due()) is not None and self._waits():
                await self.clock.advance(due)
            else:
                await asyncio.sleep(GLANCE)

    async def play(self, story: Coroutine[Any, Any, T]) -> T:
        """Let people do things at times of their own: the clock goes from sleeper to sleeper, theirs too."""
        playing = asyncio.ensure_future(story)
        while not playing.done():
            await self._stillness.come()
            if not playing.done() and (due := self.clock.next_due()) is not None:
                await self.clock.advance(due)
        await self.settle()
        return playing.result()

    def _waits(self) -> bool:
        """Whether somebody waits for the clock besides the posts' loop, which always does when it is idle."""
        return self.clock.sleepers > (0 if self.app.posts.busy else 1)

    def _busy(self) -> bool:
        app = self.app
        parts = (app.inbox, app.sender, app.posts, app.forgetting, app.owner, app.backups_job)
        return any(part.busy for part in parts)

    # -- what people do

    async def say(
        self, person: Person, text: str, chat: Chat | None = None, **options: object
    ) -> list[MessageView]:
        """Write into a chat, the group by default; what the bot then wrote there."""
        place = chat or self.group
        await self.clock.advance(1)
        await self.settle()
        before = {message.id for message in self.telegram.messages(place, deleted=True)}
        written = person.write(place, text, **options)  # type: ignore[arg-type]
        await self.settle()
        return [m for m in self.telegram.messages(place) if m.id not in before and m.id != written.id]

    async def ask(
        self, person: Person, text: str, chat: Chat | None = None, **options: object
    ) -> MessageView:
        """The same, where the bot answers with exactly one message."""
        (answer,) = await self.say(person, text, chat, **options)
        return answer

    async def press(
        self, person: Person, message: MessageView, button: str | Callable[[Button], bool]
    ) -> Press:
        """Press a button and wait for all that follows."""
        await self.clock.advance(1)
        press = person.press(message, button)
        await self.settle()
        return press

    async def found_club(self) -> MessageView:
        """Ana adds the bot to the group; its introduction."""
        self.ana.add_bot(self.group)
        await self.settle()
        return self.last()

    async def pick(self, person: Person, command: str, hit: str, chat: Chat | None = None) -> MessageView:
        """Search, open a hit, pick it; the week's card that follows."""
        hits = await self.ask(person, command, chat)
        await self.press(person, hits, hit)
        await self.press(person, hits, "Pick")
        return self.last(chat)

    # -- what people see

    def last(self, chat: Chat | None = None) -> MessageView:
        """The newest message in a chat."""
        return self.telegram.messages(chat or self.group)[-1]

    def now(self, message: MessageView) -> MessageView:
        """A message as it is now."""
        return self.telegram.look(message)

    async def _fetch(self, url: str) -> bytes | None:
        """What Telegram does with a picture's address: it follows redirects."""
        async with httpx.AsyncClient(transport=self.transport, follow_redirects=True) as client:
            answer = await client.get(url)
        return answer.content if answer.status_code == httpx.codes.OK else None


def without_minutes(app: App) -> App:
    """A bot that nothing wakes every minute: it would be a real one, over at any moment of a story."""
    app._scheduler.start = partial(app._scheduler.start, paused=True)
    return app


@contextlib.asynccontextmanager
async def running(folder: Path, **changes: object) -> AsyncIterator[World]:
    """A world with the bot running; at the end nobody has anything to complain of.

    Telegram kept its rules, people were told no secret, and the database was never asked to read all it has.
    """
    world = World(folder, **changes)
    await world.start()
    try:
        yield world
        await world.settle()
        complaints = world.telegram.complaints()
        assert complaints == [], complaints
        read_whole = plans.complaints(world.asked.values())
        assert read_whole == [], read_whole
        canaries.look_at_telegram(world.telegram)
        nothing = Standing(outgoing=0, posts_due=0, database_bytes=0, backup_age=None)
        canaries.look_through(world.app.metrics.render(nothing), "the metrics")
    finally:
        await world.stop()


class Errors(logging.Handler):
    """Collects what is logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        self.messages.append(self.format(record))
