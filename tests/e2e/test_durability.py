"""Restarts, repetitions, poison and broken connections: nothing is lost, nothing is done twice."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from domain.services.ratings import RatingService
from tests.e2e.world import TOKEN, World

if TYPE_CHECKING:
    from pathlib import Path

    from integrations.sandbox.telegram import MessageView
    from tests.e2e.world import Errors


@pytest.fixture
async def card(club: World) -> MessageView:
    """A week's card with one movie; three are on the roster."""
    for person in (club.ana, club.ben, club.cleo):
        await club.say(person, "/join")
    return await club.pick(club.ana, "/movie heat 1995", "Heat (1995)")


async def test_what_was_written_while_the_bot_was_down_is_handled_when_it_is_back(
    club: World, card: MessageView
) -> None:
    await club.stop()
    press = club.ben.press(card, "4")
    club.cleo.press(card, "Didn't watch")
    await club.restart()
    await club.settle()
    assert press.toast == "Recorded: 4"
    assert "2/3 scored" in club.now(card).text


async def test_an_update_that_comes_twice_is_applied_once(club: World) -> None:
    club.telegram.duplicate_update()
    await club.say(club.ana, "/join")
    assert sum("is on the roster" in message.text for message in club.telegram.messages(club.group)) == 1


async def test_an_update_that_comes_again_after_a_restart_is_known(club: World) -> None:
    club.telegram.duplicate_update()
    await club.say(club.ana, "/join")
    await club.restart()
    await club.settle()
    assert sum("is on the roster" in message.text for message in club.telegram.messages(club.group)) == 1


async def test_a_poison_update_is_set_aside_and_the_next_ones_go_on(
    club: World, card: MessageView, errors: Errors
) -> None:
    club.olga.start_bot()
    await club.settle()
    club.telegram.malformed_update()
    press = await club.press(club.ben, card, "4")
    assert press.toast == "Recorded: 4"
    assert len(errors.messages) == 1
    assert "Error" in club.last(club.olga.private).text
    errors.messages.clear()

    await club.restart()
    await club.settle()
    assert errors.messages == []


async def test_an_unexpected_error_gives_the_person_an_id_and_the_owner_a_report(
    club: World, card: MessageView, errors: Errors, monkeypatch: pytest.MonkeyPatch
) -> None:
    club.olga.start_bot()
    await club.settle()

    async def explode(*_: object, **__: object) -> None:
        raise RuntimeError("the token is 123456:sandbox-token-for-tests")

    with monkeypatch.context() as patch:
        patch.setattr(RatingService, "rate", explode)
        press = await club.press(club.ben, card, "4")
    assert press.alert
    report = club.last(club.olga.private).text
    error_id = report.split()[1].rstrip(":")
    assert error_id in (press.toast or "")
    assert "RuntimeError" in report
    assert "token" not in report
    assert error_id in errors.messages[0]
    errors.messages.clear()
    assert (await club.press(club.ben, card, "4")).toast == "Recorded: 4"


async def test_an_answer_telegram_swallowed_is_given_again(club: World, card: MessageView) -> None:
    club.telegram.faults.drop_before("answerCallbackQuery")
    assert (await club.press(club.ben, card, "4")).toast == "Recorded: 4"


async def test_a_message_that_may_have_arrived_is_not_sent_twice(club: World) -> None:
    club.telegram.faults.drop_after("sendMessage")
    await club.say(club.ana, "/join")
    assert sum("Ana is on" in message.text for message in club.telegram.messages(club.group)) == 1


async def test_a_message_that_surely_did_not_arrive_is_sent_again(club: World) -> None:
    club.telegram.faults.drop_before("sendMessage", times=2)
    assert (await club.ask(club.ana, "/join")).text == "Ana is on the roster."


async def test_flood_control_is_waited_out_and_answers_are_not_held_up(
    club: World, card: MessageView
) -> None:
    club.telegram.faults.flood("editMessageText", 30)
    before = club.clock.monotonic()
    press = club.ben.press(card, "4")
    await club.settle()
    assert press.answered_at is not None
    assert press.answered_at - before < 2
    assert "1/3 scored" in club.now(card).text
    assert club.clock.monotonic() - before >= 30


async def test_a_busy_group_is_never_told_to_slow_down(club: World, card: MessageView) -> None:
    for _ in range(15):
        club.ana.write(club.group, "/week")
        club.ben.press(card, "4")
        club.cleo.press(card, "2")
    await club.settle()
    assert not any(call.flooded for call in club.telegram.log)
    assert "2/3 scored" in club.last().text


async def test_a_button_of_a_message_telegram_no_longer_shows_works(club: World, card: MessageView) -> None:
    place = {"id": club.group.id, "type": "group", "title": "Film club"}
    ben = {"id": club.ben.id, "is_bot": False, "first_name": "Ben", "language_code": "en"}
    score = next(b.callback_data for row in card.buttons for b in row if b.text == "4")
    press = {"id": "77", "from": ben, "chat_instance": "1"}
    shadow = {"chat": place, "message_id": card.id, "date": 0}
    for wire in (score, "t:1", "x:1:0"):
        club.telegram.malformed_update({"callback_query": {**press, "message": shadow, "data": wire}})
    await club.settle()
    assert "1/3 scored" in club.now(card).text


async def test_asking_who_is_an_admin_is_repeated(club: World, card: MessageView) -> None:
    question = await club.ask(club.ana, "/remove")
    club.telegram.faults.drop_before("getChatMember", times=2)
    await club.press(club.ana, question, "Remove Heat")
    assert "Remove Heat (1995) from this week?" in club.now(question).text


async def test_whoever_telegram_does_not_know_is_no_admin(club: World, card: MessageView) -> None:
    question = await club.ask(club.ben, "/remove")
    club.telegram.faults.fail("getChatMember", 400, "Bad Request: member not found")
    refused = await club.press(club.ben, question, "Remove Heat")
    assert "an admin can do that" in (refused.toast or "")


async def test_a_start_waits_for_telegram_and_for_nothing_else(tmp_path: Path, errors: Errors) -> None:
    world = World(tmp_path)
    world.telegram.faults.drop_before("getMe", times=8)
    world.telegram.faults.flood("getMe", 5)
    world.telegram.faults.fail("setMyCommands", 400, "Bad Request: BOT_COMMAND_INVALID")
    starting = asyncio.ensure_future(world.start())
    while not starting.done():
        await world.clock.advance(1)
        await asyncio.sleep(0)
    await starting
    world.ana.add_bot(world.group)
    await world.settle()
    assert "I run a club" in world.last().text
    await world.stop()


async def test_a_webhook_somebody_left_behind_is_removed(tmp_path: Path, errors: Errors) -> None:
    world = World(tmp_path)
    await world.telegram.call(TOKEN, "setWebhook", {"url": "https://elsewhere.test/hook"})
    world.ana.start_bot()
    starting = asyncio.ensure_future(world.start())
    while not starting.done():
        await world.clock.advance(1)
        await asyncio.sleep(0)
    await starting
    await world.settle()
    assert "/movie" in world.last(world.ana.private).text
    await world.stop()
    (line,) = errors.messages
    assert "webhook" in line
    errors.messages.clear()


async def test_the_token_is_in_no_message(club: World, card: MessageView) -> None:
    await club.press(club.ben, card, "4")
    assert "sandbox-token" not in str(club.telegram.messages(club.group))
