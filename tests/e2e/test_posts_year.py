"""A year of a club of six in Berlin, with restarts and crashes: every post comes once, and never early."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from bot.send import Sender
from domain.isoweek import IsoWeek
from domain.schedule import PostKind, PostState, Schedule
from domain.services.posts import LEASE, PostService
from tests.e2e.weekly import change, club_of, killed_in, rezone, schedule_of, take_turns, until

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from domain.clubs import User
    from domain.schedule import Post
    from tests.e2e.world import World

pytestmark = pytest.mark.proof

BERLIN = ZoneInfo("Europe/Berlin")
FIRST, LAST = IsoWeek(2026, 11), IsoWeek(2027, 10)
QUIET = (IsoWeek(2026, 31), IsoWeek(2026, 32), IsoWeek(2026, 52), IsoWeek(2026, 53))
"""The club's holidays: two weeks in summer and two at the turn of the year, which has a week 53."""
AWAY = (IsoWeek(2026, 20), IsoWeek(2026, 28))
"""Cleo is away from the first of these weeks until the other."""
SAYS = {
    PostKind.NEW_WEEK: " begins.",
    PostKind.PICK_REMINDER: "This week has room",
    PostKind.HANDOVER: "takes over",
    PostKind.SCORE_REMINDER: "Still to answer: ",
}
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffc00011080001000103012200021101031101ffd9")

Occurrence = tuple[PostKind, IsoWeek]


async def test_a_year(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.compose.DRAIN", 0)
    monkeypatch.setattr("bot.jobs.posts.GIVING_BACK", 0)
    monkeypatch.setattr("bot.jobs.posts.draw", lambda *_: JPEG)
    chance = random.Random(2026)
    friends = await six(world)
    await until(world, datetime(2026, 3, 8, 22, tzinfo=UTC))

    cut_off: dict[Occurrence, str] = {}
    week = FIRST
    while week <= LAST:
        await holidays(world, friends, week)
        restarts = set(chance.sample(range(5), 2))
        scorers = chance.sample(friends, chance.randint(0, 6))
        for number, kind in enumerate(PostKind):
            due_at = Schedule().of(kind).due(week, BERLIN)
            if week not in QUIET and chance.random() < 0.15:
                moment = chance.choice(["before", "after"])
                where, method = (Sender, "post") if moment == "before" else (PostService, "settle")
                if await killed_in(world, where, method, due_at):
                    cut_off[kind, week] = moment
                    await until(world, due_at + LEASE)
            else:
                await until(world, due_at + timedelta(hours=chance.choice([0, 0, 0, 1, 3])))
            if number in restarts:
                await world.restart()
                await world.settle()
            if week in QUIET:
                continue
            if AWAY[0] <= week < AWAY[1]:
                assert (await owner_of(world)).name != "Cleo"
            if kind is PostKind.PICK_REMINDER and chance.random() < 0.7:
                await pick(world)
            if kind is PostKind.SCORE_REMINDER:
                await score(world, scorers[:3], week, chance)
        week = week.next()

    assert len(cut_off) > 10
    held = {(post.kind, post.week): post for post in await schedule_of(world) if FIRST <= post.week <= LAST}
    check_all_came(held)
    found = arrived(world)
    assert all(sum(n for (kind, _), n in found.items() if kind is each) > 5 for each in PostKind)
    check_counts(held, found, cut_off)


async def six(world: World) -> list[User]:
    """Six on the roster, who pick by turns."""
    more = [world.telegram.create_person(name, language_code="en") for name in ("Dana", "Emil", "Fay")]
    people = [world.ana, world.ben, world.cleo, *more]
    world.group = world.telegram.create_group("Six of us", people)
    await world.found_club()
    for person in people:
        await world.say(person, "/join")
    await world.pick(world.ana, "/movie heat 1995", "Heat (1995)")
    await rezone(world, "Europe/Berlin")
    club = await take_turns(world)
    return [member.user for member in await world.app.services().clubs.roster(club)]


async def holidays(world: World, friends: Sequence[User], week: IsoWeek) -> None:
    """Before a week begins: the club pauses for the quiet ones ahead, Cleo goes away and comes back."""
    if week in QUIET and week.previous() not in QUIET:
        back = next(each for each in _from(week) if each not in QUIET)
        await change(world, paused_until=back.monday)
    if week == AWAY[0]:
        cleo = next(friend for friend in friends if friend.name == "Cleo")
        await world.app.services().turns.away(await club_of(world), cleo, AWAY[1].monday)


def _from(week: IsoWeek) -> Iterator[IsoWeek]:
    while True:
        yield week
        week = week.next()


async def owner_of(world: World) -> User:
    """Whose week it is."""
    owner = (await world.app.services().weeks.current(await club_of(world))).owner
    assert owner is not None
    return owner


async def pick(world: World) -> None:
    """Whose turn it is picks the only work there is, again."""
    services, club = world.app.services(), await club_of(world)
    await services.weeks.pick(club, await owner_of(world), 1, admin=False, again=True)


async def score(world: World, scorers: Sequence[User], week: IsoWeek, chance: random.Random) -> None:
    """Some score this week's pick, if there is one."""
    services, club = world.app.services(), await club_of(world)
    card = await services.weeks.current(club)
    assert card.iso == week
    for each in card.picks:
        for user in scorers:
            await services.ratings.rate(club, user, each.pick.id, chance.randint(1, 10))


def check_all_came(held: dict[Occurrence, Post]) -> None:
    """Each kind was on the schedule in each week but the quiet ones, and nothing is open or failed.

    A quiet week has nothing but, maybe, a digest that waited in vain for something to tell.
    """
    week = FIRST
    while week <= LAST:
        for kind in PostKind:
            if week in QUIET:
                waited = kind is PostKind.DIGEST and (kind, week) in held
                assert held[kind, week].state is PostState.SKIPPED if waited else (kind, week) not in held
                continue
            post = held[kind, week]
            assert post.state in {PostState.SENT, PostState.SKIPPED}, post
            assert post.due_at == Schedule().of(kind).due(week, BERLIN)
        week = week.next()


def arrived(world: World) -> Counter[Occurrence]:
    """The posts in the group, by what they say and when; none is there before its time."""
    found: Counter[Occurrence] = Counter()
    for message in world.telegram.messages(world.group):
        moment = datetime.fromtimestamp(message.date, UTC)
        week = IsoWeek.at(moment, BERLIN)
        if week < FIRST:
            continue
        kinds = [kind for kind, words in SAYS.items() if words in message.text]
        if message.photo is not None:
            kinds = [PostKind.DIGEST]
        assert not (kinds and week in QUIET), message.text
        for kind in kinds:
            assert moment >= Schedule().of(kind).due(week, BERLIN)
            found[kind, week] += 1
    return found


def check_counts(
    held: dict[Occurrence, Post], found: Counter[Occurrence], cut_off: dict[Occurrence, str]
) -> None:
    """What was sent is there once; what was cut off, as promised."""
    for occurrence, post in held.items():
        expected = 1 if post.state is PostState.SENT else 0
        match cut_off.get(occurrence), post.kind:
            case "after", PostKind.DIGEST:
                expected = 2
            case "before", kind if kind is not PostKind.DIGEST:
                expected = 0
        assert found[occurrence] == expected, (occurrence, post, cut_off.get(occurrence))
