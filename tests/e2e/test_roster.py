"""Joining, leaving, the roster."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.world import World


async def test_join_roster_leave(club: World) -> None:
    assert "Nobody" in (await club.ask(club.ana, "/roster")).text
    assert (await club.ask(club.ben, "/join")).text == "Ben is on the roster."
    assert (await club.ask(club.ben, "/join")).text == "Ben is on the roster already."
    assert "1 member\nBen" in (await club.ask(club.ana, "/roster")).text
    await club.ask(club.ben, "/leave")
    assert "Nobody" in (await club.ask(club.ana, "/roster")).text


async def test_leaving_what_one_is_not_in(club: World) -> None:
    answer = await club.ask(club.ben, "/leave")
    assert "/join" in answer.text


async def test_who_leaves_keeps_their_scores_in_the_average_and_may_take_the_name_along(club: World) -> None:
    card = await club.pick(club.ana, "/movie heat 1995", "Heat (1995)")
    await club.press(club.ana, card, "5")
    await club.press(club.ben, card, "2")
    assert "Ben 2" in club.now(card).text

    farewell = await club.ask(club.ben, "/leave")
    refused = await club.press(club.cleo, farewell, "Drop my name")
    assert refused.alert
    await club.press(club.ben, farewell, "Drop my name")
    assert "Ben" not in club.now(farewell).text
    assert "Ben" not in club.now(card).text
    assert "Somebody 2" in club.now(card).text

    seen = (await club.ask(club.ana, "/week")).text
    assert "Ben" not in seen
    assert "Somebody 2" in seen
    assert "★ 3.5" in seen
    assert "1/1 scored" in seen


async def test_whoever_picked_and_took_their_name_along_is_not_named_on_the_card(club: World) -> None:
    await club.pick(club.ben, "/movie heat 1995", "Heat (1995)")
    farewell = await club.ask(club.ben, "/leave")
    await club.press(club.ben, farewell, "Drop my name")
    assert "picked by Somebody" in (await club.ask(club.ana, "/week")).text


async def test_coming_back_brings_the_name_back(club: World) -> None:
    card = await club.pick(club.ana, "/movie heat 1995", "Heat (1995)")
    await club.press(club.ana, card, "5")
    await club.press(club.ben, card, "2")
    farewell = await club.ask(club.ben, "/leave")
    await club.press(club.ben, farewell, "Drop my name")
    await club.ask(club.ben, "/join")
    assert "Ben 2" in (await club.ask(club.ana, "/week")).text


async def test_when_the_only_one_who_had_not_answered_leaves_the_rest_is_revealed(club: World) -> None:
    for person in (club.ana, club.ben, club.cleo):
        await club.say(person, "/join")
    card = await club.pick(club.ana, "/movie heat 1995", "Heat (1995)")
    await club.press(club.ana, card, "5")
    await club.press(club.ben, card, "2")
    assert "Ben 2" not in club.now(card).text
    await club.ask(club.cleo, "/leave")
    assert "Ana 5, Ben 2" in club.now(card).text
