"""How backups are made, named, kept apart and cleaned up after."""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from domain.backups import Reason
from domain.errors import (
    BackupDamaged,
    BackupForeign,
    DatabaseDamaged,
    NoDatabase,
    NoSuchBackup,
    NotABackup,
    NotWritable,
)
from storage.backups import snapshot
from storage.backups.folder import LEFT_OVER, SecondFolder, Vault
from storage.backups.restore import unpack
from storage.backups.stopping import Stop
from tests.fakes import START
from tests.proofs import repeats
from tests.storage.backups.conftest import Place
from tests.storage.filled import hashes


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


async def test_a_backup_is_named_by_its_moment_and_reason_and_is_its_owners_alone(place: Place) -> None:
    made = await place.vault.make(Reason.DAILY, START + timedelta(microseconds=7))
    assert made.backup.name.startswith("wrong-opinions-20260302T120000Z-daily-")
    assert (made.backup.made_at, made.backup.reason) == (START, Reason.DAILY)
    assert made.backup.size == place.vault.path(made.backup.name).stat().st_size
    assert mode(place.vault.path(made.backup.name)) == 0o600
    assert mode(place.backups) == 0o700
    assert await place.vault.check(made.backup.name) == made.manifest
    assert await place.vault.manifest(made.backup.name) == made.manifest
    assert await place.vault.open(place.vault.path(made.backup.name)) == made.manifest
    assert [backup.name for backup in await place.vault.all()] == [place.backup.name, made.backup.name]
    assert place.left_over() == []


async def test_while_it_is_made_nothing_has_its_name_and_nobody_else_may_read_it(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, int]] = []
    examine = snapshot.examine

    def look(path: Path, stop: Stop) -> snapshot.Contents:
        seen.extend((file.name, mode(file)) for file in place.backups.iterdir())
        return examine(path, stop)

    monkeypatch.setattr(snapshot, "examine", look)
    before = {place.backup.name}
    await place.vault.make(Reason.ASKED, START + timedelta(days=1))
    assert {name for name, _ in seen if not name.startswith(".")} == before
    assert len(seen) > len(before)
    assert {rights for _, rights in seen} == {0o600}


async def test_only_backups_are_seen_and_removed(place: Place) -> None:
    for name in ("notes.txt", "wrong-opinions-holiday.backup", ".hidden"):
        (place.backups / name).write_text("mine")
    for name in (
        "wrong-opinions-20261399T120000Z-daily-00000000.backup",
        "wrong-opinions-20260302T120000Z-spite-00000000.backup",
    ):
        (place.backups / name).write_text("mine")
    (place.backups / "wrong-opinions-20260302T120000Z-daily-00000000.backup").mkdir()
    (place.backups / "wrong-opinions-20260302T120000Z-daily-00000001.backup").symlink_to(place.database)
    assert [backup.name for backup in await place.vault.all()] == [place.backup.name]
    for name in ("notes.txt", "../club.db", str(place.database), "wrong-opinions-holiday.backup"):
        with pytest.raises(NoSuchBackup):
            await place.vault.remove(name)
    await place.vault.remove(place.backup.name)
    assert await place.vault.all() == ()
    with pytest.raises(NoSuchBackup):
        await place.vault.check(place.backup.name)


async def test_what_a_killed_process_left_is_swept_and_what_another_writes_is_not(place: Place) -> None:
    old, new = (place.backups / f".wrong-opinions-copy-{name}.partial" for name in ("old", "new"))
    for path in (old, new):
        path.write_bytes(b"half")
    long_ago = old.stat().st_mtime - LEFT_OVER - 60
    os.utime(old, (long_ago, long_ago))
    await place.vault.make(Reason.ASKED, START)
    assert place.left_over() == [new.name]


async def test_without_a_database_there_is_nothing_to_back_up(tmp_path: Path) -> None:
    for name in ("missing.db", "empty.db"):
        (tmp_path / "empty.db").touch()
        vault = Vault(tmp_path / "backups", tmp_path / name, version="1", recipient=None, identity=None)
        with pytest.raises(NoDatabase):
            await vault.make(Reason.ASKED, START)
    assert not (tmp_path / "missing.db").exists()


async def test_a_damaged_database_makes_no_backup(place: Place) -> None:
    content = bytearray(place.database.read_bytes())
    for at in range(4096 * 3, len(content), 4096):
        content[at : at + 64] = b"\xff" * 64
    place.database.write_bytes(content)
    with pytest.raises(DatabaseDamaged):
        await place.vault.make(Reason.ASKED, START)
    assert len(await place.vault.all()) == 1
    assert place.left_over() == []


async def test_rows_without_their_parents_make_no_backup(place: Place) -> None:
    with closing(sqlite3.connect(place.database)) as database:
        database.execute("DELETE FROM users WHERE id = 3")
        database.commit()
    with pytest.raises(DatabaseDamaged) as refusal:
        await place.vault.make(Reason.ASKED, START)
    assert "row without its parent" in refusal.value.problem


async def test_what_a_restore_would_refuse_is_no_backup_in_the_first_place(place: Place) -> None:
    with closing(sqlite3.connect(place.database)) as database:
        database.execute("CREATE VIEW favourites AS SELECT * FROM ratings")
    with pytest.raises(BackupForeign) as refusal:
        await place.vault.make(Reason.ASKED, START)
    assert refusal.value.name == "view favourites"


async def test_a_second_folder_gets_copies_and_is_not_made_where_it_is_missing(place: Place) -> None:
    second = place.folder / "stick"
    copies = SecondFolder(second, place.backups)
    with pytest.raises(NotWritable):
        await copies.adopt(place.backup.name)
    assert not second.exists()
    second.mkdir()
    await copies.adopt(place.backup.name)
    assert (second / place.backup.name).read_bytes() == place.backup.read_bytes()
    assert mode(second / place.backup.name) == 0o600
    place.backup.write_bytes(place.backup.read_bytes()[:-1])
    (second / place.backup.name).unlink()
    with pytest.raises(BackupDamaged):
        await copies.adopt(place.backup.name)
    assert list(second.iterdir()) == []


async def test_who_gives_up_waiting_ends_the_work_and_nothing_of_it_stays(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()
    loop = asyncio.get_running_loop()
    started = asyncio.Event()

    def slow(_: Path, stop: Stop) -> snapshot.Contents:
        begun.set()
        loop.call_soon_threadsafe(started.set)
        while True:
            stop.check()

    monkeypatch.setattr(snapshot, "examine", slow)
    task = asyncio.ensure_future(place.vault.make(Reason.ASKED, START + timedelta(days=1)))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(await place.vault.all()) == 1
    assert place.left_over() == []


async def test_a_rehearsal_restores_migrates_and_counts(place: Place) -> None:
    rehearsed = await place.vault.rehearse(place.backup.name)
    assert rehearsed.backup.name == place.backup.name
    assert rehearsed.manifest.rows["ratings"] == 12
    assert place.left_over() == []
    place.backup.write_bytes(b"rubbish")
    with pytest.raises(NotABackup):
        await place.vault.rehearse(place.backup.name)


# -- beside a writer


def write_on(database: Path, stop: threading.Event, seed: int) -> None:
    """Commits as fast as it can: two rows at once that belong together, in tables of their own."""
    chance = random.Random(seed)
    with closing(sqlite3.connect(database, isolation_level=None, timeout=30)) as connection:
        connection.execute("PRAGMA foreign_keys=ON")
        number = 1000 * (seed + 1)
        while not stop.is_set():
            number += 1
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(
                "INSERT INTO users (id, telegram_id, name) VALUES (?, ?, ?)",
                (number, number, "x" * chance.randrange(3000)),
            )
            connection.execute(
                "INSERT INTO ratings (user_id, work_id, score, take, has_spoiler, rated_at, updated_at)"
                " VALUES (?, 1, ?, '', 0, '2026-03-02', '2026-03-02')",
                (number, chance.randrange(1, 11)),
            )
            if number % 200 == 0:
                # So the file stays as large as it is, however long this goes on.
                gone = (1000 * (seed + 1), number - 50)
                connection.execute("DELETE FROM ratings WHERE user_id BETWEEN ? AND ?", gone)
                connection.execute("DELETE FROM users WHERE id BETWEEN ? AND ?", gone)
            connection.execute("COMMIT")


async def backups_beside_writers(place: Place, count: int) -> set[int]:
    """Make so many backups while two threads write; how many users they had. AssertionError for a bad one."""
    stop = threading.Event()
    writers = [threading.Thread(target=write_on, args=(place.database, stop, seed)) for seed in (1, 10**6)]
    for writer in writers:
        writer.start()
    found = set()
    try:
        for number in range(count):
            made = await place.vault.make(Reason.ASKED, START + timedelta(hours=number + 1))
            path = place.vault.path(made.backup.name)
            assert await place.vault.open(path) == made.manifest
            # Every transaction of the writers leaves one more rating than there were, for one more user.
            assert made.manifest.rows["users"] == made.manifest.rows["ratings"]
            found.add(made.manifest.rows["users"])
            await place.vault.remove(made.backup.name)
    finally:
        stop.set()
        for writer in writers:
            await asyncio.to_thread(writer.join)
    return found


async def test_backups_beside_writers_are_each_of_one_state(place: Place) -> None:
    assert len(await backups_beside_writers(place, 5)) > 1


@pytest.mark.proof
async def test_of_two_hundred_backups_beside_writers_none_is_bad(place: Place) -> None:
    count = repeats(40, 200)
    assert len(await backups_beside_writers(place, count)) > count // 2


async def test_a_backup_holds_what_was_committed_when_it_was_asked_for(place: Place) -> None:
    with closing(sqlite3.connect(place.database, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE ratings SET take = 'not committed yet'")
        before = hashes(place.database)
        made = await place.vault.make(Reason.ASKED, START + timedelta(days=1))
        writer.execute("COMMIT")
    unpacked = place.folder / "unpacked.db"
    unpacked.touch()
    unpack(place.vault.path(made.backup.name), unpacked, None, Stop())
    assert hashes(unpacked) == before
    assert hashes(place.database) != before
