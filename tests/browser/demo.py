"""`demo` as a process of its own, and what a person does on its page."""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
from playwright.async_api import expect

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Locator, Page

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90


@dataclass
class Demo:
    """A demo with a folder of its own, which it keeps when it is stopped and started again."""

    folder: str
    address: str = ""
    process: asyncio.subprocess.Process | None = None

    async def start(self, *options: str) -> None:
        """Start it; its history may still go by when it is there."""
        command = (sys.executable, "-m", "bot", "demo", "--no-browser", "--folder", self.folder, *options)
        self.process = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        assert self.process.stdout is not None
        async with asyncio.timeout(START_SECONDS):
            line = (await self.process.stdout.readline()).decode()
        found = re.search(r"http://127\.0\.0\.1:\d+/\S*", line)
        assert found, f"the demo printed {line!r}"
        self.address = found[0]

    async def stop(self) -> None:
        """End it as Ctrl-C does."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.terminate()
        assert await self.process.wait() == 0

    async def live_until_now(self) -> None:
        """Let its history pass: whatever people do waits until the friends have lived through their weeks."""
        site = urlsplit(self.address)
        async with httpx.AsyncClient(timeout=START_SECONDS) as http:
            clock = f"http://{site.netloc}/api/clock?{site.query}"
            assert (await http.post(clock, json={"seconds": 0})).is_success


@asynccontextmanager
async def starting_demo() -> AsyncIterator[Demo]:
    """One that has just been started on a free port."""
    with tempfile.TemporaryDirectory() as folder:
        demo = Demo(folder)
        try:
            await demo.start("--port", "0")
            yield demo
        finally:
            await demo.stop()


async def play(page: Page, name: str) -> None:
    await page.get_by_role("radio", name=name).check()


async def say(page: Page, text: str) -> None:
    box = page.get_by_role("textbox", name="Message")
    await box.fill(text)
    await box.press("Enter")


async def move_clock(page: Page, button: str) -> None:
    """Let time pass; narrow pages keep the buttons behind the clock's face."""
    wanted = page.locator("#clock-moves button", has_text=button)
    if not await wanted.is_visible():
        await page.locator("#clock-face").click()
    await wanted.click()
    await expect(wanted).to_have_attribute("aria-disabled", "false")


def newest(page: Page) -> Locator:
    return page.get_by_role("region", name="Messages").locator("article").last


def week_card(page: Page) -> Locator:
    return page.locator("article", has=page.get_by_role("button", name="My score")).last


async def press(page: Page, button: str, *, exact: bool = True) -> None:
    await newest(page).get_by_role("button", name=button, exact=exact).click()


def toast(page: Page) -> Locator:
    return page.locator(".toast")


async def settled(page: Page) -> None:
    """Toasts are gone, pictures are there, nothing is pointed at: nothing moves in a screenshot."""
    await page.mouse.move(0, 0)
    await page.evaluate("document.getElementById('toasts').replaceChildren()")
    loaded = "[...document.images].every((image) => image.complete && image.naturalWidth > 0)"
    await page.wait_for_function(loaded)
