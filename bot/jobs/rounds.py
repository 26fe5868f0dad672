"""Work that comes round: the scheduler wakes it every minute or hour, and a stop ends it."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)


class Round:
    """One piece of such work, in a task of its own: the scheduler would log a stop amid it as an error."""

    def __init__(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """`name` is for the log."""
        self._name = name
        self._work = work
        self._working: asyncio.Task[None] | None = None

    async def wake(self) -> None:
        """Begin, if the last time is over. The scheduler calls this."""
        if self._working is None or self._working.done():
            self._working = asyncio.ensure_future(self._run())

    async def close(self) -> None:
        """Give up what is under way."""
        if self._working is not None:
            self._working.cancel()
            await asyncio.gather(self._working, return_exceptions=True)

    async def _run(self) -> None:
        try:
            await self._work()
        except Exception:
            log.exception("%s failed, and comes again when it is its time", self._name)
