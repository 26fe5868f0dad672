"""Scores, takes, and who did not watch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.errors import NoPicksYet, PickGone, TakeMissing, TakeNeedsScore, TakeTooLong
from domain.scores import checked
from domain.search import shown
from domain.services.reveals import reveal_answered
from domain.weeks import TAKE_LIMIT, Answer, Ballot, Pick

if TYPE_CHECKING:
    from datetime import datetime

    from domain.clock import Clock
    from domain.clubs import Club, User
    from domain.ports import Store, UnitOfWork


@dataclass(frozen=True, slots=True)
class Rated:
    """A stored answer. `previous` is the score it replaces, in half-stars; `revealed` if it was the last."""

    pick: Pick
    score: int | None
    previous: int | None
    revealed: bool


@dataclass(frozen=True, slots=True)
class TakeStored:
    """A take found its pick."""

    pick: Pick


@dataclass(frozen=True, slots=True)
class TakeQuestion:
    """A take could be about any of these picks; its author must say which."""

    picks: tuple[Pick, ...]


@dataclass(frozen=True, slots=True)
class RatingService:
    """What members say to picks. Answering puts them on the roster."""

    store: Store
    clock: Clock

    async def rate(self, club: Club, user: User, pick_id: int, score: int) -> Rated:
        """Store somebody's score, in half-stars, of a pick's work. PickGone, InvalidScore."""
        now = self.clock.now()
        async with self.store.write() as tx:
            ballot = await _ballot(tx, club, user, pick_id)
            await tx.ratings.put(user.id, ballot.pick.work.id, checked(score), now)
            if ballot.absent:
                await tx.ratings.set_absent(pick_id, user.id, absent=False)
            revealed = await _answered(tx, club, user, ballot, now)
            await tx.commit()
        return Rated(ballot.pick, score, ballot.score, revealed)

    async def skip(self, club: Club, user: User, pick_id: int) -> Rated:
        """Note that somebody did not watch or listen: counted as answered, left out of averages. PickGone.

        A score they gave is kept and counts again once they tap one.
        """
        async with self.store.write() as tx:
            ballot = await _ballot(tx, club, user, pick_id)
            await tx.ratings.set_absent(pick_id, user.id, absent=True)
            revealed = await _answered(tx, club, user, ballot, self.clock.now())
            await tx.commit()
        return Rated(ballot.pick, None, None, revealed)

    async def mine(self, club: Club, user: User, week_id: int) -> tuple[tuple[Pick, Answer | None], ...]:
        """What somebody said to each of a week's picks. PickGone where the week is not this club's."""
        async with self.store.read() as tx:
            week = await tx.weeks.get(week_id)
            if week is None or week.club_id != club.id:
                raise PickGone
            picks = await tx.weeks.picks(week_id)
            answers = await tx.ratings.answers(picks)
        return tuple((pick, _of(user, answers.get(pick.id, ()))) for pick in picks)

    async def take(
        self,
        club: Club,
        user: User,
        week_id: int,
        text: str,
        *,
        has_spoiler: bool,
        pick_id: int | None = None,
    ) -> TakeStored | TakeQuestion:
        """Store somebody's take on a pick of a week: the named one, else the only one it can be about.

        TakeMissing, TakeTooLong, PickGone, NoPicksYet, TakeNeedsScore.
        """
        take = " ".join(text.split())
        if not shown(take):
            raise TakeMissing
        if len(take) > TAKE_LIMIT:
            raise TakeTooLong(limit=TAKE_LIMIT)
        async with self.store.write() as tx:
            week = await tx.weeks.get(week_id)
            if week is None or week.club_id != club.id:
                raise PickGone
            picks = await tx.weeks.picks(week_id)
            if not picks:
                raise NoPicksYet
            answers = await tx.ratings.answers(picks)
            scored = tuple(
                p for p in picks if (a := _of(user, answers.get(p.id, ()))) and a.score is not None
            )
            if pick_id is not None:
                scored = tuple(pick for pick in scored if pick.id == pick_id)
            if not scored:
                raise TakeNeedsScore(next((p for p in picks if p.id == pick_id), picks[0]).work)
            if len(scored) > 1:
                return TakeQuestion(scored)
            await tx.ratings.set_take(
                user.id, scored[0].work.id, take, has_spoiler=has_spoiler, now=self.clock.now()
            )
            await tx.commit()
        return TakeStored(scored[0])


async def _ballot(tx: UnitOfWork, club: Club, user: User, pick_id: int) -> Ballot:
    ballot = await tx.ratings.ballot(pick_id, user.id)
    if ballot is None or ballot.pick.week.club_id != club.id or ballot.pick.removed_at is not None:
        raise PickGone
    return ballot


async def _answered(tx: UnitOfWork, club: Club, user: User, ballot: Ballot, now: datetime) -> bool:
    """Put the person on the roster; whether theirs was the last answer and revealed the pick."""
    if not ballot.listed:
        await tx.members.join(club.id, user.id, now)
    if ballot.awaited:
        return False
    return bool(await reveal_answered(tx, club, (ballot.pick,), now))


def _of(user: User, answers: tuple[Answer, ...]) -> Answer | None:
    return next((answer for answer in answers if answer.member.user.id == user.id), None)
