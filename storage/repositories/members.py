"""Rosters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from domain.clubs import Member
from storage.dialect import insert
from storage.repositories.users import user_from
from storage.tables import members, users

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import RowMapping
    from sqlalchemy.ext.asyncio import AsyncConnection


def member_from(row: RowMapping) -> Member:
    """The member in a row that holds all columns of `members` and `users`."""
    return Member(
        user=user_from(row),
        joined=row[members.c.joined_at],
        left=row[members.c.left_at],
        nameless=row[members.c.nameless],
    )


class SqlMembers:
    """A `domain.ports.Members`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, club_id: int) -> tuple[Member, ...]:
        """All members ever, in the order in which they first joined."""
        found = await self._connection.execute(
            select(members, users)
            .join_from(members, users)
            .where(members.c.club_id == club_id)
            .order_by(members.c.joined_at, members.c.user_id)
        )
        return tuple(member_from(row) for row in found.mappings())

    async def join(self, club_id: int, user_id: int, now: datetime) -> bool:
        """Put somebody on the roster, or back on it with their first day; False where they were on it."""
        statement = (
            insert(self._connection, members)
            .values(club_id=club_id, user_id=user_id, joined_at=now, nameless=False)
            .on_conflict_do_update(
                index_elements=[members.c.club_id, members.c.user_id],
                set_={"left_at": None, "nameless": False},
                where=members.c.left_at.is_not(None),
            )
        )
        changed = await self._connection.execute(statement.returning(members.c.user_id))
        return changed.one_or_none() is not None

    async def leave(self, club_id: int, user_id: int, now: datetime) -> bool:
        """Take somebody off the roster; False where they were not on it."""
        left = await self._connection.execute(
            update(members)
            .where(members.c.club_id == club_id, members.c.user_id == user_id, members.c.left_at.is_(None))
            .values(left_at=now)
        )
        return left.rowcount == 1

    async def drop_name(self, club_id: int, user_id: int) -> None:
        """Show a past member without their name from now on; somebody on the roster keeps theirs."""
        await self._connection.execute(
            update(members)
            .where(members.c.club_id == club_id, members.c.user_id == user_id, members.c.left_at.is_not(None))
            .values(nameless=True)
        )
