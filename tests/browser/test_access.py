"""The page for everybody: axe-core's rules, the keyboard alone, a long chat."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect

from tests.browser.room import box, buttons, newest, replying

if TYPE_CHECKING:
    from playwright.async_api import Page

    from tests.browser.conftest import Chromium
    from tests.browser.room import Room

pytestmark = [pytest.mark.proof, pytest.mark.asyncio(loop_scope="session")]

LONG = 2000
QUICK = 1500
"""Milliseconds in which a busy machine draws it four times; an idle one needs a tenth."""


async def fill(room: Room) -> None:
    """Some of everything that can stand in a chat."""
    room.become_supergroup()
    room.ana.promote(room.group)
    room.group.is_forum = True
    room.ana.open_topic(room.group, "Albums")
    rules = await room.send(
        "<b>Rules</b> <i>of</i> <u>the</u> <s>club</s>: <code>/week</code> "
        "<tg-spoiler>all wrong</tg-spoiler>\n"
        '<pre><code class="language-python">x = 1</code></pre><a href="https://example.org">more</a>\n'
        "<blockquote expandable>" + "line\n" * 8 + "</blockquote>",
        reply_markup={
            "inline_keyboard": [
                [{"text": style, "callback_data": style, "style": style} for style in ("success", "danger")],
                [
                    {"text": "First", "callback_data": "a", "style": "primary"},
                    {"text": "B", "callback_data": "b"},
                ],
                [{"text": "Elsewhere", "url": "https://example.org"}],
            ]
        },
    )
    await room.call("pinChatMessage", chat_id=room.group.id, message_id=rules)
    room.clock.advance(60)
    await room.send_poll("Which?", "Heat", "Alien")
    await room.send_file("scores.csv", b"1,2")
    await room.send_album("Two", "")
    mine = room.ana.write(room.group, "Mine @ben /week", reply_to=rules)
    room.ben.react(mine, "🔥")
    room.ana.react(mine, "👍")
    room.ben.write(room.group, "Ben’s words")


async def violations(page: Page) -> list[dict[str, Any]]:
    """What axe-core finds."""
    await page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    found = await page.evaluate("axe.run()")
    return [
        {
            "rule": each["id"],
            "where": [node["html"][:200] for node in each["nodes"]],
            "why": each["nodes"][0]["any"],
        }
        for each in found["violations"]
    ]


@pytest.mark.parametrize("kind", ["light", "dark", "phone"])
async def test_axe_finds_nothing(chromium: Chromium, room: Room, kind: str) -> None:
    await fill(room)
    page = await chromium.open(room.address, phone=kind == "phone", dark=kind == "dark")
    if kind == "phone":
        await expect(page.get_by_role("navigation")).to_contain_text("Film club")
        assert await violations(page) == []
        await page.get_by_role("button", name="Film club").click()
    await expect(newest(page)).to_contain_text("Ben’s words")
    assert await violations(page) == []

    await box(page).fill("/")
    await newest(page).locator(".words").click()
    await page.get_by_role("button", name="React to Ben").last.click()
    await page.get_by_role("button", name="Behind the scenes").click()
    await expect(page.locator(".call")).not_to_have_count(0)
    await page.locator(".call summary").first.click()
    assert await violations(page) == []
    await page.get_by_role("complementary").get_by_role("button", name="Close").click()
    await page.get_by_role("button", name="Admin tools").click()
    assert await violations(page) == []


async def test_everything_is_reached_by_keyboard(chromium: Chromium, room: Room) -> None:
    page = await chromium.open(room.address)
    sent = await room.send("How was it?", reply_markup=buttons("Good", "Bad"))
    room.ben.write(room.group, "Fine")
    await expect(newest(page)).to_contain_text("Fine")

    async def tab_to(name: str) -> None:
        for _ in range(40):
            await page.keyboard.press("Tab")
            if name in await page.evaluate(
                "document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText"
            ):
                return
        pytest.fail(f"Tab does not lead to {name}")

    # From the box up to the messages, and into their buttons.
    await tab_to("Attach a file")
    await page.keyboard.press("Shift+Tab")
    await expect(box(page)).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await expect(newest(page)).to_be_focused()
    await page.keyboard.press("ArrowUp")
    question = page.locator(f"[data-id='{sent}'] article")
    await expect(question).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(question.get_by_role("button", name="Good")).to_be_focused()
    await page.keyboard.press("Enter")
    await room.call("answerCallbackQuery", callback_query_id=await room.pressed(), text="Noted")
    await expect(page.get_by_role("status").get_by_text("Noted")).to_be_visible()

    await page.keyboard.press("r")
    await expect(replying(page)).to_be_visible()
    await expect(box(page)).to_be_focused()
    await page.keyboard.type("Because")
    await page.keyboard.press("Enter")
    await expect(newest(page)).to_contain_text("Because")
    assert room.telegram.messages(room.group)[-1].reply_to == sent

    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("e")
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Enter")
    await expect(newest(page).get_by_role("list", name="Reactions")).to_contain_text("❤")
    await page.keyboard.press("Escape")
    await expect(box(page)).to_be_focused()
    await tab_to("Send")
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("2")
    await expect(page.get_by_role("radio", name="Ben")).to_be_checked()
    await page.keyboard.press("b")
    await expect(page.get_by_role("complementary", name="Behind the scenes")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Behind the scenes")).to_be_focused()


async def test_new_messages_are_told_to_screen_readers(chromium: Chromium, room: Room) -> None:
    page = await chromium.open(room.address)
    await expect(page.get_by_text("2 friends and the bot")).to_be_visible()
    await room.send("It is <tg-spoiler>bad</tg-spoiler>")
    await expect(page.locator("[aria-live=polite]", has_text="Wrong Opinions: It is ▒▒▒")).to_have_count(1)


async def test_who_wants_no_motion_gets_none(chromium: Chromium, room: Room) -> None:
    page = await chromium.open(room.address)
    await room.send("Wait for it", reply_markup=buttons("Press"))
    await newest(page).get_by_role("button", name="Press").click()
    waits = newest(page).get_by_role("button", name="Press")
    await expect(waits).to_have_attribute("aria-busy", "true")
    moves = "key => getComputedStyle(key, '::after').animationIterationCount"
    assert await waits.evaluate(moves) == "1"
    await page.emulate_media(reduced_motion="no-preference")
    assert await waits.evaluate(moves) == "infinite"
    await room.call("answerCallbackQuery", callback_query_id=await room.pressed())


async def test_a_long_chat_opens_at_once_and_is_read_back_to_its_start(
    chromium: Chromium, room: Room
) -> None:
    for number in range(LONG):
        room.ben.write(room.group, f"line {number}")
    page = await chromium.open(room.address)
    await expect(newest(page)).to_contain_text(f"line {LONG - 1}")
    took = await page.evaluate(
        """async () => {
          const begin = performance.now();
          for (const number of [1, 0, 1, 0]) {
            document.querySelectorAll("[name=person]")[number].click();
            await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
          }
          return performance.now() - begin;
        }"""
    )
    assert took < QUICK
    for number in range(5):
        room.ben.write(room.group, f"more {number}")
    await expect(newest(page)).to_contain_text("more 4")
    first = page.get_by_text("Ana added Wrong Opinions").and_(page.locator(".service span"))
    for _ in range(LONG):
        if await first.count():
            break
        await page.locator("#scroll").evaluate("scroll => { scroll.scrollTop = 0; }")
        await page.evaluate("new Promise(requestAnimationFrame)")
    await expect(first).to_be_visible()
