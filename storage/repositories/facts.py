"""The parts of a work's facts that are lists: genres, credits, critics' ratings, artists.

Each list is kept in its order and replaced as a whole, so that saving facts again doubles nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select
from sqlalchemy import insert as plain_insert

from domain.works import ArtistCredit, Credit, CriticRating, Role
from storage.dialect import insert
from storage.tables import album_artists, credits_, genres, people, work_critics, work_genres

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Column, Table
    from sqlalchemy.ext.asyncio import AsyncConnection


async def genres_of(connection: AsyncConnection, work_id: int) -> tuple[str, ...]:
    """A work's genres."""
    found = await connection.scalars(
        select(genres.c.name)
        .join_from(genres, work_genres)
        .where(work_genres.c.work_id == work_id)
        .order_by(work_genres.c.position)
    )
    return tuple(found)


async def save_genres(connection: AsyncConnection, work_id: int, names: Sequence[str]) -> None:
    """Replace a work's genres."""
    ids: dict[str, int] = {}
    if names:
        await connection.execute(
            insert(connection, genres).on_conflict_do_nothing(index_elements=[genres.c.name]),
            [{"name": name} for name in dict.fromkeys(names)],
        )
        found = await connection.execute(select(genres.c.name, genres.c.id).where(genres.c.name.in_(names)))
        ids = dict(found.all())
    await _replace(connection, work_genres, work_id, [{"genre_id": ids[name]} for name in names])


async def credits_of(connection: AsyncConnection, work_id: int) -> tuple[Credit, ...]:
    """Who made a movie."""
    found = await connection.execute(
        select(
            people.c.tmdb_id,
            people.c.name,
            credits_.c.role,
            credits_.c.billing,
            credits_.c.character,
            credits_.c.department,
            credits_.c.job,
        )
        .join_from(credits_, people)
        .where(credits_.c.work_id == work_id)
        .order_by(credits_.c.position)
    )
    return tuple(
        Credit(tmdb_id, name, Role(role), order, character, department, job)
        for tmdb_id, name, role, order, character, department, job in found
    )


async def save_credits(connection: AsyncConnection, work_id: int, given: Sequence[Credit]) -> None:
    """Replace a movie's credits; the people in them are brought up to date."""
    ids = await _save_people(
        connection, people.c.tmdb_id, [{"tmdb_id": credit.tmdb_id, "name": credit.name} for credit in given]
    )
    rows = [
        {
            "person_id": ids[credit.tmdb_id],
            "role": credit.role,
            "billing": credit.order,
            "character": credit.character,
            "department": credit.department,
            "job": credit.job,
        }
        for credit in given
    ]
    await _replace(connection, credits_, work_id, rows)


async def critics_of(connection: AsyncConnection, work_id: int) -> tuple[CriticRating, ...]:
    """A movie's critics' ratings."""
    found = await connection.execute(
        select(work_critics.c.source, work_critics.c.value)
        .where(work_critics.c.work_id == work_id)
        .order_by(work_critics.c.position)
    )
    return tuple(CriticRating(source, value) for source, value in found)


async def save_critics(connection: AsyncConnection, work_id: int, given: Sequence[CriticRating]) -> None:
    """Replace a movie's critics' ratings."""
    rows = [{"source": rating.source, "value": rating.value} for rating in given]
    await _replace(connection, work_critics, work_id, rows)


async def artists_of(connection: AsyncConnection, work_id: int) -> tuple[ArtistCredit, ...]:
    """An album's artist credit."""
    found = await connection.execute(
        select(
            people.c.mbid,
            album_artists.c.name,
            album_artists.c.join_phrase,
            people.c.sort_name,
            people.c.type,
            people.c.country,
        )
        .select_from(album_artists.outerjoin(people))
        .where(album_artists.c.work_id == work_id)
        .order_by(album_artists.c.position)
    )
    return tuple(ArtistCredit(*row) for row in found)


async def save_artists(connection: AsyncConnection, work_id: int, given: Sequence[ArtistCredit]) -> None:
    """Replace an album's artist credit; the artists in it are brought up to date.

    Of an artist without an MBID the name as credited is kept, nothing else.
    """
    known = [
        {
            "mbid": credit.mbid,
            "name": credit.name,
            "sort_name": credit.sort_name,
            "type": credit.type,
            "country": credit.country,
        }
        for credit in given
        if credit.mbid is not None
    ]
    ids = await _save_people(connection, people.c.mbid, known)
    rows = [
        {"person_id": ids.get(credit.mbid), "name": credit.name, "join_phrase": credit.join_phrase}
        for credit in given
    ]
    await _replace(connection, album_artists, work_id, rows)


async def _save_people(
    connection: AsyncConnection, key: Column[Any], rows: Iterable[dict[str, Any]]
) -> dict[Any, int]:
    """Add people or bring them up to date; their ids by the catalogue's key."""
    by_key = {row[key.name]: row for row in rows}
    if not by_key:
        return {}
    statement = insert(connection, people)
    columns = next(iter(by_key.values())).keys() - {key.name}
    upsert = statement.on_conflict_do_update(
        index_elements=[key], set_={name: statement.excluded[name] for name in columns}
    )
    await connection.execute(upsert, list(by_key.values()))
    found = await connection.execute(select(key, people.c.id).where(key.in_(by_key)))
    return dict(found.all())


async def _replace(
    connection: AsyncConnection, table: Table, work_id: int, rows: Sequence[dict[str, Any]]
) -> None:
    await connection.execute(delete(table).where(table.c.work_id == work_id))
    if rows:
        numbered = [{"work_id": work_id, "position": position, **row} for position, row in enumerate(rows)]
        await connection.execute(plain_insert(table), numbered)
