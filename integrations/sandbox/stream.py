"""Events with ids for pages that follow along."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

_REMEMBERED_EVENTS: Final = 2000


class EventStream:
    """Events with ids, the last of them remembered, so that a page can go on where it was."""

    def __init__(self, last_id: int = 0) -> None:
        """Nothing has happened yet. Ids follow `last_id`; a page may know those of an earlier stream."""
        self.last_id = last_id
        self.closed = False
        self._events: deque[tuple[int, str, str]] = deque(maxlen=_REMEMBERED_EVENTS)
        self._news = asyncio.Event()

    @property
    def remembered(self) -> tuple[tuple[int, str, str], ...]:
        """Ids, kinds and data (JSON) of the events a page can still catch up with."""
        return tuple(self._events)

    def put(self, kind: str, data: Mapping[str, Any]) -> None:
        """Add an event."""
        self.last_id += 1
        self._events.append((self.last_id, kind, json.dumps(data, ensure_ascii=False)))
        self._wake()

    def close(self) -> None:
        """End every stream."""
        self.closed = True
        self._wake()

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    async def follow(self, after: int) -> AsyncIterator[str]:
        """Server-sent events after an id, for ever."""
        oldest = self._events[0][0] if self._events else self.last_id + 1
        if after > self.last_id or after < oldest - 1:
            after = self.last_id
            yield f"id: {after}\nevent: reset\ndata: {{}}\n\n"
        while not self.closed:
            news = self._news
            for number, kind, data in [event for event in self._events if event[0] > after]:
                after = number
                yield f"id: {number}\nevent: {kind}\ndata: {data}\n\n"
            if after == self.last_id:
                await news.wait()
