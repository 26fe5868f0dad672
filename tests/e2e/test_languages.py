"""English and German, per club and per person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from integrations.sandbox.telegram import Chat, Person
    from tests.e2e.world import World


@pytest.fixture
def greta(world: World) -> Person:
    """She speaks German."""
    return world.telegram.create_person("Greta", language_code="de")


@pytest.fixture
async def runde(world: World, greta: Person) -> Chat:
    """A group Greta founded and added the bot to; Ben is in it."""
    group = world.telegram.create_group("Filmrunde", [greta, world.ben])
    greta.add_bot(group)
    await world.settle()
    return group


async def test_a_club_speaks_the_language_of_whoever_added_the_bot(world: World, runde: Chat) -> None:
    assert "Ich" in world.last(runde).text
    assert "Woche" in (await world.ask(world.ben, "/week", runde)).text


async def test_a_toast_speaks_the_language_of_the_one_who_tapped(
    world: World, runde: Chat, greta: Person
) -> None:
    card = await world.pick(greta, "/movie heat 1995", "Heat (1995)", runde)
    assert (await world.press(world.ben, card, "4½")).toast == "Recorded: 4½"
    assert (await world.press(greta, card, "4½")).toast != "Recorded: 4½"


async def test_numbers_follow_the_language(world: World, runde: Chat, greta: Person) -> None:
    card = await world.pick(greta, "/movie heat 1995", "Heat (1995)", runde)
    await world.press(world.ben, card, "4½")
    await world.press(greta, card, "4")
    assert "★ 4,3" in world.now(card).text


async def test_private_chats_follow_the_persons_telegram_until_a_language_is_set(
    world: World, greta: Person
) -> None:
    greta.start_bot()
    await world.settle()
    assert "Gruppe" in world.last(greta.private).text
    menu = await world.ask(greta, "/language", greta.private)
    press = await world.press(greta, menu, "English")
    assert "English" in (press.toast or "")
    assert "one movie and one album" in (await world.ask(greta, "/help", greta.private)).text
    back = await world.press(greta, menu, "Same as Telegram")
    assert "Deutsch" in (back.toast or "")
    assert "Gruppe" in (await world.ask(greta, "/help", greta.private)).text


async def test_an_admin_sets_the_clubs_language(club: World) -> None:
    menu = await club.ask(club.ana, "/settings")
    await club.press(club.ben, menu, "Language: English")
    refused = await club.press(club.ben, menu, "Deutsch")
    assert refused.alert
    assert "admin" in (refused.toast or "")
    await club.press(club.ana, menu, "Deutsch")
    assert "✓ Deutsch" in str(club.now(menu).buttons)
    assert "Woche" in (await club.ask(club.ben, "/week")).text


async def test_a_language_nobody_speaks_here_falls_back_to_english(world: World) -> None:
    zoe = world.telegram.create_person("Zoé", language_code="tlh")
    zoe.start_bot()
    await world.settle()
    assert "one movie and one album" in world.last(zoe.private).text
