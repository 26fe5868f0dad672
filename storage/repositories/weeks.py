"""Weeks and their picks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, bindparam, case, insert, or_, select, update

from domain.isoweek import IsoWeek
from domain.weeks import Pick, Week
from domain.works import Kind
from storage.repositories.rows import columns_of
from storage.repositories.users import user_from
from storage.repositories.works import work_from
from storage.tables import picks, users, weeks, works

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import RowMapping, Select
    from sqlalchemy.ext.asyncio import AsyncConnection


class SqlWeeks:
    """A `domain.ports.Weeks`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, week_id: int) -> Week | None:
        """A week by id."""
        return await self._week(_BY_ID, {"week": week_id})

    async def at(self, club_id: int, iso: IsoWeek) -> Week | None:
        """A club's week, None while nothing happened in it."""
        return await self._week(
            _weeks.where(
                weeks.c.club_id == club_id, weeks.c.iso_year == iso.year, weeks.c.iso_week == iso.week
            )
        )

    async def ensure(self, club_id: int, iso: IsoWeek) -> Week:
        """A club's week, added where it was missing."""
        week = await self.at(club_id, iso)
        if week is not None:
            return week
        added = await self._connection.execute(
            insert(weeks)
            .values(club_id=club_id, iso_year=iso.year, iso_week=iso.week, note="")
            .returning(weeks.c.id)
        )
        return Week(id=int(added.scalar_one()), club_id=club_id, iso=iso)

    async def set_owner(self, week_id: int, user_id: int | None) -> None:
        """Set whose turn the week is; None for nobody's."""
        await self._connection.execute(update(weeks).where(weeks.c.id == week_id).values(owner_id=user_id))

    async def set_note(self, week_id: int, note: str) -> None:
        """Set a week's note; empty for none."""
        await self._connection.execute(update(weeks).where(weeks.c.id == week_id).values(note=note))

    async def picks(self, week_id: int) -> tuple[Pick, ...]:
        """The week's picks, removed ones left out: movies first, then by position."""
        found = await self._connection.execute(_PICKS, {"week": week_id})
        return tuple(pick_from(row) for row in found.mappings())

    async def pick(self, pick_id: int) -> Pick | None:
        """A pick by id, a removed one too."""
        return await self._pick(_PICK, {"pick": pick_id})

    async def last_pick_of(self, club_id: int, work_id: int, before: IsoWeek) -> Pick | None:
        """The club's latest pick of a work in an earlier week, removed ones left out."""
        year, week = weeks.c.iso_year, weeks.c.iso_week
        earlier = or_(year < before.year, and_(year == before.year, week < before.week))
        return await self._pick(
            all_picks.where(
                weeks.c.club_id == club_id, picks.c.work_id == work_id, picks.c.removed_at.is_(None), earlier
            )
            .order_by(year.desc(), week.desc(), picks.c.id.desc())
            .limit(1)
        )

    async def add_pick(
        self,
        week_id: int,
        kind: Kind,
        position: int,
        work_id: int,
        user_id: int,
        now: datetime,
        replaces: int | None,
    ) -> int:
        """Place a work in a slot; its id. SlotTaken where the slot is not free."""
        added = await self._connection.execute(
            insert(picks)
            .values(
                week_id=week_id,
                kind=kind,
                position=position,
                work_id=work_id,
                picked_by=user_id,
                picked_at=now,
                replaces=replaces,
            )
            .returning(picks.c.id)
        )
        return int(added.scalar_one())

    async def remove_pick(self, pick_id: int, now: datetime) -> None:
        """Take a pick out of its slot."""
        await self._connection.execute(update(picks).where(picks.c.id == pick_id).values(removed_at=now))

    async def restore_pick(self, pick_id: int) -> None:
        """Put a removed pick back; SlotTaken where its slot is not free."""
        await self._connection.execute(update(picks).where(picks.c.id == pick_id).values(removed_at=None))

    async def replacement_of(self, pick_id: int) -> Pick | None:
        """The standing pick that took this one's slot by replacing it."""
        return await self._pick(
            all_picks.where(picks.c.replaces == pick_id, picks.c.removed_at.is_(None))
            .order_by(picks.c.id.desc())
            .limit(1)
        )

    async def reveal(self, pick_id: int, now: datetime) -> None:
        """Make a pick's scores visible; one that is revealed keeps its moment."""
        await self._connection.execute(
            update(picks).where(picks.c.id == pick_id, picks.c.revealed_at.is_(None)).values(revealed_at=now)
        )

    async def _week(
        self, statement: Select[*tuple[object, ...]], keys: dict[str, int] | None = None
    ) -> Week | None:
        row = (await self._connection.execute(statement, keys)).mappings().one_or_none()
        return None if row is None else _week_from(row)

    async def _pick(
        self, statement: Select[*tuple[object, ...]], keys: dict[str, int] | None = None
    ) -> Pick | None:
        row = (await self._connection.execute(statement, keys)).mappings().one_or_none()
        return None if row is None else pick_from(row)


_owners = users.alias("owners")
_pickers = users.alias("pickers")
_with_owner = weeks.outerjoin(_owners, _owners.c.id == weeks.c.owner_id)
_weeks = select(weeks, _owners).select_from(_with_owner)
all_picks = select(picks, weeks, _owners, _pickers, works).select_from(
    picks.join(_with_owner, weeks.c.id == picks.c.week_id)
    .join(_pickers, _pickers.c.id == picks.c.picked_by)
    .join(works, works.c.id == picks.c.work_id)
)
_BY_ID = _weeks.where(weeks.c.id == bindparam("week"))
_PICK = all_picks.where(picks.c.id == bindparam("pick"))
_PICKS = all_picks.where(picks.c.week_id == bindparam("week"), picks.c.removed_at.is_(None)).order_by(
    case((picks.c.kind == Kind.MOVIE, 0), else_=1), picks.c.position
)


def _week_from(row: RowMapping) -> Week:
    columns = columns_of(weeks)
    return Week(
        id=row[columns.id],
        club_id=row[columns.club_id],
        iso=IsoWeek(row[columns.iso_year], row[columns.iso_week]),
        owner=None if row[columns_of(_owners).id] is None else user_from(row, _owners),
        note=row[columns.note],
    )


def pick_from(row: RowMapping) -> Pick:
    """The pick in a row of `all_picks`."""
    columns = columns_of(picks)
    return Pick(
        id=row[columns.id],
        week=_week_from(row),
        kind=Kind(row[columns.kind]),
        position=row[columns.position],
        work=work_from(row),
        picked_by=user_from(row, _pickers),
        picked_at=row[columns.picked_at],
        revealed_at=row[columns.revealed_at],
        removed_at=row[columns.removed_at],
        replaces=row[columns.replaces],
    )
