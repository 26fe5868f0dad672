"""A gate for services that count requests by the second."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from domain.clock import Clock


class QueueFull(TimeoutError):
    """So many wait that the last would wait longer than anybody should."""


class Pace:
    """Lets one through per `interval` seconds, in the order of arrival, first those who may go ahead."""

    def __init__(self, clock: Clock, *, interval: float, longest_wait: float) -> None:
        self._clock = clock
        self._interval = interval
        self._longest_wait = longest_wait
        # One at a time comes from the hall to the door; who goes ahead passes the hall by.
        self._hall = asyncio.Lock()
        self._door = asyncio.Lock()
        self._waiting = 0
        self._last: float | None = None

    @property
    def wait(self) -> float:
        """Seconds until somebody who comes now is let through."""
        rest = 0.0 if self._last is None else self._last + self._interval - self._clock.monotonic()
        return max(0.0, rest) + self._waiting * self._interval

    async def turn(self, *, ahead: bool = False) -> None:
        """Wait for one's turn. QueueFull, at once, where the wait would be over `longest_wait` seconds.

        `ahead` is for those who waited once already, or hold a button: however long the line, they wait a few
        seconds.
        """
        if not ahead and self._waiting * self._interval > self._longest_wait:
            raise QueueFull
        self._waiting += 1
        try:
            async with nullcontext() if ahead else self._hall, self._door:
                if self._last is not None:
                    await self._clock.sleep(self._last + self._interval - self._clock.monotonic())
                self._last = self._clock.monotonic()
        finally:
            self._waiting -= 1
