"""Stand-ins for the ports that tests move by hand."""

from __future__ import annotations

import asyncio
import heapq
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from domain.ports import CachedAnswer

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
_SETTLE_ROUNDS = 20


async def settle() -> None:
    """Let the tasks that can run now run, and those that they wake."""
    for _ in range(_SETTLE_ROUNDS):
        await asyncio.sleep(0)


class FakeClock:
    """A `domain.clock.Clock` that stands still until `advance` moves it.

    Sleepers wake in the order they are due, those due at the same moment in the order they lay down, and
    each sees the moment it is due, however far `advance` goes.
    """

    def __init__(self, start: datetime = START) -> None:
        if start.tzinfo is None:
            raise ValueError("the clock wants an aware moment")
        self._start = start.astimezone(UTC)
        self._elapsed = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._tickets = count()

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return self._start + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        """Seconds since the clock was made."""
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        """Wait until `advance` has moved the clock so far; zero or less only yields to the loop."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._elapsed + seconds, next(self._tickets), woken))
        await woken

    @property
    def sleepers(self) -> int:
        """How many are asleep."""
        return sum(1 for _, _, woken in self._sleepers if not woken.done())

    def next_due(self) -> float | None:
        """Seconds until the first sleeper wakes; None while nobody sleeps."""
        self._drop_cancelled()
        return self._sleepers[0][0] - self._elapsed if self._sleepers else None

    async def advance(self, seconds: float) -> None:
        """Move the clock on, stopping at each sleeper on the way, also those that lie down meanwhile."""
        if seconds < 0:
            raise ValueError("time does not go back")
        target = self._elapsed + seconds
        await settle()
        while (due := self._first_due()) is not None and due <= target:
            self._elapsed = max(self._elapsed, due)
            heapq.heappop(self._sleepers)[2].set_result(None)
            await settle()
        self._elapsed = target
        await settle()

    async def leap(self, seconds: float) -> None:
        """Move the clock in one go, as a machine that was suspended: whoever is overdue wakes once, late.

        For days on end, where `advance` would wake a minutely task thousands of times.
        """
        if seconds < 0:
            raise ValueError("time does not go back")
        await settle()
        self._elapsed += seconds
        await self.advance(0)

    def _first_due(self) -> float | None:
        self._drop_cancelled()
        return self._sleepers[0][0] if self._sleepers else None

    def _drop_cancelled(self) -> None:
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)


class RunningClock(FakeClock):
    """A fake clock on which a sleep is over at once and moves the time on; `slept` lists the waits."""

    def __init__(self, start: datetime = START) -> None:
        super().__init__(start)
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        """Move the clock on by so much and yield."""
        self.slept.append(seconds)
        self._elapsed += max(0.0, seconds)
        await asyncio.sleep(0)


class MemoryCache:
    """A `domain.ports.AnswerCache` in a dict; `answers` can be read and written by a test."""

    def __init__(self) -> None:
        self.answers: dict[str, CachedAnswer] = {}

    async def get(self, key: str) -> CachedAnswer | None:
        """The answer stored under a key, expired or not."""
        return self.answers.get(key)

    async def put(self, key: str, answer: CachedAnswer) -> None:
        """Store an answer in place of an older one."""
        self.answers[key] = answer
