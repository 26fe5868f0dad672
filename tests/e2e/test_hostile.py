"""Whatever a title, a name or a take contains, the message stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.world import World

UNSEEN = "\u200b\u2060\ufeff"
HOSTILE = (
    "<b>bold</b>",
    "&amp; & &lt;",
    "</b></i></tg-spoiler>",
    "\u202egnp.exe",
    "שלום עולם",
    "مرحبا (2019)",
    "{0.__class__} %s {title}",
    "a\u0301\u0301\u0301" * 20,
    "👩‍👩‍👧‍👦" * 20,
    '"quotes" and `ticks` and \\ backslashes',
    UNSEEN,
)


@pytest.mark.parametrize("text", HOSTILE)
async def test_titles_names_notes_and_takes(world: World, text: str) -> None:
    eve = world.telegram.create_person(text[:64], language_code="en")
    group = world.telegram.create_group(text[:100], [eve, world.ben])
    eve.add_bot(group)
    await world.settle()
    shown = await world.ask(eve, f"/add movie {text if text != UNSEEN else 'Heat'}", group)
    await world.press(eve, shown, "Pick")
    card = world.last(group)
    await world.press(eve, card, "4")
    await world.press(world.ben, card, "2")
    await world.say(eve, text, group, reply_to=card)
    await world.say(eve, f"/note {text}", group)
    await world.press(eve, card, "My score")
    await world.ask(eve, "/roster", group)
    seen = world.now(card).text
    assert "2/2 scored" in seen
    assert "picked by ." not in str(world.telegram.messages(group))
    for visible in ("<b>bold</b>", "&amp; & &lt;", "{0.__class__} %s {title}", "שלום עולם"):
        if text == visible:
            assert seen.count(visible) >= 3


async def test_a_note_or_a_take_nobody_can_see_is_none(club: World) -> None:
    card = await club.pick(club.ana, "/movie heat 1995", "Heat (1995)")
    await club.press(club.ana, card, "4")
    assert (await club.ask(club.ana, f"/note {UNSEEN}")).force_reply
    refused = await club.ask(club.ana, UNSEEN, reply_to=card)
    assert refused.text == "There is nothing to see in that take. Reply again with words."
    await club.press(club.ben, card, "4")
    assert "Takes" not in club.now(card).text


async def test_a_title_nobody_can_see_is_none(club: World) -> None:
    answer = await club.ask(club.ana, f"/add movie {UNSEEN}")
    assert answer.text == "It needs a title, like: /add movie Heat (1995)"


async def test_four_thousand_emojis(club: World) -> None:
    card = await club.pick(club.ana, "/movie heat 1995", "Heat (1995)")
    await club.press(club.ana, card, "4")
    for command in ("/movie", "/album", "/note", "/add movie"):
        answers = await club.say(club.ana, f"{command} {'😀' * 4000}")
        assert len(answers) == 1, command
    assert "280" in (await club.ask(club.ana, "😀" * 4000, reply_to=card)).text
    assert "1/1 scored" in club.now(card).text


async def test_twenty_members_with_long_takes_still_fit_one_card(club: World) -> None:
    crowd = [
        club.telegram.create_person(f"Person {n:02d} {'ö' * 50}"[:64], language_code="en") for n in range(20)
    ]
    for person in crowd:
        person.join(club.group)
    await club.settle()
    card = await club.pick(crowd[0], "/movie heat 1995", "Heat (1995)")
    for person in crowd:
        person.press(card, "4")
    await club.settle()
    for person in crowd:
        await club.say(person, f"{person.name} thinks: " + "word " * 40, reply_to=card)
    seen = club.now(card).text
    assert "20/20 scored" in seen
    assert "more takes" in seen
    assert len(seen) <= 4096
