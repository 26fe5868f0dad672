"""Receives updates durably and hands them on, one by one and in order per chat, in parallel across chats.

An update is stored before Telegram is told to forget it: the next getUpdates, whose offset confirms it,
is made only after the commit. It is done in the transaction of the change it causes (`Store.write`), or,
where it changed nothing, once everything it had to say is sent.

What was not done when the process ended is handled again at the next start, and counts an attempt meanwhile.
What is cut off then, too, comes first at the start after that, one chat at a time: of all that was in flight
together only what ends the process by itself counts on, and is set aside after `MAX_ATTEMPTS`.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import defaultdict, deque
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.request import LONG_POLL, parameters, seconds

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from telegram import Bot
    from telegram.request import BaseRequest

    from domain.clock import Clock

ALLOWED_UPDATES = ("message", "callback_query", "my_chat_member")
AT_ONCE = 64
"""Chats handled in parallel."""
CATCH_UP = 0.1
"""Seconds at most that a poll waits for the handling of what the last one brought, if that was several.
A poll made at once comes back with the first new update alone, and the others wait for the next."""
ON_ITS_WAY = 4
"""Rounds of the event loop in which what was said then leaves, before the poll does: an answer goes first,
and who presses again upon it is among those whom that poll finds."""
MAX_ATTEMPTS = 4
"""The first may have been made beside others, whichever of them ended the process; three were made alone."""
ALONE = 1.0
"""Seconds at most that others wait for a chat to be done that was cut off in an earlier attempt: what takes
longer waits for somebody, as for a catalogue, and keeps no other chat from being heard."""
KEEP_DONE = timedelta(days=3)
"""Longer than the 24 hours Telegram keeps an update, so that none can come twice unnoticed."""
KEEP_FAILED = timedelta(days=30)
"""Time for the owner to look at an update that could not be handled."""
DEAF_AFTER = 2.0 * LONG_POLL
"""Seconds without an answer to a getUpdates after which we no longer hear from Telegram."""
OFFSET_LIFETIME = timedelta(days=2)
"""After a week without updates Telegram starts at a random id, which an old offset would hide for ever.
Without an offset it sends all it still has; what we had before is known by its id."""

log = logging.getLogger(__name__)

RawUpdate = dict[str, Any]


class StoredUpdate(Protocol):
    """An update as stored."""

    @property
    def update_id(self) -> int:
        """Telegram's id."""

    @property
    def raw(self) -> str:
        """The JSON as received."""

    @property
    def attempts(self) -> int:
        """How many starts handled it and ended before it was."""


class InboxStore(Protocol):
    """Where updates are kept."""

    async def store(self, updates: Sequence[tuple[int, str]], now: datetime) -> tuple[int, ...]:
        """Keep updates by id; the ids that were new."""

    async def pending(self) -> Sequence[StoredUpdate]:
        """Those not done, in order of id."""

    async def begin_attempts(self, update_ids: Sequence[int]) -> None:
        """Count one more attempt for each."""

    async def forget_attempts(self, update_id: int) -> None:
        """Count none for an update that was handled without ending the process; harmless where it is done."""

    async def done(self, update_id: int, now: datetime) -> None:
        """Mark an update done; harmless where it is."""

    async def set_aside(self, update_id: int, error_id: str, now: datetime) -> None:
        """Mark an update as one that cannot be handled."""

    async def purge(self, before: datetime, failed_before: datetime) -> None:
        """Drop updates done before a moment, and what is in those set aside before another."""


@dataclass(frozen=True, slots=True)
class Handled:
    """What became of an update: `delivered` returns when all it had to say is sent.

    `slow` is to be done before, and need not keep the chat waiting. It gives an error's id, and never raises.
    """

    delivered: Callable[[], Awaitable[None]]
    error_id: str | None = None
    slow: Callable[[], Awaitable[str | None]] | None = None


class Inbox:
    """Polls Telegram, stores, hands on."""

    def __init__(
        self,
        bot: Bot,
        polling: BaseRequest,
        store: InboxStore,
        clock: Clock,
        handle: Callable[[RawUpdate], Awaitable[Handled]],
        arrived: Callable[[RawUpdate], None],
    ) -> None:
        """`handle` takes one update's JSON and never raises; `arrived` is told of each new one before."""
        self._bot = bot
        self._polling = polling
        self._store = store
        self._clock = clock
        self._handle = handle
        self._arrived = arrived
        self._chats: dict[int, deque[RawUpdate]] = {}
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._workers: set[asyncio.Task[None]] = set()
        self._left_over: set[int] = set()
        self._attempts: set[int] = set()
        self._cut_off: set[int] = set()
        self._offset: int | None = None
        self._heard_at = clock.now()
        self._polled_at: float | None = None

    async def run(self) -> None:
        """Handle what was left over, then poll until cancelled. InvalidToken ends it."""
        await self._recover()
        failures = 0
        while True:
            try:
                await self.poll()
            except InvalidToken:
                raise
            except RetryAfter as error:
                await self._clock.sleep(seconds(error.retry_after))
            except (TelegramError, ValueError) as error:
                failures += 1
                _explain(error, failures)
                await self._clock.sleep(min(30.0, 0.5 * 2.0 ** min(failures, 6)))
            except Exception:
                failures += 1
                log.exception("updates could not be stored; Telegram keeps them, and we ask again")
                await self._clock.sleep(min(30.0, 0.5 * 2.0 ** min(failures, 6)))
            else:
                failures = 0

    async def poll(self) -> None:
        """One getUpdates: store what is new, then hand it on."""
        data = parameters(timeout=LONG_POLL, allowed_updates=ALLOWED_UPDATES, offset=self._offset)
        try:
            updates = await self._polling.post(
                f"{self._bot.base_url}/getUpdates", data, read_timeout=LONG_POLL + 10
            )
        except Conflict as error:
            if "webhook" in str(error).lower():
                # Set by whatever used the token before, it would keep every update from us.
                await self._bot.delete_webhook()
            raise
        if not isinstance(updates, list):
            raise ValueError("getUpdates gave no list")  # noqa: TRY004 - waited out as any other bad answer
        self._polled_at = self._clock.monotonic()
        now = self._clock.now()
        if not updates:
            if now - self._heard_at > OFFSET_LIFETIME:
                self._offset = None
            return
        self._heard_at = now
        new = await self._store.store([(update["update_id"], json.dumps(update)) for update in updates], now)
        self._offset = max(update["update_id"] for update in updates) + 1
        for update in {update["update_id"]: update for update in updates}.values():
            if update["update_id"] in new:
                self._arrived(update)
                self._enqueue(update)
        if len(new) > 1 and self._workers:
            await asyncio.wait(self._workers, timeout=CATCH_UP)
            for _ in range(ON_ITS_WAY):
                await asyncio.sleep(0)

    @property
    def listening(self) -> bool:
        """Whether Telegram answered a getUpdates not long ago."""
        return self._polled_at is not None and self._clock.monotonic() - self._polled_at < DEAF_AFTER

    async def clean(self) -> None:
        """Drop what was done long ago."""
        now = self._clock.now()
        await self._store.purge(now - KEEP_DONE, now - KEEP_FAILED)

    @property
    def busy(self) -> bool:
        """Whether an update is not yet done."""
        return bool(self._tasks)

    async def drain(self) -> None:
        """Return when every update received so far is done."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self) -> None:
        """Leave the rest for the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _recover(self) -> None:
        """Hand on what was left over: first, and each by itself, the chats where an attempt was cut off."""
        chats: defaultdict[int, list[RawUpdate]] = defaultdict(list)
        for update in await self._store.pending():
            if update.attempts >= MAX_ATTEMPTS:
                log.error(
                    "update %d ended the process %d times and is set aside", update.update_id, update.attempts
                )
                await self._store.set_aside(update.update_id, "repeated-crash", self._clock.now())
                continue
            self._left_over.add(update.update_id)
            raw = json.loads(update.raw)
            chats[chat_of(raw)].append(raw)
            if update.attempts:
                self._cut_off.add(chat_of(raw))
        for chat_id in sorted(chats, key=lambda chat: chat not in self._cut_off):
            others = set(self._workers)
            for raw in chats[chat_id]:
                self._enqueue(raw)
            if chat_id in self._cut_off:
                await asyncio.wait(self._workers - others, timeout=ALONE)
        self._cut_off.clear()

    def _enqueue(self, update: RawUpdate) -> None:
        chat_id = chat_of(update)
        queue = self._chats.get(chat_id)
        if queue is None:
            queue = self._chats[chat_id] = deque()
            worker = self._start(self._work(chat_id, queue))
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)
        queue.append(update)

    async def _work(self, chat_id: int, queue: deque[RawUpdate]) -> None:
        try:
            while queue:
                async with self._slots:
                    update = queue.popleft()
                    await self._count_attempt(update["update_id"])
                    handled = await self._handle(update)
                if chat_id in self._cut_off:
                    handled = await self._outlive(update["update_id"], handled)
                self._start(self._finish(update["update_id"], handled))
        finally:
            del self._chats[chat_id]

    async def _count_attempt(self, update_id: int) -> None:
        """Count what an earlier process left over when its turn comes, so that only what ends us adds up."""
        if update_id not in self._left_over:
            return
        self._left_over.discard(update_id)
        self._attempts.add(update_id)
        try:
            await self._store.begin_attempts([update_id])
        except Exception:
            log.exception("the attempt at update %d could not be counted", update_id)

    async def _outlive(self, update_id: int, handled: Handled) -> Handled:
        """Do what is slow as well, and then count no attempt any more: the process did not end.

        What it has to say may wait for Telegram through many restarts, none of which is its fault.
        """
        if handled.slow is not None:
            handled = Handled(handled.delivered, await handled.slow())
        if update_id in self._attempts:
            self._attempts.discard(update_id)
            try:
                await self._store.forget_attempts(update_id)
            except Exception:
                log.exception("the attempts at update %d could not be forgotten", update_id)
        return handled

    async def _finish(self, update_id: int, handled: Handled) -> None:
        handled = await self._outlive(update_id, handled)
        try:
            await handled.delivered()
        except Exception:
            log.exception("what update %d had to say was not all said", update_id)
        try:
            if handled.error_id is None:
                await self._store.done(update_id, self._clock.now())
            else:
                await self._store.set_aside(update_id, handled.error_id, self._clock.now())
        except Exception:
            log.exception("update %d could not be marked done and comes again at the next start", update_id)

    def _start(self, work: Awaitable[None]) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def chat_of(update: RawUpdate) -> int:
    """The chat an update belongs to, 0 for one that names none; updates of one chat are handled in order."""
    for part in update.values():
        if isinstance(part, dict):
            message = part.get("message", part)
            chat = message.get("chat") if isinstance(message, dict) else None
            if isinstance(chat, dict) and isinstance(chat.get("id"), int):
                return int(chat["id"])
    return 0


def _explain(error: Exception, failures: int) -> None:
    if isinstance(error, Conflict):
        log.error("Telegram: %s", error)
    elif failures in {1, 10, 100}:
        log.warning("Telegram did not answer (%d in a row): %s", failures, error)
