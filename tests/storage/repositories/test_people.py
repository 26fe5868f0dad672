"""Users, clubs and rosters, each read back through another connection."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from domain.clubs import Club, Member, Picking, Settings, User
from domain.ports import Note
from domain.schedule import Schedule, Timing
from domain.scores import Scale
from storage.tables import clubs
from tests.fakes import START
from tests.storage import scenes

if TYPE_CHECKING:
    from storage.database import Database

LATER = START + timedelta(days=3)


async def _user(database: Database, telegram_id: int) -> User | None:
    async with database.store().read() as unit:
        return await unit.users.by_telegram_id(telegram_id)


async def _club(database: Database, chat_id: int) -> Club | None:
    async with database.store().read() as unit:
        return await unit.clubs.by_chat(chat_id)


async def _roster(database: Database, club: Club) -> tuple[Member, ...]:
    async with database.store().read() as unit:
        return await unit.members.of(club.id)


async def test_a_person_is_kept_under_their_telegram_id_and_follows_their_profile(database: Database) -> None:
    far = 7_123_456_789_012
    async with database.store().write() as unit:
        ana = await unit.users.save(far, "Ana", "en")
        same = await unit.users.save(far, 'Ана <b>&"\u202e 🎬', None)
        await unit.commit()
    assert ana == User(ana.id, far, "Ana", None, "en")
    assert same == User(ana.id, far, 'Ана <b>&"\u202e 🎬', None, None)
    assert await _user(database, far) == same
    assert await _user(database, 1) is None


async def test_a_language_once_set_stays_when_telegrams_changes(database: Database) -> None:
    ana = await scenes.a_user(database, 1)
    async with database.store().write() as unit:
        await unit.users.set_language(ana.id, "de")
        await unit.users.save(1, "Ana", "fr")
        await unit.commit()
    assert await _user(database, 1) == replace(ana, language="de", spoken="fr")

    async with database.store().write() as unit:
        await unit.users.set_language(ana.id, None)
        await unit.commit()
    assert await _user(database, 1) == replace(ana, spoken="fr")


async def test_who_acts_and_where_are_found_together_or_each_alone(database: Database) -> None:
    ana = await scenes.a_user(database, 1)
    club = await scenes.a_club(database, ana, chat_id=-100)
    async with database.store().read() as unit:
        assert await unit.clubs.met(-100, 1) == (club, ana)
        assert await unit.clubs.met(-100, 2) == (club, None)
        assert await unit.clubs.met(-100, None) == (club, None)
        assert await unit.clubs.met(-200, 1) == (None, ana)
        assert await unit.clubs.met(-200, 2) == (None, None)


async def test_a_club_keeps_its_settings(database: Database) -> None:
    settings = Settings(
        language="de",
        zone=ZoneInfo("Pacific/Kiritimati"),
        scale=Scale.TEN,
        movies=2,
        albums=0,
        blind=False,
        picking=Picking.TURNS,
        schedule=Schedule(new_week=Timing(2, 0), digest=Timing(6, 23 * 60 + 59, on=False)),
        thread=2**40,
        paused_until=date(2027, 1, 4),
    )
    async with database.store().write() as unit:
        club = await unit.clubs.add(-1_001_234_567_890, "Kino", private=False, settings=Settings())
        await unit.clubs.set_settings(club.id, settings)
        await unit.clubs.set_title(club.id, "Кино & Musik")
        await unit.clubs.set_introduced(club.id)
        await unit.commit()
    assert club == Club(club.id, -1_001_234_567_890, "Kino", private=False, settings=Settings())
    assert await _club(database, club.chat_id) == replace(
        club, title="Кино & Musik", settings=settings, introduced=True
    )


async def test_posts_missing_from_a_stored_schedule_come_when_a_new_clubs_do(database: Database) -> None:
    club = await scenes.a_club(database)
    stored = {"digest": [6, 60, False], "of_a_later_version": [1, 2, True, "more"]}
    async with database._engines.writer.begin() as connection:
        await connection.execute(update(clubs).values(schedule=stored))
    changed = await _club(database, club.chat_id)
    assert changed is not None
    assert changed.settings.schedule == Schedule(digest=Timing(6, 60, on=False))


async def test_clubs_sleep_and_wake(database: Database) -> None:
    ana, ben = await scenes.a_user(database, 1), await scenes.a_user(database, 2, "Ben")
    both = await scenes.a_club(database, ana, ben)
    own = await scenes.a_club(database, ana, chat_id=1)
    async with database.store().write() as unit:
        await unit.clubs.set_asleep(both.id, asleep=True)
        await unit.members.leave(own.id, ana.id, LATER)
        await unit.members.join(own.id, ben.id, LATER)
        await unit.commit()
    sleeping = replace(both, asleep=True)
    async with database.store().read() as unit:
        assert await unit.clubs.get(both.id) == sleeping
        assert await unit.clubs.get(own.id) == own
        assert await unit.clubs.get(own.id + both.id) is None
        assert await unit.clubs.awake() == (own,)
        assert await unit.clubs.of_user(ana.id) == (sleeping,)
        assert await unit.clubs.of_user(ben.id) == (sleeping, own)

    async with database.store().write() as unit:
        await unit.clubs.set_asleep(both.id, asleep=False)
        await unit.commit()
    async with database.store().read() as unit:
        assert await unit.clubs.awake() == (both, own)


async def test_who_wants_a_private_digest_and_can_be_reached_is_known(database: Database) -> None:
    ana, ben, cem = [await scenes.a_user(database, number) for number in (1, 2, 3)]
    async with database.store().write() as unit:
        for user in (ana, ben):
            await unit.users.set_wants_digest(user.id, wants=True)
        for user in (ana, cem):
            await unit.users.set_reachable(user.id, reachable=True)
        await unit.commit()
    wanting = replace(ana, reachable=True, wants_digest=True)
    assert await _user(database, 1) == wanting
    assert await _user(database, 2) == replace(ben, wants_digest=True)

    async with database.store().write() as unit:
        assert await unit.users.save(1, "Ana", "en") == wanting
        await unit.users.set_wants_digest(ana.id, wants=False)
        await unit.users.set_reachable(ben.id, reachable=True)
        await unit.users.set_reachable(ben.id, reachable=False)
        await unit.commit()
    assert await _user(database, 1) == replace(ana, reachable=True)
    assert await _user(database, 2) == replace(ben, wants_digest=True)


async def test_adding_a_club_again_gives_the_one_there_is(database: Database) -> None:
    club = await scenes.a_club(database)
    async with database.store().write() as unit:
        again = await unit.clubs.add(
            club.chat_id, "Another title", private=True, settings=Settings(language="de")
        )
        await unit.commit()
    assert again == club == await _club(database, club.chat_id)


@pytest.mark.parametrize("wrong", [Settings(movies=3), Settings(albums=-1)])
async def test_settings_out_of_bounds_are_refused(database: Database, wrong: Settings) -> None:
    club = await scenes.a_club(database)
    with pytest.raises(IntegrityError, match="ck_clubs_"):
        async with database.store().write() as unit:
            await unit.clubs.set_settings(club.id, wrong)
    assert await _club(database, club.chat_id) == club


async def test_a_migrated_group_keeps_everything_but_its_messages(database: Database) -> None:
    ana = await scenes.a_user(database, 1)
    club = await scenes.a_club(database, ana, chat_id=-100)
    other = await scenes.a_club(database, ana, chat_id=-200)
    week = await scenes.a_week(database, club)
    async with database.store().write() as unit:
        await unit.messages.remember(Note(-100, 5, "card", week.id), START)
        await unit.messages.remember(Note(-200, 5, "prompt"), START)
        await unit.clubs.rekey(club.id, -1_000_000_000_100)
        await unit.commit()

    assert await _club(database, -100) is None
    assert await _club(database, -1_000_000_000_100) == replace(club, chat_id=-1_000_000_000_100)
    assert await _club(database, -200) == other
    assert [member.user for member in await _roster(database, club)] == [ana]
    async with database.store().read() as unit:
        assert await unit.messages.find(-100, 5) is None
        assert await unit.messages.latest_card(week.id) is None
        assert await unit.messages.find(-200, 5) is not None
        assert await unit.weeks.get(week.id) == week


async def test_a_club_without_weeks_can_be_removed_with_its_roster(database: Database) -> None:
    ana = await scenes.a_user(database, 1)
    club = await scenes.a_club(database, ana)
    async with database.store().write() as unit:
        assert await unit.clubs.remove_empty(club.id)
        assert not await unit.clubs.remove_empty(club.id)
        await unit.commit()
    assert await _club(database, club.chat_id) is None
    assert await _roster(database, club) == ()
    assert await _user(database, 1) == ana


async def test_a_club_with_a_week_stays(database: Database) -> None:
    ana = await scenes.a_user(database, 1)
    club = await scenes.a_club(database, ana)
    await scenes.a_week(database, club)
    async with database.store().write() as unit:
        assert not await unit.clubs.remove_empty(club.id)
        await unit.commit()
    assert await _club(database, club.chat_id) == club
    assert [member.user for member in await _roster(database, club)] == [ana]


async def test_members_join_leave_and_come_back(database: Database) -> None:
    ana, ben = await scenes.a_user(database, 1, "Ana"), await scenes.a_user(database, 2, "Ben")
    club = await scenes.a_club(database)
    async with database.store().write() as unit:
        assert await unit.members.join(club.id, ben.id, START)
        assert await unit.members.join(club.id, ana.id, START + timedelta(hours=1))
        assert not await unit.members.join(club.id, ben.id, LATER)
        await unit.commit()
    first = (Member(ben, START), Member(ana, START + timedelta(hours=1), turn=1))
    assert await _roster(database, club) == first

    async with database.store().write() as unit:
        assert await unit.members.leave(club.id, ben.id, LATER)
        assert not await unit.members.leave(club.id, ben.id, LATER + timedelta(days=1))
        await unit.commit()
    assert await _roster(database, club) == (replace(first[0], left=LATER), first[1])

    async with database.store().write() as unit:
        assert await unit.members.join(club.id, ben.id, LATER + timedelta(days=2))
        await unit.commit()
    assert await _roster(database, club) == (replace(first[0], turn=2), first[1])


async def test_a_past_member_can_drop_their_name_until_they_join_again(database: Database) -> None:
    ana = await scenes.a_user(database, 1)
    club = await scenes.a_club(database, ana)
    async with database.store().write() as unit:
        await unit.members.drop_name(club.id, ana.id)
        assert await unit.members.of(club.id) == (Member(ana, START),)
        await unit.members.leave(club.id, ana.id, LATER)
        await unit.members.drop_name(club.id, ana.id)
        await unit.commit()
    assert await _roster(database, club) == (Member(ana, START, LATER, nameless=True),)

    async with database.store().write() as unit:
        await unit.members.join(club.id, ana.id, LATER)
        await unit.commit()
    assert await _roster(database, club) == (Member(ana, START, turn=1),)


async def test_leaving_a_club_one_never_joined_changes_nothing(database: Database) -> None:
    ana, ben = await scenes.a_user(database, 1), await scenes.a_user(database, 2, "Ben")
    club = await scenes.a_club(database, ana)
    async with database.store().write() as unit:
        assert not await unit.members.leave(club.id, ben.id, LATER)
        await unit.commit()
    assert await _roster(database, club) == (Member(ana, START),)


async def test_the_roster_is_put_in_order_in_one_go(database: Database) -> None:
    ana, ben, cem = [await scenes.a_user(database, number) for number in (1, 2, 3)]
    club = await scenes.a_club(database, ana, ben, cem)
    other = await scenes.a_club(database, cem, ana, chat_id=-200)
    async with database.store().write() as unit:
        await unit.members.leave(club.id, ben.id, LATER)
        await unit.members.set_turns(club.id, [cem.id, ana.id])
        await unit.commit()
    assert {member.user: member.turn for member in await _roster(database, club)} == {ana: 1, ben: 1, cem: 0}
    assert {member.user: member.turn for member in await _roster(database, other)} == {cem: 0, ana: 1}

    async with database.store().write() as unit:
        await unit.members.set_turns(club.id, [])
        await unit.members.join(club.id, ben.id, LATER)
        await unit.commit()
    assert {member.user: member.turn for member in await _roster(database, club)} == {cem: 0, ana: 1, ben: 2}


async def test_who_is_away_is_back_when_they_say_so_or_join_again(database: Database) -> None:
    ana, ben = await scenes.a_user(database, 1), await scenes.a_user(database, 2, "Ben")
    club = await scenes.a_club(database, ana, ben)
    until = date(2026, 4, 6)

    async def away() -> list[date | None]:
        return [member.away_until for member in await _roster(database, club)]

    async with database.store().write() as unit:
        await unit.members.set_away(club.id, ana.id, until)
        await unit.commit()
    assert await away() == [until, None]

    async with database.store().write() as unit:
        await unit.members.join(club.id, ana.id, LATER)
        await unit.commit()
    assert await away() == [until, None]

    async with database.store().write() as unit:
        await unit.members.set_away(club.id, ben.id, until)
        await unit.members.leave(club.id, ana.id, LATER)
        await unit.members.join(club.id, ana.id, LATER)
        await unit.members.set_away(club.id, ben.id, None)
        await unit.commit()
    assert await away() == [None, None]
