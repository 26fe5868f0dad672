"""What comes back is what was there; what is hostile, damaged or too new does not come in."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from domain.backups import Reason
from domain.errors import (
    BackupDamaged,
    BackupForeign,
    BackupTooNew,
    DatabaseDamaged,
    DatabaseInUse,
    DomainError,
    NoSuchBackup,
)
from domain.ports import AlreadyRunning
from storage.backups.restore import restore, unpack
from storage.backups.stopping import in_thread
from storage.database import create
from storage.lease import FileLease
from tests.fakes import START, FakeClock
from tests.storage.backups.release import RELEASED
from tests.storage.backups.test_container import gzipped, packed
from tests.storage.filled import columns, filled, hash_of, hashes, newest, tables

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.storage.backups.conftest import Place

REWRITTEN = {("inbox", "raw"), ("backfills", "draft")}
"""Revision 0003 forgets what was said in updates that are done, and in lists that are stored."""
WRITTEN = sorted(RELEASED.glob("*.backup"))


def backup_of(database: Path, target: Path, revision: str | None = None) -> Path:
    """A backup of any file at all, with a manifest and a checksum that are right for it."""
    content = database.read_bytes()
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro&immutable=1", uri=True)) as connection:
            rows = {
                name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608
                for name in tables(connection)
            }
    except sqlite3.Error:
        rows = {}
    manifest = {
        "made_at": START.isoformat(),
        "reason": "asked",
        "version": "0.1.0",
        "revision": revision or newest(),
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "rows": rows,
        "sealed": False,
    }
    target.write_bytes(packed(manifest, gzipped(content)))
    return target


@pytest.mark.parametrize("backup", WRITTEN, ids=lambda path: path.stem)
async def test_every_released_schema_comes_back_row_by_row(tmp_path: Path, backup: Path) -> None:
    known = json.loads(backup.with_suffix(".json").read_text(encoding="utf-8"))
    assert known.keys() >= {"users", "ratings", "picks", "inbox", "alembic_version"}
    database = tmp_path / "data" / "club.db"
    unpacked = tmp_path / "unpacked.db"
    unpacked.touch()
    await in_thread(lambda stop: unpack(backup, unpacked, None, stop))
    assert hashes(unpacked) == known

    restored = await restore(backup, database, None, START)

    assert (restored.manifest.revision, restored.revision) == (backup.stem, newest())
    assert restored.aside is None
    assert changed(unpacked, database) == []
    assert database.stat().st_mode & 0o777 == 0o600
    assert database.parent.stat().st_mode & 0o777 == 0o700


def changed(before: Path, after: Path) -> list[str]:
    """The tables whose rows came out of the migrations as others, what those rewrite on purpose apart."""
    found = []
    with closing(sqlite3.connect(before)) as was, closing(sqlite3.connect(after)) as now:
        for table in set(tables(was)) - {"alembic_version"}:
            shared = [name for name in columns(was, table) if (table, name) not in REWRITTEN]
            if hash_of(was, table, shared) != hash_of(now, table, shared):
                found.append(table)
    return found


def test_there_are_released_schemas_to_try() -> None:
    assert WRITTEN


async def test_an_older_schema_is_migrated_before_it_takes_the_place(place: Place) -> None:
    old = place.folder / "old.db"
    filled(old, "0001")
    backup = backup_of(old, place.folder / "old.backup", "0001")
    restored = await restore(backup, place.database, None, START)
    assert (restored.manifest.revision, restored.revision) == ("0001", newest())
    assert changed(old, place.database) == []
    database = create(f"sqlite:///{place.database}", FakeClock())
    assert await database.revisions() == (newest(), newest())
    await database.close()


async def test_the_database_before_is_set_aside_whole_with_what_was_in_its_log(place: Place) -> None:
    with closing(sqlite3.connect(place.database)) as connection:
        connection.execute("PRAGMA wal_autocheckpoint=0")
        connection.execute("UPDATE ratings SET take = 'after the backup'")
        connection.commit()
        wal = place.folder / "club.db-wal"
        kept, log = place.database.read_bytes(), wal.read_bytes()
    place.database.write_bytes(kept)
    wal.write_bytes(log)
    after = hashes(place.database)

    restored = await restore(place.backup, place.database, None, START + timedelta(hours=1))

    assert restored.aside is not None
    assert restored.aside.name.startswith("club.db.before-20260302T130000")
    names = {path.name for path in place.folder.iterdir()}
    assert names == {"backups", "club.db", "club.db.lock", restored.aside.name}
    assert hashes(restored.aside) == after
    assert hashes(place.database) != after


async def test_it_can_be_restored_again_and_again(place: Place) -> None:
    before = hashes(place.database)
    asides = set()
    for hour in range(3):
        restored = await restore(place.backup, place.database, None, START + timedelta(hours=hour))
        asides.add(restored.aside)
        assert hashes(place.database) == before
    assert len(asides) == 3


async def test_a_database_beyond_opening_is_set_aside_too(place: Place) -> None:
    before = hashes(place.database)
    place.database.write_bytes(b"a disk ate it" * 1000)
    (place.folder / "club.db-wal").write_bytes(b"and this")
    restored = await restore(place.backup, place.database, None, START)
    assert restored.aside is not None
    assert restored.aside.read_bytes() == b"a disk ate it" * 1000
    assert not (place.folder / "club.db-wal").exists()
    assert hashes(place.database) == before


async def test_behind_a_link_the_file_is_replaced_and_the_link_stays(place: Place) -> None:
    link = place.folder / "linked" / "club.db"
    link.parent.mkdir()
    link.symlink_to(place.database)
    before = hashes(place.database)
    with closing(sqlite3.connect(place.database)) as connection:
        connection.execute("DELETE FROM ratings")
        connection.commit()
    restored = await restore(place.backup, link, None, START)
    assert link.is_symlink()
    assert restored.aside is not None
    assert restored.aside.parent == place.folder
    assert hashes(place.database) == before


async def test_it_is_refused_while_somebody_has_the_database_open(place: Place) -> None:
    before = hashes(place.database)
    with closing(sqlite3.connect(place.database)) as reader:
        reader.execute("SELECT count(*) FROM users").fetchone()
        with pytest.raises(DatabaseInUse):
            await restore(place.backup, place.database, None, START)
    assert hashes(place.database) == before
    assert place.left_over() == []


async def test_it_is_refused_beside_a_running_bot(place: Place) -> None:
    before = hashes(place.database)
    lease = FileLease(place.database)
    await lease.take()
    with pytest.raises(AlreadyRunning):
        await restore(place.backup, place.database, None, START)
    await lease.give_back()
    assert hashes(place.database) == before
    await restore(place.backup, place.database, None, START)


async def test_a_file_that_is_not_there_is_said_not_to_be(place: Place) -> None:
    for path in (place.folder / "nothing.backup", place.folder):
        with pytest.raises(NoSuchBackup):
            await restore(path, place.database, None, START)


# -- what does not come in


def _sql(*statements: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.execute("PRAGMA journal_mode=DELETE")

    return change


def _bytes(start: int, content: bytes) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        with path.open("r+b") as file:
            file.seek(start)
            file.write(content)

    return change


def _all(content: bytes) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        path.write_bytes(content)

    return change


def _end(count: int) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        with path.open("r+b") as file:
            file.truncate(path.stat().st_size - count)

    return change


WRITABLE = "PRAGMA writable_schema=ON"
STEAL = "BEGIN UPDATE users SET name = 'gotcha'; END"
HOSTILE: list[tuple[str, Callable[[Path], None], type[DomainError]]] = [
    ("a trigger", _sql(f"CREATE TRIGGER gotcha AFTER INSERT ON ratings {STEAL}"), BackupForeign),
    ("a view", _sql("CREATE VIEW gotcha AS SELECT * FROM users"), BackupForeign),
    ("another table", _sql("CREATE TABLE gotcha (x)"), BackupForeign),
    ("a virtual table", _sql("CREATE VIRTUAL TABLE gotcha USING fts5(x)"), BackupForeign),
    ("another index", _sql("CREATE INDEX gotcha ON users (name)"), BackupForeign),
    ("an index that computes", _sql("CREATE INDEX gotcha ON users (upper(name))"), BackupForeign),
    ("another column", _sql("ALTER TABLE users ADD COLUMN gotcha TEXT"), BackupForeign),
    ("a column that computes", _sql("ALTER TABLE users ADD COLUMN g TEXT AS (upper(name))"), BackupForeign),
    ("a missing table", _sql("PRAGMA foreign_keys=OFF", "DROP TABLE ratings"), BackupForeign),
    ("a missing index", _sql("DROP INDEX uq_picks_slot"), BackupForeign),
    ("no revision", _sql("DROP TABLE alembic_version"), BackupForeign),
    ("an empty revision", _sql("DELETE FROM alembic_version"), BackupTooNew),
    ("a later revision", _sql("UPDATE alembic_version SET version_num = '9999'"), BackupTooNew),
    ("another revision of ours", _sql("UPDATE alembic_version SET version_num = '0001'"), BackupForeign),
    (
        "a table in a view's clothes",
        _sql(WRITABLE, "UPDATE sqlite_master SET type = 'view' WHERE name = 'users'"),
        DatabaseDamaged,
    ),
    (
        "a table without its checks",
        _sql(
            WRITABLE,
            "UPDATE sqlite_master SET sql = replace(sql, '1 AND 10', '1 AND 99') WHERE name = 'ratings'",
        ),
        BackupForeign,
    ),
    (
        "a schema that is nonsense",
        _sql(WRITABLE, "UPDATE sqlite_master SET sql = 'CREATE NONSENSE' WHERE name = 'users'"),
        DatabaseDamaged,
    ),
    (
        "a schema that is no text",
        _sql(WRITABLE, "UPDATE sqlite_master SET sql = x'ff00fe' WHERE name = 'users'"),
        DatabaseDamaged,
    ),
    ("an orphan", _sql("PRAGMA foreign_keys=OFF", "DELETE FROM users WHERE id = 3"), DatabaseDamaged),
    (
        "a score nobody can give",
        _sql("PRAGMA ignore_check_constraints=ON", "UPDATE ratings SET score = 99"),
        DatabaseDamaged,
    ),
    ("another program's file", _all(b"%PDF-1.7" + bytes(9000)), DatabaseDamaged),
    ("an empty file", _all(b""), BackupForeign),
    ("a file of zeros", _all(bytes(40_960)), DatabaseDamaged),
    ("a damaged page", _bytes(4096 * 5, b"\xff" * 4096), DatabaseDamaged),
    ("half a file", _end(4096 * 20), DatabaseDamaged),
    ("a format of the future", _bytes(18, b"\x09\x09"), DatabaseDamaged),
]


@pytest.mark.parametrize(
    ("change", "error"), [case[1:] for case in HOSTILE], ids=[case[0] for case in HOSTILE]
)
async def test_what_is_hostile_is_refused_and_changes_nothing(
    place: Place, change: Callable[[Path], None], error: type[DomainError]
) -> None:
    before = hashes(place.database)
    hostile = place.folder / "hostile.db"
    filled(hostile, "head")
    change(hostile)
    backup = backup_of(hostile, place.folder / "hostile.backup")
    with pytest.raises(error):
        await restore(backup, place.database, None, START)
    assert hashes(place.database) == before
    assert place.left_over() == []
    assert not list(place.folder.glob("club.db.before-*"))


async def test_counts_that_are_not_the_manifests_are_damage(place: Place) -> None:
    other = place.folder / "other.db"
    filled(other, "head")
    backup = backup_of(other, place.folder / "other.backup")
    _, line, body = backup.read_bytes().split(b"\n", 2)
    manifest = json.loads(line)
    manifest["rows"]["ratings"] += 1
    backup.write_bytes(packed(manifest, body))
    with pytest.raises(BackupDamaged):
        await restore(backup, place.database, None, START)


async def test_what_sqlite_keeps_of_its_own_is_no_stranger(place: Place) -> None:
    with closing(sqlite3.connect(place.database)) as connection:
        connection.execute("ANALYZE")
    before = hashes(place.database)
    backup = backup_of(place.database, place.folder / "analysed.backup")
    await restore(backup, place.database, None, START)
    assert hashes(place.database) == before


async def test_who_was_forgotten_since_the_backup_is_forgotten_again(place: Place) -> None:
    with closing(sqlite3.connect(place.database)) as connection, connection:
        connection.execute("UPDATE users SET forget_at = NULL, forgotten_at = NULL")
    made = await place.vault.make(Reason.ASKED, START + timedelta(hours=1))
    with closing(sqlite3.connect(place.database)) as connection, connection:
        (user_id,) = connection.execute("SELECT user_id FROM members ORDER BY user_id LIMIT 1").fetchone()
        connection.execute(
            "UPDATE users SET name = '', telegram_id = NULL, forgotten_at = ? WHERE id = ?",
            (START.strftime("%Y-%m-%d %H:%M:%S.%f"), user_id),
        )
    await restore(place.vault.path(made.backup.name), place.database, None, START)
    database = create(f"sqlite:///{place.database}", FakeClock())
    async with database.store().read() as unit:
        waiting = await unit.users.to_forget()
    assert [(user.id, user.name != "", moment) for user, moment in waiting] == [(user_id, True, START)]
    await database.close()
