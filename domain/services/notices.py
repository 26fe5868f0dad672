"""Keeps in mind what the owner was told, also over restarts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.notices import ERROR, KEY_LIMIT, QUIET

if TYPE_CHECKING:
    from domain.clock import Clock
    from domain.clubs import User
    from domain.notices import Notice
    from domain.ports import Store


@dataclass(frozen=True, slots=True)
class NoticeService:
    """Notices, by keys that say what is the matter."""

    store: Store
    clock: Clock

    async def happened(self, key: str) -> Notice:
        """Count it once more; how it stands now."""
        async with self.store.keep() as tx:
            notice = await tx.notices.count(key[:KEY_LIMIT], self.clock.now())
            await tx.commit()
        return notice

    async def told(self, key: str, message_id: int) -> None:
        """Note that the owner has it."""
        async with self.store.keep() as tx:
            await tx.notices.set_message(key[:KEY_LIMIT], message_id)
            await tx.commit()

    async def find(self, key: str) -> Notice | None:
        """A notice that is not over."""
        async with self.store.read() as tx:
            return await tx.notices.get(key[:KEY_LIMIT])

    async def any(self, prefix: str) -> bool:
        """Whether there is a notice whose key begins so."""
        async with self.store.read() as tx:
            return await tx.notices.any(prefix)

    async def over(self, key: str) -> Notice | None:
        """Forget it, and what there was; None where there was nothing."""
        if await self.find(key) is None:
            return None
        async with self.store.keep() as tx:
            notice = await tx.notices.get(key[:KEY_LIMIT])
            await tx.notices.remove(key[:KEY_LIMIT])
            await tx.commit()
        return notice

    async def forget_quiet_errors(self) -> None:
        """Forget errors that have not come again for long."""
        async with self.store.keep() as tx:
            await tx.notices.remove_quiet(ERROR, self.clock.now() - QUIET)
            await tx.commit()

    async def owner(self, telegram_id: int) -> User | None:
        """The owner as a person, for their language."""
        async with self.store.read() as tx:
            return await tx.users.by_telegram_id(telegram_id)
