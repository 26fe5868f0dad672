"""Picking, replacing, removing, undoing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from domain.isoweek import IsoWeek

if TYPE_CHECKING:
    from integrations.sandbox.telegram import MessageView
    from tests.e2e.world import World

WEEK = timedelta(days=7).total_seconds()


async def card_of(world: World, command: str, hit: str) -> MessageView:
    """A work's card, opened by Ana."""
    hits = await world.ask(world.ana, command)
    await world.press(world.ana, hits, hit)
    return world.now(hits)


async def week(world: World) -> str:
    """What /week shows."""
    return (await world.ask(world.cleo, "/week")).text


async def test_a_movie_and_an_album_share_the_week(club: World) -> None:
    await club.pick(club.ana, "/movie heat 1995", "Heat (1995)")
    await club.pick(club.ben, "/album kind of blue", "Kind of Blue (1959)")
    text = await week(club)
    assert "Heat (1995) · picked by Ana" in text
    assert "Miles Davis – Kind of Blue (1959) · picked by Ben" in text


async def test_whoever_picks_is_on_the_roster(club: World) -> None:
    await club.pick(club.ben, "/movie heat 1995", "Heat (1995)")
    assert "Ben" in (await club.ask(club.ana, "/roster")).text


async def test_the_same_work_twice_in_a_week_is_refused_kindly(club: World) -> None:
    await club.pick(club.ana, "/movie heat 1995", "Heat (1995)")
    card = await card_of(club, "/movie heat 1995", "Heat (1995)")
    press = await club.press(club.ben, card, "Pick")
    assert press.alert
    assert press.toast == "Heat (1995) is this week's pick already."


async def test_a_full_slot_offers_to_replace_and_its_picker_may(club: World) -> None:
    await club.pick(club.ben, "/movie heat 1995", "Heat (1995)")
    question = await card_of(club, "/movie dune 2021", "Dune (2021)")
    await club.press(club.ben, question, "Pick")
    assert "Heat (1995)" in club.now(question).caption

    await club.press(club.ben, question, "Replace Heat (1995)")
    card = club.last()
    assert "Dune (2021) · picked by Ben" in card.text
    assert "Heat" not in card.text

    await club.press(club.ben, question, "Undo")
    text = club.now(card).text
    assert "Heat (1995) · picked by Ben" in text
    assert "Dune" not in text


async def test_replacing_is_for_its_picker_and_admins(club: World) -> None:
    await club.pick(club.ben, "/movie heat 1995", "Heat (1995)")
    question = await card_of(club, "/movie dune 2021", "Dune (2021)")
    await club.press(club.cleo, question, "Pick")
    refused = await club.press(club.cleo, question, "Replace Heat (1995)")
    assert refused.alert
    assert "Heat" in await week(club)
    await club.press(club.ana, question, "Replace Heat (1995)")  # founded the group
    assert "Dune (2021) · picked by Ana" in await week(club)


async def test_leaving_a_full_slot_as_it_is_shows_the_card_again(club: World) -> None:
    await club.pick(club.ben, "/movie heat 1995", "Heat (1995)")
    question = await card_of(club, "/movie dune 2021", "Dune (2021)")
    await club.press(club.cleo, question, "Pick")
    await club.press(club.cleo, question, "Leave it")
    assert "Denis Villeneuve" in club.now(question).caption


async def test_a_work_of_an_earlier_week_asks_first_and_says_when_and_how_it_did(club: World) -> None:
    card = await club.pick(club.ana, "/movie heat 1995", "Heat (1995)")
    await club.press(club.ana, card, "4")
    await club.press(club.ben, card, "5")
    first = IsoWeek.at(club.clock.now(), club.clock.now().tzinfo)  # type: ignore[arg-type]
    await club.clock.leap(WEEK)

    question = await card_of(club, "/movie heat 1995", "Heat (1995)")
    await club.press(club.ben, question, "Pick")
    asked = club.now(question).caption
    assert f"week {first.week} of {first.year}" in asked
    assert "4.5" in asked
    assert "Nothing is picked yet" in await week(club)

    await club.press(club.ben, question, "Pick it again")
    assert "Heat (1995) · picked by Ben" in await week(club)


async def test_a_work_picked_again_gives_nothing_away_that_was_never_revealed(club: World) -> None:
    await club.say(club.cleo, "/join")
    card = await club.pick(club.ana, "/movie heat 1995", "Heat (1995)")
    await club.press(club.ana, card, "1")
    await club.press(club.ben, card, "5")
    menu = await club.ask(club.ana, "/settings")
    for button in ("Posts", "Reveal and digest", "off"):
        await club.press(club.ana, menu, button)
    await club.clock.leap(WEEK)

    question = await card_of(club, "/movie heat 1995", "Heat (1995)")
    await club.press(club.ben, question, "Pick")
    asked = club.now(question).caption
    assert "was a pick before" in asked
    assert "average" not in asked


async def test_removing_asks_once_and_can_be_undone_for_30_seconds(club: World) -> None:
    card = await club.pick(club.ben, "/movie heat 1995", "Heat (1995)")
    await club.press(club.ana, card, "4")
    menu = await club.ask(club.ben, "/remove")
    await club.press(club.ben, menu, "Remove Heat (1995)")
    assert "Heat" in club.now(card).text
    await club.press(club.ben, menu, "Remove")
    assert "Nothing is picked yet" in club.now(card).text

    await club.clock.advance(5)
    await club.press(club.ben, menu, "Undo")
    assert "1/2 scored" in await week(club)


async def test_undo_after_30_seconds_comes_too_late(club: World) -> None:
    await club.pick(club.ben, "/movie heat 1995", "Heat (1995)")
    menu = await club.ask(club.ben, "/remove")
    await club.press(club.ben, menu, "Remove Heat (1995)")
    await club.press(club.ben, menu, "Remove")
    await club.clock.advance(31)
    press = await club.press(club.ben, menu, "Undo")
    assert press.alert
    assert press.toast == "Too late: undo works for 30 seconds."
    assert "Nothing is picked yet" in await week(club)


async def test_keeping_a_pick_after_all(club: World) -> None:
    await club.pick(club.ben, "/movie heat 1995", "Heat (1995)")
    menu = await club.ask(club.ben, "/remove")
    await club.press(club.ben, menu, "Remove Heat (1995)")
    await club.press(club.ben, menu, "Keep")
    assert "Heat" in await week(club)
    assert club.now(menu).buttons == ()


async def test_removing_somebody_elses_pick_is_for_admins(club: World) -> None:
    await club.pick(club.ben, "/movie heat 1995", "Heat (1995)")
    menu = await club.ask(club.cleo, "/remove")
    refused = await club.press(club.cleo, menu, "Remove Heat (1995)")
    assert refused.alert
    club.ana.promote(club.group, club.cleo)
    await club.press(club.cleo, menu, "Remove Heat (1995)")
    await club.press(club.cleo, menu, "Remove")
    assert "Nothing is picked yet" in await week(club)


async def test_nothing_to_remove(club: World) -> None:
    assert "nothing to remove" in (await club.ask(club.ben, "/remove")).text.lower()


async def test_a_slot_taken_meanwhile_keeps_a_removed_pick_away(club: World) -> None:
    await club.pick(club.ben, "/movie heat 1995", "Heat (1995)")
    menu = await club.ask(club.ben, "/remove")
    await club.press(club.ben, menu, "Remove Heat (1995)")
    await club.press(club.ben, menu, "Remove")
    await club.pick(club.cleo, "/movie dune 2021", "Dune (2021)")
    press = await club.press(club.ben, menu, "Undo")
    assert press.alert
    assert "Dune (2021) · picked by Cleo" in await week(club)


async def test_two_slots_take_two_movies(club: World) -> None:
    menu = await club.ask(club.ana, "/settings")
    await club.press(club.ana, menu, "Movies a week: 1")
    await club.press(club.ana, menu, "2")
    await club.pick(club.ben, "/movie heat 1995", "Heat (1995)")
    await club.pick(club.cleo, "/movie dune 2021", "Dune (2021)")
    text = await week(club)
    assert "Heat" in text
    assert "Dune" in text


async def test_a_club_that_picks_no_albums_says_so(club: World) -> None:
    menu = await club.ask(club.ana, "/settings")
    await club.press(club.ana, menu, "Albums a week: 1")
    await club.press(club.ana, menu, "0")
    card = await card_of(club, "/album kind of blue", "Kind of Blue (1959)")
    press = await club.press(club.ben, card, "Pick")
    assert press.alert
    assert "no albums" in (press.toast or "")
