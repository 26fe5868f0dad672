"""Scores, takes and absences, read back through another connection."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from domain.clubs import Member
from domain.weeks import Answer, Ballot, Pick, Turnout
from storage.tables import ratings
from tests.fakes import START
from tests.storage import scenes

if TYPE_CHECKING:
    from datetime import datetime

    from domain.clubs import User
    from storage.database import Database

LATER = START + timedelta(hours=1)


async def _answers(database: Database, *picks: Pick) -> dict[int, tuple[Answer, ...]]:
    async with database.store().read() as unit:
        return await unit.ratings.answers(picks)


async def _rate(database: Database, user: User, work_id: int, score: int, now: datetime = START) -> None:
    async with database.store().write() as unit:
        await unit.ratings.put(user.id, work_id, score, now)
        await unit.commit()


async def _ballot(database: Database, pick_id: int, user: User) -> Ballot | None:
    async with database.store().read() as unit:
        return await unit.ratings.ballot(pick_id, user.id)


async def test_a_score_is_kept_and_replaced(database: Database) -> None:
    ana = await scenes.a_user(database, 1)
    club = await scenes.a_club(database, ana)
    heat = await scenes.a_work(database)
    pick = await scenes.a_pick(database, club, ana, heat)

    await _rate(database, ana, heat, 7)
    await _rate(database, ana, heat, 10, LATER)
    assert await _answers(database, pick) == {
        pick.id: (Answer(Member(ana, START), 10, absent=False, rated_at=START),)
    }
    async with database._engines.reader.connect() as connection:
        rows = (await connection.execute(select(ratings.c.rated_at, ratings.c.updated_at))).all()
    assert [tuple(row) for row in rows] == [(START, LATER)]


async def test_a_ballot_tells_how_one_person_stands_to_a_pick(database: Database) -> None:
    ana, ben = [await scenes.a_user(database, number) for number in (1, 2)]
    club = await scenes.a_club(database, ana)
    heat = await scenes.a_work(database)
    pick = await scenes.a_pick(database, club, ana, heat)
    await _rate(database, ben, heat, 7)
    assert await _ballot(database, pick.id, ana) == Ballot(
        pick, None, absent=False, listed=True, awaited=False
    )
    assert await _ballot(database, pick.id, ben) == Ballot(pick, 7, absent=False, listed=False, awaited=True)
    async with database.store().write() as unit:
        await unit.ratings.set_absent(pick.id, ben.id, absent=True)
        await unit.members.leave(club.id, ana.id, LATER)
        await unit.commit()
    assert await _ballot(database, pick.id, ana) == Ballot(
        pick, None, absent=False, listed=False, awaited=False
    )
    assert await _ballot(database, pick.id, ben) == Ballot(pick, 7, absent=True, listed=False, awaited=False)
    assert await _ballot(database, pick.id + 1, ben) is None


async def test_a_ballot_tells_whether_anybody_else_is_awaited(database: Database) -> None:
    ana, ben, cleo = [await scenes.a_user(database, number) for number in (1, 2, 3)]
    club = await scenes.a_club(database, ana, ben, cleo)
    heat = await scenes.a_work(database)
    pick = await scenes.a_pick(database, club, ana, heat)

    async def awaited(user: User) -> bool:
        ballot = await _ballot(database, pick.id, user)
        assert ballot is not None
        return ballot.awaited

    assert [await awaited(user) for user in (ana, ben, cleo)] == [True, True, True]
    await _rate(database, ben, heat, 7)
    assert await awaited(ana)
    async with database.store().write() as unit:
        await unit.ratings.set_absent(pick.id, cleo.id, absent=True)
        await unit.commit()
    assert [await awaited(user) for user in (ana, ben, cleo)] == [False, True, True]
    async with database.store().write() as unit:
        await unit.users.erase(ana, LATER)
        await unit.commit()
    assert not await awaited(ben)


async def test_a_turnout_counts_those_on_the_roster_alone(database: Database) -> None:
    ana, ben, cleo = [await scenes.a_user(database, number) for number in (1, 2, 3)]
    club = await scenes.a_club(database, ana, ben, cleo)
    heat = await scenes.a_work(database)
    pick = await scenes.a_pick(database, club, ana, heat)

    async def turnout() -> Turnout:
        async with database.store().read() as unit:
            return (await unit.ratings.turnouts([pick]))[pick.id]

    assert await turnout() == Turnout(roster=3, answered=0)
    await _rate(database, ben, heat, 7)
    async with database.store().write() as unit:
        await unit.ratings.set_absent(pick.id, ana.id, absent=True)
        await unit.commit()
    assert await turnout() == Turnout(roster=3, answered=2)
    async with database.store().write() as unit:
        await unit.members.leave(club.id, ben.id, LATER)
        await unit.commit()
    assert await turnout() == Turnout(roster=2, answered=1)


@pytest.mark.parametrize("score", [0, 11])
async def test_a_score_out_of_bounds_is_refused_by_the_table_too(database: Database, score: int) -> None:
    ana = await scenes.a_user(database, 1)
    heat = await scenes.a_work(database)
    with pytest.raises(IntegrityError, match="ck_ratings_score"):
        await _rate(database, ana, heat, score)


async def test_a_take_that_comes_when_its_author_was_just_forgotten_is_not_kept(database: Database) -> None:
    ana = await scenes.a_user(database, 1)
    club, heat = await scenes.a_club(database, ana), await scenes.a_work(database)
    pick = await scenes.a_pick(database, club, ana, heat)
    await _rate(database, ana, heat, 8)
    async with database.store().write() as unit:
        await unit.users.erase(ana, LATER)
        assert not await unit.ratings.set_take(ana.id, heat, "It was me", has_spoiler=False, now=LATER)
        await unit.commit()
    (answer,) = (await _answers(database, pick))[pick.id]
    assert (answer.score, answer.take) == (8, "")


async def test_a_take_needs_a_score_and_survives_a_new_one(database: Database) -> None:
    ana = await scenes.a_user(database, 1)
    club = await scenes.a_club(database, ana)
    heat = await scenes.a_work(database)
    pick = await scenes.a_pick(database, club, ana, heat)
    async with database.store().write() as unit:
        assert not await unit.ratings.set_take(ana.id, heat, "Too long", has_spoiler=False, now=START)
        await unit.ratings.put(ana.id, heat, 7, START)
        assert await unit.ratings.set_take(ana.id, heat, "He <dies> 🎬", has_spoiler=True, now=LATER)
        await unit.ratings.put(ana.id, heat, 8, LATER)
        await unit.commit()
    assert (await _answers(database, pick))[pick.id] == (
        Answer(Member(ana, START), 8, absent=False, take="He <dies> 🎬", has_spoiler=True, rated_at=START),
    )


async def test_an_absence_is_noted_beside_the_score(database: Database) -> None:
    ana = await scenes.a_user(database, 1)
    club = await scenes.a_club(database, ana)
    heat = await scenes.a_work(database)
    pick = await scenes.a_pick(database, club, ana, heat)
    await _rate(database, ana, heat, 7)
    async with database.store().write() as unit:
        assert not await unit.ratings.set_absent(pick.id, ana.id, absent=False)
        assert await unit.ratings.set_absent(pick.id, ana.id, absent=True)
        assert not await unit.ratings.set_absent(pick.id, ana.id, absent=True)
        await unit.commit()
    assert (await _answers(database, pick))[pick.id] == (
        Answer(Member(ana, START), 7, absent=True, rated_at=START),
    )

    async with database.store().write() as unit:
        assert await unit.ratings.set_absent(pick.id, ana.id, absent=False)
        await unit.commit()
    assert (await _answers(database, pick))[pick.id] == (
        Answer(Member(ana, START), 7, absent=False, rated_at=START),
    )


async def test_answers_are_the_clubs_own_in_the_order_of_rating(database: Database) -> None:
    ana, ben = await scenes.a_user(database, 1, "Ana"), await scenes.a_user(database, 2, "Ben")
    cem, eve = await scenes.a_user(database, 3, "Cem"), await scenes.a_user(database, 4, "Eve")
    club = await scenes.a_club(database, ana, ben, cem)
    elsewhere = await scenes.a_club(database, eve, ben, chat_id=-200)
    heat, album = await scenes.a_work(database), await scenes.a_work(database, scenes.an_album())
    watched = await scenes.a_pick(database, club, ana, heat)
    listened = await scenes.a_pick(database, club, ana, album)
    theirs = await scenes.a_pick(database, elsewhere, eve, heat)
    untouched = await scenes.a_pick(database, elsewhere, eve, album)

    await _rate(database, eve, heat, 1, START - timedelta(days=1))
    await _rate(database, ben, heat, 9, START)
    await _rate(database, ana, heat, 4, LATER)
    async with database.store().write() as unit:
        await unit.ratings.set_absent(watched.id, cem.id, absent=True)
        await unit.members.leave(club.id, ben.id, LATER)
        await unit.commit()

    answers = await _answers(database, watched, listened, theirs, untouched)
    told = {
        pick_id: [(answer.member.user.name, answer.score, answer.absent) for answer in given]
        for pick_id, given in answers.items()
    }
    assert told == {
        watched.id: [("Ben", 9, False), ("Ana", 4, False), ("Cem", None, True)],
        listened.id: [],
        theirs.id: [("Eve", 1, False), ("Ben", 9, False)],
        untouched.id: [],
    }
    assert answers[watched.id][0].member == Member(ben, START, left=LATER, turn=1)
    assert answers[theirs.id][1].member == Member(ben, START, turn=1)


async def test_no_picks_have_no_answers(database: Database) -> None:
    assert await _answers(database) == {}
