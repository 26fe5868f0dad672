"""The weekly rhythm, post by post."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from domain.schedule import PostKind, PostState, Timing
from tests.e2e.weekly import (
    at,
    change,
    club_of,
    due_at,
    posts_until,
    retime,
    rezone,
    states,
    take_turns,
    until,
)

if TYPE_CHECKING:
    from integrations.sandbox.telegram import MessageView
    from tests.e2e.world import Errors, World

# The clock stands at Monday, 2 March 2026, 12:00 UTC: week 10.


@pytest.fixture
async def roster(club: World) -> World:
    """Ana, Ben and Cleo are on the roster, in this order."""
    for person in (club.ana, club.ben, club.cleo):
        await club.say(person, "/join")
    return club


@pytest.fixture
async def card(roster: World) -> MessageView:
    """The card of week 10, with one movie."""
    return await roster.pick(roster.ana, "/movie heat 1995", "Heat (1995)")


def mentioned(world: World, message: MessageView) -> list[int]:
    """Who is told of a message by their name in it."""
    entities = world.telegram.chat(message.chat_id).messages[message.id].entities
    return [entity["user"]["id"] for entity in entities if entity["type"] == "text_mention"]


# A new club


async def test_a_new_club_gets_nothing_whose_time_was_before_it(club: World) -> None:
    assert await due_at(club, PostKind.NEW_WEEK) == at(9, 9)
    assert await due_at(club, PostKind.PICK_REMINDER) == at(3, 18)
    assert await due_at(club, PostKind.HANDOVER) is None
    assert await due_at(club, PostKind.SCORE_REMINDER) == at(6, 18)
    assert await due_at(club, PostKind.DIGEST) == at(8, 20)


async def test_nothing_comes_early(card: MessageView, roster: World) -> None:
    assert await posts_until(roster, at(3, 17, 59)) == []


# New week


async def test_a_week_begins_with_how_the_last_one_ended(card: MessageView, roster: World) -> None:
    await roster.press(roster.ana, card, "4")
    await roster.press(roster.ben, card, "3")
    await until(roster, at(8, 21))
    (post,) = await posts_until(roster, at(9, 9))
    assert "Week 11 begins." in post.text
    assert "/movie or /album" in post.text
    assert "Last week: 🎬 Heat (1995) ★ 3.5" in post.text


async def test_in_a_club_by_turns_it_says_whose_week_it_is_and_who_comes_next(roster: World) -> None:
    await take_turns(roster)
    await roster.pick(roster.ana, "/movie heat 1995", "Heat (1995)")
    await until(roster, at(8, 21))
    (post,) = await posts_until(roster, at(9, 9))
    assert "It's Ben's turn to pick." in post.text
    assert "Next week is Cleo's turn." in post.text
    assert mentioned(roster, post) == [roster.ben.id, roster.cleo.id]


async def test_the_next_picker_is_told_in_private_where_that_is_open(roster: World) -> None:
    roster.cleo.start_bot()
    await roster.settle()
    await take_turns(roster)
    await roster.pick(roster.ana, "/movie heat 1995", "Heat (1995)")
    await until(roster, at(8, 21))
    (post,) = await posts_until(roster, at(9, 9))
    assert "Next week" not in post.text
    told = roster.last(roster.cleo.private).text
    assert "Next week, week 12, it's your turn to pick in Film club." in told


async def test_who_blocked_the_bot_is_told_in_the_group_again(roster: World) -> None:
    roster.cleo.start_bot()
    await roster.settle()
    await take_turns(roster)
    await roster.pick(roster.ana, "/movie heat 1995", "Heat (1995)")
    roster.cleo.block()
    await roster.settle()
    await until(roster, at(8, 21))
    (post,) = await posts_until(roster, at(9, 9))
    assert "Next week is Cleo's turn." in post.text


async def test_a_private_chat_that_turns_out_closed_is_noted(roster: World) -> None:
    roster.cleo.start_bot()
    await roster.settle()
    await take_turns(roster)
    await roster.pick(roster.ana, "/movie heat 1995", "Heat (1995)")
    roster.cleo.private.blocked = True
    await until(roster, at(8, 21))
    (post,) = await posts_until(roster, at(9, 9))
    assert "Next week is Cleo's turn." in post.text
    async with roster.app.database.store().read() as tx:
        cleo = await tx.users.by_telegram_id(roster.cleo.id)
    assert cleo is not None
    assert not cleo.reachable


# Pick reminder and handover

PASSED_OVER = "Ana couldn't get to it this week, and Ben takes over. Over to you!\nNext week is Cleo's turn."


async def test_free_slots_are_mentioned_once(card: MessageView, roster: World) -> None:
    (post,) = await posts_until(roster, at(3, 18))
    assert "This week has room for an album." in post.text
    assert "/movie" not in post.text


async def test_full_slots_need_no_reminder(card: MessageView, roster: World) -> None:
    await roster.pick(roster.ben, "/album kind of blue", "Kind of Blue")
    assert await posts_until(roster, at(3, 18)) == []
    assert (await states(roster, PostKind.PICK_REMINDER))[10] is PostState.SKIPPED


async def test_a_silent_owner_is_reminded_and_then_passed_over_kindly(roster: World) -> None:
    await take_turns(roster)
    (reminder,) = await posts_until(roster, at(3, 18))
    assert "Ana, it's your turn." in reminder.text
    (post,) = await posts_until(roster, at(4, 18))
    assert post.text == PASSED_OVER
    assert mentioned(roster, post) == [roster.ben.id, roster.cleo.id]
    assert "This is Ben's week." in (await roster.ask(roster.ana, "/turns")).text


async def test_who_is_next_after_a_handover_is_told_in_private_where_that_is_open(roster: World) -> None:
    roster.cleo.start_bot()
    await roster.settle()
    await take_turns(roster)
    await until(roster, at(3, 19))
    (post,) = await posts_until(roster, at(4, 18))
    assert "Next week" not in post.text
    assert "Next week, week 11, it's your turn to pick" in roster.last(roster.cleo.private).text


async def test_a_turn_that_could_not_be_passed_on_aloud_skips_nobody(roster: World) -> None:
    await take_turns(roster)
    await until(roster, at(4, 17))
    roster.telegram.faults.drop_before("sendMessage", times=6)
    posted = await posts_until(roster, at(4, 19))
    posted += await posts_until(roster, at(4, 20))
    assert [post.text for post in posted] == [PASSED_OVER]
    roster.telegram.faults.clear()
    assert "This is Ben's week." in (await roster.ask(roster.ana, "/turns")).text


async def test_an_owner_who_picked_keeps_the_week(roster: World) -> None:
    await take_turns(roster)
    await roster.pick(roster.ana, "/movie heat 1995", "Heat (1995)")
    await until(roster, at(3, 19))
    assert await posts_until(roster, at(4, 18)) == []
    assert (await states(roster, PostKind.HANDOVER))[10] is PostState.SKIPPED


# Score reminder


async def test_only_who_has_not_answered_is_named(card: MessageView, roster: World) -> None:
    await roster.press(roster.ana, card, "4")
    await roster.press(roster.ben, card, "Didn't watch")
    await until(roster, at(3, 19))
    (post,) = await posts_until(roster, at(6, 18))
    assert "Still to answer: Cleo." in post.text
    assert mentioned(roster, post) == [roster.cleo.id]


async def test_nobody_is_reminded_when_all_have_answered(card: MessageView, roster: World) -> None:
    for person in (roster.ana, roster.ben, roster.cleo):
        await roster.press(person, card, "4")
    await until(roster, at(3, 19))
    assert await posts_until(roster, at(6, 18)) == []


async def test_nobody_is_reminded_of_a_week_without_picks(roster: World) -> None:
    await until(roster, at(3, 19))
    assert await posts_until(roster, at(6, 18)) == []


# Reveal and digest


async def test_the_digest_reveals_the_week_with_a_picture(card: MessageView, roster: World) -> None:
    await roster.press(roster.ana, card, "4½")
    await roster.press(roster.ben, card, "2")
    await until(roster, at(8, 19))
    assert "Ana 4½" not in roster.now(card).text
    (post,) = await posts_until(roster, at(8, 20))
    assert post.photo is not None
    assert "Heat (1995)" in (post.caption or "")
    assert "Still to answer: Cleo" in (post.caption or "")
    assert "Ana 4½, Ben 2" in roster.now(card).text


async def test_a_long_digest_is_a_picture_and_a_message(card: MessageView, roster: World) -> None:
    album = await roster.pick(roster.ben, "/album kind of blue", "Kind of Blue")
    people = (roster.ana, roster.ben, roster.cleo)
    for person in people:
        await roster.press(person, card, "4")
        await roster.say(person, "It goes on and on and on. " * 10, reply_to=card)
    for person in people:
        blue = [button for row in album.buttons for button in row if button.text == "5"][-1]
        person.press(album, lambda button, wanted=blue: button == wanted)  # type: ignore[misc]
        await roster.settle()
        question = await roster.ask(person, "So what, so what, so what. " * 10, reply_to=album)
        await roster.press(person, question, "Kind of Blue")
    await until(roster, at(8, 19))
    picture, message = await posts_until(roster, at(8, 20))
    assert picture.photo is not None
    assert message.photo is None
    assert "on and on" in message.text


async def test_everyone_answered_earlier_reveals_at_once_and_the_digest_waits(
    card: MessageView, roster: World
) -> None:
    for person in (roster.ana, roster.ben, roster.cleo):
        await roster.press(person, card, "4")
    assert "Ana 4, Ben 4, Cleo 4" in roster.now(card).text
    assert await posts_until(roster, at(3, 17)) == []
    await until(roster, at(8, 19))
    assert len(await posts_until(roster, at(8, 20))) == 1


async def test_a_late_answer_counts_and_is_marked(card: MessageView, roster: World) -> None:
    await roster.press(roster.ana, card, "4")
    await until(roster, at(8, 20, 30))
    await roster.press(roster.cleo, card, "2")
    seen = roster.now(card).text
    assert "Cleo 2 (late)" in seen
    assert "★ 3 " in seen


async def test_a_week_without_picks_has_no_digest(roster: World) -> None:
    await until(roster, at(8, 19))
    assert await posts_until(roster, at(8, 20)) == []
    assert (await states(roster, PostKind.DIGEST))[10] is PostState.SKIPPED


async def test_a_digest_whose_picture_cannot_be_drawn_comes_without(
    card: MessageView, roster: World, errors: Errors, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> bytes:
        raise MemoryError

    monkeypatch.setattr("bot.jobs.posts.draw", fails)
    await until(roster, at(8, 19))
    (post,) = await posts_until(roster, at(8, 20))
    assert post.photo is None
    assert "Heat (1995)" in post.text
    assert len(errors.messages) == 1
    errors.messages.clear()


async def test_a_private_digest_comes_to_those_who_asked(card: MessageView, roster: World) -> None:
    for person in (roster.ana, roster.ben):
        person.start_bot()
        await roster.settle()
    await roster.press(roster.ana, await roster.ask(roster.ana, "/digest", roster.ana.private), "Yes, please")
    await roster.press(roster.ana, card, "4")
    before = len(roster.telegram.messages(roster.ben.private))
    await until(roster, at(8, 19))
    await until(roster, at(8, 20))
    await until(roster, at(8, 21))
    assert len(roster.telegram.messages(roster.ben.private)) == before
    assert "Film club · week 10" in roster.last(roster.ana.private).text


async def test_a_private_digest_keeps_the_hours_of_ones_group(card: MessageView, roster: World) -> None:
    await rezone(roster, "America/Los_Angeles")
    roster.ana.start_bot()
    await roster.settle()
    await roster.press(roster.ana, await roster.ask(roster.ana, "/digest", roster.ana.private), "Yes, please")
    assert (await club_of(roster, roster.ana.private)).settings.zone.key == "America/Los_Angeles"
    await until(roster, at(9, 2))
    await until(roster, at(9, 3))
    assert await posts_until(roster, at(9, 3, 59), roster.ana.private) == []
    (post,) = await posts_until(roster, at(9, 4), roster.ana.private)
    assert "Film club · week 10" in post.text


# Revealing by hand


async def test_an_admin_reveals_by_hand(card: MessageView, roster: World) -> None:
    await roster.press(roster.ben, card, "2")
    shown = await roster.ask(roster.ana, "/reveal")
    assert "Ben 2" in shown.text
    assert "revealed already" in (await roster.ask(roster.ana, "/reveal")).text


async def test_others_cannot_reveal(card: MessageView, roster: World) -> None:
    await roster.press(roster.ben, card, "2")
    assert "admins" in (await roster.ask(roster.ben, "/reveal")).text
    assert "Ben 2" not in roster.now(card).text


async def test_a_past_week_that_had_no_digest_is_revealed_by_hand(card: MessageView, roster: World) -> None:
    await roster.press(roster.ben, card, "2")
    await retime(roster, PostKind.DIGEST, Timing(7, 20 * 60, on=False))
    await until(roster, at(9, 12))
    assert "Ben 2" not in (await roster.ask(roster.ana, "/week 10")).text
    assert "no picks" in (await roster.ask(roster.ana, "/reveal")).text
    assert "admins" in (await roster.ask(roster.ben, "/reveal 10")).text
    assert "I know no past week" in (await roster.ask(roster.ana, "/reveal soon")).text
    shown = await roster.ask(roster.ana, "/reveal 2026-W10")
    assert "Ben 2" in shown.text
    assert "late" not in shown.text
    await roster.press(roster.cleo, shown, "3")
    assert "Cleo 3 (late)" in roster.now(shown).text
    assert "★ 2.5" in (await roster.ask(roster.ben, "/history")).buttons[0][0].text


async def test_there_may_be_nothing_to_reveal(roster: World) -> None:
    assert "no picks" in (await roster.ask(roster.ana, "/reveal")).text


# Where posts go


async def test_posts_go_to_the_topic_and_to_the_group_once_it_is_gone(world: World) -> None:
    forum = world.telegram.create_group("Big club", [world.ana, world.ben], forum=True)
    world.group = forum
    await world.found_club()
    topic = world.ana.open_topic(forum, "Movies")
    await change(world, thread=topic)
    (first,) = await posts_until(world, at(3, 18))
    assert first.thread == topic
    del forum.topics[topic]
    await until(world, at(8, 21))
    (second,) = await posts_until(world, at(9, 9))
    assert second.thread is None


async def test_a_club_of_one_is_left_alone(world: World) -> None:
    world.ana.start_bot()
    await world.settle()
    await world.pick(world.ana, "/movie heat 1995", "Heat (1995)", world.ana.private)
    for day in range(3, 17):
        assert await posts_until(world, at(day, 21), world.ana.private) == []


# Switching off, moving, pausing


async def test_what_is_off_does_not_come_and_comes_again_once_it_is_on(roster: World) -> None:
    await retime(roster, PostKind.PICK_REMINDER, Timing(2, 18 * 60, on=False))
    assert await due_at(roster, PostKind.PICK_REMINDER) is None
    assert await posts_until(roster, at(3, 18)) == []
    await retime(roster, PostKind.PICK_REMINDER, Timing(2, 18 * 60))
    assert await due_at(roster, PostKind.PICK_REMINDER) == at(10, 18)


async def test_a_moved_time_moves_what_is_ahead(roster: World) -> None:
    await retime(roster, PostKind.DIGEST, Timing(6, 9 * 60))
    assert await due_at(roster, PostKind.DIGEST) == at(7, 9)
    await rezone(roster, "America/New_York")
    assert await due_at(roster, PostKind.DIGEST) == at(7, 14)


async def test_what_was_posted_this_week_is_not_posted_again_at_a_later_time(roster: World) -> None:
    assert len(await posts_until(roster, at(3, 18))) == 1
    await retime(roster, PostKind.PICK_REMINDER, Timing(4, 18 * 60))
    await rezone(roster, "Pacific/Honolulu")
    assert await due_at(roster, PostKind.PICK_REMINDER) == at(13, 4)
    assert await posts_until(roster, at(5, 23)) == []


async def test_what_is_moved_into_the_past_comes_soon_and_once(card: MessageView, roster: World) -> None:
    await until(roster, at(6, 12))
    await retime(roster, PostKind.SCORE_REMINDER, Timing(5, 9 * 60))
    assert await due_at(roster, PostKind.SCORE_REMINDER) == at(6, 12, 10)
    assert len(await posts_until(roster, at(6, 12, 10))) == 1
    assert await due_at(roster, PostKind.SCORE_REMINDER) == at(13, 9)
    assert await posts_until(roster, at(6, 23)) == []


@pytest.mark.parametrize("there", ["Pacific/Kiritimati", "Pacific/Honolulu", "Asia/Tokyo"])
async def test_moving_house_on_a_sunday_neither_repeats_nor_skips_the_digest(
    card: MessageView, roster: World, there: str
) -> None:
    await until(roster, at(8, 11))
    await rezone(roster, there)
    await until(roster, at(9, 12))
    await rezone(roster, "UTC")
    await until(roster, at(9, 13))
    assert (await states(roster, PostKind.DIGEST))[10] is PostState.SENT
    digests = [m for m in roster.telegram.messages(roster.group) if "Heat" in (m.caption or "")]
    assert len([m for m in digests if "Week 10" in (m.caption or "")]) == 1
    await until(roster, at(16, 12))
    assert sorted(await states(roster, PostKind.DIGEST)) == [10, 11, 12]


async def test_a_pause_is_quiet_until_its_day(card: MessageView, roster: World) -> None:
    await change(roster, paused_until=at(16, 0).date())
    for day in range(3, 16):
        assert await posts_until(roster, at(day, 21)) == []
    (post,) = await posts_until(roster, at(16, 9))
    assert "Week 12 begins." in post.text


async def test_what_was_picked_before_or_in_a_pause_is_told_once_it_is_over(
    card: MessageView, roster: World
) -> None:
    await roster.press(roster.ana, card, "4")
    await until(roster, at(6, 12))
    await change(roster, paused_until=at(16, 0).date())
    await until(roster, at(9, 12))
    await roster.pick(roster.ben, "/movie dune 2021", "Dune (2021)")
    await change(roster, paused_until=at(23, 0).date())
    await until(roster, at(22, 21))
    assert "Ana 4" not in (await roster.ask(roster.cleo, "/week 10")).text
    await until(roster, at(23, 9))
    first, second = await posts_until(roster, at(23, 20))
    assert "Week 10" in (first.caption or "")
    assert "Week 11" in (second.caption or "")
    assert "Ana 4" in (await roster.ask(roster.cleo, "/week 10")).text
    assert await due_at(roster, PostKind.DIGEST) == at(29, 20)


async def test_a_digest_that_waited_for_a_pause_comes_soon_where_that_ends_early(
    card: MessageView, roster: World
) -> None:
    await change(roster, paused_until=at(30, 0).date())
    await until(roster, at(11, 12))
    await change(roster, paused_until=None)
    assert await due_at(roster, PostKind.DIGEST) == at(11, 12, 10)
    (post,) = await posts_until(roster, at(11, 13))
    assert "Week 10" in (post.caption or "")
    assert await due_at(roster, PostKind.DIGEST) == at(15, 20)


async def test_a_pause_that_ends_early_gives_back_what_is_still_ahead(roster: World) -> None:
    await change(roster, paused_until=at(30, 0).date())
    await until(roster, at(4, 12))
    await change(roster, paused_until=None)
    assert await due_at(roster, PostKind.SCORE_REMINDER) == at(6, 18)
    assert await due_at(roster, PostKind.PICK_REMINDER) == at(10, 18)


# Daylight saving time: Berlin goes to UTC+2 on 29 March and back on 25 October 2026.


async def test_eight_in_the_evening_is_eight_in_the_evening_in_summer_and_in_winter(roster: World) -> None:
    await rezone(roster, "Europe/Berlin")
    assert await due_at(roster, PostKind.DIGEST) == at(8, 19)
    await until(roster, at(22, 20))
    assert await due_at(roster, PostKind.DIGEST) == at(29, 18)
    await until(roster, at(19, 12, month=10))
    assert await due_at(roster, PostKind.DIGEST) == at(25, 19, month=10)


async def test_a_time_that_does_not_exist_comes_when_there_is_one_again(roster: World) -> None:
    await rezone(roster, "Europe/Berlin")
    await retime(roster, PostKind.DIGEST, Timing(7, 2 * 60 + 30))
    await until(roster, at(23, 12))
    assert await due_at(roster, PostKind.DIGEST) == at(29, 1)


async def test_a_time_that_comes_twice_comes_once(roster: World) -> None:
    await rezone(roster, "Europe/Berlin")
    await retime(roster, PostKind.DIGEST, Timing(7, 2 * 60 + 30))
    await until(roster, at(19, 12, month=10))
    assert await due_at(roster, PostKind.DIGEST) == at(25, 0, 30, month=10)
    await until(roster, at(25, 0, 31, month=10))
    assert await due_at(roster, PostKind.DIGEST) == at(1, 1, 30, month=11)


# Lateness


async def test_a_reminder_that_is_late_comes_still(roster: World) -> None:
    assert len(await posts_until(roster, at(3, 23, 59))) == 1


async def test_a_reminder_that_is_much_too_late_is_left_out_and_noted(roster: World) -> None:
    assert await posts_until(roster, at(4, 0, 1)) == []
    assert (await states(roster, PostKind.PICK_REMINDER))[10] is PostState.SKIPPED


async def test_a_turn_passes_on_even_if_it_is_too_late_to_say_so(roster: World) -> None:
    await take_turns(roster)
    await until(roster, at(3, 19))
    assert await posts_until(roster, at(5, 12)) == []
    assert "This is Ben's week." in (await roster.ask(roster.ana, "/turns")).text


async def test_a_digest_comes_however_late(card: MessageView, roster: World) -> None:
    await roster.stop()
    await roster.clock.leap((at(11, 12) - roster.clock.now()).total_seconds())
    before = len(roster.telegram.messages(roster.group))
    await roster.restart()
    await roster.settle()
    (digest,) = roster.telegram.messages(roster.group)[before:]
    assert digest.photo is not None
    assert await states(roster, PostKind.NEW_WEEK) == {11: PostState.SKIPPED, 12: PostState.DUE}


async def test_digests_of_every_week_with_picks_are_made_up_for(card: MessageView, roster: World) -> None:
    await until(roster, at(9, 9))
    await roster.pick(roster.ana, "/movie dune 2021", "Dune (2021)")
    await roster.stop()
    await roster.clock.leap((at(25, 12) - roster.clock.now()).total_seconds())
    before = len(roster.telegram.messages(roster.group))
    await roster.restart()
    await roster.settle()
    (digest,) = roster.telegram.messages(roster.group)[before:]
    assert "Dune (2021)" in (digest.caption or "")
    assert await due_at(roster, PostKind.DIGEST) == at(29, 20)


# Clubs asleep


async def test_a_club_that_threw_the_bot_out_sleeps_and_wakes_when_it_is_back(
    card: MessageView, roster: World
) -> None:
    roster.ana.kick_bot(roster.group)
    await roster.settle()
    assert (await club_of(roster)).asleep
    calls = len(roster.telegram.log)
    await until(roster, at(11, 12))
    assert len(roster.telegram.log) == calls
    before = {message.id for message in roster.telegram.messages(roster.group)}
    roster.ana.add_bot(roster.group)
    await roster.settle()
    await until(roster, at(11, 12, 1))
    assert not (await club_of(roster)).asleep
    new = [m for m in roster.telegram.messages(roster.group) if m.id not in before and m.service is None]
    assert [message.photo is not None for message in new] == [True]


async def test_a_bot_that_may_not_write_stops_trying(card: MessageView, roster: World) -> None:
    roster.ana.restrict_bot(roster.group)
    await roster.settle()
    calls = len(roster.telegram.log)
    await until(roster, at(3, 18))
    assert (await club_of(roster)).asleep
    assert len(roster.telegram.log) == calls + 1
    await until(roster, at(8, 21))
    assert len(roster.telegram.log) == calls + 1
    roster.ana.demote(roster.group)
    await roster.settle()
    await until(roster, at(8, 21, 1))
    assert roster.last().photo is not None


async def test_a_chat_that_is_gone_puts_its_club_to_sleep(roster: World) -> None:
    roster.telegram.faults.fail("sendMessage", 400, "Bad Request: chat not found")
    assert await posts_until(roster, at(3, 18)) == []
    assert (await club_of(roster)).asleep
    await roster.say(roster.ana, "/week")
    assert not (await club_of(roster)).asleep


async def test_a_group_that_becomes_a_supergroup_keeps_its_schedule(card: MessageView, roster: World) -> None:
    roster.group = roster.ana.migrate(roster.group)
    await roster.settle()
    await until(roster, at(8, 19))
    (post,) = await posts_until(roster, at(8, 20))
    assert "Heat (1995)" in (post.caption or "")
