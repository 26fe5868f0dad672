"""`bot backup` and `bot restore` as processes, also beside a running bot."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.storage.filled import filled, hashes

if TYPE_CHECKING:
    from pathlib import Path

    from tests.crash.stage import Stage

pytestmark = pytest.mark.proof


async def told(scene: Stage, *words: str, code: int = 0, **changes: str) -> list[str]:
    """What a command prints, line by line, once it ended with a code."""
    bot = await scene.start(*words, **changes)
    assert await bot.ended() == code, bot.output
    assert "Traceback" not in bot.output
    return bot.output.splitlines()


@pytest.fixture
def database(scene: Stage) -> Path:
    """A filled database where the stage has its own."""
    scene.database.parent.mkdir()
    filled(scene.database, "head")
    return scene.database


async def test_a_backup_is_made_listed_verified_rehearsed_and_restored(scene: Stage, database: Path) -> None:
    before = hashes(database)
    made, holds = await told(scene, "backup")
    name = made.partition(":")[0].rpartition("/")[2]
    assert name.startswith("wrong-opinions-")
    assert holds.startswith("It holds 12 clubs, 12 users, 12 weeks, 12 picks, 12 ratings; ")
    (listed,) = await told(scene, "restore", "--list")
    assert listed.startswith(f"{name}  0.0")
    assert holds in listed
    assert await told(scene, "restore", "--verify") == [f"{name}: whole. {holds}"]
    assert (await told(scene, "backup", "drill"))[0].startswith(f"{name}: restored on the side")
    assert await told(scene, "backup", "--dry-run") == []

    with closing(sqlite3.connect(database)) as connection:
        connection.execute("DELETE FROM ratings")
        connection.commit()
    came, holds_again, aside = await told(scene, "restore", name)
    assert came.startswith("Restored the backup of ")
    assert holds_again == holds
    assert os.path.exists(aside.removeprefix("The database before it is now ").rstrip("."))  # noqa: ASYNC240, PTH110
    assert hashes(database) == before


async def test_it_is_restored_where_there_is_no_database_from_a_file_of_any_name(
    scene: Stage, database: Path, tmp_path: Path
) -> None:
    before = hashes(database)
    await told(scene, "backup")
    (backup,) = (database.parent / "backups").iterdir()
    moved = backup.rename(tmp_path / "from a stick")
    for path in database.parent.glob("bot.db*"):
        path.unlink()
    lines = await told(scene, "restore", str(moved))
    assert len(lines) == 2
    assert hashes(database) == before


async def test_beside_a_running_bot_a_backup_is_made_and_a_restore_refused(scene: Stage) -> None:
    bot = await scene.listening()
    (made, _) = await told(scene, "backup")
    name = made.partition(":")[0]
    (refusal,) = await told(scene, "restore", name, code=1)
    assert refusal.startswith("A bot is already running on this database: stop it first")
    assert await bot.stop() == 0
    assert len(await told(scene, "restore", name)) == 3
    bot = await scene.listening()
    assert await bot.stop() == 0
    assert bot.output == ""


async def test_what_cannot_be_is_one_sentence(scene: Stage, database: Path) -> None:
    assert await told(scene, "restore", "nothing", code=1) == ["There is no such backup."]
    assert await told(scene, "restore", "--verify", code=1) == ["There is no such backup."]
    assert await told(scene, "backup", "drill", code=1) == ["There is no such backup."]
    assert await told(scene, "restore", str(database), code=1) == ["That file is not one of my backups."]
    usage = await told(scene, "restore", code=2)
    assert usage[-1].endswith("restore needs a FILE, --list or --verify")
    await told(scene, "backup")
    (backup,) = (database.parent / "backups").iterdir()
    backup.write_bytes(backup.read_bytes()[:-1])
    (line,) = await told(scene, "restore", "--verify", code=1)
    assert line.startswith(f"{backup.name}: This backup is damaged")
    nowhere = f"sqlite:///{scene.folder}/nowhere.db"
    (line,) = await told(scene, "backup", code=1, DATABASE_URL=nowhere)
    assert line == "There is no database yet, so there is nothing to back up."


async def test_postgresql_is_sent_to_its_own_tools(scene: Stage) -> None:
    url = "postgresql://ana:hunter2@localhost/club"
    for words in (("backup",), ("backup", "drill"), ("restore", "--list"), ("restore", str(scene.folder))):
        (line,) = await told(scene, *words, code=1, DATABASE_URL=url)
        assert "pg_dump" in line
        assert "hunter2" not in line
    assert list(scene.folder.iterdir()) == []


async def test_a_policy_that_keeps_nothing_is_refused(scene: Stage, database: Path) -> None:
    nothing = {f"BACKUP_KEEP_{period}": "0" for period in ("DAYS", "WEEKS", "MONTHS")}
    (line,) = await told(scene, "backup", code=2, **nothing)
    assert line.startswith("BACKUP_KEEP_DAYS: ")
    assert not (database.parent / "backups").exists()


async def test_a_start_that_cannot_back_up_before_its_migration_stops_with_a_sentence(
    scene: Stage,
) -> None:
    scene.database.parent.mkdir()
    filled(scene.database, "0001")
    before = hashes(scene.database)
    (scene.database.parent / "backups").write_text("in the way")
    for command in ("run", "migrate"):
        (line,) = await told(scene, command, code=1)
        assert line.startswith("I can't write into ")
    assert hashes(scene.database) == before
