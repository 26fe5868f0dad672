"""The sender against the strict stand-in: a busy evening without one refusal."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

import pytest
from telegram import Bot

from bot.limits import Limiter
from bot.metrics import Metrics
from bot.request import build
from bot.send import Address, Sender, Sent
from bot.taps import RateTap
from bot.view import Button, View
from integrations.sandbox.telegram import TelegramSandbox
from integrations.sandbox.transport import SandboxTransport
from tests.fakes import FakeClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from integrations.sandbox.telegram import Chat

TOKEN = "123456:sandbox-token-for-tests"


class Evening:
    """Groups, each with one card that everybody scores at once."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.telegram = TelegramSandbox(self.clock, token=TOKEN)
        self.people = [self.telegram.create_person(f"Friend {number}") for number in range(3)]
        self.groups = [self.telegram.create_group(f"Club {number}", self.people) for number in range(4)]
        for group in self.groups:
            self.people[0].add_bot(group)
        request = build(SandboxTransport(self.telegram, {}), Metrics(self.clock))
        bot = Bot(TOKEN, request=request, get_updates_request=request)
        self.sender = Sender(bot, self.clock, Limiter(), self._never)
        self.scored = {group.id: 0 for group in self.groups}

    async def _never(self, old: int, new: int) -> None:
        raise AssertionError((old, new))

    async def post(self, group: Chat, text: str) -> Sent:
        sending = asyncio.create_task(self.sender.send(Address(group.id), self._view(text)))
        while not sending.done():
            await self.clock.advance(1)
        return sending.result()

    def score(self, card: Sent) -> None:
        self.scored[card.chat_id] += 1

        async def render() -> View:
            return self._view(f"{self.scored[card.chat_id]} scored")

        self.sender.refresh(card, render)

    def refused(self) -> list[str]:
        return [f"{call.method}: {call.body}" for call in self.telegram.log if call.status != 200]

    @staticmethod
    def _view(text: str) -> View:
        return View(text, ((Button("4½", RateTap(1, 9)),),))


@pytest.fixture
async def evening() -> AsyncIterator[Evening]:
    evening = Evening()
    yield evening
    await evening.sender.close()


@pytest.mark.parametrize("seed", range(4))
async def test_a_busy_evening_is_never_refused_and_ends_with_the_truth(evening: Evening, seed: int) -> None:
    chance = random.Random(seed)
    cards = [await evening.post(group, "nobody scored") for group in evening.groups]
    said: list[asyncio.Task[Sent]] = []
    for _ in range(300):
        card = chance.choice(cards)
        if chance.random() < 0.75:
            evening.score(card)
        else:
            said.append(
                asyncio.create_task(evening.sender.send(Address(card.chat_id), View(f"words {len(said)}")))
            )
        if chance.random() < 0.5:
            await evening.clock.advance(chance.choice([0.05, 0.3, 1.0, 4.0]))
    await evening.clock.advance(900)
    assert not evening.sender.busy
    assert evening.refused() == []
    assert evening.telegram.complaints() == []
    for group, card in zip(evening.groups, cards, strict=True):
        messages = evening.telegram.messages(group)
        (shown,) = (message for message in messages if message.id == card.message_id)
        assert shown.text == f"{evening.scored[group.id]} scored"
        numbers = [
            int(message.text.split()[1]) for message in messages if (message.text or "").startswith("words")
        ]
        assert numbers == sorted(numbers)
    assert all(task.done() and task.exception() is None for task in said)
