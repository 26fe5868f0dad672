"""A gate for services that count requests by the second."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from domain.clock import Clock


class QueueFull(TimeoutError):
    """So many wait that the last would wait longer than anybody should."""


class Pace:
    """Lets one through per `interval` seconds, in the order of arrival.

    `turn` raises QueueFull at once when the wait would be over `longest_wait` seconds.
    """

    def __init__(self, clock: Clock, *, interval: float, longest_wait: float) -> None:
        self._clock = clock
        self._interval = interval
        self._longest_wait = longest_wait
        self._door = asyncio.Lock()
        self._waiting = 0
        self._last: float | None = None

    async def turn(self) -> None:
        """Wait for one's turn."""
        if self._waiting * self._interval > self._longest_wait:
            raise QueueFull
        self._waiting += 1
        try:
            async with self._door:
                if self._last is not None:
                    await self._clock.sleep(self._last + self._interval - self._clock.monotonic())
                self._last = self._clock.monotonic()
        finally:
            self._waiting -= 1
