"""Past weeks entered as a list: read, matched, settled, stored all at once, and taken back."""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from domain.backfill import parse
from domain.drafts import (
    KEEP_DRAFTS,
    UNDO,
    Backfill,
    BackfillState,
    Draft,
    Plan,
    Preview,
    certain,
    lay_out,
)
from domain.errors import (
    AdminsOnly,
    BackfillClosed,
    BackfillEmpty,
    BackfillGone,
    BackfillOpen,
    BackfillUndoExpired,
    CatalogueNotConfigured,
    CatalogueUnavailable,
    NotInCatalogue,
)
from domain.schedule import Timing
from domain.works import AlbumFacts, ArtistCredit, Kind, MovieFacts, PartialDate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from domain.backfill import Entry, Parsed
    from domain.clock import Clock
    from domain.clubs import Club, User
    from domain.ports import Store, UnitOfWork
    from domain.services.works import WorkService
    from domain.works import Facts

PATIENCE = 3
PICKED = Timing(1, 9 * 60)
REVEALED = Timing(7, 20 * 60)
"""When a backfilled pick counts as picked, and as revealed and scored, in its week and the club's zone."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the matching is."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Entered:
    """What a backfill stored, or what its undo took back."""

    backfill_id: int
    picks: int
    ratings: int


@dataclass(frozen=True, slots=True)
class BackfillService:
    """All of it is for admins. `admin` says that the person is one, in Telegram's eyes."""

    store: Store
    clock: Clock
    works: WorkService

    async def begin(self, club: Club, user: User, text: str, *, admin: bool) -> tuple[Parsed, int | None]:
        """Read lines and keep them as a draft; what was read, and the draft's id unless that was nothing.

        The update these lines came with is not done by this: after a crash they are read again.
        AdminsOnly, TooManyLines.
        """
        if not admin:
            raise AdminsOnly
        now = self.clock.now()
        parsed = parse(text, club.settings.scale, club.week(now))
        if not parsed.entries:
            return parsed, None
        async with self.store.keep() as tx:
            draft = Draft(parsed.entries, parsed.bad).with_members(await tx.members.of(club.id))
            backfill_id = await tx.backfills.add(club.id, user.id, draft, now)
            await tx.commit()
        return parsed, backfill_id

    async def match(self, club: Club, backfill_id: int, *, admin: bool) -> AsyncIterator[Progress]:
        """Ask the catalogues, one work after the other, for what no catalogue has answered for yet.

        Slow, since a catalogue may want a second for each. What has no certain hit stays open. A catalogue
        that fails `PATIENCE` times is not asked again.
        AdminsOnly, BackfillGone, BackfillClosed.
        """
        draft = (await self._get(club, backfill_id, admin=admin)).draft
        waiting = draft.unmatched
        failures: Counter[Kind] = Counter()
        for done, place in enumerate(waiting):
            entry = draft.entries[place]
            if failures[entry.kind] >= PATIENCE:
                continue
            yield Progress(done, len(waiting))
            try:
                await self._keep_match(club, backfill_id, place, await self._matched(club, entry))
            except (CatalogueUnavailable, CatalogueNotConfigured):
                failures[entry.kind] += 1
        yield Progress(len(waiting), len(waiting))

    async def preview(self, club: Club, backfill_id: int, *, admin: bool) -> Preview:
        """The draft as it stands, what storing it would do, and what its first open question needs.

        AdminsOnly, BackfillGone, BackfillClosed.
        """
        if not admin:
            raise AdminsOnly
        async with self.store.read() as tx:
            backfill = await _open(tx, club, backfill_id)
            return await _preview(tx, club, backfill)

    async def choose_hit(
        self, club: Club, backfill_id: int, place: int, position: int, *, admin: bool
    ) -> None:
        """The work of an entry is this hit of its search. Errors as `preview`, and as `WorkService.open`."""
        entry = await self._entry(club, backfill_id, place, admin=admin)
        if entry.search_id is None:
            raise BackfillGone
        card = await self.works.open(club, entry.search_id, position)
        await self._change(club, backfill_id, {place: _is_work(card.work.id)})

    async def add_by_hand(self, club: Club, backfill_id: int, place: int, *, rest: bool, admin: bool) -> None:
        """The work of an entry is what its lines say; with `rest` that of every open entry without hits, too.

        Errors as `preview`.
        """
        draft = (await self._get(club, backfill_id, admin=admin)).draft
        places = {place, *(draft.unfound if rest else ())}
        if draft.entry(place) is None:
            raise BackfillGone
        known = {at: (await self.works.add(_facts(draft.entries[at]))).work.id for at in places}
        await self._change(club, backfill_id, {at: _is_work(work_id) for at, work_id in known.items()})

    async def skip(self, club: Club, backfill_id: int, place: int, *, admin: bool) -> None:
        """Leave an entry out. Errors as `preview`."""
        await self._entry(club, backfill_id, place, admin=admin)
        await self._change(club, backfill_id, {place: lambda entry: replace(entry, left_out=True)})

    async def choose_member(
        self, club: Club, backfill_id: int, line: int, user_id: int | None, *, admin: bool
    ) -> None:
        """The name in a line is this member's, present or past; None leaves out all lines with that name.

        Errors as `preview`.
        """
        if not admin:
            raise AdminsOnly
        async with self.store.write() as tx:
            draft = (await _open(tx, club, backfill_id)).draft
            said = draft.said_at(line)
            members = {member.user.id for member in await tx.members.of(club.id)}
            if said is None or (user_id is not None and user_id not in members):
                raise BackfillGone
            await tx.backfills.save(backfill_id, draft.with_name(said.name, user_id))
            await tx.commit()

    async def discard(self, club: Club, backfill_id: int, *, admin: bool) -> None:
        """Throw a draft away. Errors as `preview`."""
        if not admin:
            raise AdminsOnly
        async with self.store.write() as tx:
            await _open(tx, club, backfill_id)
            await tx.backfills.remove(backfill_id)
            await tx.commit()

    async def enter(self, club: Club, backfill_id: int, *, admin: bool) -> Entered:
        """Store all of a draft, or nothing; what is there already stays as it is.

        Errors as `preview`; BackfillOpen, BackfillEmpty.
        """
        if not admin:
            raise AdminsOnly
        zone = club.settings.zone
        async with self.store.write() as tx:
            draft = (await _open(tx, club, backfill_id)).draft
            if draft.to_settle:
                raise BackfillOpen(questions=draft.to_settle)
            plan = await _plan(tx, club, draft)
            if plan.empty:
                raise BackfillEmpty
            for pick in plan.picks:
                week = await tx.weeks.ensure(club.id, pick.week)
                at, revealed = PICKED.due(pick.week, zone), REVEALED.due(pick.week, zone)
                await tx.backfills.enter_pick(backfill_id, week.id, pick, at, revealed)
            given = [(rating, REVEALED.due(rating.week, zone)) for rating in plan.ratings]
            await tx.backfills.enter_ratings(backfill_id, given)
            await tx.backfills.close(backfill_id, BackfillState.STORED, self.clock.now())
            await tx.commit()
        return Entered(backfill_id, len(plan.picks), len(plan.ratings))

    async def undo(self, club: Club, backfill_id: int, *, admin: bool) -> Entered:
        """Take back what a backfill stored, within `UNDO`; scores people changed since are theirs and stay.

        AdminsOnly, BackfillGone, BackfillClosed, BackfillUndoExpired.
        """
        if not admin:
            raise AdminsOnly
        now = self.clock.now()
        async with self.store.write() as tx:
            backfill = await _of(tx, club, backfill_id)
            if backfill.state is not BackfillState.STORED or backfill.stored_at is None:
                raise BackfillClosed
            if now - backfill.stored_at > UNDO:
                raise BackfillUndoExpired(hours=int(UNDO.total_seconds()) // 3600)
            picks, ratings = await tx.backfills.take_back(backfill_id)
            await tx.backfills.close(backfill_id, BackfillState.UNDONE, now)
            await tx.commit()
        return Entered(backfill_id, picks, ratings)

    async def clean(self) -> None:
        """Throw away drafts that nobody came back to."""
        async with self.store.keep() as tx:
            await tx.backfills.purge(self.clock.now() - KEEP_DRAFTS)
            await tx.commit()

    async def _matched(self, club: Club, entry: Entry) -> Callable[[Entry], Entry]:
        """What a catalogue's answer changes about an entry."""
        search = await self.works.find(club, entry.kind, entry.text)
        position = certain(entry, search)
        if position is not None:
            with contextlib.suppress(CatalogueUnavailable, NotInCatalogue):
                return _is_work((await self.works.open(club, search.id, position)).work.id)
        return lambda entry: replace(entry, search_id=search.id, hits=len(search.hits))

    async def _keep_match(
        self, club: Club, backfill_id: int, place: int, change: Callable[[Entry], Entry]
    ) -> None:
        async with self.store.keep() as tx:
            draft = (await _open(tx, club, backfill_id)).draft
            if draft.entries[place].open:
                await tx.backfills.save(backfill_id, draft.with_entry(place, change(draft.entries[place])))
                await tx.commit()

    async def _get(self, club: Club, backfill_id: int, *, admin: bool) -> Backfill:
        if not admin:
            raise AdminsOnly
        async with self.store.read() as tx:
            return await _open(tx, club, backfill_id)

    async def _entry(self, club: Club, backfill_id: int, place: int, *, admin: bool) -> Entry:
        entry = (await self._get(club, backfill_id, admin=admin)).draft.entry(place)
        if entry is None:
            raise BackfillGone
        return entry

    async def _change(
        self, club: Club, backfill_id: int, changes: Mapping[int, Callable[[Entry], Entry]]
    ) -> None:
        async with self.store.write() as tx:
            draft = (await _open(tx, club, backfill_id)).draft
            for place, change in changes.items():
                draft = draft.with_entry(place, change(draft.entries[place]))
            await tx.backfills.save(backfill_id, draft)
            await tx.commit()


async def _of(tx: UnitOfWork, club: Club, backfill_id: int) -> Backfill:
    backfill = await tx.backfills.get(backfill_id)
    if backfill is None or backfill.club_id != club.id:
        raise BackfillGone
    return backfill


async def _open(tx: UnitOfWork, club: Club, backfill_id: int) -> Backfill:
    backfill = await _of(tx, club, backfill_id)
    if backfill.state is not BackfillState.DRAFT:
        raise BackfillClosed
    return backfill


async def _plan(tx: UnitOfWork, club: Club, draft: Draft) -> Plan:
    standing = await tx.backfills.standing(club.id, sorted({entry.week for entry in draft.entries}))
    users = {said.user_id for entry in draft.entries for said in entry.heard if said.user_id is not None}
    works = {entry.work_id for entry in draft.entries if entry.work_id is not None}
    return lay_out(draft, standing, await tx.backfills.rated(sorted(users), sorted(works)))


async def _preview(tx: UnitOfWork, club: Club, backfill: Backfill) -> Preview:
    draft = backfill.draft
    entry = draft.entries[draft.untitled[0]] if draft.untitled else None
    search_id = entry.search_id if entry is not None else None
    return Preview(
        backfill,
        plan=await _plan(tx, club, draft),
        works=await tx.backfills.works([e.work_id for e in draft.entries if e.work_id is not None]),
        members=tuple(member for member in await tx.members.of(club.id) if not member.nameless),
        search=await tx.searches.get(club.id, search_id) if search_id is not None else None,
    )


def _is_work(work_id: int) -> Callable[[Entry], Entry]:
    return lambda entry: replace(entry, work_id=work_id, left_out=False)


def _facts(entry: Entry) -> Facts:
    released = PartialDate(entry.year) if entry.year is not None else None
    if entry.kind is Kind.MOVIE:
        return MovieFacts(tmdb_id=None, title=entry.title, released=released)
    artists = (ArtistCredit(mbid=None, name=entry.artist),) if entry.artist else ()
    return AlbumFacts(mbid=None, title=entry.title, artists=artists, released=released)
