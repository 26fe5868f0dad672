"""Who owns a week: the part of turns that happens inside other changes' transactions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from domain import turns
from domain.clubs import Picking
from domain.turns import Queue

if TYPE_CHECKING:
    from datetime import date

    from domain.clubs import Club, Member, User
    from domain.isoweek import IsoWeek
    from domain.ports import UnitOfWork
    from domain.weeks import Week


@dataclass(frozen=True, slots=True)
class Handover:
    """A week went from one to another. `following` gets the one after it, as things then stand."""

    previous: User
    owner: User
    following: User | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How turns stand in one week of a club; `week` is None, or without an owner, until it has begun."""

    week: Week | None
    picked: bool
    roster: dict[int, Member]
    queue: Queue

    @property
    def owner(self) -> User | None:
        """Whose week it is."""
        return None if self.week is None else self.week.owner

    @property
    def owner_id(self) -> int:
        """Their id, 0 for nobody."""
        return 0 if self.owner is None else self.owner.id

    def user(self, user_id: int | None) -> User | None:
        """Somebody on the roster."""
        return None if user_id is None else self.roster[user_id].user

    def away(self, day: date) -> frozenset[int]:
        """Who does not pick on a day."""
        return frozenset(user for user, member in self.roster.items() if member.away(day))

    def first(self, day: date) -> User | None:
        """Who is next, were it asked on a day."""
        return self.user(turns.first(self.queue, self.away(day)))

    def begins(self) -> bool:
        """Whether the week is still to get an owner."""
        return self.owner is None and not self.picked

    def begun(self, day: date) -> Standing:
        """The queue as it will stand once the week has begun."""
        if not self.begins():
            return self
        queue, _ = turns.take(self.queue, self.away(day))
        return replace(self, queue=queue)


async def standing_of(tx: UnitOfWork, club: Club, iso: IsoWeek) -> Standing:
    """Read how turns stand in a week."""
    week = await tx.weeks.at(club.id, iso)
    picks = () if week is None else await tx.weeks.picks(week.id)
    members = [member for member in await tx.members.of(club.id) if member.active]
    members.sort(key=lambda member: member.turn)
    roster = {member.user.id: member for member in members}
    return Standing(week, bool(picks), roster, Queue(tuple(roster)))


async def begin(tx: UnitOfWork, club: Club, iso: IsoWeek, day: date) -> User | None:
    """Whose week it is; gives it to the next in line where it has no owner and no picks. `day` is today.

    None in an open club, and where nobody is there to take it.
    """
    if club.settings.picking is not Picking.TURNS:
        return None
    standing = await standing_of(tx, club, iso)
    if not standing.begins():
        return standing.owner
    queue, taker = turns.take(standing.queue, standing.away(max(day, iso.monday)))
    if taker is not None:
        week = standing.week or await tx.weeks.ensure(club.id, iso)
        await give(tx, club, week, queue, taker)
    return standing.user(taker)


async def hand_over(tx: UnitOfWork, club: Club, iso: IsoWeek, day: date) -> Handover | None:
    """Give a week without picks to the next in line, its owner being silent or away at the deadline.

    The silent wait for the whole round, the absent are the first to be asked again. None where nobody else
    is there, or nothing is to be handed over: whoever is silent keeps the week then, and the week of
    somebody away is anybody's. A week that nobody began begins. A second call would hand over
    again: whoever could not tell of it calls `take_back` first.
    """
    if club.settings.picking is not Picking.TURNS:
        return None
    standing = await standing_of(tx, club, iso)
    week, owner = standing.week, standing.owner
    if standing.begins():
        await begin(tx, club, iso, day)
    if week is None or owner is None or standing.picked:
        return None
    away = standing.away(day)
    if owner.id in away:
        return await stand_in(tx, club, iso, day)
    queue, taker = turns.skip(standing.queue, owner.id, away)
    if taker is None:
        return None
    return await hand(tx, club, standing, queue, taker)


async def take_back(tx: UnitOfWork, club: Club, iso: IsoWeek, handover: Handover) -> None:
    """Undo a handover that nobody was told of, unless the week has changed since."""
    standing = await standing_of(tx, club, iso)
    people = {handover.previous.id, handover.owner.id}
    if standing.week is None or standing.picked or standing.owner_id != handover.owner.id:
        return
    if people <= set(standing.roster):
        queue = turns.take_back(standing.queue, handover.previous.id, handover.owner.id)
        await give(tx, club, standing.week, queue, handover.previous.id)


async def stand_in(tx: UnitOfWork, club: Club, iso: IsoWeek, day: date) -> Handover | None:
    """Give the week of an owner who is away to the next in line, or to nobody, as long as it has no picks."""
    standing = await standing_of(tx, club, iso)
    week, owner, away = standing.week, standing.owner, standing.away(day)
    if week is None or owner is None or standing.picked or owner.id not in away:
        return None
    queue, taker = turns.stand_in(standing.queue, owner.id, away)
    if taker is not None:
        return await hand(tx, club, standing, queue, taker)
    await give(tx, club, week, queue, None)
    return None


async def leave(tx: UnitOfWork, club: Club, user: User, iso: IsoWeek, day: date) -> User | None:
    """Who takes over the week of somebody who has just left the roster; None where there is nothing to."""
    if club.settings.picking is not Picking.TURNS:
        return None
    standing = await standing_of(tx, club, iso)
    if standing.week is None or standing.picked or standing.owner_id != user.id:
        return None
    queue, taker = turns.take(standing.queue, standing.away(day))
    await give(tx, club, standing.week, queue, taker)
    return standing.user(taker)


async def switch(tx: UnitOfWork, club: Club, iso: IsoWeek, day: date) -> User | None:
    """Follow a changed way of picking, which `club` has already: this week's owner, if it has one now."""
    if club.settings.picking is Picking.TURNS:
        return await begin(tx, club, iso, day)
    week = await tx.weeks.at(club.id, iso)
    if week is not None and week.owner is not None:
        await tx.weeks.set_owner(week.id, None)
    return None


async def hand(tx: UnitOfWork, club: Club, standing: Standing, queue: Queue, taker: int) -> Handover:
    """Give a week that has an owner to somebody else."""
    week, owner = standing.week, standing.owner
    if week is None or owner is None:
        raise ValueError("a week that is nobody's cannot be handed over")
    await give(tx, club, week, queue, taker)
    following = replace(standing, queue=queue).first(week.iso.next().monday)
    return Handover(owner, standing.roster[taker].user, following)


async def give(tx: UnitOfWork, club: Club, week: Week, queue: Queue, taker: int | None) -> None:
    """Store whose week it is and who comes after."""
    await tx.weeks.set_owner(week.id, taker)
    await tx.members.set_turns(club.id, queue.order)
