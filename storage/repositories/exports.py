"""What goes into an export, streamed: rows are read as they are written out, however many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, select

from domain.exports import (
    ExportedPerson,
    ExportedPick,
    ExportedRating,
    ExportedWeek,
    ExportedWork,
    OwnClub,
    OwnPick,
    OwnRating,
)
from domain.isoweek import IsoWeek
from domain.works import Kind
from storage.tables import albums, attendances, clubs, members, movies, picks, ratings, users, weeks, works

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from sqlalchemy import RowMapping, Select
    from sqlalchemy.ext.asyncio import AsyncConnection


class SqlExports:
    """A `domain.ports.Exports`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def people(self, club_id: int) -> tuple[ExportedPerson, ...]:
        """The club's members ever; who took their name along, or was forgotten, without it."""
        found = await self._connection.execute(
            select(members, users.c.name)
            .join_from(members, users)
            .where(members.c.club_id == club_id)
            .order_by(members.c.joined_at, members.c.user_id)
        )
        return tuple(
            ExportedPerson(row.key, None if row.nameless else row.name or None, row.joined_at, row.left_at)
            for row in found
        )

    async def works(self, club_id: int) -> AsyncIterator[ExportedWork]:
        """Every work the club has as a pick."""
        picked = select(picks.c.work_id).join_from(picks, weeks).where(_standing(club_id))
        async for row in self._rows(_works.where(works.c.id.in_(picked)).order_by(works.c.id)):
            yield work_from(row)

    async def weeks(self, club_id: int) -> AsyncIterator[ExportedWeek]:
        """Every week with picks, a note or an owner; who was absent, of revealed picks alone."""
        week: list[RowMapping] = []
        async for row in self._rows(_weeks(club_id)):
            if week and week[0][weeks.c.id] != row[weeks.c.id]:
                yield _week(week)
                week = []
            week.append(row)
        if week:
            yield _week(week)

    async def ratings(self, club_id: int) -> AsyncIterator[ExportedRating]:
        """Scores that members ever gave to works of which a pick is revealed."""
        revealed = (
            select(picks.c.work_id)
            .join_from(picks, weeks)
            .where(_standing(club_id), picks.c.revealed_at.is_not(None))
        )
        statement = (
            select(members.c.key, ratings, works, movies, albums)
            .select_from(
                ratings.join(
                    members, and_(members.c.user_id == ratings.c.user_id, members.c.club_id == club_id)
                )
                .join(works, works.c.id == ratings.c.work_id)
                .outerjoin(movies, movies.c.work_id == works.c.id)
                .outerjoin(albums, albums.c.work_id == works.c.id)
            )
            .where(ratings.c.work_id.in_(revealed))
            .order_by(ratings.c.work_id, ratings.c.rated_at, members.c.key)
        )
        async for row in self._rows(statement):
            yield ExportedRating(
                row[members.c.key],
                work_from(row),
                row[ratings.c.score],
                row[ratings.c.take],
                row[ratings.c.has_spoiler],
                row[ratings.c.rated_at],
            )

    async def own_clubs(self, user_id: int) -> dict[int, OwnClub]:
        """The clubs somebody is or was in, by our ids."""
        found = await self._connection.execute(
            select(clubs.c.id, clubs.c.title, clubs.c.private, members)
            .join_from(clubs, members)
            .where(members.c.user_id == user_id)
            .order_by(members.c.joined_at, clubs.c.id)
        )
        return {
            row.id: OwnClub(
                f"club:{number}",
                row.title,
                row.private,
                row.joined_at,
                row.left_at,
                str(row.away_until) if row.away_until is not None else None,
            )
            for number, row in enumerate(found, 1)
        }

    async def own_works(self, user_id: int) -> AsyncIterator[ExportedWork]:
        """Every work that somebody scored, picked, or did not watch or listen to."""
        scored = select(ratings.c.work_id).where(ratings.c.user_id == user_id)
        picked = select(picks.c.work_id).where(picks.c.picked_by == user_id, picks.c.removed_at.is_(None))
        absent = (
            select(picks.c.work_id)
            .join_from(picks, attendances)
            .where(attendances.c.user_id == user_id, picks.c.removed_at.is_(None))
        )
        statement = _works.where(works.c.id.in_(scored.union(picked, absent))).order_by(works.c.id)
        async for row in self._rows(statement):
            yield work_from(row)

    async def own_ratings(self, user_id: int) -> AsyncIterator[OwnRating]:
        """All of somebody's scores with their works, the earliest first."""
        statement = (
            select(ratings, works, movies, albums)
            .select_from(
                ratings.join(works, works.c.id == ratings.c.work_id)
                .outerjoin(movies, movies.c.work_id == works.c.id)
                .outerjoin(albums, albums.c.work_id == works.c.id)
            )
            .where(ratings.c.user_id == user_id)
            .order_by(ratings.c.rated_at, ratings.c.work_id)
        )
        async for row in self._rows(statement):
            columns = ratings.c
            yield OwnRating(
                work_from(row),
                row[columns.score],
                row[columns.take],
                row[columns.has_spoiler],
                row[columns.rated_at],
                row[columns.updated_at],
            )

    async def own_picks(self, user_id: int, of: Mapping[int, OwnClub]) -> AsyncIterator[OwnPick]:
        """Somebody's standing picks in these clubs."""
        statement = _own_picks.where(picks.c.picked_by == user_id, weeks.c.club_id.in_(of))
        async for row in self._rows(statement):
            yield _own_pick(row, of, at=True)

    async def own_absences(self, user_id: int, of: Mapping[int, OwnClub]) -> AsyncIterator[OwnPick]:
        """Picks in these clubs that somebody did not watch or listen to."""
        statement = _own_picks.join(attendances, attendances.c.pick_id == picks.c.id).where(
            attendances.c.user_id == user_id, weeks.c.club_id.in_(of)
        )
        async for row in self._rows(statement):
            yield _own_pick(row, of, at=False)

    async def _rows(self, statement: Select[*tuple[Any, ...]]) -> AsyncIterator[RowMapping]:
        async with self._connection.stream(statement) as found:
            async for row in found.mappings():
                yield row


def work_from(row: RowMapping) -> ExportedWork:
    """The work in a row that holds all columns of `works`, `movies` and `albums`."""
    return ExportedWork(
        kind=Kind(row[works.c.kind]),
        title=row[works.c.title],
        original_title=row[works.c.original_title],
        artist=row[works.c.artist],
        year=row[works.c.year],
        released=row[works.c.released],
        tmdb=row[movies.c.tmdb_id],
        imdb=row[movies.c.imdb_id],
        musicbrainz=row[albums.c.release_group_mbid],
    )


_with_facts = works.outerjoin(movies, movies.c.work_id == works.c.id).outerjoin(
    albums, albums.c.work_id == works.c.id
)
_works = select(works, movies, albums).select_from(_with_facts)
_own_picks = (
    select(picks.c.picked_at, weeks.c.club_id, weeks.c.iso_year, weeks.c.iso_week, works, movies, albums)
    .select_from(
        picks.join(weeks, weeks.c.id == picks.c.week_id)
        .join(works, works.c.id == picks.c.work_id)
        .outerjoin(movies, movies.c.work_id == works.c.id)
        .outerjoin(albums, albums.c.work_id == works.c.id)
    )
    .where(picks.c.removed_at.is_(None))
    .order_by(weeks.c.club_id, weeks.c.iso_year, weeks.c.iso_week, picks.c.id)
)
_pickers = members.alias("pickers")
_owners = members.alias("owners")
_absent = members.alias("absent")


def _standing(club_id: int) -> Any:
    return and_(weeks.c.club_id == club_id, picks.c.removed_at.is_(None))


def _weeks(club_id: int) -> Select[*tuple[Any, ...]]:
    """A club's weeks, a row for each pick and each of its absent members, at least one for each week."""
    there = and_(
        picks.c.week_id == weeks.c.id,
        picks.c.removed_at.is_(None),
    )
    return (
        select(
            weeks,
            picks,
            works,
            movies,
            albums,
            _owners.c.key.label("owner_key"),
            _pickers.c.key.label("picker_key"),
            _absent.c.key.label("absent_key"),
        )
        .select_from(
            weeks.outerjoin(picks, there)
            .outerjoin(works, works.c.id == picks.c.work_id)
            .outerjoin(movies, movies.c.work_id == works.c.id)
            .outerjoin(albums, albums.c.work_id == works.c.id)
            .outerjoin(_owners, and_(_owners.c.user_id == weeks.c.owner_id, _owners.c.club_id == club_id))
            .outerjoin(_pickers, and_(_pickers.c.user_id == picks.c.picked_by, _pickers.c.club_id == club_id))
            .outerjoin(
                attendances, and_(attendances.c.pick_id == picks.c.id, picks.c.revealed_at.is_not(None))
            )
            .outerjoin(
                _absent, and_(_absent.c.user_id == attendances.c.user_id, _absent.c.club_id == club_id)
            )
        )
        .where(
            weeks.c.club_id == club_id,
            picks.c.id.is_not(None) | (weeks.c.note != "") | weeks.c.owner_id.is_not(None),
        )
        .order_by(
            weeks.c.iso_year,
            weeks.c.iso_week,
            case((picks.c.kind == Kind.MOVIE, 0), else_=1),
            picks.c.position,
            _absent.c.key,
        )
    )


def _week(rows: list[RowMapping]) -> ExportedWeek:
    first = rows[0]
    by_pick: dict[int, list[RowMapping]] = {}
    for row in rows:
        if row[picks.c.id] is not None:
            by_pick.setdefault(row[picks.c.id], []).append(row)
    return ExportedWeek(
        IsoWeek(first[weeks.c.iso_year], first[weeks.c.iso_week]),
        first["owner_key"],
        first[weeks.c.note],
        tuple(_pick(of_pick) for of_pick in by_pick.values()),
    )


def _pick(rows: list[RowMapping]) -> ExportedPick:
    first = rows[0]
    return ExportedPick(
        Kind(first[picks.c.kind]),
        first[picks.c.position],
        work_from(first),
        first["picker_key"],
        first[picks.c.picked_at],
        first[picks.c.revealed_at],
        tuple(row["absent_key"] for row in rows if row["absent_key"] is not None),
    )


def _own_pick(row: RowMapping, of: Mapping[int, OwnClub], *, at: bool) -> OwnPick:
    return OwnPick(
        of[row[weeks.c.club_id]],
        IsoWeek(row[weeks.c.iso_year], row[weeks.c.iso_week]),
        work_from(row),
        row[picks.c.picked_at] if at else None,
    )
