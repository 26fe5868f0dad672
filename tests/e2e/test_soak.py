"""A year of a fleet of clubs in six zones: every club gets its posts, and the bot holds on to nothing."""

from __future__ import annotations

import asyncio
import io
import logging
import random
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.logging import LogCaptureHandler
from PIL import Image
from sqlalchemy import Engine

from domain.isoweek import IsoWeek
from domain.schedule import PostKind
from storage.unit_of_work import SqlUnitOfWork
from tests.e2e.fleet import Fleet
from tests.e2e.steady import grown, sample
from tests.proofs import repeats

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.steady import Sample
    from tests.e2e.world import World

pytestmark = pytest.mark.proof

FIRST = IsoWeek(2026, 11)
SLACK = {
    "memory": repeats(50, 15) / 100,
    "resident": repeats(60, 20) / 100,
    "blocks": 25_000,
    "objects": 8_000,
    "tasks": 5,
    "files": 3,
    "wal": 0.3,
    "inbox": repeats(80, 30) / 100,
}
"""By how much the line through all weeks may rise, as a part of the first or in numbers: statements that
come for the first time, a week with more in it, a round of the scheduler that is under way just then. A few
weeks of a few clubs say little of memory and rows: the C library has not yet spread over the threads."""


@pytest.fixture(autouse=True)
def _every_bot_keeps_its_own_statements(monkeypatch: pytest.MonkeyPatch) -> None:
    """As outside of tests: what all bots of a run keep together (tests/statements.py) grows all the time."""
    monkeypatch.delattr(Engine, "_compiled_cache")


async def test_a_fleets_year_leaves_nothing_behind_and_a_leak_would_be_seen(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clubs, weeks, settled = repeats(8, 200), repeats(7, 52), repeats(4, 12)
    soak = Soak(world, tmp_path / "bot.db")
    await soak.found(clubs)
    samples = await soak.live(weeks)
    assert grown(samples[settled:], SLACK) == {}
    assert all(soak.came[kind] for kind in PostKind)

    hoard: list[object] = []
    begin = SqlUnitOfWork.__init__

    def hoards(unit: SqlUnitOfWork, *args: Any) -> None:
        begin(unit, *args)
        hoard.append(unit)

    monkeypatch.setattr(SqlUnitOfWork, "__init__", hoards)
    assert "objects" in grown([samples[-1], *await soak.live(2)], SLACK)
    assert await soak.end() == clubs * (weeks + 2)


class Still:
    """The catalogues' pictures, all alike: drawing each of them is the sandbox's work, not the bot's."""

    def __init__(self) -> None:
        content = io.BytesIO()
        Image.new("RGB", (200, 300), "navy").save(content, "JPEG")
        self._content = content.getvalue()

    def poster(self, *_: object) -> bytes:
        return self._content

    cover = poster


class Soak:
    """Weeks of a fleet, each looked at when it is over."""

    def __init__(self, world: World, database: Path) -> None:
        world.catalogues._pictures = Still()  # type: ignore[assignment]
        self.world = world
        self.database = database
        self.fleet = Fleet(world, random.Random(2026))
        self.week = FIRST
        self.came: Counter[PostKind] = Counter()

    async def found(self, clubs: int) -> None:
        """The clubs, up to the first Sunday."""
        self.world.olga.start_bot()
        await self.fleet.found(clubs)
        await self.fleet.until(datetime(2026, 3, 8, 13, tzinfo=UTC))

    async def live(self, weeks: int) -> list[Sample]:
        """So many weeks; what the process held at the end of each."""
        samples = []
        for _ in range(weeks):
            await live_week(self.fleet, self.week)
            self._check()
            self.fleet.forget()
            forget_log()
            samples.append(sample(self.database))
            print(self.week, samples[-1], flush=True)  # noqa: T201 - the documents' figures
            self.week = self.week.next()
        return samples

    async def end(self) -> int:
        """Let the last week's digests come; how many weeks were begun in all."""
        await self.fleet.until(self.world.clock.now() + timedelta(days=1))
        self._check()
        return self.came[PostKind.NEW_WEEK]

    def _check(self) -> None:
        """All that was due in the week before this one has come."""
        self.fleet.count_posts()
        if self.week != FIRST:
            self.came += self.fleet.check_posts(self.week.previous(), self.database)


def forget_log() -> None:
    """What pytest has kept to show beside a failure: each record with the frames of its error."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, LogCaptureHandler):
            handler.reset()


async def live_week(fleet: Fleet, week: IsoWeek) -> None:
    """From one Sunday to the next: picks, scores, takes, coming and going, backups, purges."""
    world = fleet.world
    movies = [movie.title for movie in world.catalogues.movies]
    albums = [album.title for album in world.catalogues.albums]
    monday = datetime.combine(week.monday, time(), UTC)

    async def come(day: int, hour: int) -> None:
        await fleet.until(monday + timedelta(days=day, hours=hour))

    await come(0, 20)
    fleet.trouble()
    await fleet.pick("/movie", movies, 0.7, week)
    await come(1, 16)
    await fleet.pick("/album", albums, 0.3, week)
    await come(2, 10)
    await fleet.lose_and_find(0.02)
    await keep_house(world)
    fleet.trouble()
    await fleet.score(0.5)
    await come(4, 10)
    await fleet.score(0.4)
    await fleet.take(0.4)
    await come(5, 12)
    await fleet.look(0.4)
    await fleet.come_and_go(0.05)
    await come(6, 13)
    await keep_house(world)


async def keep_house(world: World) -> None:
    """What the scheduler does by the real clock: the backup that is due, the purges, the minutely look."""
    await world.app.backups_job.wake()
    await world.settle()
    rounds = [asyncio.ensure_future(work) for work in (world.app._housekeeping.run(), world.app.watch.run())]
    await world.settle()
    await asyncio.gather(*rounds)
