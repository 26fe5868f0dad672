"""The queue of updates a bot fetches: confirmed by offset, filtered, expiring, polled by one at a time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from .wire import JsonObject, Refusal

if TYPE_CHECKING:
    from domain.clock import Clock

# Sent only to bots that ask for them by name.
ON_REQUEST: Final = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
KEPT_SECONDS: Final = 24 * 3600.0
CALLBACK_KEPT_SECONDS: Final = 150.0
POLL_LIMIT_SECONDS: Final = 50
_TWO_POLLERS: Final = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
)
_WEBHOOK_ACTIVE: Final = (
    "Conflict: can't use getUpdates method while webhook is active;"
    " use deleteWebhook to delete the webhook first"
)


@dataclass(slots=True)
class _Queued:
    update: JsonObject
    at: float
    copies: int = 1

    @property
    def id(self) -> int:
        return int(self.update["update_id"])


@dataclass(slots=True)
class Updates:
    """What waits for the bot."""

    clock: Clock
    next_id: int = 1
    allowed: frozenset[str] = frozenset()
    webhook_url: str = ""
    duplicates_ordered: int = 0
    _queue: list[_Queued] = field(default_factory=list)
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _poller: asyncio.Event | None = None

    @property
    def pending(self) -> int:
        """How many updates are not confirmed yet."""
        return len(self._queue)

    @property
    def polling(self) -> bool:
        """Whether a long poll waits for an update right now."""
        return self._poller is not None

    def wants(self, kind: str) -> bool:
        """Whether the bot asked for this kind of update."""
        return kind in self.allowed if self.allowed else kind not in ON_REQUEST

    def put(self, kind: str, value: JsonObject) -> None:
        """Queue an update, unless the bot did not ask for its kind."""
        if self.wants(kind):
            self.put_raw({kind: value})

    def put_raw(self, update: JsonObject) -> None:
        """Queue anything under the next id; an ordered duplicate makes it come twice."""
        copies = 1
        if self.duplicates_ordered:
            self.duplicates_ordered -= 1
            copies = 2
        self._queue.append(_Queued({"update_id": self.next_id, **update}, self.clock.monotonic(), copies))
        self.next_id += 1
        self._arrived.set()

    def dump(self) -> JsonObject:
        """All of it as JSON."""
        return {
            "next_id": self.next_id,
            "allowed": sorted(self.allowed),
            "webhook_url": self.webhook_url,
            "queue": [[queued.update, queued.at, queued.copies] for queued in self._queue],
        }

    def load(self, value: JsonObject) -> None:
        """Go on from a dump. Ids never go back: the bot remembers those it had."""
        self.next_id = max(self.next_id, value["next_id"])
        self.allowed = frozenset(value["allowed"])
        self.webhook_url = value["webhook_url"]
        self._queue = [_Queued(update, at, copies) for update, at, copies in value["queue"]]

    def forget(self) -> None:
        """Drop everything that waits (`drop_pending_updates`)."""
        self._queue.clear()

    def allow(self, kinds: list[Any] | None) -> None:
        """Set which kinds are wanted; None keeps the earlier choice, an empty list is the default set."""
        if kinds is not None:
            self.allowed = frozenset(map(str, kinds))

    async def fetch(self, params: JsonObject) -> list[JsonObject]:
        """One getUpdates call."""
        if self.webhook_url:
            raise Refusal(409, _WEBHOOK_ACTIVE)
        if self._poller is not None:
            self._poller.set()
        mine = self._poller = asyncio.Event()
        try:
            self.allow(params.get("allowed_updates"))
            self._confirm(int(params.get("offset", 0)))
            limit = int(params.get("limit", 100))
            limit = limit if 1 <= limit <= 100 else 100
            timeout = min(max(int(params.get("timeout", 0)), 0), POLL_LIMIT_SECONDS)
            found = self._ready(limit)
            if not found and timeout:
                await self._wait(mine, timeout)
                found = self._ready(limit)
            if mine.is_set():
                raise Refusal(409, _TWO_POLLERS)
            return found
        finally:
            if self._poller is mine:
                self._poller = None

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            self._queue = self._queue[offset:]
            return
        kept = []
        for queued in self._queue:
            if queued.id < offset:
                queued.copies -= 1
                if queued.copies == 0:
                    continue
            kept.append(queued)
        self._queue = kept

    def _ready(self, limit: int) -> list[JsonObject]:
        now = self.clock.monotonic()
        self._queue = [q for q in self._queue if now - q.at < _kept_seconds(q.update)]
        return [queued.update for queued in self._queue[:limit]]

    async def _wait(self, displaced: asyncio.Event, timeout: float) -> None:  # noqa: ASYNC109 - the API's own word
        self._arrived.clear()
        tasks = [
            asyncio.ensure_future(self._arrived.wait()),
            asyncio.ensure_future(displaced.wait()),
            asyncio.ensure_future(self.clock.sleep(timeout)),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def _kept_seconds(update: JsonObject) -> float:
    return CALLBACK_KEPT_SECONDS if "callback_query" in update else KEPT_SECONDS
