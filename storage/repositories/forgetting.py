"""Where somebody is in the tables, and taking them out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, literal, or_, select, update

from domain.drafts import BackfillState
from domain.people import Held
from storage.tables import (
    UpdateState,
    backfills,
    clubs,
    inbox,
    members,
    messages,
    picks,
    ratings,
    users,
    weeks,
)

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from domain.clubs import User


async def held(connection: AsyncConnection, user_id: int) -> Held:
    """What is known of somebody, in numbers."""
    in_clubs = select(func.count()).select_from(members).where(members.c.user_id == user_id)
    scored = select(func.count()).select_from(ratings).where(ratings.c.user_id == user_id)
    picked = select(func.count()).where(picks.c.picked_by == user_id, picks.c.removed_at.is_(None))
    counted = await connection.execute(
        select(
            in_clubs.scalar_subquery(),
            scored.scalar_subquery(),
            scored.where(ratings.c.take != "").scalar_subquery(),
            picked.scalar_subquery(),
        )
    )
    return Held(*counted.one())


async def erase(connection: AsyncConnection, user: User, now: datetime) -> None:
    """Take out of every table what says who somebody is; scores that count in a club stay, as nobody's.

    Searches and catalogues' answers never said who asked. Names that stand in a list of past weeks as it was
    pasted cannot be told apart, so the whole list goes.
    """
    theirs = select(members.c.club_id).where(members.c.user_id == user.id)
    await connection.execute(
        delete(backfills).where(
            backfills.c.state == BackfillState.DRAFT,
            or_(backfills.c.club_id.in_(theirs), backfills.c.user_id == user.id),
        )
    )
    await connection.execute(delete(messages).where(messages.c.chat_id == user.telegram_id))
    await connection.execute(delete(clubs).where(clubs.c.chat_id == user.telegram_id))
    picked = select(picks.c.work_id).join_from(picks, weeks).where(weeks.c.club_id.in_(theirs))
    await connection.execute(
        delete(ratings).where(ratings.c.user_id == user.id, ratings.c.work_id.not_in(picked))
    )
    await connection.execute(
        update(ratings).where(ratings.c.user_id == user.id).values(take="", has_spoiler=False)
    )
    await _blank_failed(connection, user)
    await connection.execute(
        update(users)
        .where(users.c.id == user.id)
        .values(
            telegram_id=None,
            name="",
            language=None,
            spoken=None,
            reachable=False,
            wants_digest=False,
            keeps_copy=False,
            forget_at=None,
            forgotten_at=now,
        )
    )


async def _blank_failed(connection: AsyncConnection, user: User) -> None:
    """Updates that were set aside are kept as they came; those of them that name the person no longer."""
    named = inbox.c.raw.contains(json.dumps(user.name)[1:-1], autoescape=True)
    by_id = inbox.c.raw.contains(f": {user.telegram_id}", autoescape=True)
    # Written out, since SQLite uses a partial index only for a literal condition.
    failed = inbox.c.state == literal(UpdateState.FAILED.value, literal_execute=True)
    mentions = or_(named, by_id) if user.name else by_id
    await connection.execute(update(inbox).where(failed, mentions).values(raw=""))
