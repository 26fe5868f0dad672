"""What the digest tells of a week that people really had, and asking for it in private."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.pictures.digest import draw
from bot.views import digest as views
from domain.clubs import Picking
from domain.rarities import FactKind
from integrations.sandbox.telegram import MessageView
from tests.fakes import START

if TYPE_CHECKING:
    from domain.clubs import Club
    from domain.digest import Digest
    from integrations.sandbox.telegram import Person
    from tests.e2e.world import World

ENGLISH = "en"


async def record(world: World) -> Club:
    """The group's club as it is stored."""
    async with world.app.database.store().read() as tx:
        club = await tx.clubs.by_chat(world.group.id)
    assert club is not None
    return club


async def told(world: World, weeks_ago: int = 0) -> Digest | None:
    """The digest of a week as it stands."""
    club = await record(world)
    week = club.week(world.clock.now() - timedelta(weeks=weeks_ago))
    return await world.app.services().digest.build(club, week)


async def digest(world: World) -> Digest:
    found = await told(world)
    assert found is not None
    return found


@pytest.fixture
async def card(club: World) -> MessageView:
    """A week's card with one movie; three are on the roster."""
    for person in (club.ana, club.ben, club.cleo):
        await club.say(person, "/join")
    return await club.pick(club.ana, "/movie heat 1995", "Heat (1995)")


async def answer(world: World, card: MessageView, *buttons: str) -> None:
    for person, button in zip((world.ana, world.ben, world.cleo), buttons, strict=False):
        await world.press(person, card, button)


async def test_a_week_without_picks_has_no_digest(club: World, card: MessageView) -> None:
    assert await told(club, weeks_ago=1) is None


async def test_the_generous_the_harsh_and_the_averages(club: World, card: MessageView) -> None:
    await answer(club, card, "5", "2", "4")
    week = await digest(club)
    assert week.generous is not None
    assert week.harsh is not None
    assert [member.user.name for member in week.generous.members] == ["Ana"]
    assert [member.user.name for member in week.harsh.members] == ["Ben"]
    assert week.week.picks[0].tally.average == pytest.approx(22 / 3)
    assert week.missing == ()
    assert week.fact is None
    assert week.next_owner is None


async def test_before_the_reveal_a_digest_gives_nothing_away(club: World, card: MessageView) -> None:
    await answer(club, card, "5", "2")
    week = await digest(club)
    assert (week.generous, week.harsh, week.fact) == (None, None, None)
    assert [user.name for user in week.missing] == ["Cleo"]
    t = club.app.languages.match(ENGLISH)
    assert "★" not in views.message(t, week).text


async def test_who_did_not_watch_has_answered(club: World, card: MessageView) -> None:
    await answer(club, card, "5", "2", "Didn't watch")
    assert (await digest(club)).missing == ()


async def test_it_says_whose_turn_the_next_week_is(club: World, card: MessageView) -> None:
    club_then = await record(club)
    turns = replace(club_then.settings, picking=Picking.TURNS)
    await club.app.services().clubs.change(club_then, turns, admin=True)
    first = (await digest(club)).next_owner
    assert first is not None
    assert first.name == "Ana"
    await club.app.services().turns.away(await record(club), first, START.date() + timedelta(weeks=3))
    away_first = (await digest(club)).next_owner
    assert away_first is not None
    assert away_first.name == "Ben"


async def test_a_work_that_was_a_pick_before_is_the_rare_fact(club: World, card: MessageView) -> None:
    await answer(club, card, "5", "2", "4")
    await club.clock.leap(timedelta(weeks=3).total_seconds())
    hits = await club.ask(club.ben, "/movie heat 1995")
    await club.press(club.ben, hits, "Heat (1995)")
    await club.press(club.ben, hits, "Pick")
    await club.press(club.ben, hits, "Pick it again")
    await club.press(club.cleo, club.last(), "3")
    fact = (await digest(club)).fact
    assert fact is not None
    assert fact.kind is FactKind.AGAIN
    assert fact.week == (await record(club)).week(START)


async def test_the_picture_has_the_posters_of_the_catalogues(club: World, card: MessageView) -> None:
    await answer(club, card, "5", "2", "4")
    week = await digest(club)
    work = week.week.picks[0].pick.work
    assert work.image is not None
    poster = await club.app.posters.fetch(work.image)
    assert poster is not None
    t = club.app.languages.match(ENGLISH)
    assert draw(t, week, {work.id: poster}) != draw(t, week, {})


# In private


async def private_digests(world: World, person: Person) -> tuple[Digest, ...]:
    async with world.app.database.store().read() as tx:
        user = await tx.users.by_telegram_id(person.id)
    assert user is not None
    return await world.app.services().digest.of_clubs(user)


async def wants(world: World, person: Person) -> bool:
    async with world.app.database.store().read() as tx:
        user = await tx.users.by_telegram_id(person.id)
    assert user is not None
    return user.wants_digest


async def test_a_private_digest_is_asked_for_and_given_up_with_a_button(club: World) -> None:
    club.ben.start_bot()
    await club.settle()
    message = await club.ask(club.ben, "/digest", club.ben.private)
    assert not await wants(club, club.ben)
    assert (await club.press(club.ben, message, "Yes, please")).toast == "On."
    assert await wants(club, club.ben)
    assert "I send you the digests" in club.now(message).text
    assert (await club.press(club.ben, message, "No longer")).toast == "Off."
    assert not await wants(club, club.ben)


async def test_in_a_group_it_says_where_to_ask(club: World) -> None:
    assert "write /digest to me in private" in (await club.ask(club.ben, "/digest")).text


async def test_private_digests_are_of_weeks_that_are_revealed(club: World, card: MessageView) -> None:
    await answer(club, card, "5", "2")
    assert await private_digests(club, club.ana) == ()
    await answer(club, card, "5", "2", "4")
    (mine,) = await private_digests(club, club.ana)
    assert mine.club.title == "Film club"
    await club.clock.leap(timedelta(weeks=1).total_seconds())
    assert [one.week.iso for one in await private_digests(club, club.ana)] == [mine.week.iso]
    await club.clock.leap(timedelta(weeks=1).total_seconds())
    assert await private_digests(club, club.ana) == ()


async def test_private_digests_leave_out_clubs_one_has_left_and_ones_own_chat(
    club: World, card: MessageView
) -> None:
    await answer(club, card, "5", "2", "4")
    await club.say(club.ben, "/leave")
    assert await private_digests(club, club.ben) == ()
    club.cleo.start_bot()
    await club.settle()
    mine = await club.pick(club.cleo, "/movie alien 1979", "Alien (1979)", club.cleo.private)
    await club.press(club.cleo, mine, "4")
    assert [one.club.title for one in await private_digests(club, club.cleo)] == ["Film club"]
