"""Works: dates as far as they are known, and what is read off a work's facts."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.works import AlbumFacts, ArtistCredit, Credit, MovieFacts, PartialDate, Role

DATES = st.dates().flatmap(
    lambda day: st.sampled_from(
        [
            PartialDate(day.year),
            PartialDate(day.year, day.month),
            PartialDate(day.year, day.month, day.day),
        ]
    )
)


@given(DATES)
def test_a_date_survives_being_written_and_read(day: PartialDate) -> None:
    assert PartialDate.parse(str(day)) == day


@given(st.one_of(st.text(), st.from_regex(r"[0-9]{1,5}(-[0-9]{1,3}){0,3}", fullmatch=True)))
def test_what_is_read_is_a_day_of_the_calendar_or_nothing(text: str) -> None:
    day = PartialDate.parse(text)
    if day is not None:
        assert date(day.year, day.month or 1, day.day or 1)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "-",
        "59",
        "1959-",
        "1959-13",
        "1959-00",
        "1959-02-29",
        "1959-08-17-1",
        "0000",
        "????-08",
        "١٩٥٩",
        "1959-08-17T00",
    ],
)
def test_a_catalogues_odd_date_is_no_date(text: str | None) -> None:
    assert PartialDate.parse(text) is None


def test_a_date_is_kept_as_far_as_it_is_known() -> None:
    assert PartialDate.parse("1959") == PartialDate(1959)
    assert PartialDate.parse("1959-08") == PartialDate(1959, 8)
    assert PartialDate.parse("1960-02-29") == PartialDate(1960, 2, 29)


def test_an_album_is_credited_as_printed() -> None:
    duo = (ArtistCredit(None, "Simon", " & "), ArtistCredit(None, "Garfunkel"))
    assert AlbumFacts(None, "Bookends", duo).artist == "Simon & Garfunkel"
    assert AlbumFacts(None, "Untitled").artist == ""


def test_a_movies_cast_is_in_billing_order_and_its_directors_in_the_catalogues() -> None:
    credits_ = (
        Credit(3, "Third", Role.CAST, 2),
        Credit(1, "First", Role.CAST, 0),
        Credit(8, "One", Role.CREW, 0, job="Director"),
        Credit(2, "Second", Role.CAST, 1),
        Credit(7, "Editor", Role.CREW, 1, job="Editor"),
        Credit(9, "Other", Role.CREW, 2, job="Director"),
    )
    facts = MovieFacts(None, "A Film", credits=credits_)
    assert [credit.name for credit in facts.cast] == ["First", "Second", "Third"]
    assert facts.directors == ("One", "Other")
