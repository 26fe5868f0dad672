"""Posts: what nobody waits for comes after what somebody waits for, and says so if it was never begun."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from telegram.error import BadRequest, Forbidden

from bot.limits import GLOBAL_INTERVAL, GROUP_MESSAGES, Limiter
from bot.send import Address, NotSent, Sender, Sent, no_topic, unreachable
from bot.view import View
from tests.bot.scripted import Telegram, flood
from tests.fakes import FakeClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

GROUP, OTHER_GROUP = -100, -200


def showing(text: str) -> Callable[[], Awaitable[View]]:
    """A card's rendering."""

    async def render() -> View:
        return View(text)

    return render


class Desk:
    """A sender at work, with its clock and its Telegram."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.telegram = Telegram(self.clock)
        self.sender = Sender(self.telegram.bot(), self.clock, Limiter(), self._migrated)

    async def _migrated(self, old: int, new: int) -> None:
        raise AssertionError((old, new))

    def say(self, text: str, chat_id: int = GROUP) -> asyncio.Task[Sent]:
        return asyncio.create_task(self.sender.send(Address(chat_id), View(text)))

    def post(self, text: str, chat_id: int = GROUP, within: float = 480.0) -> asyncio.Task[Sent]:
        return asyncio.create_task(self.sender.post(Address(chat_id), View(text), within=within))


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk()
    yield desk
    await desk.sender.close()


async def test_a_post_gives_way_to_answers_in_its_group(desk: Desk) -> None:
    for number in range(GROUP_MESSAGES):
        desk.say(f"answer {number}")
    await desk.clock.advance(30)
    post = desk.post("post")
    await desk.clock.advance(1)
    late = desk.say("late answer")
    await desk.clock.advance(60)
    assert desk.telegram.texts[-2:] == ["late answer", "post"]
    assert post.done()
    assert late.done()
    assert not desk.sender.busy


async def test_posts_go_out_in_the_order_they_came_and_leave_gaps_for_answers(desk: Desk) -> None:
    posts = [desk.post(f"post {number}", chat_id=-1000 - number) for number in range(100)]
    await desk.clock.advance(1)
    asked = desk.clock.monotonic()
    answer = desk.say("answer")
    await desk.clock.advance(0.1)
    assert answer.done()
    (call,) = [call for call in desk.telegram.calls if call.params["text"] == "answer"]
    assert call.at - asked < 0.1
    await desk.clock.advance(10)
    assert all(post.done() for post in posts)
    said = [text for text in desk.telegram.texts if text != "answer"]
    assert said == [f"post {number}" for number in range(100)]


async def test_late_refreshes_come_after_the_last_post_and_slow_none(desk: Desk) -> None:
    posts = [desk.post(f"post {number}", chat_id=-2000 - number) for number in range(60)]
    for number in range(60):
        desk.sender.refresh(Sent(-1000 - number, 7), showing(f"card {number}"), late=True)
    await desk.clock.advance(60)
    assert all(post.done() for post in posts)
    assert desk.telegram.texts == [f"{kind} {number}" for kind in ("post", "card") for number in range(60)]
    first, last = desk.telegram.calls[0].at, desk.telegram.calls[-1].at
    assert last - first < 120 * GLOBAL_INTERVAL
    assert not desk.sender.busy


async def test_a_card_that_somebody_looks_at_does_not_wait_for_the_posts(desk: Desk) -> None:
    posts = [desk.post(f"post {number}", chat_id=-2000 - number) for number in range(60)]
    desk.sender.refresh(Sent(GROUP, 7), showing("late"), late=True)
    await desk.clock.advance(0.5)
    desk.sender.refresh(Sent(GROUP, 7), showing("soon"))
    desk.sender.refresh(Sent(GROUP, 7), showing("later"), late=True)
    await desk.clock.advance(0.2)
    assert "soon" in desk.telegram.texts
    assert not posts[-1].done()
    await desk.clock.advance(60)
    assert all(post.done() for post in posts)
    assert {"late", "later"}.isdisjoint(desk.telegram.texts)


async def test_late_refreshes_are_given_up_when_the_bot_stops(desk: Desk) -> None:
    post = desk.post("post")
    desk.sender.refresh(Sent(OTHER_GROUP, 7), showing("card"), late=True)
    await desk.clock.advance(0)
    assert desk.sender.waiting
    await desk.sender.close()
    assert post.done()
    assert not desk.sender.waiting
    assert "card" not in desk.telegram.texts


async def test_a_post_whose_time_is_over_is_not_begun(desk: Desk) -> None:
    desk.telegram.script("sendMessage", flood(100), flood(100))
    post = desk.post("post", within=90)
    await desk.clock.advance(300)
    with pytest.raises(NotSent):
        await post
    assert len(desk.telegram.calls) == 1


async def test_posts_that_wait_when_the_bot_stops_were_not_sent(desk: Desk) -> None:
    desk.telegram.script("sendMessage", flood(100))
    first, second = desk.post("first"), desk.post("second")
    others = [desk.post(f"post {number}", chat_id=-1000 - number) for number in range(50)]
    await desk.clock.advance(0.2)
    await desk.sender.close()
    with pytest.raises(asyncio.CancelledError):
        await first
    for post in (second, *(post for post in others if not post.done())):
        with pytest.raises(NotSent):
            await post
    assert sum(post.done() and post.exception() is None for post in others) == len(desk.telegram.calls) - 1


@pytest.mark.parametrize(
    "error",
    [
        Forbidden("Forbidden: bot was kicked from the group chat"),
        BadRequest("Chat not found"),
        BadRequest("Not enough rights to send text messages to the chat"),
        BadRequest("Not enough rights to send photos to the chat"),
        BadRequest("Have no rights to send a message"),
        BadRequest("CHAT_WRITE_FORBIDDEN"),
    ],
)
def test_a_chat_one_may_not_write_to_is_unreachable(error: BadRequest | Forbidden) -> None:
    assert unreachable(error)


def test_a_topic_that_is_gone_is_not_the_whole_chat() -> None:
    assert no_topic(BadRequest("Message thread not found"))
    assert no_topic(BadRequest("TOPIC_CLOSED"))
    assert not unreachable(BadRequest("Message thread not found"))
    assert not no_topic(BadRequest("Message to be replied not found"))
