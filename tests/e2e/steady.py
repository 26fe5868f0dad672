"""How much a process holds on to, week by week, and whether that stays the same."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import os
import sqlite3
import sys
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Sample:
    """What there is at the end of a week: bytes, and counts.

    `memory` is what is resident once the C library has given back what is free in it, `resident` is before.
    `blocks` are Python's own, also of what its collector does not follow: texts and bytes.
    """

    memory: int
    resident: int
    blocks: int
    objects: int
    tasks: int
    files: int
    wal: int
    inbox: int


def sample(database: Path) -> Sample:
    """Look, once nothing is under way."""
    gc.collect()
    ((inbox,),) = rows(database, "SELECT count(*) FROM inbox")
    wal = database.with_name(f"{database.name}-wal")
    resident = _resident()
    ctypes.CDLL(None).malloc_trim(0)
    return Sample(
        memory=_resident(),
        resident=resident,
        blocks=sys.getallocatedblocks(),
        objects=len(gc.get_objects()),
        tasks=len(asyncio.all_tasks()),
        files=len(os.listdir("/proc/self/fd")),  # noqa: PTH208 - names are enough
        wal=wal.stat().st_size if wal.exists() else 0,
        inbox=inbox,
    )


def rows(database: Path, query: str, *values: object) -> list[tuple[Any, ...]]:
    """Ask a SQLite file past the bot, whose own questions are watched for reading too much."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return connection.execute(query, values).fetchall()


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE


def growth(values: Sequence[float]) -> float:
    """By how much a straight line through the values (least squares) rises from the first to the last."""
    middle, mean = (len(values) - 1) / 2, sum(values) / len(values)
    spread = sum((at - middle) ** 2 for at in range(len(values)))
    slope = sum((at - middle) * (value - mean) for at, value in enumerate(values)) / spread
    return slope * (len(values) - 1)


def grown(samples: Sequence[Sample], slack: Mapping[str, float]) -> dict[str, float]:
    """What rose by more than its slack: a part of what it was at first or, from 1 on, so many."""
    found = {}
    for name, allowed in slack.items():
        values = [float(asdict(each)[name]) for each in samples]
        limit = allowed if allowed >= 1 else allowed * values[0]
        if (rise := growth(values)) > limit:
            found[name] = rise
    return found
