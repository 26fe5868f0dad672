"""Searching for movies and albums."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from integrations.sandbox.telegram import MessageView
    from tests.e2e.world import World


def titles(message: MessageView) -> list[str]:
    """The hits' buttons, page buttons left out."""
    return [row[0].text for row in message.buttons if (row[0].callback_data or "").startswith("o:")]


@pytest.mark.parametrize(
    ("command", "first"),
    [
        ("/movie heat", "Heat (1995)"),
        ("/movie HEAT 1995", "Heat (1995)"),
        ("/movie amelie", "Amélie (2001)"),
        ("/movie wall-e", "WALL·E (2008)"),
        ("/movie dune 1984", "Dune (1984)"),
        ("/movie Dune (2021)", "Dune (2021)"),
        ("/movie blade runner 2049", "Blade Runner 2049 (2017)"),
        ("/movie 1917", "1917 (2019)"),
        ("/movie Солярис", "Solaris (1972)"),
        ("/album kind of blue", "Miles Davis – Kind of Blue (1959)"),
        ("/album Miles Davis - Kind of Blue", "Miles Davis – Kind of Blue (1959)"),
        ("/album bob dylan blood on the tracks", "Bob Dylan – Blood on the Tracks (1975)"),
        ("/album ok computer", "Radiohead – OK Computer (1997)"),
        ("/album nevermind 1991", "Nirvana – Nevermind (1991)"),
    ],
)
async def test_the_well_known_work_comes_first(club: World, command: str, first: str) -> None:
    assert titles(await club.ask(club.ana, command))[0] == first


async def test_hits_come_six_to_a_page_and_turn_in_place(club: World) -> None:
    hits = await club.ask(club.ana, "/movie the")
    first = titles(hits)
    assert len(first) == 6

    written = len(club.telegram.messages(club.group))
    await club.press(club.ben, hits, "More ›")
    second = titles(club.now(hits))
    assert second
    assert not set(first) & set(second)
    await club.press(club.ben, hits, "‹ Back")
    assert titles(club.now(hits)) == first
    assert len(club.telegram.messages(club.group)) == written


async def test_turning_pages_asks_no_catalogue_again(club: World) -> None:
    hits = await club.ask(club.ana, "/movie the")
    asked = len(club.catalogues.calls)
    await club.press(club.ana, hits, "More ›")
    assert len(club.catalogues.calls) == asked


async def test_nothing_found_says_so_and_offers_to_add_it(club: World) -> None:
    answer = await club.ask(club.ana, "/movie qwxyzzy plugh")
    assert "“qwxyzzy plugh”" in answer.text
    await club.press(club.ana, answer, "Add it by hand")
    assert "qwxyzzy plugh" in club.now(answer).text
    await club.press(club.ana, answer, "Pick")
    assert "qwxyzzy plugh" in club.last().text


@pytest.mark.parametrize(("command", "reply"), [("/movie", "heat 1995"), ("/album", "kind of blue")])
async def test_an_empty_query_is_asked_for_by_force_reply(club: World, command: str, reply: str) -> None:
    question = await club.ask(club.ana, command)
    assert question.force_reply
    hits = await club.ask(club.ana, reply, reply_to=question)
    assert titles(hits)


async def test_a_query_nobody_can_see_is_an_empty_one(club: World) -> None:
    assert (await club.ask(club.ana, "/movie \u200b\u202e")).force_reply


async def test_an_absurdly_long_query_is_answered_kindly(club: World) -> None:
    answer = await club.ask(club.ana, "/movie " + "very " * 200)
    assert "200" in answer.text
    assert answer.buttons == ()


async def test_hostile_queries_break_nothing(club: World) -> None:
    for query in ("<b>", "&amp;", "a:b AND (c", '"', "\u202eevil", "😀" * 150, "\\", "{0.__class__}", "%s"):
        for command in ("/movie", "/album"):
            answers = await club.say(club.ana, f"{command} {query}")
            assert len(answers) == 1


async def test_a_search_is_remembered_for_an_hour(club: World) -> None:
    await club.ask(club.ana, "/album kind of blue")
    asked = len(club.catalogues.calls)
    await club.ask(club.ben, "/album kind of blue")
    assert len(club.catalogues.calls) == asked
