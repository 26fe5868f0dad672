"""Turns: everybody gets theirs, whatever the others do with theirs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import turns
from domain.turns import Queue

if TYPE_CHECKING:
    from collections.abc import Callable

A, B, C, D, E = range(1, 6)
NOBODY: frozenset[int] = frozenset()

ROSTERS = st.permutations(range(1, 8)).flatmap(
    lambda people: st.integers(1, 7).map(lambda size: Queue(tuple(people[:size])))
)
QUEUES_AND_AWAY = ROSTERS.flatmap(
    lambda queue: st.tuples(st.just(queue), st.frozensets(st.sampled_from(queue.order)))
)


def queue(*order: int) -> Queue:
    return Queue(order)


def test_the_head_gets_the_week_and_moves_to_the_end() -> None:
    assert turns.take(queue(A, B, C), NOBODY) == (queue(B, C, A), A)


def test_who_is_away_is_passed_over_and_keeps_their_place() -> None:
    assert turns.take(queue(A, B, C, D), frozenset({A, C})) == (queue(A, C, D, B), B)


def test_nobody_gets_the_week_where_all_are_away_or_nobody_is_there() -> None:
    assert turns.take(queue(A, B), frozenset({A, B})) == (queue(A, B), None)
    assert turns.take(queue(), NOBODY) == (queue(), None)


@pytest.mark.parametrize(
    ("before", "away", "after", "taker"),
    [
        (queue(B, C, D, A), NOBODY, queue(C, A, D, B), B),
        (queue(B, C, A), NOBODY, queue(C, A, B), B),
        (queue(B, A), NOBODY, queue(A, B), B),
        (queue(A), NOBODY, queue(A), None),
        (queue(B, C, D, A), frozenset({B}), queue(B, D, A, C), C),
        (queue(B, C, D, E, A), frozenset({C}), queue(C, D, A, E, B), B),
        (queue(B, C, A), frozenset({C}), queue(C, A, B), B),
        (queue(B, C, A), frozenset({B, C}), queue(B, C, A), None),
        (queue(A, B, C, D), NOBODY, queue(C, A, D, B), B),
    ],
)
def test_who_passes_on_is_next_but_one(
    before: Queue, away: frozenset[int], after: Queue, taker: int | None
) -> None:
    assert turns.pass_on(before, A, away) == (after, taker)


def test_who_is_skipped_waits_for_the_whole_round() -> None:
    assert turns.skip(queue(B, C, A), A, NOBODY) == (queue(C, A, B), B)
    assert turns.skip(queue(A, B, C), A, NOBODY) == (queue(C, A, B), B)
    assert turns.skip(queue(A), A, NOBODY) == (queue(A), None)


def test_who_was_away_in_their_week_is_the_first_to_be_asked_again() -> None:
    assert turns.stand_in(queue(B, C, A), A, frozenset({A})) == (queue(A, C, B), B)
    assert turns.stand_in(queue(B, A), A, frozenset({A, B})) == (queue(A, B), None)


def test_an_extra_week_is_one_week() -> None:
    held = turns.hold(queue(B, C, A), A)
    again, owner = turns.take(held, NOBODY)
    assert owner == A
    assert turns.take(again, NOBODY)[1] == B


def test_two_swap_places() -> None:
    assert turns.swap(queue(A, B, C, D), A, C) == queue(C, B, A, D)


def test_moving_stops_at_the_ends() -> None:
    assert turns.move(queue(A, B, C), B, -1) == queue(B, A, C)
    assert turns.move(queue(A, B, C), B, 1) == queue(A, C, B)
    assert turns.move(queue(A, B, C), A, -1) == queue(A, B, C)
    assert turns.move(queue(A, B, C), C, 9) == queue(A, B, C)


def test_nobody_stands_in_a_queue_twice() -> None:
    with pytest.raises(ValueError, match="twice"):
        Queue((A, B, A))


@given(QUEUES_AND_AWAY, st.data())
def test_the_order_stays_a_permutation_of_the_roster(
    case: tuple[Queue, frozenset[int]], data: st.DataObject
) -> None:
    before, away = case
    one, other = (data.draw(st.sampled_from(before.order)) for _ in range(2))
    results = [
        turns.take(before, away)[0],
        turns.pass_on(before, one, away)[0],
        turns.skip(before, one, away)[0],
        turns.stand_in(before, one, away)[0],
        turns.hold(before, one),
        turns.swap(before, one, other),
        turns.move(before, one, data.draw(st.integers(-9, 9))),
    ]
    for after in results:
        assert sorted(after.order) == sorted(before.order)


@given(QUEUES_AND_AWAY)
def test_the_week_goes_past_the_away_who_keep_their_order(case: tuple[Queue, frozenset[int]]) -> None:
    before, away = case
    after, owner = turns.take(before, away)
    assert owner not in away
    assert [user for user in after.order if user in away] == [user for user in before.order if user in away]
    for user in away:
        assert after.order.index(user) <= before.order.index(user)


@given(QUEUES_AND_AWAY, st.data())
def test_a_credit_is_honoured(case: tuple[Queue, frozenset[int]], data: st.DataObject) -> None:
    """After the taker, one other who is there comes, if there is one, and then whoever passed on."""
    before, away = case
    passer = data.draw(st.sampled_from(before.order))
    after, taker = turns.pass_on(before, passer, away)
    others = set(before.order) - away - {passer}
    assert (taker is None) == (not others)
    if taker is not None:
        away -= {passer}
        coming = []
        for _ in range(2):
            after, owner = turns.take(after, away)
            coming.append(owner)
        assert coming.index(passer) == (1 if others - {taker} else 0)


@given(QUEUES_AND_AWAY, st.data())
def test_a_handover_taken_back_and_done_again_has_the_same_outcome(
    case: tuple[Queue, frozenset[int]], data: st.DataObject
) -> None:
    before, away = case
    owner = data.draw(st.sampled_from(before.order))
    for hand_over in (turns.skip, turns.stand_in):
        after, taker = hand_over(before, owner, away | {owner})
        if taker is not None:
            back = turns.take_back(after, owner, taker)
            assert sorted(back.order) == sorted(before.order)
            assert hand_over(back, owner, away | {owner}) == (after, taker)


@given(QUEUES_AND_AWAY, st.data())
def test_swapping_twice_changes_nothing(case: tuple[Queue, frozenset[int]], data: st.DataObject) -> None:
    before, _ = case
    one, other = (data.draw(st.sampled_from(before.order)) for _ in range(2))
    assert turns.swap(turns.swap(before, one, other), one, other) == before


@dataclass
class Rotation:
    """A club's weeks: who owned each in the end, and how many extra weeks were granted when."""

    queue: Queue
    owner: int | None = None
    owners: list[int | None] = field(default_factory=list)
    holds: list[int] = field(default_factory=list)

    def week(self, doings: list[str], away: frozenset[int], patient: int) -> None:
        """`doings` happen to the owner's week in turn; `patient` gives nothing away."""
        self.queue, self.owner = turns.take(self.queue, away)
        give: dict[str, Callable[[Queue, int, frozenset[int]], tuple[Queue, int | None]]] = {
            "pass": turns.pass_on,
            "skip": turns.skip,
            "silent": turns.skip,
            "away": turns.stand_in,
        }
        held = 0
        for doing in doings:
            if self.owner is None or self.owner == patient:
                break
            if doing == "hold":
                held += turns.first(self.queue, NOBODY) != self.owner
                self.queue = turns.hold(self.queue, self.owner)
                continue
            absent = away | {self.owner} if doing == "away" else away
            self.queue, taker = give[doing](self.queue, self.owner, absent)
            self.owner = self.owner if taker is None else taker
        self.owners.append(self.owner)
        self.holds.append(held)


DOINGS = st.lists(st.sampled_from(["pass", "skip", "silent", "away", "hold"]), max_size=3)


@pytest.mark.proof
@given(ROSTERS, st.lists(DOINGS, min_size=30, max_size=60), st.data())
def test_nobody_starves(start: Queue, weeks: list[list[str]], data: st.DataObject) -> None:
    """Whoever is there and takes their turns waits no longer than the roster, and each extra week granted."""
    patient = data.draw(st.sampled_from(start.order))
    others = [user for user in start.order if user != patient]
    rotation = Rotation(start)
    for doings in weeks:
        away = data.draw(st.frozensets(st.sampled_from(others))) if others else NOBODY
        rotation.week(doings, away, patient)
        assert sorted(rotation.queue.order) == sorted(start.order)
    waited = 0
    for number, owner in enumerate(rotation.owners):
        waited = 0 if owner == patient else waited + 1
        span = rotation.holds[max(0, number - waited) : number + 1]
        assert waited < len(start.order) + sum(span)
