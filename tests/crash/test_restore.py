"""`kill -9` during a restore and during a migration: the database is the old or the new, never between."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from domain.backups import Reason
from storage.backups.folder import Vault
from tests.conftest import ROOT
from tests.fakes import START
from tests.proofs import repeats
from tests.storage.filled import hashes, make

pytestmark = pytest.mark.proof

OLD_ROWS, NEW_ROWS = 400, 600
DRAWN = (("members", "key"),)
"""Revision 0003 draws these at random, so that two migrations of the same rows differ in them."""

WORK = {
    "restore": """
        from datetime import UTC, datetime
        from storage.backups.restore import restore
        asyncio.run(restore(Path(sys.argv[2]), Path(sys.argv[1]), None, datetime.now(UTC)))
    """,
    "migrate": """
        from storage.database import create
        from tests.fakes import FakeClock

        async def migrate():
            database = create(f"sqlite:///{sys.argv[1]}", FakeClock())
            await database.migrate()
            await database.close()

        asyncio.run(migrate())
    """,
}
CHILD = """
import asyncio, os, signal, sys
from pathlib import Path
import storage.backups.restore, storage.database, tests.fakes

fatal, seen = int(sys.argv[3]), 0

def count(event, _):
    # What changes files: a process that ends before its nth such step ends there for good.
    global seen
    if event in {"open", "os.rename", "os.link", "os.remove", "os.mkdir", "os.truncate", "sqlite3.connect"}:
        seen += 1
        if seen == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

print("ready", flush=True)
sys.stdin.readline()
sys.addaudithook(count)
if True:
    %s
print(seen, flush=True)
"""


def state(path: Path) -> dict[str, str]:
    """What a database holds."""
    return hashes(path, DRAWN)


@dataclass(frozen=True, slots=True)
class Scene:
    """A database to be changed by a child, and what it may be afterwards."""

    work: str
    database: Path
    backup: Path
    pristine: Path
    old: dict[str, str]
    new: dict[str, str]

    def reset(self) -> None:
        """The old database again, as a bot that was stopped leaves it."""
        for path in self.database.parent.iterdir():
            path.unlink()
        shutil.copy(self.pristine, self.database)

    def start(self, fatal: int = 0) -> subprocess.Popen[str]:
        """A child about to begin; it kills itself before its step number `fatal`."""
        code = CHILD % WORK[self.work].strip("\n").replace("        ", "    ").strip()
        child = subprocess.Popen(
            [sys.executable, "-c", code, str(self.database), str(self.backup), str(fatal)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        return child

    def verdict(self) -> str:
        """Whether the database is the old or the new one; AssertionError for anything between."""
        # As the next start does: what is in a log beside the file belongs to it.
        with closing(sqlite3.connect(self.database)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        now = state(self.database)
        assert now in (self.old, self.new), {
            t for t in now if now[t] not in {self.old.get(t), self.new.get(t)}
        }
        return "old" if now == self.old else "new"


def go(child: subprocess.Popen[str]) -> None:
    assert child.stdin is not None
    child.stdin.write("go\n")
    child.stdin.flush()


def finish(scene: Scene) -> tuple[int, float]:
    """Let a child do all its work; the steps it took, and the seconds."""
    child = scene.start()
    began = time.perf_counter()
    go(child)
    out, err = child.communicate(timeout=120)
    assert child.returncode == 0, err
    return int(out), time.perf_counter() - began


@pytest.fixture
async def restoring(tmp_path: Path) -> Scene:
    """The old database is at the newest revision, the backup an older one with other rows."""
    pristine, other, place = tmp_path / "old.db", tmp_path / "other.db", tmp_path / "place"
    place.mkdir()
    make(pristine, "head", OLD_ROWS)
    make(other, "0001", NEW_ROWS)
    vault = Vault(tmp_path / "backups", other, version="1", recipient=None, identity=None)
    made = await vault.make(Reason.ASKED, START)
    scene = Scene("restore", place / "club.db", vault.path(made.backup.name), pristine, state(pristine), {})
    return with_new(scene)


@pytest.fixture
def migrating(tmp_path: Path) -> Scene:
    """A database of the first revision, with rows in every table."""
    pristine, place = tmp_path / "old.db", tmp_path / "place"
    place.mkdir()
    make(pristine, "0001", OLD_ROWS)
    return with_new(Scene("migrate", place / "club.db", pristine, pristine, state(pristine), {}))


def with_new(scene: Scene) -> Scene:
    scene.reset()
    finish(scene)
    new = state(scene.database)
    assert new != scene.old
    return Scene(scene.work, scene.database, scene.backup, scene.pristine, scene.old, new)


def kill_at_every_step(scene: Scene, every: int) -> list[str]:
    """The verdicts after kills before each step that changes files, or each so many-th."""
    scene.reset()
    steps, _ = finish(scene)
    assert steps > 5
    verdicts: list[str] = []
    for step in range(1, steps + 1, every):
        scene.reset()
        child = scene.start(step)
        go(child)
        child.communicate(timeout=120)
        assert child.returncode == -signal.SIGKILL
        verdicts.append(scene.verdict())
    return verdicts


def kill_at_random(scene: Scene, times: int, seed: int) -> list[str]:
    """The verdicts after kills at moments spread over the time that the work takes."""
    chance = random.Random(seed)
    scene.reset()
    seconds = finish(scene)[1]
    verdicts: list[str] = []
    while len(verdicts) < times:
        scene.reset()
        child = scene.start()
        go(child)
        time.sleep(chance.uniform(0, seconds))
        child.kill()
        child.communicate(timeout=120)
        if child.returncode == 0:
            seconds *= 0.95
            continue
        verdicts.append(scene.verdict())
    return verdicts


def test_a_restore_that_is_killed_left_the_old_or_the_new(restoring: Scene) -> None:
    kill_at_every_step(restoring, every=9)


def test_a_migration_that_is_killed_left_the_old_or_the_new(migrating: Scene) -> None:
    assert set(kill_at_random(migrating, 3, seed=1)) <= {"old", "new"}


def test_a_hundred_kills_of_a_restore_leave_nothing_between(restoring: Scene) -> None:
    verdicts = kill_at_every_step(restoring, every=1)
    assert {"old", "new"} == set(verdicts)
    verdicts += kill_at_random(restoring, repeats(20, 100), seed=2)


def test_a_hundred_kills_of_a_migration_leave_nothing_between(migrating: Scene) -> None:
    verdicts = kill_at_random(migrating, repeats(20, 100), seed=3)
    assert "old" in verdicts


def test_after_a_killed_restore_the_next_one_works_and_clears_up(restoring: Scene) -> None:
    restoring.reset()
    steps, _ = finish(restoring)
    restoring.reset()
    child = restoring.start(steps // 2)
    go(child)
    child.communicate(timeout=120)
    finish(restoring)
    left = {path.name.split(".before-")[0] for path in restoring.database.parent.iterdir()}
    assert left == {"club.db", "club.db.lock"}
    assert restoring.verdict() == "new"
