"""The clients against every recorded answer of the real services."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest

from domain.errors import CatalogueUnavailable, DomainError, NotInCatalogue
from domain.search import Query
from domain.works import AlbumFacts, Hit, Kind, MovieFacts, PartialDate, Source, WorkRef
from integrations.cover_art import CoverArtArchive
from integrations.musicbrainz import MusicBrainzAlbums
from integrations.omdb import Omdb
from integrations.tmdb import TmdbMovies
from tests.fakes import MemoryCache, RunningClock
from tests.integrations import recorded
from tests.integrations.scripted import Routes, raw

pytestmark = recorded.needed

EMPTY_KEY = "0" * 32
CONFIGURATION = "tmdb/configuration_2025.json"


def tmdb(answer: httpx.Response) -> TmdbMovies:
    """A client whose every request but the configuration's gets this answer."""
    routes = Routes({"/configuration": raw(recorded.body(CONFIGURATION)), "": answer})
    return TmdbMovies(EMPTY_KEY, clock=RunningClock(), cache=MemoryCache(), transport=routes.transport)


def musicbrainz(answer: httpx.Response) -> MusicBrainzAlbums:
    routes = Routes({"": answer})
    return MusicBrainzAlbums("test", clock=RunningClock(), cache=MemoryCache(), transport=routes.transport)


def covers(answer: httpx.Response, base: str = "https://covers.test") -> CoverArtArchive:
    routes = Routes({"": answer})
    return CoverArtArchive(
        clock=RunningClock(), cache=MemoryCache(), base_url=base, transport=routes.transport
    )


def omdb(answer: httpx.Response) -> Omdb:
    return Omdb("key", clock=RunningClock(), cache=MemoryCache(), transport=Routes({"": answer}).transport)


def status_of(name: str) -> int:
    """The HTTP status a recording's name tells; 200 where it tells none."""
    told = re.search(r"(?:status|error_|error_status_)(\d{3})", name)
    return int(told[1]) if told else 200


async def ask_everything(answer: httpx.Response) -> list[object]:
    """Put one answer to every question of every client; whatever is raised must be a domain error."""
    questions = [
        lambda: tmdb(answer).search(Query("heat", 1995)),
        lambda: tmdb(answer).search(Query("heat")),
        lambda: tmdb(answer).movie(550),
        lambda: musicbrainz(answer).search(Query("blood on the tracks")),
        lambda: musicbrainz(answer).album("abc"),
        lambda: covers(answer).front("abc"),
        lambda: omdb(answer).ratings("tt0000001"),
    ]
    outcomes: list[object] = []
    for question in questions:
        try:
            outcomes.append(await question())  # type: ignore[no-untyped-call]
        except DomainError as problem:
            outcomes.append(problem)
    return outcomes


ALL = recorded.files("tmdb", "musicbrainz", "coverartarchive", "omdb", "reported_errors")


@pytest.mark.parametrize("name", ALL)
async def test_no_recorded_answer_to_any_question_raises_anything_but_a_domain_error(name: str) -> None:
    outcomes = await ask_everything(raw(recorded.body(name), status_of(name)))
    assert len(outcomes) == 7


def test_the_folders_are_not_empty() -> None:
    assert len(ALL) > 150


@pytest.mark.parametrize("name", [name for name in ALL if re.search(r"tmdb/search_movie", name)])
async def test_every_recorded_movie_search_is_read(name: str) -> None:
    results = json.loads(recorded.body(name))["results"]
    hits = (await tmdb(raw(recorded.body(name))).search(Query("matrix"))).value
    wanted = {str(one["id"]) for one in results if not one.get("adult") and not one.get("video")}
    assert {hit.ref.key for hit in hits} == wanted
    for hit in hits:
        (source,) = [one for one in results if str(one["id"]) == hit.ref.key][:1]
        assert hit == Hit(
            WorkRef(Source.TMDB, str(source["id"])),
            Kind.MOVIE,
            source["title"].strip(),
            int(source["release_date"][:4]) if source.get("release_date") else None,
        )


async def test_results_without_a_date_a_poster_or_a_genre_are_hits_like_others() -> None:
    names = [name for name in ALL if "tmdb/search_movie" in name]
    results = [one for name in names for one in json.loads(recorded.body(name))["results"]]
    assert any(one.get("release_date") == "" for one in results)
    assert any(one["poster_path"] is None for one in results)
    assert any(not one["genre_ids"] for one in results)
    assert any(one["title"] != one["original_title"] for one in results)
    assert any(one["video"] for one in results)
    undated = {one["id"]: one for one in results if not one.get("release_date") and not one["video"]}
    answer = raw(json.dumps({"page": 1, "results": [*undated.values()], "total_pages": 1}).encode())
    hits = (await tmdb(answer).search(Query("man of steel"))).value
    assert {hit.ref.key for hit in hits} == {str(tmdb_id) for tmdb_id in undated}
    assert {hit.year for hit in hits} == {None}
    everything = raw(json.dumps({"page": 1, "results": results, "total_pages": 1}).encode())
    assert len((await tmdb(everything).search(Query("man of steel"))).value) == 60


@pytest.mark.parametrize(
    ("name", "query", "title"),
    [
        ("tmdb/search_movie_the_matrix_2017.json", Query("the matrix"), "The Matrix"),
        ("tmdb/search_movie_the_matrix_2017.json", Query("matrix"), "The Matrix"),
        ("tmdb/search_movie_inception_2025.json", Query("inception"), "Inception"),
        ("tmdb/search_movie_man_of_steel_2025.json", Query("man of steel", 2013), "Man of Steel"),
        (
            "tmdb/search_movie_matrix_reloaded_year_2017.json",
            Query("matrix reloaded", 2003),
            "The Matrix Reloaded",
        ),
    ],
)
async def test_the_famous_movie_comes_first(name: str, query: Query, title: str) -> None:
    assert (await tmdb(raw(recorded.body(name))).search(query)).value[0].title == title


async def test_fight_club_in_full() -> None:
    name = "tmdb/movie_550_append_credits_release_dates_external_ids_keywords_images_2025.json"
    movie = (await tmdb(raw(recorded.body(name))).movie(550)).value
    assert movie.title == movie.original_title == "Fight Club"
    assert (movie.tmdb_id, movie.imdb_id, movie.runtime) == (550, "tt0137523", 139)
    assert movie.released == PartialDate(1999, 10, 15)
    assert movie.directors == ("David Fincher",)
    assert movie.cast[0].name == "Edward Norton"
    assert movie.genres[0] == "Drama"
    assert movie.image is not None
    assert re.fullmatch(r"https://image\.tmdb\.org/t/p/w500/\w+\.jpg", movie.image)


@pytest.mark.parametrize(
    "name", [name for name in ALL if re.search(r"tmdb/movie_\d+_(plain|external)", name)]
)
async def test_movies_without_credits_are_movies(name: str) -> None:
    source = json.loads(recorded.body(name))
    movie = (await tmdb(raw(recorded.body(name))).movie(source["id"])).value
    assert isinstance(movie, MovieFacts)
    assert (movie.tmdb_id, movie.title, movie.imdb_id) == (source["id"], source["title"], source["imdb_id"])
    assert movie.credits == ()


@pytest.mark.parametrize("name", [name for name in ALL if "tmdb/errors/" in name])
async def test_every_recorded_tmdb_error_is_typed(name: str) -> None:
    expected = NotInCatalogue if status_of(name) == 404 else CatalogueUnavailable
    with pytest.raises(expected):
        await tmdb(raw(recorded.body(name), status_of(name))).movie(1)


def _is_group_search(name: str) -> bool:
    return "musicbrainz" in name and b'"release-groups"' in recorded.body(name) and status_of(name) == 200


GROUP_LISTS = [name for name in ALL if _is_group_search(name)]
GROUPS = [
    name
    for name in ALL
    if re.search(r"musicbrainz/.*/(release-group_[0-9a-f-]{36}|releasegroup-get)", name)
    and status_of(name) == 200
]


@pytest.mark.parametrize("name", GROUP_LISTS)
async def test_every_recorded_list_of_albums_is_read(name: str) -> None:
    groups = json.loads(recorded.body(name))["release-groups"]
    hits = (await musicbrainz(raw(recorded.body(name))).search(Query("bleach"))).value
    assert {hit.ref.key for hit in hits} == {group["id"] for group in groups}
    for hit in hits:
        (group,) = [one for one in groups if one["id"] == hit.ref.key]
        date = group.get("first-release-date") or ""
        assert hit.title == group["title"].strip()
        assert hit.year == (int(date[:4]) if date else None)
        assert (hit.artist is not None) == bool(group.get("artist-credit"))


@pytest.mark.parametrize("name", GROUPS)
async def test_every_recorded_album_is_read(name: str) -> None:
    group = json.loads(recorded.body(name))
    album = (await musicbrainz(raw(recorded.body(name))).album(group["id"])).value
    assert isinstance(album, AlbumFacts)
    assert (album.mbid, album.title) == (group["id"], group["title"])
    credits = group.get("artist-credit", [])
    assert album.artist == "".join(one["name"] + one.get("joinphrase", "") for one in credits).strip()


def test_there_are_albums_among_the_recordings() -> None:
    assert len(GROUP_LISTS) > 8
    assert len(GROUPS) > 6


async def test_the_well_known_unplugged_album_comes_first_though_it_is_live_and_scores_were_strings() -> None:
    name = "musicbrainz/inkstak_2014_2020/release-group__query=_MTV_Unplugged_in_New_York.json"
    hits = (await musicbrainz(raw(recorded.body(name))).search(Query("mtv unplugged in new york"))).value
    assert [hit.artist for hit in hits] == ["Nirvana", "Sportfreunde Stiller", "Sportfreunde Stiller"]


async def test_bleach_by_nirvana_before_its_namesakes() -> None:
    name = next(name for name in GROUP_LISTS if "limit=2_query=releasegroup_Bleach" in name)
    hits = (await musicbrainz(raw(recorded.body(name))).search(Query("bleach nirvana"))).value
    assert hits[0].artist == "Nirvana"


async def test_genres_are_the_most_voted_first() -> None:
    album = (
        await musicbrainz(raw(recorded.body("musicbrainz/avatar29A_2025/releasegroup-get.json"))).album("x")
    ).value
    assert album.title == "Desire"
    assert album.artist == "Bob Dylan"
    assert album.genres[:2] == ("folk rock", "blues rock")
    assert album.released == PartialDate(1976, 1, 5)


@pytest.mark.parametrize("name", [name for name in ALL if re.search("musicbrainz/.*/status[45]", name)])
async def test_every_recorded_musicbrainz_error_is_typed(name: str) -> None:
    expected = CatalogueUnavailable if status_of(name) == 503 else NotInCatalogue
    with pytest.raises(expected):
        await musicbrainz(raw(recorded.body(name), status_of(name))).album("x")


COVER_INDEXES = [name for name in ALL if re.search(r"coverartarchive/.*(_index|_release)\.json", name)]


@pytest.mark.parametrize("name", COVER_INDEXES)
async def test_every_recorded_cover_index_is_read(name: str) -> None:
    images: list[dict[str, Any]] = json.loads(recorded.body(name))["images"]
    front = [image for image in images if image["front"] or "Front" in image["types"]]
    answer = raw(recorded.body(name))
    secure = await covers(answer).front("x")
    plain = await covers(answer, "http://covers.test").front("x")
    assert (secure is None) == (not front)
    if front and secure is not None and plain is not None:
        thumbnails = front[0]["thumbnails"]
        assert plain == thumbnails.get("500", thumbnails["large"])
        assert secure == plain.replace("http://", "https://")
        assert secure.endswith("-500.jpg")


@pytest.mark.parametrize("name", [name for name in ALL if re.search(r"coverartarchive/.*\.html", name)])
async def test_no_cover_is_no_error(name: str) -> None:
    assert await covers(raw(recorded.body(name), status_of(name))).front("x") is None


async def test_the_recorded_redirects_lead_to_the_index() -> None:
    chain = json.loads(recorded.body("coverartarchive/graphbrainz_2021/redirect_chain.json"))
    hops = {hop["url"]: hop for hop in chain}
    start = next(
        url for url in hops if re.fullmatch(r"http://coverartarchive.org/release/[0-9a-f-]{36}", url)
    )
    mbid = start.rsplit("/", 1)[1]
    index = next(name for name in COVER_INDEXES if f"mbid-{mbid}_index" in name)

    def answer(request: httpx.Request) -> httpx.Response:
        url = str(request.url).replace("/release-group/", "/release/")
        if url in hops and "location" in hops[url]:
            return httpx.Response(hops[url]["status"], headers={"Location": hops[url]["location"]})
        assert url.endswith("index.json"), url
        return raw(recorded.body(index))

    archive = CoverArtArchive(
        clock=RunningClock(),
        cache=MemoryCache(),
        base_url="http://coverartarchive.org",
        transport=httpx.MockTransport(answer),
    )
    assert await archive.front(mbid) is not None


@pytest.mark.parametrize("name", ["omdb/get_id.json", "omdb/get_title.json"])
async def test_critics_of_man_of_steel(name: str) -> None:
    ratings = await omdb(raw(recorded.body(name))).ratings("tt0770828")
    source = json.loads(recorded.body(name))["Ratings"]
    assert [(rating.source, rating.value) for rating in ratings] == [
        (one["Source"], one["Value"]) for one in source
    ]
    assert "Rotten Tomatoes" in {rating.source for rating in ratings}


@pytest.mark.parametrize("name", [name for name in ALL if re.search("omdb/.*wrong", name)])
async def test_an_unknown_movie_has_no_critics(name: str) -> None:
    assert await omdb(raw(recorded.body(name))).ratings("tt0000000") == ()


REPORTED = json.loads(recorded.body("reported_errors/errors_reported.json")) if ALL else []


@pytest.mark.parametrize("error", [one for one in REPORTED if one["body"]], ids=lambda one: one["body"][:40])
async def test_every_reported_error_is_typed(error: dict[str, Any]) -> None:
    headers = {name: value for name, value in error.get("headers", {}).items() if value.isascii()}
    answer = httpx.Response(error["http"], content=error["body"].encode(), headers=headers)
    missing = (error["api"], error["http"]) in {("MusicBrainz", 400), ("MusicBrainz", 404)}
    expected = NotInCatalogue if missing else CatalogueUnavailable
    if error["api"] == "TMDB":
        with pytest.raises(expected):
            await tmdb(answer).search(Query("heat"))
    elif error["api"] == "MusicBrainz":
        with pytest.raises(expected):
            await musicbrainz(answer).album("x")
    elif "Incorrect IMDb ID" in error["body"]:
        assert await omdb(answer).ratings("tt0000000") == ()
    else:
        with pytest.raises(expected):
            await omdb(answer).ratings("tt0000000")


async def test_a_busy_musicbrainz_that_says_so_with_a_200_is_unavailable_and_not_remembered() -> None:
    busy = next(one for one in REPORTED if one["http"] == 503)
    cache = MemoryCache()
    albums = MusicBrainzAlbums(
        "test",
        clock=RunningClock(),
        cache=cache,
        transport=Routes({"": raw(busy["body"].encode())}).transport,
    )
    with pytest.raises(CatalogueUnavailable):
        await albums.search(Query("desire"))
    assert cache.answers == {}
