"""The model's turns: a queue, and how a week changes hands (decision 11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from domain import errors
from domain.isoweek import IsoWeek
from tests.storage.rules.state import Club, Person
from tests.storage.rules.world import World


@dataclass
class Turns(World):
    """Every method is a use case; what it refuses changes nothing."""

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
