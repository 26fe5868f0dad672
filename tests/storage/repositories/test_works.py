"""Works with all their facts, read back through another connection."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from domain.works import (
    AlbumFacts,
    ArtistCredit,
    Credit,
    CriticRating,
    Facts,
    Kind,
    MovieFacts,
    PartialDate,
    Role,
    Source,
    Work,
    WorkRef,
)
from storage import tables
from tests.fakes import START
from tests.storage import scenes

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Table

    from storage.database import Database

SOLARIS = MovieFacts(
    tmdb_id=593,
    title="Solaris",
    imdb_id="tt0069293",
    original_title="Солярис",
    released=PartialDate(1972, 3, 20),
    runtime=167,
    genres=("Science Fiction", "Drama", "Mystery"),
    overview="A psychologist is sent to a station over an ocean that <thinks> & answers.",
    image="https://images.example/solaris.jpg",
    credits=(
        Credit(19_330, "Donatas Banionis", Role.CAST, 0, character="Kris Kelvin"),
        Credit(19_331, "Наталья Бондарчук", Role.CAST, 1, character="Hari"),
        Credit(8_452, "Andrei Tarkovsky", Role.CREW, 0, department="Directing", job="Director"),
        Credit(8_452, "Andrei Tarkovsky", Role.CREW, 0, department="Writing", job="Screenplay"),
    ),
    critics=(CriticRating("Rotten Tomatoes", "92%"), CriticRating("Metacritic", "93/100")),
)
WATCH_THE_THRONE = AlbumFacts(
    mbid="0c61ac8a-4dd6-4a6c-8b1a-5d6e5b6f3f9d",
    title="Watch the Throne",
    artists=(
        ArtistCredit("f82bcf78-5b69-4622-a5ef-73800768d9ac", "JAY‐Z", " & ", "JAY-Z", "Person", "US"),
        ArtistCredit("164f0d73-1234-4e2c-8743-d77bf2191051", "Kanye West", "", "West, Kanye", "Person", None),
    ),
    released=PartialDate(2011, 8),
    primary_type="Album",
    secondary_types=("Compilation", "Live"),
    genres=("hip hop",),
    image="https://images.example/throne.jpg",
)
BY_HAND = AlbumFacts(
    mbid=None,
    title="初恋のデモ",
    artists=(ArtistCredit(None, "宇多田の弟"),),
    released=PartialDate(2031),
)
BARE = MovieFacts(tmdb_id=1, title="?")


async def _facts(database: Database, work_id: int) -> tuple[Facts, datetime] | None:
    async with database.store().read() as unit:
        return await unit.works.facts(work_id)


async def _find(database: Database, source: Source, key: str) -> int | None:
    async with database.store().read() as unit:
        return await unit.works.find(WorkRef(source, key))


async def _count(database: Database, table: Table) -> int | None:
    async with database._engines.reader.connect() as connection:
        return await connection.scalar(select(func.count()).select_from(table))


@pytest.mark.parametrize("facts", [SOLARIS, WATCH_THE_THRONE, BY_HAND, BARE], ids=lambda facts: facts.title)
async def test_facts_come_back_as_they_were_given(database: Database, facts: Facts) -> None:
    work_id = await scenes.a_work(database, facts)
    assert await _facts(database, work_id) == (facts, START)
    await scenes.a_work(database, MovieFacts(tmdb_id=77, title="Another", genres=("Drama",)))
    await scenes.a_work(database, AlbumFacts(mbid="77", title="Another", genres=("hip hop",)))
    assert await _facts(database, work_id) == (facts, START)


async def test_a_list_gets_what_it_needs(database: Database) -> None:
    solaris = await scenes.a_work(database, SOLARIS)
    throne = await scenes.a_work(database, WATCH_THE_THRONE)
    bare = await scenes.a_work(database, BARE)
    async with database.store().read() as unit:
        assert await unit.works.get(solaris) == Work(
            solaris, Kind.MOVIE, "Solaris", 1972, None, "https://images.example/solaris.jpg"
        )
        assert await unit.works.get(throne) == Work(
            throne,
            Kind.ALBUM,
            "Watch the Throne",
            2011,
            "JAY‐Z & Kanye West",
            "https://images.example/throne.jpg",
        )
        assert await unit.works.get(bare) == Work(bare, Kind.MOVIE, "?", None)
        assert await unit.works.get(bare + 1) is None
        assert await unit.works.facts(bare + 1) is None


async def test_newer_facts_replace_older_ones_and_double_nothing(database: Database) -> None:
    work_id = await scenes.a_work(database, SOLARIS)
    newer = replace(
        SOLARIS,
        title="Solaris (restored)",
        runtime=None,
        genres=("Drama", "Arthouse"),
        credits=(
            replace(SOLARIS.credits[0], order=5),
            replace(SOLARIS.credits[1], name="Natalya Bondarchuk"),
        ),
        critics=(),
    )
    async with database.store().keep() as unit:
        assert await unit.works.save(newer, START + timedelta(days=40)) == work_id
        await unit.commit()

    assert await _facts(database, work_id) == (newer, START + timedelta(days=40))
    assert await _count(database, tables.works) == 1
    assert await _count(database, tables.credits_) == 2
    assert await _count(database, tables.people) == 3
    assert await _count(database, tables.genres) == 4


async def test_an_albums_credit_is_replaced_too(database: Database) -> None:
    work_id = await scenes.a_work(database, WATCH_THE_THRONE)
    newer = replace(WATCH_THE_THRONE, artists=WATCH_THE_THRONE.artists[1:], secondary_types=(), released=None)
    assert await scenes.a_work(database, newer) == work_id
    assert await _facts(database, work_id) == (newer, START)
    async with database.store().read() as unit:
        work = await unit.works.get(work_id)
    assert work is not None
    assert (work.artist, work.year) == ("Kanye West", None)


async def test_people_and_genres_are_shared_by_works(database: Database) -> None:
    await scenes.a_work(database, SOLARIS)
    stalker = replace(SOLARIS, tmdb_id=1398, title="Stalker", credits=SOLARIS.credits[2:])
    work_id = await scenes.a_work(database, stalker)
    assert await _facts(database, work_id) == (stalker, START)
    assert await _count(database, tables.people) == 3
    assert await _count(database, tables.genres) == 3


async def test_works_are_found_by_their_catalogues_names(database: Database) -> None:
    solaris, throne = await scenes.a_work(database, SOLARIS), await scenes.a_work(database, WATCH_THE_THRONE)
    assert await _find(database, Source.TMDB, "593") == solaris
    assert await _find(database, Source.MUSICBRAINZ, str(WATCH_THE_THRONE.mbid)) == throne
    assert await _find(database, Source.TMDB, "594") is None
    assert await _find(database, Source.TMDB, "Solaris") is None
    assert await _find(database, Source.MUSICBRAINZ, "593") is None
    assert await _find(database, Source.OMDB, "tt0069293") is None


async def test_works_added_by_hand_are_found_by_exactly_their_facts(database: Database) -> None:
    album = await scenes.a_work(database, BY_HAND)
    home_movie = await scenes.a_work(database, MovieFacts(tmdb_id=None, title="Our summer"))
    await scenes.a_work(database, MovieFacts(tmdb_id=5, title="Heat", released=PartialDate(1995)))
    async with database.store().read() as unit:
        find = unit.works.find_by_hand
        assert await find(Kind.ALBUM, "初恋のデモ", "宇多田の弟", 2031) == album
        assert await find(Kind.ALBUM, "初恋のデモ", None, 2031) is None
        assert await find(Kind.ALBUM, "初恋のデモ", "宇多田の弟", None) is None
        assert await find(Kind.MOVIE, "Our summer", None, None) == home_movie
        assert await find(Kind.ALBUM, "Our summer", None, None) is None
        assert await find(Kind.MOVIE, "our summer", None, None) is None
        assert await find(Kind.MOVIE, "Heat", None, 1995) is None


async def test_two_works_by_hand_are_two_works(database: Database) -> None:
    assert await scenes.a_work(database, BY_HAND) != await scenes.a_work(database, BY_HAND)
    home_movie = MovieFacts(tmdb_id=None, title="Our summer")
    assert await scenes.a_work(database, home_movie) != await scenes.a_work(database, home_movie)


async def test_a_cast_of_thousands_fits(database: Database) -> None:
    crowd = tuple(Credit(number, f"Extra {number}", Role.CAST, number) for number in range(1, 3001))
    epic = replace(SOLARIS, credits=crowd)
    work_id = await scenes.a_work(database, epic)
    assert await _facts(database, work_id) == (epic, START)
