"""Folders of backups: where they are made, and where copies of them are kept.

Only files named as this module names them are ever looked at or removed, so a folder may hold other things.
What is being written has a name that begins with a dot; an older one, left behind by a process that was
killed, is removed when the next backup is made.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from domain.backups import Backup, Made, Manifest, Reason, Rehearsed
from domain.errors import BackupDamaged, DatabaseDamaged, NoDatabase, NoSuchBackup
from storage.backups import container, files, snapshot
from storage.backups.restore import migrate, unpack
from storage.backups.stopping import in_thread

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.backups.stopping import Stop

LEFT_OVER = 3600
"""Seconds after which nobody is writing a file any more that nobody has written to."""
_STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(
    rf"wrong-opinions-(?P<made>\d{{8}}T\d{{6}}Z)-(?P<reason>{'|'.join(Reason)})-[0-9a-f]{{8}}\.backup"
)


class Folder:
    """A `domain.ports.BackupShelf`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def all(self) -> tuple[Backup, ...]:
        """Every backup in it, the oldest first; empty where there is no folder."""
        return await in_thread(lambda _: self._all())

    async def manifest(self, name: str) -> Manifest:
        """What a backup says of itself."""
        return await in_thread(lambda _: container.manifest(self.path(name)))

    async def check(self, name: str) -> Manifest:
        """Compare a backup with its checksum."""
        return await in_thread(lambda stop: container.check(self.path(name), stop))

    async def remove(self, name: str) -> None:
        """Delete a backup."""

        def work(_: Stop) -> None:
            with files.writing(self._path):
                self.path(name).unlink()

        await in_thread(work)

    def path(self, name: str) -> Path:
        """The file of a backup. NoSuchBackup, also for the name of anything else."""
        path = self._path / name
        if _NAME.fullmatch(name) is None or not path.is_file():
            raise NoSuchBackup
        return path

    def _all(self) -> tuple[Backup, ...]:
        found = []
        for path in self._path.glob("wrong-opinions-*.backup"):
            match = _NAME.fullmatch(path.name)
            made_at = _moment(match["made"]) if match is not None else None
            if match is not None and made_at is not None and path.is_file() and not path.is_symlink():
                # Another process may have removed it meanwhile.
                with suppress(FileNotFoundError):
                    found.append(Backup(path.name, made_at, Reason(match["reason"]), path.stat().st_size))
        return tuple(sorted(found, key=lambda backup: (backup.made_at, backup.name)))

    @contextmanager
    def _scratch(self) -> Iterator[Path]:
        """An empty file that is gone afterwards, unless it was renamed."""
        name = f".wrong-opinions-{os.getpid()}-{time.monotonic_ns()}.partial"
        with files.writing(self._path), files.scratch(self._path / name) as path:
            yield path

    def _publish(self, partial: Path, name: str) -> None:
        partial.rename(self._path / name)
        files.folder_to_disk(self._path)

    def _sweep(self) -> None:
        for path in self._path.glob(".wrong-opinions-*.partial*"):
            if path.stat().st_mtime < time.time() - LEFT_OVER:
                path.unlink(missing_ok=True)


class SecondFolder(Folder):
    """A `domain.ports.BackupCopies`: a second folder beside the first, on another disk for instance."""

    def __init__(self, path: Path, source: Path) -> None:
        super().__init__(path)
        self._source = Folder(source)

    async def adopt(self, name: str) -> None:
        """Copy a backup into this folder and check the copy. BackupDamaged."""

        def work(stop: Stop) -> None:
            self._sweep()
            with self._scratch() as partial:
                with self._source.path(name).open("rb") as source, partial.open("r+b") as target:
                    shutil.copyfileobj(source, target, container.CHUNK)
                    files.to_disk(target)
                container.check(partial, stop)
                self._publish(partial, name)

        await in_thread(work)


class Vault(Folder):
    """A `domain.ports.Backups` of one SQLite file.

    `recipient` is whom backups are encrypted for, `identity` the file with the key that opens such.
    """

    def __init__(
        self, path: Path, database: Path, *, version: str, recipient: str | None, identity: Path | None
    ) -> None:
        super().__init__(path)
        self._database = database
        self._version = version
        self._recipient = recipient
        self._identity = identity

    async def make(self, reason: Reason, made_at: datetime) -> Made:
        """Back the database up and verify the result; only then it gets its name."""
        return await in_thread(lambda stop: self._make(reason, made_at, stop))

    async def open(self, path: Path) -> Manifest:
        """Unpack a backup, wherever it lies, and check all there is in it, as a restore would."""

        def work(stop: Stop) -> Manifest:
            if not path.is_file():
                raise NoSuchBackup
            with self._scratch() as database:
                return unpack(path, database, self._identity, stop)

        return await in_thread(work)

    async def rehearse(self, name: str) -> Rehearsed:
        """Unpack and check a backup, migrate it, and count again; the scratch file is gone afterwards."""

        def work(stop: Stop) -> Rehearsed:
            backup = self.path(name)
            with self._scratch() as database:
                found = unpack(backup, database, self._identity, stop)
                migrate(database)
                after = snapshot.examine(database, stop)
            for table, count in found.rows.items():
                if table in after.rows and after.rows[table] < count:
                    raise DatabaseDamaged(f"{table}: {count} rows, {after.rows[table]} after migrating")
            kept = next(b for b in self._all() if b.name == name)
            return Rehearsed(kept, found, after.revision)

        return await in_thread(work)

    @contextmanager
    def _scratch(self) -> Iterator[Path]:
        """As in any folder; this one is made where it is missing."""
        with files.writing(self._path):
            self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with super()._scratch() as path:
            yield path

    def _make(self, reason: Reason, made_at: datetime, stop: Stop) -> Made:
        if not (self._database.is_file() and self._database.stat().st_size):
            raise NoDatabase
        made_at = made_at.astimezone(UTC).replace(microsecond=0)
        stem = f"wrong-opinions-{made_at.strftime(_STAMP)}-{reason}"
        self._sweep()
        with self._scratch() as copy, self._scratch() as packed:
            with files.reading(self._database.parent):
                taken = snapshot.take(self._database, copy, stop)
            if snapshot.examine(copy, stop) != taken:
                raise DatabaseDamaged("the copy has other rows than the database")
            manifest = Manifest(
                made_at=made_at,
                reason=reason,
                version=self._version,
                revision=taken.revision,
                size=copy.stat().st_size,
                sha256=container.digest(copy, stop),
                rows=taken.rows,
                sealed=self._recipient is not None,
            )
            container.write(packed, manifest, copy, self._recipient, stop)
            if container.verify(packed, stop) != manifest:
                raise BackupDamaged
            name = f"{stem}-{manifest.sha256[:8]}.backup"
            size = packed.stat().st_size
            self._publish(packed, name)
        return Made(Backup(name, made_at, reason, size), manifest)


def _moment(stamp: str) -> datetime | None:
    try:
        return datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
