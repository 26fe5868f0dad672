"""The bot as a process of its own, against the sandbox served over HTTP by the test's process."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sqlite3
import sys
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from integrations.sandbox.catalogues import Catalogues
from integrations.sandbox.clock import MovableClock
from integrations.sandbox.server import create_app, serve
from integrations.sandbox.telegram import TelegramSandbox
from integrations.sandbox.telegram.flood import FloodLimits
from integrations.sandbox.telegram.views import view
from tests import canaries
from tests.conftest import ROOT
from tests.crash.forked import Forked

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from integrations.sandbox.server import RunningServer
    from integrations.sandbox.telegram import Chat, MessageView, Person
    from integrations.sandbox.telegram.wire import Answer

TOKEN = "123456:sandbox-token-for-tests"
PATIENCE = 60.0
"""Real seconds until something that should happen is given up; a loaded machine needs some."""
STOP_SECONDS = 10.0
"""How long a bot that is told to stop may take."""


class News:
    """Wakes whoever waits for something to become true, whenever anything happened."""

    def __init__(self) -> None:
        self._happened = asyncio.Event()

    def tell(self, *_: object) -> None:
        """Something happened."""
        self._happened.set()
        self._happened = asyncio.Event()

    async def until(self, true: Callable[[], bool], what: str) -> None:
        """Return once it is true; TimeoutError, naming it, after `PATIENCE`."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not true():
                    await self._happened.wait()
        except TimeoutError:
            raise TimeoutError(f"waited in vain for {what}") from None


class Telegram(TelegramSandbox):
    """The sandbox, without flood control, that counts the calls it gets and can be interrupted at one."""

    def __init__(self, news: News) -> None:
        none = 10**6
        limits = FloodLimits(burst=none, per_group_minute=none, per_second=none)
        super().__init__(MovableClock(datetime.now(UTC)), token=TOKEN, flood=limits)
        self.calls: Counter[str] = Counter()
        self.on_call: Callable[[], None] = lambda: None
        self._news = news
        self.subscribe(news.tell)

    async def call(self, token: str, method: str, *values: Any) -> Answer:
        """One call; `calls` counts it before it has any effect."""
        self.calls[method] += 1
        self.on_call()
        self._news.tell()
        try:
            return await super().call(token, method, *values)
        finally:
            self._news.tell()


class BotProcess:
    """`python -m bot <words>` with nothing but the given environment."""

    def __init__(self, process: asyncio.subprocess.Process | Forked, news: News) -> None:
        self.output = ""
        self._process = process
        self._news = news
        self._pumps = [
            asyncio.ensure_future(self._pump(stream)) for stream in (process.stdout, process.stderr) if stream
        ]
        self._end = asyncio.ensure_future(process.wait())
        self._end.add_done_callback(news.tell)

    @classmethod
    async def start(
        cls, words: Sequence[str], folder: Path, environment: Mapping[str, str], news: News
    ) -> Self:
        """Start it in a folder."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *words,
            cwd=folder,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        return cls(process, news)

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return not self._end.done()

    @property
    def cpu_seconds(self) -> float:
        """How long it has kept processors busy so far; on Linux alone (clock_getcpuclockid(3))."""
        return time.clock_gettime(~self._process.pid << 3 | 2)

    async def until(self, true: Callable[[], bool], what: str) -> None:
        """Return once it is true; AssertionError if the bot ends by itself before."""
        await self._news.until(lambda: true() or not self.running, what)
        assert true(), f"the bot ended with {await self.ended()} before {what}:\n{self.output}"

    async def ended(self) -> int:
        """The exit code, once it ended and all it printed is read. TimeoutError after `PATIENCE`."""
        async with asyncio.timeout(PATIENCE):
            code = await asyncio.shield(self._end)
            await asyncio.gather(*self._pumps)
        return code

    async def kill(self) -> None:
        """`kill -9`, whatever it is doing; harmless where it has ended."""
        self.strike()
        await self.ended()

    def strike(self) -> None:
        """`kill -9`, without waiting for the end."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def stop(self) -> int:
        """SIGTERM; the exit code. AssertionError where it takes longer than `STOP_SECONDS`."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        self._process.terminate()
        code = await self.ended()
        assert loop.time() - began < STOP_SECONDS, self.output
        return code

    async def _pump(self, stream: asyncio.StreamReader) -> None:
        while piece := await stream.read(65536):
            self.output += piece.decode()
            self._news.tell()


class Stage:
    """A served sandbox, a folder for a database, and whatever bots were started with them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "data" / "bot.db"
        self.news = News()
        self.telegram = Telegram(self.news)
        self.port = 0
        self._server: RunningServer | None = None
        self._bots: list[BotProcess] = []

    @property
    def environment(self) -> dict[str, str]:
        """The bot's settings; call it once the port is known."""
        return {
            **self.catalogues.settings(),
            "TELEGRAM_TOKEN": TOKEN,
            "TELEGRAM_BASE_URL": f"http://127.0.0.1:{self.port}",
            "DATABASE_URL": f"sqlite:///{self.database}",
            "LOG_LEVEL": "WARNING",
        }

    @property
    def catalogues(self) -> Catalogues:
        """What the bot asks for works; call it once the port is known."""
        return Catalogues(f"http://127.0.0.1:{self.port}", self.telegram.clock)

    async def serve(self) -> None:
        """Let the sandbox listen, at `port` if it is set."""
        if not self.port:
            with socket.create_server(("127.0.0.1", 0)) as free:
                self.port = free.getsockname()[1]
        app = create_app(self.telegram, key="test", catalogues=self.catalogues)
        self._server = await serve(app, port=self.port)

    async def start(self, *words: str, **changes: str) -> BotProcess:
        """Start a process, `run` without words; `changes` go to its environment."""
        bot = await BotProcess.start(
            words or ("run",), self.folder, {**self.environment, **changes}, self.news
        )
        self._bots.append(bot)
        return bot

    async def fork(self) -> BotProcess:
        """Start a bot without the cost of its imports."""
        bot = BotProcess(await Forked.start(("run",), self.folder, self.environment), self.news)
        self._bots.append(bot)
        return bot

    async def listening(self, **changes: str) -> BotProcess:
        """Start a bot and wait until it asks for updates."""
        before = self.telegram.calls["getUpdates"]
        bot = await self.start(**changes)
        await bot.until(lambda: self.telegram.calls["getUpdates"] > before, "the first getUpdates")
        return bot

    async def close(self) -> None:
        """End what is left of it all."""
        for bot in self._bots:
            await bot.kill()
            canaries.look_through(bot.output, "what a process printed")
        canaries.look_at_telegram(self.telegram)
        if self._server is not None:
            # Ends the long polls of bots that are gone, which the server would wait for.
            self.telegram.malformed_update()
            await self._server.stop()

    # -- people

    def last(self, chat: Chat) -> MessageView | None:
        """The bot's newest message in a chat."""
        return next(self.newest(chat), None)

    def newest(self, chat: Chat) -> Iterator[MessageView]:
        """The bot's messages in a chat, the newest first."""
        return (
            view(message)
            for message in reversed(chat.messages.values())
            if message.sender.id == self.telegram.bot.id and not message.deleted
        )

    async def ask(self, bot: BotProcess, person: Person, text: str, chat: Chat) -> MessageView:
        """Write into a chat; the message the bot answers with."""
        written = person.start_bot() if text == "/start" else person.write(chat, text)
        return await self.answer(bot, chat, written.id)

    async def answer(self, bot: BotProcess, chat: Chat, after: int) -> MessageView:
        """The bot's newest message in a chat, once it is younger than another."""
        await bot.until(
            lambda: (last := self.last(chat)) is not None and last.id > after, f"an answer to {after}"
        )
        answer = self.last(chat)
        assert answer is not None
        return answer

    async def handled(self, bot: BotProcess) -> None:
        """Return once every update is stored and none waits."""
        await bot.until(lambda: self.telegram.pending_updates == 0, "the updates to be fetched")
        async with asyncio.timeout(PATIENCE):
            while self.waiting():  # noqa: ASYNC110 - nothing but the file tells when the last is settled
                await asyncio.sleep(0.02)

    # -- the file

    def waiting(self) -> int:
        """How many stored updates are not done."""
        return int(self.rows("SELECT count(*) FROM inbox WHERE state = 'new'")[0][0])

    def rows(self, query: str) -> list[Any]:
        """What the file says, without keeping the bot from writing."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=PATIENCE)) as reader:
            return reader.execute(query).fetchall()


@contextlib.asynccontextmanager
async def stage(folder: Path) -> AsyncIterator[Stage]:
    """A stage whose sandbox listens; nothing of it is left at the end."""
    scene = Stage(folder)
    await scene.serve()
    try:
        yield scene
    finally:
        await scene.close()
