from __future__ import annotations

from typing import Any

import httpx
import pytest

from integrations.sandbox.catalogues import Catalogues
from tests.integrations.sandbox_catalogues.asking import HOST, Asker

KEY = "0123456789abcdef0123456789abcdef"


async def test_hits_come_by_popularity_and_not_by_how_well_they_match(ask: Asker) -> None:
    hits = await ask.movies("heat")
    assert [hit["title"] for hit in hits[:3]] == ["Heatwave", "The Heat", "Heat"]
    popularity = [hit["popularity"] for hit in hits]
    assert popularity == sorted(popularity, reverse=True)


async def test_a_video_is_among_the_hits_and_adult_entries_only_when_asked_for(ask: Asker) -> None:
    assert any(hit["video"] for hit in await ask.movies("heat"))
    assert not any(hit["adult"] for hit in await ask.movies("heat"))
    assert any(hit["adult"] for hit in await ask.movies("heat", include_adult="true"))


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("AMELIE", "Amélie"),
        ("fabuleux destin", "Amélie"),
        ("wunderbare welt", None),
        ("fabelhafte welt", "Amélie"),
        ("солярис", "Solaris"),
        ("千と千尋", "Spirited Away"),
        ("기생", "Parasite"),
        ("كفرناحوم", "Capernaum"),
        ("seven sam", "Seven Samurai"),
        ("wall-e", "WALL·E"),
        ("walle", "WALL·E"),
        ("2001", "2001: A Space Odyssey"),
        ("8½", "8½"),
        ("tar", "TÁR"),
        ("der pate", "The Godfather"),
    ],
)
async def test_words_find_what_starts_with_them(ask: Asker, typed: str, title: str | None) -> None:
    titles = [hit["title"] for hit in await ask.movies(typed)]
    assert (title in titles) if title else titles == []


@pytest.mark.parametrize("name", ["year", "primary_release_year"])
async def test_a_year_narrows(ask: Asker, name: str) -> None:
    assert [hit["id"] for hit in await ask.movies("dune", **{name: 1984})] == [841]


async def test_dates_are_given_empty_or_missing(ask: Asker) -> None:
    (lost,) = await ask.movies("lost reel")
    assert lost["release_date"] == ""
    (harbour,) = await ask.movies("untitled harbour")
    assert "release_date" not in harbour
    assert harbour["poster_path"] is None
    assert harbour["overview"] == ""
    assert harbour["genre_ids"] == []
    assert type(harbour["vote_average"]) is int


async def test_pages(ask: Asker) -> None:
    first = await ask.tmdb("/search/movie", query="the")
    assert (first["page"], len(first["results"])) == (1, 20)
    last = first["total_pages"]
    shown = [
        hit["id"]
        for page in range(1, last + 1)
        for hit in (await ask.tmdb("/search/movie", query="the", page=page))["results"]
    ]
    assert len(set(shown)) == len(shown) == first["total_results"]
    beyond = await ask.tmdb("/search/movie", query="the", page=last + 1)
    assert (beyond["results"], beyond["total_results"]) == ([], len(shown))


@pytest.mark.parametrize("page", ["0", "501", "x", "-1"])
async def test_pages_that_cannot_be(ask: Asker, page: str) -> None:
    answer = await ask.get("/tmdb/3/search/movie", query="heat", page=page, api_key=KEY)
    assert (answer.status_code, answer.json()["status_code"]) == (400, 22)


async def test_nothing_found_is_one_empty_page(ask: Asker) -> None:
    nothing = {"page": 1, "results": [], "total_pages": 1, "total_results": 0}
    assert await ask.tmdb("/search/movie", query="qqqq") == nothing
    assert await ask.tmdb("/search/movie") == nothing


async def test_details_with_what_is_appended(ask: Asker) -> None:
    heat = await ask.tmdb("/movie/949", append_to_response="credits,external_ids,nonsense")
    assert (heat["title"], heat["runtime"], heat["imdb_id"]) == ("Heat", 170, "tt0113277")
    assert [genre["name"] for genre in heat["genres"]] == ["Action", "Crime", "Drama", "Thriller"]
    assert [person["name"] for person in heat["credits"]["crew"] if person["job"] == "Director"] == [
        "Michael Mann"
    ]
    cast = heat["credits"]["cast"]
    assert (cast[0]["name"], cast[0]["character"], cast[0]["order"]) == ("Al Pacino", "Vincent Hanna", 0)
    assert heat["external_ids"]["imdb_id"] == "tt0113277"
    assert "nonsense" not in heat
    assert (await ask.tmdb("/movie/949/credits"))["cast"] == cast


async def test_a_person_has_one_id_in_all_movies(ask: Asker) -> None:
    ids: set[int] = set()
    for movie in (949, 238, 240):
        cast = (await ask.tmdb(f"/movie/{movie}/credits"))["cast"]
        ids |= {person["id"] for person in cast if person["name"] == "Al Pacino"}
    assert len(ids) == 1


async def test_another_language(ask: Asker) -> None:
    amelie = await ask.tmdb("/movie/194", language="de-DE")
    assert amelie["title"] == "Die fabelhafte Welt der Amélie"
    assert [genre["name"] for genre in amelie["genres"]] == ["Komödie", "Liebesfilm"]
    assert (await ask.tmdb("/movie/194", language="fr"))["title"] == "Le Fabuleux Destin d'Amélie Poulain"
    assert (await ask.tmdb("/movie/583", language="en-US"))["title"] == "Life of Brian"
    assert (await ask.tmdb("/movie/949", language="fr"))["overview"] == ""


async def test_find_by_imdb_id(ask: Asker) -> None:
    found = await ask.tmdb("/find/tt0113277", external_source="imdb_id")
    assert [movie["id"] for movie in found["movie_results"]] == [949]
    nothing = await ask.tmdb("/find/tt9999999", external_source="imdb_id")
    assert not any(nothing.values())


async def test_posters_are_where_the_configuration_says(ask: Asker, catalogues: Catalogues) -> None:
    images = (await ask.tmdb("/configuration"))["images"]
    assert images["secure_base_url"] == f"{HOST}/images/t/p/"
    path = (await ask.tmdb("/movie/949"))["poster_path"]
    for size in images["poster_sizes"]:
        answer = await ask.get(images["secure_base_url"] + size + path)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
    assert (await ask.get(f"/images/t/p/w501{path}")).status_code == 404
    assert await catalogues.fetch(f"{HOST}/images/t/p/w500/nothing.jpg") is None


async def test_genres_in_english_and_german(ask: Asker) -> None:
    english = (await ask.tmdb("/genre/movie/list"))["genres"]
    german = (await ask.tmdb("/genre/movie/list", language="de"))["genres"]
    assert {"id": 35, "name": "Comedy"} in english
    assert {"id": 35, "name": "Komödie"} in german
    assert [genre["id"] for genre in english] == [genre["id"] for genre in german]


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ({}, {}),
        ({"api_key": ""}, {}),
        ({"api_key": "short"}, {}),
        ({"api_key": KEY + "0"}, {}),
        ({}, {"Authorization": f"Bearer {KEY}"}),
        ({}, {"Authorization": "aaa.bbb.ccc"}),
    ],
)
async def test_without_a_valid_key(
    catalogues: Catalogues, query: dict[str, str], headers: dict[str, str]
) -> None:
    answer = await catalogues.handle(
        httpx.Request("GET", f"{HOST}/tmdb/3/movie/949", params=query or None, headers=headers)
    )
    assert (answer.status_code, answer.json()["status_code"]) == (401, 7)


async def test_a_token_of_version_4(catalogues: Catalogues) -> None:
    headers = {"Authorization": "Bearer eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJ4In0.c2ln"}
    answer = await catalogues.handle(httpx.Request("GET", f"{HOST}/tmdb/3/movie/949", headers=headers))
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "path", ["/movie/1", "/movie/x", "/movie/949/nonsense", "/tv/949", "/", "/movie/949/a/b"]
)
async def test_what_is_not_there(ask: Asker, path: str) -> None:
    answer = await ask.get(f"/tmdb/3{path}", api_key=KEY)
    body: dict[str, Any] = answer.json()
    assert (answer.status_code, body["status_code"], body["success"]) == (404, 34, False)


async def test_every_movie_can_be_looked_up(ask: Asker, catalogues: Catalogues) -> None:
    for movie in catalogues.movies:
        body = await ask.tmdb(f"/movie/{movie.id}", append_to_response="credits")
        assert (body["id"], body["title"]) == (movie.id, movie.title)
        assert body["production_countries"][0]["name"]
        assert body["spoken_languages"][0]["english_name"]
