"""Does a screen take longer because there is more in the database, of others' and of long ago?

Every screen is asked of databases of several sizes, in each by a club that is the same: same weeks, same
members, same number of scores. SQLite's instructions are counted, and must be the same at every size; pages
read into an empty cache are counted, since a club's rows lie farther apart among more of others'; processor
time is taken by turns, warm. `python -m tests.benchmarks.growth` also prints how each screen finds its rows.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import geometric_mean, median
from time import process_time
from typing import TYPE_CHECKING

from storage.database import create
from tests import plans
from tests.benchmarks.figures import RATIO, Figure
from tests.benchmarks.filling import Size, fill
from tests.benchmarks.screens import OF_ALL_CLUBS, SCREENS, Stage
from tests.benchmarks.statements import Cost, cost
from tests.fakes import FakeClock
from tests.proofs import repeats

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from tests.plans import Statement

SMALLEST, LARGEST = 10_000, repeats(1_000_000, 10_000_000)
WARM_UP, FEWEST, MOST = 3, 5, 41
SECONDS = repeats(1, 4)
"""For which a screen is timed, within those bounds."""
MORE_INSTRUCTIONS = 1.1
MORE_TIME = 2.0

_FOUND = re.compile(
    r"(?:SEARCH|SCAN) (\S+)(?: USING (?:COVERING )?(?:INDEX (\S+)|(?:INTEGER )?PRIMARY KEY))?"
)


@dataclass(frozen=True, slots=True)
class Seen:
    """One screen: what it asked at each size, what that cost, and seconds of the processor it took."""

    name: str
    asked: tuple[tuple[Statement, ...], ...]
    costs: tuple[Cost, ...]
    seconds: tuple[float, ...]

    @property
    def steps_ratio(self) -> float:
        """How many times the instructions of the smallest size the largest takes."""
        return self.costs[-1].steps / max(1, self.costs[0].steps)

    @property
    def time_ratio(self) -> float:
        """The same of processor time."""
        return self.seconds[-1] / self.seconds[0]


async def measure() -> Sequence[Figure]:
    """Fill a database of each size, ask all screens of each, and compare."""
    with tempfile.TemporaryDirectory() as folder:
        paths: list[Path] = []
        total = SMALLEST
        while total <= LARGEST:
            paths.append(Path(folder) / f"{total}.db")
            await asyncio.to_thread(fill, paths[-1], Size(total))
            print(f"growth: {total:,} ratings in {paths[-1].stat().st_size >> 20} MB", flush=True)
            total *= 10
        seen = await look(paths)
        _tell(paths[-1], seen)
    return _figures(seen)


async def look(paths: Sequence[Path]) -> list[Seen]:
    """Ask everything of each of these files, which are named after their sizes."""
    stages: list[Stage] = []
    for path in paths:
        clock = FakeClock()
        database = create(f"sqlite:///{path}", clock)
        stages.append(await Stage.of(database, clock, Size(int(path.stem))))
    heard = []
    for name, screen in {**SCREENS, **OF_ALL_CLUBS}.items():
        asked = []
        for stage in stages:
            with plans.heard(stage.database) as statements:
                await screen(stage)
            asked.append(tuple(statements))
        heard.append((name, tuple(asked), await _timed(screen, stages)))
    for stage in stages:
        await stage.database.close()
    return [
        Seen(name, asked, tuple(cost(path, each) for path, each in zip(paths, asked, strict=True)), seconds)
        for name, asked, seconds in heard
    ]


async def _timed(screen: Callable[[Stage], Awaitable[None]], stages: Sequence[Stage]) -> tuple[float, ...]:
    """Medians of processor time; the sizes by turns, so that what else the machine does hits them alike."""
    taken: list[list[float]] = [[] for _ in stages]
    for turn in range(-WARM_UP, MOST):
        for stage, times in zip(stages, taken, strict=True):
            began = process_time()
            await screen(stage)
            if turn >= 0:
                times.append(process_time() - began)
        if turn >= FEWEST and sum(map(sum, taken)) > SECONDS:
            break
    return tuple(median(times) for times in taken)


def _figures(seen: Sequence[Seen]) -> list[Figure]:
    of_clubs = [one for one in seen if one.name in SCREENS]
    figures = [
        Figure(f"growth: {one.name}, instructions", one.steps_ratio, RATIO, target=MORE_INSTRUCTIONS)
        for one in of_clubs
    ]
    figures += [Figure(f"growth: {one.name}", one.seconds[-1] * 1e3, "ms of CPU") for one in seen]
    figures += [
        Figure(
            "growth: time, the worst screen",
            max(one.time_ratio for one in of_clubs),
            "times",
            target=MORE_TIME,
        ),
        Figure(
            "growth: time, the mean screen",
            geometric_mean([one.time_ratio for one in of_clubs]),
            RATIO,
            target=1.5,
        ),
    ]
    return figures


def _tell(path: Path, seen: Sequence[Seen]) -> None:
    """Print a line for each screen, and how its dearest statement finds its rows."""
    print("growth: screen, statements, instructions | pages | ms of CPU at each size; where most of it goes")
    for one in seen:
        dearest = max(one.asked[-1], key=lambda statement: cost(path, [statement]).steps)
        with closing(sqlite3.connect(path)) as connection:
            found = [_FOUND.match(step) for step in plans.plan(connection, dearest)]
        ways = dict.fromkeys(f"{match[1]} ({match[2] or 'key'})" for match in found if match)
        print(
            f"{one.name:22} {len(one.asked[-1]):3}"
            f"  {' '.join(f'{each.steps:,}' for each in one.costs)}"
            f" | {' '.join(f'{each.pages:,}' for each in one.costs)}"
            f" | {' '.join(f'{each * 1e3:.1f}' for each in one.seconds)}"
            f"; {', '.join(ways)}",
            flush=True,
        )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        files = [Path(name) for name in sys.argv[1:]]
        _tell(files[-1], asyncio.run(look(files)))
    else:
        asyncio.run(measure())
