"""The reveal that comes by itself, once everybody has answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from domain.clubs import Club
    from domain.ports import UnitOfWork
    from domain.weeks import Pick


async def reveal_answered(
    tx: UnitOfWork, club: Club, picks: Sequence[Pick], now: datetime
) -> tuple[Pick, ...]:
    """Reveal those picks to which everybody on the roster has answered; which they were.

    A group's first scorer is its whole roster and would reveal the scores to those who have yet to join by
    scoring, so a group needs two.
    """
    hidden = [pick for pick in picks if pick.revealed_at is None]
    turnouts = await tx.ratings.turnouts(hidden)
    enough = 1 if club.private else 2
    complete = tuple(
        pick
        for pick in hidden
        if (turnout := turnouts[pick.id]).roster >= enough and turnout.answered == turnout.roster
    )
    for pick in complete:
        await tx.weeks.reveal(pick.id, now)
    return complete
