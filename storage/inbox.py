"""Updates as they came from Telegram, kept until they are done."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, func, literal, select, update

from storage.dialect import each
from storage.tables import UpdateState, inbox

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from storage.engine import Engines


@dataclass(frozen=True, slots=True)
class StoredUpdate:
    """An update that waits: `raw` is its JSON as received, `attempts` how many starts ended over it."""

    update_id: int
    raw: str
    attempts: int


# None touches a row if the update is not among those that wait.
_WAITING = update(inbox).where(inbox.c.update_id == bindparam("number"), inbox.c.state == UpdateState.NEW)
# Of one that is done only the number is kept, to know it again.
_DONE = _WAITING.values(state=UpdateState.DONE, settled_at=bindparam("now"), raw="")
_ASIDE = _WAITING.values(state=UpdateState.FAILED, settled_at=bindparam("now"), error_id=bindparam("error"))
_BLAMELESS = _WAITING.values(attempts=0)
# Doing it again is harmless.
_STORE = each(lambda insert: insert(inbox).on_conflict_do_nothing())
_KNOWN = select(inbox.c.update_id).where(inbox.c.update_id.in_(bindparam("numbers", expanding=True)))


class InboxStore:
    """The inbox's table. Each method is one transaction."""

    def __init__(self, engines: Engines) -> None:
        self._reader = engines.reader
        self._writer = engines.writer
        self._settled: set[int] = set()

    async def store(self, updates: Sequence[tuple[int, str]], now: datetime) -> tuple[int, ...]:
        """Keep updates (id and raw JSON), durably when this returns; the ids that were new, in order."""
        if not updates:
            return ()
        received = dict(reversed(updates))
        async with self._writer.begin() as connection:
            known = set(await connection.scalars(_KNOWN, {"numbers": list(received)}))
            new = tuple(
                number for number in dict.fromkeys(number for number, _ in updates) if number not in known
            )
            if new:
                rows = [
                    {
                        "update_id": number,
                        "raw": received[number],
                        "state": UpdateState.NEW,
                        "attempts": 0,
                        "received_at": now,
                    }
                    for number in new
                ]
                await connection.execute(_STORE(connection), rows)
        return new

    async def pending(self) -> tuple[StoredUpdate, ...]:
        """The updates that wait, the oldest first."""
        columns = (inbox.c.update_id, inbox.c.raw, inbox.c.attempts)
        # Written out, since SQLite uses a partial index only for a literal condition.
        waiting = inbox.c.state == literal(UpdateState.NEW.value, literal_execute=True)
        async with self._reader.connect() as connection:
            rows = await connection.execute(select(*columns).where(waiting).order_by(inbox.c.update_id))
            return tuple(StoredUpdate(*row) for row in rows)

    async def begin_attempts(self, update_ids: Sequence[int]) -> None:
        """Count an attempt at updates that an earlier process left over."""
        if not update_ids:
            return
        async with self._writer.begin() as connection:
            await connection.execute(
                update(inbox).where(inbox.c.update_id.in_(update_ids)).values(attempts=inbox.c.attempts + 1)
            )

    async def forget_attempts(self, update_id: int) -> None:
        """Count no attempts at an update that was handled without ending the process, if it waits."""
        async with self._writer.begin() as connection:
            await connection.execute(_BLAMELESS, {"number": update_id})

    async def done(self, update_id: int, now: datetime) -> None:
        """Mark an update done that changed nothing; one that is done or set aside stays as it is."""
        if update_id in self._settled:
            self._settled.discard(update_id)
            return
        async with self._writer.begin() as connection:
            await connection.execute(_DONE, {"number": update_id, "now": now})

    async def done_within(self, connection: AsyncConnection, update_id: int, now: datetime) -> bool:
        """Mark an update done in the transaction of its change; False where it waits no longer."""
        return (await connection.execute(_DONE, {"number": update_id, "now": now})).rowcount == 1

    def committed(self, update_id: int) -> None:
        """That transaction lasts, which leaves `done` nothing to do."""
        self._settled.add(update_id)

    async def set_aside(self, update_id: int, error_id: str, now: datetime) -> None:
        """Take an update that cannot be handled out of the way, under the id of its error report."""
        self._settled.discard(update_id)
        async with self._writer.begin() as connection:
            await connection.execute(_ASIDE, {"number": update_id, "now": now, "error": error_id})

    async def purge(self, before: datetime, failed_before: datetime) -> None:
        """Forget updates done before a moment; of those set aside before another keep the number alone."""
        # Ids go up with time, so that the old ones are in front: what settles updates pays for no index.
        recent = (inbox.c.state == UpdateState.NEW) | (
            (inbox.c.state == UpdateState.DONE) & (inbox.c.settled_at >= before)
        )
        first_recent = select(func.min(inbox.c.update_id)).where(recent).scalar_subquery()
        older = inbox.c.update_id < func.coalesce(first_recent, sys.maxsize)
        done = older & (inbox.c.state == UpdateState.DONE) & (inbox.c.settled_at < before)
        # Written out, since SQLite uses a partial index only for a literal condition.
        is_failed = inbox.c.state == literal(UpdateState.FAILED.value, literal_execute=True)
        failed = is_failed & (inbox.c.settled_at < failed_before)
        async with self._writer.begin() as connection:
            await connection.execute(delete(inbox).where(done))
            await connection.execute(update(inbox).where(failed, inbox.c.raw != "").values(raw=""))

    async def last_update_id(self) -> int | None:
        """The highest update id kept."""
        async with self._reader.connect() as connection:
            highest: int | None = await connection.scalar(select(func.max(inbox.c.update_id)))
        return highest
