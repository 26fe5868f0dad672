"""Files of an export on their way out, on disk: written piece by piece, zipped in a thread."""

from __future__ import annotations

import asyncio
import zipfile
from contextlib import ExitStack, aclosing
from typing import IO, TYPE_CHECKING

from domain.errors import ExportTooLarge

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from pathlib import Path

    from domain.services.exports import Pieces

LIMIT = 50_000_000
"""Bytes of a document that a bot may send (Bot API, sendDocument)."""
NEWS = 1_000
"""Entries after which it is told how far it is."""


async def write(
    pieces: AsyncGenerator[Pieces, None], folder: Path, tell: Callable[[int], None] | None = None
) -> tuple[Path, ...]:
    """Write an export's files into a folder; their paths. `tell` hears how many entries are written."""
    with ExitStack() as stack:
        files: dict[str, IO[str]] = {}
        async with aclosing(pieces) as stream:
            written = 0
            async for some in stream:
                for name, text in some:
                    if name not in files:
                        path = folder / name
                        files[name] = stack.enter_context(path.open("w", encoding="utf-8", newline=""))
                    files[name].write(text)
                written += 1
                if tell is not None and written % NEWS == 0:
                    tell(written)
        return tuple(folder / name for name in files)


async def write_parts(parts: AsyncGenerator[str, None], folder: Path) -> tuple[Path, ...]:
    """Write the parts of a list for Letterboxd into a folder; their paths."""
    paths: list[Path] = []
    async with aclosing(parts) as stream:
        async for text in stream:
            paths.append(folder / f"letterboxd-{len(paths) + 1}.csv")
            paths[-1].write_text(text, encoding="utf-8", newline="")
    return tuple(paths)


async def pack(paths: tuple[Path, ...], target: Path) -> None:
    """Zip files. ExportTooLarge for more than a bot may send."""

    def compress() -> int:
        with zipfile.ZipFile(target, "x", zipfile.ZIP_DEFLATED) as archive:
            for path in paths:
                archive.write(path, path.name)
        return target.stat().st_size

    if await asyncio.to_thread(compress) > LIMIT:
        raise ExportTooLarge(limit=LIMIT)
