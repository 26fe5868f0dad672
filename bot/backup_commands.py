"""`bot backup` and `bot restore`, for whoever sits at the machine; what they print is English."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bot.clock import SystemClock
from bot.compose_backups import backups, restore
from bot.errors import describe
from bot.texts import Languages
from domain.backups import Reason
from domain.errors import DomainError, NoSuchBackup

if TYPE_CHECKING:
    import argparse

    from bot.settings import Settings
    from domain.backups import Backup, Manifest
    from domain.services.backups import BackupService

TOLD = ("clubs", "users", "weeks", "picks", "ratings")
"""The tables that say most about what a backup holds."""


async def back_up(settings: Settings, options: argparse.Namespace) -> int:
    """`bot backup [drill] [--dry-run]`; the exit code. BadSettings, DomainError."""
    service = backups(settings, SystemClock())
    if options.what == "drill":
        rehearsed = await service.rehearse()
        _say(
            f"{rehearsed.backup.name}: restored on the side, migrated to {rehearsed.revision}, nothing lost."
        )
        _say(_holds(rehearsed.manifest))
    elif options.dry_run:
        for backup in await service.spare():
            _say(f"would go: {backup.name}")
    else:
        done = await service.make(Reason.ASKED)
        _say(f"{service.path(done.made.backup.name)}: made and checked, {_megabytes(done.made.backup.size)}.")
        _say(_holds(done.made.manifest))
        if done.removed:
            _say(f"Older ones removed: {done.removed}.")
        if done.problem is not None:
            raise done.problem
    return 0


async def bring_back(settings: Settings, options: argparse.Namespace) -> int:
    """`bot restore FILE | --list | --verify [FILE]`; the exit code.

    BadSettings, DomainError, AlreadyRunning.
    """
    clock = SystemClock()
    service = backups(settings, clock)
    if options.list:
        for backup in reversed(await service.all()):
            _say(await _line(service, backup))
        return 0
    if options.verify:
        return await _verify(service, options.file)
    restored = await restore(settings, _file(service, options.file), clock)
    _say(
        f"Restored the backup of {restored.manifest.made_at:%Y-%m-%d %H:%M} UTC. "
        f"The tables are at {restored.revision}."
    )
    _say(_holds(restored.manifest))
    if restored.aside is not None:
        _say(f"The database before it is now {restored.aside}.")
    return 0


async def _verify(service: BackupService, file: str | None) -> int:
    """Check one backup, or all there are, as a restore would."""
    paths = [_file(service, file)] if file else [service.path(backup.name) for backup in await service.all()]
    if not paths:
        raise NoSuchBackup
    bad = 0
    for path in paths:
        try:
            manifest = await service.open(path)
        except DomainError as error:
            bad += 1
            _say(f"{path.name}: {sentence(error)}")
        else:
            _say(f"{path.name}: whole. {_holds(manifest)}")
    return 1 if bad else 0


async def _line(service: BackupService, backup: Backup) -> str:
    about = f"{backup.name}  {_megabytes(backup.size)}"
    try:
        manifest = await service.manifest(backup.name)
    except DomainError as error:
        return f"{about}  {sentence(error)}"
    sealed = ", encrypted" if manifest.sealed else ""
    return f"{about}  version {manifest.version}, tables {manifest.revision}{sealed}  {_holds(manifest)}"


def sentence(error: DomainError) -> str:
    """What went wrong, in English."""
    return describe(error, Languages.load().match())


def _file(service: BackupService, file: str) -> Path:
    """A file by its path, or a backup by its name. NoSuchBackup."""
    path = Path(file)
    return path if path.is_file() else service.path(file)


def _holds(manifest: Manifest) -> str:
    counts = ", ".join(f"{manifest.rows.get(table, 0)} {table}" for table in TOLD)
    return f"It holds {counts}; rows in all: {sum(manifest.rows.values())}."


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.2f} MB"


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201
