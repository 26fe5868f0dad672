"""A club's numbers, read back from what people did."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from domain.isoweek import IsoWeek
from domain.statistics import Career, Maker, Played, Statistics
from domain.works import AlbumFacts, ArtistCredit, Credit, CriticRating, MovieFacts, PartialDate, Role
from tests.fakes import START
from tests.plans import heard
from tests.storage import scenes

if TYPE_CHECKING:
    from domain.clubs import Club, User
    from domain.weeks import Pick
    from storage.database import Database

W10, W11, W12 = (IsoWeek(2026, number) for number in (10, 11, 12))
HEAT = MovieFacts(
    tmdb_id=949,
    title="Heat",
    released=PartialDate(1995, 12, 15),
    runtime=170,
    genres=("Crime", "Drama"),
    credits=(
        Credit(638, "Michael Mann", Role.CREW, 0, department="Directing", job="Director"),
        Credit(638, "Michael Mann", Role.CREW, 1, department="Writing", job="Writer"),
        Credit(1158, "Al Pacino", Role.CAST, 0, character="Vincent"),
    ),
    critics=(CriticRating("Rotten Tomatoes", "84%"), CriticRating("Metacritic", "76/100")),
)


async def reveal(database: Database, *picks: Pick) -> None:
    async with database.store().keep() as tx:
        for pick in picks:
            await tx.weeks.reveal(pick.id, START)
        await tx.commit()


async def score(database: Database, user: User, work: int, half_stars: int) -> None:
    async with database.store().keep() as tx:
        await tx.ratings.put(user.id, work, half_stars, START)
        await tx.commit()


async def skip(database: Database, user: User, pick: Pick) -> None:
    async with database.store().keep() as tx:
        await tx.ratings.set_absent(pick.id, user.id, absent=True)
        await tx.commit()


async def read(database: Database, club: Club, week: IsoWeek) -> Statistics:
    async with database.store().read() as tx:
        return await tx.records.of(club.id, week)


@pytest.fixture
async def people(database: Database) -> tuple[User, User]:
    return await scenes.a_user(database, 1, "Ana"), await scenes.a_user(database, 2, "Ben")


async def test_a_pick_comes_with_all_that_facts_are_told_from(
    database: Database, people: tuple[User, User]
) -> None:
    ana, ben = people
    club = await scenes.a_club(database, ana, ben)
    heat = await scenes.a_work(database, HEAT)
    pick = await scenes.a_pick(database, club, ana, heat, W10)
    await score(database, ana, heat, 9)
    await score(database, ben, heat, 4)
    await reveal(database, pick)
    numbers = await read(database, club, W10)
    assert numbers.picks == (
        Played(
            pick.id,
            W10,
            pick.work,
            scores=2,
            total=13,
            squares=97,
            lowest=4,
            highest=9,
            released=PartialDate(1995, 12, 15),
            runtime=170,
            critics=80.0,
            genres=("Crime", "Drama"),
            makers=(Maker(numbers.picks[0].makers[0].id, "Michael Mann"),),
        ),
    )
    assert [(given.user.name, given.score) for given in numbers.given] == [("Ana", 9), ("Ben", 4)]
    assert numbers.earlier == ()
    assert numbers.careers == (Career(ana, 0, 1, 0, 1), Career(ben, 0, 1, 0, 1))


async def test_an_albums_makers_are_its_artists_with_their_countries(
    database: Database, people: tuple[User, User]
) -> None:
    ana, _ = people
    club = await scenes.a_club(database, ana)
    facts = AlbumFacts(
        mbid="8e8a594f-2175-38c7-a871-abb68ec363e7",
        title="Post",
        artists=(ArtistCredit("87c5dedd-371d-4a53-9f7f-80522fb7f3cb", "Björk", country="IS"),),
        genres=("art pop",),
    )
    pick = await scenes.a_pick(database, club, ana, await scenes.a_work(database, facts), W10)
    await reveal(database, pick)
    (played,) = (await read(database, club, W10)).picks
    assert [(maker.name, maker.country) for maker in played.makers] == [("Björk", "IS")]
    assert played.genres == ()
    assert played.average == played.variance == 0


async def test_hidden_removed_and_foreign_picks_and_later_weeks_are_left_out(
    database: Database, people: tuple[User, User]
) -> None:
    ana, ben = people
    club = await scenes.a_club(database, ana, ben)
    other = await scenes.a_club(database, ana, chat_id=-200)
    works = [await scenes.a_work(database, replace(HEAT, tmdb_id=number)) for number in range(1, 6)]
    shown = await scenes.a_pick(database, club, ana, works[0], W10)
    gone = await scenes.a_pick(database, club, ana, works[1], W10, position=1)
    hidden = await scenes.a_pick(database, club, ana, works[2], W11)
    later = await scenes.a_pick(database, club, ana, works[3], W12)
    foreign = await scenes.a_pick(database, other, ana, works[4], W10)
    await reveal(database, shown, gone, later, foreign)
    async with database.store().keep() as tx:
        await tx.weeks.remove_pick(gone.id, START)
        await tx.commit()
    numbers = await read(database, club, W11)
    assert [pick.pick_id for pick in numbers.earlier] == [shown.id]
    assert numbers.picks == ()
    assert numbers.removed == {gone.work.id}
    assert (await read(database, club, W10)).removed == frozenset()
    assert [pick.pick_id for pick in (await read(database, club, W12)).picks] == [later.id]
    assert hidden.id not in {pick.pick_id for pick in (await read(database, club, W12)).earlier}


async def test_careers_count_scores_tops_and_whole_weeks(
    database: Database, people: tuple[User, User]
) -> None:
    ana, ben = people
    cleo = await scenes.a_user(database, 3, "Cleo")
    club = await scenes.a_club(database, ana, ben, cleo)
    picks = [
        await scenes.a_pick(
            database, club, ana, await scenes.a_work(database, replace(HEAT, tmdb_id=n)), week
        )
        for n, week in enumerate((W10, W11, W12))
    ]
    await reveal(database, *picks)
    for pick in picks:
        await score(database, ana, pick.work.id, 10)
    await score(database, ben, picks[1].work.id, 3)
    await score(database, ben, picks[2].work.id, 10)
    await skip(database, ben, picks[2])
    await score(database, cleo, picks[0].work.id, 10)
    careers = {career.user.name: career for career in (await read(database, club, W12)).careers}
    assert careers["Ana"] == Career(ana, before=2, now=1, tops_before=2, streak=3)
    assert careers["Ben"] == Career(ben, before=1, now=0, tops_before=0, streak=2)
    assert careers["Cleo"] == Career(cleo, before=1, now=0, tops_before=1, streak=0)
    assert [given.user.name for given in (await read(database, club, W12)).given] == ["Ana"]


async def test_who_left_keeps_counting_and_has_no_career(
    database: Database, people: tuple[User, User]
) -> None:
    ana, ben = people
    club = await scenes.a_club(database, ana, ben)
    heat = await scenes.a_work(database, HEAT)
    await reveal(database, await scenes.a_pick(database, club, ana, heat, W10))
    await score(database, ben, heat, 4)
    async with database.store().keep() as tx:
        await tx.members.leave(club.id, ben.id, START + timedelta(days=1))
        await tx.members.drop_name(club.id, ben.id)
        await tx.commit()
    numbers = await read(database, club, W10)
    assert numbers.picks[0].total == 4
    assert numbers.given == ()
    assert [career.user.name for career in numbers.careers] == ["Ana"]


async def test_the_queries_are_few(sqlite_database: Database) -> None:
    ana = await scenes.a_user(sqlite_database, 1)
    club = await scenes.a_club(sqlite_database, ana)
    for number in range(12):
        work = await scenes.a_work(sqlite_database, replace(HEAT, tmdb_id=number))
        await reveal(
            sqlite_database, await scenes.a_pick(sqlite_database, club, ana, work, IsoWeek(2026, number + 1))
        )
        await score(sqlite_database, ana, work, 7)
    with heard(sqlite_database) as statements:
        await read(sqlite_database, club, W12)
    assert len(statements) == 8
