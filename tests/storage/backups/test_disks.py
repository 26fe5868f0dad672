"""Disks that are full, or may not be written to: small ones in memory, where any can be mounted."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from domain.backups import Reason
from domain.errors import DiskFull, DomainError, NotWritable
from storage.backups.folder import SecondFolder, Vault
from storage.backups.restore import restore
from storage.database import create
from tests.fakes import START, FakeClock
from tests.storage.filled import filled, hashes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.storage.backups.conftest import Place

PAGE = os.sysconf("SC_PAGE_SIZE")


@contextlib.contextmanager
def disk(path: Path, size: int) -> Iterator[Path]:
    """An empty disk of so many bytes. Skips the test where none can be mounted."""
    path.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "none", str(path)]
    if shutil.which("mount") is None or subprocess.run(mounting, capture_output=True, check=False).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        yield path
    finally:
        subprocess.run(["umount", str(path)], check=True)


def lock(path: Path) -> None:
    """From now on nothing can be written there."""
    subprocess.run(["mount", "-o", "remount,ro", str(path)], check=True)


def fill_up(path: Path, leave: int) -> None:
    """Leave so many bytes."""
    stat = os.statvfs(path)
    (path / "ballast").write_bytes(bytes(max(0, stat.f_bavail * stat.f_frsize - leave)))


def sizes(needed: int) -> list[int]:
    """Some sizes from nothing to enough, in steps that fall into every part of the work."""
    return [PAGE * step for step in range(0, needed // PAGE + 12, 9)]


async def test_a_backup_that_does_not_fit_is_said_and_leaves_nothing(place: Place) -> None:
    before = hashes(place.database)
    needed = place.database.stat().st_size + place.backup.stat().st_size
    made = failed = 0
    for number, room in enumerate(sizes(needed)):
        with disk(place.folder / f"disk{number}", needed + 40 * PAGE) as folder:
            older = folder / place.backup.name
            shutil.copy(place.backup, older)
            fill_up(folder, room)
            vault = Vault(folder, place.database, version="1", recipient=None, identity=None)
            try:
                backup = (await vault.make(Reason.ASKED, START + timedelta(days=1))).backup
            except DiskFull:
                failed += 1
                assert sorted(path.name for path in folder.iterdir()) == ["ballast", older.name]
            else:
                made += 1
                await vault.check(backup.name)
            assert older.read_bytes() == place.backup.read_bytes()
    assert failed > 5
    assert made > 0
    assert hashes(place.database) == before


async def test_a_copy_that_does_not_fit_is_said_and_leaves_nothing(place: Place) -> None:
    with disk(place.folder / "stick", 4 * PAGE) as folder:
        fill_up(folder, PAGE)
        with pytest.raises(DiskFull):
            await SecondFolder(folder, place.backups).adopt(place.backup.name)
        assert [path.name for path in folder.iterdir()] == ["ballast"]


async def test_a_restore_that_does_not_fit_changes_nothing(place: Place) -> None:
    size = place.database.stat().st_size
    restored = failed = 0
    for number, room in enumerate(sizes(size * 5)[::3]):
        with disk(place.folder / f"disk{number}", size * 8) as folder:
            database = folder / "club.db"
            filled(database, "0001")
            before = hashes(database)
            for path in folder.glob("club.db-*"):
                path.unlink()
            fill_up(folder, room)
            try:
                await restore(place.backup, database, None, START)
            except DiskFull:
                failed += 1
                assert {path.name for path in folder.iterdir()} <= {"ballast", "club.db", "club.db.lock"}
                (folder / "ballast").unlink()
                assert hashes(database) == before
            else:
                restored += 1
                (folder / "ballast").unlink()
                assert hashes(database) == hashes(place.database)
    assert failed > 2
    assert restored > 0


async def test_a_migration_that_does_not_fit_changes_nothing(place: Place) -> None:
    failed = 0
    for number, room in enumerate(range(0, 60 * PAGE, 12 * PAGE)):
        with disk(place.folder / f"disk{number}", 4 << 20) as folder:
            path = folder / "club.db"
            filled(path, "0001")
            before = hashes(path)
            fill_up(folder, room)
            database = create(f"sqlite:///{path}", FakeClock())
            with contextlib.suppress(Exception):
                await database.migrate()
                failed -= 1
            failed += 1
            await database.close()
            (folder / "ballast").unlink()
            now = hashes(path)
            assert now == before or now["alembic_version"] != before["alembic_version"]
    assert failed > 2


async def test_a_disk_that_may_only_be_read_is_said(place: Place) -> None:
    with disk(place.folder / "disk", 8 << 20) as folder:
        database, backups = folder / "club.db", folder / "backups"
        filled(database, "head")
        before = hashes(database)
        for path in folder.glob("club.db-*"):
            path.unlink()
        backups.mkdir()
        shutil.copy(place.backup, backups)
        lock(folder)
        vault = Vault(backups, place.database, version="1", recipient=None, identity=None)
        assert [backup.name for backup in await vault.all()] == [place.backup.name]
        assert await vault.check(place.backup.name)
        elsewhere = Vault(place.backups, database, version="1", recipient=None, identity=None)
        refusals: list[DomainError] = []
        for work in (
            vault.make(Reason.ASKED, START),
            vault.remove(place.backup.name),
            vault.rehearse(place.backup.name),
            SecondFolder(backups, place.backups).adopt(place.backup.name),
            elsewhere.make(Reason.ASKED, START),
            restore(place.backup, database, None, START),
        ):
            with pytest.raises(NotWritable) as refusal:
                await work
            refusals.append(refusal.value)
        folders = [error.folder for error in refusals if isinstance(error, NotWritable)]
        assert folders == [str(backups)] * 4 + [str(folder)] * 2
        subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)  # noqa: ASYNC221
        assert hashes(database) == before
    assert place.left_over() == []
