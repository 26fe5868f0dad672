"""Weeks, their picks, and what a club sees of a pick's scores."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.clubs import Member, User
from domain.isoweek import IsoWeek
from domain.works import Kind, Work

UNDO = timedelta(seconds=30)
NOTE_LIMIT = 200
TAKE_LIMIT = 280


@dataclass(frozen=True, slots=True)
class Week:
    """A club's week; `owner` is whose turn it is, None where anyone may pick."""

    id: int
    club_id: int
    iso: IsoWeek
    owner: User | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Pick:
    """A work placed in a slot. `position` counts from 0; `replaces` is the pick it took the slot of."""

    id: int
    week: Week
    kind: Kind
    position: int
    work: Work
    picked_by: User
    picked_at: datetime
    revealed_at: datetime | None = None
    removed_at: datetime | None = None
    replaces: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a member, present or past, said to a pick: a score in half-stars, or that they did not watch it.

    `absent` wins over an older score: the score is kept, and counts again when they tap one.
    """

    member: Member
    score: int | None
    absent: bool
    take: str = ""
    has_spoiler: bool = False
    rated_at: datetime | None = None

    @property
    def counts(self) -> bool:
        """Whether the score is part of the averages."""
        return self.score is not None and not self.absent


@dataclass(frozen=True, slots=True)
class Ballot:
    """A pick, and how somebody stands to it: their score in half-stars, and whether they did not watch it.

    `listed` says whether they are on the club's roster, `awaited` whether anybody else there has yet to
    answer.
    """

    pick: Pick
    score: int | None
    absent: bool
    listed: bool
    awaited: bool


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many are on a club's roster, and how many of them have answered a pick."""

    roster: int
    answered: int


@dataclass(frozen=True, slots=True)
class Tally:
    """A pick's scores as far as the club may see them.

    `answered` of `roster` members; `average`, `lowest` and `highest` are in half-stars and None while
    hidden or while nobody scored; `answers` are empty until the reveal.
    """

    answered: int
    roster: int
    average: float | None = None
    lowest: int | None = None
    highest: int | None = None
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class PickCard:
    """A pick and its tally."""

    pick: Pick
    tally: Tally


@dataclass(frozen=True, slots=True)
class WeekCard:
    """All a club sees of one week, `past` once it is over. `id` is None where nothing was picked or noted."""

    id: int | None
    iso: IsoWeek
    owner: User | None
    note: str
    picks: tuple[PickCard, ...]
    past: bool = False


def tally(pick: Pick, roster: tuple[Member, ...], answers: tuple[Answer, ...], *, blind: bool) -> Tally:
    """Count a pick's answers; `roster` are the active members, `answers` may come from past members too.

    Until the reveal a blind club sees the count alone; others the average and spread at once (issue 2).
    """
    active = {member.user.id for member in roster}
    answered = sum(1 for answer in answers if answer.member.user.id in active)
    scores = [answer.score for answer in answers if answer.counts and answer.score is not None]
    hidden = blind and pick.revealed_at is None
    if hidden or not scores:
        return Tally(answered, len(active), answers=() if pick.revealed_at is None else answers)
    return Tally(
        answered,
        len(active),
        average=sum(scores) / len(scores),
        lowest=min(scores),
        highest=max(scores),
        answers=() if pick.revealed_at is None else answers,
    )
