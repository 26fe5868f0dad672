"""What groups do to a bot: topics, migration, anonymous admins, forged presses, kicks, private clubs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.world import World


async def test_a_private_chat_is_a_club_of_one(world: World) -> None:
    world.ana.start_bot()
    await world.settle()
    card = await world.pick(world.ana, "/movie heat 1995", "Heat (1995)", world.ana.private)
    await world.press(world.ana, card, "4½")
    seen = world.now(card).text
    assert "1/1 scored" in seen
    assert "Ana 4½" in seen
    menu = await world.ask(world.ana, "/settings", world.ana.private)
    await world.press(world.ana, menu, "Scale")
    await world.press(world.ana, menu, "1–10")
    assert "✓ 1–10" in str(world.now(menu).buttons)


async def test_answers_stay_in_their_topic(world: World) -> None:
    forum = world.telegram.create_group("Big club", [world.ana, world.ben], forum=True)
    world.ana.add_bot(forum)
    await world.settle()
    topic = world.ana.open_topic(forum, "Movies")
    hits = await world.ask(world.ana, "/movie heat 1995", forum, thread=topic)
    assert hits.thread == topic
    await world.press(world.ana, hits, "Heat (1995)")
    await world.press(world.ana, hits, "Pick")
    assert world.last(forum).thread == topic
    general = await world.ask(world.ana, "/week", forum)
    assert general.thread is None


async def test_a_group_that_becomes_a_supergroup_keeps_everything(club: World) -> None:
    card = await club.pick(club.ana, "/movie heat 1995", "Heat (1995)")
    await club.press(club.ana, card, "4½")
    new = club.ana.migrate(club.group)
    await club.settle()

    card = await club.ask(club.ben, "/week", new)
    assert "Heat (1995) · picked by Ana" in card.text
    assert "1/1 scored" in card.text
    await club.press(club.ben, card, "2")
    assert "Ana 4½, Ben 2" in club.now(card).text
    assert sum("I run a club" in m.text for m in club.telegram.messages(new)) == 0


async def test_a_message_on_its_way_while_the_group_migrates_arrives_in_the_new_one(club: World) -> None:
    club.ana.write(club.group, "/week")
    new = club.ana.migrate(club.group)
    await club.settle()
    assert any("Nothing is picked yet" in message.text for message in club.telegram.messages(new))


async def test_an_anonymous_admin_can_search_but_must_show_up_to_join(world: World) -> None:
    group = world.telegram.create_group("Big club", [world.ana, world.ben], supergroup=True)
    world.ana.add_bot(group)
    await world.settle()
    hits = await world.ask(world.ana, "/movie heat 1995", group, anonymous=True)
    answer = await world.ask(world.ana, "/join", group, anonymous=True)
    assert "as the group" in answer.text
    await world.press(world.ana, hits, "Heat (1995)")
    await world.press(world.ana, hits, "Pick")
    assert "picked by Ana" in world.last(group).text
    assert "GroupAnonymousBot" not in (await world.ask(world.ben, "/roster", group)).text


async def test_forged_presses_reach_nothing_of_another_club(club: World) -> None:
    card = await club.pick(club.ana, "/movie heat 1995", "Heat (1995)")
    mallory = club.telegram.create_person("Mallory", language_code="en")
    other = club.telegram.create_group("Elsewhere", [mallory])
    mallory.add_bot(other)
    await club.settle()
    place = club.last(other)
    hits = await club.ask(club.ana, "/movie parasite")
    unknown = await club.ask(club.ana, "/movie qwxyzzy plugh")
    searches = [button.callback_data or "" for shown in (hits, unknown) for (button, *_) in shown.buttons]
    wires = [button.callback_data for row in card.buttons for button in row if button.callback_data]
    for wire in [
        *wires,
        *searches,
        "s:1:0",
        "s:2:0",
        "s:3:0",
        "x:1:1",
        "x:1:0",
        "u:1",
        "k:1",
        "t:1",
        "m:1",
        "i:1",
        "r:1:11",
        "r:1:0",
        "p:999:0:0",
        "o:9:0",
        "s:99:0",
        "a:99",
        "w:999:0:0",
        "f:1",
        "",
        ":",
        "r",
        "r:1",
        "r:x:y",
        "zzz",
        "e:scale:huge",
        "c:nope",
        "r:9223372036854775807:5",
        "💥",
    ]:
        press = mallory.forge(other, place.id, wire)
        await club.settle()
        assert press.answered, wire
        seen = club.now(place).words
        assert "parasite" not in seen, wire
        assert "qwxyzzy" not in seen, wire
    assert "0/1 scored" in club.now(card).text
    assert "Mallory" not in (await club.ask(club.ana, "/week")).text
    assert "Mallory" not in (await club.ask(club.ana, "/roster")).text


async def test_a_bot_that_may_not_write_survives_and_comes_back(club: World) -> None:
    club.ana.write(club.group, "/week")
    club.ana.kick_bot(club.group)
    await club.settle()
    club.ana.add_bot(club.group)
    await club.settle()
    assert "Nothing is picked yet" in (await club.ask(club.ana, "/week")).text


async def test_settings_are_for_admins_and_for_everyone_to_see(club: World) -> None:
    menu = await club.ask(club.ben, "/settings")
    assert "Scale: ½–5" in str(menu.buttons)
    await club.press(club.ben, menu, "Scale")
    refused = await club.press(club.ben, menu, "1–10")
    assert refused.alert
    await club.press(club.ben, menu, "Settings")
    assert "Scale: ½–5" in str(club.now(menu).buttons)
