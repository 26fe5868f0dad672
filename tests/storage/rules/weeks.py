"""The model's weeks: picks, the note, scores and takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from domain import errors
from domain.isoweek import IsoWeek
from tests.storage.rules.state import WORKS, Club, Person, Pick, Rating
from tests.storage.rules.turns import Turns

HALF_A_MINUTE = timedelta(seconds=30)


@dataclass
class Weeks(Turns):
    """Every method is a use case; what it refuses changes nothing."""

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

    def _answered(self, club: Club, person: Person, pick: Pick) -> None:
        self.join(club, person)
        self._reveal_answered(club, [pick])
