"""People's rights: what is known of them, and being forgotten."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from domain.errors import UndoExpired
from domain.people import UNDO, Forgotten, Held
from domain.services.departures import departed

if TYPE_CHECKING:
    from datetime import datetime

    from domain.clock import Clock
    from domain.clubs import User
    from domain.ports import Store


@dataclass(frozen=True, slots=True)
class PeopleService:
    """Each person's own; nobody asks about somebody else."""

    store: Store
    clock: Clock

    async def held(self, user: User) -> Held:
        """What is known of somebody, in numbers."""
        async with self.store.read() as tx:
            return await tx.users.held(user.id)

    async def keep_copy(self, user: User, *, keeps: bool) -> User:
        """Set whether somebody's data lie beside the backups as a readable file."""
        async with self.store.write() as tx:
            await tx.users.set_keeps_copy(user.id, keeps=keeps)
            await tx.commit()
        return replace(user, keeps_copy=keeps)

    async def ask(self, user: User) -> None:
        """They are to be forgotten once `UNDO` is over; asking again changes nothing."""
        async with self.store.write() as tx:
            await tx.users.set_forget_at(user.id, self.clock.now() + UNDO)
            await tx.commit()

    async def stay(self, user: User) -> None:
        """They changed their mind. UndoExpired where they did not ask, or were forgotten since."""
        async with self.store.write() as tx:
            if not await tx.users.set_forget_at(user.id, None):
                raise UndoExpired(seconds=int(UNDO.total_seconds()))
            await tx.commit()

    async def next_due(self) -> datetime | None:
        """When the next one is to be forgotten; None where nobody is."""
        async with self.store.read() as tx:
            waiting = await tx.users.to_forget()
        return waiting[0][1] if waiting else None

    async def forget_due(self) -> tuple[Forgotten, ...]:
        """Forget everybody whose time has come: out of all clubs, without name, takes and Telegram id.

        Given is who they were. Their scores stay in the averages, as nobody's; what is left is a tombstone.
        """
        now = self.clock.now()
        forgotten: list[Forgotten] = []
        async with self.store.keep() as tx:
            for user, moment in await tx.users.to_forget():
                if moment > now:
                    continue
                clubs = await tx.clubs.of_user(user.id, ever=True)
                for club in clubs:
                    if await tx.members.leave(club.id, user.id, now) and not club.private:
                        await departed(tx, club, user, now)
                    await tx.members.drop_name(club.id, user.id)
                await tx.users.erase(user, now)
                forgotten.append(Forgotten(user, tuple(club for club in clubs if not club.private)))
            await tx.commit()
        return tuple(forgotten)
