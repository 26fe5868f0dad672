"""Backfills, read back by a second session."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from domain.backfill import BadLine, Entry, Problem, Said
from domain.drafts import BackfillState, Draft, NewPick, NewRating
from domain.errors import SlotTaken
from domain.isoweek import IsoWeek
from domain.works import Kind
from tests.fakes import START
from tests.storage import scenes

if TYPE_CHECKING:
    from storage.database import Database

WEEK = IsoWeek(2024, 7)
DRAFT = Draft(
    (
        Entry(
            WEEK, Kind.MOVIE, "Heat", None, 1995, (Said(1, "Ana", 9), Said(2, "Ben", None, 2, left_out=True))
        ),
        Entry(
            WEEK,
            Kind.ALBUM,
            "Ágætis byrjun",
            "Sigur Rós",
            None,
            (Said(3, "山田", 1, 7),),
            4,
            5,
            6,
            left_out=True,
        ),
    ),
    (BadLine(4, Problem.SCORE, "<b> 千"),),
)


async def test_a_draft_comes_back_as_it_was(database: Database) -> None:
    ana = await scenes.a_user(database, 1)
    club = await scenes.a_club(database, ana)
    async with database.store().keep() as unit:
        kept = await unit.backfills.add(club.id, ana.id, DRAFT, START)
        await unit.commit()
    async with database.store().read() as unit:
        backfill = await unit.backfills.get(kept)
        assert await unit.backfills.get(kept + 1) is None
    assert backfill is not None
    assert (backfill.draft, backfill.state, backfill.club_id) == (DRAFT, BackfillState.DRAFT, club.id)
    changed = DRAFT.with_entry(0, replace(DRAFT.entries[0], work_id=3))
    async with database.store().keep() as unit:
        await unit.backfills.save(kept, changed)
        await unit.commit()
    async with database.store().keep() as unit:
        again = await unit.backfills.get(kept)
        assert again is not None
        assert again.draft == changed
        await unit.backfills.remove(kept)
        await unit.commit()
    async with database.store().read() as unit:
        assert await unit.backfills.get(kept) is None


async def test_what_was_stored_is_taken_back_and_nothing_else(database: Database) -> None:
    ana, ben = await scenes.a_user(database, 1), await scenes.a_user(database, 2, "Ben")
    club = await scenes.a_club(database, ana, ben)
    heat, album = await scenes.a_work(database), await scenes.a_work(database, scenes.an_album())
    kept = await scenes.a_pick(database, club, ana, album, WEEK)
    async with database.store().keep() as unit:
        await unit.ratings.put(ana.id, album, 3, START)
        backfill_id = await unit.backfills.add(club.id, ana.id, DRAFT, START)
        await unit.backfills.enter_pick(
            backfill_id, kept.week.id, NewPick(WEEK, Kind.MOVIE, 0, heat, ben.id), START, START
        )
        ratings = [
            NewRating(WEEK, user, work, 8) for user, work in ((ana.id, heat), (ben.id, heat), (ana.id, album))
        ]
        await unit.backfills.enter_ratings(backfill_id, [(rating, START) for rating in ratings])
        await unit.backfills.close(backfill_id, BackfillState.STORED, START)
        await unit.commit()

    async with database.store().read() as unit:
        stored = await unit.backfills.get(backfill_id)
        assert stored is not None
        assert (stored.state, stored.stored_at) == (BackfillState.STORED, START)
        standing = await unit.backfills.standing(club.id, [WEEK, IsoWeek(2024, 8)])
        assert {(pick.work.id, pick.picked_by.id, pick.revealed_at) for pick in standing[WEEK]} == {
            (album, ana.id, None),
            (heat, ben.id, START),
        }
        rated = await unit.backfills.rated([ana.id, ben.id], [heat, album])
        assert rated == {(ana.id, heat): 8, (ben.id, heat): 8, (ana.id, album): 3}

    async with database.store().keep() as unit:
        await unit.ratings.put(ben.id, heat, 2, START + timedelta(hours=1))
        assert await unit.backfills.take_back(backfill_id) == (1, 1)
        await unit.backfills.close(backfill_id, BackfillState.UNDONE, START)
        await unit.commit()
    async with database.store().read() as unit:
        assert [pick.work.id for pick in await unit.weeks.picks(kept.week.id)] == [album]
        assert await unit.backfills.rated([ana.id, ben.id], [heat, album]) == {
            (ben.id, heat): 2,
            (ana.id, album): 3,
        }


async def test_a_taken_slot_is_refused(database: Database) -> None:
    ana = await scenes.a_user(database, 1)
    club = await scenes.a_club(database, ana)
    heat = await scenes.a_work(database)
    there = await scenes.a_pick(database, club, ana, heat, WEEK)
    async with database.store().keep() as unit:
        backfill_id = await unit.backfills.add(club.id, ana.id, DRAFT, START)
        with pytest.raises(SlotTaken):
            await unit.backfills.enter_pick(
                backfill_id, there.week.id, NewPick(WEEK, Kind.MOVIE, 0, heat, ana.id), START, START
            )


async def test_numbers_of_what_an_undo_takes_away_are_given_to_nothing_else(database: Database) -> None:
    """Buttons that name them still hang in the chat."""
    ana = await scenes.a_user(database, 1)
    club, heat = await scenes.a_club(database, ana), await scenes.a_work(database)
    named = []
    for _ in range(2):
        week = await scenes.a_week(database, club, WEEK)
        async with database.store().write() as unit:
            kept = await unit.backfills.add(club.id, ana.id, DRAFT, START)
            pick = NewPick(WEEK, Kind.MOVIE, 0, heat, ana.id)
            await unit.backfills.enter_pick(kept, week.id, pick, START, START)
            (entered,) = await unit.weeks.picks(week.id)
            await unit.backfills.take_back(kept)
            await unit.backfills.remove(kept)
            await unit.commit()
        named.append((kept, entered.id))
    assert named[0][0] != named[1][0]
    assert named[0][1] != named[1][1]
