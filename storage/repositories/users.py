"""People."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update

from domain.clubs import User
from storage.dialect import insert
from storage.repositories.forgetting import erase, held
from storage.repositories.rows import columns_of
from storage.tables import users

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import FromClause, RowMapping
    from sqlalchemy.ext.asyncio import AsyncConnection

    from domain.people import Held


_BY_TELEGRAM_ID = select(users).where(users.c.telegram_id == bindparam("telegram_id"))


def user_from(row: RowMapping, table: FromClause = users) -> User:
    """The person in a row that holds all columns of `users`, or of an alias of it."""
    columns = columns_of(table)
    return User(
        id=row[columns.id],
        telegram_id=row[columns.telegram_id],
        name=row[columns.name],
        language=row[columns.language],
        spoken=row[columns.spoken],
        reachable=row[columns.reachable],
        wants_digest=row[columns.wants_digest],
        keeps_copy=row[columns.keeps_copy],
    )


class SqlUsers:
    """A `domain.ports.Users`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def by_telegram_id(self, telegram_id: int) -> User | None:
        """The person with this Telegram id."""
        found = await self._connection.execute(_BY_TELEGRAM_ID, {"telegram_id": telegram_id})
        row = found.mappings().one_or_none()
        return None if row is None else user_from(row)

    async def save(self, telegram_id: int, name: str, spoken: str | None) -> User:
        """Add the person or bring name and Telegram language up to date."""
        statement = insert(self._connection, users).values(telegram_id=telegram_id, name=name, spoken=spoken)
        upsert = statement.on_conflict_do_update(
            index_elements=[users.c.telegram_id],
            set_={"name": statement.excluded.name, "spoken": statement.excluded.spoken},
        )
        stored = await self._connection.execute(upsert.returning(users))
        return user_from(stored.mappings().one())

    async def set_language(self, user_id: int, language: str | None) -> None:
        """Set what the bot speaks to this person; None follows Telegram."""
        await self._set(user_id, language=language)

    async def set_reachable(self, user_id: int, *, reachable: bool) -> None:
        """Note whether their private chat with the bot is open."""
        await self._set(user_id, reachable=reachable)

    async def set_wants_digest(self, user_id: int, *, wants: bool) -> None:
        """Note whether they want a digest of all their clubs in private."""
        await self._set(user_id, wants_digest=wants)

    async def set_keeps_copy(self, user_id: int, *, keeps: bool) -> None:
        """Note whether their data should lie beside the backups as a readable file."""
        await self._set(user_id, keeps_copy=keeps)

    async def with_copies(self) -> tuple[User, ...]:
        """Everybody who wants that, in order of id."""
        found = await self._connection.execute(select(users).where(users.c.keeps_copy).order_by(users.c.id))
        return tuple(user_from(row) for row in found.mappings())

    async def set_forget_at(self, user_id: int, moment: datetime | None) -> bool:
        """Note when somebody is to be forgotten; False where they have been, or asked for no change."""
        before = users.c.forget_at.is_(None) if moment is not None else users.c.forget_at.is_not(None)
        changed = await self._connection.execute(
            update(users)
            .where(users.c.id == user_id, users.c.forgotten_at.is_(None), before)
            .values(forget_at=moment)
        )
        return changed.rowcount == 1

    async def to_forget(self) -> tuple[tuple[User, datetime], ...]:
        """Everybody who is to be forgotten and when, the earliest first."""
        found = await self._connection.execute(
            select(users).where(users.c.forget_at.is_not(None)).order_by(users.c.forget_at, users.c.id)
        )
        return tuple((user_from(row), row[users.c.forget_at]) for row in found.mappings())

    async def held(self, user_id: int) -> Held:
        """What is known of somebody, in numbers."""
        return await held(self._connection, user_id)

    async def erase(self, user: User, now: datetime) -> None:
        """Take out of every table what says who somebody is; scores that count in a club stay, as nobody's.

        Their private chat's club goes with all that is in it, and every draft that may hold their name.
        """
        await erase(self._connection, user, now)

    async def _set(self, user_id: int, **values: Any) -> None:
        await self._connection.execute(update(users).where(users.c.id == user_id).values(values))
