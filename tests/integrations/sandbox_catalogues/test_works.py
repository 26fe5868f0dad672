from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest

from integrations.sandbox.catalogues import Album, Movie, load_albums, load_movies
from integrations.sandbox.catalogues.genres import GENRES
from integrations.sandbox.catalogues.musicbrainz_json import STATUSES, TYPES
from integrations.sandbox.catalogues.works import valid_mbid

MOVIES = load_movies()
ALBUMS = load_albums()


def test_there_are_enough_works_to_look_around_in() -> None:
    assert len(MOVIES) >= 150
    assert len(ALBUMS) >= 150


def test_ids_are_unique() -> None:
    for ids in (
        [movie.id for movie in MOVIES],
        [movie.imdb_id for movie in MOVIES if movie.imdb_id],
        [album.id for album in ALBUMS],
        [mbid for album in ALBUMS for mbid in album.release_ids],
    ):
        assert sorted(set(ids), key=str) == sorted(ids, key=str)


@pytest.mark.parametrize("movie", MOVIES, ids=lambda movie: str(movie.id))
def test_a_movie_is_whole(movie: Movie) -> None:
    assert movie.title.strip() == movie.title != ""
    assert set(movie.genres) <= set(GENRES)
    assert movie.imdb_id is None or re.fullmatch(r"tt\d{7,8}", movie.imdb_id)
    assert 0 <= movie.vote <= 10
    assert (movie.vote == 0) == (movie.votes == 0)
    assert movie.popularity > 0
    for value in (movie.tomatometer, movie.metascore):
        assert value is None or 0 <= value <= 100
    if movie.released:
        assert dt.date(1888, 1, 1) <= dt.date.fromisoformat(movie.released) <= dt.date(2036, 1, 1)
        assert movie.runtime > 0
        assert movie.directors
        assert movie.cast
        assert all(role.actor and role.character for role in movie.cast)


@pytest.mark.parametrize("album", ALBUMS, ids=lambda album: album.title)
def test_an_album_is_whole(album: Album) -> None:
    assert valid_mbid(album.id)
    assert album.title.strip() == album.title != ""
    assert album.credits[-1].joinphrase == ""
    assert all(part.joinphrase for part in album.credits[:-1])
    assert set(album.secondary_types) <= set(TYPES)
    assert album.primary_type is None or album.primary_type in TYPES
    assert album.status is None or album.status in STATUSES
    assert album.cover in {"full", "old", "none"}
    if album.released:
        assert re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", album.released)
        dt.date.fromisoformat((album.released + "-01-01")[:10])


def test_ids_stay_the_same_in_every_run() -> None:
    blue = next(album for album in ALBUMS if album.title == "Kind of Blue")
    assert blue.id == "9c3defb0-bacc-5613-98db-85c0106891bb"


MOVIE_ODDITIES: dict[str, Callable[[Movie], object]] = {
    "an empty date": lambda m: m.released == "",
    "no date": lambda m: m.released is None,
    "no poster": lambda m: not m.poster,
    "an empty overview": lambda m: m.overview == "",
    "no genres": lambda m: m.genres == (),
    "a video": lambda m: m.video,
    "an adult entry": lambda m: m.adult,
    "no IMDb id": lambda m: m.imdb_id is None,
    "unknown to OMDb": lambda m: m.omdb == "unknown",
    "broken at OMDb": lambda m: m.omdb == "broken",
    "nobody voted": lambda m: m.votes == 0,
    "no critics": lambda m: m.tomatometer is None and m.metascore is None,
    "one critic only": lambda m: m.tomatometer is not None and m.metascore is None,
    "markup in the title": lambda m: "<b>" in m.title and "&" in m.title and '"' in m.title,
    "a title of more than 200 characters": lambda m: len(m.title) > 200,
    "an overview of more than 1,024 characters": lambda m: len(m.overview) > 1024,
    "right-to-left marks": lambda m: "\u202e" in m.title,
    "emoji only": lambda m: m.title == "🍿🎬",
    "Cyrillic": lambda m: re.search("[а-я]", m.original_title),
    "Japanese": lambda m: re.search("[ぁ-ん]", m.original_title),
    "Korean": lambda m: re.search("[가-힣]", m.original_title),
    "Arabic": lambda m: re.search("[ء-ي]", m.original_title),
    "Hebrew": lambda m: re.search("[א-ת]", m.original_title),
    "several directors": lambda m: len(m.directors) > 1,
    "a whole vote": lambda m: m.votes and m.vote == int(m.vote),
}
ALBUM_ODDITIES: dict[str, Callable[[Album], object]] = {
    "a year": lambda a: a.released and len(a.released) == 4,
    "a month": lambda a: a.released and len(a.released) == 7,
    "a day": lambda a: a.released and len(a.released) == 10,
    "an empty date": lambda a: a.released == "",
    "no date": lambda a: a.released is None,
    "no type": lambda a: a.primary_type is None,
    "several secondary types": lambda a: len(a.secondary_types) > 2,
    "no releases": lambda a: a.releases == 0,
    "no status": lambda a: a.status is None,
    "a bootleg": lambda a: a.status == "Bootleg",
    "a promotion": lambda a: a.status == "Promotion",
    "a merged id": lambda a: a.merged_id,
    "an old cover": lambda a: a.cover == "old",
    "no cover": lambda a: a.cover == "none",
    "an artist without a type": lambda a: a.credits[0].artist.type is None,
    "printed under another name": lambda a: any(part.name != part.artist.name for part in a.credits),
    "only symbols": lambda a: a.title == "( )",
    "U+2010": lambda a: "\u2010" in a.credit,
    "Cyrillic": lambda a: re.search("[а-я]", a.title),
    "Japanese": lambda a: re.search("[ァ-ン]", a.title),
}


@pytest.mark.parametrize("name", MOVIE_ODDITIES)
def test_there_is_a_movie_with(name: str) -> None:
    assert any(MOVIE_ODDITIES[name](movie) for movie in MOVIES)


@pytest.mark.parametrize("name", ALBUM_ODDITIES)
def test_there_is_an_album_with(name: str) -> None:
    assert any(ALBUM_ODDITIES[name](album) for album in ALBUMS)


@pytest.mark.parametrize("phrase", [" & ", " feat. ", ", ", "; ", " vs. ", " and ", " / "])
def test_there_is_an_album_with_the_join_phrase(phrase: str) -> None:
    assert any(part.joinphrase == phrase for album in ALBUMS for part in album.credits)


@pytest.mark.parametrize("year", [1972, 2002])
def test_solaris_is_two_movies(year: int) -> None:
    assert [movie.id for movie in MOVIES if movie.title == "Solaris" and movie.year == year]


def test_several_artists_have_greatest_hits_and_some_albums_are_called_like_their_artist() -> None:
    assert sum(album.title == "Greatest Hits" for album in ALBUMS) >= 3
    assert sum(album.title == album.credit for album in ALBUMS) >= 5
    assert {"1989", "1999", "25"} <= {album.title for album in ALBUMS}


def test_two_artists_may_share_a_name() -> None:
    namesakes = {
        part.artist.id for album in ALBUMS for part in album.credits if part.artist.name == "Nirvana"
    }
    assert len(namesakes) == 2
