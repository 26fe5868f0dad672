"""Moving through a club's weeks, and reading its schedule."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from domain.clubs import Picking, Settings
from domain.schedule import PostKind, PostState, Timing

if TYPE_CHECKING:
    from domain.clubs import Club
    from domain.schedule import Post
    from integrations.sandbox.telegram import Chat, MessageView
    from tests.e2e.world import World


def at(day: int, hour: int, minute: int = 0, *, month: int = 3) -> datetime:
    """A moment of 2026, in UTC; 2 March is a Monday, the first of week 10."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


async def until(world: World, moment: datetime) -> None:
    """Leap to a moment, and let come what is due by then."""
    await world.clock.leap((moment - world.clock.now()).total_seconds())
    await world.settle()


async def posts_until(world: World, moment: datetime, chat: Chat | None = None) -> list[MessageView]:
    """The same; what was posted into the chat meanwhile."""
    before = {message.id for message in world.telegram.messages(chat or world.group, deleted=True)}
    await until(world, moment)
    return [m for m in world.telegram.messages(chat or world.group) if m.id not in before]


async def club_of(world: World, chat: Chat | None = None) -> Club:
    """The club as it is stored."""
    async with world.app.database.store().read() as tx:
        club = await tx.clubs.by_chat((chat or world.group).id)
    assert club is not None
    return club


async def schedule_of(world: World, chat: Chat | None = None) -> tuple[Post, ...]:
    """All occurrences the club ever had on its schedule, in order of due time."""
    club = await club_of(world, chat)
    async with world.app.database.store().read() as tx:
        return await tx.posts.of_club(club.id, open_only=False)


async def states(world: World, kind: PostKind, chat: Chat | None = None) -> dict[int, PostState]:
    """What became of a kind's occurrences, by the week's number."""
    return {post.week.week: post.state for post in await schedule_of(world, chat) if post.kind is kind}


async def due_at(world: World, kind: PostKind) -> datetime | None:
    """When a kind's open occurrence is due."""
    due = [post.due_at for post in await schedule_of(world) if post.kind is kind and _open(post)]
    assert len(due) <= 1
    return due[0] if due else None


async def change(world: World, **values: object) -> Club:
    """An admin changes settings, by their names."""
    club = await club_of(world)
    settings: Settings = replace(club.settings, **values)  # type: ignore[arg-type]
    return await world.app.services().clubs.change(club, settings, admin=True)


async def retime(world: World, kind: PostKind, timing: Timing) -> Club:
    """An admin sets the time of a kind of post."""
    schedule = (await club_of(world)).settings.schedule
    return await change(world, schedule=replace(schedule, **{kind.value: timing}))


async def rezone(world: World, zone: str) -> Club:
    """An admin sets the zone."""
    return await change(world, zone=ZoneInfo(zone))


async def take_turns(world: World) -> Club:
    """An admin lets the roster pick by turns."""
    return await change(world, picking=Picking.TURNS)


async def killed_in(world: World, where: type, method: str, moment: datetime) -> bool:
    """Leap to a moment, let the process end in a call of this method, and start another one.

    False, and nothing ended, where what is due by then comes to no such call.
    """
    there = asyncio.Event()

    async def hangs(*_: object, **__: object) -> None:
        there.set()
        await asyncio.Event().wait()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(where, method, hangs)
        await world.clock.leap((moment - world.clock.now()).total_seconds())
        await world.still()
        while world.app.posts.busy and not there.is_set():
            if (due := world.clock.next_due()) is not None:
                await world.clock.advance(due)
            await world.still()
        if not there.is_set():
            return False
        await world.stop()
    await world.restart()
    await world.settle()
    return True


def _open(post: Post) -> bool:
    return post.state in {PostState.DUE, PostState.SENDING}
