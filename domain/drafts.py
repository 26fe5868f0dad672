"""A backfill on its way: what is still to be settled, and what storing it will do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from domain.backfill import BadLine, Entry, Said, name_key
from domain.ranking import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from domain.clubs import Member
    from domain.isoweek import IsoWeek
    from domain.search import Search
    from domain.weeks import Pick
    from domain.works import Kind, Work

UNDO = timedelta(days=1)
KEEP_DRAFTS = timedelta(days=30)
PLACES = 2
"""Picks of a kind that a week can hold, whatever the club's slots are now."""


class BackfillState(StrEnum):
    """Where a backfill stands."""

    DRAFT = "draft"
    STORED = "stored"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Draft:
    """What was pasted and what was chosen since."""

    entries: tuple[Entry, ...]
    bad: tuple[BadLine, ...] = ()

    @property
    def unmatched(self) -> tuple[int, ...]:
        """Places of the entries that no catalogue has answered for."""
        return tuple(
            place for place, entry in enumerate(self.entries) if entry.open and entry.search_id is None
        )

    @property
    def unfound(self) -> tuple[int, ...]:
        """Places of the open entries that no catalogue has anything for."""
        return tuple(place for place, entry in enumerate(self.entries) if entry.open and not entry.hits)

    @property
    def unnamed(self) -> tuple[Said, ...]:
        """The first line of each name of which it is open whose it is."""
        found: dict[str, Said] = {}
        for entry in self.entries:
            for said in () if entry.left_out else entry.said:
                if said.user_id is None and not said.left_out:
                    found.setdefault(name_key(said.name), said)
        return tuple(found.values())

    @property
    def untitled(self) -> tuple[int, ...]:
        """Places of the entries of which it is open which work they are."""
        return tuple(place for place, entry in enumerate(self.entries) if entry.open)

    @property
    def to_settle(self) -> int:
        """How many questions are open."""
        return len(self.unnamed) + len(self.untitled)

    def entry(self, place: int) -> Entry | None:
        """The entry at a place, from 0."""
        return self.entries[place] if 0 <= place < len(self.entries) else None

    def with_entry(self, place: int, entry: Entry) -> Draft:
        """The draft with another entry at a place."""
        return replace(self, entries=(*self.entries[:place], entry, *self.entries[place + 1 :]))

    def said_at(self, line: int) -> Said | None:
        """What a line, by its number, says."""
        return next((said for entry in self.entries for said in entry.said if said.line == line), None)

    def with_name(self, name: str, user_id: int | None) -> Draft:
        """The draft knowing whose name that is, on every line; None leaves its lines out.

        An entry none of whose lines count any more is left out.
        """

        def settle(said: Said) -> Said:
            if name_key(said.name) != name_key(name):
                return said
            return replace(said, user_id=user_id, left_out=user_id is None)

        return self._with_said(settle)

    def with_members(self, members: Iterable[Member]) -> Draft:
        """The draft knowing the names that exactly one member, present or past, goes by.

        Where several share a name, whoever is on the roster now is meant if that is only one of them.
        """
        known: dict[str, list[Member]] = {}
        for member in members:
            if not member.nameless:
                known.setdefault(name_key(member.user.name), []).append(member)

        def settle(said: Said) -> Said:
            found = known.get(name_key(said.name), [])
            if len(found) > 1:
                found = [member for member in found if member.active]
            if said.user_id is not None or said.left_out or len(found) != 1:
                return said
            return replace(said, user_id=found[0].user.id)

        return self._with_said(settle)

    def _with_said(self, change: Callable[[Said], Said]) -> Draft:
        return replace(self, entries=tuple(_changed(entry, change) for entry in self.entries))


def _changed(entry: Entry, change: Callable[[Said], Said]) -> Entry:
    before = all(said.left_out for said in entry.said)
    entry = replace(entry, said=tuple(change(said) for said in entry.said))
    after = all(said.left_out for said in entry.said)
    return entry if before == after else replace(entry, left_out=after)


@dataclass(frozen=True, slots=True)
class Backfill:
    """A draft that is kept, or what became of it. `stored_at` is when it was stored."""

    id: int
    club_id: int
    state: BackfillState
    draft: Draft
    stored_at: datetime | None = None


def certain(entry: Entry, search: Search) -> int | None:
    """The place of the one hit that an entry surely means: its very title and year; else None.

    An artist that is given must be the hit's, too, and then one hit is enough even without a year.
    """
    if entry.year is None and entry.artist is None:
        return None
    places = [
        place
        for place, hit in enumerate(search.hits)
        if fold(hit.title) == fold(entry.title) != ""
        and (entry.year is None or hit.year == entry.year)
        and (entry.artist is None or fold(hit.artist or "") == fold(entry.artist))
    ]
    return places[0] if len(places) == 1 else None


class Clash(StrEnum):
    """What of an entry is left alone because something is there already."""

    PICKED = "picked"
    FULL = "full"
    RATED = "rated"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something that stays as it is. `name` and `score` (half-stars, the one that stays) are for RATED."""

    line: int
    clash: Clash
    entry: Entry
    name: str = ""
    score: int | None = None


@dataclass(frozen=True, slots=True)
class NewPick:
    """A pick to be entered; `picked_by` is a user's id."""

    week: IsoWeek
    kind: Kind
    position: int
    work_id: int
    picked_by: int


@dataclass(frozen=True, slots=True)
class NewRating:
    """A rating to be entered, given in a week."""

    week: IsoWeek
    user_id: int
    work_id: int
    score: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What storing a draft enters, and what it leaves alone."""

    picks: tuple[NewPick, ...]
    ratings: tuple[NewRating, ...]
    conflicts: tuple[Conflict, ...]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to enter."""
        return not self.picks and not self.ratings

    @property
    def weeks(self) -> int:
        """How many weeks it touches."""
        return len({pick.week for pick in self.picks} | {rating.week for rating in self.ratings})


@dataclass(frozen=True, slots=True)
class Preview:
    """A draft as it can be shown: its plan, and the works and hits it points to, by id."""

    backfill: Backfill
    plan: Plan
    works: Mapping[int, Work]
    members: tuple[Member, ...]
    search: Search | None = None


def lay_out(
    draft: Draft, standing: Mapping[IsoWeek, Sequence[Pick]], rated: Mapping[tuple[int, int], int]
) -> Plan:
    """What to enter of what is settled, given the picks that stand in those weeks and the scores there are.

    `rated` has scores in half-stars by user and work. Nothing there is replaced: a work that is a pick of
    its week keeps that pick and only gets the scores it lacks, one whose week is full is left out whole.
    """
    taken = {
        week: [(pick.kind, pick.position, pick.work.id) for pick in there] for week, there in standing.items()
    }
    scores = dict(rated)
    picks: list[NewPick] = []
    ratings: list[NewRating] = []
    conflicts: list[Conflict] = []
    for entry in draft.entries:
        heard = [(said, said.user_id) for said in entry.heard if said.user_id is not None]
        if entry.left_out or entry.work_id is None or not heard:
            continue
        there = taken.setdefault(entry.week, [])
        free = sorted(set(range(PLACES)) - {position for kind, position, _ in there if kind is entry.kind})
        if any(work_id == entry.work_id for _, _, work_id in there):
            conflicts.append(Conflict(entry.line, Clash.PICKED, entry))
        elif not free:
            conflicts.append(Conflict(entry.line, Clash.FULL, entry))
            continue
        else:
            there.append((entry.kind, free[0], entry.work_id))
            picks.append(NewPick(entry.week, entry.kind, free[0], entry.work_id, heard[0][1]))
        for said, user_id in heard:
            kept = scores.get((user_id, entry.work_id))
            if said.score is None or kept == said.score:
                continue
            if kept is not None:
                conflicts.append(Conflict(said.line, Clash.RATED, entry, said.name, kept))
                continue
            scores[user_id, entry.work_id] = said.score
            ratings.append(NewRating(entry.week, user_id, entry.work_id, said.score))
    return Plan(tuple(picks), tuple(ratings), tuple(conflicts))
