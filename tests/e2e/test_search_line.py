"""Many search at once, and MusicBrainz takes one question a second: who waits, who does not, who is told."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from bot import compose
from domain.services.works import PATIENCE
from integrations.musicbrainz import INTERVAL, LONGEST_QUEUE, MusicBrainzAlbums
from integrations.sandbox.telegram.views import view
from tests.e2e.test_search import titles
from tests.searches.crowd import crowd

if TYPE_CHECKING:
    from pathlib import Path

    from domain.ports import Fetched
    from domain.search import Query
    from domain.works import Hit
    from integrations.sandbox.telegram.world import Event
    from tests.e2e.world import Errors, World


async def test_who_searches_in_a_crowd_waits_and_knows_or_is_told_to_come_back(tmp_path: Path) -> None:
    found = await crowd(tmp_path, 64)
    in_line = sum("in line" in words for words in found.told)
    turned_away = sum(words.startswith("So many people are asking MusicBrainz") for words in found.told)
    assert len(found.asked) == len(found.served) == 64 - turned_away
    assert len(found.served) == int(LONGEST_QUEUE / INTERVAL) + 2
    assert min(later - earlier for earlier, later in pairwise(found.asked)) == pytest.approx(INTERVAL)
    assert found.served[-1] < LONGEST_QUEUE + INTERVAL
    assert in_line == sum(at > PATIENCE + 0.5 for at in found.served)
    assert found.toast < 0.3


async def test_equal_searches_at_once_are_one_request(tmp_path: Path) -> None:
    found = await crowd(tmp_path, 15, equal=True)
    assert len(found.asked) == 1
    assert len(found.served) == 15
    assert found.told == ()


async def test_who_scores_does_not_wait_for_those_who_search_in_the_same_group(tmp_path: Path) -> None:
    found = await crowd(tmp_path, 12, together=True)
    assert len(found.asked) == len(found.served) == 12
    assert found.toast < 0.3


async def test_a_group_that_searches_a_lot_takes_its_turn_among_others(club: World) -> None:
    club.olga.start_bot()
    await club.settle()
    came: list[tuple[int, str, float]] = []

    def watch(event: Event) -> None:
        if event.kind == "message" and "“" in (text := view(event.data).text):
            came.append((event.data.chat.id, text.split("“")[1].split("”")[0], club.clock.monotonic()))

    club.telegram.subscribe(watch)
    began = club.clock.monotonic()
    wanted = ["kind of blue", "nevermind", "bleach", "abbey road", "thriller"]
    for words in wanted:
        club.ana.write(club.group, f"/album {words}")
    club.olga.write(club.olga.private, "/album ok computer")
    await club.settle()
    assert [words for chat, words, _ in came if chat == club.group.id] == wanted
    assert next(at - began for _, words, at in came if words == "ok computer") < 2 * INTERVAL


async def test_who_opens_a_hit_does_not_wait_for_those_who_search(club: World) -> None:
    hits = await club.ask(club.ana, "/album nevermind")
    await club.clock.advance(5)
    for words in ("kind of blue", "bleach", "abbey road", "thriller", "ok computer"):
        club.ben.write(club.group, f"/album {words}")
    press = club.cleo.press(hits, "Nirvana – Nevermind")
    await club.settle()
    assert press.answered_at is not None
    assert press.answered_at - press.pressed_at <= 2 * INTERVAL
    assert "Nevermind" in club.now(hits).words


async def test_a_search_that_waits_when_the_bot_stops_is_answered_by_the_next_one(
    club: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compose, "DRAIN", 0)
    order = club.catalogues.faults.slow("musicbrainz", 3)
    club.ana.write(club.group, "/album kind of blue")
    await club.still()
    assert order.times == 0
    await club.restart()
    await club.settle()
    assert titles(club.last())[0].startswith("Miles Davis – Kind of Blue")


async def test_a_search_that_breaks_is_apologised_for_and_the_next_one_works(
    club: World, errors: Errors, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_: MusicBrainzAlbums, query: Query) -> Fetched[tuple[Hit, ...]]:
        raise OSError(query.text)

    with monkeypatch.context() as patch:
        patch.setattr(MusicBrainzAlbums, "search", broken)
        answer = await club.ask(club.ana, "/album nevermind")
    assert "Something broke on my side" in answer.text
    assert any("failed, error" in line for line in errors.messages)
    errors.messages.clear()
    assert titles(await club.ask(club.ana, "/album nevermind"))
