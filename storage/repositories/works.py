"""Works, shared by all clubs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, insert, select, update

from domain.works import AlbumFacts, Kind, MovieFacts, PartialDate, Source, Work
from storage.repositories import facts as parts
from storage.repositories.rows import columns_of
from storage.tables import albums, movies, works

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import RowMapping
    from sqlalchemy.ext.asyncio import AsyncConnection

    from domain.works import Facts, WorkRef


def work_from(row: RowMapping) -> Work:
    """The work in a row that holds all columns of `works`."""
    columns = columns_of(works)
    return Work(
        id=row[columns.id],
        kind=Kind(row[columns.kind]),
        title=row[columns.title],
        year=row[columns.year],
        artist=row[columns.artist],
        image=row[columns.image],
    )


class SqlWorks:
    """A `domain.ports.Works`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, work_id: int) -> Work | None:
        """What a list needs of a work."""
        found = await self._connection.execute(select(works).where(works.c.id == work_id))
        row = found.mappings().one_or_none()
        return None if row is None else work_from(row)

    async def facts(self, work_id: int) -> tuple[Facts, datetime] | None:
        """All facts of a work and when they were fetched."""
        found = await self._connection.execute(
            select(works, movies, albums)
            .select_from(works.outerjoin(movies).outerjoin(albums))
            .where(works.c.id == work_id)
        )
        row = found.mappings().one_or_none()
        if row is None:
            return None
        facts = await (self._movie(row) if row[works.c.kind] == Kind.MOVIE else self._album(row))
        return facts, row[works.c.fetched_at]

    async def find(self, ref: WorkRef) -> int | None:
        """The id of a work by its catalogue's name for it."""
        if ref.source is Source.TMDB and ref.key.isdecimal():
            return await self._by_tmdb_id(int(ref.key))
        if ref.source is Source.MUSICBRAINZ:
            return await self._by_mbid(ref.key)
        return None

    async def find_by_hand(self, kind: Kind, title: str, artist: str | None, year: int | None) -> int | None:
        """The id of a work added by hand with exactly these facts."""
        table, key = (
            (movies, movies.c.tmdb_id) if kind is Kind.MOVIE else (albums, albums.c.release_group_mbid)
        )
        return await self._connection.scalar(
            select(works.c.id)
            .where(
                works.c.kind == kind,
                works.c.title == title,
                works.c.artist.is_not_distinct_from(artist),
                works.c.year.is_not_distinct_from(year),
                # Asked of those with the title, not the other way: most of what has no key has another title.
                ~exists().where(table.c.work_id == works.c.id, key.is_not(None)),
            )
            .order_by(works.c.id)
            .limit(1)
        )

    async def save(self, facts: Facts, fetched_at: datetime) -> int:
        """Add a work, or bring the stored one with the same catalogue id up to date; its id."""
        common: dict[str, object] = {
            "title": facts.title,
            "year": facts.released.year if facts.released else None,
            "released": str(facts.released) if facts.released else None,
            "image": facts.image,
            "fetched_at": fetched_at,
        }
        special: dict[str, object]
        if isinstance(facts, MovieFacts):
            common |= {"kind": Kind.MOVIE, "original_title": facts.original_title}
            special = {
                "tmdb_id": facts.tmdb_id,
                "imdb_id": facts.imdb_id,
                "runtime": facts.runtime,
                "overview": facts.overview,
            }
            table = movies
            stored = None if facts.tmdb_id is None else await self._by_tmdb_id(facts.tmdb_id)
        else:
            common |= {"kind": Kind.ALBUM, "artist": facts.artist or None}
            special = {
                "release_group_mbid": facts.mbid,
                "primary_type": facts.primary_type,
                "secondary_types": list(facts.secondary_types),
            }
            table = albums
            stored = None if facts.mbid is None else await self._by_mbid(facts.mbid)
        if stored is None:
            added = await self._connection.execute(insert(works).values(common).returning(works.c.id))
            stored = int(added.scalar_one())
            await self._connection.execute(insert(table).values(work_id=stored, **special))
        else:
            await self._connection.execute(update(works).where(works.c.id == stored).values(common))
            await self._connection.execute(update(table).where(table.c.work_id == stored).values(special))
        await self._save_parts(stored, facts)
        return stored

    async def _save_parts(self, work_id: int, facts: Facts) -> None:
        await parts.save_genres(self._connection, work_id, facts.genres)
        if isinstance(facts, MovieFacts):
            await parts.save_credits(self._connection, work_id, facts.credits)
            await parts.save_critics(self._connection, work_id, facts.critics)
        else:
            await parts.save_artists(self._connection, work_id, facts.artists)

    async def _by_tmdb_id(self, tmdb_id: int) -> int | None:
        return await self._connection.scalar(select(movies.c.work_id).where(movies.c.tmdb_id == tmdb_id))

    async def _by_mbid(self, mbid: str) -> int | None:
        return await self._connection.scalar(
            select(albums.c.work_id).where(albums.c.release_group_mbid == mbid)
        )

    async def _movie(self, row: RowMapping) -> MovieFacts:
        work_id = row[works.c.id]
        return MovieFacts(
            tmdb_id=row[movies.c.tmdb_id],
            title=row[works.c.title],
            imdb_id=row[movies.c.imdb_id],
            original_title=row[works.c.original_title],
            released=PartialDate.parse(row[works.c.released]),
            runtime=row[movies.c.runtime],
            genres=await parts.genres_of(self._connection, work_id),
            overview=row[movies.c.overview],
            image=row[works.c.image],
            credits=await parts.credits_of(self._connection, work_id),
            critics=await parts.critics_of(self._connection, work_id),
        )

    async def _album(self, row: RowMapping) -> AlbumFacts:
        work_id = row[works.c.id]
        return AlbumFacts(
            mbid=row[albums.c.release_group_mbid],
            title=row[works.c.title],
            artists=await parts.artists_of(self._connection, work_id),
            released=PartialDate.parse(row[works.c.released]),
            primary_type=row[albums.c.primary_type],
            secondary_types=tuple(row[albums.c.secondary_types]),
            genres=await parts.genres_of(self._connection, work_id),
            image=row[works.c.image],
        )
