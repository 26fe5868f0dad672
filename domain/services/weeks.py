"""Weeks: picking, removing, the note, the card."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from domain.clubs import Picking
from domain.errors import (
    AdminsOnly,
    AlreadyPicked,
    NoSlots,
    NoteTooLong,
    NothingToReveal,
    NotYourPick,
    NotYourTurn,
    PickedBefore,
    PickGone,
    SlotsFull,
    SlotTaken,
    UndoExpired,
    WorkGone,
)
from domain.history import parse_week
from domain.services import owners
from domain.weeks import NOTE_LIMIT, UNDO, Pick, PickCard, Week, WeekCard, tally

if TYPE_CHECKING:
    from domain.clock import Clock
    from domain.clubs import Club, User
    from domain.isoweek import IsoWeek
    from domain.ports import Note, Store, UnitOfWork


@dataclass(frozen=True, slots=True)
class WeekService:
    """What a club does with its weeks. `admin` says that the person is one, in Telegram's eyes."""

    store: Store
    clock: Clock

    async def current(self, club: Club) -> WeekCard:
        """This week's card, empty where nothing was picked yet; looking begins a week of turns."""
        now = self.clock.now()
        card = await self._card(club, club.week(now))
        if club.settings.picking is not Picking.TURNS or card.owner is not None or card.picks:
            return card
        async with self.store.keep() as tx:
            await owners.begin(tx, club, card.iso, club.day(now))
            await tx.commit()
        return await self._card(club, card.iso)

    async def named(self, club: Club, text: str) -> WeekCard:
        """The card of the week somebody names, as `parse_week` reads it; empty where nothing was picked.

        NoSuchWeek.
        """
        return await self._card(club, parse_week(text, club.week(self.clock.now())))

    async def card(self, club: Club, week_id: int) -> WeekCard:
        """A week's card as it is now. PickGone where the week is not this club's."""
        async with self.store.glance() as tx:
            week = await tx.weeks.get(week_id)
            if week is None or week.club_id != club.id:
                raise PickGone
            return self._dated(club, await week_card(tx, club, week))

    async def pick_card(self, club: Club, pick_id: int) -> PickCard:
        """One pick with its tally. PickGone."""
        async with self.store.read() as tx:
            pick = await _standing(tx, club, pick_id)
            if pick is None:
                raise PickGone
            card = await week_card(tx, club, pick.week)
        return next(card for card in card.picks if card.pick.id == pick_id)

    async def pick(
        self,
        club: Club,
        user: User,
        work_id: int,
        *,
        admin: bool,
        again: bool,
        replacing: int | None = None,
    ) -> Pick:
        """Place a work in this week's free slot of its kind, or in the slot of the pick it replaces.

        Anyone may pick in an open club, and is on the roster by it; in one by turns the week's owner and
        admins, or anyone while the week is nobody's. `again` confirms a work the club picked in an earlier
        week. NotYourTurn, WorkGone, NoSlots, AlreadyPicked, SlotsFull, PickedBefore, PickGone, NotYourPick.
        """
        now = self.clock.now()
        async with self.store.write() as tx:
            work = await tx.works.get(work_id)
            if work is None:
                raise WorkGone
            week = await self._own_week(tx, club, user, admin=admin)
            picks = await tx.weeks.picks(week.id)
            if any(pick.work.id == work.id for pick in picks):
                raise AlreadyPicked(work)
            rivals = tuple(pick for pick in picks if pick.kind is work.kind)
            slots = club.settings.slots(work.kind)
            if slots == 0:
                raise NoSlots(work.kind)
            old = (
                None
                if replacing is None
                else _own(next((p for p in rivals if p.id == replacing), None), user, admin=admin)
            )
            free = sorted(set(range(slots)) - {pick.position for pick in rivals})
            if old is None and not free:
                raise SlotsFull(kind=work.kind, work=work, taken=rivals)
            earlier = None if again else await tx.weeks.last_pick_of(club.id, work.id, week.iso)
            if earlier is not None:
                raise PickedBefore(work, earlier.week.iso, await _average(tx, club, earlier))
            if old is not None:
                await tx.weeks.remove_pick(old.id, now)
            await tx.members.join(club.id, user.id, now)
            position = free[0] if old is None else old.position
            pick_id = await tx.weeks.add_pick(week.id, work.kind, position, work.id, user.id, now, replacing)
            await tx.commit()
        return Pick(pick_id, week, work.kind, position, work, user, now, replaces=replacing)

    async def changeable(self, club: Club, user: User, pick_id: int, *, admin: bool) -> Pick:
        """The pick, if this person may remove it. PickGone, NotYourPick."""
        async with self.store.read() as tx:
            return _own(await _standing(tx, club, pick_id), user, admin=admin)

    async def remove(self, club: Club, user: User, pick_id: int, *, admin: bool) -> Pick:
        """Take a pick out of its week; its scores are kept. PickGone, NotYourPick."""
        async with self.store.write() as tx:
            pick = _own(await _standing(tx, club, pick_id), user, admin=admin)
            await tx.weeks.remove_pick(pick.id, self.clock.now())
            await tx.commit()
        return pick

    async def restore(self, club: Club, user: User, pick_id: int, *, admin: bool) -> Pick:
        """Undo a removal or a replacement within `UNDO`. PickGone, NotYourPick, UndoExpired, SlotTaken."""
        now = self.clock.now()
        async with self.store.write() as tx:
            pick = await tx.weeks.pick(pick_id)
            if pick is None or pick.week.club_id != club.id or pick.removed_at is None:
                raise PickGone
            replacement = await tx.weeks.replacement_of(pick.id)
            if not _may_change(pick, user, admin=admin) and (
                replacement is None or replacement.picked_by.id != user.id
            ):
                raise NotYourPick
            if now - pick.removed_at > UNDO:
                raise UndoExpired(seconds=int(UNDO.total_seconds()))
            if replacement is not None:
                await tx.weeks.remove_pick(replacement.id, now)
            standing = await tx.weeks.picks(pick.week.id)
            if any(other.work.id == pick.work.id for other in standing):
                raise SlotTaken
            await tx.weeks.restore_pick(pick.id)
            await tx.commit()
        return pick

    async def reveal(self, club: Club, text: str, *, admin: bool) -> WeekCard:
        """Make a week's scores visible now, whoever has yet to answer: this week's, or the one that is named.

        AdminsOnly, NoSuchWeek, NothingToReveal.
        """
        if not admin:
            raise AdminsOnly
        now = self.clock.now()
        iso = parse_week(text, club.week(now)) if text else club.week(now)
        async with self.store.write() as tx:
            week = await tx.weeks.at(club.id, iso)
            picks = await tx.weeks.picks(week.id) if week is not None else ()
            hidden = [pick for pick in picks if pick.revealed_at is None]
            if week is None or not hidden:
                raise NothingToReveal(picked=bool(picks))
            for pick in hidden:
                await tx.weeks.reveal(pick.id, now)
            card = await week_card(tx, club, week)
            await tx.commit()
        return self._dated(club, card)

    async def set_note(self, club: Club, user: User, text: str, *, admin: bool) -> Week:
        """Set this week's note, one line; anyone in an open club, else the owner or an admin.

        NoteTooLong, NotYourTurn.
        """
        note = " ".join(text.split())
        if len(note) > NOTE_LIMIT:
            raise NoteTooLong(limit=NOTE_LIMIT)
        async with self.store.write() as tx:
            week = await self._own_week(tx, club, user, admin=admin)
            await tx.weeks.set_note(week.id, note)
            await tx.commit()
        return week

    async def _own_week(self, tx: UnitOfWork, club: Club, user: User, *, admin: bool) -> Week:
        """This week, begun, if this person may shape it. NotYourTurn."""
        now = self.clock.now()
        owner = await owners.begin(tx, club, club.week(now), club.day(now))
        if owner is not None and owner.id != user.id and not admin:
            raise NotYourTurn(owner)
        return await tx.weeks.ensure(club.id, club.week(now))

    async def _card(self, club: Club, iso: IsoWeek) -> WeekCard:
        async with self.store.read() as tx:
            week = await tx.weeks.at(club.id, iso)
            if week is None:
                return self._dated(club, WeekCard(None, iso, owner=None, note="", picks=()))
            return self._dated(club, await week_card(tx, club, week))

    def _dated(self, club: Club, card: WeekCard) -> WeekCard:
        return replace(card, past=card.iso < club.week(self.clock.now()))

    async def remember(self, note: Note) -> None:
        """Keep what a message of the bot is for."""
        async with self.store.keep() as tx:
            await tx.messages.remember(note, self.clock.now())
            await tx.commit()

    async def purpose(self, chat_id: int, message_id: int) -> Note | None:
        """What a message of the bot is for."""
        async with self.store.glance() as tx:
            return await tx.messages.find(chat_id, message_id)

    async def cards(self, week_id: int, pressed: tuple[int, int] | None) -> set[tuple[int, int]]:
        """The messages to keep up to date with a week, as chat and message id: its newest card and `pressed`.

        The latter only if it is a card too.
        """
        async with self.store.glance() as tx:
            notes = await tx.messages.cards(week_id, *(pressed or (0, 0)))
        return {(note.chat_id, note.message_id) for note in notes}

    async def latest_card(self, week_id: int) -> Note | None:
        """The newest card of a week that was sent."""
        async with self.store.glance() as tx:
            return await tx.messages.latest_card(week_id)


async def week_card(tx: UnitOfWork, club: Club, week: Week) -> WeekCard:
    """Everything the club may see of a week, in three queries; who took their name along is not named."""
    picks = await tx.weeks.picks(week.id)
    members = await tx.members.of(club.id)
    roster = tuple(member for member in members if member.active)
    nameless = {member.user.id: replace(member.user, name="") for member in members if member.nameless}
    answers = await tx.ratings.answers(picks)
    cards = tuple(
        PickCard(
            replace(pick, picked_by=nameless.get(pick.picked_by.id, pick.picked_by)),
            tally(pick, roster, answers.get(pick.id, ()), blind=club.settings.blind),
        )
        for pick in picks
    )
    return WeekCard(week.id, week.iso, week.owner, week.note, cards)


async def _standing(tx: UnitOfWork, club: Club, pick_id: int) -> Pick | None:
    pick = await tx.weeks.pick(pick_id)
    return None if pick is None or pick.week.club_id != club.id or pick.removed_at is not None else pick


def _own(pick: Pick | None, user: User, *, admin: bool) -> Pick:
    if pick is None:
        raise PickGone
    if not _may_change(pick, user, admin=admin):
        raise NotYourPick
    return pick


def _may_change(pick: Pick, user: User, *, admin: bool) -> bool:
    owner = pick.week.owner or pick.picked_by
    return admin or owner.id == user.id


async def _average(tx: UnitOfWork, club: Club, pick: Pick) -> float | None:
    """The average of a pick as far as the club may see it: a blind one not before the reveal."""
    answers = (await tx.ratings.answers((pick,))).get(pick.id, ())
    return tally(pick, (), answers, blind=club.settings.blind).average
