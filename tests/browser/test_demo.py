"""`demo`, as a person meets it: four friends in a browser, the real bot behind them.

The stories share one demo, in any order: each finds its own movie or album, and leaves its week to the next.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import time
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from playwright.async_api import expect

from tests.browser.demo import (
    ROOT,
    move_clock,
    newest,
    play,
    press,
    say,
    settled,
    starting_demo,
    toast,
    week_card,
)

if TYPE_CHECKING:
    from playwright.async_api import Page

    from tests.browser.conftest import Chromium
    from tests.browser.demo import Demo

pytestmark = [pytest.mark.proof, pytest.mark.asyncio(loop_scope="session")]


async def keep_screenshot(page: Page, name: str) -> None:
    """Into `docs/screenshots` with KEEP_SCREENSHOTS=1, otherwise into a folder that git ignores."""
    kept = os.environ.get("KEEP_SCREENSHOTS") == "1"
    folder = ROOT / "docs" / "screenshots" if kept else ROOT / "test-results"
    folder.mkdir(parents=True, exist_ok=True)
    with Image.open(BytesIO(await page.screenshot())) as picture:
        full = picture.convert("RGB")
        # Half of the colours are those of plain grounds, which must not become grainy.
        plain = sorted(full.getcolors(full.width * full.height) or [], reverse=True)[:128]
        few = Image.new("P", (1, 1))
        rest = full.quantize(128, Image.Quantize.MAXCOVERAGE).getpalette() or []
        few.putpalette([*(level for _, colour in plain for level in colour), *rest])  # type: ignore[attr-defined]
        full.quantize(palette=few).save(folder / f"{name}.png", optimize=True)


async def test_two_friends_in_two_windows_learn_who_was_wrong(chromium: Chromium, address: str) -> None:
    ana, ben = await chromium.open(address), await chromium.open(address, dark=True)
    await play(ana, "Ana")
    await play(ben, "Ben")
    # Monday evening of a week that nobody has touched, whatever day it is.
    await move_clock(ana, "Sunday 20:00")
    await move_clock(ana, "+1 day")

    await say(ana, "/movie parasite 2019")
    await expect(newest(ana)).to_contain_text("parasite 2019")
    await press(ana, "Parasite (2019)")
    await expect(newest(ana)).to_contain_text("Bong Joon")
    picture = newest(ana).get_by_role("img", name="Picture: 🎬 Parasite (2019)")
    await expect(picture).to_have_js_property("complete", value=True)
    await expect(picture).not_to_have_js_property("naturalWidth", 0)
    await press(ana, "Pick", exact=False)

    # Blind: nobody learns what the others gave until the last one has scored.
    await expect(newest(ben)).to_contain_text("0/4 scored")
    await press(ben, "2")
    await expect(toast(ben)).to_have_text("Recorded: 2")
    await expect(toast(ana)).to_have_count(0)
    await expect(newest(ana)).to_contain_text("1/4 scored")
    await press(ana, "4½")
    await play(ana, "Chiara")
    await press(ana, "5")
    await expect(newest(ben)).to_contain_text("3/4 scored")
    await expect(newest(ben)).not_to_contain_text("Ana 4½")
    await press(ana, "My score")
    alert = ana.get_by_role("dialog")
    await expect(alert).to_contain_text("Parasite: 5")
    await alert.get_by_role("button", name="OK").click()
    await play(ana, "Deniz")
    await press(ana, "3½")
    for seen in ("4/4 scored", "Ana 4½", "Ben 2", "Chiara 5", "Deniz 3½"):
        await expect(newest(ben)).to_contain_text(seen)

    await press(ben, "1½")
    await expect(newest(ana)).to_contain_text("Ben 1½")
    await expect(newest(ana)).to_contain_text("edited")
    await newest(ben).hover()
    await ben.get_by_role("button", name="Reply to Wrong Opinions").last.click()
    await say(ben, "Everybody in it needed a better plan.")
    await expect(ana.get_by_role("list", name="Reactions").last).to_contain_text("1")
    # The group's minute of messages is nearly spent: the card's next change waits for the clock.
    await move_clock(ana, "+1 hour")
    await expect(week_card(ana)).to_contain_text("“Everybody in it needed a better plan.”")
    await play(ana, "Ana")
    await settled(ana)
    await keep_screenshot(ana, "group")

    await ana.keyboard.press("Escape")
    await ana.get_by_role("button", name="Behind the scenes").click()
    scenes = ana.get_by_role("complementary", name="Behind the scenes")
    await scenes.get_by_label("What goes wrong").select_option("tmdb-down")
    await scenes.get_by_role("button", name="Order").click()
    await expect(scenes.get_by_role("list", name="Ordered")).to_contain_text("until cancelled")
    await say(ben, "/movie the godfather")
    await expect(scenes.locator(".call.bad").first).to_contain_text("tmdb-down")
    await expect(newest(ben)).to_contain_text("TMDB")
    await scenes.locator(".call.bad").first.locator("summary").click()
    await settled(ana)
    await keep_screenshot(ana, "behind-the-scenes")
    await scenes.get_by_role("button", name="Cancel: ").click()
    await expect(scenes.get_by_role("list", name="Ordered").get_by_role("listitem")).to_have_count(0)
    await scenes.get_by_role("button", name="Close").click()

    await move_clock(ana, "Sunday 20:00")
    for page in (ana, ben):
        await expect(newest(page)).to_contain_text("★ 3.6 · 1½–5 · 4/4 scored")
        await expect(newest(page).get_by_role("img").first).to_be_visible()
    await settled(ben)
    await keep_screenshot(ben, "digest")


async def test_an_album_is_found_on_a_phone_at_night(chromium: Chromium, address: str) -> None:
    page = await chromium.open(address, phone=True, dark=True)
    await move_clock(page, "+1 hour")
    await page.get_by_role("button", name="Film & Vinyl").click()

    await play(page, "Chiara")
    await say(page, "/album")
    await expect(page.get_by_text("Reply to Wrong Opinions", exact=True)).to_be_visible()
    await say(page, "a love supreme")
    await press(page, "John Coltrane – A Love Supreme (1965)")
    await expect(newest(page).get_by_role("button", name="Pick")).to_be_visible()
    await settled(page)
    await keep_screenshot(page, "phone")

    await page.get_by_role("button", name="Back to the chats").click()
    await expect(page.get_by_role("navigation", name="Chats")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_the_first_message_is_there_within_seconds(chromium: Chromium) -> None:
    began = time.monotonic()
    reading = await asyncio.create_subprocess_exec(sys.executable, "-c", "import bot.demo", cwd=ROOT)
    assert await reading.wait() == 0
    measure = time.monotonic() - began

    began = time.monotonic()
    async with starting_demo() as demo:
        page = await chromium.open(demo.address)
        await expect(newest(page)).to_be_visible()
        took = time.monotonic() - began
        await expect(page.get_by_text("Three weeks go by first …")).to_be_visible()
        await page.close()
    # An idle machine needs half of the five seconds; a busy one is measured by how long it reads the code.
    assert took < max(5.0, 5 * measure)


async def test_a_demo_that_is_started_again_goes_on_where_it_was(chromium: Chromium, demo: Demo) -> None:
    page = await chromium.open(demo.address)
    await play(page, "Ben")
    await page.get_by_role("textbox", name="Message").fill("/week")
    there = await newest(page).inner_text()
    await demo.stop()
    await expect(page.get_by_text("Reconnecting …")).to_be_visible()
    await demo.start()
    await expect(page.get_by_text("Reconnecting …")).to_be_hidden()
    await expect(newest(page)).to_have_text(there, use_inner_text=True)
    await expect(page.get_by_role("radio", name="Ben")).to_be_checked()

    await page.get_by_role("textbox", name="Message").press("Enter")
    await expect(newest(page)).to_contain_text(re.compile(r"Week \d+ ·"))
    chromium.forgive("net::ERR")


async def test_the_clock_goes_from_post_to_post(chromium: Chromium, address: str) -> None:
    page = await chromium.open(address)
    clock = page.get_by_role("region", name="The club’s clock")
    posts = page.get_by_role("region", name="Messages").locator("article")
    await expect(posts.last).to_be_visible()
    # Whatever was picked and whatever the day is: something always comes next, at the hour of its kind.
    for _ in range(3):
        there = await posts.count()
        await move_clock(page, "Next post")
        await expect(posts).to_have_count(there + 1)
        said = await newest(page).inner_text()
        is_digest = await newest(page).get_by_role("img").count() > 0
        hour = "09:00" if re.search(r"Week \d+ begins", said) else "20:00" if is_digest else "18:00"
        await expect(clock).to_contain_text(hour)
