"""A search whose club is another's, or gone, by the time that the catalogue answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import pytest

from domain.clubs import Settings
from domain.errors import SearchGone
from domain.ports import Fetched
from domain.services.clubs import ClubService
from domain.services.works import Catalogues, WorkService
from domain.works import Hit, Kind, Source, WorkRef
from tests.storage import scenes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from domain.ports import AlbumCatalogue, Covers
    from domain.search import Query
    from storage.database import Database
    from tests.fakes import FakeClock

MAXINQUAYE = Hit(WorkRef(Source.MUSICBRAINZ, "mbid"), Kind.ALBUM, "Maxinquaye", 1995, "Tricky")


@dataclass
class Slow:
    """An album catalogue, and what happens while it is asked."""

    meanwhile: Callable[[], Awaitable[None]]

    async def search(self, query: Query) -> Fetched[tuple[Hit, ...]]:
        await self.meanwhile()
        return Fetched((MAXINQUAYE,))


def asking(database: Database, clock: FakeClock, meanwhile: Callable[[], Awaitable[None]]) -> WorkService:
    albums = cast("AlbumCatalogue", Slow(meanwhile))
    return WorkService(database.store(), clock, Catalogues(None, albums, cast("Covers", None), None))


async def test_a_search_made_in_a_supergroup_before_its_group_moved_there_is_kept_by_the_group(
    database: Database, clock: FakeClock
) -> None:
    ana = await scenes.a_user(database, 1)
    group = await scenes.a_club(database, ana, chat_id=-100)
    await scenes.a_pick(database, group, ana, await scenes.a_work(database))
    newcomer = await scenes.a_club(database, chat_id=-200)
    clubs = ClubService(database.store(), clock)

    works = asking(database, clock, lambda: clubs.migrate(-100, -200))
    search = await works.find(newcomer, Kind.ALBUM, "maxinquaye")

    moved = await clubs.of_chat(-200)
    assert moved.id == group.id
    assert await works.search(moved, search.id) == search


async def test_a_search_that_outlives_its_club_is_gone(database: Database, clock: FakeClock) -> None:
    ana = await scenes.a_user(database, 1)
    async with database.store().write() as tx:
        own = await tx.clubs.add(1, "Ana", private=True, settings=Settings())
        await tx.commit()

    async def forget() -> None:
        async with database.store().write() as tx:
            await tx.users.erase(ana, clock.now())
            await tx.commit()

    with pytest.raises(SearchGone):
        await asking(database, clock, forget).find(own, Kind.ALBUM, "maxinquaye")
