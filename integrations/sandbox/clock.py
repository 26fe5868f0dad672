"""Real time that can be moved ahead."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class MovableClock:
    """A `domain.clock.Clock` that runs like the machine's, from a start of its own, and can be moved ahead.

    Whoever sleeps sees the move: those it carries past their time wake at once. `watchers` are told of it
    first.
    """

    def __init__(self, start: datetime) -> None:
        """`start` is aware; the clock shows it now."""
        self._start = start.astimezone(UTC)
        self._began = time.monotonic()
        self._move = asyncio.Event()
        self.moved = 0.0
        self.watchers: list[Callable[[], None]] = []

    def now(self) -> datetime:
        """The moment this clock shows, in UTC."""
        return self._start + timedelta(seconds=self._passed())

    def monotonic(self) -> float:
        """Seconds since 1970 on this clock, so that one that starts where it was goes on with them."""
        return self._start.timestamp() + self._passed()

    def _passed(self) -> float:
        return time.monotonic() - self._began + self.moved

    async def sleep(self, seconds: float) -> None:
        """Wait until this clock has come so far, by itself or by being moved."""
        due = self._passed() + seconds
        await asyncio.sleep(0)
        while (left := due - self._passed()) > 0:
            move = self._move
            try:
                async with asyncio.timeout(left):
                    await move.wait()
            except TimeoutError:
                return

    def advance(self, seconds: float) -> None:
        """Move ahead; ValueError for going back."""
        if seconds < 0:
            raise ValueError("time does not go back")
        self.moved += seconds
        for watcher in self.watchers:
            watcher()
        self._move.set()
        self._move = asyncio.Event()
