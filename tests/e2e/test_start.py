"""Finding one's way: greetings, help, menus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.integrations.sandbox.stage import png

if TYPE_CHECKING:
    from tests.e2e.world import World


async def test_start_in_private_says_what_this_is_in_five_lines_with_a_way_into_a_group(world: World) -> None:
    world.ana.start_bot()
    await world.settle()

    greeting = world.last(world.ana.private)
    assert len(greeting.text.splitlines()) == 5
    (button,) = greeting.buttons[0]
    assert button.url == "https://t.me/WrongOpinionsBot?startgroup=club"


async def test_help_in_a_group_says_the_same_for_those_who_want_a_club_elsewhere(club: World) -> None:
    answer = await club.ask(club.ben, "/help")
    assert len(answer.text.splitlines()) == 5
    assert [[button.text for button in row] for row in answer.buttons] == [["Add me to a group"]]


async def test_the_bot_introduces_itself_once_however_often_it_is_added(world: World) -> None:
    introduction = await world.found_club()
    assert "/movie" in introduction.text

    world.ana.kick_bot(world.group)
    await world.settle()
    written = len(world.telegram.messages(world.group))
    world.ana.add_bot(world.group)
    await world.settle()
    assert len(world.telegram.messages(world.group)) == written + 1  # the service message alone


async def test_the_introductions_button_puts_people_on_the_roster(club: World) -> None:
    introduction = club.last()
    assert (await club.press(club.ben, introduction, "I'm in")).toast == "You're on the roster."
    assert (await club.press(club.ben, introduction, "I'm in")).toast == "You're on the roster already."
    assert "Ben" in (await club.ask(club.ana, "/roster")).text


async def test_menus_are_set_per_scope_and_language(world: World) -> None:
    menus = [call.params for call in world.telegram.log if call.method == "setMyCommands"]
    scopes = {(menu["scope"]["type"], menu.get("language_code")) for menu in menus}
    assert scopes == {
        (scope, language)
        for scope in ("all_private_chats", "all_group_chats", "all_chat_administrators")
        for language in (None, "de")
    }


async def test_words_that_are_no_command_get_a_hint_in_private_and_silence_in_a_group(club: World) -> None:
    club.ana.start_bot()
    await club.settle()
    assert "/help" in (await club.ask(club.ana, "what now?", club.ana.private)).text
    assert await club.say(club.ana, "/unknown") == []
    assert "/help" in (await club.ask(club.ana, "/unknown@WrongOpinionsBot")).text


async def test_a_command_ends_where_its_letters_end(club: World) -> None:
    for command in ("/movie\theat", "/movie\u00a0heat", "/movie\nheat", "/MOVIE@WrongOpinionsBot\u00a0heat"):
        assert "Heat (1995)" in str((await club.ask(club.ana, command)).buttons), command


async def test_what_cannot_be_read_gets_a_hint_where_words_were_asked_for(club: World) -> None:
    club.ana.start_bot()
    await club.settle()
    sticker = png(90, 90)
    assert "/help" in (await club.ask(club.ana, "", club.ana.private, photo=sticker)).text
    question = await club.ask(club.ana, "/movie")
    assert "/help" in (await club.ask(club.ana, "", reply_to=question, photo=sticker)).text
    card = await club.pick(club.ana, "/movie heat 1995", "Heat (1995)")
    assert await club.say(club.ben, "", reply_to=card, photo=sticker) == []


async def test_commands_for_another_bot_are_left_alone(club: World) -> None:
    assert await club.say(club.ana, "/movie@SomeOtherBot heat") == []
    card = await club.pick(club.ana, "/movie heat 1995", "Heat (1995)")
    await club.press(club.ana, card, "4")
    await club.say(club.ana, "/movie@SomeOtherBot heat", reply_to=card)
    assert "SomeOtherBot" not in club.now(card).text
    assert "Heat" in (await club.ask(club.ana, "/movie@wrongopinionsbot heat")).buttons[0][0].text


async def test_the_link_that_adds_the_bot_to_a_group_brings_one_greeting_only(club: World) -> None:
    assert await club.say(club.ana, "/start@WrongOpinionsBot club") == []
