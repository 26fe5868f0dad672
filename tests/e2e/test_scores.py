"""The week's card: scores, counts, the reveal, takes, the note."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from integrations.sandbox.telegram import MessageView

if TYPE_CHECKING:
    from tests.e2e.world import World

SPOILER = [{"type": "spoiler", "offset": 0, "length": 8}]


async def set_(world: World, setting: str, value: str) -> None:
    """Ana, who founded the group, sets something."""
    menu = await world.ask(world.ana, "/settings")
    await world.press(world.ana, menu, setting)
    await world.press(world.ana, menu, value)


@pytest.fixture
async def card(club: World) -> MessageView:
    """A week's card with one movie; three are on the roster."""
    for person in (club.ana, club.ben, club.cleo):
        await club.say(person, "/join")
    return await club.pick(club.ana, "/movie heat 1995", "Heat (1995)")


async def test_a_blind_club_sees_the_count_until_everybody_answered(club: World, card: MessageView) -> None:
    await club.press(club.ana, card, "4½")
    await club.press(club.ben, card, "2")
    seen = club.now(card).text
    assert "2/3 scored" in seen
    assert "Ben" not in seen
    assert "★" not in seen
    await club.press(club.cleo, card, "Didn't watch")
    seen = club.now(card).text
    assert "3/3 scored" in seen
    assert "Ana 4½, Ben 2, Cleo didn't watch" in seen
    assert "★ 3.3 · 2–4½" in seen


async def test_an_open_club_sees_average_and_spread_at_once(club: World, card: MessageView) -> None:
    await set_(club, "hidden", "no")
    await club.press(club.ana, card, "4")
    await club.press(club.ben, card, "3")
    seen = club.now(card).text
    assert "★ 3.5 · 3–4" in seen
    assert "2/3 scored" in seen


async def test_changing_a_score_is_the_same_tap(club: World, card: MessageView) -> None:
    await club.press(club.ana, card, "4½")
    press = await club.press(club.ana, card, "1")
    assert press.toast == "Recorded: 1, was 4½"
    assert "1/3 scored" in club.now(card).text


async def test_not_having_watched_is_counted_and_left_out_and_a_score_brings_one_back(
    club: World, card: MessageView
) -> None:
    await set_(club, "hidden", "no")
    await club.press(club.ana, card, "5")
    await club.press(club.ben, card, "1")
    assert (await club.press(club.ben, card, "Didn't watch")).toast == "Noted: you didn't watch it."
    assert "★ 5 · 5 · 2/3 scored" in club.now(card).text
    await club.press(club.ben, card, "3")
    assert "★ 4 · 3–5 · 2/3 scored" in club.now(card).text


async def test_who_only_says_that_they_did_not_watch_is_on_the_roster_by_it(club: World) -> None:
    await club.say(club.ben, "/join")
    card = await club.pick(club.ana, "/movie heat 1995", "Heat (1995)")
    assert "0/2 scored" in club.now(card).text
    await club.press(club.cleo, card, "Didn't watch")
    assert "1/3 scored" in club.now(card).text
    await club.press(club.cleo, card, "Didn't watch")
    assert "1/3 scored" in club.now(card).text


async def test_my_score_is_for_my_eyes(club: World, card: MessageView) -> None:
    assert (await club.press(club.ben, card, "My score")).toast == "Heat: nothing yet"
    await club.press(club.ben, card, "3½")
    press = await club.press(club.ben, card, "My score")
    assert press.alert
    assert press.toast == "Heat: 3½"


@pytest.mark.parametrize(
    ("scale", "labels", "tap", "toast"),
    [
        ("1–5", ["1", "2", "3", "4", "5"], "4", "Recorded: 4"),
        ("1–10", [str(n) for n in range(1, 11)], "7", "Recorded: 7"),
    ],
)
async def test_score_buttons_follow_the_clubs_scale(
    club: World, card: MessageView, scale: str, labels: list[str], tap: str, toast: str
) -> None:
    await set_(club, "Scale", scale)
    fresh = await club.ask(club.ben, "/week")
    texts = [button.text for row in fresh.buttons for button in row]
    assert texts == [*labels, "Didn't watch", "My score"]
    assert (await club.press(club.ben, fresh, tap)).toast == toast


async def test_an_old_card_keeps_working_and_both_are_brought_up_to_date(
    club: World, card: MessageView
) -> None:
    newer = await club.ask(club.ben, "/week")
    await club.press(club.ana, card, "4")
    assert "1/3 scored" in club.now(card).text
    assert "1/3 scored" in club.now(newer).text


async def test_many_taps_make_few_edits(club: World, card: MessageView) -> None:
    before = len([call for call in club.telegram.log if call.method == "editMessageText"])
    for score in ("1", "2", "3", "4", "5") * 4:
        club.ana.press(card, score)
        club.ben.press(card, score)
    await club.settle()
    edits = len([call for call in club.telegram.log if call.method == "editMessageText"]) - before
    assert edits <= 5
    assert "2/3 scored" in club.now(card).text


async def test_a_past_weeks_card_still_takes_scores(club: World, card: MessageView) -> None:
    await club.clock.leap(timedelta(days=30).total_seconds())
    assert (await club.press(club.ben, card, "3")).toast == "Recorded: 3"
    assert "1/3 scored" in club.now(card).text


async def test_a_reply_to_the_card_is_a_take_shown_with_its_authors_score(
    club: World, card: MessageView
) -> None:
    await club.press(club.ana, card, "4½")
    take = club.ana.write(club.group, "the  diner <b>&\nscene", reply_to=card)
    await club.settle()
    assert club.now(take).reactions == (("✍", 1),)
    assert "diner" not in club.now(card).text
    await club.press(club.ben, card, "2")
    await club.press(club.cleo, card, "3")
    assert "“the diner <b>& scene” – Ana, 4½" in club.now(card).text


async def test_a_take_with_a_spoiler_stays_hidden(club: World, card: MessageView) -> None:
    for person in (club.ana, club.ben, club.cleo):
        await club.press(person, card, "4")
    await club.say(club.ana, "everyone dies", reply_to=card, entities=SPOILER)
    assert "<tg-spoiler>“everyone dies”</tg-spoiler>" in club.now(card).html


async def test_a_take_needs_a_score_first(club: World, card: MessageView) -> None:
    answer = await club.ask(club.ben, "meh", reply_to=card)
    assert "Heat (1995)" in answer.text
    assert answer.reply_to is not None


async def test_a_take_that_is_too_long_is_refused_and_still_there_to_shorten(
    club: World, card: MessageView
) -> None:
    await club.press(club.ben, card, "2")
    answer = await club.ask(club.ben, "long " * 80, reply_to=card)
    assert "280" in answer.text


async def test_a_take_on_one_of_two_picks_asks_which(club: World, card: MessageView) -> None:
    both = await club.pick(club.ben, "/album kind of blue", "Kind of Blue (1959)")
    await club.press(club.ana, both, lambda button: (button.callback_data or "").startswith("r:1:"))
    await club.press(club.ana, both, lambda button: (button.callback_data or "").startswith("r:2:"))
    question = await club.ask(club.ana, "so what", reply_to=both)
    refused = await club.press(club.ben, question, "Kind of Blue")
    assert refused.alert
    await club.press(club.ana, question, "Kind of Blue")
    assert "Kind of Blue" in club.now(question).text
    mine = await club.press(club.ana, both, "My score")
    assert "Miles" not in (mine.toast or "")
    assert "Kind of Blue: ½ “so what”" in (mine.toast or "")


async def test_where_reactions_are_off_the_take_is_confirmed_in_words(club: World, card: MessageView) -> None:
    await club.press(club.ben, card, "2")
    club.telegram.faults.fail("setMessageReaction", 400, "Bad Request: REACTION_INVALID")
    assert "Heat (1995)" in (await club.ask(club.ben, "fine", reply_to=card)).text


async def test_with_two_picks_each_ones_buttons_stand_under_its_name(club: World, card: MessageView) -> None:
    both = await club.pick(club.ben, "/album kind of blue", "Kind of Blue (1959)")
    about = await club.press(club.cleo, both, "🎬 Heat (1995)")
    assert about.alert
    assert "picked by Ana" in (about.toast or "")
    assert (await club.press(club.cleo, both, "Didn't listen")).toast == "Noted: you didn't listen to it."


async def test_the_note_is_on_the_card(club: World, card: MessageView) -> None:
    await club.say(club.ben, "/note watch it in the <dark> & loud")
    assert "watch it in the <dark> & loud" in club.now(card).text
    question = await club.ask(club.ben, "/note")
    assert question.force_reply
    await club.say(club.ben, "or not", reply_to=question)
    assert "or not" in club.now(card).text


async def test_a_note_that_is_too_long_changes_nothing(club: World, card: MessageView) -> None:
    await club.say(club.ben, "/note short")
    assert "200" in (await club.ask(club.ben, "/note " + "x" * 201)).text
    assert "short" in club.now(card).text


async def test_a_week_without_picks_says_how_to_get_some(club: World) -> None:
    answer = await club.ask(club.ana, "/week")
    assert "/movie" in answer.text
    assert answer.buttons == ()
