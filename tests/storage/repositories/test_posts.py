"""The schedule, read back through another connection, and claimed by several at once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from domain.isoweek import IsoWeek
from domain.schedule import Post, PostKind, PostState
from storage.database import create
from tests.fakes import START, FakeClock
from tests.storage import scenes
from tests.storage.scenes import WEEK

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from domain.clubs import Club
    from storage.database import Database

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
async def club(database: Database) -> Club:
    return await scenes.a_club(database)


async def _scheduled(
    database: Database,
    club: Club,
    kind: PostKind = PostKind.DIGEST,
    week: IsoWeek = WEEK,
    due_at: datetime = START,
) -> Post:
    async with database.store().keep() as unit:
        assert await unit.posts.ensure(club.id, kind, week, due_at)
        await unit.commit()
    async with database.store().read() as unit:
        (post,) = [
            post for post in await unit.posts.of_club(club.id) if (post.kind, post.week) == (kind, week)
        ]
    return post


async def _claimed(database: Database, post: Post, now: datetime, lease: timedelta = MINUTE) -> Post | None:
    async with database.store().keep() as unit:
        claimed = await unit.posts.claim(post.id, now, now + lease)
        await unit.commit()
    return claimed


async def _settled(
    database: Database, post: Post, state: PostState, now: datetime, message_id: int | None = None
) -> None:
    async with database.store().keep() as unit:
        await unit.posts.settle(post.id, state, now, message_id)
        await unit.commit()


async def _due(database: Database, now: datetime, limit: int = 100) -> tuple[Post, ...]:
    async with database.store().read() as unit:
        return await unit.posts.due(now, limit)


async def _all_of(database: Database, club: Club) -> tuple[Post, ...]:
    async with database.store().read() as unit:
        return await unit.posts.of_club(club.id, open_only=False)


async def test_an_occurrence_is_put_on_the_schedule_once(database: Database, club: Club) -> None:
    post = await _scheduled(database, club)
    assert post == Post(post.id, club.id, PostKind.DIGEST, WEEK, START, PostState.DUE)
    async with database.store().keep() as unit:
        assert not await unit.posts.ensure(club.id, PostKind.DIGEST, WEEK, START + DAY)
        await unit.commit()
    assert await _all_of(database, club) == (post,)


@pytest.mark.parametrize("state", [PostState.SENT, PostState.SKIPPED, PostState.FAILED])
async def test_an_occurrence_that_is_over_never_comes_back(
    database: Database, club: Club, state: PostState
) -> None:
    post = await _scheduled(database, club)
    assert await _claimed(database, post, START) is not None
    await _settled(database, post, state, START)
    async with database.store().keep() as unit:
        assert not await unit.posts.ensure(club.id, PostKind.DIGEST, WEEK, START + DAY)
        assert not await unit.posts.reschedule(post.id, START + DAY)
        await unit.posts.withdraw(club.id, list(PostKind))
        assert await unit.posts.claim(post.id, START + DAY, START + DAY + MINUTE) is None
        await unit.commit()
    assert [(stored.state, stored.due_at) for stored in await _all_of(database, club)] == [(state, START)]
    assert await _due(database, START + 7 * DAY) == ()


async def test_each_kind_week_and_club_has_its_own_occurrence(database: Database, club: Club) -> None:
    other = await scenes.a_club(database, chat_id=-200)
    posts = [
        await _scheduled(database, club),
        await _scheduled(database, club, PostKind.NEW_WEEK),
        await _scheduled(database, club, week=WEEK.next()),
        await _scheduled(database, other),
    ]
    assert len({post.id for post in posts}) == 4


async def test_what_is_due_comes_in_order_of_time_and_not_early(database: Database, club: Club) -> None:
    other = await scenes.a_club(database, chat_id=-200)
    late = await _scheduled(database, club, due_at=START + 2 * HOUR)
    first = await _scheduled(database, other, due_at=START)
    second = await _scheduled(database, club, PostKind.NEW_WEEK, due_at=START + HOUR)
    equal = await _scheduled(database, other, PostKind.NEW_WEEK, due_at=START + HOUR)

    assert await _due(database, START - timedelta(microseconds=1)) == ()
    assert await _due(database, START) == (first,)
    assert await _due(database, START + HOUR) == (first, second, equal)
    assert await _due(database, START + DAY) == (first, second, equal, late)
    assert await _due(database, START + DAY, limit=2) == (first, second)


async def test_a_sleeping_club_has_nothing_due_until_it_wakes(database: Database, club: Club) -> None:
    post = await _scheduled(database, club)
    other = await scenes.a_club(database, chat_id=-200)
    theirs = await _scheduled(database, other, due_at=START + HOUR)
    async with database.store().keep() as unit:
        await unit.clubs.set_asleep(club.id, asleep=True)
        await unit.commit()
    assert await _due(database, START + DAY) == (theirs,)
    async with database.store().read() as unit:
        assert await unit.posts.next_due(START - DAY) == START + HOUR
        assert await unit.posts.of_club(club.id) == (post,)
    async with database.store().keep() as unit:
        await unit.clubs.set_asleep(club.id, asleep=False)
        await unit.commit()
    assert await _due(database, START + DAY) == (post, theirs)


async def test_what_is_put_on_the_schedule_of_a_sleeping_club_waits_until_it_wakes(
    database: Database, club: Club
) -> None:
    async with database.store().keep() as unit:
        await unit.clubs.set_asleep(club.id, asleep=True)
        await unit.commit()
    post = await _scheduled(database, club)
    assert await _due(database, START + DAY) == ()
    async with database.store().read() as unit:
        assert await unit.posts.count_due(START + DAY) == 0
        assert await unit.posts.next_due(START - DAY) is None
    async with database.store().keep() as unit:
        await unit.clubs.set_asleep(club.id, asleep=False)
        await unit.commit()
    assert await _due(database, START + DAY) == (post,)


async def test_who_is_awake_and_has_nothing_on_the_schedule_is_known(database: Database, club: Club) -> None:
    bare, sleeping = [await scenes.a_club(database, chat_id=chat) for chat in (-200, -300)]
    post = await _scheduled(database, club)
    async with database.store().keep() as unit:
        await unit.clubs.set_asleep(sleeping.id, asleep=True)
        assert await unit.clubs.unscheduled() == (bare,)
        await unit.posts.settle(post.id, PostState.SENT, START)
        assert await unit.clubs.unscheduled() == (club, bare)


async def test_a_claim_holds_until_its_lease_is_over(database: Database, club: Club) -> None:
    post = await _scheduled(database, club)
    claimed = await _claimed(database, post, START)
    assert claimed == Post(
        post.id, club.id, PostKind.DIGEST, WEEK, START, PostState.SENDING, 1, START + MINUTE
    )
    almost = START + MINUTE - timedelta(microseconds=1)
    assert await _due(database, almost) == ()
    assert await _claimed(database, post, almost) is None

    assert await _due(database, START + MINUTE) == (claimed,)
    again = await _claimed(database, post, START + MINUTE)
    assert again is not None
    assert (again.attempt, again.lease_until) == (2, START + 2 * MINUTE)
    assert await _due(database, START + MINUTE) == ()


async def test_what_is_given_back_is_due_as_before(database: Database, club: Club) -> None:
    post = await _scheduled(database, club)
    await _claimed(database, post, START)
    async with database.store().keep() as unit:
        assert not await unit.posts.release(post.id, 2)
        assert await unit.posts.release(post.id, 1)
        assert not await unit.posts.release(post.id, 1)
        await unit.commit()
    assert await _due(database, START) == (post,)

    await _claimed(database, post, START)
    await _settled(database, post, PostState.SENT, START)
    async with database.store().keep() as unit:
        assert not await unit.posts.release(post.id, 1)
        await unit.commit()
    assert await _due(database, START + DAY) == ()


async def test_what_is_claimed_stays_as_it_is(database: Database, club: Club) -> None:
    post = await _scheduled(database, club)
    claimed = await _claimed(database, post, START)
    async with database.store().keep() as unit:
        assert not await unit.posts.reschedule(post.id, START + DAY)
        await unit.posts.withdraw(club.id, [PostKind.DIGEST])
        await unit.commit()
    assert await _all_of(database, club) == (claimed,)


async def test_a_rescheduled_occurrence_is_not_claimed_before_its_new_time(
    database: Database, club: Club
) -> None:
    post = await _scheduled(database, club)
    assert await _due(database, START) == (post,)
    async with database.store().keep() as unit:
        assert await unit.posts.reschedule(post.id, START + HOUR)
        await unit.commit()
    assert await _claimed(database, post, START) is None
    assert await _due(database, START + HOUR - MINUTE) == ()
    assert await _claimed(database, post, START + HOUR) is not None


async def test_a_withdrawn_occurrence_can_be_put_on_again(database: Database, club: Club) -> None:
    await _scheduled(database, club)
    kept = await _scheduled(database, club, PostKind.NEW_WEEK)
    other = await _scheduled(database, await scenes.a_club(database, chat_id=-200))
    async with database.store().keep() as unit:
        await unit.posts.withdraw(club.id, [PostKind.DIGEST, PostKind.HANDOVER])
        await unit.posts.withdraw(club.id, [])
        await unit.commit()
    assert await _all_of(database, club) == (kept,)
    assert await _due(database, START) == (kept, other)
    again = await _scheduled(database, club, due_at=START + DAY)
    assert again.due_at == START + DAY


async def test_what_is_noted_first_about_an_occurrence_stands(database: Database, club: Club) -> None:
    post = await _scheduled(database, club)
    await _claimed(database, post, START)
    await _settled(database, post, PostState.SENT, START + MINUTE, message_id=77)
    await _settled(database, post, PostState.FAILED, START + HOUR)
    (stored,) = await _all_of(database, club)
    assert (stored.state, stored.message_id, stored.lease_until) == (PostState.SENT, 77, None)
    async with database.store().read() as unit:
        assert await unit.posts.of_club(club.id) == ()


async def test_the_latest_occurrence_is_that_of_the_latest_week(database: Database, club: Club) -> None:
    last_of_year, first_of_next = IsoWeek(2026, 53), IsoWeek(2027, 1)
    newest = await _scheduled(database, club, week=first_of_next, due_at=START)
    await _scheduled(database, club, week=last_of_year, due_at=START + DAY)
    await _scheduled(database, club, PostKind.NEW_WEEK, week=first_of_next.next())
    async with database.store().read() as unit:
        assert await unit.posts.latest(club.id, PostKind.DIGEST) == newest
        assert await unit.posts.latest(club.id, PostKind.HANDOVER) is None

    await _claimed(database, newest, START)
    await _settled(database, newest, PostState.SKIPPED, START)
    async with database.store().read() as unit:
        latest = await unit.posts.latest(club.id, PostKind.DIGEST)
    assert latest is not None
    assert (latest.week, latest.state) == (first_of_next, PostState.SKIPPED)


async def test_the_next_occurrence_lies_ahead(database: Database, club: Club) -> None:
    async with database.store().read() as unit:
        assert await unit.posts.next_due(START) is None
    overdue = await _scheduled(database, club, due_at=START)
    await _scheduled(database, club, PostKind.NEW_WEEK, due_at=START + DAY)
    await _scheduled(database, club, PostKind.HANDOVER, due_at=START + HOUR)
    await _claimed(database, overdue, START)
    async with database.store().read() as unit:
        assert await unit.posts.next_due(START - HOUR) == START + HOUR
        assert await unit.posts.next_due(START) == START + HOUR
        assert await unit.posts.next_due(START + HOUR) == START + DAY
        assert await unit.posts.next_due(START + DAY) is None


async def test_one_of_many_at_once_gets_the_claim(database: Database, club: Club) -> None:
    post = await _scheduled(database, club)
    claims = await asyncio.gather(*(_claimed(database, post, START) for _ in range(20)))
    assert [claim.attempt for claim in claims if claim is not None] == [1]


async def test_two_processes_on_one_file_share_the_work_out(
    sqlite_database: Database, tmp_path: Path
) -> None:
    """Each with connections of its own; every occurrence is claimed by one of them."""
    club = await scenes.a_club(sqlite_database)
    other = create(f"sqlite:///{tmp_path / 'wrong-opinions.db'}", FakeClock())
    week, posts = WEEK, []
    for _ in range(10):
        posts.append(await _scheduled(sqlite_database, club, week=week))
        week = week.next()

    async def work(database: Database) -> list[int]:
        return [post.id for post in posts if await _claimed(database, post, START) is not None]

    mine, theirs = await asyncio.gather(work(sqlite_database), work(other))
    await other.close()
    assert sorted(mine + theirs) == [post.id for post in posts]


async def test_a_crash_before_the_commit_leaves_the_occurrence_due(database: Database, club: Club) -> None:
    post = await _scheduled(database, club)
    async with database.store().keep() as unit:
        assert await unit.posts.claim(post.id, START, START + MINUTE) is not None
    assert await _due(database, START) == (post,)


async def test_a_migrated_group_keeps_its_schedule(database: Database, club: Club) -> None:
    post = await _scheduled(database, club)
    async with database.store().write() as unit:
        await unit.clubs.rekey(club.id, -1_000_000_000_100)
        await unit.commit()
    assert await _due(database, START) == (post,)
    async with database.store().read() as unit:
        keyed = await unit.clubs.get(post.club_id)
    assert keyed is not None
    assert keyed.chat_id == -1_000_000_000_100


async def test_a_removed_clubs_schedule_goes_with_it(database: Database, club: Club) -> None:
    await _scheduled(database, club)
    async with database.store().write() as unit:
        assert await unit.clubs.remove_empty(club.id)
        await unit.commit()
    assert await _all_of(database, club) == ()
