"""Which hit a person most likely means."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ranking import AlbumCandidate, MovieCandidate, fold, rank_albums, rank_movies
from domain.search import Query, parse_query

HEAT = MovieCandidate(949, "Heat", year=1995, popularity=48, votes=7400)
THE_HEAT = MovieCandidate(136795, "The Heat", year=2013, popularity=40, votes=4000)
OBSCURE_HEAT = MovieCandidate(5, "Heat", year=1972, popularity=1, votes=20)
BODY_HEAT = MovieCandidate(6, "Body Heat", year=1981, popularity=12, votes=900)
MATRIX = MovieCandidate(603, "The Matrix", year=1999, popularity=80, votes=25000)
RELOADED = MovieCandidate(604, "The Matrix Reloaded", year=2003, popularity=60, votes=11000)
SMALL_MATRIX = MovieCandidate(8, "Matrix", year=1993, popularity=0.6, votes=3)
WONDER_WOMAN = MovieCandidate(297762, "Wonder Woman", year=2017, popularity=50, votes=20000)
FORGOTTEN_WOMAN = MovieCandidate(9, "Wonder Woman", year=1984, popularity=0.6, votes=3)
HEAT_WAVE = MovieCandidate(10, "A Town in a Heat Wave", year=1981, popularity=1, votes=20)
CONGO = MovieCandidate(11, "Congo", year=1995, popularity=30, votes=2000)
WW84 = MovieCandidate(464052, "Wonder Woman 1984", year=2020, popularity=60, votes=8000)

KIND_OF_BLUE = AlbumCandidate(
    "k", "Kind of Blue", "Miles Davis", 1959, primary_type="Album", releases=94, official=True, score=90
)
KOB_BOOTLEG = replace(KIND_OF_BLUE, id="b", year=2001, releases=2, official=False, score=100)
KOB_REMIX = replace(
    KIND_OF_BLUE, id="r", artist="DJ Smith", secondary_types=("Remix",), releases=1, score=100
)
KOB_TRIBUTE = replace(
    KIND_OF_BLUE, id="t", title="Kind of Blue: A Tribute", artist="Various Artists", releases=1, score=100
)
KOB_COMPILATION = replace(KIND_OF_BLUE, id="c", secondary_types=("Compilation",), releases=9, score=100)
KOB_SINGLE = replace(KIND_OF_BLUE, id="s", primary_type="Single", releases=2, score=100)
KOB = [KOB_BOOTLEG, KOB_REMIX, KOB_TRIBUTE, KOB_COMPILATION, KOB_SINGLE, KIND_OF_BLUE]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Amélie", "AMELIE"),
        ("WALL·E", "wall-e"),
        ("Simon & Garfunkel", "simon and garfunkel"),
        ("JAY‐Z", "jay-z"),
        ("Ocean's Eleven", "oceans eleven"),
        ("Ocean’s Eleven", "Ocean's Eleven"),
        ("Sigur Rós", "sigur ros"),
        ("Blue Øyster Cult", "blue oyster cult"),
        ("Straße", "STRASSE"),
        ("Ёлки", "елки"),
        ("２００１", "2001"),
        ("( )", "()"),
        ("David Bowie: ★", "david bowie ★"),
        ("हिन्दी मीडियम", "हिन्दी  मीडियम"),
        ("Mission: Impossible – Fallout", "mission impossible fallout"),
        ("İstanbul", "istanbul"),
    ],
)
def test_folding_makes_equal_what_people_take_for_equal(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("heat", [HEAT, THE_HEAT, OBSCURE_HEAT, BODY_HEAT]),
        ("the heat", [THE_HEAT, HEAT, OBSCURE_HEAT, BODY_HEAT]),
        ("heat 1972", [OBSCURE_HEAT, HEAT, THE_HEAT, BODY_HEAT]),
        ("heat 1996", [HEAT, THE_HEAT, OBSCURE_HEAT, BODY_HEAT]),
        ("matrix", [MATRIX, SMALL_MATRIX, RELOADED]),
        ("the matrix", [MATRIX, RELOADED, SMALL_MATRIX]),
        ("matrix reloaded", [RELOADED, MATRIX, SMALL_MATRIX]),
        ("matrix 2003", [MATRIX, SMALL_MATRIX, RELOADED]),
        ("wonder woman 1984", [WW84, FORGOTTEN_WOMAN, WONDER_WOMAN]),
        ("heat wave 1995", [HEAT_WAVE, CONGO]),
        ("wonder woman", [WONDER_WOMAN, WW84]),
        ("wonder woman 2017", [WONDER_WOMAN, WW84]),
    ],
)
def test_movies(query: str, expected: list[MovieCandidate]) -> None:
    assert list(rank_movies(parse_query(query, 2026), reversed(expected))) == expected


def test_an_original_title_counts_like_the_title() -> None:
    solaris = MovieCandidate(593, "Solaris", "Солярис", 1972, 10, 1200)
    other = MovieCandidate(1, "Солярис и другие", "Солярис и другие", 2010, 20, 5000)
    assert rank_movies(Query("солярис"), [other, solaris]) == (solaris, other)


@pytest.mark.parametrize(
    "query",
    [
        "kind of blue",
        "KIND OF BLUE",
        "miles davis kind of blue",
        "kind of blue miles davis",
        "kind of blue by miles davis",
        "davis kind of blue",
        "miles davis - kind of blue",
        "Miles Davis – Kind of Blue (1959)",
        "kind of blue - miles davis",
        "kind of blue 1959",
        "kind of blue 1958",
    ],
)
def test_the_well_known_album_before_bootlegs_remixes_and_tributes(query: str) -> None:
    ranked = rank_albums(parse_query(query, 2026), KOB)
    assert ranked[0] == KIND_OF_BLUE
    assert set(ranked) == set(KOB)


def test_who_asks_for_a_tribute_gets_it() -> None:
    assert rank_albums(Query("kind of blue a tribute"), KOB)[0] == KOB_TRIBUTE


def test_a_tribute_is_one_however_often_it_was_printed() -> None:
    printed = replace(KIND_OF_BLUE, id="p", artist="The Miles Davis Tribute Band", releases=200)
    assert rank_albums(Query("kind of blue"), [printed, KIND_OF_BLUE]) == (KIND_OF_BLUE, printed)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("primary_type", ("Album", "EP", "Single", "Broadcast")),
        ("secondary_types", ((), ("Soundtrack",), ("Live",), ("Compilation",), ("Remix",))),
        ("official", (True, None, False)),
        ("score", (100, 99, 0)),
        ("releases", (3, 2, 0)),
    ],
)
def test_of_two_that_are_otherwise_alike(field: str, values: tuple[object, ...]) -> None:
    alike = [
        replace(KIND_OF_BLUE, id=str(9 - place), **{field: value})  # type: ignore[arg-type]
        for place, value in enumerate(values)
    ]
    assert list(rank_albums(Query("kind of blue"), reversed(alike))) == alike


def test_no_year_is_further_off_than_another() -> None:
    unknown = replace(KIND_OF_BLUE, id="u", year=None, releases=2)
    assert rank_albums(Query("kind of blue", 1975), [unknown, KIND_OF_BLUE]) == (KIND_OF_BLUE, unknown)


def test_a_well_known_live_album_beats_a_forgotten_namesake() -> None:
    nirvana = AlbumCandidate(
        "n", "MTV Unplugged in New York", "Nirvana", 1994, (), "Album", ("Live",), 13, official=True
    )
    studio = AlbumCandidate(
        "f", "MTV Unplugged in New York", "Nobody", 2004, (), "Album", (), 1, official=True
    )
    assert rank_albums(Query("mtv unplugged in new york"), [studio, nirvana])[0] == nirvana


def test_a_year_that_is_the_title_is_found_behind_the_artist() -> None:
    taylor = AlbumCandidate("1989", "1989", "Taylor Swift", 2014, (), "Album", (), 40, official=True)
    debut = AlbumCandidate("ts", "Taylor Swift", "Taylor Swift", 2006, (), "Album", (), 50, official=True)
    for typed in ("taylor swift 1989", "taylor swift - 1989", "1989 taylor swift", "1989"):
        assert rank_albums(parse_query(typed, 2026), [debut, taylor])[0] == taylor, typed


def test_an_artist_alone_finds_the_studio_albums_first() -> None:
    desire = AlbumCandidate("d", "Desire", "Bob Dylan", 1976, (), "Album", (), 60, official=True)
    tape = AlbumCandidate("m", "The Minnesota Tapes", "Bob Dylan", 1980, (), "Other", (), 6, official=False)
    live = AlbumCandidate("l", "Live 1966", "Bob Dylan", 1998, (), "Album", ("Live",), 20, official=True)
    assert rank_albums(Query("bob dylan"), [tape, live, desire]) == (desire, live, tape)


def test_the_artist_of_artist_and_title_decides_among_namesakes() -> None:
    adele = AlbumCandidate("a", "25", "Adele", 2015, (), "Album", (), 60, official=True)
    other = AlbumCandidate("o", "25", "Harry Connick, Jr.", 1992, (), "Album", (), 3, official=True)
    assert rank_albums(parse_query("harry connick jr - 25", 2026), [adele, other])[0] == other


def test_an_artist_is_known_by_other_names_too() -> None:
    first_love = AlbumCandidate(
        "u", "First Love", "宇多田ヒカル", 1999, ("Utada, Hikaru",), "Album", (), 10, official=True
    )
    other = AlbumCandidate("e", "First Love", "Emmy the Great", 2009, (), "Album", (), 20, official=True)
    assert rank_albums(Query("utada hikaru first love"), [other, first_love])[0] == first_love


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("godfather 2", "The Godfather: Part II"),
        ("godfather part two", "The Godfather: Part II"),
        ("twelve angry men", "12 Angry Men"),
        ("7 samurai", "Seven Samurai"),
        ("rocky 5", "Rocky V"),
        ("led zeppelin 4", "[Led Zeppelin IV]"),
    ],
)
def test_a_number_is_one_in_figures_words_and_roman(typed: str, title: str) -> None:
    meant = MovieCandidate(1, title, votes=5000)
    others = [
        MovieCandidate(number, name, votes=9000)
        for number, name in enumerate(
            ("The Godfather", "Angry Young Men", "The Last Samurai", "Rocky", "Zeppelin"), 2
        )
    ]
    assert rank_movies(Query(typed), [*others, meant])[0] == meant


@pytest.mark.parametrize(
    ("typed", "title"),
    [("x-men", "X-Men"), ("xmen", "X-Men"), ("i robot", "I, Robot"), ("malcolm x", "Malcolm X")],
)
def test_a_letter_is_no_number(typed: str, title: str) -> None:
    meant = MovieCandidate(1, title, votes=5)
    other = MovieCandidate(2, f"{title}: The Documentary", votes=90)
    assert rank_movies(Query(typed), [other, meant])[0] == meant


@pytest.mark.parametrize("slip", ["redemtion", "redempttion", "redenption", "redepmtion", "redemptionn"])
def test_a_slip_of_the_finger_is_forgiven(slip: str) -> None:
    meant = MovieCandidate(1, "The Shawshank Redemption", votes=500)
    other = MovieCandidate(2, "Shawshank: The Making of It", votes=800)
    assert rank_movies(Query(f"shawshank {slip}"), [other, meant])[0] == meant


@pytest.mark.parametrize(
    ("typed", "other", "meant"),
    [
        ("hat cat", "Hut and Cat", "Cat in the Hat"),
        ("redepmtoin song", "Redemption Song", "A Song Called Redepmtoin"),
    ],
)
def test_two_slips_or_one_in_a_short_word_make_another_word(typed: str, other: str, meant: str) -> None:
    ranked = rank_movies(
        Query(typed), [MovieCandidate(1, other, votes=500), MovieCandidate(2, meant, votes=500)]
    )
    assert ranked[0].title == meant


def test_what_tells_an_album_from_its_namesakes_is_what_people_call_it() -> None:
    blue = AlbumCandidate(
        "b", "Weezer", "Weezer", 1994, primary_type="Album", releases=17, comment="Blue Album"
    )
    green = AlbumCandidate(
        "g", "Weezer", "Weezer", 2001, primary_type="Album", releases=17, comment="Green Album"
    )
    assert rank_albums(Query("weezer green album"), [blue, green])[0] == green
    assert rank_albums(Query("weezer blue album"), [blue, green])[0] == blue


YEARS = st.one_of(st.none(), st.integers(1950, 2026))
TITLES = st.sampled_from(
    ["Heat", "The Heat", "Heat 2", "héat", "Body Heat", "1984", "( )", "", "Kind of Blue", "Blue"]
)
NAMES = st.sampled_from(["Miles Davis", "Heat", "The Blue", "Various Artists", ""])
QUERIES = st.builds(
    parse_query,
    st.sampled_from(
        [
            "heat",
            "the heat 1984",
            "heat 1984",
            "miles davis - blue",
            "blue 1959",
            "body",
            "( )",
            "",
            "1984",
            "zzz",
        ]
    ),
    st.just(2026),
)
MOVIES = st.builds(
    MovieCandidate,
    st.integers(1, 30),
    TITLES,
    st.one_of(st.none(), TITLES),
    YEARS,
    st.floats(0, 3000),
    st.integers(0, 40_000),
)
ALBUMS = st.builds(
    AlbumCandidate,
    st.sampled_from("abcdefghijkl"),
    TITLES,
    NAMES,
    YEARS,
    st.lists(NAMES, max_size=2).map(tuple),
    st.sampled_from([None, "Album", "Single", "EP", "Other"]),
    st.lists(st.sampled_from(["Live", "Compilation", "Remix"]), max_size=2).map(tuple),
    st.integers(0, 200),
    st.sampled_from([None, True, False]),
    st.integers(0, 100),
)


@given(
    QUERIES, st.lists(MOVIES, max_size=12), st.lists(ALBUMS, max_size=12), st.randoms(use_true_random=False)
)
def test_order_depends_on_the_candidates_alone_and_none_is_lost_or_doubled(
    query: Query, movies: list[MovieCandidate], albums: list[AlbumCandidate], chance: random.Random
) -> None:
    ranked_movies, ranked_albums = rank_movies(query, movies), rank_albums(query, albums)
    chance.shuffle(movies)
    chance.shuffle(albums)
    assert rank_movies(query, movies) == ranked_movies
    assert rank_albums(query, albums) == ranked_albums
    assert sorted(one.id for one in ranked_movies) == sorted({one.id for one in movies})
    assert sorted(one.id for one in ranked_albums) == sorted({one.id for one in albums})


@given(QUERIES, st.lists(MOVIES, max_size=8, unique_by=lambda one: one.id), MOVIES, st.integers(1950, 2026))
def test_a_year_never_puts_a_wrong_year_before_the_right_one_of_the_same_title(
    query: Query, movies: list[MovieCandidate], movie: MovieCandidate, year: int
) -> None:
    dated = replace(query, year=year)
    right = replace(movie, id=100, year=year, votes=0, popularity=0)
    wrong = replace(movie, id=101, year=year + 5)
    ranked = rank_movies(dated, [wrong, *movies, right])
    year_is_word = str(year) in f"{movie.title} {movie.original_title}"
    assert ranked.index(right) < ranked.index(wrong) or year_is_word


@given(QUERIES, st.lists(ALBUMS, max_size=8, unique_by=lambda one: one.id), ALBUMS, st.integers(1950, 2026))
def test_nor_among_albums(
    query: Query, albums: list[AlbumCandidate], album: AlbumCandidate, year: int
) -> None:
    dated = replace(query, year=year)
    right = replace(album, id="right", year=year, releases=0, official=False)
    wrong = replace(album, id="wrong", year=year - 1)
    ranked = rank_albums(dated, [wrong, *albums, right])
    assert ranked.index(right) < ranked.index(wrong) or str(year) in album.title


@given(QUERIES, st.lists(MOVIES, min_size=1, max_size=8, unique_by=lambda one: one.id))
def test_among_equals_the_better_known_comes_first(query: Query, movies: list[MovieCandidate]) -> None:
    movie = movies[0]
    known = replace(movie, id=200, votes=movie.votes + 1000)
    ranked = rank_movies(query, [*movies, known])
    assert ranked.index(known) < ranked.index(movie)
