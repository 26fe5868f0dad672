"""Rare facts: each at its threshold, all of them rare, and always the same one for the same numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from domain import rarities
from domain.clubs import User
from domain.isoweek import IsoWeek
from domain.rarities import (
    CONTRARIAN_BY,
    ENOUGH,
    ENOUGH_COUNTRIES,
    ENOUGH_CRITICS,
    ENOUGH_GENRES,
    ENOUGH_TOPS,
    FINDERS,
    FRESH_DAYS,
    NTH_SHARED_BY,
    UNANIMOUS_ONCE_IN,
    FactKind,
    RareFact,
    facts,
    rarest,
)
from domain.statistics import Career, Given, Maker, Played, Statistics, percent
from domain.works import CriticRating, Kind, PartialDate, Work
from tests.domain.club_life import Life

WEEK = IsoWeek(2026, 10)
ANA, BEN, CLEO, DANA, EVA = (User(n, n, name) for n, name in enumerate(("Ana", "Ben", "Cleo", "Dana", "Eva")))
OFTEN = 0.15
"""The share of a club's weeks in which one kind of fact may come up at most."""


def played(
    number: int, *scores: int, kind: Kind = Kind.MOVIE, year: int | None = 1980, week: IsoWeek = WEEK
) -> Played:
    return Played(
        number,
        week,
        Work(number, kind, f"Work {number}", year),
        len(scores),
        sum(scores),
        sum(score * score for score in scores),
        min(scores, default=0),
        max(scores, default=0),
    )


def past(count: int, *scores: int, kind: Kind = Kind.MOVIE) -> tuple[Played, ...]:
    """So many earlier picks that all got the same."""
    return tuple(
        played(1000 + n, *(scores or (4, 6, 8)), kind=kind, week=IsoWeek(2025, 1)) for n in range(count)
    )


def scored(pick: Played, *scores: int) -> tuple[Given, ...]:
    people = (ANA, BEN, CLEO, DANA, EVA)
    return tuple(Given(pick.pick_id, user, score) for user, score in zip(people, scores, strict=False))


def found(kind: FactKind, s: Statistics) -> list[RareFact]:
    return list(FINDERS[kind](s))


def one(kind: FactKind, s: Statistics) -> RareFact:
    (fact,) = found(kind, s)
    assert fact.kind is kind
    assert fact.work == next((pick.work for pick in s.picks if pick.pick_id == fact.pick_id), None)
    return fact


def week(*picks: Played, earlier: tuple[Played, ...] = (), **more: object) -> Statistics:
    return Statistics(WEEK, picks, earlier, **more)  # type: ignore[arg-type]


def test_every_kind_has_its_finder_and_there_are_many() -> None:
    assert set(FINDERS) == set(FactKind)
    assert len(FINDERS) >= 12


# Records

RECORDS = [
    (FactKind.HIGHEST, (8, 9), (6, 6)),
    (FactKind.LOWEST, (1, 2), (6, 6)),
    (FactKind.MOST_DIVISIVE, (1, 1, 10, 10), (6, 6, 6, 6)),
]


@pytest.mark.parametrize(("kind", "scores", "ordinary"), RECORDS)
def test_a_record_of_scores_needs_enough_picks_of_its_kind_and_two_people(
    kind: FactKind, scores: tuple[int, ...], ordinary: tuple[int, ...]
) -> None:
    usual = (5, 6, 6, 7)
    assert one(kind, week(played(1, *scores), earlier=past(ENOUGH, *usual))).pick_id == 1
    assert not found(kind, week(played(1, *scores), earlier=past(ENOUGH - 1, *usual)))
    assert not found(kind, week(played(1, *scores), earlier=past(ENOUGH, *usual, kind=Kind.ALBUM)))
    assert not found(kind, week(played(1, *ordinary), earlier=past(ENOUGH, *usual)))
    assert not found(kind, week(played(1, scores[0]), earlier=past(ENOUGH, *usual)))
    equal = (*past(ENOUGH, *usual), played(2, *scores, week=IsoWeek(2025, 2)))
    assert not found(kind, week(played(1, *scores), earlier=equal))


def test_a_high_says_what_it_beat() -> None:
    fact = one(FactKind.HIGHEST, week(played(1, 9, 10), earlier=past(ENOUGH, 5, 6)))
    assert (fact.number, fact.than) == (9.5, 5.5)


def test_a_division_says_how_far_apart() -> None:
    fact = one(FactKind.MOST_DIVISIVE, week(played(1, 2, 2, 9, 10), earlier=past(ENOUGH, 5, 6, 6, 7)))
    assert (fact.number, fact.than) == (10, 2)


def test_the_oldest_work_is_older_than_all_of_its_kind() -> None:
    earlier = past(ENOUGH)
    assert one(FactKind.OLDEST, week(played(1, year=1979), earlier=earlier)).number == 1979
    assert not found(FactKind.OLDEST, week(played(1, year=1980), earlier=earlier))
    assert not found(FactKind.OLDEST, week(played(1, year=None), earlier=earlier))
    assert not found(FactKind.OLDEST, week(played(1, year=1979), earlier=earlier[1:]))


@pytest.mark.parametrize(
    ("kind", "runtime", "not_quite"), [(FactKind.LONGEST, 121, 120), (FactKind.SHORTEST, 119, 120)]
)
def test_the_longest_and_the_shortest_movie(kind: FactKind, runtime: int, not_quite: int) -> None:
    earlier = tuple(replace(pick, runtime=120) for pick in past(ENOUGH))
    assert one(kind, week(replace(played(1), runtime=runtime), earlier=earlier)).number == runtime
    assert not found(kind, week(replace(played(1), runtime=not_quite), earlier=earlier))
    assert not found(kind, week(replace(played(1), runtime=runtime), earlier=earlier[1:]))
    assert not found(kind, week(replace(played(1), runtime=0), earlier=earlier))


def dated(pick: Played, days_old: int) -> Played:
    day = pick.week.next().monday - timedelta(days=days_old)
    return replace(pick, released=PartialDate(day.year, day.month, day.day))


def test_the_freshest_is_a_record_and_new() -> None:
    earlier = tuple(dated(pick, 30) for pick in past(ENOUGH))
    assert one(FactKind.FRESHEST, week(dated(played(1), FRESH_DAYS), earlier=earlier)).number == FRESH_DAYS
    assert not found(FactKind.FRESHEST, week(dated(played(1), FRESH_DAYS + 1), earlier=earlier))
    assert not found(FactKind.FRESHEST, week(dated(played(1), -1), earlier=earlier))
    assert not found(FactKind.FRESHEST, week(dated(played(1), 3), earlier=earlier[1:]))
    rival = (*earlier[1:], dated(earlier[0], 3))
    assert not found(FactKind.FRESHEST, week(dated(played(1), 3), earlier=rival))
    unsure = replace(played(1), released=PartialDate(2026, 3))
    assert not found(FactKind.FRESHEST, week(unsure, earlier=earlier))


def test_the_biggest_gap_to_the_critics() -> None:
    earlier = tuple(replace(pick, critics=50.0) for pick in past(ENOUGH_CRITICS, 5, 6))
    fact = one(FactKind.CRITICS_GAP, week(replace(played(1, 8, 8), critics=60.0), earlier=earlier))
    assert (fact.number, fact.than) == (80.0, 60.0)
    assert one(FactKind.CRITICS_GAP, week(replace(played(1, 2, 2), critics=60.0), earlier=earlier))
    assert not found(FactKind.CRITICS_GAP, week(replace(played(1, 8, 8), critics=61.0), earlier=earlier))
    assert not found(FactKind.CRITICS_GAP, week(replace(played(1, 8), critics=60.0), earlier=earlier))
    assert not found(FactKind.CRITICS_GAP, week(played(1, 8, 8), earlier=earlier))
    assert not found(FactKind.CRITICS_GAP, week(replace(played(1, 8, 8), critics=60.0), earlier=earlier[1:]))
    wider = (*earlier, replace(earlier[0], critics=80.0))
    assert not found(FactKind.CRITICS_GAP, week(replace(played(1, 8, 8), critics=60.0), earlier=wider))


# First times


def test_the_first_perfect_score_of_everybody() -> None:
    usual = past(ENOUGH, 5, 6, 7, 10)
    assert one(FactKind.FIRST_PERFECT, week(played(1, 10, 10, 10, 10), earlier=usual)).number == 10
    assert not found(FactKind.FIRST_PERFECT, week(played(1, 10, 10, 10), earlier=usual))
    assert not found(FactKind.FIRST_PERFECT, week(played(1, 10, 10, 10, 9), earlier=usual))
    assert not found(FactKind.FIRST_PERFECT, week(played(1, 10, 10, 10, 10), earlier=usual[1:]))
    before = (*usual, played(2, 10, 10, 10, 10, week=IsoWeek(2025, 2)))
    assert not found(FactKind.FIRST_PERFECT, week(played(1, 10, 10, 10, 10), earlier=before))


def test_the_first_lowest_score_of_the_club() -> None:
    pick = played(1, 1, 6)
    fact = one(FactKind.FIRST_BOTTOM, week(pick, earlier=past(ENOUGH), given=scored(pick, 1, 6)))
    assert fact.user == ANA
    assert not found(FactKind.FIRST_BOTTOM, week(pick, earlier=past(ENOUGH - 1), given=scored(pick, 1, 6)))
    assert not found(FactKind.FIRST_BOTTOM, week(pick, earlier=past(ENOUGH, 1, 5), given=scored(pick, 1, 6)))
    assert not found(FactKind.FIRST_BOTTOM, week(pick, earlier=past(ENOUGH), given=scored(pick, 2, 6)))


def test_somebodys_first_highest_score_after_many() -> None:
    pick = played(1, 10, 6)
    given = scored(pick, 10, 6)
    fact = one(FactKind.FIRST_TOP, week(pick, given=given, careers=(Career(ANA, ENOUGH_TOPS, 1),)))
    assert (fact.user, fact.number) == (ANA, ENOUGH_TOPS)
    assert not found(FactKind.FIRST_TOP, week(pick, given=given, careers=(Career(ANA, ENOUGH_TOPS - 1, 1),)))
    assert not found(FactKind.FIRST_TOP, week(pick, given=given, careers=(Career(ANA, ENOUGH_TOPS, 1, 1),)))
    assert not found(FactKind.FIRST_TOP, week(pick, given=given, careers=(Career(BEN, ENOUGH_TOPS, 1),)))


def test_the_first_of_a_decade() -> None:
    earlier = past(ENOUGH)
    assert one(FactKind.FIRST_OF_DECADE, week(played(1, year=1979), earlier=earlier)).number == 1970
    assert not found(FactKind.FIRST_OF_DECADE, week(played(1, year=1989), earlier=earlier))
    assert not found(FactKind.FIRST_OF_DECADE, week(played(1, year=1979), earlier=earlier[1:]))
    albums = past(ENOUGH, kind=Kind.ALBUM)
    assert not found(FactKind.FIRST_OF_DECADE, week(played(1, year=1979), earlier=albums))


def test_the_first_movie_of_a_genre() -> None:
    earlier = tuple(replace(pick, genres=("Drama",)) for pick in past(ENOUGH_GENRES))
    western = replace(played(1), genres=("Drama", "Western"))
    assert one(FactKind.FIRST_GENRE, week(western, earlier=earlier)).name == "Western"
    assert not found(FactKind.FIRST_GENRE, week(western, earlier=earlier[1:]))
    assert not found(FactKind.FIRST_GENRE, week(replace(played(1), genres=("Drama",)), earlier=earlier))
    album = replace(played(1, kind=Kind.ALBUM), genres=("Western",))
    assert not found(FactKind.FIRST_GENRE, week(album, earlier=earlier))


def by(pick: Played, maker: int, country: str | None = None) -> Played:
    return replace(pick, makers=(Maker(maker, f"Maker {maker}", country),))


def test_the_first_artist_from_a_country() -> None:
    earlier = tuple(by(pick, n, "US") for n, pick in enumerate(past(ENOUGH_COUNTRIES, kind=Kind.ALBUM)))
    assert one(FactKind.FIRST_COUNTRY, week(by(played(1), 99, "IS"), earlier=earlier)).name == "IS"
    assert not found(FactKind.FIRST_COUNTRY, week(by(played(1), 99, "US"), earlier=earlier))
    assert not found(FactKind.FIRST_COUNTRY, week(by(played(1), 99), earlier=earlier))
    assert not found(FactKind.FIRST_COUNTRY, week(by(played(1), 99, "IS"), earlier=earlier[1:]))


@pytest.mark.parametrize(("before", "number"), [(1, None), (2, 3), (3, None), (4, 5), (9, 10), (10, None)])
def test_the_third_fifth_and_tenth_by_one_maker(before: int, number: int | None) -> None:
    earlier = tuple(by(pick, 7) for pick in past(before))
    facts = found(FactKind.NTH_BY_MAKER, week(by(played(1), 7), earlier=earlier))
    assert [fact.number for fact in facts] == ([number] if number else [])
    assert all(fact.name == "Maker 7" for fact in facts)


def test_a_third_is_told_of_the_first_makers_to_get_there() -> None:
    others = tuple(by(pick, maker) for maker in range(100, 100 + NTH_SHARED_BY) for pick in past(3))
    mine = tuple(by(pick, 7) for pick in past(2))
    assert found(FactKind.NTH_BY_MAKER, week(by(played(1), 7), earlier=(*others[3:], *mine)))
    assert not found(FactKind.NTH_BY_MAKER, week(by(played(1), 7), earlier=(*others, *mine)))


def test_the_same_work_again_is_not_another_by_its_maker() -> None:
    first, second = (by(pick, 7) for pick in past(2))
    assert not found(FactKind.NTH_BY_MAKER, week(first, earlier=(first, second, first)))
    assert not found(FactKind.NTH_BY_MAKER, week(by(played(1), 7), earlier=(first, first)))


# People


@pytest.mark.parametrize(
    ("before", "now", "told"), [(49, 1, 50), (48, 1, None), (48, 2, 50), (50, 1, None), (99, 2, 100)]
)
def test_a_milestone_is_told_when_it_is_passed(before: int, now: int, told: int | None) -> None:
    facts = found(FactKind.MILESTONE, week(careers=(Career(ANA, before, now),)))
    assert [fact.number for fact in facts] == ([told] if told else [])


def test_a_milestone_is_told_of_the_first_to_reach_it() -> None:
    there = tuple(Career(user, 60, 1) for user in (BEN, CLEO, DANA))
    assert found(FactKind.MILESTONE, week(careers=(Career(ANA, 49, 1), *there[:2])))
    assert not found(FactKind.MILESTONE, week(careers=(Career(ANA, 49, 1), *there)))


@pytest.mark.parametrize(
    ("weeks", "best", "told"),
    [(26, 26, True), (25, 25, False), (27, 27, False), (26, 30, False), (52, 52, True)],
)
def test_a_streak_is_told_at_half_years_of_the_longest(weeks: int, best: int, told: bool) -> None:
    careers = (Career(ANA, 10, 1, streak=weeks), Career(BEN, 10, 1, streak=best))
    names = [fact.user for fact in found(FactKind.STREAK, week(careers=careers))]
    assert (ANA in names) is told


@pytest.mark.parametrize(
    ("scores", "told"),
    [
        ((1, 8, 9, 10), ANA),
        ((2, 8, 9, 10), None),
        ((1, 8, 9), None),
        ((10, 3, 2, 1), ANA),
        ((5, 5, 5, 5), None),
    ],
)
def test_a_contrarian_is_far_from_everybody(scores: tuple[int, ...], told: User | None) -> None:
    pick = played(1, *scores)
    facts = found(FactKind.CONTRARIAN, week(pick, given=scored(pick, *scores)))
    assert [fact.user for fact in facts] == ([told] if told else [])
    assert all(abs(fact.number - (fact.than or 0)) >= CONTRARIAN_BY for fact in facts)


# Rare events


def test_everybody_of_one_mind_after_long() -> None:
    earlier = past(UNANIMOUS_ONCE_IN, 5, 6, 6, 7)
    assert one(FactKind.UNANIMOUS, week(played(1, 7, 7, 7, 7), earlier=earlier)).number == 7
    assert not found(FactKind.UNANIMOUS, week(played(1, 7, 7, 7), earlier=earlier))
    assert not found(FactKind.UNANIMOUS, week(played(1, 7, 7, 7, 8), earlier=earlier))
    assert not found(FactKind.UNANIMOUS, week(played(1, 7, 7, 7, 7), earlier=earlier[1:]))
    recent = (*earlier, played(2, 3, 3, 3, 3, week=IsoWeek(2025, 2)))
    assert not found(FactKind.UNANIMOUS, week(played(1, 7, 7, 7, 7), earlier=recent))


def test_a_comeback_was_removed_and_never_played() -> None:
    assert one(FactKind.COMEBACK, week(played(1), removed=frozenset({1})))
    assert not found(FactKind.COMEBACK, week(played(1), removed=frozenset({2})))
    assert not found(FactKind.COMEBACK, week(played(1), earlier=(played(1),), removed=frozenset({1})))


def test_a_work_that_was_a_pick_before_says_when_last() -> None:
    earlier = (played(1, week=IsoWeek(2024, 1)), played(1, week=IsoWeek(2025, 1)))
    assert one(FactKind.AGAIN, week(played(1), earlier=earlier)).week == IsoWeek(2025, 1)
    assert not found(FactKind.AGAIN, week(played(2), earlier=earlier))


# All together


def test_an_empty_week_of_a_new_club_has_none() -> None:
    assert rarest(week()) is None
    assert rarest(week(played(1, 10, 10, 10, 10))) is None


def test_the_rarest_is_told_first_and_ties_go_to_the_older_pick() -> None:
    again = week(
        played(1, 9, 9), played(2, 9, 9), earlier=(*past(ENOUGH, 5, 6), played(2, 3, week=IsoWeek(2025, 2)))
    )
    kinds = [(fact.kind, fact.pick_id) for fact in facts(again)]
    assert kinds[:3] == [(FactKind.AGAIN, 2), (FactKind.HIGHEST, 1), (FactKind.HIGHEST, 2)]
    rarest_one = rarest(again)
    assert rarest_one is not None
    assert rarest_one.kind is FactKind.AGAIN


@pytest.mark.proof
@settings(max_examples=10, phases=(Phase.explicit, Phase.generate))
@given(
    seed=st.integers(0, 10**6),
    people=st.sampled_from((2, 3, 6, 12)),
    temper=st.sampled_from((0.8, 1.6, 2.6)),
    attendance=st.sampled_from((0.8, 0.97)),
)
def test_in_three_years_of_any_club_every_kind_is_rare(
    seed: int, people: int, temper: float, attendance: float
) -> None:
    counts: Counter[FactKind] = Counter()
    weeks = 156
    for numbers in Life(Random(seed), people, temper, attendance).weeks(weeks):
        told = list(facts(numbers))
        counts.update({fact.kind for fact in told})
        assert rarest(numbers) == (told[0] if told else None)
    assert {kind: count for kind, count in counts.items() if count >= OFTEN * weeks} == {}


def test_a_club_of_six_is_told_something_now_and_then() -> None:
    weeks = [rarest(numbers) for numbers in Life(Random(6), 6, 1.6, 0.9).weeks(156)]
    told = [fact for fact in weeks if fact is not None]
    assert 20 < len(told) < 120
    assert len({fact.kind for fact in told}) >= 8


@pytest.mark.parametrize(
    ("values", "mean"),
    [
        ((), None),
        (("83%",), 83.0),
        (("100%",), 100.0),
        (("101%",), None),
        (("8.2/10",), 82.0),
        (("76/100", "84%"), 80.0),
        (("N/A", "50%"), 50.0),
        (("840%", "8/0", "eighty", "11/10"), None),
    ],
)
def test_critics_ratings_become_percent(values: tuple[str, ...], mean: float | None) -> None:
    found = percent([CriticRating("Source", value) for value in values])
    assert found == (None if mean is None else pytest.approx(mean))


def test_thresholds_are_what_their_names_say() -> None:
    assert rarities.SOME_SCORES > rarities.FEW_SCORES >= 2
    assert list(rarities.MILESTONES) == sorted(rarities.MILESTONES)
