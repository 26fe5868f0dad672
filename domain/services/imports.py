"""Bringing a club's file in: read, looked over, stored all at once. `BackfillService.undo` takes it back."""

from __future__ import annotations

import asyncio
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from domain.drafts import BackfillState
from domain.errors import AdminsOnly, BackfillEmpty, BackfillGone
from domain.import_files import parse, unpack
from domain.import_plan import arrange
from domain.imports import read
from domain.services.backfill import Entered
from domain.works import AlbumFacts, ArtistCredit, Kind, MovieFacts, PartialDate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.clock import Clock
    from domain.clubs import Club, User
    from domain.exports import ExportedWork
    from domain.import_plan import ImportPlan
    from domain.imports import ClubFile
    from domain.ports import Store
    from domain.works import Facts

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When a catalogue was asked for what a file says of a work: the first look at it asks."""


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """A file that was read, and what storing it would do; without an id where that is nothing."""

    file: ClubFile
    plan: ImportPlan
    backfill_id: int | None


@dataclass(frozen=True, slots=True)
class ImportService:
    """All of it is for admins. `admin` says that the person is one, in Telegram's eyes."""

    store: Store
    clock: Clock

    async def begin(self, club: Club, user: User | None, content: bytes, *, admin: bool) -> ImportPreview:
        """Read a file and keep it until it is stored or thrown away. AdminsOnly, FileTooLarge, BadExport.

        The update it came with is not done by this: after a crash the file is read again.
        """
        if not admin:
            raise AdminsOnly
        now = self.clock.now()
        file, kept = await asyncio.to_thread(_opened, content, now)
        async with self.store.keep() as tx:
            plan = arrange(file, await tx.imports.there(club.id, file))
            backfill_id = None
            if not plan.empty:
                backfill_id = await tx.imports.add(club.id, user.id if user is not None else None, kept, now)
                await tx.commit()
        return ImportPreview(file, plan, backfill_id)

    async def enter(self, club: Club, backfill_id: int, *, admin: bool) -> Entered:
        """Store all of a file, or nothing; what is there already stays as it is.

        AdminsOnly, BackfillGone, BackfillEmpty.
        """
        if not admin:
            raise AdminsOnly
        now = self.clock.now()
        async with self.store.read() as tx:
            kept = await tx.imports.file(club.id, backfill_id)
        if kept is None:
            raise BackfillGone
        file = await asyncio.to_thread(_again, kept, now)
        async with self.store.write() as tx:
            if await tx.imports.file(club.id, backfill_id) is None:
                raise BackfillGone
            there = await tx.imports.there(club.id, file)
            plan = arrange(file, there)
            if plan.empty:
                raise BackfillEmpty
            works = {**there.works, **await tx.imports.add_works(_lacking(plan, there.works), NEVER)}
            await tx.imports.enter(club.id, backfill_id, plan, works, now)
            await tx.backfills.close(backfill_id, BackfillState.STORED, now)
            await tx.commit()
        return Entered(backfill_id, len(plan.picks), len(plan.ratings))


def _opened(content: bytes, now: datetime) -> tuple[ClubFile, bytes]:
    text = unpack(content)
    return read(parse(text), now), zlib.compress(text)


def _again(kept: bytes, now: datetime) -> ClubFile:
    return read(parse(zlib.decompress(kept)), now)


def _lacking(plan: ImportPlan, there: Mapping[str, int]) -> dict[str, Facts]:
    """What the file says of those works of a plan that we lack, by their ids in it."""
    wanted = [pick.work for _, _, pick in plan.picks] + [rating.work for rating in plan.ratings]
    return {work.id: _facts(work) for work in wanted if work.id not in there}


def _facts(work: ExportedWork) -> Facts:
    released = PartialDate.parse(work.released)
    if released is None and work.year is not None:
        released = PartialDate(work.year)
    if work.kind is Kind.MOVIE:
        return MovieFacts(
            tmdb_id=work.tmdb,
            title=work.title,
            imdb_id=work.imdb,
            original_title=work.original_title,
            released=released,
        )
    artists = (ArtistCredit(mbid=None, name=work.artist),) if work.artist else ()
    return AlbumFacts(mbid=work.musicbrainz, title=work.title, artists=artists, released=released)
