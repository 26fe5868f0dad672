"""The digest of a week: who was generous, who was harsh, who is missing, and the one rare fact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.clubs import Club, Member, User
    from domain.rarities import RareFact
    from domain.weeks import Answer, PickCard, WeekCard

AGREED_SCORERS = 2
"""Scores from which a pick's average is one to differ from."""

SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Lean:
    """Those whose scores lay furthest from the averages to one side, and how far: half-stars, above 0."""

    members: tuple[Member, ...]
    by: float


@dataclass(frozen=True, slots=True)
class Digest:
    """All that is told at the end of a week.

    `missing` are those on the roster who left a pick without an answer; `next_owner` is whose turn the
    following week is, None where anyone may pick.
    """

    club: Club
    week: WeekCard
    fact: RareFact | None = None
    generous: Lean | None = None
    harsh: Lean | None = None
    missing: tuple[User, ...] = ()
    next_owner: User | None = None


def leans(picks: tuple[PickCard, ...]) -> tuple[Lean | None, Lean | None]:
    """The most generous and the harshest: by the mean distance of their scores from the picks' averages.

    Picks that only one person scored and hidden ones are left out, and so are people who took their name
    back.
    """
    apart: dict[int, list[float]] = {}
    people: dict[int, Member] = {}
    for card in picks:
        counted = [answer for answer in card.tally.answers if answer.counts]
        if len(counted) < AGREED_SCORERS or card.tally.average is None:
            continue
        for answer in counted:
            if not answer.member.nameless and answer.score is not None:
                people[answer.member.user.id] = answer.member
                apart.setdefault(answer.member.user.id, []).append(answer.score - card.tally.average)
    means = {user_id: sum(values) / len(values) for user_id, values in apart.items()}
    return _furthest(people, means, 1), _furthest(people, means, -1)


def _furthest(people: Mapping[int, Member], means: Mapping[int, float], side: int) -> Lean | None:
    most = max((side * mean for mean in means.values()), default=0.0)
    if most <= SAME:
        return None
    there = sorted(user_id for user_id, mean in means.items() if side * mean >= most - SAME)
    return Lean(tuple(people[user_id] for user_id in there), most)


def missing(roster: tuple[Member, ...], answers: Mapping[int, tuple[Answer, ...]]) -> tuple[User, ...]:
    """Who on the roster left a pick without an answer, in the order of joining; `answers` by pick id."""
    given = [{answer.member.user.id for answer in said} for said in answers.values()]
    return tuple(member.user for member in roster if not all(member.user.id in said for said in given))
