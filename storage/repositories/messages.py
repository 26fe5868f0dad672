"""The bot's own messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select, union_all

from domain.ports import Note
from storage.dialect import insert
from storage.tables import messages

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.ext.asyncio import AsyncConnection


class SqlMessages:
    """A `domain.ports.Messages`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def remember(self, note: Note, now: datetime) -> None:
        """Keep what a message is for, in place of what was kept of it."""
        statement = insert(self._connection, messages).values(
            chat_id=note.chat_id,
            message_id=note.message_id,
            purpose=note.purpose,
            week_id=note.week_id,
            sent_at=now,
        )
        await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=[messages.c.chat_id, messages.c.message_id],
                set_={
                    "purpose": statement.excluded.purpose,
                    "week_id": statement.excluded.week_id,
                    "sent_at": statement.excluded.sent_at,
                },
            )
        )

    async def find(self, chat_id: int, message_id: int) -> Note | None:
        """What a message is for; None for one not kept."""
        return await self._one(_FIND, {"chat": chat_id, "message": message_id})

    async def cards(self, week_id: int, chat_id: int, message_id: int) -> tuple[Note, ...]:
        """The newest card of a week, and a message if it is a card too. One query."""
        keys = {"week": week_id, "chat": chat_id, "message": message_id}
        return tuple(Note(*row) for row in await self._connection.execute(_CARDS, keys))

    async def latest_card(self, week_id: int) -> Note | None:
        """The newest card of a week, the one that is kept up to date."""
        return await self._one(_LATEST_CARD, {"week": week_id})

    async def _one(self, statement: Select[int, int, str, int | None], keys: dict[str, int]) -> Note | None:
        row = (await self._connection.execute(statement, keys)).one_or_none()
        return None if row is None else Note(*row)


_notes = select(messages.c.chat_id, messages.c.message_id, messages.c.purpose, messages.c.week_id)
_FIND = _notes.where(messages.c.chat_id == bindparam("chat"), messages.c.message_id == bindparam("message"))
_CARD = messages.c.purpose == "card"
_LATEST_CARD = (
    _notes.where(messages.c.week_id == bindparam("week"), _CARD)
    .order_by(messages.c.sent_at.desc(), messages.c.message_id.desc())
    .limit(1)
)
_CARDS = union_all(select(_LATEST_CARD.subquery()), _FIND.where(_CARD))
