"""What a club goes through when somebody is no longer on its roster, however that came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.services import owners
from domain.services.reveals import reveal_answered

if TYPE_CHECKING:
    from datetime import datetime

    from domain.clubs import Club, User
    from domain.ports import UnitOfWork


async def departed(tx: UnitOfWork, club: Club, user: User, now: datetime) -> User | None:
    """Pass their week on and reveal what only waited for them; who has the week now, if it changed hands."""
    owner = await owners.leave(tx, club, user, club.week(now), club.day(now))
    week = await tx.weeks.at(club.id, club.week(now))
    if week is not None:
        await reveal_answered(tx, club, await tx.weeks.picks(week.id), now)
    return owner
