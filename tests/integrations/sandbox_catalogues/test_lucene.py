from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from integrations.sandbox.catalogues.lucene import QuerySyntaxError, parse, relevance
from integrations.sandbox.catalogues.text import fold, words

KNOWN = {"": ("title", "artist"), "title": ("title",), "artist": ("artist",)}
DOCUMENT = {"title": [words("Kind of Blue")], "artist": [words("Miles Davis")]}


def matches(query: str) -> bool:
    return relevance(parse(query, KNOWN), DOCUMENT) is not None


def test_and_binds_both_its_sides_and_or_neither() -> None:
    assert matches("kind AND blue")
    assert not matches("kind AND green")
    assert matches("kind OR green")
    assert matches("green kind")
    assert not matches("blue AND NOT davis")
    assert matches("blue AND (green OR davis)")
    assert not matches("kind OR green AND red"), (
        "as in the classic parser the last AND requires green and red"
    )


def test_a_query_that_only_excludes_finds_the_rest() -> None:
    assert matches("-green")
    assert not matches("-blue")


def test_a_field_holds_for_one_word_or_a_bracket() -> None:
    assert matches("title:blue davis")
    assert not matches("title:davis")
    assert not matches("title:(blue AND davis)")
    assert matches('artist:"miles davis"')
    assert not matches('artist:"davis miles"')


def test_boosts_add_up() -> None:
    assert relevance(parse("blue^3 davis^0.5 green^9", KNOWN), DOCUMENT) == 3.5
    assert relevance(parse("(blue davis)^2", KNOWN), DOCUMENT) == 4


def test_escaped_signs_are_letters() -> None:
    for query in (
        "blue\\!",
        '\\"blue\\"',
        "\\(blue\\)",
        "blue\\:",
        "\\-blue",
        "\\+blue",
        "blue\\~",
        "blue\\^2 davis",
    ):
        assert matches(query), query


def test_folding() -> None:
    assert fold("Amélie ÆØß Ё") == "amelie aeoss е"
    assert words("JAY‐Z's “Thing”") == ("jay", "zs", "thing")
    assert words("( )") == ("(", ")")
    assert words("   ") == ()


@given(st.text(max_size=60))
def test_any_text_parses_or_says_that_it_does_not(query: str) -> None:
    try:
        tree = parse(query, KNOWN)
    except QuerySyntaxError:
        return
    relevance(tree, DOCUMENT)


SPECIAL = '+-&|!(){}[]^"~*?:\\/'


@given(st.text(alphabet=st.sampled_from([*"blue kind ", *SPECIAL]), max_size=30))
def test_escaped_text_always_parses(typed: str) -> None:
    escaped = "".join(f"\\{char}" if char in SPECIAL else char for char in typed)
    tree = parse(escaped, KNOWN)
    if set(words(typed)) <= {"kind", "of", "blue"} and words(typed):
        assert relevance(tree, DOCUMENT) is not None
