"""How long a tap waits while a backup is made, against how long one waits without.

    python -m tests.benchmarks.backup_stalls [--megabytes 1000] [--folder …]

A database of that size is made in a scratch folder. Four people press as fast as they are answered; every
press is one unit of work that changes a score and is committed durably. Their waits are taken for a while
without a backup, then during one from its first page to its name, then without again. Only the last line's
ratio, the longest wait with a backup over the longest without, travels from machine to machine.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from domain.backups import Reason
from storage.backups.folder import Vault
from tests.databases import fresh_database
from tests.fakes import START
from tests.storage import scenes

if TYPE_CHECKING:
    from storage.database import Database

CALM_SECONDS = 20
PEOPLE = 4
PAUSE = 0.002


def fill(path: Path, megabytes: int) -> None:
    """Catalogue answers, which is what a large database mostly holds, until the file is so large."""
    chance = random.Random(5)
    words = [f"{chance.getrandbits(40):x}" for _ in range(2000)]
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        number = 0
        while path.stat().st_size < megabytes << 20:
            rows = [
                (
                    f"answer {number + more}",
                    "2026-03-02 12:00:00.000000",
                    " ".join(chance.choices(words, k=400)).encode(),
                )
                for more in range(5000)
            ]
            connection.execute("BEGIN")
            connection.executemany("INSERT INTO http_cache (key, expires_at, body) VALUES (?, ?, ?)", rows)
            connection.execute("COMMIT")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            number += len(rows)


async def press(database: Database, user_id: int, work_id: int, waits: list[float]) -> None:
    """Score again and again, another score each time."""
    score = 0
    while True:
        score = score % 10 + 1
        began = perf_counter()
        async with database.store().write() as unit:
            await unit.ratings.put(user_id, work_id, score, START)
            await unit.commit()
        waits.append(perf_counter() - began)
        await asyncio.sleep(PAUSE)


def tell(phase: str, seconds: float, waits: list[float]) -> float:
    """Print what a phase was like; its longest wait, in seconds."""
    waits.sort()
    middle, late, longest = waits[len(waits) // 2], waits[len(waits) * 99 // 100], waits[-1]
    print(
        f"{phase:8} {seconds:6.1f} s  {len(waits):6} presses   median {middle * 1e3:6.1f} ms   "
        f"p99 {late * 1e3:6.1f} ms   longest {longest * 1e3:6.1f} ms",
        flush=True,
    )
    return longest


async def measure(folder: Path, megabytes: int) -> None:
    """The three phases."""
    database = await fresh_database(folder)
    path = folder / "wrong-opinions.db"
    people = [await scenes.a_user(database, number + 1) for number in range(PEOPLE)]
    work_id = await scenes.a_work(database)
    await asyncio.to_thread(fill, path, megabytes)
    vault = Vault(folder / "backups", path, version="0", recipient=None, identity=None)
    waits: list[float] = []
    pressing = [asyncio.ensure_future(press(database, user.id, work_id, waits)) for user in people]
    await asyncio.sleep(2)

    backup = None
    longest: dict[str, float] = {}
    for phase in ("without", "backup", "after"):
        waits.clear()
        began = perf_counter()
        if phase == "backup":
            backup = (await vault.make(Reason.ASKED, START)).backup
        else:
            await asyncio.sleep(CALM_SECONDS)
        longest[phase] = tell(phase, perf_counter() - began, list(waits))
    for task in pressing:
        task.cancel()
    await asyncio.gather(*pressing, return_exceptions=True)
    await database.close()
    calm = max(longest["without"], longest["after"])
    assert backup is not None
    print(f"database {path.stat().st_size >> 20} MB, backup {backup.size >> 20} MB")
    print(f"ratio {longest['backup'] / calm:.1f}")


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(description="Measure how long taps wait while a backup is made.")
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument(
        "--folder", type=Path, help="where the scratch folder is made: on the disk to be measured"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        asyncio.run(measure(Path(folder), options.megabytes))
    return 0


if __name__ == "__main__":
    sys.exit(main())
