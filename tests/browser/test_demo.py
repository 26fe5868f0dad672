"""`demo`, as a person meets it: four friends in a browser, the real bot behind them."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Locator, Page

    from tests.browser.conftest import Chromium

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90


@pytest.fixture
async def address(chromium: Chromium) -> AsyncIterator[str]:
    """Where a demo of its own prints that it is; nothing is started where there is no browser."""
    demo = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "demo",
        "--port",
        "0",
        "--no-browser",
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert demo.stdout is not None
    try:
        async with asyncio.timeout(START_SECONDS):
            line = (await demo.stdout.readline()).decode()
        found = re.search(r"http://127\.0\.0\.1:\d+/\S*", line)
        assert found, f"the demo printed {line!r}"
        yield found[0]
    finally:
        # A page that outlives its server complains.
        for window in chromium.browser.contexts:
            await window.close()
        if demo.returncode is None:
            demo.terminate()
        assert await demo.wait() == 0


def screenshot_folder() -> Path:
    """`docs/screenshots` with KEEP_SCREENSHOTS=1, otherwise a folder that git ignores."""
    folder = (
        ROOT / "docs" / "screenshots" if os.environ.get("KEEP_SCREENSHOTS") == "1" else ROOT / "test-results"
    )
    folder.mkdir(parents=True, exist_ok=True)
    return folder


async def play(page: Page, name: str) -> None:
    await page.get_by_role("radio", name=name).check()


async def say(page: Page, text: str) -> None:
    box = page.get_by_role("textbox", name="Message")
    await box.fill(text)
    await box.press("Enter")


def newest(page: Page) -> Locator:
    return page.get_by_role("region", name="Messages").locator("article").last


async def press(page: Page, button: str, *, exact: bool = True) -> None:
    await newest(page).get_by_role("button", name=button, exact=exact).click()


def toast(page: Page) -> Locator:
    return page.locator(".toast")


async def settled(page: Page) -> None:
    """Toasts are gone and pictures are there: nothing moves in a screenshot."""
    await expect(toast(page)).to_have_count(0)
    loaded = "[...document.images].every((image) => image.complete && image.naturalWidth > 0)"
    await page.wait_for_function(loaded)


async def test_four_friends_search_pick_and_score(chromium: Chromium, address: str) -> None:
    page = await chromium.open(address)
    await expect(page.get_by_role("heading", name="Film & Vinyl")).to_be_visible()

    await play(page, "Ana")
    await say(page, "/movie parasite 2019")
    await expect(newest(page)).to_contain_text("parasite 2019")
    await press(page, "Parasite (2019)")
    await expect(newest(page)).to_contain_text("Bong Joon")
    picture = newest(page).get_by_role("img", name="Picture: 🎬 Parasite (2019)")
    await expect(picture).to_have_js_property("complete", value=True)
    await expect(picture).not_to_have_js_property("naturalWidth", 0)
    await press(page, "Pick", exact=False)
    await expect(newest(page)).to_contain_text("picked by Ana")
    await expect(newest(page)).to_contain_text("0/4 scored")

    for count, (name, score) in enumerate([("Ben", "2"), ("Ana", "4½"), ("Chiara", "5")], start=1):
        await play(page, name)
        await press(page, score)
        await expect(toast(page)).to_have_text(f"Recorded: {score}")
        await expect(newest(page)).to_contain_text(f"{count}/4 scored")
    await expect(newest(page)).not_to_contain_text("Ben 2")
    await expect(newest(page)).to_contain_text("edited")

    await press(page, "My score")
    alert = page.get_by_role("dialog")
    await expect(alert).to_contain_text("Parasite: 5")
    await alert.get_by_role("button", name="OK").click()
    await expect(alert).to_be_hidden()

    await play(page, "Deniz")
    await press(page, "3½")
    for seen in ("4/4 scored", "Ana 4½", "Ben 2", "Chiara 5", "Deniz 3½"):
        await expect(newest(page)).to_contain_text(seen)
    await play(page, "Ben")
    await page.get_by_role("button", name="Reply to Wrong Opinions").last.click()
    await say(page, "Everybody in it needed a better plan.")
    await expect(page.get_by_role("list", name="Reactions").last).to_contain_text("1")
    # The group's minute of messages is nearly spent: the card's next change waits for the clock.
    await page.get_by_role("button", name="+1 hour").click()
    card = page.locator("article", has=page.get_by_role("button", name="My score")).last
    await expect(card).to_contain_text("“Everybody in it needed a better plan.”")

    await play(page, "Ana")
    await settled(page)
    await page.screenshot(path=screenshot_folder() / "demo-group.png")


async def test_an_album_is_found_on_a_phone_at_night(chromium: Chromium, address: str) -> None:
    page = await chromium.open(address, phone=True, dark=True)
    await page.get_by_role("button", name="Film & Vinyl").click()

    await play(page, "Chiara")
    await say(page, "/album")
    await expect(page.get_by_text("Reply to Wrong Opinions", exact=True)).to_be_visible()
    await say(page, "a love supreme")
    await press(page, "John Coltrane – A Love Supreme (1965)")
    await expect(newest(page).get_by_role("button", name="Pick")).to_be_visible()
    await settled(page)
    await page.screenshot(path=screenshot_folder() / "demo-phone.png")

    await page.get_by_role("button", name="Back to the chats").click()
    await expect(page.get_by_role("navigation", name="Chats")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_two_friends_in_two_windows_learn_on_sunday_who_was_wrong(
    chromium: Chromium, address: str
) -> None:
    ana, ben = await chromium.open(address), await chromium.open(address)
    await play(ana, "Ana")
    await play(ben, "Ben")
    await say(ana, "/movie parasite 2019")
    await expect(newest(ana)).to_contain_text("parasite 2019")
    await press(ana, "Parasite (2019)")
    await press(ana, "Pick", exact=False)
    await expect(newest(ben)).to_contain_text("0/4 scored")

    await press(ben, "1½")
    await expect(newest(ana)).to_contain_text("1/4 scored")
    await press(ana, "4½")
    await expect(newest(ben)).to_contain_text("2/4 scored")
    await expect(newest(ben)).not_to_contain_text("Ana 4½")

    await ana.get_by_role("button", name="Sunday 20:00").click()
    for page in (ana, ben):
        card = page.locator("article", has=page.get_by_role("button", name="My score")).last
        await expect(card).to_contain_text("Ana 4½")
        await expect(card).to_contain_text("Ben 1½")
        await expect(newest(page)).to_contain_text("★ 3 · 1½–4½ · 2/4 scored")
        await expect(newest(page).get_by_role("img")).to_be_visible()
    await settled(ana)
    await ana.screenshot(path=screenshot_folder() / "demo-digest.png")


async def test_the_clock_goes_from_post_to_post(chromium: Chromium, address: str) -> None:
    page = await chromium.open(address)
    clock = page.get_by_role("region", name="The bot’s clock")
    go = clock.get_by_role("button", name="Next post")
    posts = page.get_by_role("region", name="Messages").locator("article")
    await expect(posts.last).to_be_visible()
    # Nothing is picked in this week and the next: whatever the day, these two come in turn.
    for _ in range(3):
        there = await posts.count()
        await go.click()
        await expect(posts).to_have_count(there + 1)
        await expect(newest(page)).to_contain_text(re.compile(r"Week \d+ begins|This week has room"))
        await expect(go).to_be_enabled()
        said = await newest(page).inner_text()
        await expect(clock).to_contain_text("09:00" if "begins" in said else "18:00")
