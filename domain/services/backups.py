"""Backups of everything, for whoever runs the bot: made daily and when asked for, thinned out, rehearsed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.backups import Reason, Standing, last_due, rehearsed_this_week
from domain.errors import (
    BackupDamaged,
    BackupsNeedSqlite,
    BackupTooNew,
    DomainError,
    NoSuchBackup,
    NotABackup,
    OwnerOnly,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from domain.backups import Backup, Made, Manifest, Rehearsed, Retention
    from domain.clock import Clock
    from domain.clubs import User
    from domain.ports import BackupCopies, Backups, BackupShelf


@dataclass(frozen=True, slots=True)
class Done:
    """A backup that was made, and how many older ones went for it.

    `problem` is why it could not be copied into the second folder, or older ones not be removed.
    """

    made: Made
    removed: int
    problem: DomainError | None = None


@dataclass(frozen=True, slots=True)
class BackupOwner:
    """Who runs the bot: their Telegram id, None where it is not told, and where they live.

    With `wants_copies` backups are sent to them.
    """

    telegram_id: int | None
    zone: ZoneInfo
    wants_copies: bool = False


class BackupService:
    """One at a time: who asks while a backup is being made waits for its end.

    `backups` is None where the database is PostgreSQL; everything then raises BackupsNeedSqlite.
    """

    def __init__(
        self,
        backups: Backups | None,
        copies: BackupCopies | None,
        clock: Clock,
        retention: Retention,
        owner: BackupOwner,
    ) -> None:
        self._backups = backups
        self._copies = copies
        self._clock = clock
        self._retention = retention
        self._owner = owner
        self._turn = asyncio.Lock()

    async def due(self) -> bool:
        """Whether there is no backup since the latest 03:00 of the owner's zone; never on PostgreSQL."""
        if self._backups is None:
            return False
        now = self._clock.now()
        due = last_due(now, self._owner.zone)
        return not any(due <= backup.made_at <= now for backup in await self._backups.all())

    def allow(self, user: User) -> int:
        """The Telegram id of whoever runs the bot: OwnerOnly for everybody else, BackupsNeedSqlite."""
        owner_id = self._owner.telegram_id
        if owner_id is None or user.telegram_id != owner_id:
            raise OwnerOnly
        self._made_here()
        return owner_id

    async def make(self, reason: Reason) -> Done:
        """Back the database up, copy the backup into the second folder, remove what retention spares.

        DatabaseDamaged, NoDatabase, DiskFull, NotWritable: then there is none, and nothing was removed.
        """
        backups = self._made_here()
        async with self._turn:
            made = await backups.make(reason, self._clock.now())
            removed, problem = 0, None
            try:
                if self._copies is not None:
                    await self._copies.adopt(made.backup.name)
                    await self._thin_out(self._copies, made.backup)
                removed = await self._thin_out(backups, made.backup)
            except DomainError as error:
                problem = error
            return Done(made, removed, problem)

    async def week_begins(self) -> bool:
        """Whether this ISO week has had no daily backup yet; with its first comes the rehearsal."""
        backups = await self._made_here().all()
        return not rehearsed_this_week(backups, self._clock.now(), self._owner.zone)

    async def rehearse(self) -> Rehearsed:
        """Restore the newest backup into a scratch file, migrate it there and count.

        NoSuchBackup where there is none; else what `Backups.rehearse` raises.
        """
        backups = self._made_here()
        async with self._turn:
            past = self._past(await backups.all())
            if not past:
                raise NoSuchBackup
            return await backups.rehearse(past[0].name)

    async def spare(self) -> tuple[Backup, ...]:
        """What retention would remove now, the oldest first; nothing is."""
        backups = self._made_here()
        return await self._spare(backups, await self._verified(backups))

    async def all(self) -> tuple[Backup, ...]:
        """Every backup, the oldest first."""
        return await self._made_here().all()

    async def manifest(self, name: str) -> Manifest:
        """What a backup says of itself. NoSuchBackup, NotABackup, BackupDamaged, BackupTooNew."""
        return await self._made_here().manifest(name)

    async def open(self, path: Path) -> Manifest:
        """Check a backup, wherever it lies, as a restore would; raises what `Backups.open` does."""
        return await self._made_here().open(path)

    def path(self, name: str) -> Path:
        """A backup's file. NoSuchBackup."""
        return self._made_here().path(name)

    def enclosure(self, backup: Backup) -> Path | None:
        """The file to be sent to whoever runs the bot; None where they want none."""
        if self._owner.telegram_id is None or not self._owner.wants_copies:
            return None
        return self._made_here().path(backup.name)

    @property
    def possible(self) -> bool:
        """Whether the database is one that can be backed up here."""
        return self._backups is not None

    async def newest(self) -> Backup | None:
        """The newest backup, by its name alone."""
        past = self._past(await self._made_here().all())
        return past[0] if past else None

    async def standing(self) -> Standing:
        """When the newest was made, and the newest that is whole. Reads backups, which may take seconds."""
        newest, verified = await self.newest(), await self._verified(self._made_here())
        return Standing(
            newest=newest.made_at if newest is not None else None,
            verified=verified.made_at if verified is not None else None,
        )

    def _made_here(self) -> Backups:
        if self._backups is None:
            raise BackupsNeedSqlite
        return self._backups

    def _past(self, backups: Sequence[Backup]) -> list[Backup]:
        """Those made until now, the newest first."""
        now = self._clock.now()
        return [backup for backup in reversed(backups) if backup.made_at <= now]

    async def _verified(self, shelf: BackupShelf) -> Backup | None:
        """The newest backup whose checksum is right."""
        for backup in self._past(await shelf.all()):
            try:
                await shelf.check(backup.name)
            except (BackupDamaged, BackupTooNew, NotABackup, NoSuchBackup):
                continue
            return backup
        return None

    async def _spare(self, shelf: BackupShelf, verified: Backup | None) -> tuple[Backup, ...]:
        return self._retention.spare(await shelf.all(), verified, self._clock.now(), self._owner.zone)

    async def _thin_out(self, shelf: BackupShelf, verified: Backup) -> int:
        spared = await self._spare(shelf, verified)
        for backup in spared:
            await shelf.remove(backup.name)
        return len(spared)
