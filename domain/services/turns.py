"""Turns: whose week it is, who comes next, and how a week changes hands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from domain import turns
from domain.clubs import Picking
from domain.errors import (
    AdminsOnly,
    NobodyElse,
    NobodysTurn,
    NotOnRoster,
    NoTurns,
    NotYourSwap,
    NotYourTurn,
    SwapGone,
    SwapWithSelf,
    TurnUsed,
)
from domain.ports import Note
from domain.services import owners
from domain.services.owners import Handover, Standing, standing_of

if TYPE_CHECKING:
    from datetime import date

    from domain.clock import Clock
    from domain.clubs import Club, Member, User
    from domain.isoweek import IsoWeek
    from domain.ports import Store, UnitOfWork
    from domain.turns import Queue

_OFFER = re.compile(r"swap:([0-9]+):([0-9]+):([0-9]+)")
_ANSWERED = "swap"


@dataclass(frozen=True, slots=True)
class Line:
    """Whose week it is and who comes after.

    `upcoming` is the whole roster in the order of turns, who is away on `day` (today) too; `following` gets
    the next week as things stand.
    """

    current: User | None
    upcoming: tuple[Member, ...]
    following: User | None
    day: date


@dataclass(frozen=True, slots=True)
class Swap:
    """Two who exchange their turns; `owner` gets this week by that, None where it is neither's."""

    offered_by: User
    asked: User
    owner: User | None = None


@dataclass(frozen=True, slots=True)
class Absence:
    """What somebody's going away, or coming back, changed for others.

    `handover` is this week's; `following` gets the next one, where that is somebody else than before.
    """

    handover: Handover | None
    following: User | None


@dataclass(frozen=True, slots=True)
class TurnService:
    """What a club that picks by turns does with them. `admin` says that the person is one."""

    store: Store
    clock: Clock

    async def begin(self, club: Club, week: IsoWeek) -> User | None:
        """Whose week it is; gives it to the next in line where it has no owner and no picks.

        None in an open club, and where nobody is there to take it.
        """
        async with self.store.keep() as tx:
            owner = await owners.begin(tx, club, week, self._today(club))
            await tx.commit()
        return owner

    async def hand_over(self, club: Club, week: IsoWeek) -> Handover | None:
        """`owners.hand_over` in a transaction of its own."""
        async with self.store.keep() as tx:
            handover = await owners.hand_over(tx, club, week, self._today(club))
            await tx.commit()
        return handover

    async def line(self, club: Club) -> Line:
        """Who is in line today. Looking begins the week, so that what was shown holds."""
        day, iso = self._today(club), club.week(self.clock.now())
        by_turns = club.settings.picking is Picking.TURNS
        async with self.store.read() as tx:
            standing = await standing_of(tx, club, iso)
        if by_turns and standing.begins():
            async with self.store.keep() as tx:
                standing = await self._begun(tx, club)
                await tx.commit()
        upcoming = tuple(standing.roster[user] for user in standing.queue.order)
        if not by_turns:
            return Line(None, upcoming, None, day)
        return Line(standing.owner, upcoming, standing.first(iso.next().monday), day)

    async def next_owner(self, club: Club, week: IsoWeek) -> User | None:
        """Who gets the week after this one as things stand; None in an open club or where nobody will."""
        if club.settings.picking is not Picking.TURNS:
            return None
        async with self.store.read() as tx:
            standing = await standing_of(tx, club, week)
        return standing.begun(max(self._today(club), week.monday)).first(week.next().monday)

    async def pass_on(self, club: Club, user: User, *, sure: bool = True) -> Handover:
        """The owner gives their week to the next in line, and is next but one; unless `sure`, what would be.

        NoTurns, NobodysTurn, NotYourTurn, TurnUsed, NobodyElse.
        """
        async with self.store.write() as tx:
            standing, owner, day = await self._owned(tx, club)
            if owner.id != user.id:
                raise NotYourTurn(owner)
            taken = turns.pass_on(standing.queue, owner.id, standing.away(day))
            handover = await _hand(tx, club, standing, taken)
            if sure:
                await tx.commit()
        return handover

    async def skip(self, club: Club, owner_id: int, *, admin: bool, sure: bool = True) -> Handover:
        """An admin gives the owner's week to the next in line; unless `sure`, what would be.

        `owner_id` is who they meant, so that a second press skips nobody else.
        AdminsOnly, NoTurns, NobodysTurn, NotYourTurn where it is another's by now, TurnUsed, NobodyElse.
        """
        if not admin:
            raise AdminsOnly
        async with self.store.write() as tx:
            standing, owner, day = await self._owned(tx, club)
            if owner.id != owner_id:
                raise NotYourTurn(owner)
            taken = turns.skip(standing.queue, owner.id, standing.away(day))
            handover = await _hand(tx, club, standing, taken)
            if sure:
                await tx.commit()
        return handover

    async def hold(self, club: Club, user: User, *, admin: bool) -> User:
        """The owner gets the next week too, by an admin or by themselves; who that is.

        AdminsOnly where the owner asks for a third week in a row. NoTurns, NobodysTurn, NotYourTurn.
        """
        iso = club.week(self.clock.now())
        async with self.store.write() as tx:
            standing = await self._begun(tx, club)
            owner = standing.owner
            if owner is None or owner.id not in standing.roster:
                raise NobodysTurn
            if not admin:
                if owner.id != user.id:
                    raise NotYourTurn(owner)
                before = await tx.weeks.at(club.id, iso.previous())
                if before is not None and before.owner is not None and before.owner.id == owner.id:
                    raise AdminsOnly
            await tx.members.set_turns(club.id, turns.hold(standing.queue, owner.id).order)
            await tx.commit()
        return owner

    async def away(self, club: Club, user: User, until: date | None) -> Absence:
        """Note until when somebody does not pick (the first day they do again); None for being back.

        Who owns a week without picks and is away from now on is stood in for at once. NoTurns, NotOnRoster.
        """
        day, iso = self._today(club), club.week(self.clock.now())
        async with self.store.write() as tx:
            before = await self._begun(tx, club)
            if user.id not in before.roster:
                raise NotOnRoster
            await tx.members.set_away(club.id, user.id, until)
            handover = await owners.stand_in(tx, club, iso, day)
            after = await standing_of(tx, club, iso)
            await tx.commit()
        monday = iso.next().monday
        was, following = before.first(monday), after.first(monday)
        return Absence(handover, None if following in (was, user) else following)

    def in_weeks(self, club: Club, weeks: int) -> date | None:
        """The day so many weeks from today where the club lives; None for 0."""
        return self._today(club) + timedelta(weeks=weeks) if weeks else None

    async def offer_swap(self, club: Club, user: User, other_id: int) -> Swap:
        """Whether two may swap turns; nothing changes until the other agrees.

        NoTurns, NotOnRoster, SwapWithSelf, SwapGone where the other is not on the roster, TurnUsed.
        """
        async with self.store.keep() as tx:
            standing = await self._begun(tx, club)
            await tx.commit()
        if user.id not in standing.roster:
            raise NotOnRoster
        if user.id == other_id:
            raise SwapWithSelf
        return _swap(standing, user.id, other_id)

    async def remember_offer(self, club: Club, swap: Swap, chat_id: int, message_id: int) -> None:
        """Keep what a message offers, to whom, and whose week it then was: its buttons say none of it."""
        async with self.store.keep() as tx:
            standing = await self._begun(tx, club)
            week = await tx.weeks.ensure(club.id, club.week(self.clock.now()))
            purpose = f"swap:{swap.offered_by.id}:{swap.asked.id}:{standing.owner_id}"
            await tx.messages.remember(Note(chat_id, message_id, purpose, week.id), self.clock.now())
            await tx.commit()

    async def agree_swap(self, club: Club, user: User, chat_id: int, message_id: int) -> Swap:
        """The one who was asked takes the offer of a message, and the two exchange their places.

        NoTurns, SwapGone, NotYourSwap, TurnUsed.
        """
        async with self.store.write() as tx:
            standing = await self._begun(tx, club)
            swap = await _offer(tx, club, standing, chat_id, message_id)
            if swap.asked.id != user.id:
                raise NotYourSwap(swap.asked)
            one, other = swap.offered_by, swap.asked
            await tx.members.set_turns(club.id, turns.swap(standing.queue, one.id, other.id).order)
            if swap.owner is not None and standing.week is not None:
                await tx.weeks.set_owner(standing.week.id, swap.owner.id)
            await tx.messages.remember(Note(chat_id, message_id, _ANSWERED), self.clock.now())
            await tx.commit()
        return swap

    async def refuse_swap(self, club: Club, user: User, chat_id: int, message_id: int) -> Swap:
        """One of the two drops an offer. NoTurns, SwapGone, NotYourSwap, TurnUsed."""
        async with self.store.write() as tx:
            standing = await self._begun(tx, club)
            swap = await _offer(tx, club, standing, chat_id, message_id)
            if user.id not in {swap.offered_by.id, swap.asked.id}:
                raise NotYourSwap(swap.asked)
            await tx.messages.remember(Note(chat_id, message_id, _ANSWERED), self.clock.now())
            await tx.commit()
        return swap

    async def reorder(self, club: Club, user_id: int, steps: int, *, admin: bool) -> tuple[Member, ...]:
        """Move somebody up (negative) or down the line; the roster in its order then.

        AdminsOnly, NotOnRoster. The order is kept in an open club as well.
        """
        if not admin:
            raise AdminsOnly
        async with self.store.write() as tx:
            standing = await standing_of(tx, club, club.week(self.clock.now()))
            if user_id not in standing.roster:
                raise NotOnRoster
            queue = turns.move(standing.queue, user_id, steps)
            await tx.members.set_turns(club.id, queue.order)
            await tx.commit()
        return tuple(standing.roster[user] for user in queue.order)

    def _today(self, club: Club) -> date:
        return club.day(self.clock.now())

    async def _begun(self, tx: UnitOfWork, club: Club) -> Standing:
        """This week, begun. NoTurns."""
        if club.settings.picking is not Picking.TURNS:
            raise NoTurns
        iso = club.week(self.clock.now())
        await owners.begin(tx, club, iso, self._today(club))
        return await standing_of(tx, club, iso)

    async def _owned(self, tx: UnitOfWork, club: Club) -> tuple[Standing, User, date]:
        """This week, its owner, today, while it can go to somebody else. NoTurns, NobodysTurn, TurnUsed."""
        standing = await self._begun(tx, club)
        if standing.owner is None:
            raise NobodysTurn
        if standing.picked:
            raise TurnUsed
        return standing, standing.owner, self._today(club)


async def _offer(tx: UnitOfWork, club: Club, standing: Standing, chat_id: int, message_id: int) -> Swap:
    """What a message offers, as long as it is about the same week of the same people."""
    note = await tx.messages.find(chat_id, message_id) if chat_id == club.chat_id else None
    offer = _OFFER.fullmatch(note.purpose) if note is not None else None
    if note is None or offer is None or standing.week is None or note.week_id != standing.week.id:
        raise SwapGone
    one, other, owner = (int(number) for number in offer.groups())
    if owner != standing.owner_id:
        raise SwapGone
    return _swap(standing, one, other)


def _swap(standing: Standing, one: int, other: int) -> Swap:
    if not {one, other} <= set(standing.roster):
        raise SwapGone
    if standing.picked and standing.owner_id in {one, other}:
        raise TurnUsed
    offered_by, asked = standing.roster[one].user, standing.roster[other].user
    return Swap(offered_by, asked, {one: asked, other: offered_by}.get(standing.owner_id))


async def _hand(tx: UnitOfWork, club: Club, standing: Standing, taken: tuple[Queue, int | None]) -> Handover:
    """Give the owner's week to whoever took it. NobodyElse."""
    queue, taker = taken
    if taker is None:
        raise NobodyElse
    return await owners.hand(tx, club, standing, queue, taker)
