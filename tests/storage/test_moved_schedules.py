"""Zones, times and clocks that move: no week of any post is repeated or left out."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from domain.schedule import PostKind, PostState, Timing
from domain.services.clubs import ClubService
from domain.services.posts import PostService
from tests.fakes import START, FakeClock
from tests.storage import scenes

if TYPE_CHECKING:
    from domain.clubs import Club, Settings
    from domain.isoweek import IsoWeek
    from storage.database import Database

PLACES = (
    "Pacific/Kiritimati",
    "Asia/Tokyo",
    "Europe/Berlin",
    "UTC",
    "America/Los_Angeles",
    "Pacific/Pago_Pago",
)
MOVED = (PostKind.NEW_WEEK, PostKind.PICK_REMINDER, PostKind.DIGEST)
STEP, WEEKS = timedelta(hours=3), 16
"""Shorter than a reminder may be late: what is left out is left out by the moving."""


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(3))
async def test_every_week_comes_once_however_often_zone_and_times_change(
    database: Database, clock: FakeClock, seed: int
) -> None:
    chance, club = random.Random(seed), await scenes.a_club(database)
    clubs, posts = ClubService(database.store(), clock), PostService(database.store(), clock)
    await posts.reschedule(club)
    for _ in range(timedelta(weeks=WEEKS) // STEP):
        await clock.leap(STEP.total_seconds())
        if chance.random() < 0.04:
            club = await clubs.change(club, moved(club, chance), admin=True)
        await sent(posts)

    weeks: defaultdict[PostKind, list[IsoWeek]] = defaultdict(list)
    async with database.store().read() as tx:
        for post in await tx.posts.of_club(club.id, open_only=False):
            weeks[post.kind].append(post.week)
            assert post.kind is not PostKind.NEW_WEEK or post.state is not PostState.SKIPPED
    for kind in MOVED:
        assert len(weeks[kind]) >= WEEKS
        assert all(one.next() == other for one, other in zip(weeks[kind], weeks[kind][1:], strict=False))


async def test_a_machine_whose_clock_is_put_back_repeats_nothing(
    database: Database, clock: FakeClock
) -> None:
    club, posts = await scenes.a_club(database), PostService(database.store(), clock)
    await posts.reschedule(club)
    came: list[tuple[PostKind, IsoWeek]] = []
    put_back = FakeClock(START + timedelta(days=3)), FakeClock(START - timedelta(weeks=1))
    for machine in (clock, *put_back):
        posts = PostService(database.store(), machine)
        for _ in range(timedelta(weeks=3) // STEP):
            await machine.leap(STEP.total_seconds())
            came += await sent(posts)
    assert [week.week for kind, week in came if kind is PostKind.NEW_WEEK] == [11, 12, 13]
    assert len(set(came)) == len(came)


async def sent(posts: PostService) -> list[tuple[PostKind, IsoWeek]]:
    """Send what is due; what had something to say."""
    found = []
    for post in await posts.due(100):
        claimed = await posts.claim(post)
        if claimed is not None:
            await posts.settle(claimed, PostState.SENT)
            found.append((post.kind, post.week))
    return found


def moved(club: Club, chance: random.Random) -> Settings:
    """The settings after an admin changed the zone, or a post's time."""
    settings = club.settings
    if chance.random() < 0.5:
        return replace(settings, zone=ZoneInfo(chance.choice(PLACES)))
    kind = chance.choice(MOVED)
    # What begins a week may not be moved beyond its end; the digest may come when it is over.
    day = chance.randint(1, 7 if kind is PostKind.DIGEST else 5)
    timing = Timing(day, 30 * chance.randrange(48))
    return replace(settings, schedule=replace(settings.schedule, **{kind.value: timing}))
