"""The composition root of the backups, which the bot and the command line share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import __version__
from bot.settings import BadSettings
from domain.errors import BackupsNeedSqlite, SealMissing
from domain.services.backups import BackupOwner, BackupService
from storage.backups import seal
from storage.backups.folder import SecondFolder, Vault
from storage.backups.restore import restore as put_back
from storage.engine import sqlite_file

if TYPE_CHECKING:
    from pathlib import Path

    from bot.settings import Settings
    from domain.backups import Restored
    from domain.clock import Clock


def backups(settings: Settings, clock: Clock) -> BackupService:
    """The backups of the database. BadSettings where they could not be made as they are set."""
    database = sqlite_file(settings.database_url)
    recipient = settings.backup_recipient
    if recipient is not None:
        try:
            seal.check_recipient(recipient)
        except ValueError as error:
            raise BadSettings(f"BACKUP_RECIPIENT: {error}") from error
        except SealMissing as error:
            raise BadSettings("BACKUP_RECIPIENT: needs the package pyrage") from error
    owner = BackupOwner(settings.owner_id, settings.owner_zone, wants_copies=settings.backup_to_owner)
    vault = copies = None
    if database is not None:
        folder = _folder(settings, database)
        vault = Vault(
            folder, database, version=__version__, recipient=recipient, identity=settings.backup_identity
        )
        if settings.backup_copy_folder is not None:
            copies = SecondFolder(settings.backup_copy_folder, folder)
    return BackupService(vault, copies, clock, settings.retention(), owner)


async def restore(settings: Settings, backup: Path, clock: Clock) -> Restored:
    """Put a backup in the database's place. What `storage.backups.restore` raises, BackupsNeedSqlite."""
    database = sqlite_file(settings.database_url)
    if database is None:
        raise BackupsNeedSqlite
    return await put_back(backup, database, settings.backup_identity, clock.now())


def readable_folder(settings: Settings) -> Path | None:
    """Where readable copies are kept, among the backups; None where the database is no file."""
    database = sqlite_file(settings.database_url)
    return _folder(settings, database) / "readable" if database is not None else None


def _folder(settings: Settings, database: Path) -> Path:
    return settings.backup_folder or database.parent / "backups"
