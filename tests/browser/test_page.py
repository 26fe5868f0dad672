"""The page's own promises, with a bot that does exactly what a test says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.browser.demo import move_clock
from tests.browser.room import box, buttons, newest, replying

if TYPE_CHECKING:
    from tests.browser.conftest import Chromium
    from tests.browser.room import Room

pytestmark = [pytest.mark.proof, pytest.mark.asyncio(loop_scope="session")]


async def test_every_formatting_is_shown(chromium: Chromium, room: Room) -> None:
    page = await chromium.open(room.address)
    await room.send(
        "<b>bold <i>both</i></b> <u>under</u> <s>struck</s> <code>code</code> 🎬 <b>after</b>\n"
        '<tg-emoji emoji-id="5">👻</tg-emoji> '
        '<a href="https://example.org/a">a link</a> /week\n'
        '<pre><code class="language-python">x = 1</code></pre>\n'
        "<blockquote>quoted</blockquote>\nlast line"
    )
    message = newest(page)
    await expect(message.locator("strong", has_text="bold both").locator("em")).to_have_text("both")
    await expect(message.locator("strong").last).to_have_text("after")
    await expect(message.locator("u")).to_have_text("under")
    await expect(message.locator("s")).to_have_text("struck")
    await expect(message.locator("code").first).to_have_text("code")
    await expect(message.locator("pre")).to_have_text("x = 1")
    await expect(message.locator("pre")).to_have_attribute("data-language", "python")
    await expect(message.locator("blockquote")).to_have_text("quoted")
    await expect(message).to_contain_text("👻")
    link = message.get_by_role("link", name="a link")
    await expect(link).to_have_attribute("href", "https://example.org/a")
    await expect(link).to_have_attribute("rel", "noopener noreferrer")

    await message.get_by_role("button", name="/week").click()
    await expect(newest(page)).to_contain_text("/week")
    assert room.telegram.messages(room.group)[-1].sender == "Ana"


async def test_spoilers_open_when_pressed_and_long_quotes_unfold(chromium: Chromium, room: Room) -> None:
    page = await chromium.open(room.address)
    long = "\n".join(f"line {number}" for number in range(9))
    await room.send(f"It ends <tg-spoiler>badly</tg-spoiler>.\n<blockquote expandable>{long}</blockquote>")
    cover = newest(page).get_by_role("button", name="Hidden text, press to show")
    await expect(cover).to_have_css("color", "rgba(0, 0, 0, 0)")
    await expect(page.get_by_role("navigation").get_by_text("It ends ▒▒▒▒▒.")).to_be_visible()
    await cover.press("Enter")
    await expect(cover).to_have_count(0)
    await expect(newest(page).get_by_text("badly")).not_to_have_css("color", "rgba(0, 0, 0, 0)")

    unfold = newest(page).get_by_role("button", name="Show all")
    await expect(unfold).to_have_attribute("aria-expanded", "false")
    await unfold.click()
    await expect(newest(page).get_by_role("button", name="Show less")).to_have_attribute(
        "aria-expanded", "true"
    )


async def test_nothing_that_people_write_becomes_markup(chromium: Chromium, room: Room) -> None:
    hostile = (
        "<img src=x onerror=\"document.title='gone'\"> & </article><script>document.title='gone'</script>"
    )
    mallory = room.telegram.create_person(hostile[:40])
    mallory.join(room.group)
    page = await chromium.open(room.address)
    mallory.write(room.group, hostile)
    await expect(newest(page)).to_contain_text(hostile)
    await room.send(
        '<a href="tg://user?id=1">you</a> javascript:alert(1)', reply_markup=buttons(hostile[:30])
    )
    await expect(newest(page).get_by_role("button", name=hostile[:30])).to_be_visible()
    await expect(newest(page).locator("a[href^='javascript']")).to_have_count(0)
    await expect(page).to_have_title("Wrong Opinions, the demo")


async def test_a_button_waits_for_its_answer(chromium: Chromium, room: Room) -> None:
    page = await chromium.open(room.address)
    await room.send("How were they?", reply_markup=buttons("Good", "Bad", rows=2))
    good = newest(page).get_by_role("button", name="Good").first
    await good.click()
    press = await room.pressed()
    await expect(good).to_have_attribute("aria-busy", "true")
    await expect(newest(page).locator("[aria-busy]")).to_have_count(1)
    await page.keyboard.press("Enter")
    await room.call("answerCallbackQuery", callback_query_id=press, text="Recorded: good")
    await expect(page.get_by_text("Recorded: good")).to_be_visible()
    await expect(good).not_to_have_attribute("aria-busy", "true")
    await expect(good).to_be_focused()
    assert len(room.telegram.world.presses) == 1

    await newest(page).get_by_role("button", name="Bad").last.click()
    await room.call(
        "answerCallbackQuery", callback_query_id=await room.pressed(), text="Why?", show_alert=True
    )
    dialog = page.get_by_role("dialog", name="Why?")
    await expect(dialog).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(dialog).to_be_hidden()


async def test_messages_change_and_go_in_place(chromium: Chromium, room: Room) -> None:
    page = await chromium.open(room.address)
    first = await room.send("0/2 scored", reply_markup=buttons("5"))
    second = await room.send("Soon gone")
    await expect(newest(page)).to_contain_text("Soon gone")
    card = page.locator(f"[data-id='{first}']")
    await card.get_by_role("button", name="5").focus()
    await room.call(
        "editMessageText",
        chat_id=room.group.id,
        message_id=first,
        text="1/2 scored",
        reply_markup=buttons("5"),
    )
    await expect(card).to_contain_text("1/2 scored")
    await expect(card).to_contain_text("edited")
    await expect(card.get_by_role("button", name="5")).to_be_focused()

    await room.call("deleteMessage", chat_id=room.group.id, message_id=second)
    await expect(page.locator("article", has_text="Soon gone")).to_have_count(0)
    await room.call("editMessageText", chat_id=room.group.id, message_id=first, text="Over")
    await expect(card.locator(".key")).to_have_count(0)


async def test_replies_are_quoted_and_questions_open_them(chromium: Chromium, room: Room) -> None:
    page = await chromium.open(room.address)
    asked = room.ana.write(room.group, "/movie")
    question = {"force_reply": True, "selective": True, "input_field_placeholder": "Heat 1995"}
    sent = await room.send("Which movie?", reply_parameters={"message_id": asked.id}, reply_markup=question)
    await expect(replying(page)).to_be_visible()
    await expect(box(page)).to_have_attribute("placeholder", "Heat 1995")
    await expect(box(page)).to_be_focused()

    await page.keyboard.press("Alt+2")
    await expect(page.get_by_role("radio", name="Ben")).to_be_checked()
    await expect(replying(page)).to_be_hidden()

    await page.get_by_role("radio", name="Ana").check()
    await expect(replying(page)).to_be_visible()
    await box(page).fill("Heat")
    await box(page).press("Enter")
    await expect(newest(page).get_by_role("button", name="Which movie?")).to_be_visible()
    await expect(replying(page)).to_be_hidden()
    assert room.telegram.messages(room.group)[-1].reply_to == sent

    await page.get_by_role("button", name="Reply to Ana").last.click()
    await expect(page.get_by_text("Reply to Ana", exact=True)).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_text("Reply to Ana", exact=True)).to_be_hidden()


async def test_each_friend_has_a_private_chat_that_must_be_started(chromium: Chromium, room: Room) -> None:
    page = await chromium.open(room.address)
    await page.get_by_role("navigation").get_by_role("button", name="Ben").click()
    await expect(page.get_by_role("radio", name="Ben")).to_be_checked()
    await expect(box(page)).to_be_disabled()
    await page.get_by_role("button", name="Start", exact=True).click()
    await expect(newest(page)).to_contain_text("/start")
    await expect(box(page)).to_be_enabled()
    await room.send("Hello Ben", chat_id=room.ben.id)
    await expect(newest(page)).to_contain_text("Hello Ben")

    await page.keyboard.press("1")
    await expect(page.get_by_role("radio", name="Ana")).to_be_checked()
    await expect(page.get_by_text("Press Start, and the bot may answer.")).to_be_visible()


async def test_two_windows_are_two_friends_and_a_reload_changes_nothing(
    chromium: Chromium, room: Room
) -> None:
    ana = await chromium.open(room.address)
    ben = await chromium.open(room.address)
    await ben.get_by_role("radio", name="Ben").check()
    await ben.reload()
    await expect(ben.get_by_role("radio", name="Ben")).to_be_checked()
    await box(ben).fill("two\nlines")
    await box(ben).press("Enter")
    await expect(newest(ana)).to_contain_text("two\nlines")
    await expect(ana.locator(".message").last).to_contain_class("theirs")
    await expect(ben.locator(".message").last).to_contain_class("mine")
    await expect(ana.get_by_role("radio", name="Ana")).to_be_checked()


async def test_the_clock_moves(chromium: Chromium, room: Room) -> None:
    page = await chromium.open(room.address)
    clock = page.get_by_role("region", name="The club’s clock")
    await expect(clock).to_contain_text("Fri 13 Mar, 18:3")
    await move_clock(page, "+1 hour")
    await expect(clock).to_contain_text("Fri 13 Mar, 19:3")
    await move_clock(page, "+1 day")
    await expect(clock).to_contain_text("Sat 14 Mar, 19:3")
    room.zones[room.group.id] = "Asia/Tokyo"
    room.ana.rename(room.group, "Film club Tokyo")
    await expect(clock).to_contain_text("Sun 15 Mar, 04:3")
    await expect(clock).to_contain_text("Tokyo")
    room.ana.write(room.group, "tomorrow")
    await expect(page.get_by_text("Saturday 14 March")).to_be_visible()


async def test_a_page_that_lost_its_server_catches_up(chromium: Chromium, room: Room) -> None:
    page = await chromium.open(room.address)
    await room.send("before")
    await expect(newest(page)).to_contain_text("before")
    await room.restart()
    room.ben.write(room.group, "meanwhile")
    await expect(newest(page)).to_contain_text("meanwhile")
    room.ben.write(room.group, "after")
    await expect(newest(page)).to_contain_text("after")
    await expect(page.get_by_text("Reconnecting …")).to_be_hidden()
    # The browser itself notes the broken connection.
    chromium.troubles = [trouble for trouble in chromium.troubles if "net::ERR" not in trouble]
