"""Works no catalogue has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.world import World


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("/add movie Our Holiday (2019)", "🎬 Our Holiday (2019)"),
        ("/add movie Our Holiday 2019", "🎬 Our Holiday (2019)"),
        ("/add Film Our Holiday", "🎬 Our Holiday"),
        ("/add album The Neighbours – Demo Tape (1888)", "💿 The Neighbours – Demo Tape (1888)"),
        ("/add album Demo Tape (2036)", "💿 Demo Tape (2036)"),
        ("/add movie 1917", "🎬 1917"),
    ],
)
async def test_a_work_is_added_and_picked(club: World, command: str, shown: str) -> None:
    card = await club.ask(club.ana, command)
    assert card.text == shown
    await club.press(club.ana, card, "Pick")
    assert shown[2:] in club.last().text


async def test_without_a_kind_the_bot_asks_which(club: World) -> None:
    question = await club.ask(club.ana, "/add Our Holiday (2019)")
    await club.press(club.ana, question, "Album")
    assert "💿 Our Holiday (2019)" in club.now(question).text


async def test_without_a_title_the_bot_asks_for_one(club: World) -> None:
    question = await club.ask(club.ana, "/add")
    assert question.force_reply
    card = await club.ask(club.ana, "movie Our Holiday (2019)", reply_to=question)
    assert "Our Holiday (2019)" in card.text


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("/add movie Our Holiday (1887)", "1888 to 2036"),
        ("/add movie Our Holiday (2037)", "1888 to 2036"),
        ("/add movie Our Holiday 2049", "brackets"),
        ("/add movie", "title"),
        ("/add movie " + "x" * 201, "200"),
    ],
)
async def test_what_cannot_be_is_answered_with_what_can(club: World, command: str, words: str) -> None:
    answer = await club.ask(club.ana, command)
    assert words in answer.text
    assert answer.buttons == ()


async def test_a_number_that_belongs_to_the_title_stands_before_the_year(club: World) -> None:
    card = await club.ask(club.ana, "/add movie Blade Runner 2049 (2017)")
    assert "Blade Runner 2049 (2017)" in card.text


async def test_the_same_work_added_twice_is_one(club: World) -> None:
    card = await club.ask(club.ana, "/add movie Our Holiday (2019)")
    await club.press(club.ana, card, "Pick")
    again = await club.ask(club.ben, "/add movie Our Holiday (2019)")
    press = await club.press(club.ben, again, "Pick")
    assert "already" in (press.toast or "")
