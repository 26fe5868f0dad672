"""The rules: every method is a use case, raises the error the design names, and then changes nothing."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from domain import errors
from domain.isoweek import IsoWeek
from tests.storage.rules import schedule
from tests.storage.rules.state import ALONE, TIMES, WORKS, Club, Member, Person, Pick, Rating

if TYPE_CHECKING:
    from domain.schedule import PostKind

HALF_A_MINUTE = timedelta(seconds=30)
BACKFILL_UNDO = timedelta(days=1)


@dataclass
class Model:
    """Everything there is. `now` is moved by hand."""

    now: datetime
    accounts: dict[str, Person] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)
    clubs: dict[str, Club] = field(default_factory=dict)
    ratings: dict[tuple[Person, str], Rating] = field(default_factory=dict)
    numbers: int = 0
    unsaid: str | None = None
    """A club whose line moved in a way that no rule says."""
    checkpoint: Any = None
    """What there is if the rest of a use case is refused."""

    def lasting(self) -> None:
        """What happened so far stays, whatever comes."""
        self.checkpoint = None
        self.checkpoint = copy.deepcopy(self)

    def number(self) -> int:
        """The next one."""
        self.numbers += 1
        return self.numbers

    # -- coming in

    def meet(self, key: str, name: str) -> tuple[Club, Person]:
        """Whoever writes is there; so is the club, and awake."""
        person = self.accounts.get(name)
        if person is None:
            person = self.accounts[name] = Person(len(self.people), name)
            self.people.append(person)
        club = self.clubs.get(key)
        if club is None:
            private = key in {"Ana", "Ben", "Cleo", "Dan"}
            club = self.clubs[key] = Club(key, private, times=dict(ALONE if private else TIMES))
            schedule.keep(club, self.now)
        club.asleep = False
        return club, person

    def join(self, club: Club, person: Person) -> bool:
        member = club.members.get(person)
        if member is not None and member.left is None:
            return False
        if member is None:
            club.members[person] = Member(self.now)
        else:
            member.left, member.nameless, member.away_until, member.turns_then = None, False, None, None
        club.line.append(person)
        return True

    def leave(self, club: Club, person: Person) -> None:
        if person not in club.line:
            raise errors.NotOnRoster
        self._depart(club, person)

    def expel(self, club: Club, person: Person, *, admin: bool) -> None:
        if not admin:
            raise errors.AdminsOnly
        self.leave(club, person)

    def readmit(self, club: Club, person: Person, *, admin: bool) -> None:
        if not admin:
            raise errors.AdminsOnly
        member = club.members.get(person)
        if member is None or person.gone:
            raise errors.NotOnRoster
        if member.left is None:
            return
        if self.now - member.left > HALF_A_MINUTE:
            raise errors.UndoExpired(30)
        place, line = member.turns_then or (0, None)
        untouched = line == club.line
        self.join(club, person)
        if untouched:
            club.line.remove(person)
            club.line.insert(place, person)
        else:
            # Where somebody stands who comes back to a line that moved meanwhile, no rule says.
            self.unsaid = club.key

    def drop_name(self, club: Club, person: Person) -> None:
        member = club.members.get(person)
        if member is None or member.left is None:
            raise errors.NotOnRoster
        member.nameless = True

    def _depart(self, club: Club, person: Person) -> None:
        """Off the roster: their week without picks goes on, and what waited for them alone is revealed."""
        member, iso = club.members[person], club.week(self.now)
        place = club.line.index(person)
        club.line.remove(person)
        member.left = self.now
        member.turns_then = place, list(club.line)
        if club.turns and club.owners.get(iso) is person and not club.standing(iso):
            self._next_takes(club, iso, club.day(self.now))
            member.turns_then = None
        self._reveal_answered(club, club.standing(iso))

    # -- turns

    def begin(self, club: Club, iso: IsoWeek, day: date) -> Person | None:
        """Whose week it is; the first in line who is there gets one that is nobody's and empty."""
        if not club.turns:
            return None
        if iso not in club.owners and not club.standing(iso):
            self._next_takes(club, iso, max(day, iso.monday))
        return club.owners.get(iso)

    def look(self, club: Club) -> None:
        self.begin(club, club.week(self.now), club.day(self.now))

    def pass_on(self, club: Club, person: Person) -> None:
        owner = self._owner(club)
        if owner is not person:
            raise errors.NotYourTurn(None)  # type: ignore[arg-type]
        self._hand(club, person, "pass")

    def skip_turn(self, club: Club, meant: Person, *, admin: bool) -> None:
        if not admin:
            raise errors.AdminsOnly
        if self._owner(club) is not meant:
            raise errors.NotYourTurn(None)  # type: ignore[arg-type]
        self._hand(club, meant, "skip")

    def hold(self, club: Club, person: Person, *, admin: bool) -> None:
        self._turns(club)
        iso = club.week(self.now)
        owner = club.owners.get(iso)
        if owner is None or owner not in club.line:
            raise errors.NobodysTurn
        if not admin and owner is not person:
            raise errors.NotYourTurn(None)  # type: ignore[arg-type]
        if not admin and club.owners.get(iso.previous()) is owner:
            raise errors.AdminsOnly
        club.line.remove(owner)
        club.line.insert(0, owner)

    def go_away(self, club: Club, person: Person, weeks: int) -> None:
        self._turns(club)
        if person not in club.line:
            raise errors.NotOnRoster
        today = club.day(self.now)
        club.members[person].away_until = today + timedelta(weeks=weeks) if weeks else None
        self.stand_in(club, club.week(self.now))

    def stand_in(self, club: Club, iso: IsoWeek) -> None:
        """An owner who is away keeps the first place in line; the next who is there takes the week."""
        owner, away = club.owners.get(iso), club.away(club.day(self.now))
        if owner in away and not club.standing(iso):
            club.line.remove(owner)
            self._next_takes(club, iso, club.day(self.now))
            club.line.insert(0, owner)

    def hand_over(self, club: Club, iso: IsoWeek) -> bool:
        """The silent have had their turn; whether the week went to somebody."""
        if not club.turns:
            return False
        owner = club.owners.get(iso)
        if owner is None or club.standing(iso):
            self.begin(club, iso, club.day(self.now))
            return False
        if owner in club.away(club.day(self.now)):
            self.stand_in(club, iso)
            return iso in club.owners
        try:
            self._hand(club, owner, "skip")
        except errors.NobodyElse:
            return False
        return True

    def take_back(self, club: Club, iso: IsoWeek, before: Person, after: Person) -> None:
        """A handover that nobody heard of did not happen."""
        if club.owners.get(iso) is after and not club.standing(iso) and {before, after} <= set(club.line):
            club.owners[iso] = before
            rest = [person for person in club.line if person not in {before, after}]
            club.line[:] = [after, *rest, before]

    def offer_swap(self, club: Club, person: Person, other: Person) -> int:
        self.look_by_turns(club)
        if person not in club.line:
            raise errors.NotOnRoster
        if person is other:
            raise errors.SwapWithSelf
        self._swappable(club, person, other)
        number = self.number()
        iso = club.week(self.now)
        club.offers[number] = (iso, person, other, club.owners.get(iso))
        return number

    def look_by_turns(self, club: Club) -> None:
        """As `look`, and refused in an open club; what began stays even where the rest is refused."""
        self._turns(club)
        self.lasting()

    def agree_swap(self, club: Club, person: Person, number: int) -> None:
        one, other = self._offer(club, number)
        if person is not other:
            raise errors.NotYourSwap(None)  # type: ignore[arg-type]
        iso = club.week(self.now)
        places = {one: other, other: one}
        club.line[:] = [places.get(each, each) for each in club.line]
        owner = club.owners.get(iso)
        if owner in places:
            club.owners[iso] = places[owner]
        del club.offers[number]

    def refuse_swap(self, club: Club, person: Person, number: int) -> None:
        pair = self._offer(club, number)
        if person not in pair:
            raise errors.NotYourSwap(None)  # type: ignore[arg-type]
        del club.offers[number]

    def reorder(self, club: Club, person: Person, steps: int, *, admin: bool) -> None:
        if not admin:
            raise errors.AdminsOnly
        if person not in club.line:
            raise errors.NotOnRoster
        place = club.line.index(person)
        club.line.remove(person)
        club.line.insert(max(0, min(len(club.line), place + steps)), person)

    def _turns(self, club: Club) -> None:
        if not club.turns:
            raise errors.NoTurns
        self.look(club)

    def _owner(self, club: Club) -> Person:
        self._turns(club)
        iso = club.week(self.now)
        owner = club.owners.get(iso)
        if owner is None:
            raise errors.NobodysTurn
        if club.standing(iso):
            raise errors.TurnUsed
        return owner

    def _next_takes(self, club: Club, iso: IsoWeek, day: date) -> None:
        """The first in line who is there gets the week and goes to the end; nobody, if nobody is."""
        away = club.away(day)
        taker = next((person for person in club.line if person not in away), None)
        if taker is None:
            club.owners.pop(iso, None)
            return
        club.owners[iso] = taker
        club.line.remove(taker)
        club.line.append(taker)

    def _hand(self, club: Club, owner: Person, how: str) -> None:
        """The next takes over. Who passes is next but one, who is skipped goes to the end."""
        away, iso = club.away(club.day(self.now)), club.week(self.now)
        waiting = [person for person in club.line if person is not owner]
        taker = next((person for person in waiting if person not in away), None)
        if taker is None:
            raise errors.NobodyElse
        waiting.remove(taker)
        place = len(waiting)
        if how == "pass":
            place = next((at for at, person in enumerate(waiting) if person not in away), 0) + 1
        if owner in club.line:
            waiting.insert(place, owner)
        club.line[:] = [*waiting, taker]
        club.owners[iso] = taker

    def _swappable(self, club: Club, one: Person, other: Person) -> None:
        iso = club.week(self.now)
        if not {one, other} <= set(club.line):
            raise errors.SwapGone
        if club.standing(iso) and club.owners.get(iso) in {one, other}:
            raise errors.TurnUsed

    def _offer(self, club: Club, number: int) -> tuple[Person, Person]:
        self._turns(club)
        iso = club.week(self.now)
        offer = club.offers.get(number)
        if offer is None or offer[0] != iso or offer[3] is not club.owners.get(iso):
            raise errors.SwapGone
        self._swappable(club, offer[1], offer[2])
        return offer[1], offer[2]

    # -- weeks

    def pick(
        self, club: Club, person: Person, work: str, *, admin: bool, again: bool, replacing: Pick | None
    ) -> Pick:
        if work not in WORKS:
            raise errors.WorkGone
        iso = self._own_week(club, person, admin=admin)
        there, kind = club.standing(iso), WORKS[work]
        if work in {pick.work for pick in there}:
            raise errors.AlreadyPicked(None)  # type: ignore[arg-type]
        rivals = [pick for pick in there if WORKS[pick.work] is kind]
        if not club.slots[kind]:
            raise errors.NoSlots(kind)
        if replacing is not None and replacing not in rivals:
            raise errors.PickGone
        if replacing is not None and not self._may_change(club, replacing, person, admin=admin):
            raise errors.NotYourPick
        free = [place for place in range(club.slots[kind]) if place not in {pick.position for pick in rivals}]
        if replacing is None and not free:
            raise errors.SlotsFull(kind, None, ())  # type: ignore[arg-type]
        earlier = [
            pick for pick in club.picks if pick.work == work and pick.removed is None and pick.iso < iso
        ]
        if earlier and not again:
            raise errors.PickedBefore(None, iso, None)  # type: ignore[arg-type]
        if replacing is not None:
            replacing.removed = self.now
        self.join(club, person)
        position = free[0] if replacing is None else replacing.position
        pick = Pick(self.number(), iso, position, work, person, replaces=replacing)
        club.picks.append(pick)
        return pick

    def remove(self, club: Club, person: Person, pick: Pick, *, admin: bool) -> None:
        self._standing(club, pick)
        if not self._may_change(club, pick, person, admin=admin):
            raise errors.NotYourPick
        pick.removed = self.now

    def restore(self, club: Club, person: Person, pick: Pick, *, admin: bool) -> None:
        if pick not in club.picks or pick.removed is None:
            raise errors.PickGone
        there = club.standing(pick.iso)
        instead = next((each for each in there if each.replaces is pick), None)
        theirs = instead is not None and instead.by is person
        if not theirs and not self._may_change(club, pick, person, admin=admin):
            raise errors.NotYourPick
        if self.now - pick.removed > HALF_A_MINUTE:
            raise errors.UndoExpired(30)
        if instead is not None:
            instead.removed = self.now
        for other in club.standing(pick.iso):
            same_place = (WORKS[other.work], other.position) == (WORKS[pick.work], pick.position)
            if other.work == pick.work or same_place:
                raise errors.SlotTaken
        pick.removed = None

    def reveal(self, club: Club, iso: IsoWeek, *, admin: bool) -> None:
        if not admin:
            raise errors.AdminsOnly
        if iso > club.week(self.now):
            raise errors.NoSuchWeek("")
        hidden = [pick for pick in club.standing(iso) if not pick.revealed]
        if not hidden:
            raise errors.NothingToReveal(picked=False)
        for pick in hidden:
            pick.revealed = True

    def note(self, club: Club, person: Person, text: str, *, admin: bool) -> None:
        if len(text) > 200:
            raise errors.NoteTooLong(200)
        club.notes[self._own_week(club, person, admin=admin)] = text

    def _own_week(self, club: Club, person: Person, *, admin: bool) -> IsoWeek:
        iso = club.week(self.now)
        owner = self.begin(club, iso, club.day(self.now))
        if owner is not None and owner is not person and not admin:
            raise errors.NotYourTurn(None)  # type: ignore[arg-type]
        return iso

    def _may_change(self, club: Club, pick: Pick, person: Person, *, admin: bool) -> bool:
        return admin or club.owners.get(pick.iso, pick.by) is person

    def _standing(self, club: Club, pick: Pick) -> None:
        if pick not in club.picks or pick.removed is not None:
            raise errors.PickGone

    # -- scores

    def rate(self, club: Club, person: Person, pick: Pick, score: int) -> None:
        self._standing(club, pick)
        if not 1 <= score <= 10:
            raise errors.InvalidScore(score)
        rating = self.ratings.setdefault((person, pick.work), Rating(score, self.now))
        rating.score, rating.backfill = score, None
        pick.absent.discard(person)
        self._answered(club, person, pick)

    def skip(self, club: Club, person: Person, pick: Pick) -> None:
        self._standing(club, pick)
        pick.absent.add(person)
        self._answered(club, person, pick)

    def take(
        self, club: Club, person: Person, iso: IsoWeek, text: str, *, spoiler: bool, about: Pick | None
    ) -> str:
        if not text.strip():
            raise errors.TakeMissing
        if len(text) > 280:
            raise errors.TakeTooLong(280)
        there = club.standing(iso)
        if not there:
            raise errors.NoPicksYet
        scored = [pick for pick in there if person in club.members and (person, pick.work) in self.ratings]
        if about is not None:
            scored = [pick for pick in scored if pick is about]
        if not scored:
            raise errors.TakeNeedsScore(None)  # type: ignore[arg-type]
        if len(scored) > 1:
            return "question"
        rating = self.ratings[person, scored[0].work]
        rating.take, rating.spoiler, rating.backfill = text, spoiler, None
        return "stored"

    def answers(self, club: Club, pick: Pick) -> dict[Person, tuple[int | None, bool]]:
        """What people who are or were in the club said to a pick: their score, and whether they missed it."""
        found = {}
        for person in club.members:
            rating = self.ratings.get((person, pick.work))
            if rating is not None or person in pick.absent:
                found[person] = (None if rating is None else rating.score, person in pick.absent)
        return found

    def scores(self, club: Club, pick: Pick) -> dict[Person, int]:
        """The scores that count in its average."""
        said = self.answers(club, pick).items()
        return {person: score for person, (score, absent) in said if score is not None and not absent}

    def _answered(self, club: Club, person: Person, pick: Pick) -> None:
        self.join(club, person)
        self._reveal_answered(club, [pick])

    def _reveal_answered(self, club: Club, picks: list[Pick]) -> None:
        """Everybody on the roster has answered; one alone in a group is not everybody."""
        roster = set(club.line)
        if len(roster) < (1 if club.private else 2):
            return
        for pick in picks:
            pick.revealed = pick.revealed or roster <= set(self.answers(club, pick))

    # -- settings

    def change(self, club: Club, *, admin: bool, **changes: object) -> None:
        if not admin:
            raise errors.AdminsOnly
        before = club.turns
        for name, value in changes.items():
            setattr(club, name, value)
        iso = club.week(self.now)
        if club.turns and not before:
            self.look(club)
        elif before and not club.turns:
            club.owners.pop(iso, None)
        schedule.keep(club, self.now)

    def retime(self, club: Club, kind: PostKind, timing: tuple[int, int, bool], *, admin: bool) -> None:
        self.change(club, admin=admin, times={**club.times, kind: timing})

    def want_digest(self, club: Club, person: Person, *, wants: bool) -> None:
        """A private chat that never set its zone takes that of a group."""
        person.wants_digest = wants
        groups = [each for each in self.clubs.values() if not each.private and person in each.line]
        zone = next((each.zone for each in groups if each.zone != "UTC"), None)
        if wants and club.private and club.zone == "UTC" and zone is not None:
            club.zone = zone
            schedule.keep(club, self.now)

    # -- being forgotten

    def ask_to_be_forgotten(self, person: Person) -> None:
        if person.forget_at is None:
            person.forget_at = self.now + HALF_A_MINUTE

    def stay(self, person: Person) -> None:
        if person.forget_at is None:
            raise errors.UndoExpired(30)
        person.forget_at = None

    def forget_due(self) -> list[str]:
        """Out of all clubs, without name and takes; scores stay where they count."""
        due = [p for p in self.people if p.forget_at is not None and p.forget_at <= self.now]
        due.sort(key=lambda person: (person.forget_at, person.number))
        names = []
        for person in due:
            names.append(person.name)
            for club in self.clubs.values():
                if person not in club.members:
                    continue
                if person in club.line and club.private:
                    club.line.remove(person)
                elif person in club.line:
                    self._depart(club, person)
                club.members[person].left = club.members[person].left or self.now
                club.members[person].nameless = True
            own = self.clubs.pop(person.name, None)
            for pick in own.picks if own is not None else ():
                pick.gone = True
            counted = {p.work for club in self.clubs.values() if person in club.members for p in club.picks}
            for who, work in list(self.ratings):
                if who is person and work not in counted:
                    del self.ratings[who, work]
                elif who is person:
                    self.ratings[who, work].take, self.ratings[who, work].spoiler = "", False
            del self.accounts[person.name]
            person.gone, person.forget_at, person.wants_digest = True, None, False
        return names

    # -- past weeks

    def backfill(
        self, club: Club, lines: list[tuple[IsoWeek, str, int, str]], *, admin: bool
    ) -> tuple[int, list[Pick]]:
        """Enter lines of week, work, score and name; what is there stays, names nobody has are left out."""
        if not admin:
            raise errors.AdminsOnly
        named = {p.name: p for p, member in club.members.items() if not member.nameless}
        number, sunday = self.number(), (7, 20)
        entries: dict[tuple[IsoWeek, str], list[tuple[Person, int]]] = {}
        for iso, work, score, name in lines:
            if name in named:
                entries.setdefault((iso, work), []).append((named[name], score))
        new, entered = [], 0
        for (iso, work), said in entries.items():
            there = club.standing(iso)
            taken = {pick.position for pick in there if WORKS[pick.work] is WORKS[work]}
            if work not in {pick.work for pick in there}:
                free = [place for place in (0, 1) if place not in taken]
                if not free:
                    continue
                pick = Pick(self.number(), iso, free[0], work, said[0][0], revealed=True, backfill=number)
                club.picks.append(pick)
                new.append(pick)
            for person, score in said:
                if (person, work) not in self.ratings:
                    given = club.moment(iso, *sunday)
                    self.ratings[person, work] = Rating(score, given, backfill=number)
                    entered += 1
        if not new and not entered:
            raise errors.BackfillEmpty
        club.stored[number] = self.now
        return number, new

    def undo_backfill(self, club: Club, number: int, *, admin: bool) -> None:
        """Its picks go, and the scores nobody has touched since."""
        if not admin:
            raise errors.AdminsOnly
        if number not in club.stored and number not in club.undone:
            raise errors.BackfillGone
        if number in club.undone:
            raise errors.BackfillClosed
        if self.now - club.stored[number] > BACKFILL_UNDO:
            raise errors.BackfillUndoExpired(24)
        for pick in [pick for pick in club.picks if pick.backfill == number]:
            pick.gone = True
            club.picks.remove(pick)
        for key in [key for key, rating in self.ratings.items() if rating.backfill == number]:
            del self.ratings[key]
        del club.stored[number]
        club.undone.add(number)
