"""Finding a time zone by a city or a part of the world."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from importlib import resources
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import zones

JULY = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Berlin", "Europe/Berlin"),
        ("  berlin ", "Europe/Berlin"),
        ("Berlin, Germany", "Europe/Berlin"),
        ("Munich", "Europe/Berlin"),
        ("MÜNCHEN", "Europe/Berlin"),
        ("Zürich", "Europe/Zurich"),
        ("San Francisco", "America/Los_Angeles"),
        ("mumbai", "Asia/Kolkata"),
        ("Calcutta", "Asia/Kolkata"),
        ("São Paulo", "America/Sao_Paulo"),
        ("buenos aires", "America/Argentina/Buenos_Aires"),
        ("new_york", "America/New_York"),
        ("Los-Angeles", "America/Los_Angeles"),
        ("Europe/Kiev", "Europe/Kyiv"),
        ("europe berlin", "Europe/Berlin"),
        ("Łódź", "Europe/Warsaw"),
        ("Xi'an", "Asia/Shanghai"),
        ("utc", "UTC"),
        ("GMT", "UTC"),
        ("Z", "UTC"),
    ],
)
def test_a_city_finds_its_zone_however_it_is_written(typed: str, zone: str) -> None:
    assert zones.find(typed) == (zone,)


def test_what_is_called_so_goes_before_what_only_begins_so() -> None:
    assert zones.find("Victoria") == ("Australia/Melbourne",)
    assert {"America/Argentina/San_Juan", "America/Santiago"} <= set(zones.find("san"))


def test_a_beginning_of_several_cities_finds_them_all_up_to_a_handful() -> None:
    assert "America/St_Johns" in zones.find("st.")
    assert len(zones.find("a")) == zones.FOUND


@pytest.mark.parametrize("typed", ["", "   ", "!?", "Atlantis", ",", "🏖️"])
def test_what_is_no_city_finds_nothing(typed: str) -> None:
    assert zones.find(typed) == ()


def test_a_language_brings_its_own_names() -> None:
    assert zones.find("Neu-Delhi") == ()
    assert zones.find("neu delhi", [("Neu-Delhi", "Asia/Kolkata")]) == ("Asia/Kolkata",)


@given(st.text())
def test_whatever_is_typed_finds_zones_or_nothing(typed: str) -> None:
    found = zones.find(typed)
    assert len(found) <= zones.FOUND
    assert set(found) <= {*zones.names(), zones.UTC}
    assert len(set(found)) == len(found)


def test_every_zone_is_found_by_its_own_name_and_by_its_city() -> None:
    for name in zones.names():
        assert zones.find(name) == (name,), name
        assert name in zones.find(zones.city(name)), name


def test_the_zones_offered_are_those_of_the_tz_databases_own_list() -> None:
    table = resources.files("tzdata.zoneinfo").joinpath("zone.tab").read_text()
    lines = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    assert set(zones.names()) == {line[2] for line in lines}


def test_the_areas_hold_all_zones() -> None:
    assert sorted(name for area in zones.AREAS for name in zones.cities(area)) == list(zones.names())
    assert zones.cities("Atlantis") == ()


def test_a_retired_name_leads_to_a_zone_with_the_same_clocks() -> None:
    for old, name in zones.RETIRED.items():
        assert name in zones.names()
        if old in available_timezones():
            assert JULY.astimezone(ZoneInfo(old)).utcoffset() == JULY.astimezone(ZoneInfo(name)).utcoffset()


def test_what_else_is_known_and_likely_are_zones_that_are_offered() -> None:
    assert zones.ALSO.keys() <= set(zones.names())
    assert {name for names in zones.LIKELY.values() for name in names} <= set(zones.names())


def test_every_zone_survives_as_two_words_of_a_tap() -> None:
    for name in (zones.UTC, *zones.names(), *(old for old in zones.RETIRED if old in available_timezones())):
        area, rest = zones.words(name)
        assert re.fullmatch("[a-z0-9_]{1,24}", area)
        assert re.fullmatch("[a-z0-9_]{1,24}", rest)
        assert zones.by_words(area, rest) == name


def test_words_of_no_zone() -> None:
    assert zones.by_words("europe", "atlantis") is None


@pytest.mark.parametrize(
    ("language", "first"),
    [
        ("de", "Europe/Berlin"),
        ("de-AT", "Europe/Berlin"),
        ("en-US", "America/New_York"),
        ("pt_PT", "Europe/Lisbon"),
        ("tlh", "Europe/London"),
        (None, "Europe/London"),
    ],
)
def test_what_somebody_speaks_hints_at_where_they_live(language: str | None, first: str) -> None:
    assert zones.likely(language)[0] == first
