"""A club's past in numbers: a handful of queries, each as large as the club's own history."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import Integer, and_, case, cast, func, or_, select, union

from domain.isoweek import IsoWeek
from domain.scores import HIGHEST
from domain.statistics import Career, Given, Maker, Played, Statistics, percent
from domain.works import CriticRating, Kind, PartialDate
from storage.repositories.users import user_from
from storage.repositories.works import work_from
from storage.tables import (
    album_artists,
    attendances,
    credits_,
    genres,
    members,
    movies,
    people,
    picks,
    ratings,
    users,
    weeks,
    work_critics,
    work_genres,
    works,
)

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.ext.asyncio import AsyncConnection

_year, _week = weeks.c.iso_year, weeks.c.iso_week


class SqlRecords:
    """A `domain.ports.Records`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, club_id: int, week: IsoWeek) -> Statistics:
        """A club's numbers by the end of a week. Eight queries, however long the club has played."""
        played = await self._played(club_id, week)
        return Statistics(
            week,
            picks=tuple(pick for pick in played if pick.week == week),
            earlier=tuple(pick for pick in played if pick.week != week),
            given=await self._given(club_id, week),
            careers=await self._careers(club_id, week),
            removed=await self._removed(club_id, week),
        )

    async def _played(self, club_id: int, week: IsoWeek) -> list[Played]:
        found = await self._connection.execute(
            select(
                works,
                _year,
                _week,
                picks.c.id.label("played"),
                movies.c.runtime,
                func.count(_score).label("scores"),
                func.coalesce(func.sum(_score), 0).label("total"),
                func.coalesce(func.sum(_score * _score), 0).label("squares"),
                func.coalesce(func.min(_score), 0).label("lowest"),
                func.coalesce(func.max(_score), 0).label("highest"),
            )
            .select_from(
                _everything.join(works, works.c.id == picks.c.work_id).outerjoin(
                    movies, movies.c.work_id == works.c.id
                )
            )
            .where(_revealed(club_id, week))
            .group_by(works.c.id, weeks.c.id, picks.c.id, movies.c.work_id)
            .order_by(_year, _week, picks.c.id)
        )
        rows = found.mappings().all()
        kinds = await self._genres(club_id, week)
        makers = await self._makers(club_id, week)
        critics = await self._critics(club_id, week)
        return [
            Played(
                pick_id=row["played"],
                week=IsoWeek(row[_year], row[_week]),
                work=work_from(row),
                scores=row["scores"],
                total=int(row["total"]),
                squares=int(row["squares"]),
                lowest=row["lowest"],
                highest=row["highest"],
                released=PartialDate.parse(row[works.c.released]),
                runtime=row[movies.c.runtime],
                critics=percent(critics.get(row[works.c.id], ())),
                genres=tuple(kinds.get(row[works.c.id], ())),
                makers=tuple(makers.get(row[works.c.id], ())),
            )
            for row in rows
        ]

    async def _genres(self, club_id: int, week: IsoWeek) -> dict[int, list[str]]:
        found = await self._connection.execute(
            select(work_genres.c.work_id, genres.c.name)
            .join_from(work_genres, genres)
            .where(work_genres.c.work_id.in_(_works_of(club_id, week).where(picks.c.kind == Kind.MOVIE)))
            .order_by(work_genres.c.work_id, work_genres.c.position)
        )
        by_work: dict[int, list[str]] = defaultdict(list)
        for work_id, name in found:
            by_work[work_id].append(name)
        return by_work

    async def _makers(self, club_id: int, week: IsoWeek) -> dict[int, list[Maker]]:
        mine = _works_of(club_id, week)
        directors = (
            select(credits_.c.work_id, people.c.id, people.c.name, people.c.country)
            .join_from(credits_, people)
            .where(credits_.c.job == "Director", credits_.c.work_id.in_(mine))
        )
        artists = (
            select(album_artists.c.work_id, people.c.id, people.c.name, people.c.country)
            .join_from(album_artists, people)
            .where(album_artists.c.work_id.in_(mine))
        )
        both = union(directors, artists).subquery()
        found = await self._connection.execute(select(both).order_by(both.c.work_id, both.c.id))
        by_work: dict[int, list[Maker]] = defaultdict(list)
        for work_id, *maker in found:
            by_work[work_id].append(Maker(*maker))
        return by_work

    async def _critics(self, club_id: int, week: IsoWeek) -> dict[int, list[CriticRating]]:
        found = await self._connection.execute(
            select(work_critics.c.work_id, work_critics.c.source, work_critics.c.value)
            .where(work_critics.c.work_id.in_(_works_of(club_id, week)))
            .order_by(work_critics.c.work_id, work_critics.c.position)
        )
        by_work: dict[int, list[CriticRating]] = defaultdict(list)
        for work_id, source, value in found:
            by_work[work_id].append(CriticRating(source, value))
        return by_work

    async def _given(self, club_id: int, week: IsoWeek) -> tuple[Given, ...]:
        found = await self._connection.execute(
            select(picks.c.id.label("played"), _score.label("given"), users)
            .select_from(_everything.join(users, users.c.id == members.c.user_id))
            .where(_revealed(club_id, week), _at(week), members.c.nameless.is_(False), _score.is_not(None))
            .order_by(picks.c.id, users.c.id)
        )
        return tuple(Given(row["played"], user_from(row), row["given"]) for row in found.mappings())

    async def _careers(self, club_id: int, week: IsoWeek) -> tuple[Career, ...]:
        then = _at(week)
        found = await self._connection.execute(
            select(
                users,
                func.count(case((~then, _score))).label("before"),
                func.count(case((then, _score))).label("now"),
                func.count(case((and_(~then, _score == HIGHEST), 1))).label("tops"),
            )
            .select_from(_everything.join(users, users.c.id == members.c.user_id))
            .where(_revealed(club_id, week), members.c.left_at.is_(None), users.c.telegram_id.is_not(None))
            .group_by(users.c.id)
            .order_by(users.c.id)
        )
        streaks = await self._streaks(club_id, week)
        return tuple(
            Career(
                user_from(row),
                before=int(row["before"]),
                now=int(row["now"]),
                tops_before=int(row["tops"]),
                streak=streaks.get(row[users.c.id], 0),
            )
            for row in found.mappings()
        )

    async def _streaks(self, club_id: int, week: IsoWeek) -> dict[int, int]:
        """Weeks with picks since each member last left a pick without an answer, in one query."""
        answered = or_(ratings.c.score.is_not(None), attendances.c.pick_id.is_not(None))
        missed = (
            select(
                members.c.user_id,
                _number.label("week"),
                func.min(case((answered, 1), else_=0)).label("whole"),
            )
            .select_from(_everything)
            .where(_revealed(club_id, week), members.c.left_at.is_(None))
            .group_by(members.c.user_id, weeks.c.id)
            .subquery()
        )
        last = (
            select(
                missed.c.user_id,
                func.max(case((missed.c.whole == 0, missed.c.week), else_=0)).label("week"),
            )
            .group_by(missed.c.user_id)
            .subquery()
        )
        found = await self._connection.execute(
            select(missed.c.user_id, func.count())
            .join_from(missed, last, last.c.user_id == missed.c.user_id)
            .where(missed.c.week > last.c.week)
            .group_by(missed.c.user_id)
        )
        return {user_id: int(count) for user_id, count in found}

    async def _removed(self, club_id: int, week: IsoWeek) -> frozenset[int]:
        found = await self._connection.scalars(
            select(picks.c.work_id)
            .distinct()
            .join_from(picks, weeks)
            .where(
                weeks.c.club_id == club_id,
                _number < week.year * 100 + week.week,
                picks.c.removed_at.is_not(None),
            )
        )
        return frozenset(found)


_number = cast(_year, Integer) * 100 + cast(_week, Integer)
"""A week as a number that sorts; a year's own type is too small for it where types have sizes."""

_everything = (
    picks.join(weeks)
    .join(members, members.c.club_id == weeks.c.club_id)
    .outerjoin(ratings, and_(ratings.c.user_id == members.c.user_id, ratings.c.work_id == picks.c.work_id))
    .outerjoin(
        attendances, and_(attendances.c.user_id == members.c.user_id, attendances.c.pick_id == picks.c.id)
    )
)
"""Every pick with every member ever and what they said to it, if anything."""

_score = case((attendances.c.pick_id.is_(None), ratings.c.score))
"""A score that counts in averages: not of those who then said that they did not watch."""


def _revealed(club_id: int, week: IsoWeek) -> ColumnElement[bool]:
    """A club's standing picks by the end of a week whose scores everybody may know."""
    return and_(
        weeks.c.club_id == club_id,
        _number <= week.year * 100 + week.week,
        picks.c.removed_at.is_(None),
        picks.c.revealed_at.is_not(None),
    )


def _at(week: IsoWeek) -> ColumnElement[bool]:
    return and_(_year == week.year, _week == week.week)


def _works_of(club_id: int, week: IsoWeek) -> Select[tuple[int]]:
    return select(picks.c.work_id).join_from(picks, weeks).where(_revealed(club_id, week))
