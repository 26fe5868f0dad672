"""A catalogue is down, slow, mad, or not set up at all."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete

from integrations.http import ATTEMPTS
from storage.tables import http_cache
from tests.e2e.world import running

if TYPE_CHECKING:
    from pathlib import Path

    from integrations.sandbox.telegram import MessageView
    from tests.e2e.world import Errors, World

DAY = timedelta(days=1).total_seconds()


async def opened(world: World, command: str, hit: str) -> MessageView:
    """A work's card, as Ana sees it once she opened it."""
    hits = await world.ask(world.ana, command)
    await world.press(world.ana, hits, hit)
    return world.now(hits)


async def test_without_a_tmdb_key_movies_say_what_to_set_and_albums_work(
    tmp_path: Path, errors: Errors
) -> None:
    async with running(tmp_path, tmdb_api_key=None) as world:
        await world.found_club()
        answer = await world.ask(world.ana, "/movie heat")
        assert "TMDB_API_KEY" in answer.text
        card = await world.pick(world.ana, "/album kind of blue", "Kind of Blue (1959)")
        assert "Kind of Blue" in card.text
    assert errors.messages == []


async def test_without_an_omdb_key_a_card_has_no_critics(tmp_path: Path) -> None:
    async with running(tmp_path, omdb_api_key=None) as world:
        await world.found_club()
        hits = await world.ask(world.ana, "/movie heat 1995")
        await world.press(world.ana, hits, "Heat (1995)")
        caption = world.now(hits).caption
        assert "Michael Mann" in caption
        assert "Internet Movie Database" not in caption


async def test_a_source_that_is_down_says_so_plainly(club: World) -> None:
    club.catalogues.faults.refuse("tmdb", times=None)
    answer = await club.ask(club.ana, "/movie heat")
    assert answer.text.startswith("TMDB isn't answering")
    club.catalogues.faults.refuse("musicbrainz", times=None)
    answer = await club.ask(club.ana, "/album kind of blue")
    assert answer.text.startswith("MusicBrainz isn't answering")


async def test_an_older_answer_is_served_and_marked_while_the_source_is_down(club: World) -> None:
    fresh = await club.ask(club.ana, "/movie heat")
    await club.clock.leap(2 * DAY)
    club.catalogues.faults.refuse("tmdb", times=None)
    remembered = await club.ask(club.ana, "/movie heat")
    assert "isn't answering" in remembered.text
    assert [row[0].text for row in remembered.buttons] == [row[0].text for row in fresh.buttons]


async def test_a_known_card_opens_marked_while_the_source_is_down(club: World) -> None:
    hits = await club.ask(club.ana, "/movie heat 1995")
    await club.press(club.ana, hits, "Heat (1995)")
    await club.clock.leap(60 * DAY)
    club.catalogues.faults.refuse("tmdb", times=None)
    await club.press(club.ben, hits, "All hits")
    await club.press(club.ben, hits, "Heat (1995)")
    card = club.now(hits).caption
    assert "Michael Mann" in card
    assert "isn't answering" in card


async def test_an_unknown_card_cannot_be_opened_and_the_hits_stay(club: World) -> None:
    hits = await club.ask(club.ana, "/movie heat 1995")
    club.catalogues.faults.refuse("tmdb", times=None)
    press = await club.press(club.ana, hits, "Heat (1995)")
    assert press.alert
    assert "TMDB" in (press.toast or "")
    assert club.now(hits).buttons == hits.buttons


async def test_critics_and_covers_that_are_down_leave_the_rest_of_the_card(club: World) -> None:
    club.catalogues.faults.refuse("omdb", times=None)
    club.catalogues.faults.refuse("coverart", times=None)
    hits = await club.ask(club.ana, "/movie heat 1995")
    await club.press(club.ana, hits, "Heat (1995)")
    assert "Michael Mann" in club.now(hits).caption
    hits = await club.ask(club.ana, "/album kind of blue")
    await club.press(club.ana, hits, "Kind of Blue (1959)")
    assert "Kind of Blue" in club.now(hits).text


async def test_critics_and_covers_come_once_their_sources_are_back(club: World) -> None:
    club.catalogues.faults.refuse("omdb", times=None)
    club.catalogues.faults.refuse("coverart", times=None)
    movie = await opened(club, "/movie heat 1995", "Heat (1995)")
    album = await opened(club, "/album kind of blue", "Kind of Blue (1959)")
    assert "Rotten Tomatoes" not in movie.caption
    assert album.photo is None

    club.catalogues.faults.clear()
    movie = await opened(club, "/movie heat 1995", "Heat (1995)")
    album = await opened(club, "/album kind of blue", "Kind of Blue (1959)")
    assert "Rotten Tomatoes" in movie.caption
    assert album.photo is not None


async def test_critics_and_covers_we_have_stay_while_their_sources_are_down(club: World) -> None:
    await opened(club, "/movie heat 1995", "Heat (1995)")
    await opened(club, "/album kind of blue", "Kind of Blue (1959)")
    await club.clock.leap(60 * DAY)
    async with club.app.database._engines.writer.begin() as connection:
        await connection.execute(delete(http_cache))
    club.catalogues.faults.refuse("omdb", times=None)
    club.catalogues.faults.fail("coverart", 503, times=ATTEMPTS)  # Telegram gets the picture itself there.
    movie = await opened(club, "/movie heat 1995", "Heat (1995)")
    album = await opened(club, "/album kind of blue", "Kind of Blue (1959)")
    assert "Rotten Tomatoes" in movie.caption
    assert album.photo is not None


async def test_load_shedding_and_slowness_are_waited_out(club: World) -> None:
    club.catalogues.faults.busy("musicbrainz", times=2)
    assert "Kind of Blue" in (await club.ask(club.ana, "/album kind of blue")).buttons[0][0].text


async def test_html_instead_of_an_answer_is_no_silence(club: World) -> None:
    club.catalogues.faults.html("tmdb", times=None)
    answer = await club.ask(club.ana, "/movie heat")
    assert "TMDB" in answer.text
