"""How fast the bot may speak. Pure arithmetic over a monotonic clock, in seconds.

Telegram's limits, none of them exact and all counted here a little lower than they bite: about one
message a second in a chat, 20 a minute in a group, edits included, 30 a second over all chats.
Answers to taps are not limited.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

CHAT_INTERVAL = 1.0
CHAT_BURST = 3
GROUP_WINDOW = 60.0
GROUP_MESSAGES = 19
GROUP_EDITS = 15
"""Refreshes of a card stop here, so that messages still find room in the group's minute."""
GLOBAL_INTERVAL = 1 / 28
FLOOD_MARGIN = 0.1


@dataclass(slots=True)
class _Chat:
    sent: deque[float] = field(default_factory=deque)
    credit_at: float = 0.0
    paused_until: float = 0.0


@dataclass(slots=True)
class Limiter:
    """Says how long to wait, and is told what was sent."""

    _chats: dict[int, _Chat] = field(default_factory=dict)
    _next_global: float = 0.0

    def wait(self, chat_id: int, now: float, *, edit: bool) -> float:
        """Seconds until this chat may get a message, or an `edit` that can be late; 0 for now."""
        chat = self._chats.get(chat_id)
        if chat is None:
            return 0.0
        waits = [chat.paused_until - now, chat.credit_at - (CHAT_BURST - 1) * CHAT_INTERVAL - now]
        if chat_id < 0:
            while chat.sent and chat.sent[0] <= now - GROUP_WINDOW:
                chat.sent.popleft()
            room = GROUP_EDITS if edit else GROUP_MESSAGES
            if len(chat.sent) >= room:
                waits.append(chat.sent[-room] + GROUP_WINDOW - now)
        return max(0.0, *waits)

    def backlog(self, now: float) -> float:
        """Seconds for which messages already counted keep all chats busy."""
        return max(0.0, self._next_global - now)

    def take(self, chat_id: int, now: float) -> float:
        """Count a message to this chat; the seconds it must still wait for its turn among all chats."""
        chat = self._chats.setdefault(chat_id, _Chat())
        start = max(now, self._next_global)
        self._next_global = start + GLOBAL_INTERVAL
        chat.credit_at = max(chat.credit_at, start) + CHAT_INTERVAL
        if chat_id < 0:
            chat.sent.append(start)
        return start - now

    def pause(self, chat_id: int, now: float, seconds: float) -> None:
        """Telegram said 429: leave this chat alone for so long."""
        chat = self._chats.setdefault(chat_id, _Chat())
        chat.paused_until = max(chat.paused_until, now + seconds + FLOOD_MARGIN)

    def forget_idle(self, now: float) -> None:
        """Drop chats nothing was sent to for a while, so that memory follows the active ones."""
        idle = [
            chat_id
            for chat_id, chat in self._chats.items()
            if max(chat.credit_at, chat.paused_until) < now - GROUP_WINDOW
        ]
        for chat_id in idle:
            del self._chats[chat_id]
