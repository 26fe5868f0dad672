"""What a chat app shows: lists and counts, pictures, files, polls, pins, reactions, topics."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.browser.room import box, buttons, newest, replying

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page

    from tests.browser.conftest import Chromium
    from tests.browser.room import Room

pytestmark = [pytest.mark.proof, pytest.mark.asyncio(loop_scope="session")]


def entry(page: Page, name: str) -> Locator:
    """A chat in the side list."""
    return page.get_by_role("navigation", name="Chats").get_by_role("button", name=re.compile(f"^{name}"))


async def test_the_list_counts_what_one_has_not_read(chromium: Chromium, room: Room) -> None:
    room.ben.start_bot()
    page = await chromium.open(room.address)
    await entry(page, "Wrong Opinions").click()
    await room.send("One for the group")
    await room.send("And <tg-spoiler>another</tg-spoiler>")
    await room.send("Only for Ben", chat_id=room.ben.id)
    await expect(entry(page, "Film club")).to_contain_text("Wrong Opinions: And ▒▒▒▒▒▒▒")
    await expect(entry(page, "Film club").locator(".unread")).to_have_text("2 unread")
    await expect(entry(page, "Ben").locator(".unread")).to_have_text("1 unread")
    await expect(entry(page, "Ben")).not_to_contain_text("Only for Ben")

    await page.reload()
    await expect(entry(page, "Film club").locator(".unread")).to_have_text("2 unread")
    await entry(page, "Film club").click()
    await expect(entry(page, "Film club").locator(".unread")).to_have_count(0)
    # Ben has not been here: it is all news to him, until he looks.
    await entry(page, "Ben").click()
    await expect(newest(page)).to_contain_text("Only for Ben")
    await expect(entry(page, "Film club").locator(".unread")).to_have_text("2 unread")
    await expect(entry(page, "Wrong Opinions").locator(".unread")).to_have_count(0)


async def test_an_album_is_one_message_and_files_can_be_downloaded(chromium: Chromium, room: Room) -> None:
    page = await chromium.open(room.address)
    first, *_ = await room.send_album("Three posters", "", "")
    await expect(newest(page).get_by_role("img")).to_have_count(3)
    await expect(newest(page)).to_contain_text("Three posters")
    await expect(page.locator(f"[data-id='{first}'] article")).to_have_count(1)

    await room.send_file("scores.csv", b"title,score\n" * 200)
    link = newest(page).get_by_role("link", name="scores.csv")
    await expect(link).to_contain_text("2.4 kB")
    async with page.expect_download() as download:
        await link.click()
    assert (await download.value).suggested_filename == "scores.csv"


async def test_a_poll_is_voted_in_and_the_vote_taken_back(chromium: Chromium, room: Room) -> None:
    ana, ben = await chromium.open(room.address), await chromium.open(f"{room.address}")
    await ben.get_by_role("radio", name="Ben").check()
    await room.send_poll("Which one?", "Heat", "Alien")
    await newest(ana).get_by_role("button", name="Heat").click()
    await expect(newest(ana)).to_contain_text("100 %")
    await expect(newest(ana).get_by_role("img", name="your vote")).to_have_count(1)
    await expect(newest(ben)).to_contain_text("1 vote")
    await expect(newest(ben)).not_to_contain_text("100 %")
    await newest(ben).get_by_role("button", name="Alien").click()
    await expect(newest(ana)).to_contain_text("50 %")
    await newest(ana).get_by_role("button", name="Take my vote back").click()
    await expect(newest(ana).get_by_role("button", name="Heat")).to_be_visible()
    await expect(newest(ben)).to_contain_text("1 vote")

    several = await room.send_poll("All that fit?", "Long", "Loud", "Sad", allows_multiple_answers=True)
    await newest(ana).get_by_label("Long").check()
    await newest(ana).get_by_label("Sad").check()
    await newest(ana).get_by_role("button", name="Vote", exact=True).click()
    await expect(newest(ana).get_by_role("img", name="your vote")).to_have_count(2)
    await room.call("stopPoll", chat_id=room.group.id, message_id=several)
    await expect(newest(ben)).to_contain_text("Final results")


async def test_pins_and_replies_lead_to_their_message(chromium: Chromium, room: Room) -> None:
    room.ana.promote(room.group)
    pinned = await room.send("The rules of the club")
    await room.call("pinChatMessage", chat_id=room.group.id, message_id=pinned)
    # As many as a person writes in a while: the pinned one is no longer drawn.
    for number in range(80):
        room.ben.write(room.group, f"line {number}")
    page = await chromium.open(room.address)
    rules = page.locator(f"[data-id='{pinned}']")
    await expect(newest(page)).to_contain_text("line 79")
    await expect(rules).to_have_count(0)
    bar = page.get_by_role("button", name="Pinned message The rules of the club")
    await bar.click()
    await expect(rules).to_be_in_viewport()
    await expect(rules).to_contain_class("found")
    await expect(rules.get_by_role("article")).to_be_focused()

    reply = await room.send("As it says above", reply_parameters={"message_id": pinned})
    await expect(page.get_by_role("button", name="To the newest message")).to_be_visible()
    await page.get_by_role("button", name="To the newest message").click()
    await page.locator(f"[data-id='{reply}'] .quote").click()
    await expect(rules).to_be_in_viewport()
    await room.call("unpinChatMessage", chat_id=room.group.id, message_id=pinned)
    await expect(bar).to_be_hidden()


async def test_reactions_are_given_and_taken_back(chromium: Chromium, room: Room) -> None:
    page = await chromium.open(room.address)
    said = room.ben.write(room.group, "I liked it")
    room.ben.react(said, "🔥")
    reactions = newest(page).get_by_role("list", name="Reactions").get_by_role("button")
    await expect(reactions).to_have_attribute("aria-pressed", "false")
    await reactions.click()
    await expect(reactions).to_have_attribute("aria-pressed", "true")
    await expect(reactions).to_have_text("🔥🔥 by 2")
    await reactions.click()
    await expect(reactions).to_have_attribute("aria-pressed", "false")

    await newest(page).hover()
    await page.get_by_role("button", name="React to Ben").last.click()
    await page.get_by_role("group", name="Add a reaction").get_by_role("button", name="👎").click()
    await expect(newest(page).get_by_role("button", name="👎")).to_have_attribute("aria-pressed", "true")
    await expect(page.get_by_role("group", name="Add a reaction")).to_have_count(0)


async def test_one_sees_that_the_bot_is_busy(chromium: Chromium, room: Room) -> None:
    page = await chromium.open(room.address)
    await expect(page.get_by_text("2 friends and the bot")).to_be_visible()
    await room.call("sendChatAction", chat_id=room.group.id, action="typing")
    await expect(page.get_by_text("Wrong Opinions is typing …")).to_be_visible()
    await room.send("Done")
    await expect(page.get_by_text("Wrong Opinions is typing …")).to_be_hidden()
    await expect(page.get_by_text("2 friends and the bot")).to_be_visible()


async def test_an_ephemeral_message_is_there_for_one_person_only(chromium: Chromium, room: Room) -> None:
    ana, ben = await chromium.open(room.address), await chromium.open(room.address)
    await ben.get_by_role("radio", name="Ben").check()
    await room.send("For all")
    sent = await room.call(
        "sendMessage",
        chat_id=room.group.id,
        text="Your score: 4",
        receiver_user_id=room.ben.id,
        reply_markup=buttons("Change"),
    )
    await expect(newest(ben)).to_contain_text("Only you can see this")
    await expect(newest(ben)).to_contain_text("Your score: 4")
    await expect(entry(ben, "Film club")).to_contain_text("Your score: 4")
    await expect(newest(ana)).to_contain_text("For all")
    await expect(entry(ana, "Film club")).to_contain_text("For all")
    await newest(ben).get_by_role("button", name="Change").click()
    await room.call("answerCallbackQuery", callback_query_id=await room.pressed(), text="To what?")
    await expect(ben.get_by_text("To what?")).to_be_visible()

    which = {"receiver_user_id": room.ben.id, "ephemeral_message_id": sent["ephemeral_message_id"]}
    await room.call("deleteEphemeralMessage", chat_id=room.group.id, **which)
    await expect(newest(ben)).to_contain_text("For all")


async def test_topics_are_strips_of_their_own(chromium: Chromium, room: Room) -> None:
    room.become_supergroup()
    page = await chromium.open(room.address)
    await page.get_by_role("button", name="Admin tools").click()
    await page.get_by_label("New topic").fill("Albums")
    await page.get_by_role("button", name="Open it").click()
    await page.get_by_role("dialog").get_by_role("button", name="Close").click()
    topics = page.get_by_role("group", name="Topics")
    await topics.get_by_role("button", name="Albums").click()
    await box(page).fill("Only albums here")
    await box(page).press("Enter")
    await expect(newest(page)).to_contain_text("Only albums here")
    await topics.get_by_role("button", name="General").click()
    await expect(page.get_by_text("Only albums here").and_(page.locator("article *"))).to_have_count(0)
    await page.reload()
    await expect(topics.get_by_role("button", name="General")).to_have_attribute("aria-pressed", "true")
    await topics.get_by_role("button", name="All").click()
    await expect(newest(page)).to_contain_text("# Albums")


async def test_a_message_pulled_with_a_finger_is_replied_to(chromium: Chromium, room: Room) -> None:
    page = await chromium.open(room.address, phone=True)
    await page.get_by_role("button", name="Film club").click()
    await room.send("Pull me")
    await expect(newest(page)).to_be_visible()
    place = await newest(page).bounding_box()
    assert place is not None
    at = {"x": place["x"] + place["width"] / 2, "y": place["y"] + 10}
    fingers = await page.context.new_cdp_session(page)
    await fingers.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [at]})
    for pulled in (20, 50, 80):
        point = {"x": at["x"] - pulled, "y": at["y"]}
        await fingers.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    await expect(page.locator(".pulled")).to_have_count(1)
    await fingers.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    await expect(replying(page)).to_be_visible()


async def test_times_are_the_readers_own(chromium: Chromium, room: Room) -> None:
    page = await chromium.open(room.address, zone="Asia/Tokyo")
    await room.send('Next: <tg-time unix="1773432000" format="wt">Friday</tg-time>, <b>bring snacks</b>')
    # 20:00 UTC on Friday 13 March 2026.
    await expect(newest(page)).to_contain_text("Saturday, 05:00")
    await expect(newest(page).locator(".meta")).to_contain_text("03:30")
    await expect(page.get_by_role("region", name="The club’s clock")).to_contain_text("Fri 13 Mar, 18:3")


async def test_people_are_named_and_named_ones_are_marked(chromium: Chromium, room: Room) -> None:
    page = await chromium.open(room.address)
    await room.send(f'It is <a href="tg://user?id={room.ana.id}">your</a> turn, not @ben’s')
    await expect(newest(page).locator(".mention", has_text="your")).to_contain_class("me")
    await room.send(
        "<pre>plain</pre>",
        reply_markup={
            "inline_keyboard": [
                [
                    {"text": "Yes", "callback_data": "y", "style": "success"},
                    {"text": "No", "callback_data": "n", "style": "danger"},
                ]
            ]
        },
    )
    yes, no = (newest(page).get_by_role("button", name=name) for name in ("Yes", "No"))
    colours = [await each.evaluate("each => getComputedStyle(each).backgroundColor") for each in (yes, no)]
    assert colours[0] != colours[1]
    await expect(page.locator(".message").last).to_contain_class("theirs")
