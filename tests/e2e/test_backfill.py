"""Past weeks entered as a list."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from integrations.sandbox.telegram import MessageView
    from tests.e2e.world import Errors, World

DAY = timedelta(days=1).total_seconds()

LINES = """
# our first two weeks

2024-W07 movie Heat (1995) 4.5 by Ana
2024-W07 film Heat (1995) 3,5 by ben
2024-W07 album Miles Davis – Kind of Blue (1959) 5 by Ben
2024-W08 movie Dune (2021) ½ von Cleo
"""


def labels(message: MessageView) -> list[str]:
    return [button.text for row in message.buttons for button in row]


async def until(world: World, true: Callable[[], bool]) -> None:
    """Move the clock from sleeper to sleeper until something is so."""
    await world.still()
    for _ in range(1000):
        if true():
            return
        await world.clock.advance(world.clock.next_due() or 0)
        await world.still()
    raise AssertionError("it never was")


@pytest.fixture
async def friends(club: World) -> World:
    """Everybody is on the roster."""
    for person in (club.ana, club.ben, club.cleo):
        await club.say(person, "/join")
    return club


async def test_lines_become_weeks(friends: World) -> None:
    preview = await friends.ask(friends.ana, f"/backfill {LINES}")
    assert "To be stored: 3 picks, 4 scores, in 2 weeks." in preview.text
    assert "W07 2024 🎬 Heat (1995) · Ana 4½, Ben 3½" in preview.text
    assert "W08 2024 🎬 Dune (2021) · Cleo ½" in preview.text
    assert "nothing to look back on" in (await friends.ask(friends.ben, "/history")).text

    await friends.press(friends.ana, preview, "Store")
    assert friends.now(preview).text == "Stored: 3 picks, 4 scores. Undo works for a day."
    page = await friends.ask(friends.ben, "/history 2024")
    assert labels(page) == ["W08 2024 · Dune · ★ 0.5", "W07 2024 · Heat ★ 4 · Kind of Blue ★ 5"]
    await friends.press(friends.ben, page, "W07 2024")
    card = friends.now(page).text
    assert "Heat (1995) · picked by Ana" in card
    assert "Miles Davis – Kind of Blue (1959) · picked by Ben" in card
    assert "Ana 4½, Ben 3½" in card
    assert "late" not in card


async def test_it_is_asked_for_and_the_reply_holds_the_lines(friends: World) -> None:
    question = await friends.ask(friends.ana, "/backfill")
    assert question.force_reply
    preview = await friends.ask(friends.ana, LINES.strip(), reply_to=question)
    assert "3 picks, 4 scores" in preview.text


async def test_it_is_for_admins_at_every_step(friends: World) -> None:
    refused = await friends.ask(friends.ben, f"/backfill {LINES}")
    assert "Only this group's admins" in refused.text
    preview = await friends.ask(friends.ana, f"/backfill {LINES}")
    for button in ("Store", "Throw away"):
        press = await friends.press(friends.ben, preview, button)
        assert press.alert
    await friends.press(friends.ana, preview, "Store")
    assert (await friends.press(friends.ben, preview, "Undo")).alert
    assert "Stored" in friends.now(preview).text


async def test_each_line_that_cannot_be_used_is_named_with_its_number(friends: World) -> None:
    answer = await friends.ask(
        friends.ana,
        "/backfill soon movie Heat (1995) 4 by Ana\n"
        "2030-W01 movie Heat (1995) 4 by Ana\n"
        "2024-W07 book Heat (1995) 4 by Ana\n"
        "2024-W07 movie Heat (1995) 6 by Ana\n"
        "2024-W07 movie Heat (1995) 4",
    )
    lines = answer.text.splitlines()
    assert lines[0] == "Nothing of this could be used:"
    assert [line[:8] for line in lines[1:]] == [f"Line {number}: " for number in range(1, 6)]
    assert "like 2024-W07" in lines[1]
    assert "isn't over yet" in lines[2]
    assert "movie or album" in lines[3]
    assert "a score this club can give" in lines[4]
    assert "by and a name" in lines[5]


async def test_what_can_be_used_goes_on_without_the_rest(friends: World) -> None:
    preview = await friends.ask(
        friends.ana, "/backfill 2024-W07 movie Heat (1995) 4 by Ana\n2024-W08 movie Dune (2021) 9 by Ana"
    )
    assert "Line 2: " in preview.text
    assert "1 pick, 1 score" in preview.text


async def test_a_doubtful_title_is_settled_by_buttons(friends: World) -> None:
    preview = await friends.ask(
        friends.ana, "/backfill 2024-W07 movie Dune 4 by Ana\n2024-W08 movie Heat (1995) 4 by Ana"
    )
    assert "1 thing to settle" in preview.text
    assert "Line 1: which one is 🎬 Dune?" in preview.text
    await friends.press(friends.ana, preview, "Dune (1984)")
    assert "W07 2024 🎬 Dune (1984) · Ana 4" in friends.now(preview).text


async def test_what_no_catalogue_has_is_added_by_hand_or_left_out(friends: World) -> None:
    preview = await friends.ask(
        friends.ana,
        "/backfill 2024-W07 movie Zzyzx Holiday Tape (1999) 4 by Ana\n"
        "2024-W08 movie Qwxyv Wedding Tape 3 by Ben\n"
        "2024-W09 movie Jkqzv Birthday Tape 3 by Ben",
    )
    assert "no catalogue knows 🎬 Zzyzx Holiday Tape (1999)" in preview.text
    await friends.press(friends.ana, preview, "Leave it out")
    await friends.press(friends.ana, preview, "Add all 2 that weren't found by hand")
    text = friends.now(preview).text
    assert "2 picks, 2 scores, in 2 weeks" in text
    assert "Left out" in text
    await friends.press(friends.ana, preview, "Store")
    assert labels(await friends.ask(friends.ana, "/history")) == [
        "W09 2024 · Jkqzv Birthday Tape · ★ 3",
        "W08 2024 · Qwxyv Wedding Tape · ★ 3",
    ]


async def test_an_unknown_name_is_settled_once_for_all_its_lines(friends: World) -> None:
    await friends.say(friends.cleo, "/leave")
    preview = await friends.ask(
        friends.ana,
        "/backfill 2024-W07 movie Heat (1995) 4 by Annie\n"
        "2024-W08 movie Dune (2021) 3 by annie\n"
        "2024-W08 movie Dune (2021) 2 by Zoe\n"
        "2024-W09 movie Inception (2010) 2 by Zoe\n"
        "2024-W08 movie Dune (2021) 5 by Cleo",
    )
    assert "Line 1: who is Annie?" in preview.text
    assert "Cleo (left)" in labels(preview)
    await friends.press(friends.ana, preview, "Ana")
    assert "Line 3: who is Zoe?" in friends.now(preview).text
    await friends.press(friends.ana, preview, "Leave their lines out")
    text = friends.now(preview).text
    assert "2 picks, 3 scores, in 2 weeks" in text
    assert "W08 2024 🎬 Dune (2021) · Ana 3, Cleo 5" in text


async def test_what_is_there_already_is_named_and_left_alone(friends: World) -> None:
    card = await friends.pick(friends.ben, "/movie heat 1995", "Heat (1995)")
    await friends.press(friends.ana, card, "2")
    preview = await friends.ask(friends.ana, f"/backfill {LINES}")
    await friends.press(friends.ana, preview, "Store")
    again = await friends.ask(
        friends.ana,
        "/backfill 2024-W07 movie Heat (1995) 5 by Ana\n"
        "2024-W07 movie Heat (1995) 4 by Cleo\n"
        "2024-W08 movie Inception (2010) 4 by Ben\n"
        "2024-W08 movie Fight Club (1999) 4 by Ben",
    )
    text = again.text
    assert "Stays as it is" in text
    assert "Line 1: Heat (1995) is a pick of that week already." in text
    assert "Line 1: Ana gave Heat (1995) 2 already." in text
    assert "Line 4: that week has no room left for Fight Club (1999)." in text
    assert "1 pick, 2 scores" in text
    await friends.press(friends.ana, again, "Store")
    past = (await friends.ask(friends.ana, "/week 2024-W07")).text
    assert "picked by Ana" in past
    assert "Ana 2" in past
    assert "Ben 3½" in past
    assert "Cleo 4" in past


async def test_nothing_new_has_nothing_to_store(friends: World) -> None:
    preview = await friends.ask(friends.ana, f"/backfill {LINES}")
    await friends.press(friends.ana, preview, "Store")
    again = await friends.ask(friends.ana, f"/backfill {LINES}")
    assert "There is nothing in this to store." in again.text
    assert labels(again) == ["Throw away"]


async def test_throwing_away_stores_nothing(friends: World) -> None:
    preview = await friends.ask(friends.ana, f"/backfill {LINES}")
    old = friends.now(preview)
    await friends.press(friends.ana, preview, "Throw away")
    assert "nothing was stored" in friends.now(preview).text
    forged = friends.ana.forge(friends.group, preview.id, "bs:1")
    await friends.settle()
    assert forged.alert
    assert old.buttons
    assert "nothing to look back on" in (await friends.ask(friends.ben, "/history")).text


async def test_nothing_is_stored_while_something_is_to_be_settled(friends: World) -> None:
    preview = await friends.ask(friends.ana, f"/backfill {LINES}2024-W09 movie Dune 4 by Ana")
    assert "Store" not in labels(preview)
    forged = friends.ana.forge(friends.group, preview.id, "bs:1")
    await friends.settle()
    assert forged.alert
    assert "nothing to look back on" in (await friends.ask(friends.ben, "/history")).text


async def test_storing_that_fails_halfway_has_stored_nothing(friends: World, errors: Errors) -> None:
    async def fails(*_: object) -> None:
        raise OSError("disk full")

    preview = await friends.ask(friends.ana, f"/backfill {LINES}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("storage.repositories.backfill.SqlBackfills.enter_ratings", fails)
        await friends.press(friends.ana, preview, "Store")
    assert len(errors.messages) == 1
    errors.messages.clear()
    assert "nothing to look back on" in (await friends.ask(friends.ben, "/history")).text
    await friends.press(friends.ana, preview, "Store")
    assert friends.now(preview).text.startswith("Stored: 3 picks, 4 scores")


async def test_undo_takes_back_what_it_stored_and_nothing_else(friends: World) -> None:
    preview = await friends.ask(friends.ana, f"/backfill {LINES}")
    await friends.press(friends.ana, preview, "Store")
    card = await friends.ask(friends.ben, "/week 2024-W07")
    await friends.press(friends.ben, card, lambda button: button.text == "1")
    await friends.press(friends.ana, preview, "Undo")
    assert friends.now(preview).text == "Taken back: 3 picks, 3 scores."
    assert "nothing to look back on" in (await friends.ask(friends.ben, "/history")).text
    again = await friends.ask(friends.ana, "/backfill 2024-W07 movie Heat (1995) 3.5 by Ben")
    assert "Ben gave Heat (1995) 1 already" in again.text


async def test_undo_is_over_after_a_day_and_works_once(friends: World) -> None:
    preview = await friends.ask(friends.ana, f"/backfill {LINES}")
    await friends.press(friends.ana, preview, "Store")
    stored = friends.now(preview)
    await friends.clock.leap(DAY + 1)
    await friends.settle()
    press = await friends.press(friends.ana, stored, "Undo")
    assert press.toast == "Too late: undo works for 24 hours."
    assert len(labels(await friends.ask(friends.ben, "/history"))) == 2


async def test_a_catalogue_that_is_down_can_be_asked_again(friends: World) -> None:
    friends.catalogues.faults.refuse("tmdb", times=None)
    preview = await friends.ask(
        friends.ana,
        "/backfill 2024-W07 movie Heat (1995) 4 by Ana\n2024-W08 album Miles Davis – Kind of Blue 5 by Ben",
    )
    assert "Line 1: the catalogue didn't answer for 🎬 Heat (1995)." in preview.text
    friends.catalogues.faults.clear()
    await friends.press(friends.ana, preview, "Look again")
    assert "2 picks, 2 scores" in friends.now(preview).text


async def test_the_group_goes_on_while_albums_are_looked_up_one_a_second(friends: World) -> None:
    friends.ana.write(
        friends.group,
        "/backfill "
        + "\n".join(f"2023-W{week:02d} album Kind of Blue {week} 4 by Ana" for week in range(1, 31)),
    )
    await until(friends, lambda: "Looking things up: " in friends.last().text)
    looking = friends.last()
    await friends.clock.advance(6)
    await until(friends, lambda: ": 0 of 30 …" not in friends.now(looking).text)
    friends.ben.write(friends.group, "/roster")
    await until(friends, lambda: "Cleo" in friends.last().text)
    assert "Looking things up: " in friends.now(looking).text
    await friends.settle()
    assert "things to settle" in friends.now(looking).text


async def test_too_many_lines_are_refused(friends: World) -> None:
    lines = "\n".join("2024-W07 movie A 4 by B" for _ in range(101))
    assert "100 lines at most" in (await friends.ask(friends.ana, f"/backfill {lines}")).text


async def test_a_long_list_has_pages(friends: World) -> None:
    lines = "\n".join(f"2024-W{week:02d} movie Heat (1995) 4 by Ana" for week in range(1, 53))
    bad = "\n".join(f"2024-W{week:02d} movie 4 by Ana" for week in range(1, 45))
    preview = await friends.ask(friends.ana, f"/backfill {lines}\n{bad}")
    assert "page 1 of" in preview.text
    assert "Line 53: there is no title" in preview.text
    await friends.press(friends.ana, preview, "More ›")
    assert "page 2 of" in friends.now(preview).text


async def test_lines_that_were_being_looked_up_when_the_bot_stopped_are_read_again(
    friends: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.compose.DRAIN", 0)
    lines = "\n".join(f"2023-W{week:02d} album Kind of Blue {week} 4 by Ana" for week in range(1, 11))
    friends.ana.write(friends.group, f"/backfill {lines}")
    await until(friends, lambda: "Looking things up: " in friends.last().text)
    await friends.restart()
    await friends.settle()
    assert "10 things to settle" in friends.last().text


async def test_alone_with_the_bot_one_may_enter_ones_own_past(world: World) -> None:
    world.ana.start_bot()
    await world.settle()
    chat = world.ana.private
    await world.pick(world.ana, "/movie dune 2021", "Dune (2021)", chat=chat)
    preview = await world.ask(world.ana, "/backfill 2024-W07 movie Heat (1995) 4.5 by ana", chat=chat)
    await world.press(world.ana, preview, "Store")
    assert labels(await world.ask(world.ana, "/history", chat=chat)) == ["W07 2024 · Heat · ★ 4.5"]
