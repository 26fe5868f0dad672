"""What many stories begin with, each in a transaction of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.clubs import Club, Settings, User
from domain.isoweek import IsoWeek
from domain.works import AlbumFacts, Facts, MovieFacts
from tests.fakes import START

if TYPE_CHECKING:
    from domain.weeks import Pick, Week
    from storage.database import Database

WEEK = IsoWeek(2026, 10)


async def a_user(database: Database, telegram_id: int, name: str = "Ana") -> User:
    async with database.store().write() as unit:
        user = await unit.users.save(telegram_id, name, "en")
        await unit.commit()
    return user


async def a_club(database: Database, *members: User, chat_id: int = -100) -> Club:
    async with database.store().write() as unit:
        club = await unit.clubs.add(chat_id, "Film club", private=False, settings=Settings())
        for member in members:
            await unit.members.join(club.id, member.id, START)
        await unit.commit()
    return club


async def a_work(database: Database, facts: Facts | None = None) -> int:
    async with database.store().keep() as unit:
        work_id = await unit.works.save(facts or MovieFacts(tmdb_id=949, title="Heat"), START)
        await unit.commit()
    return work_id


async def a_week(database: Database, club: Club, iso: IsoWeek = WEEK) -> Week:
    async with database.store().write() as unit:
        week = await unit.weeks.ensure(club.id, iso)
        await unit.commit()
    return week


async def a_pick(
    database: Database, club: Club, user: User, work_id: int, iso: IsoWeek = WEEK, position: int = 0
) -> Pick:
    async with database.store().write() as unit:
        work = await unit.works.get(work_id)
        assert work is not None
        week = await unit.weeks.ensure(club.id, iso)
        pick_id = await unit.weeks.add_pick(week.id, work.kind, position, work_id, user.id, START, None)
        pick = await unit.weeks.pick(pick_id)
        await unit.commit()
    assert pick is not None
    return pick


def an_album(
    title: str = "Kind of Blue", mbid: str | None = "8e8a594f-2175-38c7-a871-abb68ec363e7"
) -> AlbumFacts:
    return AlbumFacts(mbid=mbid, title=title)
