"""Ratings and attendances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, bindparam, case, delete, exists, func, or_, select, update

from domain.weeks import Answer, Ballot, Turnout
from storage.dialect import each, insert
from storage.repositories.members import member_from
from storage.repositories.rows import columns_of
from storage.repositories.weeks import all_picks, pick_from
from storage.tables import attendances, members, picks, ratings, users, weeks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from domain.weeks import Pick
    from storage.dialect import Insert, Inserting


class SqlRatings:
    """A `domain.ports.Ratings`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def ballot(self, pick_id: int, user_id: int) -> Ballot | None:
        """A pick, a removed one too, and how somebody stands to it. One query."""
        found = await self._connection.execute(_BALLOT, {"pick": pick_id, "user": user_id})
        row = found.mappings().one_or_none()
        if row is None:
            return None
        return Ballot(
            pick=pick_from(row),
            score=row[columns_of(ratings).score],
            absent=row[columns_of(attendances).pick_id] is not None,
            listed=row[columns_of(members).user_id] is not None,
            awaited=row["awaited"],
        )

    async def put(self, user_id: int, work_id: int, score: int, now: datetime) -> None:
        """Store a score in half-stars, in place of any other; any take on the work stays."""
        keys = {"user": user_id, "work": work_id}
        await self._connection.execute(_PUT(self._connection), {**keys, "score": score, "now": now})

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
        removed = await self._connection.execute(_ATTENDED, {"pick": pick_id, "user": user_id})
        return removed.rowcount == 1

    async def answers(self, picks: Sequence[Pick]) -> dict[int, tuple[Answer, ...]]:
        """What members ever of the picks' clubs said to each, by pick id, in the order of rating. One query.

        Those who only said that they did not watch or listen come last.
        """
        answers: dict[int, list[Answer]] = {pick.id: [] for pick in picks}
        rating, attendance = columns_of(ratings), columns_of(attendances)
        if answers:
            found = await self._connection.execute(_ANSWERS, {"picks": list(answers)})
            for row in found.mappings():
                answer = Answer(
                    member=member_from(row),
                    score=row[rating.score],
                    absent=row[attendance.pick_id] is not None,
                    take=row[rating.take] or "",
                    has_spoiler=bool(row[rating.has_spoiler]),
                    rated_at=row[rating.rated_at],
                )
                answers[row["answered_pick"]].append(answer)
        return {pick_id: tuple(given) for pick_id, given in answers.items()}

    async def turnouts(self, picks: Sequence[Pick]) -> dict[int, Turnout]:
        """How many of the picks' clubs' rosters answered, by pick id. One query."""
        turnouts = {pick.id: Turnout(0, 0) for pick in picks}
        if turnouts:
            for pick_id, roster, answered in await self._connection.execute(
                _TURNOUTS, {"picks": list(turnouts)}
            ):
                turnouts[pick_id] = Turnout(roster, answered)
        return turnouts


_picks = picks.c
_AMONG = _picks.id.in_(bindparam("picks", expanding=True))
_ANSWERED = or_(ratings.c.score.is_not(None), attendances.c.pick_id.is_not(None))
_SAID = (
    picks.join(weeks, weeks.c.id == _picks.week_id)
    .join(members, members.c.club_id == weeks.c.club_id)
    .join(users, users.c.id == members.c.user_id)
    .outerjoin(ratings, and_(ratings.c.user_id == members.c.user_id, ratings.c.work_id == _picks.work_id))
    .outerjoin(
        attendances, and_(attendances.c.user_id == members.c.user_id, attendances.c.pick_id == _picks.id)
    )
)
_TURNOUTS = (
    select(_picks.id, func.count(), func.sum(case((_ANSWERED, 1), else_=0)))
    .select_from(_SAID)
    .where(_AMONG, members.c.left_at.is_(None), users.c.telegram_id.is_not(None))
    .group_by(_picks.id)
)
_ANSWERS = (
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
    .select_from(_SAID)
    .where(_AMONG, _ANSWERED)
    .order_by(_picks.id, ratings.c.rated_at.nulls_last(), members.c.joined_at, members.c.user_id)
)
_others, _theirs, _missed = members.alias("others"), ratings.alias("theirs"), attendances.alias("missed")
# Of those whom _TURNOUTS counts, and by what it counts as an answer: without anybody awaited it decides.
_AWAITED = (
    exists()
    .select_from(
        _others.join(users, users.c.id == _others.c.user_id)
        .outerjoin(_theirs, and_(_theirs.c.user_id == _others.c.user_id, _theirs.c.work_id == _picks.work_id))
        .outerjoin(_missed, and_(_missed.c.user_id == _others.c.user_id, _missed.c.pick_id == _picks.id))
    )
    .where(
        _others.c.club_id == weeks.c.club_id,
        _others.c.user_id != bindparam("user"),
        _others.c.left_at.is_(None),
        users.c.telegram_id.is_not(None),
        _theirs.c.user_id.is_(None),
        _missed.c.user_id.is_(None),
    )
    .correlate(picks, weeks)
)
_BALLOT = (
    all_picks.add_columns(
        ratings.c.score, attendances.c.pick_id, members.c.user_id, _AWAITED.label("awaited")
    )
    .outerjoin(ratings, and_(ratings.c.user_id == bindparam("user"), ratings.c.work_id == _picks.work_id))
    .outerjoin(
        attendances, and_(attendances.c.user_id == bindparam("user"), attendances.c.pick_id == _picks.id)
    )
    .outerjoin(
        members,
        and_(
            members.c.club_id == weeks.c.club_id,
            members.c.user_id == bindparam("user"),
            members.c.left_at.is_(None),
        ),
    )
    .where(_picks.id == bindparam("pick"))
)
_ATTENDED = delete(attendances).where(
    attendances.c.pick_id == bindparam("pick"), attendances.c.user_id == bindparam("user")
)


def _put(insert: Inserting) -> Insert:
    statement = insert(ratings).values(
        user_id=bindparam("user"),
        work_id=bindparam("work"),
        score=bindparam("score"),
        take="",
        has_spoiler=False,
        rated_at=bindparam("now"),
        updated_at=bindparam("now"),
    )
    return statement.on_conflict_do_update(
        index_elements=[ratings.c.user_id, ratings.c.work_id],
        set_={"score": statement.excluded.score, "updated_at": statement.excluded.updated_at},
    )


_PUT = each(_put)
