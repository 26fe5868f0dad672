"""Past weeks entered as a list."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, literal, select, tuple_, update

from domain.backfill import BadLine, Entry, Problem, Said
from domain.drafts import Backfill, BackfillState, Draft
from domain.isoweek import IsoWeek
from domain.works import Kind
from storage import dialect
from storage.repositories import imports
from storage.repositories.weeks import all_picks, pick_from
from storage.repositories.works import work_from
from storage.tables import backfills, picks, ratings, weeks, works

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from domain.drafts import NewPick, NewRating
    from domain.weeks import Pick
    from domain.works import Work


class SqlBackfills:
    """A `domain.ports.Backfills`. A draft is kept as one JSON value."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, club_id: int, user_id: int, draft: Draft, now: datetime) -> int:
        """Keep a new draft; its id."""
        added = await self._connection.execute(
            insert(backfills)
            .values(
                club_id=club_id, user_id=user_id, made_at=now, state=BackfillState.DRAFT, draft=_json(draft)
            )
            .returning(backfills.c.id)
        )
        return int(added.scalar_one())

    async def get(self, backfill_id: int) -> Backfill | None:
        """A backfill by id."""
        found = await self._connection.execute(select(backfills).where(backfills.c.id == backfill_id))
        row = found.one_or_none()
        if row is None:
            return None
        return Backfill(row.id, row.club_id, BackfillState(row.state), _draft(row.draft), row.stored_at)

    async def save(self, backfill_id: int, draft: Draft) -> None:
        """Keep a draft in place of what it was."""
        await self._connection.execute(
            update(backfills).where(backfills.c.id == backfill_id).values(draft=_json(draft))
        )

    async def remove(self, backfill_id: int) -> None:
        """Forget a draft."""
        await self._connection.execute(
            delete(backfills).where(backfills.c.id == backfill_id, backfills.c.state == BackfillState.DRAFT)
        )

    async def purge(self, before: datetime) -> None:
        """Forget drafts made before a moment."""
        await self._connection.execute(
            delete(backfills).where(
                # Written out, since SQLite uses a partial index only for a literal condition.
                backfills.c.state == literal(BackfillState.DRAFT.value, literal_execute=True),
                backfills.c.made_at < before,
            )
        )

    async def standing(self, club_id: int, isos: Sequence[IsoWeek]) -> dict[IsoWeek, tuple[Pick, ...]]:
        """The picks of some of a club's weeks, removed ones left out. One query."""
        if not isos:
            return {}
        found = await self._connection.execute(
            all_picks.where(
                picks.c.removed_at.is_(None),
                weeks.c.club_id == club_id,
                tuple_(weeks.c.iso_year, weeks.c.iso_week).in_([(iso.year, iso.week) for iso in isos]),
            )
        )
        by_week: dict[IsoWeek, list[Pick]] = {}
        for row in found.mappings():
            pick = pick_from(row)
            by_week.setdefault(pick.week.iso, []).append(pick)
        return {iso: tuple(there) for iso, there in by_week.items()}

    async def rated(self, user_ids: Sequence[int], work_ids: Sequence[int]) -> dict[tuple[int, int], int]:
        """Scores, in half-stars, that these people gave these works, by user and work. One query."""
        found = await self._connection.execute(
            select(ratings.c.user_id, ratings.c.work_id, ratings.c.score).where(
                ratings.c.user_id.in_(user_ids), ratings.c.work_id.in_(work_ids)
            )
        )
        return {(row.user_id, row.work_id): row.score for row in found}

    async def works(self, work_ids: Sequence[int]) -> dict[int, Work]:
        """Works by id. One query."""
        found = await self._connection.execute(select(works).where(works.c.id.in_(work_ids)))
        return {work.id: work for work in map(work_from, found.mappings())}

    async def enter_pick(
        self, backfill_id: int, week_id: int, pick: NewPick, at: datetime, revealed: datetime
    ) -> None:
        """Place a backfilled pick. SlotTaken where the slot is not free."""
        await self._connection.execute(
            insert(picks).values(
                week_id=week_id,
                kind=pick.kind,
                position=pick.position,
                work_id=pick.work_id,
                picked_by=pick.picked_by,
                picked_at=at,
                revealed_at=revealed,
                backfill_id=backfill_id,
            )
        )

    async def enter_ratings(self, backfill_id: int, new: Sequence[tuple[NewRating, datetime]]) -> None:
        """Add backfilled ratings with the moments they were given; one that is there already stays."""
        if new:
            await self._connection.execute(
                dialect.insert(self._connection, ratings).on_conflict_do_nothing(),
                [
                    {
                        "user_id": rating.user_id,
                        "work_id": rating.work_id,
                        "score": rating.score,
                        "take": "",
                        "has_spoiler": False,
                        "rated_at": at,
                        "updated_at": at,
                        "backfill_id": backfill_id,
                    }
                    for rating, at in new
                ],
            )

    async def close(self, backfill_id: int, state: BackfillState, now: datetime) -> None:
        """Note that a backfill was stored or undone; what it held is kept no longer."""
        values: dict[str, object] = {"state": state, "draft": _json(Draft(())), "file": None}
        if state is BackfillState.STORED:
            values["stored_at"] = now
        await self._connection.execute(update(backfills).where(backfills.c.id == backfill_id).values(values))

    async def take_back(self, backfill_id: int) -> tuple[int, int]:
        """Remove what a backfill stored, but no rating that was changed since; how many picks and ratings.

        What a file brought besides, weeks and guests, goes where nothing else needs it.
        """
        await self._connection.execute(imports.free(backfill_id))
        of_picks = await self._connection.execute(delete(picks).where(picks.c.backfill_id == backfill_id))
        of_ratings = await self._connection.execute(
            delete(ratings).where(
                ratings.c.backfill_id == backfill_id, ratings.c.updated_at == ratings.c.rated_at
            )
        )
        await imports.take_back(self._connection, backfill_id)
        return of_picks.rowcount, of_ratings.rowcount


def _json(draft: Draft) -> dict[str, object]:
    return {
        "entries": [{**asdict(entry), "week": str(entry.week)} for entry in draft.entries],
        "bad": [asdict(bad) for bad in draft.bad],
    }


def _draft(value: dict[str, Any]) -> Draft:
    return Draft(
        tuple(
            Entry(
                **{
                    **entry,
                    "week": IsoWeek.parse(entry["week"]),
                    "kind": Kind(entry["kind"]),
                    "said": tuple(Said(**said) for said in entry["said"]),
                }
            )
            for entry in value["entries"]
        ),
        tuple(BadLine(bad["number"], Problem(bad["problem"]), bad["text"]) for bad in value["bad"]),
    )
