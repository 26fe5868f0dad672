"""The schedule: what is to be posted when, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, bindparam, delete, func, or_, select, update

from domain.isoweek import IsoWeek
from domain.schedule import Post, PostKind, PostState
from storage.dialect import insert
from storage.repositories.rows import columns_of
from storage.tables import clubs, posts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, RowMapping, Select
    from sqlalchemy.ext.asyncio import AsyncConnection


class SqlPosts:
    """A `domain.ports.Posts`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def ensure(self, club_id: int, kind: PostKind, week: IsoWeek, due_at: datetime) -> bool:
        """Put an occurrence on the schedule as due; False, and nothing changed, where it ever was on it."""
        added = await self._connection.execute(
            insert(self._connection, posts)
            .values(
                club_id=club_id,
                kind=kind,
                iso_year=week.year,
                iso_week=week.week,
                due_at=due_at,
                state=PostState.DUE,
                attempt=0,
                asleep=select(clubs.c.asleep).where(clubs.c.id == club_id).scalar_subquery(),
            )
            .on_conflict_do_nothing(
                index_elements=[posts.c.club_id, posts.c.kind, posts.c.iso_year, posts.c.iso_week]
            )
            .returning(posts.c.id)
        )
        return added.one_or_none() is not None

    async def reschedule(self, post_id: int, due_at: datetime) -> bool:
        """Move an occurrence that is still due; False where it was claimed meanwhile."""
        moved = await self._connection.execute(
            update(posts).where(posts.c.id == post_id, posts.c.state == PostState.DUE).values(due_at=due_at)
        )
        return moved.rowcount == 1

    async def withdraw(self, club_id: int, kinds: Sequence[PostKind]) -> None:
        """Take occurrences that are still due off the schedule, as if they had never been on it."""
        await self._connection.execute(
            delete(posts).where(
                posts.c.club_id == club_id, posts.c.kind.in_(kinds), posts.c.state == PostState.DUE
            )
        )

    async def of_club(self, club_id: int, *, open_only: bool = True) -> tuple[Post, ...]:
        """A club's occurrences that are due or being sent, or all it ever had; in order of due time."""
        of_club = select(posts).where(posts.c.club_id == club_id).order_by(posts.c.due_at, posts.c.id)
        return await self._all(of_club.where(still_open()) if open_only else of_club)

    async def latest(self, club_id: int, kind: PostKind) -> Post | None:
        """The latest week's occurrence of a kind, whatever became of it."""
        return await self._one(
            select(posts)
            .where(posts.c.club_id == club_id, posts.c.kind == kind)
            .order_by(posts.c.iso_year.desc(), posts.c.iso_week.desc())
            .limit(1)
        )

    async def due(self, now: datetime, limit: int) -> tuple[Post, ...]:
        """What is due, or was claimed under a lease that is over, in order of due time; awake clubs only."""
        return await self._all(
            select(posts)
            .where(still_open(), ~posts.c.asleep, _free(now))
            .order_by(posts.c.due_at, posts.c.id)
            .limit(limit)
        )

    async def count_due(self, now: datetime) -> int:
        """How many are due, or being sent; awake clubs only."""
        counted = await self._connection.scalar(
            select(func.count())
            .select_from(posts)
            .where(still_open(), ~posts.c.asleep, posts.c.due_at <= now)
        )
        return counted or 0

    async def claim(self, post_id: int, now: datetime, lease_until: datetime) -> Post | None:
        """Take an occurrence to be sent (attempt + 1); None where somebody else has it or it is settled.

        None also where it is not due yet: it may have been rescheduled since `due` named it.
        """
        claimed = await self._connection.execute(
            update(posts)
            .where(posts.c.id == post_id, _free(now))
            .values(state=PostState.SENDING, lease_until=lease_until, attempt=posts.c.attempt + 1)
            .returning(posts)
        )
        row = claimed.mappings().one_or_none()
        return None if row is None else _post_from(row)

    async def release(self, post_id: int, attempt: int) -> bool:
        """Give back what was claimed and surely not sent: due again, as if it had not been claimed.

        False, and nothing changed, where it was settled or claimed again since that attempt.
        """
        released = await self._connection.execute(
            update(posts)
            .where(posts.c.id == post_id, posts.c.state == PostState.SENDING, posts.c.attempt == attempt)
            .values(state=PostState.DUE, lease_until=None, attempt=posts.c.attempt - 1)
        )
        return released.rowcount == 1

    async def settle(
        self, post_id: int, state: PostState, now: datetime, message_id: int | None = None
    ) -> bool:
        """Note what became of an occurrence: SENT, SKIPPED or FAILED; False where that was noted before."""
        settled = await self._connection.execute(
            update(posts)
            .where(posts.c.id == post_id, still_open())
            .values(state=state, settled_at=now, message_id=message_id, lease_until=None)
        )
        return settled.rowcount == 1

    async def next_due(self, now: datetime) -> datetime | None:
        """When the next occurrence of any awake club is due, later than `now`; None where none is."""
        return await self._connection.scalar(
            select(posts.c.due_at)
            .where(still_open(), ~posts.c.asleep, posts.c.state == PostState.DUE, posts.c.due_at > now)
            .order_by(posts.c.due_at)
            .limit(1)
        )

    async def _one(self, statement: Select[*tuple[object, ...]]) -> Post | None:
        row = (await self._connection.execute(statement)).mappings().one_or_none()
        return None if row is None else _post_from(row)

    async def _all(self, statement: Select[*tuple[object, ...]]) -> tuple[Post, ...]:
        found = await self._connection.execute(statement)
        return tuple(_post_from(row) for row in found.mappings())


def still_open() -> ColumnElement[bool]:
    """Not settled. Spelled out, not bound: the partial index serves only who repeats its condition."""
    states = [PostState.DUE.value, PostState.SENDING.value]
    return posts.c.state.in_(bindparam("open", states, expanding=True, literal_execute=True))


def _free(now: datetime) -> ColumnElement[bool]:
    """Due, and nobody is at it."""
    over = and_(posts.c.state == PostState.SENDING, posts.c.lease_until <= now)
    return and_(posts.c.due_at <= now, or_(posts.c.state == PostState.DUE, over))


def _post_from(row: RowMapping) -> Post:
    columns = columns_of(posts)
    return Post(
        id=row[columns.id],
        club_id=row[columns.club_id],
        kind=PostKind(row[columns.kind]),
        week=IsoWeek(row[columns.iso_year], row[columns.iso_week]),
        due_at=row[columns.due_at],
        state=PostState(row[columns.state]),
        attempt=row[columns.attempt],
        lease_until=row[columns.lease_until],
        message_id=row[columns.message_id],
    )
