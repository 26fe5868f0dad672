"""The look-alikes have the fields that the recorded answers have, and nothing that those never had."""

from __future__ import annotations

import json
from typing import Any

from integrations.sandbox.catalogues import Catalogues
from tests.integrations import recorded
from tests.integrations.sandbox_catalogues.asking import Asker

pytestmark = recorded.needed


def answer(name: str) -> Any:
    return json.loads(recorded.body(name))


def kinds(value: Any) -> str:
    """A number may be whole or not, and anything may be null."""
    return {int: "number", float: "number", bool: "truth", type(None): "null"}.get(
        type(value), type(value).__name__
    )


def assert_same_fields(
    ours: dict[str, Any], theirs: dict[str, Any], without: frozenset[str] = frozenset()
) -> None:
    assert set(ours) == set(theirs) - without
    for key, value in ours.items():
        assert kinds(value) == kinds(theirs[key]) or "null" in {kinds(value), kinds(theirs[key])}, key


async def test_tmdb_search(ask: Asker) -> None:
    theirs = answer("tmdb/search_movie_inception_2025.json")
    ours = await ask.tmdb("/search/movie", query="heat")
    assert_same_fields(ours, theirs)
    assert_same_fields(ours["results"][0], theirs["results"][0])
    assert await ask.tmdb("/search/movie", query="qqqq") == answer("tmdb/search_movie_empty_2025.json")


async def test_tmdb_movie(ask: Asker) -> None:
    theirs = answer("tmdb/movie_550_append_credits_release_dates_external_ids_keywords_images_2025.json")
    ours = await ask.tmdb("/movie/550", append_to_response="credits,release_dates,external_ids,images")
    assert_same_fields(ours, theirs, frozenset({"keywords"}))
    assert (ours["imdb_id"], ours["title"], ours["runtime"]) == (
        theirs["imdb_id"],
        theirs["title"],
        theirs["runtime"],
    )
    for part in ("cast", "crew"):
        assert_same_fields(ours["credits"][part][0], theirs["credits"][part][0])
    assert_same_fields(ours["external_ids"], theirs["external_ids"])
    assert_same_fields(ours["spoken_languages"][0], theirs["spoken_languages"][0])
    assert_same_fields(ours["images"]["posters"][0], theirs["images"]["posters"][0])
    assert_same_fields(ours["release_dates"]["results"][0], theirs["release_dates"]["results"][0])


async def test_tmdb_genres_configuration_and_find(ask: Asker) -> None:
    assert await ask.tmdb("/genre/movie/list") == answer("tmdb/genre_movie_list_2025.json")
    theirs = answer("tmdb/configuration_2025.json")["images"]
    ours = (await ask.tmdb("/configuration"))["images"]
    assert_same_fields(ours, theirs)
    assert {key: value for key, value in ours.items() if "url" not in key} == {
        key: value for key, value in theirs.items() if "url" not in key
    }
    found = answer("tmdb/find_tt0936501_2017.json")
    assert_same_fields(await ask.tmdb("/find/tt0113277", external_source="imdb_id"), found)


async def test_tmdb_errors(ask: Asker) -> None:
    missing = await ask.get("/tmdb/3/movie/1", api_key="0" * 32)
    assert missing.json() == answer("tmdb/errors/error_404_not_found_2026.json")
    page = await ask.get("/tmdb/3/search/movie", query="x", page=501, api_key="0" * 32)
    assert page.json() == answer("tmdb/errors/error_status_400_adamayoung.json")
    key = await ask.get("/tmdb/3/movie/1")
    assert key.json() == answer("tmdb/errors/error_status_401_adamayoung.json")


async def test_musicbrainz_search(ask: Asker) -> None:
    theirs = answer("musicbrainz/avatar29A_2025/releasegroup-search.json")
    ours = await ask.musicbrainz("/release-group", query="dylan OR nirvana")
    assert set(ours) == set(theirs)
    seen = {key for hit in theirs["release-groups"] for key in hit}
    always = set.intersection(*(set(hit) for hit in theirs["release-groups"]))
    optional = {"disambiguation", "secondary-types", "secondary-type-ids", "first-release-date", "tags"}
    for hit in ours["release-groups"]:
        assert always <= set(hit) <= seen | optional
        assert set(hit["artist-credit"][0]) <= {"name", "artist", "joinphrase"}
        assert set(hit["releases"][0]) == {"id", "status-id", "title", "status"}
    nothing = answer("musicbrainz/embedded/release-group_search_zero_results_2021.json")
    assert set(await ask.musicbrainz("/release-group", query="qqqq")) == set(nothing)


async def test_musicbrainz_artist_search(ask: Asker) -> None:
    theirs = answer("musicbrainz/avatar29A_2025/artist-search.json")
    ours = await ask.musicbrainz("/artist", query="dylan")
    assert set(ours) == set(theirs)
    assert set(ours["artists"][0]) <= {key for artist in theirs["artists"] for key in artist} | {
        "disambiguation"
    }


async def test_musicbrainz_lookup(ask: Asker, catalogues: Catalogues) -> None:
    theirs = answer("musicbrainz/avatar29A_2025/releasegroup-get.json")
    album = next(album for album in catalogues.albums if album.title == "Desire")
    ours = await ask.musicbrainz(
        f"/release-group/{album.id}", inc="artist-credits genres ratings url-rels releases"
    )
    assert_same_fields(ours, theirs)
    assert_same_fields(ours["artist-credit"][0], theirs["artist-credit"][0])
    assert set(ours["artist-credit"][0]["artist"]) == set(theirs["artist-credit"][0]["artist"]) - {"genres"}
    assert_same_fields(ours["genres"][0], theirs["genres"][0])
    assert_same_fields(ours["relations"][0], theirs["relations"][0])
    assert (ours["title"], ours["first-release-date"], ours["primary-type-id"]) == (
        theirs["title"],
        theirs["first-release-date"],
        theirs["primary-type-id"],
    )
    plain = answer("musicbrainz/graphbrainz_2021/release-group_f5093c06-23e3-404f-aeaa-40f72885ee3a.json")
    assert_same_fields(await ask.musicbrainz(f"/release-group/{album.id}"), plain)


async def test_musicbrainz_browse(ask: Asker, catalogues: Catalogues) -> None:
    theirs = answer("musicbrainz/avatar29A_2025/releasegroup-browse.json")
    artist = catalogues.albums[0].credits[0].artist.id
    ours = await ask.musicbrainz("/release-group", artist=artist, inc="ratings")
    assert_same_fields(ours, theirs)
    assert_same_fields(ours["release-groups"][0], theirs["release-groups"][0])


async def test_musicbrainz_errors(ask: Asker) -> None:
    theirs = answer(
        "musicbrainz/graphbrainz_2021/status400_artist_5b11f4ce-a62d-471e-81fc-a69a8278c7da_inc=foobar.json"
    )
    ours = await ask.get(
        "/musicbrainz/ws/2/artist/5b11f4ce-a62d-471e-81fc-a69a8278c7da", inc="foobar", fmt="json"
    )
    assert (ours.status_code, ours.json()) == (400, theirs)


async def test_cover_art(ask: Asker, catalogues: Catalogues) -> None:
    mbid = "7c8b0bcd-b95d-414c-bbb5-f6d3fb56786f"
    theirs = answer(f"coverartarchive/graphbrainz_2021/2_items_mbid-{mbid}_index.json")
    _, ours = await ask.follow(f"/coverart/release-group/{catalogues.albums[0].id}")
    assert_same_fields(ours.json(), theirs)
    assert_same_fields(ours.json()["images"][0], theirs["images"][0])
    assert set(ours.json()["images"][0]["thumbnails"]) == set(theirs["images"][0]["thumbnails"])

    page = recorded.body("coverartarchive/graphbrainz_2021/status400_release_xyz.html").decode()
    assert (await ask.get("/coverart/release/xyz")).text.split() == page.split()
    gone = "0138608c-a850-4351-bb1e-4d551bb900b6"
    page = recorded.body(f"coverartarchive/graphbrainz_2021/status404_release_{gone}.html").decode()
    assert (await ask.get(f"/coverart/release/{gone}")).text.split() == page.split()


async def test_omdb(ask: Asker) -> None:
    ours = (await ask.omdb(i="tt0113277")).json()
    theirs = answer("omdb/get_id.json")
    assert_same_fields(ours, theirs)
    assert [rating["Source"] for rating in ours["Ratings"]] == [
        rating["Source"] for rating in theirs["Ratings"]
    ]
    assert (await ask.omdb(i="tt9999999")).json() == answer("omdb/get_wrong_id.json")
    assert (await ask.omdb(t="qqqq")).json() == answer("omdb/get_wrong_title.json")
