"""What the bot says arrives once, in order and as fast as Telegram lets it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import TYPE_CHECKING

import httpx
import pytest
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TimedOut

from bot.limits import Limiter
from bot.send import ATTEMPTS, REFRESH_INTERVAL, Address, Sender, Sent, unreachable
from bot.taps import JoinTap
from bot.view import TOAST_LIMIT, Button, View
from tests.bot.scripted import Telegram, flood, ok, refused
from tests.fakes import FakeClock, settle

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.bot.scripted import Params

GROUP, OTHER_GROUP, ANA = -100, -200, 7
CARD = Sent(GROUP, 50)
POSTER = "https://img.test/poster.jpg"


class Desk:
    """A sender at work: its clock, its Telegram, and the migrations it reported."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.telegram = Telegram(self.clock)
        self.migrations: list[tuple[int, int]] = []
        self.sender = Sender(self.telegram.bot(), self.clock, Limiter(), self._migrated)

    async def _migrated(self, old: int, new: int) -> None:
        self.migrations.append((old, new))

    def say(self, text: str, chat_id: int = GROUP) -> asyncio.Task[Sent]:
        return asyncio.create_task(self.sender.send(Address(chat_id), View(text)))

    def change(self, text: str, message: Sent = CARD) -> asyncio.Task[Sent]:
        return asyncio.create_task(self.sender.edit(message, View(text)))


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk()
    yield desk
    await desk.sender.close()


def showing(text: str) -> Callable[[], Awaitable[View]]:
    async def render() -> View:
        return View(text)

    return render


# Order


async def test_a_chat_gets_its_messages_and_edits_in_order(desk: Desk) -> None:
    tasks = [desk.say("one"), desk.change("two"), desk.say("three"), desk.say("four"), desk.say("five")]
    await desk.clock.advance(30)
    assert desk.telegram.texts == ["one", "two", "three", "four", "five"]
    assert all(task.done() for task in tasks)
    assert not desk.sender.busy


async def test_a_slow_chat_holds_no_other(desk: Desk) -> None:
    gate = asyncio.Event()

    async def slow(params: Params) -> httpx.Response:
        await gate.wait()
        return desk.telegram.success("sendMessage", params)

    desk.telegram.script("sendMessage", slow)
    held = desk.say("held")
    await settle()
    other = desk.say("at once", OTHER_GROUP)
    await desk.clock.advance(1)
    assert other.done()
    assert not held.done()
    gate.set()
    await desk.clock.advance(1)
    assert held.done()


async def test_whoever_sends_learns_what_was_sent(desk: Desk) -> None:
    said, posted = (
        desk.say("words"),
        asyncio.create_task(desk.sender.send(Address(ANA), View("picture", photo=POSTER))),
    )
    await desk.clock.advance(2)
    assert said.result() == Sent(GROUP, 101)
    assert posted.result() == Sent(ANA, 102, photo=True)


async def test_a_message_goes_to_its_topic_with_its_buttons_and_without_a_preview(desk: Desk) -> None:
    view = View(
        "<b>x</b>", ((Button("I'm in", JoinTap(), style="success"), Button("Site", url="https://a.b")),)
    )
    await asyncio.gather(desk.sender.send(Address(GROUP, thread=9, reply_to=4), view), desk.clock.advance(1))
    (call,) = desk.telegram.calls
    assert call.params["message_thread_id"] == 9
    assert call.params["parse_mode"] == "HTML"
    assert call.params["reply_parameters"] == {"message_id": 4, "allow_sending_without_reply": True}
    assert call.params["link_preview_options"] == {"is_disabled": True}
    assert call.params["reply_markup"]["inline_keyboard"] == [
        [
            {"text": "I'm in", "callback_data": "j", "style": "success"},
            {"text": "Site", "url": "https://a.b"},
        ]
    ]


async def test_a_question_asks_for_a_reply(desk: Desk) -> None:
    await asyncio.gather(
        desk.sender.send(Address(GROUP), View("Which?", ask="Heat 1995")), desk.clock.advance(1)
    )
    (call,) = desk.telegram.calls
    assert call.params["reply_markup"] == {
        "force_reply": True,
        "selective": True,
        "input_field_placeholder": "Heat 1995",
    }


# Answers to taps


async def test_answers_pass_a_paused_chat(desk: Desk) -> None:
    desk.telegram.script("sendMessage", flood(40))
    waiting = desk.say("later", ANA)
    await settle()
    await desk.sender.answer("tap", "Recorded: 4½", alert=False)
    assert desk.clock.monotonic() == 0
    (answer,) = desk.telegram.of("answerCallbackQuery")
    assert answer.params["text"] == "Recorded: 4½"
    assert not waiting.done()


async def test_an_answer_is_cut_where_telegram_would_refuse_it(desk: Desk) -> None:
    await desk.sender.answer("tap", "é" * 300, alert=True)
    (call,) = desk.telegram.calls
    assert call.params["text"] == "é" * TOAST_LIMIT
    assert call.params["show_alert"] is True


async def test_an_answer_that_comes_too_late_is_no_error(desk: Desk) -> None:
    late = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    desk.telegram.script("answerCallbackQuery", refused(400, late))
    await desk.sender.answer("tap", "", alert=False)
    assert len(desk.telegram.calls) == 1


@pytest.mark.parametrize(
    "trouble",
    [httpx.ConnectError("no"), httpx.ReadTimeout("late"), refused(502, "Bad Gateway"), flood(2)],
    ids=["connect", "read", "502", "429"],
)
async def test_an_answer_is_tried_again(desk: Desk, trouble: httpx.Response | Exception) -> None:
    desk.telegram.script("answerCallbackQuery", trouble)
    answering = asyncio.create_task(desk.sender.answer("tap", "Noted", alert=False))
    await desk.clock.advance(3)
    await answering
    assert len(desk.telegram.calls) == 2


@pytest.mark.parametrize("trouble", ["connect", "429"])
async def test_an_answer_is_not_tried_for_ever(desk: Desk, trouble: str) -> None:
    answers = [httpx.ConnectError("no") if trouble == "connect" else flood(1) for _ in range(ATTEMPTS)]
    desk.telegram.script("answerCallbackQuery", *answers)
    answering = asyncio.create_task(desk.sender.answer("tap", "Noted", alert=False))
    await desk.clock.advance(60)
    with pytest.raises(NetworkError if trouble == "connect" else RetryAfter):
        await answering
    assert len(desk.telegram.calls) == ATTEMPTS


# Refreshes


async def test_a_storm_of_scores_becomes_few_edits_and_the_last_state_wins(desk: Desk) -> None:
    state = 0

    async def render() -> View:
        return View(f"{state}/40 scored")

    for scored in range(1, 41):
        state = scored
        desk.sender.refresh(CARD, render)
        await desk.clock.advance(0.2)
    await desk.clock.advance(60)
    edits = desk.telegram.of("editMessageText")
    assert desk.telegram.texts[-1] == "40/40 scored"
    assert len(edits) <= 4
    assert all(later.at - sooner.at >= REFRESH_INTERVAL for sooner, later in pairwise(edits))


async def test_an_edit_takes_the_place_of_a_refresh_that_waits(desk: Desk) -> None:
    desk.sender.refresh(CARD, showing("card"))
    await desk.clock.advance(1)
    desk.sender.refresh(CARD, showing("card again"))
    await desk.sender.edit(CARD, View("a list"))
    await desk.clock.advance(30)
    assert desk.telegram.texts == ["card", "a list"]
    desk.sender.refresh(CARD, showing("a card once more"))
    await desk.clock.advance(30)
    assert desk.telegram.texts[-1] == "a card once more"


async def test_a_card_is_rendered_when_it_is_sent(desk: Desk) -> None:
    rendered = 0

    async def render() -> View:
        nonlocal rendered
        rendered += 1
        return View(f"state {rendered}")

    for _ in range(3):
        desk.sender.refresh(CARD, render)
    await desk.clock.advance(10)
    assert (rendered, desk.telegram.texts) == (1, ["state 1"])


async def test_different_cards_are_refreshed_on_their_own(desk: Desk) -> None:
    desk.sender.refresh(CARD, showing("one"))
    desk.sender.refresh(Sent(GROUP, 51), showing("other"))
    await desk.clock.advance(1)
    assert desk.telegram.texts == ["one", "other"]


async def test_messages_pass_refreshes(desk: Desk) -> None:
    messages = [desk.say(f"message {number}") for number in range(3)]
    await desk.clock.advance(0)
    desk.sender.refresh(CARD, showing("card"))
    messages += [desk.say("later message")]
    await desk.clock.advance(20)
    assert all(message.done() for message in messages)
    assert desk.telegram.texts[-1] == "card"


async def test_a_refresh_asked_for_while_one_is_under_way_is_not_lost(desk: Desk) -> None:
    state, gate = "old", asyncio.Event()

    async def slow(params: Params) -> httpx.Response:
        await gate.wait()
        return desk.telegram.success("editMessageText", params)

    async def render() -> View:
        return View(state)

    desk.telegram.script("editMessageText", slow)
    desk.sender.refresh(CARD, render)
    await settle()
    state = "new"
    desk.sender.refresh(CARD, render)
    gate.set()
    await desk.clock.advance(10)
    assert desk.telegram.texts == ["old", "new"]


async def test_one_refresh_under_way_and_one_waiting_are_the_most(desk: Desk) -> None:
    gate = asyncio.Event()

    async def slow(params: Params) -> httpx.Response:
        await gate.wait()
        return desk.telegram.success("editMessageText", params)

    desk.telegram.script("editMessageText", slow)
    desk.sender.refresh(CARD, showing("1"))
    await settle()
    desk.sender.refresh(CARD, showing("2"))
    await settle()
    gate.set()
    await settle()
    desk.sender.refresh(CARD, showing("3"))
    await desk.clock.advance(20)
    assert len(desk.telegram.of("editMessageText")) == 2


async def test_an_unchanged_card_is_no_error(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    unchanged = (
        "Bad Request: message is not modified: specified new message content and reply markup are exactly "
        "the same as a current content and reply markup of the message"
    )
    desk.telegram.script("editMessageText", refused(400, unchanged))
    desk.sender.refresh(CARD, showing("same"))
    await desk.clock.advance(5)
    assert caplog.records == []
    desk.telegram.script("editMessageText", refused(400, unchanged))
    edited = desk.change("same")
    await desk.clock.advance(5)
    assert edited.result() == CARD


async def test_a_card_that_cannot_be_rendered_is_logged_and_stops_nothing(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken() -> View:
        raise LookupError("the week is gone")

    desk.sender.refresh(CARD, broken)
    await desk.clock.advance(1)
    assert "the week is gone" in caplog.text
    assert not desk.sender.busy
    desk.sender.refresh(CARD, showing("fine"))
    said = desk.say("fine too")
    await desk.clock.advance(10)
    assert sorted(desk.telegram.texts) == ["fine", "fine too"]
    assert said.done()


async def test_a_card_that_was_deleted_is_logged_and_stops_nothing(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot.send")
    desk.telegram.script("editMessageText", refused(400, "Bad Request: message to edit not found"))
    desk.sender.refresh(CARD, showing("card"))
    await desk.clock.advance(1)
    assert "message to edit not found" in caplog.text.lower()
    desk.sender.refresh(CARD, showing("again"))
    await desk.clock.advance(10)
    assert desk.telegram.texts == ["card", "again"]


# Floods


async def test_a_flooded_chat_waits_as_long_as_telegram_says_and_no_other_does(desk: Desk) -> None:
    desk.telegram.script("sendMessage", flood(17))
    first, second, other = desk.say("first"), desk.say("second"), desk.say("elsewhere", OTHER_GROUP)
    await desk.clock.advance(16.9)
    assert other.done()
    assert not first.done()
    await desk.clock.advance(10)
    assert first.done()
    assert second.done()
    in_group = [call for call in desk.telegram.calls if call.params["chat_id"] == GROUP]
    assert [call.params["text"] for call in in_group] == ["first", "first", "second"]
    assert in_group[1].at >= 17


async def test_a_chat_that_stays_flooded_is_told_to_whoever_waits(desk: Desk) -> None:
    desk.telegram.script("sendMessage", *(flood(1) for _ in range(ATTEMPTS)))
    said = desk.say("never")
    await desk.clock.advance(30)
    with pytest.raises(RetryAfter):
        await said


# What may be repeated, and what may not


@pytest.mark.parametrize(
    "trouble", [httpx.ReadTimeout("late"), httpx.ReadError("cut"), refused(502, "Bad Gateway")]
)
async def test_a_message_that_may_have_arrived_is_never_sent_again(
    desk: Desk, trouble: httpx.Response | Exception
) -> None:
    desk.telegram.script("sendMessage", trouble)
    said = desk.say("once")
    await desk.clock.advance(60)
    with pytest.raises(NetworkError):
        await said
    assert desk.telegram.texts == ["once"]


@pytest.mark.parametrize(
    "trouble", [httpx.ConnectError("no"), httpx.ConnectTimeout("no"), httpx.PoolTimeout("no")]
)
async def test_a_message_that_never_left_is_sent_again(desk: Desk, trouble: Exception) -> None:
    desk.telegram.script("sendMessage", trouble, trouble)
    said = desk.say("at last")
    await desk.clock.advance(60)
    assert said.result() == Sent(GROUP, 101)
    assert desk.telegram.texts == ["at last"] * 3


@pytest.mark.parametrize(
    "refusal",
    [
        refused(400, "Bad Request: PARTICIPANT_ID_INVALID"),
        refused(403, "Forbidden: bot was kicked from the group chat"),
    ],
)
async def test_whom_telegram_does_not_tell_of_is_no_admin(desk: Desk, refusal: httpx.Response) -> None:
    desk.telegram.script("getChatMember", refusal)
    assert await desk.sender.standing(GROUP, 7) == "left"


async def test_a_message_is_not_tried_for_ever(desk: Desk) -> None:
    desk.telegram.script("sendMessage", *(httpx.ConnectError("no") for _ in range(ATTEMPTS)))
    said = desk.say("never")
    await desk.clock.advance(120)
    with pytest.raises(NetworkError):
        await said
    assert len(desk.telegram.calls) == ATTEMPTS


@pytest.mark.parametrize(
    "trouble", [httpx.ReadTimeout("late"), httpx.ConnectError("no"), refused(502, "Bad Gateway")]
)
async def test_an_edit_is_always_repeated(desk: Desk, trouble: httpx.Response | Exception) -> None:
    desk.telegram.script("editMessageText", trouble)
    edited = desk.change("new")
    await desk.clock.advance(60)
    assert edited.result() == CARD
    assert desk.telegram.texts == ["new", "new"]


async def test_a_reaction_is_repeated(desk: Desk) -> None:
    desk.telegram.script("setMessageReaction", httpx.ReadTimeout("late"))
    reacting = asyncio.create_task(desk.sender.react(GROUP, 50, "✍"))
    await desk.clock.advance(5)
    await reacting
    assert [call.params["reaction"] for call in desk.telegram.calls] == [
        [{"type": "emoji", "emoji": "✍"}]
    ] * 2


# Refusals


async def test_a_refusal_reaches_whoever_waits_and_the_next_goes_on(desk: Desk) -> None:
    desk.telegram.script("sendMessage", refused(403, "Forbidden: bot was kicked from the group chat"))
    kicked, next_one = desk.say("hello?"), desk.say("hello again")
    await desk.clock.advance(5)
    with pytest.raises(Forbidden) as error:
        await kicked
    assert unreachable(error.value)
    assert next_one.done()


async def test_a_text_telegram_cannot_read_is_an_error_at_once(desk: Desk) -> None:
    desk.telegram.script("sendMessage", refused(400, "Bad Request: can't parse entities"))
    said = desk.say("<b>")
    await desk.clock.advance(5)
    with pytest.raises(BadRequest) as error:
        await said
    assert not unreachable(error.value)
    assert len(desk.telegram.calls) == 1


def test_a_chat_that_is_gone_is_unreachable() -> None:
    assert unreachable(BadRequest("Chat not found"))
    assert not unreachable(TimedOut())


async def test_a_group_that_became_a_supergroup_is_followed(desk: Desk) -> None:
    moved = refused(
        400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1009
    )
    desk.telegram.script("sendMessage", moved)
    said = desk.say("hello")
    await desk.clock.advance(5)
    assert said.result() == Sent(-1009, 101)
    assert desk.migrations == [(GROUP, -1009)]
    assert [call.params["chat_id"] for call in desk.telegram.calls] == [GROUP, -1009]


# Pictures


@pytest.mark.parametrize(
    "reason",
    [
        "Bad Request: failed to get HTTP URL content",
        "Bad Request: wrong type of the web page content",
        "Bad Request: WEBPAGE_CURL_FAILED",
        "Bad Request: PHOTO_INVALID_DIMENSIONS",
    ],
)
async def test_the_text_goes_alone_where_the_picture_is_no_good(desk: Desk, reason: str) -> None:
    view = View("Heat", photo=POSTER)
    desk.telegram.script("sendPhoto", refused(400, reason))
    desk.telegram.script("editMessageMedia", refused(400, reason))
    sending = asyncio.create_task(desk.sender.send(Address(GROUP), view))
    editing = asyncio.create_task(desk.sender.edit(CARD, view))
    await desk.clock.advance(5)
    assert sending.result() == Sent(GROUP, 101)
    assert editing.result() == CARD
    methods = [call.method for call in desk.telegram.calls]
    assert methods == ["sendPhoto", "sendMessage", "editMessageMedia", "editMessageText"]


async def test_another_trouble_with_a_picture_is_an_error(desk: Desk) -> None:
    desk.telegram.script("sendPhoto", refused(400, "Bad Request: message caption is too long"))
    sending = asyncio.create_task(desk.sender.send(Address(GROUP), View("x", photo=POSTER)))
    await desk.clock.advance(5)
    with pytest.raises(BadRequest):
        await sending


async def test_a_message_turns_into_a_picture_and_a_picture_keeps_its_caption(desk: Desk) -> None:
    turned = asyncio.create_task(desk.sender.edit(CARD, View("Heat", photo=POSTER)))
    await desk.clock.advance(2)
    assert turned.result() == Sent(GROUP, 50, photo=True)
    turned = asyncio.create_task(desk.sender.edit(turned.result(), View("Cast and crew")))
    await desk.clock.advance(2)
    assert turned.result() == Sent(GROUP, 50, photo=True)
    assert [call.method for call in desk.telegram.calls] == ["editMessageMedia", "editMessageCaption"]
    assert desk.telegram.texts == ["Cast and crew"]


# The end


async def test_closing_leaves_nobody_waiting(desk: Desk) -> None:
    never = asyncio.Event()

    async def stuck(_: Params) -> httpx.Response:
        await never.wait()
        return ok(True)

    desk.telegram.script("sendMessage", stuck)
    waiting = [desk.say("under way"), desk.say("next"), desk.change("edit"), desk.say("far", OTHER_GROUP)]
    desk.sender.refresh(CARD, showing("card"))
    await settle()
    await desk.sender.close()
    await settle()
    assert all(each.done() for each in waiting)
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(result) for result in results] == [asyncio.CancelledError] * 4
    assert not desk.sender.busy


async def test_closing_between_two_messages_leaves_nobody_waiting(desk: Desk) -> None:
    waiting = [desk.say(f"message {number}") for number in range(6)]
    await desk.clock.advance(0.5)
    await desk.sender.close()
    await settle()
    assert all(each.done() for each in waiting)
    results = await asyncio.gather(*waiting, return_exceptions=True)
    kinds = [type(result) for result in results]
    assert kinds == [Sent] * 3 + [asyncio.CancelledError] * 3


async def test_whoever_stops_waiting_stops_nothing_else(desk: Desk) -> None:
    first, second = desk.say("first"), desk.say("second")
    await asyncio.sleep(0)
    first.cancel()
    await desk.clock.advance(5)
    assert second.done()
    assert not second.cancelled()
    assert not desk.sender.busy


async def test_draining_ends_when_all_is_said(desk: Desk) -> None:
    for number in range(5):
        desk.say(f"message {number}")
    await asyncio.sleep(0)
    draining = asyncio.create_task(desk.sender.drain())
    await desk.clock.advance(1)
    assert not draining.done()
    await desk.clock.advance(10)
    assert draining.done()
    assert len(desk.telegram.texts) == 5
