"""Knows when a bot in this process has nothing left to do but wait for the clock or for people.

What can move it is a callback that is ready to run, or work in a thread (SQLite's, or a picture being drawn)
or on a database server. Such work is counted, and the event loop is asked whether anything else is ready.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import ExitStack, contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import aiosqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncTransaction

from storage.inline import Worker

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

ROUNDS = 3
"""A timer that is due and a socket that can be read are ready only in the loop's next round."""
GLANCE = 0.001
"""Seconds between two looks at a thread that works."""

WORKS_ELSEWHERE: Mapping[type, tuple[str, ...]] = MappingProxyType(
    {
        aiosqlite.Connection: ("_execute", "_connect"),
        Worker: ("run",),
        # A server's answer comes over a socket, of which the loop knows nothing until it is there.
        AsyncConnection: ("start", "execute", "commit", "rollback", "close", "run_sync"),
        AsyncTransaction: ("start", "__aexit__"),
    }
)


@contextmanager
def watched() -> Iterator[Stillness]:
    """A stillness that watches meanwhile."""
    stillness = Stillness()
    stillness.begin()
    try:
        yield stillness
    finally:
        stillness.end()


class Stillness:
    """Watches the threads of this process's bots between `begin` and `end`."""

    def __init__(self) -> None:
        self._at_work = 0
        self._watches = ExitStack()

    def begin(self) -> None:
        """Count from now on."""
        for kind, names in WORKS_ELSEWHERE.items():
            for name in names:
                counted = self._counting(getattr(kind, name))
                self._watches.enter_context(patch.object(kind, name, counted))
        self._watches.enter_context(patch("asyncio.to_thread", self._counting(asyncio.to_thread)))

    def end(self) -> None:
        """Count no more."""
        self._watches.close()

    async def come(self) -> None:
        """Return when all waits for what only a clock or a person can bring; one task at a time may ask."""
        # asyncio does not tell publicly what is ready besides the task that asks.
        ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
        still = 0
        while still < ROUNDS:
            if self._at_work:
                still = 0
                await asyncio.sleep(GLANCE)
            else:
                await asyncio.sleep(0)
                still = 0 if ready else still + 1

    async def ends(self, *tasks: asyncio.Future[Any]) -> None:
        """Return when these have ended; AssertionError where all is still and they have not.

        A deadlock is seen at once by that, and a machine that is slow is none.
        """
        await self.come()
        assert all(task.done() for task in tasks), "they wait for ever"

    def _counting(self, work: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def counted(*args: Any, **kwargs: Any) -> Any:
            self._at_work += 1
            try:
                return await work(*args, **kwargs)
            finally:
                self._at_work -= 1

        return counted
