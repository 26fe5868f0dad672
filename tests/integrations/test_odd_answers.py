"""What the catalogues might answer one day: nothing but domain errors comes of it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import CatalogueUnavailable, DomainError
from domain.search import Query
from domain.works import ArtistCredit, CriticRating, Role
from integrations.cover_art import CoverArtArchive
from integrations.musicbrainz import MusicBrainzAlbums
from integrations.omdb import Omdb
from integrations.tmdb import TmdbMovies
from tests.fakes import MemoryCache, RunningClock
from tests.integrations.scripted import Routes, Script, ok, raw

FIELDS = [
    "results",
    "page",
    "total_pages",
    "id",
    "title",
    "original_title",
    "release_date",
    "adult",
    "video",
    "popularity",
    "vote_count",
    "credits",
    "cast",
    "crew",
    "name",
    "order",
    "character",
    "job",
    "department",
    "genres",
    "poster_path",
    "images",
    "secure_base_url",
    "poster_sizes",
    "imdb_id",
    "runtime",
    "overview",
    "release-groups",
    "artist-credit",
    "artist",
    "joinphrase",
    "sort-name",
    "aliases",
    "releases",
    "status",
    "count",
    "score",
    "tags",
    "first-release-date",
    "primary-type",
    "secondary-types",
    "front",
    "types",
    "thumbnails",
    "500",
    "large",
    "image",
    "Response",
    "Ratings",
    "Source",
    "Value",
    "Error",
    "imdbRating",
    "Metascore",
]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(
        [
            "1999",
            "2000-02-30",
            "2010-01",
            "N/A",
            "True",
            "False",
            "\ud800",
            "\0",
            "http://x",
            "Front",
            "Album",
        ]
    ),
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(FIELDS), inner, max_size=8)
    ),
    max_leaves=30,
)
SHAPED = st.one_of(
    JSON,
    st.fixed_dictionaries({"results": st.lists(JSON, max_size=4), "total_pages": SCALARS}),
    st.fixed_dictionaries(
        {"id": st.integers(), "title": st.text(min_size=1), "credits": JSON, "genres": JSON}
    ),
    st.fixed_dictionaries({"release-groups": st.lists(JSON, max_size=4)}),
    st.fixed_dictionaries(
        {
            "id": st.text(min_size=1),
            "title": st.text(min_size=1),
            "artist-credit": JSON,
            "tags": JSON,
            "releases": JSON,
            "images": JSON,
        }
    ),
    st.fixed_dictionaries({"images": st.lists(JSON, max_size=3)}),
    st.fixed_dictionaries({"Response": st.just("True"), "Ratings": JSON, "Metascore": SCALARS}),
)


def clients(transport: httpx.MockTransport) -> tuple[TmdbMovies, MusicBrainzAlbums, CoverArtArchive, Omdb]:
    clock, cache = RunningClock(), MemoryCache()
    return (
        TmdbMovies("0" * 32, clock=clock, cache=cache, transport=transport),
        MusicBrainzAlbums("test", clock=clock, cache=cache, transport=transport),
        CoverArtArchive(clock=clock, cache=cache, transport=transport),
        Omdb("key", clock=clock, cache=cache, transport=transport),
    )


async def ask_all(answer: httpx.Response) -> None:
    movies, albums, covers, critics = clients(Routes({"": answer}).transport)
    questions: list[Callable[[], Awaitable[Any]]] = [
        lambda: movies.search(Query("heat", 1995)),
        lambda: movies.movie(1),
        lambda: albums.search(Query("heat", 1995, "heat")),
        lambda: albums.album("x"),
        lambda: covers.front("x"),
        lambda: critics.ratings("tt1"),
    ]
    for question in questions:
        try:
            repr(await question()).encode()
        except DomainError:
            continue


@settings(max_examples=150, deadline=None)
@given(SHAPED)
async def test_any_json_at_all(answer: object) -> None:
    await ask_all(raw(json.dumps(answer).encode()))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60), st.integers(100, 599))
async def test_any_bytes_with_any_status(body: bytes, status: int) -> None:
    await ask_all(raw(body, status))


@pytest.mark.parametrize(
    ("body", "ratings"),
    [
        (rb'{"Response":"True","Plot":"inner\spiritual","Ratings":[{"Source":"A","Value":"1%"}]}', ["1%"]),
        (b'{"Response":"True","Plot":"a\x1fb\x08c\td","Ratings":[{"Source":"A","Value":"1%"}]}', ["1%"]),
        (
            rb'{"Response":"True","Plot":"\"q\" \u00e9 \\ \u12","Ratings":[{"Source":"A","Value":"1%"}]}',
            ["1%"],
        ),
        (
            b'{"Response":"True","Ratings":[{"Source":"A","Value":"N/A"}],"imdbRating":"N/A","Metascore":"N/A"}',
            [],
        ),
        (b'{"Response":"True","Ratings":[],"imdbRating":"7.1","Metascore":"55"}', ["7.1/10", "55/100"]),
        (b'{"Response":"True","imdbRating":"7.1"}', ["7.1/10"]),
        (b'{"Response":"False","Error":"Movie not found!"}', []),
        (b'{"Response":"False","Error":"Incorrect IMDb ID."}', []),
    ],
)
async def test_critics_in_answers_that_are_barely_json(body: bytes, ratings: list[str]) -> None:
    *_, critics = clients(Script(raw(body)).transport)
    found = await critics.ratings("tt1")
    assert [rating.value for rating in found] == ratings
    assert all(isinstance(rating, CriticRating) for rating in found)


@pytest.mark.parametrize(
    "body",
    [
        rb'{"Response":"True","Plot":"ends in \"}',
        b'{"Response":"False","Error":"Request limit reached!"}',
        b'{"Response":"False"}',
        b"{}",
        b'{"Response":"False","Error":"Conversion from string "011f8539" to type \'Double\' is not valid."}',
    ],
)
async def test_critics_that_cannot_be_read_are_unavailable_not_absent(body: bytes) -> None:
    *_, critics = clients(Script(raw(body)).transport)
    with pytest.raises(CatalogueUnavailable):
        await critics.ratings("tt1")


async def test_join_phrases_credited_names_and_missing_artists() -> None:
    group = {
        "id": "a",
        "title": "Watch the Throne",
        "artist-credit": [
            {
                "name": "JAY‐Z",
                "joinphrase": " & ",
                "artist": {"id": "1", "name": "Jay-Z", "sort-name": "Jay-Z"},
            },
            {"joinphrase": " feat. ", "artist": {"id": "2", "name": "Kanye West", "type": "Person"}},
            {"name": "Nobody Known"},
            "a string",
            {"artist": None},
        ],
        "first-release-date": "",
        "primary-type": None,
        "tags": [{"name": "rap", "count": 1}, {"name": "hip hop", "count": 9}, {"count": 3}],
    }
    _, albums, *_ = clients(Script(ok(group)).transport)
    album = (await albums.album("a")).value
    assert album.artist == "JAY‐Z & Kanye West feat. Nobody Known"
    assert album.artists[0] == ArtistCredit("1", "JAY‐Z", " & ", "Jay-Z")
    assert album.artists[2] == ArtistCredit(None, "Nobody Known")
    assert album.genres == ("hip hop", "rap")
    assert (album.released, album.primary_type, album.secondary_types) == (None, None, ())


async def test_cast_is_ordered_and_the_crew_keeps_its_place() -> None:
    movie = {
        "id": 1,
        "title": "Heat",
        "runtime": 0,
        "release_date": "",
        "poster_path": None,
        "credits": {
            "cast": [
                {"id": 2, "name": "Second", "order": 1, "character": ""},
                {"id": 1, "name": "First", "order": 0, "character": "Hero"},
                {"id": None, "name": "Nobody"},
            ],
            "crew": [
                {"id": 3, "name": "Writer", "department": "Writing", "job": "Writer"},
                {"id": 4, "name": "Director", "department": "Directing", "job": "Director"},
            ],
        },
    }
    movies, *_ = clients(Script(ok(movie)).transport)
    facts = (await movies.movie(1)).value
    assert [(credit.name, credit.character) for credit in facts.cast] == [("First", "Hero"), ("Second", None)]
    assert facts.directors == ("Director",)
    assert [credit.order for credit in facts.credits if credit.role is Role.CREW] == [0, 1]
    assert (facts.runtime, facts.released, facts.image) == (None, None, None)


@pytest.mark.parametrize(
    ("sizes", "size"),
    [(["w92", "w500", "original"], "w500"), (["w92", "original"], "original"), ([], "w500")],
)
async def test_posters_are_where_the_configuration_says(sizes: list[str], size: str) -> None:
    routes = Routes(
        {
            "/configuration": ok({"images": {"base_url": "http://images.test/p/", "poster_sizes": sizes}}),
            "/movie/1": ok({"id": 1, "title": "Heat", "poster_path": "/heat.jpg"}),
        }
    )
    movies, *_ = clients(routes.transport)
    assert (await movies.movie(1)).value.image == f"http://images.test/p/{size}/heat.jpg"


def page(number: int, of: int, *titles: str) -> httpx.Response:
    results = [
        {"id": number * 100 + place, "title": title, "release_date": "1995-01-01"}
        for place, title in enumerate(titles)
    ]
    return ok({"page": number, "total_pages": of, "results": results})


async def test_three_pages_are_asked_for_and_one_that_fails_is_done_without() -> None:
    pages = {"1": page(1, 58_322, "One"), "2": raw(b"", 400), "3": page(3, 58_322, "Three")}
    routes = Routes({"/search/movie": lambda request: pages[request.url.params["page"]]})
    movies, *_ = clients(routes.transport)
    hits = (await movies.search(Query("o"))).value
    assert {hit.title for hit in hits} == {"One", "Three"}
    assert sorted(request.url.params["page"] for request in routes.requests) == ["1", "2", "3"]


async def test_a_year_is_asked_for_as_a_filter_and_as_a_word() -> None:
    routes = Routes({"/search/movie": page(1, 1, "Heat")})
    movies, *_ = clients(routes.transport)
    await movies.search(Query("heat", 1995))
    asked = [
        (request.url.params["query"], request.url.params.get("primary_release_year"))
        for request in routes.requests
    ]
    assert set(asked) == {("heat", "1995"), ("heat 1995", None)}
    assert {request.url.params["include_adult"] for request in routes.requests} == {"false"}


async def test_a_misremembered_year_costs_one_more_question() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        found = request.url.params["query"] == "heat" and "primary_release_year" not in request.url.params
        return page(1, 1, "Heat") if found else page(1, 1)

    routes = Routes({"/search/movie": answer})
    movies, *_ = clients(routes.transport)
    hits = (await movies.search(Query("heat", 2001))).value
    assert [hit.title for hit in hits] == ["Heat"]
    assert len(routes.requests) == 3


@pytest.mark.parametrize(
    ("typed", "held"),
    [
        ("AC/DC", r"releasegroup:ac\/dc"),
        ("this AND that OR NOT", "releasegroup:that"),
        ('"heroes"', r"releasegroup:\"heroes\""),
        ("what's up?", r"releasegroup:up\?"),
        ("!!!", r"releasegroup:\!\!\!"),
        ("a:b* [c] {d} ^2 ~3 \\", r"releasegroup:a\:b\*"),
        ("don’t look back", "releasegroup:don't"),
    ],
)
async def test_what_is_typed_is_never_query_syntax(typed: str, held: str) -> None:
    script = Script(ok({"count": 0, "release-groups": []}))
    _, albums, *_ = clients(script.transport)
    await albums.search(Query(typed))
    lucene = script.requests[0].url.params["query"]
    assert held in lucene
    assert script.requests[0].url.params["limit"] == "100"
    assert " AND AND " not in lucene
    assert "NOT NOT" not in lucene


async def test_a_place_without_a_catalogue_is_a_catalogue_that_is_down() -> None:
    movies, albums, _, critics = clients(Script(raw(b"<html>", 404)).transport)
    with pytest.raises(CatalogueUnavailable):
        await movies.search(Query("heat"))
    with pytest.raises(CatalogueUnavailable):
        await albums.search(Query("heat"))
    with pytest.raises(CatalogueUnavailable):
        await critics.ratings("tt1")


async def test_an_empty_query_asks_nobody() -> None:
    script = Script(ok({}))
    movies, albums, *_ = clients(script.transport)
    assert (await movies.search(Query(""))).value == ()
    assert (await albums.search(Query(""))).value == ()
    assert script.requests == []


async def test_musicbrainz_is_told_who_asks_and_tmdb_takes_a_token_as_bearer() -> None:
    script = Script(ok({"results": [], "release-groups": []}))
    clock, cache = RunningClock(), MemoryCache()
    await MusicBrainzAlbums(
        "WrongOpinions/1.0 (owner@club.test)", clock=clock, cache=cache, transport=script.transport
    ).search(Query("desire"))
    assert script.requests[0].headers["User-Agent"] == "WrongOpinions/1.0 (owner@club.test)"

    await TmdbMovies("a.b.c", clock=clock, cache=cache, transport=script.transport).search(Query("heat"))
    assert script.requests[-1].headers["Authorization"] == "Bearer a.b.c"
    assert "api_key" not in script.requests[-1].url.params
