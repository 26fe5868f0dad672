"""The ranking measured on the titles of a real catalogue, with the number of ratings as fame."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict

import pytest

from domain.ranking import MovieCandidate, fold, rank_movies
from domain.search import parse_query
from tests.integrations.recorded import FOLDER

DATA = FOLDER / "movielens-ml-latest-small"
WELL_KNOWN = 600

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the data set is not on this machine")


def _title(listed: str) -> str:
    """`Matrix, The` as it is said; other titles in brackets are dropped."""
    title = re.sub(r"\s*\([^)]*\)", "", listed).strip()
    moved = re.fullmatch(r"(.*), (The|A|An|Les|La|Le|L')", title)
    return f"{moved[2]} {moved[1]}" if moved else title


class Shelf:
    """A catalogue that finds what holds all the words, in no order."""

    def __init__(self) -> None:
        with (DATA / "ratings.csv").open(encoding="utf-8", newline="") as ratings:
            votes = Counter(row["movieId"] for row in csv.DictReader(ratings))
        self.movies: list[MovieCandidate] = []
        self.by_word: defaultdict[str, set[MovieCandidate]] = defaultdict(set)
        with (DATA / "movies.csv").open(encoding="utf-8", newline="") as movies:
            for row in csv.DictReader(movies):
                year = re.search(r"\((\d{4})\)\s*$", row["title"])
                movie = MovieCandidate(
                    int(row["movieId"]),
                    _title(row["title"]),
                    year=int(year[1]) if year else None,
                    votes=50 * votes[row["movieId"]],
                )
                self.movies.append(movie)
                for word in fold(movie.title).split():
                    self.by_word[word].add(movie)

    def first(self, typed: str) -> MovieCandidate:
        query = parse_query(typed, 2026)
        found = {
            movie
            for words in (query.text, query.words)
            for movie in set.intersection(*(self.by_word[word] for word in fold(words).split()))
        }
        return rank_movies(query, found)[0]


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return Shelf()


@pytest.mark.parametrize(
    ("typed", "share"),
    [("{title}", 0.99), ("{bare}", 0.98), ("{title} {year}", 1.0), ("{title} {later}", 0.99)],
)
def test_the_well_known_movie_comes_first(shelf: Shelf, typed: str, share: float) -> None:
    known = sorted(shelf.movies, key=lambda movie: -movie.votes)[:WELL_KNOWN]
    right = sum(
        shelf.first(
            typed.format(
                title=fold(movie.title),
                bare=fold(movie.title).removeprefix("the "),
                year=movie.year,
                later=(movie.year or 0) + 1,
            )
        )
        == movie
        for movie in known
    )
    assert right / len(known) >= share
