"""The model's rosters and settings, being forgotten, and past weeks that are entered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from domain import errors
from domain.isoweek import IsoWeek
from tests.storage.rules import schedule
from tests.storage.rules.state import WORKS, Club, Person, Pick, Rating
from tests.storage.rules.weeks import HALF_A_MINUTE, Weeks

BACKFILL_UNDO = timedelta(days=1)


@dataclass
class People(Weeks):
    """Every method is a use case; what it refuses changes nothing."""

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

    def want_digest(self, club: Club, person: Person, *, wants: bool) -> None:
        """A private chat that never set its zone takes that of a group."""
        person.wants_digest = wants
        groups = [each for each in self.clubs.values() if not each.private and person in each.line]
        zone = next((each.zone for each in groups if each.zone != "UTC"), None)
        if wants and club.private and club.zone == "UTC" and zone is not None:
            club.zone = zone
            schedule.keep(club, self.now)

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
