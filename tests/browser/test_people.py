"""Who one is, what one may do, and how one writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.browser.room import box, newest, picture, replying

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page

    from tests.browser.conftest import Chromium
    from tests.browser.room import Room

pytestmark = [pytest.mark.proof, pytest.mark.asyncio(loop_scope="session")]


async def publish_menus(room: Room) -> None:
    everyone = [
        {"command": "week", "description": "This week"},
        {"command": "me", "description": "My scores"},
    ]
    admins = [*everyone, {"command": "reveal", "description": "Show the scores"}]
    await room.call("setMyCommands", commands=everyone, scope={"type": "all_group_chats"})
    await room.call("setMyCommands", commands=admins, scope={"type": "all_chat_administrators"})
    german = [{"command": "woche", "description": "Diese Woche"}]
    await room.call("setMyCommands", commands=german, scope={"type": "all_private_chats"}, language_code="de")
    await room.call("setMyCommands", commands=everyone[:1], scope={"type": "all_private_chats"})


def offered(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Commands").get_by_role("option")


def tools(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Film club")


async def test_a_slash_suggests_what_the_bot_offers_this_person_here(chromium: Chromium, room: Room) -> None:
    await publish_menus(room)
    chris = room.telegram.create_person("Chris", language_code="de")
    page = await chromium.open(room.address)
    await box(page).press_sequentially("/")
    await expect(offered(page)).to_have_text(["/weekThis week", "/meMy scores", "/revealShow the scores"])
    await box(page).press_sequentially("re")
    await expect(offered(page)).to_have_text(["/revealShow the scores"])
    await box(page).press("Tab")
    await expect(box(page)).to_have_value("/reveal ")
    await expect(offered(page)).to_have_count(0)

    # Ben is no admin, and finds his own draft.
    await page.get_by_role("radio", name="Ben").check()
    await expect(box(page)).to_have_value("")
    await page.get_by_role("button", name="Commands").click()
    await expect(offered(page)).to_have_count(2)
    await box(page).press("ArrowDown")
    await expect(offered(page).last).to_have_attribute("aria-selected", "true")
    await box(page).press("Enter")
    await expect(newest(page)).to_contain_text("/me")
    await page.get_by_role("radio", name="Ana").check()
    await expect(box(page)).to_have_value("/reveal ")
    await page.reload()
    await expect(box(page)).to_have_value("/reveal ")

    chris.start_bot()
    await page.get_by_role("navigation").get_by_role("button", name="Chris").click()
    await box(page).fill("/")
    await expect(offered(page)).to_have_text(["/wocheDiese Woche"])


async def test_lines_emoji_and_files_are_written(chromium: Chromium, room: Room) -> None:
    page = await chromium.open(room.address)
    await box(page).press_sequentially("one")
    await box(page).press("Shift+Enter")
    await box(page).press_sequentially("two 🎬")
    await box(page).press("Enter")
    await expect(newest(page).locator(".words")).to_contain_text("one\ntwo 🎬")

    files = page.get_by_label("File", exact=True)
    await files.set_input_files({"name": "past.csv", "mimeType": "text/csv", "buffer": b"Heat;5\n"})
    await expect(page.get_by_text("past.csv")).to_be_visible()
    await page.get_by_role("button", name="Don’t attach").click()
    await expect(page.get_by_text("past.csv")).to_be_hidden()
    await files.set_input_files({"name": "past.csv", "mimeType": "text/csv", "buffer": b"Heat;5\n"})
    await box(page).fill("Our past weeks")
    await box(page).press("Enter")
    await expect(newest(page).get_by_role("link", name="past.csv")).to_be_visible()
    await expect(newest(page)).to_contain_text("Our past weeks")
    await files.set_input_files({"name": "us.png", "mimeType": "image/png", "buffer": picture(1)})
    await page.get_by_role("button", name="Send").click()
    await expect(newest(page).get_by_role("img", name="Picture")).to_be_visible()
    assert room.telegram.messages(room.group)[-1].photo is not None


async def test_digits_change_who_one_is_unless_one_writes(chromium: Chromium, room: Room) -> None:
    page = await chromium.open(room.address)
    await expect(page.get_by_role("radio", name="Ana")).to_be_checked()
    await page.keyboard.press("2")
    await expect(page.get_by_role("radio", name="Ben")).to_be_checked()
    await box(page).press_sequentially("1")
    await expect(page.get_by_role("radio", name="Ben")).to_be_checked()
    await expect(box(page)).to_have_value("1")
    await page.keyboard.press("Alt+1")
    await expect(page.get_by_role("radio", name="Ana")).to_be_checked()


async def test_admins_promote_remove_the_bot_and_write_as_the_group(chromium: Chromium, room: Room) -> None:
    page = await chromium.open(room.address)
    await page.get_by_role("button", name="Admin tools").click()
    await tools(page).get_by_role("button", name="Promote Ben").click()
    await expect(tools(page).get_by_role("button", name="Demote Ben")).to_be_focused()
    await tools(page).get_by_role("button", name="Demote Ben").click()
    await expect(tools(page).get_by_role("button", name="Promote Ben")).to_be_visible()
    await tools(page).get_by_role("button", name="Ben leaves").click()
    await tools(page).get_by_role("button", name="Ben joins").click()
    await expect(tools(page).get_by_role("button", name="Ben leaves")).to_be_visible()

    await tools(page).get_by_role("button", name="Remove the bot").click()
    await expect(page.get_by_text("2 friends, without the bot")).to_be_visible()
    await tools(page).get_by_role("button", name="Add the bot back").click()
    await expect(page.get_by_text("2 friends and the bot")).to_be_visible()

    await expect(tools(page).get_by_label("Write as “Film club”")).to_be_disabled()
    await tools(page).get_by_role("button", name="Turn it into a supergroup").click()
    await tools(page).get_by_label("Write as “Film club”").check()
    await tools(page).get_by_role("button", name="Close").click()
    await expect(box(page)).to_have_attribute("placeholder", "Write as Film club …")
    await box(page).fill("Nobody knows who says this")
    await box(page).press("Enter")
    await expect(newest(page)).to_contain_text("Film club")
    assert room.telegram.messages(room.telegram.world.chats[await open_chat(page)])[-1].sender == "Film club"

    # The old group is gone from the list, and Ben may not do what an admin does.
    await expect(page.get_by_role("navigation").get_by_role("button", name="Film club")).to_have_count(1)
    await page.get_by_role("radio", name="Ben").check()
    await page.get_by_role("button", name="Admin tools").click()
    await expect(tools(page)).to_contain_text("no admin here")


async def open_chat(page: Page) -> int:
    return int(await page.evaluate("new URLSearchParams(location.hash.slice(1)).get('chat')"))


async def test_who_blocks_the_bot_must_start_it_again(chromium: Chromium, room: Room) -> None:
    room.ana.start_bot()
    page = await chromium.open(room.address)
    await page.get_by_role("navigation").get_by_role("button", name="Wrong Opinions").last.click()
    await page.get_by_role("button", name="Admin tools").click()
    await page.get_by_role("button", name="Block the bot", exact=True).click()
    await expect(page.get_by_role("button", name="Unblock the bot")).to_be_visible()
    await page.get_by_role("dialog").get_by_role("button", name="Close").click()
    answer = await room.telegram.call(
        room.telegram.token, "sendMessage", {"chat_id": room.ana.id, "text": "?"}
    )
    assert answer.status == 403
    await expect(box(page)).to_be_disabled()
    await page.get_by_role("button", name="Start", exact=True).click()
    await expect(box(page)).to_be_enabled()


async def test_a_refusal_gives_back_what_was_written(chromium: Chromium, room: Room) -> None:
    page = await chromium.open(room.address)
    asked = await room.send("What did you think?")
    await page.get_by_role("button", name="Reply to Wrong Opinions").last.click()
    await expect(replying(page)).to_be_visible()
    room.ana.leave(room.group)
    await expect(box(page)).to_have_attribute("placeholder", "Ana is not in this group")
    room.ana.join(room.group)
    await box(page).fill("Not much")
    # The bot takes its question back in the moment the answer leaves.
    room.telegram.world.chats[room.group.id].messages[asked].deleted = True
    await box(page).press("Enter")
    await expect(page.locator(".toast.bad")).to_be_visible()
    await expect(box(page)).to_have_value("Not much")
    chromium.forgive("answered 400")
