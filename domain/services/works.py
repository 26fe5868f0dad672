"""Finding works, opening them, adding them by hand."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from domain.errors import (
    CatalogueNotConfigured,
    CatalogueUnavailable,
    SearchGone,
    TitleMissing,
    TitleTooLong,
    WorkGone,
    YearOutOfRange,
)
from domain.search import EARLIEST_YEAR, YEARS_AHEAD, parse_query, shown, split_artist, split_year
from domain.works import AlbumFacts, ArtistCredit, Facts, Kind, MovieFacts, PartialDate, Source, WorkCard

if TYPE_CHECKING:
    from domain.clock import Clock
    from domain.clubs import Club
    from domain.ports import AlbumCatalogue, Covers, Critics, Fetched, MovieCatalogue, Store
    from domain.search import Search
    from domain.works import CriticRating, WorkRef

FRESH = timedelta(days=30)
TITLE_LIMIT = 200
PATIENCE = 5.0
"""Seconds that somebody waits for a search without a word about it."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Catalogues:
    """The outside sources of works. `movies` and `critics` are None where the owner set no key."""

    movies: MovieCatalogue | None
    albums: AlbumCatalogue
    covers: Covers
    critics: Critics | None


@dataclass(frozen=True, slots=True)
class WorkService:
    """Everything about works that is not a club's opinion of them."""

    store: Store
    clock: Clock
    catalogues: Catalogues

    def wait(self, kind: Kind) -> int:
        """How many seconds those who wait for a catalogue's turn still wait at most; 0 for a few."""
        seconds = self.catalogues.albums.wait if kind is Kind.ALBUM else 0.0
        return round(seconds) if seconds > PATIENCE else 0

    async def find(self, club: Club, kind: Kind, text: str) -> Search:
        """Ask the catalogue and keep what it answered, so that the search's buttons work for ever.

        QueryTooLong, CatalogueNotConfigured, CatalogueBusy, CatalogueUnavailable, and SearchGone where the
        club is gone by then.
        """
        now = self.clock.now()
        query = parse_query(text, now.year)
        catalogue = self._movies if kind is Kind.MOVIE else self.catalogues.albums
        found = await catalogue.search(query)
        async with self.store.keep() as tx:
            # Meanwhile it may have given way to the group that became this supergroup, or been forgotten.
            kept = await tx.clubs.get(club.id) or await tx.clubs.by_chat(club.chat_id)
            if kept is None:
                raise SearchGone
            search = await tx.searches.add(kept.id, kind, text.strip(), found.value, now, stale=found.stale)
            await tx.commit()
        return search

    async def draft(self, club: Club, text: str) -> tuple[Search, Search]:
        """Keep a title somebody wants to add, once as a movie and once as an album, for them to choose."""
        now = self.clock.now()
        by_hand(Kind.MOVIE, text, now.year)
        async with self.store.keep() as tx:
            movie = await tx.searches.add(club.id, Kind.MOVIE, text.strip(), (), now, stale=False)
            album = await tx.searches.add(club.id, Kind.ALBUM, text.strip(), (), now, stale=False)
            await tx.commit()
        return movie, album

    async def search(self, club: Club, search_id: int) -> Search:
        """A search that was made in this club. SearchGone."""
        async with self.store.read() as tx:
            search = await tx.searches.get(club.id, search_id)
        if search is None:
            raise SearchGone
        return search

    async def open(self, club: Club, search_id: int, position: int) -> WorkCard:
        """A search's hit with all its facts: ours while fresh, the catalogue's otherwise.

        Facts of ours are served marked stale when the catalogue is down. What a source that is down left
        out, cover or critics' ratings, stays as it was, and is asked for again the next time. SearchGone,
        NotInCatalogue, CatalogueUnavailable, CatalogueNotConfigured.
        """
        search = await self.search(club, search_id)
        if not 0 <= position < len(search.hits):
            raise SearchGone
        ref = search.hits[position].ref
        async with self.store.read() as tx:
            work_id = await tx.works.find(ref)
            kept = await tx.works.facts(work_id) if work_id is not None else None
        if work_id is not None and kept is not None and kept[1] > self.clock.now() - FRESH:
            return await self.card(work_id)
        try:
            fetched, whole = await self._fetch(ref, kept[0] if kept is not None else None)
        except CatalogueUnavailable:
            if work_id is None:
                raise
            return replace(await self.card(work_id), stale=True)
        return await self._keep(fetched.value, stale=fetched.stale, whole=whole)

    async def card(self, work_id: int) -> WorkCard:
        """A stored work with its facts as they are. WorkGone."""
        async with self.store.read() as tx:
            work = await tx.works.get(work_id)
            kept = await tx.works.facts(work_id)
        if work is None or kept is None:
            raise WorkGone
        return WorkCard(work, kept[0])

    async def add_by_hand(self, kind: Kind, text: str) -> WorkCard:
        """Add what no catalogue has, from `Title (Year)` or `Artist – Title (Year)`, unless it is there.

        TitleMissing, TitleTooLong, YearOutOfRange.
        """
        return await self.add(by_hand(kind, text, self.clock.now().year))

    async def add(self, facts: Facts) -> WorkCard:
        """Add facts that no catalogue has; the work there is with exactly these, if any."""
        kind = Kind.MOVIE if isinstance(facts, MovieFacts) else Kind.ALBUM
        artist = facts.artist or None if isinstance(facts, AlbumFacts) else None
        year = facts.released.year if facts.released is not None else None
        async with self.store.keep() as tx:
            work_id = await tx.works.find_by_hand(kind, facts.title, artist, year)
            if work_id is None:
                work_id = await tx.works.save(facts, self.clock.now())
            await tx.commit()
        return await self.card(work_id)

    async def add_searched(self, club: Club, search_id: int) -> WorkCard:
        """Add by hand what a search was for. SearchGone, and as `add_by_hand`."""
        search = await self.search(club, search_id)
        return await self.add_by_hand(search.kind, search.text)

    @property
    def _movies(self) -> MovieCatalogue:
        if self.catalogues.movies is None:
            raise CatalogueNotConfigured(Kind.MOVIE)
        return self.catalogues.movies

    async def _fetch(
        self, ref: WorkRef, kept: Facts | None
    ) -> tuple[Fetched[MovieFacts] | Fetched[AlbumFacts], bool]:
        """What the catalogues say, and whether all of them said it; `kept` are the facts we have."""
        if ref.source is Source.TMDB:
            return await self._movie(int(ref.key), kept.critics if isinstance(kept, MovieFacts) else ())
        return await self._album(ref.key, kept.image if kept is not None else None)

    async def _movie(self, tmdb_id: int, kept: tuple[CriticRating, ...]) -> tuple[Fetched[MovieFacts], bool]:
        movie = await self._movies.movie(tmdb_id)
        critics, imdb_id = self.catalogues.critics, movie.value.imdb_id
        if critics is None or imdb_id is None:
            return movie, True
        try:
            ratings, whole = await critics.ratings(imdb_id), True
        except CatalogueUnavailable:
            log.warning("no critics' ratings for %s: OMDb is unavailable", imdb_id)
            ratings, whole = kept, False
        return replace(movie, value=replace(movie.value, critics=ratings)), whole

    async def _album(self, mbid: str, kept: str | None) -> tuple[Fetched[AlbumFacts], bool]:
        album, (cover, whole) = await asyncio.gather(
            self.catalogues.albums.album(mbid), self._cover(mbid, kept)
        )
        return replace(album, value=replace(album.value, image=cover)), whole

    async def _cover(self, mbid: str, kept: str | None) -> tuple[str | None, bool]:
        try:
            return await self.catalogues.covers.front(mbid), True
        except CatalogueUnavailable:
            log.warning("no cover for %s: the Cover Art Archive is unavailable", mbid)
            return kept, False

    async def _keep(self, facts: Facts, *, stale: bool, whole: bool) -> WorkCard:
        now = self.clock.now()
        async with self.store.keep() as tx:
            work_id = await tx.works.save(facts, now if whole and not stale else now - FRESH)
            await tx.commit()
        return replace(await self.card(work_id), stale=stale)


def by_hand(kind: Kind, text: str, this_year: int) -> Facts:
    """Read `Title`, `Title 1995` or `Title (1995)`, for albums with `Artist – ` before it.

    A text that is nothing but a number is a title. TitleMissing, TitleTooLong, YearOutOfRange.
    """
    title, year = split_year(shown(text))
    last = this_year + YEARS_AHEAD
    if year is not None and not EARLIEST_YEAR <= year <= last:
        raise YearOutOfRange(year=year, first=EARLIEST_YEAR, last=last)
    released = PartialDate(year) if year is not None else None
    if not title:
        raise TitleMissing
    if len(title) > TITLE_LIMIT:
        raise TitleTooLong(limit=TITLE_LIMIT)
    if kind is Kind.MOVIE:
        return MovieFacts(tmdb_id=None, title=title, released=released)
    artist, title = split_artist(title)
    artists = (ArtistCredit(mbid=None, name=artist),) if artist else ()
    return AlbumFacts(mbid=None, title=title, artists=artists, released=released)
