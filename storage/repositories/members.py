"""Rosters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, case, func, select, update

from domain.clubs import Member
from storage.dialect import each
from storage.repositories.rows import columns_of
from storage.repositories.users import user_from
from storage.tables import members, users

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy import RowMapping
    from sqlalchemy.ext.asyncio import AsyncConnection
    from sqlalchemy.sql.dml import ReturningInsert

    from storage.dialect import Inserting


def member_from(row: RowMapping) -> Member:
    """The member in a row that holds all columns of `members` and `users`."""
    columns = columns_of(members)
    return Member(
        user=user_from(row),
        joined=row[columns.joined_at],
        left=row[columns.left_at],
        nameless=row[columns.nameless],
        turn=row[columns.turn],
        away_until=row[columns.away_until],
    )


class SqlMembers:
    """A `domain.ports.Members`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, club_id: int) -> tuple[Member, ...]:
        """All members ever, in the order in which they first joined."""
        found = await self._connection.execute(_OF, {"club": club_id})
        return tuple(member_from(row) for row in found.mappings())

    async def join(self, club_id: int, user_id: int, now: datetime) -> bool:
        """Put somebody on the roster, or back on it with their first day; False where they were on it.

        Either way they stand at the end of the order of turns, and are not away.
        """
        changed = await self._connection.execute(
            _JOIN(self._connection), {"club": club_id, "user": user_id, "now": now}
        )
        return changed.one_or_none() is not None

    async def leave(self, club_id: int, user_id: int, now: datetime) -> bool:
        """Take somebody off the roster; False where they were not on it."""
        left = await self._connection.execute(
            update(members)
            .where(members.c.club_id == club_id, members.c.user_id == user_id, members.c.left_at.is_(None))
            .values(left_at=now)
        )
        return left.rowcount == 1

    async def set_turns(self, club_id: int, user_ids: Sequence[int]) -> None:
        """Order the roster: `turn` becomes the place in the sequence, from 0. Others keep theirs."""
        if not user_ids:
            return
        places = {user_id: place for place, user_id in enumerate(user_ids)}
        await self._connection.execute(
            update(members)
            .where(members.c.club_id == club_id, members.c.user_id.in_(places))
            .values(turn=case(places, value=members.c.user_id))
        )

    async def set_away(self, club_id: int, user_id: int, until: date | None) -> None:
        """Note until when somebody does not pick; None for being back."""
        await self._connection.execute(
            update(members)
            .where(members.c.club_id == club_id, members.c.user_id == user_id)
            .values(away_until=until)
        )

    async def drop_name(self, club_id: int, user_id: int) -> None:
        """Show a past member without their name from now on; somebody on the roster keeps theirs."""
        await self._connection.execute(
            update(members)
            .where(members.c.club_id == club_id, members.c.user_id == user_id, members.c.left_at.is_not(None))
            .values(nameless=True)
        )


def _join(insert: Inserting) -> ReturningInsert[int]:
    end = select(func.coalesce(func.max(members.c.turn) + 1, 0)).where(members.c.club_id == bindparam("club"))
    statement = insert(members).values(
        club_id=bindparam("club"),
        user_id=bindparam("user"),
        joined_at=bindparam("now"),
        nameless=False,
        turn=end.scalar_subquery(),
    )
    return statement.on_conflict_do_update(
        index_elements=[members.c.club_id, members.c.user_id],
        set_={"left_at": None, "nameless": False, "turn": statement.excluded.turn, "away_until": None},
        where=members.c.left_at.is_not(None),
    ).returning(members.c.user_id)


_JOIN = each(_join)
_OF = (
    select(members, users)
    .join_from(members, users)
    .where(members.c.club_id == bindparam("club"))
    .order_by(members.c.joined_at, members.c.user_id)
)
