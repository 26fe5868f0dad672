"""Weeks and years as people name them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import NoSuchWeek, NoSuchYear
from domain.history import parse_week, parse_year, span
from domain.isoweek import IsoWeek

CURRENT = IsoWeek(2026, 10)


@pytest.mark.parametrize(
    ("text", "week"),
    [
        ("2026-W07", IsoWeek(2026, 7)),
        ("2026 w7", IsoWeek(2026, 7)),
        ("2025KW52", IsoWeek(2025, 52)),
        (" 7 ", IsoWeek(2026, 7)),
        ("W10", IsoWeek(2026, 10)),
        ("KW 11", IsoWeek(2025, 11)),
        ("53", IsoWeek(2020, 53)),
    ],
)
def test_a_week_without_a_year_is_the_latest_of_its_number(text: str, week: IsoWeek) -> None:
    assert parse_week(text, CURRENT) == week


@pytest.mark.parametrize(
    "text", ["", "soon", "0", "54", "2026-W11", "2025-W53", "2026-07", "-7", "٧", "1066-W01"]
)
def test_what_is_no_past_week(text: str) -> None:
    with pytest.raises(NoSuchWeek) as refused:
        parse_week(text, CURRENT)
    assert refused.value.text == text


@given(st.integers(1900, 2026), st.integers(1, 52))
def test_every_week_is_read_as_it_is_written(year: int, week: int) -> None:
    iso = IsoWeek(year, week)
    if iso <= CURRENT:
        assert parse_week(str(iso), CURRENT) == iso


@pytest.mark.parametrize("text", ["1899", "26", "soon"])
def test_what_is_no_year_is_quoted(text: str) -> None:
    with pytest.raises(NoSuchYear) as refused:
        parse_year(text)
    assert refused.value.text == text


@given(st.text(max_size=12))
def test_a_year_is_four_digits_or_refused(text: str) -> None:
    try:
        year = parse_year(text)
    except NoSuchYear:
        return
    assert str(year) == text
    first, end = span(year)
    assert first.year == year
    assert end == IsoWeek(year + 1, 1)
