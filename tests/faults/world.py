"""The friends' world, with real sockets between the bot and everything it calls."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from bot.compose import App
from bot.compose_catalogues import reachable
from integrations.http import LONGEST_ANSWER
from tests import canaries
from tests.e2e.stillness import GLANCE, Stillness
from tests.e2e.world import World, without_minutes
from tests.faults.server import FaultyServer
from tests.faults.weather import Fault

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import pytest

LONGEST = 0.4
"""Real seconds that an answer may take in all where it drips; a catalogue's are 15 otherwise."""


class _Stillness(Stillness):
    """Waits for what is on the wire, too."""

    def __init__(self, server: FaultyServer) -> None:
        super().__init__()
        self._server = server

    async def come(self) -> None:
        """See Stillness."""
        while True:
            await super().come()
            if not self._server.under_way:
                return
            await asyncio.sleep(GLANCE)


class StormyWorld(World):
    """As `World`, behind a server at whose mercy it is."""

    def __init__(self, folder: Path, server: FaultyServer, patience: pytest.MonkeyPatch) -> None:
        self.patience = patience
        self.site = server.address
        super().__init__(folder, telegram_base_url=server.address)
        self.server = server
        self.weather = server.weather
        self._stillness = _Stillness(server)
        server.behind(self.telegram, self.catalogues)

    def _bot(self) -> App:
        return without_minutes(App(self.settings, clock=self.clock))

    def order(self, endpoint: str, fault: Fault) -> None:
        """One fault for the next request to an endpoint."""
        self.hurry(LONGEST if fault is Fault.DRIP else LONGEST_ANSWER)
        self.weather.order(endpoint, fault)

    def hurry(self, longest: float = LONGEST) -> None:
        """Give the catalogues' answers so many real seconds."""
        self.patience.setattr("integrations.posters.LONGEST", longest)
        for catalogue in reachable(self.app.catalogues).values():
            catalogue._http._longest_answer = longest

    async def start(self) -> None:
        """Start the bot and move the clock until it listens, however often it has to try."""
        self._stillness.begin()
        self._running = asyncio.ensure_future(self.app.run())
        while not self.telegram.polling:
            await self._stillness.come()
            if self._running.done():
                await self._running
            if (due := self.clock.next_due()) is not None and not self.telegram.polling:
                await self.clock.advance(due)
            else:
                await asyncio.sleep(GLANCE)

    def forget_answers(self) -> None:
        """Empty the cache of the catalogues' answers, and of posters, so that they are asked again."""
        with closing(sqlite3.connect(self.settings.database_url.removeprefix("sqlite:///"))) as connection:
            connection.execute("DELETE FROM http_cache")
            connection.commit()
        self.app.posters._kept.clear()


@contextlib.asynccontextmanager
async def stormy(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[StormyWorld]:
    """A club of friends, and a bot that runs; at the end nothing is left, and no secret got anywhere."""
    monkeypatch.setattr("bot.request.UPLOAD", 0.0, raising=False)
    server = FaultyServer()
    await server.start()
    tasks = len(asyncio.all_tasks())
    try:
        world = StormyWorld(folder, server, monkeypatch)
        requests = {type(request) for request in world.app._bot._request}
        with server.weather.over(list(requests)):
            await world.start()
            try:
                await world.found_club()
                yield world
                await world.settle()
                canaries.look_at_telegram(world.telegram)
                for request in server.strangers:
                    canaries.look_through(f"{request.target} {request.headers}", "what a stranger was sent")
            finally:
                await world.stop()
        await asyncio.sleep(0.01)
        assert server.connections == 0, "connections outlive the bot"
        gc.collect()
    finally:
        await server.stop()
    assert len(asyncio.all_tasks()) <= tasks, asyncio.all_tasks()
