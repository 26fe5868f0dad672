"""Past weeks as people write them down."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.backfill import KINDS, LINE_LIMIT, Entry, Problem, Said, name_key, parse
from domain.errors import TooManyLines
from domain.isoweek import IsoWeek
from domain.scores import Scale
from domain.works import Kind

CURRENT = IsoWeek(2026, 10)

WEEKS = st.builds(IsoWeek, st.integers(1950, 2025), st.integers(1, 52))
WORDS = st.lists(
    st.sampled_from(
        ["Heat", "by", "von", "2049", "Stand", "Me", "(Live)", "½", "Amélie", "千と千尋", "-ish", "4.5"]
    ),
    min_size=1,
    max_size=5,
).map(" ".join)
TITLES = WORDS.filter(lambda text: text != "½")
NAMES = st.lists(
    st.sampled_from(["Ana", "Ben", "Lars", "Trier", "O'Neill", "Zoë", "山田"]), min_size=1, max_size=3
).map(" ".join)


def only(text: str, scale: Scale = Scale.HALF_STARS) -> Entry:
    (entry,) = parse(text, scale, CURRENT).entries
    return entry


def problem(text: str, scale: Scale = Scale.HALF_STARS) -> Problem:
    parsed = parse(text, scale, CURRENT)
    assert parsed.entries == ()
    (bad,) = parsed.bad
    return bad.problem


def test_the_line_of_the_manual() -> None:
    assert only("2024-W07 movie Heat (1995) 4.5 by Ana") == Entry(
        IsoWeek(2024, 7), Kind.MOVIE, "Heat", None, 1995, (Said(1, "Ana", 9),)
    )


@pytest.mark.parametrize(
    "line",
    [
        "2024-W07 film Heat (1995) 4,5 von Ana",
        "2024-w7: Movie: Heat [1995] 4½ by Ana",
        "- 2024W07  movie   Heat (1995):  4½★  by  Ana",
        "2024-KW07, FILM Heat (1995) – 4.5/5 BY Ana",
        "2024-W07 movie Heat (1995) 9/10 by Ana",
        "• 2024-W07 movie Heat(1995) 4.5 ⭐ by Ana",
    ],
)
def test_people_write_it_in_many_ways(line: str) -> None:
    assert only(line) == only("2024-W07 movie Heat (1995) 4.5 by Ana")


def test_an_album_may_name_its_artist() -> None:
    entry = only("2024-W07 album Miles Davis – Kind of Blue (1959) 5 by Ben")
    assert (entry.artist, entry.title, entry.year) == ("Miles Davis", "Kind of Blue", 1959)
    movie = only("2024-W07 movie Mission: Impossible - Fallout 4 by Ben")
    assert (movie.artist, movie.title) == (None, "Mission: Impossible - Fallout")


def test_titles_and_names_may_hold_what_separates_them() -> None:
    entry = only("2024-W07 movie Stand by Me (1986) 4 by Ana")
    assert (entry.title, entry.said[0].name) == ("Stand by Me", "Ana")
    entry = only("2024-W07 movie Dogville (2003) 3 by Lars von Trier")
    assert (entry.title, entry.said[0].name) == ("Dogville", "Lars von Trier")


def test_a_number_at_the_end_of_a_title_is_no_score() -> None:
    entry = only("2024-W07 movie Blade Runner 2049 4 by Ana")
    assert (entry.title, entry.said[0].score) == ("Blade Runner 2049", 8)
    assert problem("2024-W07 movie Blade Runner 2049 by Ana") is Problem.SCORE
    assert only("2024-W07 movie Ocean's 8 - by Ana").said[0].score is None


@pytest.mark.parametrize(
    ("scale", "score", "half_stars"),
    [
        (Scale.STARS, "4", 8),
        (Scale.STARS, "4.5", None),
        (Scale.STARS, "9/10", 9),
        (Scale.HALF_STARS, "½", 1),
        (Scale.HALF_STARS, "0.5", 1),
        (Scale.HALF_STARS, "0", None),
        (Scale.HALF_STARS, "5.5", None),
        (Scale.HALF_STARS, "4.2", None),
        (Scale.HALF_STARS, "4.5½", None),
        (Scale.TEN, "10", 10),
        (Scale.TEN, "11", None),
        (Scale.TEN, "4.5/5", 9),
        (Scale.TEN, "4.5", None),
    ],
)
def test_scores_are_on_the_clubs_scale(scale: Scale, score: str, half_stars: int | None) -> None:
    line = f"2024-W07 movie Heat (1995) {score} by Ana"
    if half_stars is None:
        assert problem(line, scale) is Problem.SCORE
    else:
        assert only(line, scale).said[0].score == half_stars


def test_lines_of_one_week_and_title_belong_together_and_the_first_named_picked() -> None:
    parsed = parse(
        "# ours\n\n2024-W07 movie Heat (1995) 4 by Ana\n// theirs\n"
        "2024-W07 movie HEAT! (1995) 3 by Ben\n2024-W08 movie Heat (1995) 3 by Ben",
        Scale.HALF_STARS,
        CURRENT,
    )
    assert [[(said.line, said.name) for said in entry.said] for entry in parsed.entries] == [
        [(3, "Ana"), (5, "Ben")],
        [(6, "Ben")],
    ]
    assert parsed.bad == ()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("soon movie Heat (1995) 4 by Ana", Problem.WEEK),
        ("2024-W54 movie Heat (1995) 4 by Ana", Problem.WEEK),
        ("2023-W53 movie Heat (1995) 4 by Ana", Problem.WEEK),
        ("0001-W01 movie Heat (1995) 4 by Ana", Problem.WEEK),
        ("2026-W10 movie Heat (1995) 4 by Ana", Problem.NOT_PAST),
        ("2024-W07 book Heat (1995) 4 by Ana", Problem.KIND),
        ("2024-W07", Problem.KIND),
        ("2024-W07 movie Heat (1995) 4", Problem.PERSON),
        ("2024-W07 movie Heat (1995) 4 by", Problem.PERSON),
        ("2024-W07 movie Heat (1995) by Ana", Problem.SCORE),
        ("2024-W07 movie 4 by Ana", Problem.TITLE),
        (f"2024-W07 movie {'x' * 181} 4 by Ana", Problem.TITLE_TOO_LONG),
        ("2024-W07 movie Heat (1066) 4 by Ana", Problem.YEAR),
        ("2024-W07 movie Heat (2049) 4 by Ana", Problem.YEAR),
    ],
)
def test_a_line_that_cannot_be_used_says_why(line: str, expected: Problem) -> None:
    assert problem(line) is expected


def test_a_name_twice_is_the_second_lines_problem() -> None:
    parsed = parse(
        "2024-W07 movie Heat (1995) 4 by Ana\n2024-W07 movie Heat (1995) 3 by @ana", Scale.HALF_STARS, CURRENT
    )
    assert [bad.number for bad in parsed.bad] == [2]
    assert parsed.bad[0].problem is Problem.TWICE


def test_a_hundred_lines_are_enough() -> None:
    line = "2024-W07 movie Heat (1995) 4 by Ana"
    parse("\n\n# no line\n".join([line] * LINE_LIMIT), Scale.HALF_STARS, CURRENT)
    with pytest.raises(TooManyLines):
        parse("\n".join([line] * (LINE_LIMIT + 1)), Scale.HALF_STARS, CURRENT)


@given(
    WEEKS,
    st.sampled_from(Kind),
    TITLES,
    st.none() | st.integers(1888, 2030),
    NAMES,
    st.sampled_from(Scale),
    st.data(),
)
def test_what_is_written_is_read_again(
    week: IsoWeek, kind: Kind, title: str, year: int | None, name: str, scale: Scale, data: st.DataObject
) -> None:
    score = data.draw(st.none() | st.sampled_from(scale.scores))
    if year is None and title.endswith("(Live)"):
        title += " II"
    entry = Entry(week, kind, title, None, year, (Said(1, name, score),))
    shown = "-" if score is None else scale.label(score)
    line = f"{week} {kind} {entry.text} {shown} by {name}"
    assert parse(line, scale, CURRENT).entries == (entry,)


@given(st.text(max_size=300), st.sampled_from(Scale))
def test_no_text_breaks_the_reading_and_every_line_is_accounted_for(text: str, scale: Scale) -> None:
    parsed = parse(text, scale, CURRENT)
    numbers = [said.line for entry in parsed.entries for said in entry.said]
    numbers += [bad.number for bad in parsed.bad]
    meant = [
        number
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip() and not line.strip().startswith(("#", "//"))
    ]
    assert sorted(numbers) == meant


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["2024-W07", "2024W7", "2031-W01", "W07", ""]),
            st.sampled_from([*KINDS, "Movie:", "book", ""]),
            st.sampled_from(["Heat (1995)", "A – B", "", "(1995)", "1917", "x (0001)"]),
            st.sampled_from(["4", "4.5", "½", "-", "99", "4/5", "/5", "★", ""]),
            st.sampled_from(["by Ana", "von Ben", "by", "Ana", ""]),
        ).map(" ".join),
        max_size=20,
    )
)
def test_half_right_lines_are_used_or_named(lines: list[str]) -> None:
    parsed = parse("\n".join(lines), Scale.HALF_STARS, CURRENT)
    for entry in parsed.entries:
        assert entry.week < CURRENT
        assert entry.title
        assert len({name_key(said.name) for said in entry.said}) == len(entry.said)
        assert all(said.score is None or 1 <= said.score <= 10 for said in entry.said)
    used = sum(len(entry.said) for entry in parsed.entries)
    assert used + len(parsed.bad) == sum(1 for line in lines if line.strip())
    assert all(bad.text == lines[bad.number - 1].strip() for bad in parsed.bad)
