"""What every rule of the model needs: who is there, whose week it is, who said what."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from domain.isoweek import IsoWeek
from tests.storage.rules import schedule
from tests.storage.rules.state import ALONE, TIMES, Club, Member, Person, Pick, Rating


@dataclass
class World:
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

    def begin(self, club: Club, iso: IsoWeek, day: date) -> Person | None:
        """Whose week it is; the first in line who is there gets one that is nobody's and empty."""
        if not club.turns:
            return None
        if iso not in club.owners and not club.standing(iso):
            self._next_takes(club, iso, max(day, iso.monday))
        return club.owners.get(iso)

    def look(self, club: Club) -> None:
        self.begin(club, club.week(self.now), club.day(self.now))

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

    def _reveal_answered(self, club: Club, picks: list[Pick]) -> None:
        """Everybody on the roster has answered; one alone in a group is not everybody."""
        roster = set(club.line)
        if len(roster) < (1 if club.private else 2):
            return
        for pick in picks:
            pick.revealed = pick.revealed or roster <= set(self.answers(club, pick))
