"""Scores, takes, and who did not watch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.errors import NoPicksYet, PickGone, TakeMissing, TakeNeedsScore, TakeTooLong
from domain.scores import checked
from domain.search import shown
from domain.services.reveals import reveal_answered
from domain.weeks import TAKE_LIMIT, Answer, Pick

if TYPE_CHECKING:
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
            pick = await _pick_of(tx, club, pick_id)
            previous = await tx.ratings.put(user.id, pick.work.id, checked(score), now)
            await tx.ratings.set_absent(pick.id, user.id, absent=False)
            revealed = await self._answered(tx, club, user, pick)
            await tx.commit()
        return Rated(pick, score, previous, revealed)

    async def skip(self, club: Club, user: User, pick_id: int) -> Rated:
        """Note that somebody did not watch or listen: counted as answered, left out of averages. PickGone.

        A score they gave is kept and counts again once they tap one.
        """
        async with self.store.write() as tx:
            pick = await _pick_of(tx, club, pick_id)
            await tx.ratings.set_absent(pick.id, user.id, absent=True)
            revealed = await self._answered(tx, club, user, pick)
            await tx.commit()
        return Rated(pick, None, None, revealed)

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

    async def _answered(self, tx: UnitOfWork, club: Club, user: User, pick: Pick) -> bool:
        """Put the person on the roster; whether theirs was the last answer and revealed the pick."""
        now = self.clock.now()
        await tx.members.join(club.id, user.id, now)
        return bool(await reveal_answered(tx, club, (pick,), now))


async def _pick_of(tx: UnitOfWork, club: Club, pick_id: int) -> Pick:
    pick = await tx.weeks.pick(pick_id)
    if pick is None or pick.week.club_id != club.id or pick.removed_at is not None:
        raise PickGone
    return pick


def _of(user: User, answers: tuple[Answer, ...]) -> Answer | None:
    return next((answer for answer in answers if answer.member.user.id == user.id), None)
