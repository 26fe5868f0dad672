"""Weeks and picks, read back through another connection."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.exc import IntegrityError

from domain.clubs import Club, User
from domain.errors import SlotTaken
from domain.isoweek import IsoWeek
from domain.weeks import Pick, Week
from domain.works import Kind, MovieFacts, Work
from tests.fakes import START
from tests.storage import scenes
from tests.storage.scenes import WEEK

if TYPE_CHECKING:
    from storage.database import Database

LATER = START + timedelta(minutes=5)


@pytest.fixture
async def ana(database: Database) -> User:
    return await scenes.a_user(database, 1, "Ana")


@pytest.fixture
async def club(database: Database, ana: User) -> Club:
    return await scenes.a_club(database, ana)


@pytest.fixture
async def heat(database: Database) -> int:
    return await scenes.a_work(database)


@pytest.fixture
async def album(database: Database) -> int:
    return await scenes.a_work(database, scenes.an_album())


async def _pick(database: Database, pick_id: int) -> Pick | None:
    async with database.store().read() as unit:
        return await unit.weeks.pick(pick_id)


async def test_a_week_appears_when_something_happens_in_it(database: Database, club: Club) -> None:
    async with database.store().read() as unit:
        assert await unit.weeks.at(club.id, WEEK) is None
    async with database.store().write() as unit:
        week = await unit.weeks.ensure(club.id, WEEK)
        assert await unit.weeks.ensure(club.id, WEEK) == week
        await unit.weeks.set_note(week.id, "Bring crisps, <b>salted</b>")
        await unit.commit()
    stored = Week(week.id, club.id, WEEK, None, "Bring crisps, <b>salted</b>")
    async with database.store().read() as unit:
        assert await unit.weeks.at(club.id, WEEK) == stored
        assert await unit.weeks.get(week.id) == stored
        assert await unit.weeks.at(club.id, WEEK.next()) is None
        assert await unit.weeks.get(week.id + 1) is None


async def test_a_week_is_somebodys_until_it_is_anothers(database: Database, club: Club, ana: User) -> None:
    week = await scenes.a_week(database, club)
    ben = await scenes.a_user(database, 2, "Ben")
    owner: User | None
    for owner in (ana, ben, None):
        async with database.store().keep() as unit:
            await unit.weeks.set_owner(week.id, None if owner is None else owner.id)
            await unit.commit()
        async with database.store().read() as unit:
            assert await unit.weeks.at(club.id, WEEK) == replace(week, owner=owner)


async def test_a_pick_knows_its_week_its_work_and_who_picked_it(
    database: Database, club: Club, ana: User, heat: int
) -> None:
    pick = await scenes.a_pick(database, club, ana, heat)
    week = await scenes.a_week(database, club)
    assert pick == Pick(
        id=pick.id,
        week=week,
        kind=Kind.MOVIE,
        position=0,
        work=Work(heat, Kind.MOVIE, "Heat", None),
        picked_by=ana,
        picked_at=START,
    )
    assert await _pick(database, pick.id) == pick
    assert await _pick(database, pick.id + 1) is None


async def test_the_weeks_picks_are_movies_first_then_by_position(
    database: Database, club: Club, ana: User, heat: int, album: int
) -> None:
    other = await scenes.a_work(database, MovieFacts(tmdb_id=2, title="Ran"))
    listened = await scenes.a_pick(database, club, ana, album)
    second = await scenes.a_pick(database, club, ana, other, position=1)
    first = await scenes.a_pick(database, club, ana, heat, position=0)
    await scenes.a_pick(database, club, ana, heat, iso=WEEK.next())
    async with database.store().read() as unit:
        assert await unit.weeks.picks(first.week.id) == (first, second, listened)


async def test_a_slot_takes_one_standing_pick(database: Database, club: Club, ana: User, heat: int) -> None:
    first = await scenes.a_pick(database, club, ana, heat)
    with pytest.raises(SlotTaken):
        await scenes.a_pick(database, club, ana, heat)

    async with database.store().write() as unit:
        await unit.weeks.remove_pick(first.id, LATER)
        second = await unit.weeks.add_pick(first.week.id, Kind.MOVIE, 0, heat, ana.id, LATER, first.id)
        await unit.commit()
    removed, placed = await _pick(database, first.id), await _pick(database, second)
    assert removed == replace(first, removed_at=LATER)
    assert placed == replace(first, id=second, picked_at=LATER, replaces=first.id)
    async with database.store().read() as unit:
        assert await unit.weeks.picks(first.week.id) == (placed,)
        assert await unit.weeks.replacement_of(first.id) == placed
        assert await unit.weeks.replacement_of(second) is None


async def test_a_removed_pick_comes_back_while_its_slot_is_free(
    database: Database, club: Club, ana: User, heat: int
) -> None:
    first = await scenes.a_pick(database, club, ana, heat)
    async with database.store().write() as unit:
        await unit.weeks.remove_pick(first.id, LATER)
        await unit.weeks.restore_pick(first.id)
        await unit.commit()
    assert await _pick(database, first.id) == first

    async with database.store().write() as unit:
        await unit.weeks.remove_pick(first.id, LATER)
        await unit.commit()
    second = await scenes.a_pick(database, club, ana, heat)
    with pytest.raises(SlotTaken):
        async with database.store().write() as unit:
            await unit.weeks.restore_pick(first.id)
    async with database.store().read() as unit:
        assert await unit.weeks.picks(first.week.id) == (second,)


async def test_work_goes_on_in_the_transaction_that_met_a_taken_slot(
    sqlite_database: Database,
) -> None:
    ana = await scenes.a_user(sqlite_database, 1)
    club = await scenes.a_club(sqlite_database, ana)
    heat = await scenes.a_work(sqlite_database)
    pick = await scenes.a_pick(sqlite_database, club, ana, heat)
    async with sqlite_database.store().write() as unit:
        with pytest.raises(SlotTaken):
            await unit.weeks.add_pick(pick.week.id, Kind.MOVIE, 0, heat, ana.id, START, None)
        await unit.weeks.set_note(pick.week.id, "still here")
        await unit.commit()
    async with sqlite_database.store().read() as unit:
        week = await unit.weeks.get(pick.week.id)
    assert week is not None
    assert week.note == "still here"


async def test_an_unknown_violation_stays_what_it_is(database: Database, club: Club, heat: int) -> None:
    week = await scenes.a_week(database, club)
    with pytest.raises(IntegrityError):
        async with database.store().write() as unit:
            await unit.weeks.add_pick(week.id, Kind.MOVIE, 0, heat, 404, START, None)


async def test_a_reveal_happens_once(database: Database, club: Club, ana: User, heat: int) -> None:
    pick = await scenes.a_pick(database, club, ana, heat)
    async with database.store().write() as unit:
        await unit.weeks.reveal(pick.id, LATER)
        await unit.weeks.reveal(pick.id, LATER + timedelta(days=1))
        await unit.commit()
    assert await _pick(database, pick.id) == replace(pick, revealed_at=LATER)


async def test_the_last_pick_of_a_work_is_found_across_the_turn_of_the_year(
    database: Database, club: Club, ana: User, heat: int
) -> None:
    late = await scenes.a_pick(database, club, ana, heat, iso=IsoWeek(2026, 53))
    early = await scenes.a_pick(database, club, ana, heat, iso=IsoWeek(2027, 1))
    ben = await scenes.a_user(database, 2, "Ben")
    elsewhere = await scenes.a_club(database, ben, chat_id=-200)
    await scenes.a_pick(database, elsewhere, ben, heat, iso=IsoWeek(2027, 2))
    async with database.store().read() as unit:
        last = unit.weeks.last_pick_of
        assert await last(club.id, heat, IsoWeek(2027, 3)) == early
        assert await last(club.id, heat, IsoWeek(2027, 1)) == late
        assert await last(club.id, heat, IsoWeek(2026, 53)) is None
        assert await last(club.id, heat + 1, IsoWeek(2027, 3)) is None

    async with database.store().write() as unit:
        await unit.weeks.remove_pick(early.id, LATER)
        await unit.commit()
    async with database.store().read() as unit:
        assert await unit.weeks.last_pick_of(club.id, heat, IsoWeek(2027, 3)) == late
