"""Who was generous, who was harsh, who is missing."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from domain.digest import leans, missing
from domain.weeks import Answer, PickCard
from tests.bot.digests import BLUE, HEAT, card, people, pick

ANA, BEN, CLEO = people(3)
SCORES = st.lists(st.none() | st.integers(1, 10), min_size=3, max_size=3).map(tuple)


def week(*scores: tuple[int | None, ...]) -> tuple[PickCard, ...]:
    works = (HEAT, BLUE)
    return tuple(
        card(pick(work), (ANA, BEN, CLEO), given) for work, given in zip(works, scores, strict=False)
    )


def test_the_mean_distance_from_the_averages_over_all_picks_counts() -> None:
    generous, harsh = leans(week((10, 2, 6), (6, 5, 4)))
    assert generous is not None
    assert harsh is not None
    assert generous.members == (ANA,)
    assert generous.by == (4 + 1) / 2
    assert harsh.members == (BEN,)
    assert harsh.by == (4 + 0) / 2


def test_who_missed_a_pick_is_measured_on_the_others() -> None:
    generous, _ = leans(week((8, 6, None), (6, 6, 9)))
    assert generous is not None
    assert generous.members == (CLEO,)
    assert generous.by == 2


def test_a_pick_that_one_person_scored_is_passed_over_and_the_next_counts() -> None:
    generous, _ = leans(week((9, None, None), (10, 2, 6)))
    assert generous is not None
    assert generous.members == (ANA,)
    assert generous.by == 4


def test_two_can_be_the_harshest() -> None:
    _, harsh = leans(week((10, 4, 4)))
    assert harsh is not None
    assert harsh.members == (BEN, CLEO)


def test_nobody_leans_where_all_agree_or_only_one_scored_or_nothing_is_revealed() -> None:
    assert leans(week((6, 6, 6))) == (None, None)
    assert leans(week((9, None, None))) == (None, None)
    hidden = card(pick(HEAT, revealed=False), (ANA, BEN), (10, 1))
    assert leans((hidden,)) == (None, None)
    assert leans(()) == (None, None)


def test_who_took_their_name_back_is_not_named() -> None:
    nameless = replace(ANA, nameless=True)
    generous, harsh = leans((card(pick(HEAT), (nameless, BEN, CLEO), (10, 6, 2)),))
    assert generous is None
    assert harsh is not None
    assert harsh.members == (CLEO,)


@given(SCORES, SCORES)
def test_the_generous_are_never_the_harsh(
    first: tuple[int | None, ...], second: tuple[int | None, ...]
) -> None:
    generous, harsh = leans(week(first, second))
    if generous is not None and harsh is not None:
        assert not {m.user.id for m in generous.members} & {m.user.id for m in harsh.members}
    for lean in (generous, harsh):
        assert lean is None or (lean.members and 0 < lean.by <= 9)


def test_missing_is_who_left_a_pick_without_an_answer() -> None:
    def answer(member: object, score: int | None = 5) -> Answer:
        return Answer(member, score, absent=score is None)  # type: ignore[arg-type]

    answers = {1: (answer(ANA), answer(BEN, None)), 2: (answer(ANA), answer(CLEO))}
    assert missing((ANA, BEN, CLEO), answers) == (BEN.user, CLEO.user)
    assert missing((ANA,), answers) == ()
    assert missing((BEN,), {1: ()}) == (BEN.user,)
