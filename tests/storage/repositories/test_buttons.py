"""What buttons and replies point into: searches and the bot's own messages."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from domain.ports import Note
from domain.search import Search
from domain.works import Hit, Kind, Source, WorkRef
from tests.fakes import START
from tests.storage import scenes

if TYPE_CHECKING:
    from storage.database import Database

HITS = (
    Hit(
        WorkRef(Source.MUSICBRAINZ, "8e8a594f-2175-38c7-a871-abb68ec363e7"),
        Kind.ALBUM,
        "( )",
        2002,
        "Sigur Rós",
    ),
    Hit(
        WorkRef(Source.MUSICBRAINZ, "b1392450-e666-3926-a536-22c65f834433"), Kind.ALBUM, "Группа крови", None
    ),
)


async def test_a_search_keeps_its_hits_in_order(database: Database) -> None:
    club, other = await scenes.a_club(database), await scenes.a_club(database, chat_id=-200)
    async with database.store().keep() as unit:
        search = await unit.searches.add(club.id, Kind.ALBUM, "sigur rós – <( )>", HITS, START, stale=True)
        empty = await unit.searches.add(club.id, Kind.MOVIE, "zzz", (), START, stale=False)
        await unit.commit()
    assert search == Search(search.id, Kind.ALBUM, "sigur rós – <( )>", HITS, stale=True)
    async with database.store().read() as unit:
        assert await unit.searches.get(club.id, search.id) == search
        assert await unit.searches.get(club.id, empty.id) == Search(empty.id, Kind.MOVIE, "zzz", ())
        assert await unit.searches.get(club.id, empty.id + 1) is None
        assert await unit.searches.get(other.id, search.id) is None


async def test_messages_are_found_again_by_chat_and_id(database: Database) -> None:
    club = await scenes.a_club(database)
    week = await scenes.a_week(database, club)
    card, prompt = Note(-100, 7, "card", week.id), Note(-100, 8, "prompt")
    async with database.store().keep() as unit:
        await unit.messages.remember(card, START)
        await unit.messages.remember(prompt, START)
        await unit.messages.remember(Note(-200, 7, "prompt"), START)
        await unit.commit()
    async with database.store().read() as unit:
        assert await unit.messages.find(-100, 7) == card
        assert await unit.messages.find(-100, 8) == prompt
        assert await unit.messages.find(-100, 9) is None


async def test_a_message_can_get_another_purpose(database: Database) -> None:
    club = await scenes.a_club(database)
    week = await scenes.a_week(database, club)
    async with database.store().keep() as unit:
        await unit.messages.remember(Note(-100, 7, "prompt"), START)
        await unit.messages.remember(Note(-100, 7, "card", week.id), START)
        await unit.commit()
    async with database.store().read() as unit:
        assert await unit.messages.find(-100, 7) == Note(-100, 7, "card", week.id)


async def test_the_newest_card_is_the_one_kept_up_to_date(database: Database) -> None:
    club = await scenes.a_club(database)
    week = await scenes.a_week(database, club)
    next_week = await scenes.a_week(database, club, scenes.WEEK.next())
    async with database.store().read() as unit:
        assert await unit.messages.latest_card(week.id) is None
    async with database.store().keep() as unit:
        for message_id, minutes in ((30, 1), (20, 2), (21, 2)):
            note = Note(-100, message_id, "card", week.id)
            await unit.messages.remember(note, START + timedelta(minutes=minutes))
        await unit.messages.remember(Note(-100, 40, "prompt", week.id), START + timedelta(hours=1))
        await unit.messages.remember(Note(-100, 50, "card", next_week.id), START + timedelta(hours=1))
        await unit.commit()
    async with database.store().read() as unit:
        assert await unit.messages.latest_card(week.id) == Note(-100, 21, "card", week.id)
