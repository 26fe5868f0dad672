"""The real bot in the sandbox, with a page to play several friends: the composition root of the demo."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import socket
import tempfile
import webbrowser
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
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
from integrations.sandbox.journal import TELEGRAM_AGENT
from integrations.sandbox.seed import first_monday, seed
from integrations.sandbox.server import create_app, serve
from integrations.sandbox.telegram import TelegramSandbox

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

PAGE = Path(sandbox.__file__).parent / "page"
HOST = "127.0.0.1"
HORIZON = timedelta(weeks=4)

log = logging.getLogger(__name__)


async def demo(*, port: int, open_page: bool) -> int:
    """Serve the page until cancelled; the exit code. Port 0, or one that is taken, stands for a free one."""
    now = datetime.now(UTC)
    clock = MovableClock(first_monday(now))
    port = _free(port)
    address = f"http://{HOST}:{port}"
    token = f"{secrets.randbelow(10**9) + 10**9}:{secrets.token_urlsafe(32)}"
    key = secrets.token_urlsafe(16)
    logs.configure("WARNING", (token, key))
    catalogues = Catalogues(address, clock)
    telegram = TelegramSandbox(clock, token=token)

    with tempfile.TemporaryDirectory(prefix="wrong-opinions-") as folder:
        values = {name.lower(): value for name, value in catalogues.settings().items()}
        settings = Settings.model_validate(
            {
                **values,
                "telegram_token": token,
                "telegram_base_url": address,
                "database_url": f"sqlite:///{folder}/demo.db",
            }
        )
        app = App(settings, clock=clock)

        async def advance(seconds: float) -> None:
            await _pass(clock, app, clock.now() + timedelta(seconds=seconds))

        async def next_post() -> datetime | None:
            return await _to_next_post(clock, app, telegram)

        async def sunday_evening() -> datetime | None:
            return _sunday_evening(clock.now())

        site = create_app(
            telegram,
            key=key,
            catalogues=catalogues,
            page=PAGE,
            advance=advance,
            moments={"next_post": next_post, "sunday_evening": sunday_evening},
            secrets=settings.secrets(),
        )
        server = await serve(site, HOST, port)
        async with httpx.AsyncClient(
            follow_redirects=True, trust_env=False, headers={"User-Agent": TELEGRAM_AGENT}
        ) as client:
            telegram.fetch_image = _fetcher(client)
            bot = asyncio.ensure_future(app.run())
            try:
                await _unless_over(bot, seed(telegram, clock, now))
                print(f"{address}/?key={key}", flush=True)  # noqa: T201 - whoever opens no browser needs it
                if open_page:
                    await asyncio.to_thread(webbrowser.open, f"{address}/?key={key}")
                await bot
            finally:
                bot.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await bot
                await server.stop()
    return 0


async def _pass(clock: MovableClock, app: App, moment: datetime) -> None:
    """Move to a moment by way of every post that is due until then, so that none comes late."""
    posts = app.services().posts
    while (due := await posts.next_due()) is not None and due < moment:
        clock.advance(max(0.0, (due - clock.now()).total_seconds()))
        await app.posts.run_due()
    clock.advance(max(0.0, (moment - clock.now()).total_seconds()))


async def _to_next_post(clock: MovableClock, app: App, telegram: TelegramSandbox) -> datetime | None:
    """Move to the next post that says something; None where there is none for weeks."""
    posts, before, horizon = app.services().posts, len(telegram.log), clock.now() + HORIZON
    while (due := await posts.next_due()) is not None and due < horizon:
        clock.advance(max(0.0, (due - clock.now()).total_seconds()))
        await app.posts.run_due()
        if any(call.method in {"sendMessage", "sendPhoto"} for call in telegram.log[before:]):
            return clock.now()
    return None


def _sunday_evening(now: datetime) -> datetime:
    """The next Sunday 20:00 where the demo's club lives, in UTC."""
    digest, zone = Schedule().digest, ZoneInfo("UTC")
    week = IsoWeek.at(now, zone)
    due = digest.due(week, zone)
    return due if due > now else digest.due(week.next(), zone)


async def _unless_over(bot: asyncio.Future[None], work: Coroutine[Any, Any, object]) -> None:
    """Wait for the work; if the bot ends before, raise what ended it."""
    task = asyncio.create_task(work)
    waited: set[asyncio.Future[Any]] = {bot, task}
    await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
    if not task.done():
        task.cancel()
        await bot
    await task


def _fetcher(client: httpx.AsyncClient) -> Callable[[str], Awaitable[bytes | None]]:
    """What Telegram does with a picture's address."""

    async def fetch(url: str) -> bytes | None:
        try:
            answer = await client.get(url)
        except httpx.HTTPError:
            return None
        return answer.content if answer.status_code == httpx.codes.OK else None

    return fetch


def _free(port: int) -> int:
    """The port, or a free one where it is taken."""
    for wanted in (port, 0):
        with contextlib.suppress(OSError), socket.create_server((HOST, wanted)) as probe:
            return int(probe.getsockname()[1])
    raise OSError("no port is free on the loopback interface")
