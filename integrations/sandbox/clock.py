"""Real time that can be moved ahead."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta


class MovableClock:
    """A `domain.clock.Clock` that runs like the machine's, from a start of its own, and can be moved ahead.

    Whoever sleeps sees the move: those it carries past their time wake at once.
    """

    def __init__(self, start: datetime) -> None:
        """`start` is aware; the clock shows it now."""
        self._start = start.astimezone(UTC)
        self._began = time.monotonic()
        self._moved = 0.0
        self._move = asyncio.Event()

    def now(self) -> datetime:
        """The moment this clock shows, in UTC."""
        return self._start + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        """Seconds since the start, moves included."""
        return time.monotonic() - self._began + self._moved

    async def sleep(self, seconds: float) -> None:
        """Wait until this clock has come so far, by itself or by being moved."""
        due = self.monotonic() + seconds
        await asyncio.sleep(0)
        while (left := due - self.monotonic()) > 0:
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
        self._moved += seconds
        self._move.set()
        self._move = asyncio.Event()
