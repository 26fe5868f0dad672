"""Looking back: past weeks, the best, one's own."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from integrations.sandbox.telegram import MessageView
    from tests.e2e.world import World

WEEK = timedelta(days=7).total_seconds()
WORKS = (
    ("/movie heat 1995", "Heat (1995)"),
    ("/movie dune 2021", "Dune (2021)"),
    ("/movie 1917", "1917 (2019)"),
    ("/movie inception", "Inception (2010)"),
    ("/movie fight club", "Fight Club (1999)"),
    ("/movie pulp fiction", "Pulp Fiction (1994)"),
    ("/movie parasite 2019", "Parasite (2019)"),
    ("/movie the matrix 1999", "The Matrix (1999)"),
    ("/movie solaris 1972", "Solaris (1972)"),
    ("/movie spirited away", "Spirited Away (2001)"),
)


def labels(message: MessageView) -> list[str]:
    return [button.text for row in message.buttons for button in row]


async def a_past(club: World, count: int) -> None:
    """So many weeks, each with a movie that Ana gave 4 and Ben 5; this week has nothing."""
    for command, hit in WORKS[:count]:
        card = await club.pick(club.ana, command, hit)
        await club.press(club.ana, card, "4")
        await club.press(club.ben, card, "5")
        await club.clock.leap(WEEK)
        await club.settle()


async def test_past_weeks_open_their_cards_and_lead_back(club: World) -> None:
    await a_past(club, 2)
    page = await club.ask(club.cleo, "/history")
    assert labels(page) == ["W11 · Dune · ★ 4.5", "W10 · Heat · ★ 4.5"]

    await club.press(club.cleo, page, "W10 · Heat · ★ 4.5")
    card = club.now(page)
    assert "Heat (1995) · picked by Ana" in card.text
    assert "Ana 4, Ben 5" in card.text

    await club.press(club.cleo, card, "‹ Past weeks")
    assert "W10 · Heat · ★ 4.5" in labels(club.now(page))


async def test_a_late_score_in_an_opened_week_counts_is_marked_and_seen_at_once(club: World) -> None:
    await a_past(club, 1)
    page = await club.ask(club.cleo, "/history")
    await club.press(club.cleo, page, "W10 · Heat · ★ 4.5")
    press = await club.press(club.cleo, club.now(page), "3")
    assert press.toast == "Recorded: 3"
    card = club.now(page)
    assert "Cleo 3 (late)" in card.text
    assert "‹ Past weeks" in labels(card)
    await club.press(club.cleo, card, "‹ Past weeks")
    assert labels(club.now(page)) == ["W10 · Heat · ★ 4"]


async def test_a_list_is_no_card_even_when_a_score_came_just_before(club: World) -> None:
    await a_past(club, 1)
    page = await club.ask(club.cleo, "/history")
    await club.press(club.cleo, page, "W10 · Heat · ★ 4.5")
    club.cleo.press(club.now(page), "3")
    club.ben.press(club.now(page), "4")
    club.cleo.press(club.now(page), "‹ Past weeks")
    await club.settle()
    assert "Past weeks" in club.now(page).text
    await club.press(club.ana, await club.ask(club.ana, "/week 2026-W10"), "5")
    assert "Past weeks" in club.now(page).text


async def test_a_reply_to_an_opened_week_is_a_take_on_it(club: World) -> None:
    await a_past(club, 1)
    page = await club.ask(club.cleo, "/history")
    await club.press(club.cleo, page, "W10 · Heat · ★ 4.5")
    await club.say(club.ana, "Still the best heist", reply_to=club.now(page))
    assert "Still the best heist" in club.now(page).text


async def test_many_weeks_come_in_pages_newest_first(club: World) -> None:
    await a_past(club, 10)
    page = await club.ask(club.ben, "/history")
    first = labels(page)
    assert len(first) == 9
    assert first[0].startswith("W19 · Spirited Away")
    assert first[-1] == "Older ›"

    await club.press(club.ben, page, "Older ›")
    assert [label[:3] for label in labels(club.now(page))] == ["W11", "W10", "‹ N"]
    await club.press(club.ben, club.now(page), "‹ Newer")
    assert labels(club.now(page)) == first


async def test_a_year_narrows_and_another_year_is_named(club: World) -> None:
    await a_past(club, 1)
    await club.clock.leap(50 * WEEK)
    await club.settle()
    assert labels(await club.ask(club.ben, "/history")) == ["W10 2026 · Heat · ★ 4.5"]
    assert labels(await club.ask(club.ben, "/history 2026")) == ["W10 2026 · Heat · ★ 4.5"]
    assert "nothing to look back on" in (await club.ask(club.ben, "/history 2027")).text
    assert "is no year I know" in (await club.ask(club.ben, "/history soon")).text


async def test_scores_a_blind_club_is_yet_to_see_are_nowhere(club: World) -> None:
    card = await club.pick(club.ana, "/movie heat 1995", "Heat (1995)")
    await club.ask(club.cleo, "/join")
    await club.press(club.ana, card, "4")
    await club.press(club.ben, card, "5")
    assert "4.5" not in (await club.ask(club.ben, "/top")).text
    assert "no scores of yours" in (await club.ask(club.ben, "/me")).text


async def test_the_best_by_average_open_their_weeks(club: World) -> None:
    await a_past(club, 2)
    card = await club.ask(club.ana, "/week 2026-W10")
    await club.press(club.ana, card, "5")
    best = await club.ask(club.cleo, "/top")
    lines = [line for line in best.text.splitlines() if "." in line[:3] or "★" in line]
    assert lines[0] == "1. 🎬 Heat (1995)"
    assert "★ 5 · 2 scores · W10 2026" in lines[1]
    assert lines[2] == "2. 🎬 Dune (2021)"
    await club.press(club.cleo, best, "2")
    assert "Dune (2021) · picked by Ana" in club.now(best).text


async def test_the_best_of_a_kind_and_a_year_in_both_languages(club: World) -> None:
    await a_past(club, 1)
    assert "Heat" in (await club.ask(club.ben, "/top Filme 2026")).text
    albums = await club.ask(club.ben, "/top alben")
    assert "The best albums" in albums.text
    assert "Heat" not in albums.text
    await club.press(club.ben, albums, "🎬 Movies")
    assert "Heat" in club.now(albums).text
    assert "Heat" not in (await club.ask(club.ben, "/top 2025")).text


async def test_one_score_is_not_enough_to_be_among_the_best(club: World) -> None:
    await a_past(club, 1)
    await club.pick(club.ana, "/movie dune 2021", "Dune (2021)")
    await club.clock.leap(WEEK)
    await club.settle()
    card = await club.ask(club.ana, "/week 2026-W11")
    await club.press(club.ana, card, "5")
    assert "Dune" not in (await club.ask(club.ben, "/top")).text


async def test_my_own_scores_answer_me_and_lead_to_their_weeks(club: World) -> None:
    await a_past(club, 2)
    mine = await club.ask(club.ana, "/me")
    assert "Ana: 2 scores, 4 on average" in mine.text
    assert "The club gave the same picks 4.5." in mine.text
    assert "W11 · 4 · Dune (2021)" in mine.text
    assert mine.reply_to is not None
    await club.press(club.ana, mine, "W10")
    assert "Heat (1995) · picked by Ana" in club.now(mine).text


async def test_a_week_is_named_in_several_ways(club: World) -> None:
    await a_past(club, 1)
    for words in ("2026-W10", "10", "w10", "KW 10"):
        assert "Heat" in (await club.ask(club.ben, f"/week {words}")).text
    assert "Nothing was picked that week." in (await club.ask(club.ben, "/week 9")).text
    for words in ("2026-W54", "2026-W40", "soon"):
        assert "I know no past week" in (await club.ask(club.ben, f"/week {words}")).text


async def test_alone_with_the_bot_one_looks_back_on_oneself(club: World) -> None:
    club.ana.start_bot()
    await club.settle()
    card = await club.pick(club.ana, "/movie heat 1995", "Heat (1995)", chat=club.ana.private)
    await club.press(club.ana, card, "4")
    mine = await club.ask(club.ana, "/me", chat=club.ana.private)
    assert "Ana: 1 score, 4 on average" in mine.text
    assert "The club" not in mine.text
    assert "Heat" in (await club.ask(club.ana, "/top", chat=club.ana.private)).text
