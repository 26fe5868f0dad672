"""What the owner was told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from domain.notices import Notice
from storage.dialect import insert
from storage.tables import notices

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection


class SqlNotices:
    """A `domain.ports.Notices`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, key: str) -> Notice | None:
        """A notice by its key."""
        row = (await self._connection.execute(select(*_columns).where(notices.c.key == key))).one_or_none()
        return None if row is None else Notice(*row)

    async def count(self, key: str, now: datetime) -> Notice:
        """Add a notice, or one more time to the one there is."""
        first = insert(self._connection, notices).values(key=key, since=now, last=now, times=1)
        counted = first.on_conflict_do_update(
            index_elements=[notices.c.key], set_={"times": notices.c.times + 1, "last": now}
        )
        return Notice(*(await self._connection.execute(counted.returning(*_columns))).one())

    async def set_message(self, key: str, message_id: int) -> None:
        """Note the message that says it."""
        await self._connection.execute(
            update(notices).where(notices.c.key == key).values(message_id=message_id)
        )

    async def any(self, prefix: str) -> bool:
        """Whether there is one whose key begins so."""
        found = select(notices.c.key).where(notices.c.key.startswith(prefix, autoescape=True)).limit(1)
        return (await self._connection.execute(found)).one_or_none() is not None

    async def remove(self, key: str) -> None:
        """Forget a notice."""
        await self._connection.execute(delete(notices).where(notices.c.key == key))

    async def remove_quiet(self, prefix: str, before: datetime) -> None:
        """Forget those whose keys begin so and that last happened before a moment."""
        quiet = notices.c.key.startswith(prefix, autoescape=True) & (notices.c.last < before)
        await self._connection.execute(delete(notices).where(quiet))


_columns = (notices.c.key, notices.c.since, notices.c.last, notices.c.times, notices.c.message_id)
