"""Ratings and attendances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, exists, or_, select, update

from domain.weeks import Answer
from storage.dialect import insert
from storage.repositories.members import member_from
from storage.tables import attendances, members, picks, ratings, users, weeks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from domain.weeks import Pick


class SqlRatings:
    """A `domain.ports.Ratings`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def put(self, user_id: int, work_id: int, score: int, now: datetime) -> int | None:
        """Store a score in half-stars, any take on the work stays; the score it replaces."""
        previous = await self._connection.scalar(
            select(ratings.c.score).where(ratings.c.user_id == user_id, ratings.c.work_id == work_id)
        )
        statement = insert(self._connection, ratings).values(
            user_id=user_id,
            work_id=work_id,
            score=score,
            take="",
            has_spoiler=False,
            rated_at=now,
            updated_at=now,
        )
        await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=[ratings.c.user_id, ratings.c.work_id],
                set_={"score": statement.excluded.score, "updated_at": statement.excluded.updated_at},
            )
        )
        return previous

    async def set_take(
        self, user_id: int, work_id: int, take: str, *, has_spoiler: bool, now: datetime
    ) -> bool:
        """Store a take on a scored work; False where there is no score, or its author is forgotten by now."""
        forgotten = exists().where(users.c.id == user_id, users.c.forgotten_at.is_not(None))
        stored = await self._connection.execute(
            update(ratings)
            .where(ratings.c.user_id == user_id, ratings.c.work_id == work_id, ~forgotten)
            .values(take=take, has_spoiler=has_spoiler, updated_at=now)
        )
        return stored.rowcount == 1

    async def set_absent(self, pick_id: int, user_id: int, *, absent: bool) -> bool:
        """Note or un-note that somebody did not watch or listen; whether that changed anything."""
        if absent:
            noted = await self._connection.execute(
                insert(self._connection, attendances)
                .values(pick_id=pick_id, user_id=user_id)
                .on_conflict_do_nothing()
                .returning(attendances.c.user_id)
            )
            return noted.one_or_none() is not None
        removed = await self._connection.execute(
            delete(attendances).where(attendances.c.pick_id == pick_id, attendances.c.user_id == user_id)
        )
        return removed.rowcount == 1

    async def answers(self, picks: Sequence[Pick]) -> dict[int, tuple[Answer, ...]]:
        """What members ever of the picks' clubs said to each, by pick id, in the order of rating. One query.

        Those who only said that they did not watch or listen come last.
        """
        answers: dict[int, list[Answer]] = {pick.id: [] for pick in picks}
        if answers:
            found = await self._connection.execute(_answers.where(_picks.id.in_(answers)))
            for row in found.mappings():
                answer = Answer(
                    member=member_from(row),
                    score=row[ratings.c.score],
                    absent=row[attendances.c.pick_id] is not None,
                    take=row[ratings.c.take] or "",
                    has_spoiler=bool(row[ratings.c.has_spoiler]),
                    rated_at=row[ratings.c.rated_at],
                )
                answers[row["answered_pick"]].append(answer)
        return {pick_id: tuple(given) for pick_id, given in answers.items()}


_picks = picks.c
_answers = (
    select(
        _picks.id.label("answered_pick"),
        members,
        users,
        ratings.c.score,
        ratings.c.take,
        ratings.c.has_spoiler,
        ratings.c.rated_at,
        attendances.c.pick_id,
    )
    .select_from(picks)
    .join(weeks, weeks.c.id == _picks.week_id)
    .join(members, members.c.club_id == weeks.c.club_id)
    .join(users, users.c.id == members.c.user_id)
    .outerjoin(ratings, and_(ratings.c.user_id == members.c.user_id, ratings.c.work_id == _picks.work_id))
    .outerjoin(
        attendances, and_(attendances.c.user_id == members.c.user_id, attendances.c.pick_id == _picks.id)
    )
    .where(or_(ratings.c.score.is_not(None), attendances.c.pick_id.is_not(None)))
    .order_by(_picks.id, ratings.c.rated_at.nulls_last(), members.c.joined_at, members.c.user_id)
)
