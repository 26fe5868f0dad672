"""The catalogues' answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from domain.ports import CachedAnswer
from storage.dialect import insert
from storage.tables import http_cache

if TYPE_CHECKING:
    from datetime import datetime

    from storage.engine import Engines


class SqlAnswerCache:
    """A `domain.ports.AnswerCache`. Each method is one transaction."""

    def __init__(self, engines: Engines) -> None:
        self._reader = engines.reader
        self._writer = engines.writer

    async def get(self, key: str) -> CachedAnswer | None:
        """The answer stored under a key, expired or not."""
        statement = select(http_cache.c.body, http_cache.c.expires_at).where(http_cache.c.key == key)
        async with self._reader.connect() as connection:
            row = (await connection.execute(statement)).one_or_none()
        return None if row is None else CachedAnswer(body=row.body, expires_at=row.expires_at)

    async def put(self, key: str, answer: CachedAnswer) -> None:
        """Store an answer in place of an older one."""
        async with self._writer.begin() as connection:
            statement = insert(connection, http_cache).values(
                key=key, expires_at=answer.expires_at, body=answer.body
            )
            await connection.execute(
                statement.on_conflict_do_update(
                    index_elements=[http_cache.c.key],
                    set_={"expires_at": statement.excluded.expires_at, "body": statement.excluded.body},
                )
            )

    async def purge(self, before: datetime) -> None:
        """Forget answers that expired before a moment."""
        async with self._writer.begin() as connection:
            await connection.execute(delete(http_cache).where(http_cache.c.expires_at < before))
