"""A work's card."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.texts import visible

if TYPE_CHECKING:
    from integrations.sandbox.telegram import MessageView
    from tests.e2e.world import World


async def opened(world: World, command: str, hit: str) -> MessageView:
    """Search and open a hit; the card."""
    hits = await world.ask(world.ana, command)
    await world.press(world.ana, hits, hit)
    return world.now(hits)


async def test_a_movies_card_has_what_one_needs_to_decide(club: World) -> None:
    card = await opened(club, "/movie amelie", "Amélie (2001)")
    for words in (
        "Amélie (2001)",
        "Le fabuleux destin d'Amélie Poulain",
        "2 h 2 min",
        "Jean-Pierre Jeunet",
        "Audrey Tautou",
        "Comedy",
        "Internet Movie Database",
        "TMDB",
    ):
        assert words.lower() in card.caption.lower().replace("’", "'"), words
    assert card.photo is not None
    assert card.photo.content[:2] == b"\xff\xd8"
    assert "themoviedb.org/movie/" in card.html
    assert any("Pick" in button.text for row in card.buttons for button in row)


async def test_an_albums_card_has_the_credit_as_printed(club: World) -> None:
    card = await opened(club, "/album watch the throne", "Watch the Throne")
    assert "JAY‐Z & Kanye West – Watch the Throne (2011)" in card.caption
    assert "Album" in card.caption
    assert "musicbrainz.org/release-group/" in card.html
    assert card.photo is not None


async def test_cast_and_crew_and_back_without_a_new_message(club: World) -> None:
    card = await opened(club, "/movie heat 1995", "Heat (1995)")
    written = len(club.telegram.messages(club.group))
    await club.press(club.ben, card, "Cast and crew")
    people = club.now(card)
    assert "Director: Michael Mann" in people.caption
    assert "Al Pacino · " in people.caption
    assert people.photo is not None
    await club.press(club.ben, card, "Facts")
    assert club.now(card).caption == card.caption
    assert len(club.telegram.messages(club.group)) == written


async def test_from_a_card_back_to_the_hits(club: World) -> None:
    hits = await club.ask(club.ana, "/movie heat")
    await club.press(club.ana, hits, "Heat (1995)")
    await club.press(club.ana, hits, "All hits")
    assert "Heat (1995)" in [row[0].text for row in club.now(hits).buttons]
    await club.press(club.ana, hits, "The Heat (2013)")
    assert "The Heat (2013)" in club.now(hits).caption


@pytest.mark.proof
async def test_every_bundled_work_fits_a_card(club: World) -> None:
    """Each is opened from a search; nothing may be refused, whatever it is called or lacks."""
    movies = [movie.title for movie in club.catalogues.movies if not movie.adult and not movie.video][::6]
    albums = [album.title for album in club.catalogues.albums][::12]
    for command, names in (("/movie", movies), ("/album", albums)):
        for name in names:
            hits = await club.ask(club.ana, f"{command} {name}")
            (first, *_), *_ = hits.buttons
            await club.press(club.ana, hits, first.text)
            card = club.now(hits)
            assert card.edited, name
            assert visible(card.html) <= (1024 if card.photo else 4096)
            await club.clock.advance(60)


async def test_a_card_without_a_picture_is_a_text(club: World) -> None:
    movie = next(
        movie for movie in club.catalogues.movies if not movie.poster and not movie.adult and not movie.video
    )
    hits = await club.ask(club.ana, f"/movie {movie.title}")
    await club.press(club.ana, hits, hits.buttons[0][0].text)
    card = club.now(hits)
    assert card.photo is None
    assert "Pick" in card.buttons[0][0].text


async def test_a_picture_telegram_cannot_fetch_leaves_the_text(club: World) -> None:
    club.telegram.faults.fail("editMessageMedia", 400, "Bad Request: wrong type of the web page content")
    card = await opened(club, "/movie heat 1995", "Heat (1995)")
    assert card.photo is None
    assert "Michael Mann" in card.text


async def test_a_card_opened_again_asks_no_catalogue(club: World) -> None:
    hits = await club.ask(club.ana, "/movie heat 1995")
    await club.press(club.ana, hits, "Heat (1995)")
    asked = len(
        [call for call in club.catalogues.calls if "images" not in call.path and call.service != "images"]
    )
    again = await club.ask(club.ben, "/movie heat 1995")
    await club.press(club.ben, again, "Heat (1995)")
    assert len([call for call in club.catalogues.calls if call.service != "images"]) == asked
