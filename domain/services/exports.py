"""Taking things along: a club's weeks, and what is known of one person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.errors import AdminsOnly
from domain.export_files import Writing
from domain.exports import club_header, person_header
from domain.letterboxd import HEADER, LIMIT, line
from domain.works import Kind

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from domain.clock import Clock
    from domain.clubs import Club, User
    from domain.export_files import Piece
    from domain.exports import Entry
    from domain.ports import Store, UnitOfWork

Pieces = tuple["Piece", ...]
TAG = "wrong-opinions"
"""What the entries are tagged with on Letterboxd."""


@dataclass(frozen=True, slots=True)
class ExportService:
    """Streams: entries are read as they are taken, in one view of the database; close what is left early."""

    store: Store
    clock: Clock

    async def club(self, club: Club, *, admin: bool) -> AsyncGenerator[Pieces, None]:
        """A club's files, entry by entry: what its members may see of each other. AdminsOnly."""
        if not admin:
            raise AdminsOnly
        writing = Writing()
        yield tuple(writing.begin(club_header(club, self.clock.now())))
        async with self.store.read() as tx:
            async for section, entry in _club(tx, club):
                yield tuple(writing.add(section, entry))
        yield tuple(writing.end())

    async def person(self, user: User) -> AsyncGenerator[Pieces, None]:
        """Somebody's files, entry by entry: all that is known of them, and nobody else's scores."""
        writing = Writing()
        yield tuple(writing.begin(person_header(user, self.clock.now())))
        async with self.store.read() as tx:
            async for section, entry in _person(tx, user):
                yield tuple(writing.add(section, entry))
        yield tuple(writing.end())

    async def copies(self) -> tuple[tuple[str, AsyncGenerator[Pieces, None]], ...]:
        """The files that clubs and people want to lie beside the backups, by their names."""
        async with self.store.read() as tx:
            clubs, people = await tx.clubs.with_copies(), await tx.users.with_copies()
        return (
            *((f"club-{club.id}.json", self.club(club, admin=True)) for club in clubs),
            *((f"person-{user.id}.json", self.person(user)) for user in people),
        )

    async def letterboxd(self, user: User, club: Club) -> AsyncGenerator[str, None]:
        """Somebody's movies in the parts Letterboxd takes; nothing where there are none.

        Days are those of `club`, their private chat.
        """
        part, size = [HEADER], len(HEADER)
        async with self.store.read() as tx:
            async for rating in tx.exports.own_ratings(user.id):
                if rating.work.kind is not Kind.MOVIE:
                    continue
                entry = line(rating, TAG, club.settings.zone)
                if size + len(entry.encode()) > LIMIT:
                    yield "".join(part)
                    part, size = [HEADER], len(HEADER)
                part.append(entry)
                size += len(entry.encode())
        if len(part) > 1:
            yield "".join(part)


async def _club(tx: UnitOfWork, club: Club) -> AsyncIterator[tuple[str, Entry | None]]:
    yield "people", None
    for person in await tx.exports.people(club.id):
        yield "people", person
    yield "works", None
    async for work in tx.exports.works(club.id):
        yield "works", work
    yield "weeks", None
    async for week in tx.exports.weeks(club.id):
        yield "weeks", week
    yield "ratings", None
    async for rating in tx.exports.ratings(club.id):
        yield "ratings", rating


async def _person(tx: UnitOfWork, user: User) -> AsyncIterator[tuple[str, Entry | None]]:
    yield "clubs", None
    clubs = await tx.exports.own_clubs(user.id)
    for club in clubs.values():
        yield "clubs", club
    yield "works", None
    async for work in tx.exports.own_works(user.id):
        yield "works", work
    yield "ratings", None
    async for rating in tx.exports.own_ratings(user.id):
        yield "ratings", rating
    yield "picks", None
    async for pick in tx.exports.own_picks(user.id, clubs):
        yield "picks", pick
    yield "absences", None
    async for absence in tx.exports.own_absences(user.id, clubs):
        yield "absences", absence
