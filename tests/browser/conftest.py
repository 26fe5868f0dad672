"""A headless Chromium that reports what a page must not do."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import async_playwright, expect

from tests.browser.demo import Demo, starting_demo
from tests.browser.room import Room

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, ConsoleMessage, Page, Request, Response

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 20_000
"""Milliseconds a busy machine gets until what is expected must be seen."""


@dataclass
class Chromium:
    """Opens pages, and remembers their errors, failed requests and requests to anywhere but 127.0.0.1."""

    browser: Browser
    troubles: list[str] = field(default_factory=list)

    async def open(self, address: str, *, phone: bool = False, dark: bool = False, zone: str = "UTC") -> Page:
        """A page of a window of its own, with its own cookies."""
        context = await self.browser.new_context(
            viewport={"width": 390, "height": 844} if phone else {"width": 1360, "height": 860},
            color_scheme="dark" if dark else "light",
            has_touch=phone,
            locale="en-GB",
            timezone_id=zone,
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        page = await context.new_page()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        page.on("request", self._request)
        page.on("requestfailed", self._failed)
        page.on("response", self._response)
        await page.goto(address)
        return page

    def forgive(self, trouble: str) -> None:
        """Forget what the test itself provoked, and the line about it in the console."""
        self.troubles = [
            each for each in self.troubles if trouble not in each and "Failed to load resource" not in each
        ]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.troubles.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        if urlsplit(request.url).hostname != "127.0.0.1":
            self.troubles.append(f"outside: {request.url}")

    def _failed(self, request: Request) -> None:
        # A page that is reloaded or closed ends its stream of events, and an icon that is yet to come.
        left = request.url.endswith("/icon.svg") and request.failure == "net::ERR_ABORTED"
        if "/api/events" not in request.url and not left:
            self.troubles.append(f"failed: {request.url} {request.failure}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.troubles.append(f"answered {response.status}: {response.url}")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One for all tests; each gets windows of its own."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("needs Chromium, and none is on the PATH")
    expect.set_options(timeout=PATIENCE)
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield opened
        await opened.close()


@pytest_asyncio.fixture(loop_scope="session")
async def chromium(browser: Browser) -> AsyncIterator[Chromium]:
    opened = Chromium(browser)
    yield opened
    for context in browser.contexts:
        await context.close()
    assert opened.troubles == []


@pytest_asyncio.fixture(loop_scope="session")
async def room() -> AsyncIterator[Room]:
    opened = await Room.open()
    yield opened
    await opened.server.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def demo(browser: Browser) -> AsyncIterator[Demo]:
    """A demo that the stories share; none is started where there is no browser."""
    del browser
    async with starting_demo() as started:
        await started.live_until_now()
        yield started


@pytest.fixture
def address(demo: Demo) -> str:
    return demo.address
