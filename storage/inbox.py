"""Updates as they came from Telegram, kept until they are done."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, literal, select, update

from storage.dialect import insert
from storage.tables import UpdateState, inbox

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Update

    from storage.engine import Engines


@dataclass(frozen=True, slots=True)
class StoredUpdate:
    """An update that waits: `raw` is its JSON as received, `attempts` counts the starts that found it."""

    update_id: int
    raw: str
    attempts: int


def settled(update_id: int, state: UpdateState, now: datetime, error_id: str | None = None) -> Update:
    """The statement that takes an update out of the waiting ones; touches no row if it is not among them.

    Of one that is done only the number is kept, to know it again.
    """
    waiting = (inbox.c.update_id == update_id) & (inbox.c.state == UpdateState.NEW)
    values: dict[str, object] = {"state": state, "settled_at": now, "error_id": error_id}
    if state is UpdateState.DONE:
        values["raw"] = ""
    return update(inbox).where(waiting).values(values)


class InboxStore:
    """The inbox's table. Each method is one transaction."""

    def __init__(self, engines: Engines) -> None:
        self._reader = engines.reader
        self._writer = engines.writer

    async def store(self, updates: Sequence[tuple[int, str]], now: datetime) -> tuple[int, ...]:
        """Keep updates (id and raw JSON), durably when this returns; the ids that were new, in order."""
        if not updates:
            return ()
        rows = [
            {"update_id": number, "raw": raw, "state": UpdateState.NEW, "attempts": 0, "received_at": now}
            for number, raw in updates
        ]
        async with self._writer.begin() as connection:
            statement = insert(connection, inbox).values(rows).on_conflict_do_nothing()
            stored = set(await connection.scalars(statement.returning(inbox.c.update_id)))
        return tuple(dict.fromkeys(number for number, _ in updates if number in stored))

    async def pending(self) -> tuple[StoredUpdate, ...]:
        """The updates that wait, the oldest first."""
        columns = (inbox.c.update_id, inbox.c.raw, inbox.c.attempts)
        # Written out, since SQLite uses a partial index only for a literal condition.
        waiting = inbox.c.state == literal(UpdateState.NEW.value, literal_execute=True)
        async with self._reader.connect() as connection:
            rows = await connection.execute(select(*columns).where(waiting).order_by(inbox.c.update_id))
            return tuple(StoredUpdate(*row) for row in rows)

    async def begin_attempts(self, update_ids: Sequence[int]) -> None:
        """Count an attempt at updates that a start found waiting."""
        if not update_ids:
            return
        async with self._writer.begin() as connection:
            await connection.execute(
                update(inbox).where(inbox.c.update_id.in_(update_ids)).values(attempts=inbox.c.attempts + 1)
            )

    async def forget_attempts(self, update_id: int) -> None:
        """Count no attempts at an update that was handled without ending the process."""
        async with self._writer.begin() as connection:
            await connection.execute(update(inbox).where(inbox.c.update_id == update_id).values(attempts=0))

    async def done(self, update_id: int, now: datetime) -> None:
        """Mark an update done that changed nothing; one that is done or set aside stays as it is."""
        async with self._writer.begin() as connection:
            await connection.execute(settled(update_id, UpdateState.DONE, now))

    async def set_aside(self, update_id: int, error_id: str, now: datetime) -> None:
        """Take an update that cannot be handled out of the way, under the id of its error report."""
        async with self._writer.begin() as connection:
            await connection.execute(settled(update_id, UpdateState.FAILED, now, error_id))

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
