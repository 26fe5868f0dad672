"""What people type finds what they mean: 200 labelled searches, and floors under what was measured."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from domain.search import QUERY_LIMIT
from tests.integrations import recorded
from tests.searches.searching import (
    CONTESTED,
    RECORDED,
    Outcome,
    available,
    by_catalogue,
    labels,
    mistyped,
    quality,
    search_all,
)


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    return asyncio.run(search_all(available()))


def test_there_are_two_hundred_and_most_stand_on_recorded_data() -> None:
    every = labels()
    assert len(every) == 200
    assert len({(one.catalogue, one.kind, one.typed) for one in every}) == 200
    assert sum(one.catalogue in RECORDED for one in every) >= 130
    assert min(Counter(one.kind for one in every).values()) >= 80
    assert all(0 < len(one.typed) <= QUERY_LIMIT for one in every)


def test_every_catalogue_keeps_its_floor(outcomes: list[Outcome]) -> None:
    floors = {"answers": (1.0, 1.0), "groups": (0.97, 0.94), "films": (0.96, 0.96), "sandbox": (0.94, 0.93)}
    found = {name: quality([one.ours for one in some]) for name, some in by_catalogue(outcomes).items()}
    assert {
        name: (one.mrr, one.first) for name, one in found.items() if (one.mrr, one.first) < floors[name]
    } == {}
    assert "sandbox" in found


def test_where_several_works_fit_the_well_known_one_comes_first(outcomes: list[Outcome]) -> None:
    contested = [one for one in outcomes if one.label.way in CONTESTED]
    assert [one.label.typed for one in contested if one.ours != 1] == []
    if recorded.FOLDER.is_dir():
        assert len(contested) >= 50


def test_our_order_beats_the_catalogues(outcomes: list[Outcome]) -> None:
    ours, theirs = quality([one.ours for one in outcomes]), quality([one.theirs for one in outcomes])
    assert ours.mrr > theirs.mrr
    assert ours.first > theirs.first
    plain = quality([one.plain for one in outcomes])
    assert ours.mrr > 1.2 * plain.mrr
    assert ours.first > 1.2 * plain.first


@pytest.mark.proof
def test_few_searches_need_more_than_one_request(outcomes: list[Outcome]) -> None:
    albums = [one.requests for one in outcomes if one.label.kind == "album"]
    assert max(albums) <= 2
    assert sum(albums) / len(albums) < 1.25


@recorded.needed
async def test_most_well_known_films_are_first_with_a_letter_missing() -> None:
    found = await mistyped(40)
    assert found.searches > 20
    assert found.first > 0.8
