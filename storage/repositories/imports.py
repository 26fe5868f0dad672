"""Club files on their way in: kept until they are stored, laid over what is there, entered whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import insert, select, union, update

from domain.backfill import name_key
from domain.drafts import BackfillState
from domain.import_plan import How, There
from domain.isoweek import IsoWeek
from domain.works import AlbumFacts, Kind, MovieFacts
from storage import dialect
from storage.repositories.exports import work_from
from storage.tables import (
    album_artists,
    albums,
    aliases,
    attendances,
    backfills,
    members,
    movies,
    picks,
    ratings,
    users,
    weeks,
    works,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Column, ColumnElement, FromClause, Table
    from sqlalchemy.ext.asyncio import AsyncConnection

    from domain.exports import ExportedWork
    from domain.import_plan import ImportPlan, Who
    from domain.imports import ClubFile
    from domain.works import Facts

CHUNK = 500
"""Values in one statement; SQLite takes 32,766 and older ones 999."""

T = TypeVar("T")


class SqlImports:
    """A `domain.ports.Imports`. A file waits in `backfills`, which also knows what came with it."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, club_id: int, user_id: int | None, file: bytes, now: datetime) -> int:
        """Keep a file until it is stored or thrown away; its id, a backfill's."""
        added = await self._connection.execute(
            insert(backfills)
            .values(
                club_id=club_id,
                user_id=user_id,
                made_at=now,
                state=BackfillState.DRAFT,
                draft={"entries": [], "bad": []},
                file=file,
            )
            .returning(backfills.c.id)
        )
        return int(added.scalar_one())

    async def file(self, club_id: int, backfill_id: int) -> bytes | None:
        """A club's file that waits; None for what is no file, or waits no longer."""
        content: bytes | None = await self._connection.scalar(
            select(backfills.c.file).where(
                backfills.c.id == backfill_id,
                backfills.c.club_id == club_id,
                backfills.c.state == BackfillState.DRAFT,
            )
        )
        return content

    async def there(self, club_id: int, file: ClubFile) -> There:
        """What a club has of what is in a file."""
        known, roster = await self._members(club_id)
        keys = [person.id for person in file.people]
        found = await self._works(file.works)
        forgotten = await self._forgotten(keys)
        people = {user_id for key in keys if (user_id := known.get(key)) is not None}
        people |= {user_id for named in roster.values() for user_id in named} | set(forgotten.values())
        return There(
            known, roster, forgotten, found, await self._weeks(club_id), await self._rated(people, found)
        )

    async def add_works(self, facts: Mapping[str, Facts], fetched_at: datetime) -> dict[str, int]:
        """Add works we lack, in few statements; their ids by what the file calls them."""
        if not facts:
            return {}
        ids = await self._added(works, works.c.id, [_common(one, fetched_at) for one in facts.values()])
        pairs = list(zip(ids, facts.values(), strict=True))
        of_movies = [{"work_id": n, **_of_movie(one)} for n, one in pairs if isinstance(one, MovieFacts)]
        of_albums = [(n, one) for n, one in pairs if isinstance(one, AlbumFacts)]
        await self._insert(movies, of_movies)
        await self._insert(albums, [{"work_id": n, **_of_album(one)} for n, one in of_albums])
        credited = [
            {"work_id": n, "position": place, "name": artist.name, "join_phrase": artist.join_phrase}
            for n, one in of_albums
            for place, artist in enumerate(one.artists)
        ]
        await self._insert(album_artists, credited)
        return dict(zip(facts, ids, strict=True))

    async def enter(
        self, club_id: int, backfill_id: int, plan: ImportPlan, work_ids: Mapping[str, int], now: datetime
    ) -> None:
        """Store a plan whose works are all there. SlotTaken where the plan is older than the club."""
        users_by_key = await self._enter_people(club_id, backfill_id, plan.people.values(), now)
        week_ids = await self._enter_weeks(club_id, backfill_id, plan, users_by_key)
        picked = [
            {
                "week_id": week_ids[iso],
                "kind": pick.kind,
                "position": position,
                "work_id": work_ids[pick.work.id],
                "picked_by": users_by_key[pick.by],
                "picked_at": pick.at,
                "revealed_at": pick.revealed,
                "backfill_id": backfill_id,
            }
            for iso, position, pick in plan.picks
        ]
        pick_ids = await self._added(picks, picks.c.id, picked)
        absent = [
            {"pick_id": pick_id, "user_id": users_by_key[key]}
            for pick_id, (_, _, pick) in zip(pick_ids, plan.picks, strict=True)
            for key in pick.absent
        ]
        await self._insert(attendances, absent)
        mute = {key for key, who in plan.people.items() if who.how is How.FORGOTTEN}
        given = [
            {
                "user_id": users_by_key[rating.person],
                "work_id": work_ids[rating.work.id],
                "score": rating.score,
                "take": "" if rating.person in mute else rating.take,
                "has_spoiler": rating.spoiler and rating.person not in mute,
                "rated_at": rating.at,
                "updated_at": rating.at,
                "backfill_id": backfill_id,
            }
            for rating in plan.ratings
        ]
        await self._insert(ratings, given)

    async def _enter_people(
        self, club_id: int, backfill_id: int, people: Iterable[Who], now: datetime
    ) -> dict[str, int]:
        """Add guests, and remember what the file calls whom; everybody's id by the file's key."""
        ids: dict[str, int] = {}
        joining: list[dict[str, Any]] = []
        called: list[dict[str, Any]] = []
        for who in people:
            person, user_id = who.person, who.user_id
            if user_id is None:
                added = await self._connection.execute(
                    insert(users).values(telegram_id=None, name=person.name or "").returning(users.c.id)
                )
                user_id = int(added.scalar_one())
            ids[person.id] = user_id
            if who.how is How.NAME:
                called.append({"key": person.id, "club_id": club_id, "user_id": user_id})
            if who.how is How.GUEST or not who.member:
                forgotten = who.how is How.FORGOTTEN
                joining.append(
                    {
                        "club_id": club_id,
                        "user_id": user_id,
                        "joined_at": person.joined,
                        "left_at": person.left or (now if forgotten else None),
                        "nameless": forgotten or person.name is None,
                        "turn": 0,
                        "key": person.id,
                        "backfill_id": backfill_id,
                    }
                )
        await self._insert(members, joining)
        await self._insert(aliases, called)
        return ids

    async def _enter_weeks(
        self, club_id: int, backfill_id: int, plan: ImportPlan, users_by_key: Mapping[str, int]
    ) -> dict[IsoWeek, int]:
        new = [
            {
                "club_id": club_id,
                "iso_year": week.week.year,
                "iso_week": week.week.week,
                "owner_id": users_by_key[week.owner] if week.owner is not None else None,
                "note": week.note,
                "backfill_id": backfill_id,
            }
            for week in plan.weeks
        ]
        await self._insert(weeks, new)
        found = await self._connection.execute(
            select(weeks.c.iso_year, weeks.c.iso_week, weeks.c.id).where(weeks.c.club_id == club_id)
        )
        return {IsoWeek(row.iso_year, row.iso_week): row.id for row in found}

    async def _members(self, club_id: int) -> tuple[dict[str, int], dict[str, list[int]]]:
        """Members ever by what files call them, and those on the roster by `name_key`."""
        found = await self._connection.execute(
            select(members.c.key, members.c.user_id, members.c.left_at, users.c.telegram_id, users.c.name)
            .join_from(members, users)
            .where(members.c.club_id == club_id)
        )
        called = await self._connection.execute(
            select(aliases.c.key, aliases.c.user_id).where(aliases.c.club_id == club_id)
        )
        known: dict[str, int] = {row.key: row.user_id for row in called}
        roster: dict[str, list[int]] = {}
        for row in found:
            known[row.key] = row.user_id
            if row.left_at is None and row.telegram_id is not None:
                roster.setdefault(name_key(row.name), []).append(row.user_id)
        return known, roster

    async def _forgotten(self, keys: Sequence[str]) -> dict[str, int]:
        """Those of the keys, in any club, that lead to somebody who asked to be forgotten."""
        found: dict[str, int] = {}
        for some in _chunks(keys):
            by_key = [
                select(table.c.key, table.c.user_id)
                .join_from(table, users)
                .where(table.c.key.in_(some), users.c.forgotten_at.is_not(None))
                for table in (members, aliases)
            ]
            found |= {row.key: row.user_id for row in await self._connection.execute(union(*by_key))}
        return found

    async def _works(self, wanted: Sequence[ExportedWork]) -> dict[str, int]:
        """The stored ones among works, by their ids in files."""
        found: dict[str, int] = {}
        tmdb = [work.tmdb for work in wanted if work.tmdb is not None]
        mbids = [work.musicbrainz for work in wanted if work.musicbrainz is not None]
        by_hand = {work.id: work for work in wanted if work.tmdb is None and work.musicbrainz is None}
        for some in _chunks(tmdb):
            found |= await self._works_where(_by_movie, movies.c.tmdb_id.in_(some))
        for mbid_chunk in _chunks(mbids):
            found |= await self._works_where(_by_album, albums.c.release_group_mbid.in_(mbid_chunk))
        for titles in _chunks([work.title for work in by_hand.values()]):
            alike = works.c.title.in_(titles)
            unlisted = movies.c.tmdb_id.is_(None) & albums.c.release_group_mbid.is_(None)
            of_hand = await self._works_where(_by_title, alike & unlisted)
            found |= {key: work_id for key, work_id in of_hand.items() if key in by_hand}
        return found

    async def _works_where(self, of: FromClause, condition: ColumnElement[bool]) -> dict[str, int]:
        rows = await self._connection.execute(
            select(works, movies, albums).select_from(of).where(condition).order_by(works.c.id.desc())
        )
        return {work_from(row).id: row[works.c.id] for row in rows.mappings()}

    async def _weeks(self, club_id: int) -> dict[IsoWeek, list[tuple[Kind, int, int]]]:
        """All weeks of a club with their standing picks: kind, position, work."""
        rows = await self._connection.execute(
            select(weeks.c.iso_year, weeks.c.iso_week, picks.c.kind, picks.c.position, picks.c.work_id)
            .select_from(
                weeks.outerjoin(picks, (picks.c.week_id == weeks.c.id) & picks.c.removed_at.is_(None))
            )
            .where(weeks.c.club_id == club_id)
        )
        found: dict[IsoWeek, list[tuple[Kind, int, int]]] = {}
        for row in rows:
            there = found.setdefault(IsoWeek(row.iso_year, row.iso_week), [])
            if row.work_id is not None:
                there.append((Kind(row.kind), row.position, row.work_id))
        return found

    async def _rated(self, people: set[int], found: Mapping[str, int]) -> dict[tuple[int, int], int]:
        rated: dict[tuple[int, int], int] = {}
        of_works = set(found.values())
        for some in _chunks(sorted(people)):
            rows = await self._connection.execute(
                select(ratings.c.user_id, ratings.c.work_id, ratings.c.score).where(
                    ratings.c.user_id.in_(some)
                )
            )
            rated |= {(row.user_id, row.work_id): row.score for row in rows if row.work_id in of_works}
        return rated

    async def _added(self, table: Table, key: Column[int], rows: Sequence[dict[str, Any]]) -> list[int]:
        """Add rows; their ids, in order."""
        if not rows:
            return []
        statement = insert(table).returning(key, sort_by_parameter_order=True)
        return list(await self._connection.scalars(statement, rows))

    async def _insert(self, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        """Add rows; those that are there already stay."""
        if rows:
            statement = dialect.insert(self._connection, table).on_conflict_do_nothing()
            await self._connection.execute(statement, rows)


async def take_back(connection: AsyncConnection, backfill_id: int) -> None:
    """Remove the weeks and guests that came with a file, once its picks and ratings are gone.

    A week in which something was picked since stays, and so does a guest of whom anything is left.
    """
    came = weeks.c.backfill_id == backfill_id
    await connection.execute(
        weeks.delete().where(came, ~select(picks.c.id).where(picks.c.week_id == weeks.c.id).exists())
    )
    # Of the club alone, as people are guests of one.
    of_club = weeks.c.club_id == members.c.club_id
    in_weeks = picks.join(weeks, weeks.c.id == picks.c.week_id)
    absent = attendances.join(picks, picks.c.id == attendances.c.pick_id)
    used = (
        select(1).where(ratings.c.user_id == members.c.user_id).exists(),
        select(1).where(of_club, weeks.c.owner_id == members.c.user_id).exists(),
        select(1).select_from(in_weeks).where(of_club, picks.c.picked_by == members.c.user_id).exists(),
        select(1)
        .select_from(absent.join(weeks, weeks.c.id == picks.c.week_id))
        .where(of_club, attendances.c.user_id == members.c.user_id)
        .exists(),
    )
    gone = await connection.scalars(
        members.delete()
        .where(members.c.backfill_id == backfill_id, *(~one for one in used))
        .returning(members.c.user_id)
    )
    for some in _chunks(list(gone)):
        elsewhere = select(1).where(members.c.user_id == users.c.id).exists()
        nobody = users.c.telegram_id.is_(None) & users.c.forgotten_at.is_(None)
        await connection.execute(users.delete().where(users.c.id.in_(some), nobody, ~elsewhere))


# What is looked for stands first: of the optional side of a join SQLite finds none by a list of values.
_by_movie = movies.join(works, works.c.id == movies.c.work_id).outerjoin(
    albums, albums.c.work_id == works.c.id
)
_by_album = albums.join(works, works.c.id == albums.c.work_id).outerjoin(
    movies, movies.c.work_id == works.c.id
)
_by_title = works.outerjoin(movies, movies.c.work_id == works.c.id).outerjoin(
    albums, albums.c.work_id == works.c.id
)


def free(backfill_id: int) -> Any:
    """The statement that lets picks which took the place of a file's pick stand by themselves."""
    came = select(picks.c.id).where(picks.c.backfill_id == backfill_id)
    return update(picks).where(picks.c.replaces.in_(came)).values(replaces=None)


def _common(facts: Facts, fetched_at: datetime) -> dict[str, Any]:
    return {
        "kind": Kind.MOVIE if isinstance(facts, MovieFacts) else Kind.ALBUM,
        "title": facts.title,
        "original_title": facts.original_title if isinstance(facts, MovieFacts) else None,
        "artist": None if isinstance(facts, MovieFacts) else facts.artist or None,
        "year": facts.released.year if facts.released else None,
        "released": str(facts.released) if facts.released else None,
        "fetched_at": fetched_at,
    }


def _of_movie(facts: MovieFacts) -> dict[str, Any]:
    return {"tmdb_id": facts.tmdb_id, "imdb_id": facts.imdb_id, "overview": ""}


def _of_album(facts: AlbumFacts) -> dict[str, Any]:
    return {"release_group_mbid": facts.mbid, "secondary_types": []}


def _chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
