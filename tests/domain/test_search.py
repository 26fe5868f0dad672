"""What people type, taken apart."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import QueryTooLong
from domain.search import QUERY_LIMIT, Query, parse_query

THIS_YEAR = 2026


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("heat", Query("heat")),
        ("  heat \n\t mann ", Query("heat mann")),
        ("heat 1995", Query("heat", 1995)),
        ("heat (1995)", Query("heat", 1995)),
        ("heat [1995]", Query("heat", 1995)),
        ("Heat, 1995", Query("Heat", 1995)),
        ("heat 1887", Query("heat 1887")),
        ("roundhay garden scene 1888", Query("roundhay garden scene", 1888)),
        ("avatar 2036", Query("avatar", 2036)),
        ("avatar 2037", Query("avatar 2037")),
        ("blade runner 2049", Query("blade runner 2049")),
        ("1917", Query("1917")),
        ("(1917)", Query("(1917)")),
        ("1917 2019", Query("1917", 2019)),
        ("2001: a space odyssey", Query("2001: a space odyssey")),
        ("2001: a space odyssey 1968", Query("2001: a space odyssey", 1968)),
        ("wonder woman 1984", Query("wonder woman", 1984)),
        ("heat 19955", Query("heat 19955")),
        ("heat ١٩٩٥", Query("heat ١٩٩٥")),
        ("heat1995", Query("heat1995")),
        ("Malcolm X", Query("Malcolm X")),
        ("÷ 2017", Query("÷", 2017)),
        ("", Query("")),
        (" \u200e\u200b\n ", Query("")),
        ("Ame\u0301lie", Query("Amélie")),
        ("\u200fסולאריס\u200f 1972", Query("סולאריס", 1972)),
        ("\u202eheat\u202c", Query("heat")),
        ("he\x00at\x07", Query("he at")),
        ("heat\ud800", Query("heat")),
        ("😂🍿 2019", Query("😂🍿", 2019)),
        ("\u200d", Query("")),
        ("می\u200cخواهم", Query("می\u200cخواهم")),
        ('"heat"', Query("heat")),
        ("“heat” 1995", Query("“heat”", 1995)),
        ("„Der Himmel über Berlin“", Query("Der Himmel über Berlin")),
        ('"Heroes" and "Low"', Query('"Heroes" and "Low"')),
        ('"', Query('"')),
        ('"!"', Query('"!"')),
        ("- 1995", Query("- 1995")),
        ("<b>&amp;", Query("<b>&amp;")),
    ],
)
def test_text_and_year(typed: str, query: Query) -> None:
    assert parse_query(typed, THIS_YEAR) == query


@pytest.mark.parametrize(
    ("typed", "artist", "title", "year"),
    [
        ("miles davis - kind of blue", "miles davis", "kind of blue", None),
        ("miles davis – kind of blue 1959", "miles davis", "kind of blue", 1959),
        ("Miles Davis — Kind of Blue (1959)", "Miles Davis", "Kind of Blue", 1959),
        ("taylor swift - 1989", "taylor swift", "1989", None),
        ("taylor swift – 1989 2014", "taylor swift", "1989", 2014),
        ("van halen – (1984)", "van halen", "(1984)", None),
        ("a - b - c", "a", "b - c", None),
        ("jay‐z - 4:44", "jay‐z", "4:44", None),
    ],
)
def test_artist_and_title(typed: str, artist: str, title: str, year: int | None) -> None:
    query = parse_query(typed, THIS_YEAR)
    assert (query.artist, query.title, query.year) == (artist, title, year)
    assert query.text.startswith(artist)
    assert query.text.endswith(title)


@pytest.mark.parametrize("typed", ["jay-z the black album", "spider-man", "- heat", "heat -", "wall-e"])
def test_a_dash_inside_a_word_or_at_an_end_parts_nothing(typed: str) -> None:
    query = parse_query(typed, THIS_YEAR)
    assert query.artist is None
    assert query.title == query.text == typed


def test_the_year_is_also_a_word() -> None:
    assert parse_query("wonder woman 1984", THIS_YEAR).words == "wonder woman 1984"
    assert parse_query("heat", THIS_YEAR).words == "heat"


def test_an_absurdly_long_text_is_refused_and_blanks_do_not_count() -> None:
    assert parse_query("x" * QUERY_LIMIT, THIS_YEAR).text == "x" * QUERY_LIMIT
    assert parse_query("x" + " " * 4000 + "y", THIS_YEAR).text == "x y"
    with pytest.raises(QueryTooLong) as caught:
        parse_query("x" * (QUERY_LIMIT + 1), THIS_YEAR)
    assert caught.value.limit == QUERY_LIMIT


@given(st.text(st.characters(), max_size=300))
def test_whatever_is_typed_is_a_query_or_too_long(typed: str) -> None:
    try:
        query = parse_query(typed, THIS_YEAR)
    except QueryTooLong:
        assert len(typed) > QUERY_LIMIT / 4
        return
    assert query.text == query.text.strip()
    assert len(query.text) <= QUERY_LIMIT
    assert not any(unicodedata.category(char) in {"Cc", "Cs"} for char in query.text)
    query.text.encode()
    if query.year is not None:
        assert query.text
        assert 1888 <= query.year <= THIS_YEAR + 10
    if query.artist is not None:
        assert query.artist
        assert query.title


@given(st.text(max_size=60), st.integers(1888, THIS_YEAR + 10))
def test_a_year_behind_words_is_taken_off_and_nothing_else_changes(words: str, year: int) -> None:
    plain = parse_query(f"heat {words} x", THIS_YEAR)
    dated = parse_query(f"heat {words} x {year}", THIS_YEAR)
    assert dated == Query(plain.text, year, plain.artist)
