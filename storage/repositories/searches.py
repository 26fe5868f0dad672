"""Searches that were made."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, or_, select

from domain.search import Search
from domain.works import Hit, Kind, Source, WorkRef
from storage.tables import searches

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection


class SqlSearches:
    """A `domain.ports.Searches`. A search never changes, so its hits are kept as one JSON value."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(
        self, club_id: int, kind: Kind, text: str, hits: tuple[Hit, ...], now: datetime, *, stale: bool
    ) -> Search:
        """Keep a club's search for its buttons."""
        kept = [asdict(hit) for hit in hits]
        added = await self._connection.execute(
            insert(searches)
            .values(club_id=club_id, kind=kind, text=text, stale=stale, made_at=now, hits=kept)
            .returning(searches.c.id)
        )
        return Search(id=added.scalar_one(), kind=kind, text=text, hits=hits, stale=stale)

    async def get(self, club_id: int, search_id: int) -> Search | None:
        """A club's search by id."""
        found = await self._connection.execute(
            select(searches).where(
                searches.c.id == search_id,
                or_(searches.c.club_id == club_id, searches.c.club_id.is_(None)),
            )
        )
        row = found.one_or_none()
        if row is None:
            return None
        return Search(
            id=row.id,
            kind=Kind(row.kind),
            text=row.text,
            hits=tuple(_hit_from(hit) for hit in row.hits),
            stale=row.stale,
        )


def _hit_from(value: dict[str, Any]) -> Hit:
    return Hit(
        ref=WorkRef(Source(value["ref"]["source"]), value["ref"]["key"]),
        kind=Kind(value["kind"]),
        title=value["title"],
        year=value["year"],
        artist=value["artist"],
    )
