"""What importing a file does to a club: a pure function of both, for the preview and the storing alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from domain.backfill import name_key
from domain.drafts import PLACES, Clash

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from domain.exports import ExportedPerson, ExportedPick, ExportedRating, ExportedWeek, ExportedWork
    from domain.imports import ClubFile
    from domain.isoweek import IsoWeek
    from domain.works import Kind


class How(StrEnum):
    """How somebody in the file was found.

    By the club's KEY for them, by the NAME that one person on the roster has; GUEST is nobody we know, and
    FORGOTTEN somebody who asked for it.
    """

    KEY = "key"
    NAME = "name"
    GUEST = "guest"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody in the file. `user_id` is None for a guest who is yet to be added."""

    person: ExportedPerson
    how: How
    user_id: int | None = None
    member: bool = True


@dataclass(frozen=True, slots=True)
class There:
    """What the club has of what is in a file.

    `members` by key, `roster` by `name_key`, `forgotten` of all clubs by key; `works` by their id in files;
    `weeks` with their picks as kind, position and work; `rated` has half-stars by user and work.
    """

    members: Mapping[str, int]
    roster: Mapping[str, Sequence[int]]
    forgotten: Mapping[str, int]
    works: Mapping[str, int]
    weeks: Mapping[IsoWeek, Sequence[tuple[Kind, int, int]]]
    rated: Mapping[tuple[int, int], int]


@dataclass(frozen=True, slots=True)
class Left:
    """Something that stays as it is: a week that is FULL, or a score that is RATED otherwise (`score`)."""

    clash: Clash
    work: ExportedWork
    week: IsoWeek | None = None
    name: str = ""
    score: int = 0


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What is to be entered, by the ids of the file, and what is left alone."""

    people: Mapping[str, Who]
    weeks: tuple[ExportedWeek, ...]
    picks: tuple[tuple[IsoWeek, int, ExportedPick], ...]
    ratings: tuple[ExportedRating, ...]
    left: tuple[Left, ...] = field(default=())

    @property
    def empty(self) -> bool:
        """Whether the club has all of it."""
        return not (self.weeks or self.picks or self.ratings)

    @property
    def touched(self) -> int:
        """How many weeks get something."""
        return len({week.week for week in self.weeks} | {week for week, _, _ in self.picks})

    def found(self, how: How) -> tuple[ExportedPerson, ...]:
        """The people who were found in a way."""
        return tuple(who.person for who in self.people.values() if who.how is how)


def arrange(file: ClubFile, there: There) -> ImportPlan:
    """Lay a file over a club. Nothing that is there is replaced, and importing it once more adds nothing."""
    people = _recognise(file.people, there)
    picks: list[tuple[IsoWeek, int, ExportedPick]] = []
    left: list[Left] = []
    for week in file.weeks:
        taken = list(there.weeks.get(week.week, ()))
        for pick in week.picks:
            work_id = there.works.get(pick.work.id)
            if any(work_id == other for _, _, other in taken):
                continue
            used = {position for kind, position, _ in taken if kind is pick.kind}
            free = [p for p in (pick.position, *range(PLACES)) if p not in used]
            if not free:
                left.append(Left(Clash.FULL, pick.work, week.week))
                continue
            taken.append((pick.kind, free[0], -len(taken) - 1))
            picks.append((week.week, free[0], pick))
    ratings: list[ExportedRating] = []
    for rating in file.ratings:
        who = people[rating.person]
        work_id = there.works.get(rating.work.id)
        kept = None
        if who.user_id is not None and work_id is not None:
            kept = there.rated.get((who.user_id, work_id))
        if kept is None:
            ratings.append(rating)
        elif kept != rating.score:
            left.append(Left(Clash.RATED, rating.work, name=who.person.name or "", score=kept))
    new = tuple(week for week in file.weeks if week.week not in there.weeks)
    return ImportPlan(people, new, tuple(picks), tuple(ratings), tuple(left))


def _recognise(people: Sequence[ExportedPerson], there: There) -> dict[str, Who]:
    """Who the people in the file are; nobody is two of them."""
    found: dict[str, Who] = {}
    for person in people:
        if person.id in there.forgotten:
            user_id = there.forgotten[person.id]
            found[person.id] = Who(person, How.FORGOTTEN, user_id, member=person.id in there.members)
        elif person.id in there.members:
            found[person.id] = Who(person, How.KEY, there.members[person.id])
    taken = {who.user_id for who in found.values()}
    for person in people:
        if person.id not in found:
            named = there.roster.get(name_key(person.name), ()) if person.name else ()
            if len(named) == 1 and named[0] not in taken:
                found[person.id] = Who(person, How.NAME, named[0])
                taken.add(named[0])
            else:
                found[person.id] = Who(person, How.GUEST)
    return found
