"""Ten thousand clubs due in the same minute: at Telegram's pace, in order, and without delaying anybody."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from telegram import Message

from bot.jobs.posts import AT_ONCE, PostsJob
from bot.limits import Limiter
from bot.metrics import Metrics
from bot.pictures.digest import draw
from bot.send import Address, Sender
from bot.texts import Languages
from bot.view import View
from domain.clubs import Club, Settings
from domain.isoweek import IsoWeek
from domain.schedule import Post, PostKind, PostState
from domain.services.posts import LEASE, Claimed, PickReminder
from domain.works import Kind
from tests.bot.digests import HEAT, card, digest, people, pick
from tests.fakes import START, FakeClock

if TYPE_CHECKING:
    from datetime import datetime

    from bot.texts import Texts
    from domain.digest import Digest
    from domain.services.posts import Content

CLUBS = 10_000
WEEK = IsoWeek(2026, 10)
TRANSACTION, SCORE = 0.012, 0.004
"""Seconds for which a post, or somebody's score, keeps the database's one writer."""


@dataclass
class FastBot:
    """Takes whatever is sent, a fifth of a second after it was, and keeps when it came."""

    clock: FakeClock
    sent: list[tuple[float, int, str]] = field(default_factory=list)
    answered: list[tuple[float, str]] = field(default_factory=list)

    async def send_message(self, chat_id: int, text: str, **_: Any) -> Message:
        self.sent.append((self.clock.monotonic(), chat_id, text))
        await self.clock.sleep(0.2)
        chat: Any = type("Chat", (), {"id": chat_id})()
        return Message(len(self.sent), START, chat)

    async def send_photo(self, chat_id: int, photo: object, caption: str, **_: Any) -> Message:
        del photo
        return await self.send_message(chat_id, caption)

    async def answer_callback_query(self, tap_id: str, *_: Any, **__: Any) -> bool:
        self.answered.append((self.clock.monotonic(), tap_id))
        return True


@dataclass
class Desk:
    """A posts service in memory, of which the job sees no more than of the real one."""

    clock: FakeClock
    open: deque[Post]
    content: Content = field(default_factory=lambda: PickReminder((Kind.MOVIE,), None))
    writer: asyncio.Lock = field(default_factory=asyncio.Lock)
    claimed: dict[int, Post] = field(default_factory=dict)
    settled: list[int] = field(default_factory=list)

    async def due(self, limit: int) -> tuple[Post, ...]:
        waiting = (post for post in self.open if post.due_at <= self.clock.now())
        return tuple(post for _, post in zip(range(limit), waiting, strict=False))

    async def claim(self, post: Post) -> Claimed | None:
        self.open.remove(post)
        await self.write(TRANSACTION)
        now = self.clock.now()
        mine = replace(post, state=PostState.SENDING, attempt=1, lease_until=now + LEASE)
        self.claimed[post.id] = mine
        club = Club(post.club_id, -post.club_id, "Club", private=False, settings=Settings())
        return Claimed(mine, club, self.content)

    async def settle(self, claimed: Claimed, state: PostState, message_id: int | None = None) -> None:
        post = self.claimed.pop(claimed.post.id)
        assert post.lease_until is not None
        assert self.clock.now() < post.lease_until
        assert state is PostState.SENT
        assert message_id
        await self.write(TRANSACTION)
        self.settled.append(post.id)

    async def write(self, seconds: float) -> None:
        """A transaction: one after the other, as they came."""
        async with self.writer:
            await self.clock.sleep(seconds)


def due(clubs: int, moment: datetime) -> deque[Post]:
    """One post for each club, all of one minute, in order of due time."""
    step = timedelta(minutes=1) / clubs
    return deque(
        Post(number, number, PostKind.PICK_REMINDER, WEEK, moment + step * number, PostState.DUE)
        for number in range(1, clubs + 1)
    )


async def life(
    desk: Desk, sender: Sender, taps: dict[str, float], replies: dict[int, tuple[float, float]]
) -> None:
    """Every other second somebody scores, and somebody writes and is answered, in clubs of every age."""
    clock = desk.clock
    await clock.sleep(TRANSACTION / 2)
    for number in range(150):
        tap = f"tap {number}"
        taps[tap] = clock.monotonic()
        await desk.write(SCORE)
        await sender.answer(tap, "Recorded: 4", alert=False)
        chat, asked = -(1 + number * 66), clock.monotonic()
        await sender.send(Address(chat), View(f"answer {number}"))
        replies[number] = (asked, clock.monotonic())
        await clock.sleep(2)


async def run(clock: FakeClock, *works: asyncio.Future[None]) -> None:
    """Move the clock from sleeper to sleeper until all is done."""
    while not all(work.done() for work in works):
        for _ in range(6):
            await asyncio.sleep(0)
        wait = clock.next_due()
        if wait is not None:
            await clock.advance(wait)
    for work in works:
        work.result()


@pytest.mark.proof
async def test_a_fleet_is_worked_off_at_telegrams_pace_and_people_do_not_notice() -> None:
    clock = FakeClock()
    bot = FastBot(clock)
    sender = Sender(bot, clock, Limiter(), _never)  # type: ignore[arg-type]
    desk = Desk(clock, due(CLUBS, clock.now() - timedelta(minutes=1)))
    job = PostsJob(desk, None, sender, Languages.load(), clock, None, Metrics(clock))  # type: ignore[arg-type]
    taps: dict[str, float] = {}
    replies: dict[int, tuple[float, float]] = {}
    began = clock.monotonic()
    await run(
        clock,
        asyncio.ensure_future(job.run_due()),
        asyncio.ensure_future(life(desk, sender, taps, replies)),
    )
    took = clock.monotonic() - began

    assert not desk.open
    assert not desk.claimed
    assert len(set(desk.settled)) == CLUBS
    posted = [(at, chat) for at, chat, text in bot.sent if not text.startswith("answer")]
    assert len(posted) == CLUBS
    assert took < CLUBS / 28 * 1.05 + 5

    times = sorted(at for at, _, _ in bot.sent)
    assert all(later - earlier >= 1 for earlier, later in zip(times, times[30:], strict=False))
    per_chat: defaultdict[int, list[float]] = defaultdict(list)
    for at, chat, _ in bot.sent:
        per_chat[chat].append(at)
    assert max(len(moments) for moments in per_chat.values()) == 2

    places = [-chat for _, chat in posted]
    assert max(abs(place - number) for number, place in enumerate(places, start=1)) < AT_ONCE

    assert [tap for _, tap in bot.answered] == list(taps)
    assert max(at - taps[tap] for at, tap in bot.answered) < TRANSACTION + SCORE + 1e-6
    # The post that is just on its way to the same chat goes first.
    assert max(done - asked for asked, done in replies.values()) < 0.2 + 0.2 + 0.15


async def test_a_fleets_pictures_are_drawn_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several threads that draw would leave the one that answers taps a fraction of the time."""
    drawing, most = [0], [0]

    def counted(t: Texts, shown: Digest, posters: dict[int, bytes]) -> bytes:
        drawing[0] += 1
        most[0] = max(most[0], drawing[0])
        picture = draw(t, shown, posters)
        drawing[0] -= 1
        return picture

    monkeypatch.setattr("bot.jobs.posts.draw", counted)
    clock = FakeClock()
    bot = FastBot(clock)
    told = digest(card(pick(HEAT), people(6), (4, 5, 6, 7, 8, 9)))
    desk = Desk(clock, due(8, clock.now()), replace(told, week=replace(told.week, id=None)))
    sender = Sender(bot, clock, Limiter(), _never)  # type: ignore[arg-type]
    job = PostsJob(desk, None, sender, Languages.load(), clock, None, Metrics(clock))  # type: ignore[arg-type]
    await clock.advance(60)
    await run(clock, asyncio.ensure_future(job.run_due()))
    assert len(desk.settled) == 8
    assert most[0] == 1


async def _never(_old: int, _new: int) -> None:
    raise AssertionError("no group became a supergroup")
