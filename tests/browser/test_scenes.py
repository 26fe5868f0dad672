"""Behind the scenes: every call of the bot, and trouble on order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page

    from tests.browser.conftest import Chromium
    from tests.browser.room import Room

pytestmark = [pytest.mark.proof, pytest.mark.asyncio(loop_scope="session")]


async def behind(page: Page) -> Locator:
    """The panel, open."""
    await page.get_by_role("button", name="Behind the scenes").click()
    return page.get_by_role("complementary", name="Behind the scenes")


async def test_every_call_is_shown_with_what_was_asked_and_answered(chromium: Chromium, room: Room) -> None:
    await room.send("Before anybody looked")
    page = await chromium.open(room.address)
    panel = await behind(page)
    calls = panel.get_by_role("list", name="Calls, newest first").get_by_role("listitem")
    await expect(calls).to_have_count(1)
    await room.call("sendChatAction", chat_id=room.group.id, action="typing")
    await room.send("While one looks")
    await expect(calls).to_have_count(3)
    await expect(calls.first).to_contain_text("sendMessage")
    await expect(calls.first).to_contain_text("Film club · minute 2/20")
    await calls.first.locator("summary").click()
    await expect(calls.first).to_contain_text('"text": "While one looks"')
    await expect(calls.first).to_contain_text('"message_id"')
    await expect(panel).not_to_contain_text(room.telegram.token.partition(":")[2])

    await panel.get_by_label("Filter").fill("sendmessage film")
    await expect(calls).to_have_count(2)
    await panel.get_by_label("Filter").fill("nothing like it")
    await expect(panel.get_by_text("No call fits.")).to_be_visible()


async def test_trouble_is_ordered_strikes_and_is_cancelled(chromium: Chromium, room: Room) -> None:
    page = await chromium.open(room.address)
    panel = await behind(page)
    ordered = panel.get_by_role("list", name="Ordered").get_by_role("listitem")
    await panel.get_by_label("What goes wrong").select_option("telegram-429")
    await panel.get_by_label("How often").fill("2")
    await panel.get_by_role("button", name="Order").click()
    await expect(ordered).to_contain_text("2 left")

    message = {"chat_id": room.group.id, "text": "Hello"}
    assert (await room.telegram.call(room.telegram.token, "sendMessage", message)).status == 429
    await expect(ordered).to_contain_text("1 left")
    call = panel.locator(".call").first
    await expect(call).to_contain_text("429")
    await expect(call).to_contain_text("⚡ telegram-429")

    await ordered.get_by_role("button", name="Cancel").click()
    await expect(ordered).to_have_count(0)
    await room.send("Through")
    await expect(call).to_contain_text("200")
    await page.keyboard.press("Escape")
    await expect(panel).to_be_hidden()
    await expect(page.get_by_role("button", name="Behind the scenes")).to_be_focused()
