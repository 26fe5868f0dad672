"""Long work in a thread, which ends soon after whoever waits for it gives up."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Stopped(Exception):
    """The work was given up."""


class Stop:
    """Asks the work to end."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    def ask(self) -> None:
        """From now on `check` ends the work."""
        self._asked.set()

    def check(self, *_: object) -> None:
        """Stopped if it was asked for; the work calls this every few milliseconds."""
        if self._asked.is_set():
            raise Stopped

    def interrupt(self) -> bool:
        """Whether SQLite should give up a statement (sqlite3_progress_handler)."""
        return self._asked.is_set()


async def in_thread(work: Callable[[Stop], T]) -> T:
    """Run work in a thread. Cancelled, it waits until the work has stopped and cleaned up."""
    stop = Stop()
    task = asyncio.ensure_future(asyncio.to_thread(work, stop))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        stop.ask()
        with contextlib.suppress(Exception):
            await task
        raise
