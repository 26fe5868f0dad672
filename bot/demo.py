"""The real bot in the sandbox, with a page to play several friends: the composition root of the demo."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import socket
import webbrowser
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import httpx

from bot import logs
from bot.compose import App
from bot.settings import Settings
from domain.isoweek import IsoWeek
from domain.schedule import Schedule
from integrations import sandbox
from integrations.sandbox.catalogues import Catalogues
from integrations.sandbox.clock import MovableClock
from integrations.sandbox.guard import EVERYWHERE, LOOPBACK
from integrations.sandbox.journal import TELEGRAM_AGENT
from integrations.sandbox.keeping import Keeper, Unreadable, WorldFolder, kept_now, restore_world
from integrations.sandbox.seed import first_monday, gather, live
from integrations.sandbox.server import create_app, serve, tell_time
from integrations.sandbox.telegram import TelegramSandbox
from integrations.sandbox.zones import Zones
from storage.lease import FileLease

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping

PAGE = Path(sandbox.__file__).parent / "page"
PORT = 8080
HORIZON = timedelta(weeks=4)

log = logging.getLogger(__name__)


class CannotServe(Exception):
    """The page cannot be served where it should be; the text says why, in one line."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says. Port None is the folder's last one; 0, or one that is taken, a free one."""

    folder: Path
    host: str = "127.0.0.1"
    port: int | None = None
    fresh: bool = False
    open_page: bool = True


async def demo(options: Options) -> int:
    """Serve the page until cancelled; the exit code. AlreadyRunning where the folder's demo runs already."""
    folder = WorldFolder(options.folder)
    lease = FileLease(options.folder / "demo")
    await lease.take()
    try:
        await _Demo.open(options, folder).run()
    finally:
        folder.close()
        await lease.give_back()
    return 0


@dataclass(frozen=True, slots=True)
class _Site:
    """What the folder remembers of the site, so that an open tab goes on after a restart."""

    key: str
    token: str
    port: int

    @classmethod
    def invent(cls) -> _Site:
        token = f"{secrets.randbelow(10**9) + 10**9}:{secrets.token_urlsafe(32)}"
        return cls(secrets.token_urlsafe(16), token, PORT)


class _Demo:
    """One world, its bot and its site."""

    def __init__(self, options: Options, folder: WorldFolder, kept: Mapping[str, Any]) -> None:
        self._options = options
        now = datetime.now(UTC)
        known = _Site(**kept["site"]) if kept else _Site.invent()
        port = _free(options.host, known.port if options.port is None else options.port)
        self._now = now
        self._key = known.key
        self._address = f"http://{_bracketed(_reachable(options.host))}:{port}"
        self._port = port
        logs.configure("WARNING", (known.token, known.key))
        self._clock = MovableClock(kept_now(kept, now) if kept else first_monday(now))
        self._catalogues = Catalogues(self._address, self._clock)
        self._telegram = TelegramSandbox(self._clock, token=known.token)
        self._seeded = asyncio.Event()
        if kept:
            restore_world(self._telegram, kept, folder)
            self._seeded.set()
        else:
            self._group = gather(self._telegram)
        notes = {"site": {"key": known.key, "token": known.token, "port": port}, "seeded": bool(kept)}
        self._keeper = Keeper(folder, self._telegram, self._clock, kept=dict(kept), notes=notes)
        values = {name.lower(): value for name, value in self._catalogues.settings().items()}
        self._settings = Settings.model_validate(
            {
                **values,
                "telegram_token": known.token,
                "telegram_base_url": self._address,
                "database_url": f"sqlite:///{_database(options.folder)}",
            }
        )
        self._app = App(self._settings, clock=self._clock)
        self._zones = Zones(self._telegram, self._zone)

    @classmethod
    def open(cls, options: Options, folder: WorldFolder) -> _Demo:
        """Go on with the folder's world, or begin a new one where there is none that can go on."""
        try:
            kept = folder.load()
        except Unreadable as error:
            print(f"The world in {options.folder} is {error}; a new one begins.", flush=True)  # noqa: T201
            kept = {}
        database = _database(options.folder)
        if options.fresh or not kept.get("seeded") or not database.exists():
            kept = {}
            folder.empty()
            for file in (database, *(database.with_name(database.name + end) for end in ("-wal", "-shm"))):
                file.unlink(missing_ok=True)
        return cls(options, folder, kept)

    async def run(self) -> None:
        """Serve until cancelled."""
        site = create_app(
            self._telegram,
            key=self._key,
            host=self._options.host,
            catalogues=self._catalogues,
            page=PAGE,
            advance=self._advance,
            moments={"next_post": self._to_next_post, "sunday_evening": self._sunday_evening},
            zones=self._zones.of,
            secrets=self._settings.secrets(),
            keep=self._keeper.keep,
            ready=self._seeded.wait,
        )
        self._clock.watchers.append(lambda: tell_time(site, self._clock.now()))
        server = await serve(site, self._options.host, self._port)
        async with httpx.AsyncClient(
            follow_redirects=True, trust_env=False, headers={"User-Agent": TELEGRAM_AGENT}
        ) as client:
            self._telegram.fetch_image = self._fetcher(client)
            bot = asyncio.ensure_future(self._app.run())
            following = asyncio.ensure_future(self._zones.follow())
            try:
                await self._open_page()
                await _unless_over(bot, self._live_until_now())
                await bot
            finally:
                for task in (following, bot):
                    task.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await task
                self._keeper.keep()
                await server.stop()

    async def _open_page(self) -> None:
        page = f"{self._address}/?key={self._key}"
        host = self._options.host
        if host not in LOOPBACK:
            print(  # noqa: T201
                f"Served on {host}: whoever reaches this machine and learns the address below, which travels"
                " unencrypted, can play every friend here.",
                flush=True,
            )
        print(page, flush=True)  # noqa: T201 - whoever opens no browser needs it
        if self._options.open_page:
            await asyncio.to_thread(webbrowser.open, page)

    async def _live_until_now(self) -> None:
        if not self._seeded.is_set():
            await live(self._telegram, self._group, self._clock, self._now)
            self._move_to(datetime.now(UTC))  # It took its time.
            self._keeper.keep()
            self._keeper.note("seeded", True)  # noqa: FBT003 - a value, not a switch
            self._seeded.set()

    # -- the clock

    async def _advance(self, seconds: float) -> None:
        """Move by way of every post that is due until then, so that none comes late."""
        moment = self._clock.now() + timedelta(seconds=seconds)
        posts = self._app.services().posts
        while (due := await posts.next_due()) is not None and due < moment:
            self._move_to(due)
            await self._app.posts.run_due()
        self._move_to(moment)

    async def _to_next_post(self) -> datetime | None:
        """Move to the next post that says something; None where there is none for weeks."""
        posts, before = self._app.services().posts, len(self._telegram.log)
        horizon = self._clock.now() + HORIZON
        while (due := await posts.next_due()) is not None and due < horizon:
            self._move_to(due)
            await self._app.posts.run_due()
            if any(call.method in {"sendMessage", "sendPhoto"} for call in self._telegram.log[before:]):
                return self._clock.now()
        return None

    async def _sunday_evening(self) -> datetime:
        """The next Sunday 20:00 where the group's club lives, in UTC."""
        groups = [chat for chat in self._telegram.world.chats.values() if chat.type != "private"]
        zone = ZoneInfo(self._zones.of(groups[-1].id))
        digest, now = Schedule().digest, self._clock.now()
        week = IsoWeek.at(now, zone)
        due = digest.due(week, zone)
        return due if due > now else digest.due(week.next(), zone)

    def _move_to(self, moment: datetime) -> None:
        self._clock.advance(max(0.0, (moment - self._clock.now()).total_seconds()))

    async def _zone(self, chat_id: int) -> str | None:
        zone = await self._app.services().clubs.zone(chat_id)
        return zone.key if zone is not None else None

    def _fetcher(self, client: httpx.AsyncClient) -> Callable[[str], Awaitable[bytes | None]]:
        """What Telegram does with a picture's address. All that the bot knows are ours, of whatever port."""

        async def fetch(url: str) -> bytes | None:
            parts = urlsplit(url)
            try:
                answer = await client.get(f"{self._address}{parts.path}?{parts.query}")
            except httpx.HTTPError:
                return None
            return answer.content if answer.status_code == httpx.codes.OK else None

        return fetch


async def _unless_over(bot: asyncio.Future[None], work: Coroutine[Any, Any, object]) -> None:
    """Wait for the work; if the bot ends before, raise what ended it."""
    task = asyncio.create_task(work)
    waited: set[asyncio.Future[Any]] = {bot, task}
    try:
        await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
    finally:
        if not task.done():
            task.cancel()
    if bot.done():
        await bot
    await task


def _database(folder: Path) -> Path:
    return folder / "demo.db"


def _reachable(host: str) -> str:
    """A host that this machine reaches itself by."""
    if host not in EVERYWHERE:
        return host
    return "::1" if ":" in host else "127.0.0.1"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _free(host: str, port: int) -> int:
    """The port, or a free one where it is taken. CannotServe for a host that is not this machine's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with contextlib.suppress(OSError), socket.create_server((host, port), family=family) as probe:
        return int(probe.getsockname()[1])
    try:
        with socket.create_server((host, 0), family=family) as probe:
            return int(probe.getsockname()[1])
    except OSError as error:
        raise CannotServe(f"The demo cannot be served on {host}: {error.strerror or error}") from None
