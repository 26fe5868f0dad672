"""Whatever a catalogue says comes back as it was said, and its newest word replaces the older ones."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.works import AlbumFacts, ArtistCredit, Credit, CriticRating, MovieFacts, PartialDate, Role
from tests.databases import fresh_database
from tests.fakes import START

if TYPE_CHECKING:
    from domain.works import Facts

# PostgreSQL keeps no NUL in a text.
words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
maybe = st.none() | words
genres = st.lists(words, max_size=3).map(tuple)
released = (
    st.none()
    | st.builds(PartialDate, st.integers(1, 9999))
    | st.dates().map(lambda day: PartialDate(day.year, day.month, day.day))
)


@st.composite
def credits_given(draw: st.DrawFn) -> tuple[Credit, ...]:
    """One name per person, as catalogues have it, and any number of jobs."""
    names = draw(st.dictionaries(st.integers(1, 2**31 - 1), words, max_size=3))
    if not names:
        return ()
    one = st.builds(
        lambda person, **rest: Credit(tmdb_id=person, name=names[person], **rest),
        st.sampled_from(sorted(names)),
        role=st.sampled_from(Role),
        order=st.integers(0, 500),
        character=maybe,
        department=maybe,
        job=maybe,
    )
    return tuple(draw(st.lists(one, max_size=5)))


@st.composite
def artists_given(draw: st.DrawFn) -> tuple[ArtistCredit, ...]:
    """Artists that may appear twice, under other names, and some that no catalogue knows."""
    known = draw(st.dictionaries(st.uuids().map(str), st.tuples(maybe, maybe, maybe), max_size=3))
    keys = st.none() | (st.sampled_from(sorted(known)) if known else st.none())
    one = st.builds(
        lambda key, name, join: ArtistCredit(key, name, join, *known.get(key, ())), keys, words, words
    )
    return tuple(draw(st.lists(one, max_size=4)))


movies = st.builds(
    MovieFacts,
    tmdb_id=st.just(949),
    title=words,
    imdb_id=st.none() | st.just("tt0113277"),
    original_title=maybe,
    released=released,
    runtime=st.none() | st.integers(0, 5000),
    genres=genres,
    overview=words,
    image=maybe,
    credits=credits_given(),
    critics=st.lists(st.builds(CriticRating, words, words), max_size=2).map(tuple),
)
albums = st.builds(
    AlbumFacts,
    mbid=st.just("8e8a594f-2175-38c7-a871-abb68ec363e7"),
    title=words,
    artists=artists_given(),
    released=released,
    primary_type=maybe,
    secondary_types=genres,
    genres=genres,
    image=maybe,
)


async def _after_each_save(versions: list[Facts]) -> list[tuple[int, Facts]]:
    """What a second transaction reads after each version was saved."""
    seen: list[tuple[int, Facts]] = []
    with tempfile.TemporaryDirectory() as folder:
        database = await fresh_database(Path(folder))
        for version in versions:
            async with database.store().keep() as unit:
                work_id = await unit.works.save(version, START)
                await unit.commit()
            async with database.store().read() as unit:
                stored = await unit.works.facts(work_id)
            assert stored is not None
            seen.append((work_id, stored[0]))
        await database.close()
    return seen


@settings(max_examples=40)
@given(st.lists(movies, min_size=1, max_size=3) | st.lists(albums, min_size=1, max_size=3))
def test_each_version_of_a_works_facts_comes_back_whole(versions: list[Facts]) -> None:
    assert asyncio.run(_after_each_save(versions)) == [(1, version) for version in versions]
