"""Telegram's flood control, as far as it is known.

Documented: about one message a second in a chat with short bursts allowed, 20 a minute in a group, about 30 a
second over all. The length of a burst is not documented; five is what this stand-in lets through before it
insists on one a second.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FloodLimits:
    """How much is let through: `burst` messages at once in a chat, then one a second."""

    burst: int = 5
    per_group_minute: int = 20
    per_second: int = 30


@dataclass(slots=True)
class FloodControl:
    """Counts what is sent; all times are seconds of the monotonic clock."""

    limits: FloodLimits
    _chats: dict[int, float] = field(default_factory=dict)
    _minutes: dict[int, deque[float]] = field(default_factory=dict)
    _all: deque[float] = field(default_factory=deque)

    def admit(self, chat_id: int, *, is_group: bool, now: float, count: int = 1) -> int:
        """Count `count` messages and return 0, or return the seconds to wait and count nothing."""
        minute = self._minutes.setdefault(chat_id, deque())
        _forget(minute, now - 60)
        _forget(self._all, now - 1)
        wait = 0.0
        # The moment at which the chat's bucket is full again: one second per message sent.
        full_at = max(self._chats.get(chat_id, now), now)
        wait = max(wait, full_at + count - now - max(self.limits.burst, count))
        if is_group and len(minute) + count > self.limits.per_group_minute:
            wait = max(wait, minute[min(count, len(minute)) - 1] + 60 - now if minute else 0)
        if len(self._all) + count > self.limits.per_second and self._all:
            wait = max(wait, self._all[min(count, len(self._all)) - 1] + 1 - now)
        if wait > 1e-9:
            return math.ceil(wait)
        self._chats[chat_id] = full_at + count
        self._all.extend([now] * count)
        minute.extend([now] * count)
        return 0

    def dump(self, now: float) -> list[list[object]]:
        """What still counts, as JSON: each chat's id, the moment its bucket is full, its last minute."""
        chats = {chat for chat, full_at in self._chats.items() if full_at > now}
        chats |= {chat for chat, minute in self._minutes.items() if minute and minute[-1] > now - 60}
        return [
            [chat, self._chats.get(chat, 0.0), [at for at in self._minutes.get(chat, ()) if at > now - 60]]
            for chat in sorted(chats)
        ]

    def load(self, value: list[tuple[int, float, list[float]]]) -> None:
        """Go on from a dump."""
        for chat_id, full_at, minute in value:
            self._chats[chat_id] = full_at
            self._minutes[chat_id] = deque(minute)

    def used(self, chat_id: int, now: float) -> int:
        """How many messages and edits of the last minute count in a chat."""
        return sum(at > now - 60 for at in self._minutes.get(chat_id, ()))


def _forget(times: deque[float], until: float) -> None:
    while times and times[0] <= until:
        times.popleft()
