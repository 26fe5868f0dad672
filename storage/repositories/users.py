"""People."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from domain.clubs import User
from storage.dialect import insert
from storage.tables import users

if TYPE_CHECKING:
    from sqlalchemy import FromClause, RowMapping
    from sqlalchemy.ext.asyncio import AsyncConnection


def user_from(row: RowMapping, table: FromClause = users) -> User:
    """The person in a row that holds all columns of `users`, or of an alias of it."""
    columns = table.c
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
        found = await self._connection.execute(select(users).where(users.c.telegram_id == telegram_id))
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

    async def wanting_digest(self) -> tuple[User, ...]:
        """Everybody reachable who wants a private digest, in order of id."""
        found = await self._connection.execute(
            select(users).where(users.c.wants_digest, users.c.reachable).order_by(users.c.id)
        )
        return tuple(user_from(row) for row in found.mappings())

    async def _set(self, user_id: int, **values: Any) -> None:
        await self._connection.execute(update(users).where(users.c.id == user_id).values(values))
