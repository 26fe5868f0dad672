"""Databases for tests: files of their own, with all tables, at the price of copying a file."""

from __future__ import annotations

import asyncio
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from storage.database import Database, create
from tests.fakes import FakeClock

if TYPE_CHECKING:
    from domain.clock import Clock


async def fresh_database(tmp_path: Path, clock: Clock | None = None) -> Database:
    """A migrated SQLite database without rows, in `tmp_path`. Whoever asks closes it."""
    path = tmp_path / "wrong-opinions.db"
    path.write_bytes(template())
    return create(f"sqlite:///{path}", clock or FakeClock())


@cache
def template() -> bytes:
    """The file of an empty migrated database; made once, in a thread since the caller's loop is running."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as thread:
        path = Path(folder) / "template.db"
        thread.submit(asyncio.run, _migrate(path)).result()
        return path.read_bytes()


async def _migrate(path: Path) -> None:
    database = create(f"sqlite:///{path}", FakeClock())
    await database.migrate()
    await database.close()
