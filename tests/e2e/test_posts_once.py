"""Posts and crashes: what is promised for the moment between Telegram's acceptance and our commit."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import pytest

from bot.compose import App
from bot.send import Sender
from domain.schedule import PostKind, PostState
from domain.services.posts import LEASE, PostService
from tests.e2e.weekly import at, change, killed_in, states, take_turns, until

if TYPE_CHECKING:
    from integrations.sandbox.telegram import MessageView
    from tests.e2e.world import Errors, World

REMINDER, DIGEST = at(3, 18), at(8, 20)


@pytest.fixture
async def club(club: World) -> World:
    """Ana and Ben are on the roster, and Heat is picked."""
    for person in (club.ana, club.ben):
        await club.say(person, "/join")
    await club.pick(club.ana, "/movie heat 1995", "Heat (1995)")
    return club


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is killed does not wait for what is under way."""
    monkeypatch.setattr("bot.compose.DRAIN", 0)
    monkeypatch.setattr("bot.jobs.posts.GIVING_BACK", 0)


def posted(world: World, text: str) -> list[MessageView]:
    """The bot's messages that say something."""
    messages = world.telegram.messages(world.group)
    return [m for m in messages if m.sender_id == world.telegram.bot.id and text in (m.text or m.caption)]


async def pass_lease(world: World) -> None:
    await world.clock.leap(LEASE.total_seconds())
    await world.settle()


@pytest.mark.usefixtures("quick")
async def test_a_reminder_cut_off_before_it_was_sent_is_left_out(club: World) -> None:
    await killed_in(club, Sender, "post", REMINDER)
    await pass_lease(club)
    assert posted(club, "room for") == []
    assert (await states(club, PostKind.PICK_REMINDER))[10] is PostState.SENT


@pytest.mark.usefixtures("quick")
async def test_a_reminder_cut_off_after_it_was_sent_is_not_repeated(club: World) -> None:
    await killed_in(club, PostService, "settle", REMINDER)
    await pass_lease(club)
    assert len(posted(club, "room for")) == 1
    assert (await states(club, PostKind.PICK_REMINDER)) == {10: PostState.SENT, 11: PostState.DUE}


@pytest.mark.usefixtures("quick")
async def test_a_digest_cut_off_before_it_was_sent_is_sent(club: World) -> None:
    await until(club, at(8, 19))
    await killed_in(club, Sender, "post", DIGEST)
    assert posted(club, "Week 10") == posted(club, "0/2 scored")[:1]
    await pass_lease(club)
    assert [message.photo is not None for message in posted(club, "Week 10")][-1]
    assert (await states(club, PostKind.DIGEST)) == {10: PostState.SENT, 11: PostState.DUE}


@pytest.mark.usefixtures("quick")
async def test_a_digest_cut_off_after_it_was_sent_comes_twice(club: World) -> None:
    await until(club, at(8, 19))
    await killed_in(club, PostService, "settle", DIGEST)
    await pass_lease(club)
    assert len([m for m in posted(club, "Week 10") if m.photo is not None]) == 2
    await pass_lease(club)
    assert len([m for m in posted(club, "Week 10") if m.photo is not None]) == 2


@pytest.mark.usefixtures("quick")
async def test_a_digest_that_ends_its_process_each_time_is_given_up(club: World) -> None:
    await until(club, at(8, 19))
    for moment in (DIGEST, DIGEST + LEASE, DIGEST + 2 * LEASE):
        await killed_in(club, Sender, "post", moment)
    await pass_lease(club)
    assert (await states(club, PostKind.DIGEST)) == {10: PostState.FAILED, 11: PostState.DUE}


@pytest.mark.usefixtures("quick")
async def test_a_turn_passes_on_once_whenever_the_process_ends(club: World) -> None:
    await change(club, movies=2)
    await club.say(club.cleo, "/join")
    await until(club, at(9, 10))
    await take_turns(club)
    await until(club, at(10, 19))
    line = (await club.ask(club.ana, "/turns")).text
    assert "This is Ana's week." in line
    await killed_in(club, Sender, "post", at(11, 18))
    await pass_lease(club)
    assert "This is Ben's week." in (await club.ask(club.ana, "/turns")).text


async def test_a_database_that_fails_after_the_sending_doubles_no_reminder(
    club: World, errors: Errors
) -> None:
    async def fails(*_: object) -> None:
        raise OSError("disk full")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PostService, "settle", fails)
        await until(club, REMINDER)
    assert len(errors.messages) == 1
    errors.messages.clear()
    await pass_lease(club)
    assert len(posted(club, "room for")) == 1


async def test_an_answer_lost_on_the_way_doubles_no_reminder(club: World) -> None:
    club.telegram.faults.drop_after("sendMessage")
    await until(club, REMINDER)
    await pass_lease(club)
    assert len(posted(club, "room for")) == 1


async def test_an_answer_lost_on_the_way_may_double_a_digest(club: World) -> None:
    await until(club, at(8, 19))
    club.telegram.faults.drop_after("sendPhoto", timed_out=True)
    await until(club, DIGEST)
    await pass_lease(club)
    assert len([m for m in posted(club, "Week 10") if m.photo is not None]) == 2


async def test_while_telegram_is_out_of_reach_posts_wait(club: World) -> None:
    club.telegram.faults.drop_before("sendMessage", times=5)
    await until(club, REMINDER)
    assert posted(club, "room for") == []
    await club.clock.advance(60)
    await club.settle()
    assert len(posted(club, "room for")) == 1


async def test_two_processes_on_one_database_double_nothing(club: World) -> None:
    groups = [club.group]
    for number in range(8):
        group = club.telegram.create_group(f"Club {number}", [club.ana])
        club.ana.add_bot(group)
        groups.append(group)
    await club.settle()
    other = App(club.settings, clock=club.clock, transport=club.transport)
    await other._bot.initialize()
    try:
        await club.clock.leap((REMINDER - club.clock.now()).total_seconds())
        at_work = asyncio.ensure_future(other.posts.run_due())
        while not at_work.done():
            await club.settle()
            await club.clock.advance(0.1)
        await at_work
        for group in groups:
            said = [m for m in club.telegram.messages(group) if "room for" in m.text]
            assert len(said) == 1, group.title
    finally:
        with contextlib.suppress(asyncio.CancelledError):
            await other._stop()
            await other.aclose()
