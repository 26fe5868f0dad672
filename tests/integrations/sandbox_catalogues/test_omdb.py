from __future__ import annotations

import json

import pytest

from tests.integrations.sandbox_catalogues.asking import Asker


async def test_everything_is_a_string(ask: Asker) -> None:
    body = (await ask.omdb(i="tt0113277")).json()
    assert (body["Title"], body["Year"], body["Runtime"], body["Released"]) == (
        "Heat",
        "1995",
        "170 min",
        "15 Dec 1995",
    )
    assert (body["imdbRating"], body["imdbVotes"], body["Metascore"]) == ("7.9", "229,400", "76")
    assert all(isinstance(value, str) for key, value in body.items() if key != "Ratings")
    assert {rating["Source"]: rating["Value"] for rating in body["Ratings"]} == {
        "Internet Movie Database": "7.9/10",
        "Rotten Tomatoes": "84%",
        "Metacritic": "76/100",
    }


async def test_unknown_things_are_not_available(ask: Asker) -> None:
    body = (await ask.omdb(i="tt90000003")).json()
    assert (body["Metascore"], body["BoxOffice"], body["Poster"]) == ("N/A", "N/A", "N/A")
    assert [rating["Source"] for rating in body["Ratings"]] == ["Internet Movie Database"]


async def test_an_answer_with_a_control_character_is_not_strict_json(ask: Asker) -> None:
    answer = await ask.omdb(i="tt90000008")
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.content)
    assert json.loads(answer.content, strict=False)["Title"] == "🍿🎬"


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"i": "tt9999999"}, "Error getting data."),
        ({"i": "tt90000004"}, "Error getting data."),
        ({"i": "nonsense"}, "Incorrect IMDb ID."),
        ({"t": "No Such Film At All"}, "Movie not found!"),
        ({"t": "Heat", "y": "1901"}, "Movie not found!"),
        ({}, "Incorrect IMDb ID."),
    ],
)
async def test_errors_come_as_200(ask: Asker, query: dict[str, str], error: str) -> None:
    answer = await ask.omdb(**query)
    assert (answer.status_code, answer.json()) == (200, {"Response": "False", "Error": error})


async def test_by_title_and_year(ask: Asker) -> None:
    assert (await ask.omdb(t="dune")).json()["Year"] == "2021"
    assert (await ask.omdb(t="dune", y="1984")).json()["imdbID"] == "tt0087182"


@pytest.mark.parametrize(
    ("key", "error"),
    [(None, "No API key provided."), ("", "No API key provided."), ("x", "Invalid API key!")],
)
async def test_keys(ask: Asker, key: str | None, error: str) -> None:
    query = {"i": "tt0113277"} | ({} if key is None else {"apikey": key})
    answer = await ask.get("/omdb/", **query)
    assert (answer.status_code, answer.json()["Error"]) == (401, error)
