"""Works that no catalogue has, read from what somebody typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import DomainError, TitleMissing, TitleTooLong, YearOutOfRange
from domain.services.works import TITLE_LIMIT, by_hand
from domain.works import AlbumFacts, ArtistCredit, Kind, MovieFacts, PartialDate

THIS_YEAR = 2026


@pytest.mark.parametrize(
    ("typed", "title", "year"),
    [
        ("Heat", "Heat", None),
        ("Heat 1995", "Heat", 1995),
        ("Heat (1995)", "Heat", 1995),
        ("  Heat \n (1995) ", "Heat", 1995),
        ("1917", "1917", None),
        ("1917 (2019)", "1917", 2019),
        ("(1995)", "(1995)", None),
        ("2001: A Space Odyssey", "2001: A Space Odyssey", None),
        ("Blade Runner 2049 (2017)", "Blade Runner 2049", 2017),
        ("Our Trip – Day 2", "Our Trip – Day 2", None),
        ("Home Video 1888", "Home Video", 1888),
        ("\u202eHome\x00Video\u202c, 1988", "Home Video", 1988),
        ("Home Video 2036", "Home Video", 2036),
    ],
)
def test_a_movie_is_a_title_and_perhaps_a_year(typed: str, title: str, year: int | None) -> None:
    released = PartialDate(year) if year is not None else None
    assert by_hand(Kind.MOVIE, typed, THIS_YEAR) == MovieFacts(None, title, released=released)


@pytest.mark.parametrize(
    ("typed", "artist", "title", "year"),
    [
        ("Demo", "", "Demo", None),
        ("The Neighbours – Demo (2021)", "The Neighbours", "Demo", 2021),
        ("The Neighbours - Demo 2021", "The Neighbours", "Demo", 2021),
        ("Jay-Z — Live", "Jay-Z", "Live", None),
        ("Us – One – Two", "Us", "One – Two", None),
        ("The Neighbours – 1989", "The Neighbours", "1989", None),
        ("The Neighbours ― Demo", "The Neighbours", "Demo", None),
    ],
)
def test_an_album_may_have_its_artist_before_a_dash(
    typed: str, artist: str, title: str, year: int | None
) -> None:
    artists = (ArtistCredit(None, artist),) if artist else ()
    released = PartialDate(year) if year is not None else None
    assert by_hand(Kind.ALBUM, typed, THIS_YEAR) == AlbumFacts(None, title, artists, released)


@pytest.mark.parametrize("typed", ["", " ", "\n\t", "\u00a0", "\u200b\u200e\u202e"])
def test_nothing_is_no_title(typed: str) -> None:
    with pytest.raises(TitleMissing):
        by_hand(Kind.MOVIE, typed, THIS_YEAR)


@pytest.mark.parametrize("year", [1887, 2037, 0, 9999])
def test_a_year_from_before_film_or_from_far_ahead_is_refused(year: int) -> None:
    with pytest.raises(YearOutOfRange) as refused:
        by_hand(Kind.MOVIE, f"Heat ({year:04d})", THIS_YEAR)
    assert (refused.value.year, refused.value.first, refused.value.last) == (year, 1888, 2036)


def test_a_title_has_a_longest_length() -> None:
    longest = "a" * TITLE_LIMIT
    assert by_hand(Kind.MOVIE, f"{longest} (1995)", THIS_YEAR).title == longest
    with pytest.raises(TitleTooLong) as refused:
        by_hand(Kind.MOVIE, f"{longest}a", THIS_YEAR)
    assert refused.value.limit == TITLE_LIMIT


@given(st.sampled_from(Kind), st.one_of(st.text(), st.text("ab –-()1289 ")))
def test_whatever_is_typed_is_a_work_with_a_title_or_a_typed_error(kind: Kind, typed: str) -> None:
    try:
        facts = by_hand(kind, typed, THIS_YEAR)
    except DomainError:
        return
    assert facts.title.strip()
    assert len(facts.title) <= TITLE_LIMIT
    if isinstance(facts, AlbumFacts) and facts.artists:
        assert facts.artist.strip()
