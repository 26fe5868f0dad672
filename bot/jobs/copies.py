"""Readable copies beside the backups, for the clubs and people who want one: only the latest."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bot.archives import write
from domain.exports import JSON_NAME

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from datetime import datetime

    from domain.clock import Clock
    from domain.services.exports import ExportService, Pieces

EVERY = timedelta(days=1)

log = logging.getLogger(__name__)


class Copies:
    """A folder with one JSON per club and person, its owner's alone to read."""

    def __init__(self, exports: ExportService, folder: Path | None, clock: Clock) -> None:
        """`folder` is None where there are no files beside which it could lie."""
        self._exports = exports
        self._folder = folder
        self._clock = clock
        self._written: datetime | None = None
        self._turn = asyncio.Lock()

    async def run(self) -> None:
        """Write all copies once a day, and at the first call after a start."""
        now = self._clock.now()
        if self._written is None or now - self._written >= EVERY:
            self._written = now
            await self.renew()

    async def renew(self) -> None:
        """Write all copies now, and remove those that nobody wants (any more)."""
        if self._folder is None:
            return
        try:
            await self._renew(self._folder)
        except OSError as error:
            self._written = None
            log.warning("the readable copies could not be renewed: %s", error.strerror)

    async def _renew(self, folder: Path) -> None:
        async with self._turn:
            wanted = await self._exports.copies()
            if not wanted and not await asyncio.to_thread(folder.is_dir):
                return
            await asyncio.to_thread(_prepare, folder, {name for name, _ in wanted})
            for name, pieces in wanted:
                await _write(pieces, folder / name)


def _prepare(folder: Path, wanted: set[str]) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in folder.glob("*.json"):
        if path.name not in wanted:
            path.unlink()


async def _write(pieces: AsyncGenerator[Pieces, None], target: Path) -> None:
    with TemporaryDirectory(dir=target.parent, prefix=".") as scratch:
        await write(pieces, Path(scratch))
        await asyncio.to_thread(_put, Path(scratch) / JSON_NAME, target)


def _put(source: Path, target: Path) -> None:
    source.chmod(0o600)
    source.replace(target)
