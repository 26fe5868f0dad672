"""What is settled twice, ends its process again and again, or is somebody's own."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from domain.clubs import Settings
from domain.schedule import PostKind, PostState, Schedule
from domain.services.clubs import ClubService
from domain.services.digest import DigestService
from domain.services.posts import ATTEMPTS, CLUBS_AT_ONCE, LEASE, OwnDigests, PostService
from domain.services.weeks import WeekService
from tests.storage import scenes

if TYPE_CHECKING:
    from domain.clubs import Club, User
    from domain.schedule import Post
    from storage.database import Database
    from tests.fakes import FakeClock


async def held(database: Database, club: Club, kind: PostKind) -> list[Post]:
    """All occurrences of a kind a club ever had."""
    async with database.store().read() as tx:
        return [post for post in await tx.posts.of_club(club.id, open_only=False) if post.kind is kind]


async def until(clock: FakeClock, post: Post) -> None:
    await clock.leap((post.due_at - clock.now()).total_seconds())


async def test_a_post_that_is_settled_twice_has_one_after_it(database: Database, clock: FakeClock) -> None:
    club, posts = await scenes.a_club(database), PostService(database.store(), clock)
    await posts.reschedule(club)
    (new_week,) = await held(database, club, PostKind.NEW_WEEK)
    await until(clock, new_week)
    claimed = await posts.claim(new_week)
    assert claimed is not None
    await clock.leap(LEASE.total_seconds() + 1)
    assert await posts.claim(new_week) is None
    await posts.settle(claimed, PostState.SENT)
    states = [post.state for post in await held(database, club, PostKind.NEW_WEEK)]
    assert states == [PostState.SENT, PostState.DUE]


async def a_reader(database: Database, clock: FakeClock) -> tuple[Club, User]:
    """Ana's private chat, a group of hers with a revealed pick, and her wish for digests."""
    ana, ben = await scenes.a_user(database, 1), await scenes.a_user(database, 2, "Ben")
    group = await scenes.a_club(database, ana, ben)
    heat = await scenes.a_work(database)
    await scenes.a_pick(database, group, ana, heat)
    async with database.store().write() as tx:
        settings = Settings(schedule=Schedule.of_one())
        own = await tx.clubs.add(1, "Ana", private=True, settings=settings)
        await tx.commit()
    await WeekService(database.store(), clock).reveal(group, "", admin=True)
    await DigestService(database.store(), clock).want(ana, own, wants=True)
    await PostService(database.store(), clock).reschedule(own)
    return await ClubService(database.store(), clock).of_chat(1), ana


async def test_a_private_digest_that_ends_its_process_each_time_is_given_up(
    database: Database, clock: FakeClock
) -> None:
    own, _ = await a_reader(database, clock)
    posts = PostService(database.store(), clock)
    (digest,) = await held(database, own, PostKind.DIGEST)
    await until(clock, digest)
    for _ in range(ATTEMPTS):
        claimed = await posts.claim(digest)
        assert claimed is not None
        assert isinstance(claimed.content, OwnDigests)
        await clock.leap((LEASE + timedelta(seconds=1)).total_seconds())
    assert await posts.claim(digest) is None
    assert (await held(database, own, PostKind.DIGEST))[0].state is PostState.FAILED


async def test_the_week_of_a_private_chat_is_revealed_also_where_digests_of_groups_are_read(
    database: Database, clock: FakeClock
) -> None:
    own, ana = await a_reader(database, clock)
    alien = await scenes.a_work(database, scenes.an_album())
    pick = await scenes.a_pick(database, own, ana, alien)
    (digest,) = await held(database, own, PostKind.DIGEST)
    await until(clock, digest)
    assert await PostService(database.store(), clock).claim(digest) is not None
    card = await WeekService(database.store(), clock).pick_card(own, pick.id)
    assert card.pick.revealed_at == clock.now()


async def test_a_group_that_lost_the_bot_hides_no_other_from_its_readers_digest(
    database: Database, clock: FakeClock
) -> None:
    ana = await scenes.a_user(database, 1)
    lost = await scenes.a_club(database, ana, chat_id=-1)
    awake = await scenes.a_club(database, ana, chat_id=-2)
    heat = await scenes.a_work(database)
    for club in (lost, awake):
        await scenes.a_pick(database, club, ana, heat)
        await WeekService(database.store(), clock).reveal(club, "", admin=True)
    await ClubService(database.store(), clock).lose(-1)
    digests = await DigestService(database.store(), clock).of_clubs(ana)
    assert [digest.club.id for digest in digests] == [awake.id]


async def test_every_club_from_before_there_was_a_schedule_is_put_on_it(
    database: Database, clock: FakeClock
) -> None:
    clubs = [await scenes.a_club(database, chat_id=-number) for number in range(1, CLUBS_AT_ONCE + 2)]
    await PostService(database.store(), clock).take_up()
    for club in clubs:
        assert len(await held(database, club, PostKind.DIGEST)) == 1
