"""What was, as lists need it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Float, and_, case, cast, exists, func, literal, select, true, tuple_

from domain.history import Best, Mine, MyScore, PastPick
from domain.isoweek import IsoWeek
from domain.works import Kind
from storage.repositories.works import work_from
from storage.tables import attendances, members, picks, ratings, weeks, works

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

_ISO = tuple_(weeks.c.iso_year, weeks.c.iso_week)


class SqlHistory:
    """A `domain.ports.History`. Only members, present or past, count, and not where they were absent."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def weeks(
        self, club_id: int, first: IsoWeek, end: IsoWeek, limit: int, *, ascending: bool
    ) -> tuple[tuple[int, IsoWeek], ...]:
        """Weeks that have picks, with their ids, newest first unless `ascending`. Reads the page alone."""
        order = (weeks.c.iso_year, weeks.c.iso_week)
        found = await self._connection.execute(
            select(weeks.c.id, weeks.c.iso_year, weeks.c.iso_week)
            .where(
                weeks.c.club_id == club_id,
                *_within(first, end),
                exists().where(picks.c.week_id == weeks.c.id, picks.c.removed_at.is_(None)),
            )
            .order_by(*(order if ascending else (column.desc() for column in order)))
            .limit(limit)
        )
        return tuple((row.id, IsoWeek(row.iso_year, row.iso_week)) for row in found)

    async def picks(self, week_ids: Sequence[int], *, revealed: bool) -> dict[int, tuple[PastPick, ...]]:
        """Picks with their averages by week: movies first, then by position. One query."""
        if not week_ids:
            return {}
        seen = picks.c.revealed_at.is_not(None) if revealed else true()
        found = await self._connection.execute(
            select(picks.c.week_id, works, case((seen, _average)).label("average"))
            .select_from(_scored)
            .where(picks.c.week_id.in_(week_ids), picks.c.removed_at.is_(None))
            .group_by(picks.c.id, works.c.id)
            .order_by(case((picks.c.kind == Kind.MOVIE, 0), else_=1), picks.c.position)
        )
        by_week: dict[int, list[PastPick]] = {}
        for row in found.mappings():
            by_week.setdefault(row[picks.c.week_id], []).append(PastPick(work_from(row), row["average"]))
        return {week_id: tuple(found) for week_id, found in by_week.items()}

    async def best(
        self,
        club_id: int,
        kind: Kind | None,
        first: IsoWeek,
        end: IsoWeek,
        *,
        least: int,
        revealed: bool,
        limit: int,
        offset: int,
    ) -> tuple[Best, ...]:
        """Works with at least `least` scores by average, number of scores and latest week, the best first."""
        year, week = weeks.c.iso_year, weeks.c.iso_week
        newest = func.row_number().over(
            partition_by=picks.c.work_id, order_by=(year.desc(), week.desc(), picks.c.id.desc())
        )
        of_club = (
            select(
                picks.c.work_id,
                weeks.c.id.label("week_id"),
                year,
                week,
                _average.label("average"),
                func.count(_score).label("scores"),
                newest.label("newest"),
            )
            .select_from(_scored)
            .where(
                weeks.c.club_id == club_id,
                *_within(first, end),
                _visible(revealed=revealed),
                true() if kind is None else picks.c.kind == kind,
            )
            .group_by(picks.c.id, weeks.c.id)
            .subquery()
        )
        found = await self._connection.execute(
            select(works, of_club)
            .join(of_club, of_club.c.work_id == works.c.id)
            .where(of_club.c.newest == 1, of_club.c.scores >= least)
            .order_by(
                of_club.c.average.desc(),
                of_club.c.scores.desc(),
                of_club.c.iso_year.desc(),
                of_club.c.iso_week.desc(),
                works.c.id,
            )
            .limit(limit)
            .offset(offset)
        )
        return tuple(
            Best(
                work=work_from(row),
                week_id=row[of_club.c.week_id],
                week=IsoWeek(row[of_club.c.iso_year], row[of_club.c.iso_week]),
                average=row[of_club.c.average],
                scores=row[of_club.c.scores],
            )
            for row in found.mappings()
        )

    async def mine(self, club_id: int, user_id: int, last: int, *, revealed: bool) -> Mine:
        """Somebody's scores of a club's picks, the `last` ones in full, by the weeks of the picks."""
        of_club = (
            select(
                picks.c.id,
                func.max(case((members.c.user_id == user_id, _score))).label("mine"),
                func.sum(_score).label("total"),
                func.count(_score).label("scores"),
            )
            .select_from(_scored)
            .where(weeks.c.club_id == club_id, _visible(revealed=revealed))
            .group_by(picks.c.id)
            .subquery()
        )
        count, average, club_average = (
            await self._connection.execute(
                select(
                    func.count(of_club.c.mine),
                    func.avg(cast(of_club.c.mine, Float)),
                    cast(func.sum(of_club.c.total), Float) / func.sum(of_club.c.scores),
                ).where(of_club.c.mine.is_not(None))
            )
        ).one()
        found = await self._connection.execute(
            select(works, weeks, _score.label("mine"))
            .select_from(_scored)
            .where(
                weeks.c.club_id == club_id,
                members.c.user_id == user_id,
                _score.is_not(None),
                _visible(revealed=revealed),
            )
            .order_by(weeks.c.iso_year.desc(), weeks.c.iso_week.desc(), picks.c.id.desc())
            .limit(last)
        )
        scores = tuple(
            MyScore(
                work=work_from(row),
                week_id=row[weeks.c.id],
                week=IsoWeek(row[weeks.c.iso_year], row[weeks.c.iso_week]),
                score=row["mine"],
            )
            for row in found.mappings()
        )
        return Mine(count, average, club_average, scores)


def _within(first: IsoWeek, end: IsoWeek) -> tuple[ColumnElement[bool], ...]:
    return (
        tuple_(literal(first.year), literal(first.week)) <= _ISO,
        tuple_(literal(end.year), literal(end.week)) > _ISO,
    )


def _visible(*, revealed: bool) -> ColumnElement[bool]:
    standing = picks.c.removed_at.is_(None)
    return and_(standing, picks.c.revealed_at.is_not(None)) if revealed else standing


_score = case((attendances.c.pick_id.is_(None), ratings.c.score))
_average = func.avg(cast(_score, Float))
_scored = (
    picks.join(weeks, weeks.c.id == picks.c.week_id)
    .join(works, works.c.id == picks.c.work_id)
    .outerjoin(members, members.c.club_id == weeks.c.club_id)
    .outerjoin(ratings, and_(ratings.c.user_id == members.c.user_id, ratings.c.work_id == picks.c.work_id))
    .outerjoin(
        attendances, and_(attendances.c.user_id == members.c.user_id, attendances.c.pick_id == picks.c.id)
    )
)
