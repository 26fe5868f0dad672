"""Clubs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, delete, exists, literal, select, update

from domain.clubs import Club, Picking, Settings
from domain.schedule import PostKind, Schedule, Timing
from domain.scores import Scale
from storage.dialect import insert
from storage.repositories.posts import still_open
from storage.repositories.rows import columns_of
from storage.repositories.users import user_from
from storage.tables import clubs, members, messages, posts, users, weeks

if TYPE_CHECKING:
    from sqlalchemy import RowMapping, Select
    from sqlalchemy.ext.asyncio import AsyncConnection

    from domain.clubs import User


class SqlClubs:
    """A `domain.ports.Clubs`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def by_chat(self, chat_id: int) -> Club | None:
        """The club of a chat."""
        return await self._one(_BY_CHAT, {"chat": chat_id})

    async def met(self, chat_id: int, telegram_id: int | None) -> tuple[Club | None, User | None]:
        """The club of a chat and the person with this Telegram id, None for what is not known. One query."""
        row = (
            (await self._connection.execute(_MET, {"chat": chat_id, "person": telegram_id})).mappings().one()
        )
        club = _club_from(row) if row[clubs.c.id] is not None else None
        return club, user_from(row) if row[users.c.id] is not None else None

    async def get(self, club_id: int) -> Club | None:
        """A club by its own id."""
        return await self._one(_BY_ID, {"club": club_id})

    async def awake(self) -> tuple[Club, ...]:
        """Clubs the bot can write to, in order of id."""
        return await self._all(select(clubs).where(~clubs.c.asleep).order_by(clubs.c.id))

    async def unscheduled(self) -> tuple[Club, ...]:
        """Those of them that have nothing on the schedule, in order of id."""
        scheduled = exists().where(posts.c.club_id == clubs.c.id, still_open())
        return await self._all(select(clubs).where(~clubs.c.asleep, ~scheduled).order_by(clubs.c.id))

    async def of_user(self, user_id: int, *, ever: bool = False) -> tuple[Club, ...]:
        """Clubs on whose roster somebody is, or `ever` was, in order of id."""
        statement = select(clubs).join_from(clubs, members).where(members.c.user_id == user_id)
        if not ever:
            statement = statement.where(members.c.left_at.is_(None))
        return await self._all(statement.order_by(clubs.c.id))

    async def with_copies(self) -> tuple[Club, ...]:
        """Clubs that want a readable copy beside the backups, in order of id."""
        return await self._all(select(clubs).where(clubs.c.keeps_copy).order_by(clubs.c.id))

    async def add(self, chat_id: int, title: str, *, private: bool, settings: Settings) -> Club:
        """Add a club; the one there is, where another process was faster."""
        await self._connection.execute(
            insert(self._connection, clubs)
            .values(chat_id=chat_id, title=title, private=private, introduced=False, **_columns(settings))
            .on_conflict_do_nothing(index_elements=[clubs.c.chat_id])
        )
        found = await self._connection.execute(select(clubs).where(clubs.c.chat_id == chat_id))
        return _club_from(found.mappings().one())

    async def set_title(self, club_id: int, title: str) -> None:
        """Follow a renamed group."""
        await self._set(club_id, title=title)

    async def set_settings(self, club_id: int, settings: Settings) -> None:
        """Store a club's settings."""
        await self._set(club_id, **_columns(settings))

    async def set_introduced(self, club_id: int) -> None:
        """Note that the bot has introduced itself."""
        await self._set(club_id, introduced=True)

    async def set_asleep(self, club_id: int, *, asleep: bool) -> None:
        """Note whether the bot can write to the club, and whether its posts are to be looked at."""
        await self._set(club_id, asleep=asleep)
        await self._connection.execute(
            update(posts).where(posts.c.club_id == club_id, still_open()).values(asleep=asleep)
        )

    async def rekey(self, club_id: int, chat_id: int) -> None:
        """Give a club its new chat id; what was known of its old messages is dropped, their ids are void."""
        old = select(clubs.c.chat_id).where(clubs.c.id == club_id).scalar_subquery()
        await self._connection.execute(delete(messages).where(messages.c.chat_id == old))
        await self._set(club_id, chat_id=chat_id)

    async def remove_empty(self, club_id: int) -> bool:
        """Remove a club that has no weeks; False and nothing removed where it has some."""
        has_weeks = exists().where(weeks.c.club_id == club_id)
        removed = await self._connection.execute(delete(clubs).where(clubs.c.id == club_id, ~has_weeks))
        return removed.rowcount == 1

    async def _one(self, statement: Select[*tuple[object, ...]], keys: dict[str, int]) -> Club | None:
        row = (await self._connection.execute(statement, keys)).mappings().one_or_none()
        return None if row is None else _club_from(row)

    async def _all(self, statement: Select[*tuple[object, ...]]) -> tuple[Club, ...]:
        found = await self._connection.execute(statement)
        return tuple(_club_from(row) for row in found.mappings())

    async def _set(self, club_id: int, **values: Any) -> None:
        await self._connection.execute(update(clubs).where(clubs.c.id == club_id).values(values))


_BY_CHAT = select(clubs).where(clubs.c.chat_id == bindparam("chat"))
_ANYHOW = select(literal(1)).subquery()
"""One row, whether there is a club or a person or neither."""
_MET = (
    select(clubs, users)
    .select_from(_ANYHOW)
    .outerjoin(clubs, clubs.c.chat_id == bindparam("chat"))
    .outerjoin(users, users.c.telegram_id == bindparam("person"))
)
_BY_ID = select(clubs).where(clubs.c.id == bindparam("club"))


def _columns(settings: Settings) -> dict[str, Any]:
    return {
        "language": settings.language,
        "zone": settings.zone.key,
        "scale": settings.scale,
        "movies": settings.movies,
        "albums": settings.albums,
        "blind": settings.blind,
        "picking": settings.picking,
        "schedule": _stored(settings.schedule),
        "thread_id": settings.thread,
        "paused_until": settings.paused_until,
        "keeps_copy": settings.copy,
    }


def _stored(schedule: Schedule) -> dict[str, list[int | bool]]:
    timings = {kind: schedule.of(kind) for kind in PostKind}
    return {kind.value: [timing.day, timing.minute, timing.on] for kind, timing in timings.items()}


def _schedule_from(stored: dict[str, list[Any]]) -> Schedule:
    """The defaults where a kind is missing; a kind this version does not know is left out."""
    return Schedule(**{kind.value: Timing(*stored[kind]) for kind in PostKind if kind in stored})


def _club_from(row: RowMapping) -> Club:
    columns = columns_of(clubs)
    settings = Settings(
        language=row[columns.language],
        zone=ZoneInfo(row[columns.zone]),
        scale=Scale(row[columns.scale]),
        movies=row[columns.movies],
        albums=row[columns.albums],
        blind=row[columns.blind],
        picking=Picking(row[columns.picking]),
        schedule=_schedule_from(row[columns.schedule]),
        thread=row[columns.thread_id],
        paused_until=row[columns.paused_until],
        copy=row[columns.keeps_copy],
    )
    return Club(
        id=row[columns.id],
        chat_id=row[columns.chat_id],
        title=row[columns.title],
        private=row[columns.private],
        settings=settings,
        introduced=row[columns.introduced],
        asleep=row[columns.asleep],
    )
