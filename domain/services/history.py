"""Looking back: past weeks, the best works, one's own scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.history import LAST_SCORES, LEAST_SCORES, PAGE_SIZE, BestPage, HistoryPage, PastWeek, span

if TYPE_CHECKING:
    from domain.clock import Clock
    from domain.clubs import Club, User
    from domain.history import Mine
    from domain.isoweek import IsoWeek
    from domain.ports import Store, UnitOfWork
    from domain.works import Kind


@dataclass(frozen=True, slots=True)
class HistoryService:
    """What a club has seen, heard and thought of it. Scores a blind club is yet to see count nowhere."""

    store: Store
    clock: Clock

    async def older(self, club: Club, year: int | None, before: IsoWeek | None = None) -> HistoryPage:
        """The newest past weeks with picks, of a year or of all; where a week is given, those before it."""
        first, end = self._span(club, year)
        edge = end if before is None else min(before, end)
        async with self.store.read() as tx:
            found = await tx.history.weeks(club.id, first, edge, PAGE_SIZE + 1, ascending=False)
            newer = edge < end and bool(await tx.history.weeks(club.id, edge, end, 1, ascending=True))
            weeks = await self._with_picks(tx, club, found[:PAGE_SIZE])
        return HistoryPage(year, self._current(club), weeks, newer=newer, older=len(found) > PAGE_SIZE)

    async def newer(self, club: Club, year: int | None, after: IsoWeek) -> HistoryPage:
        """The page of past weeks that ends after a week; the newest page where it would not be full."""
        first, end = self._span(club, year)
        async with self.store.read() as tx:
            found = await tx.history.weeks(
                club.id, max(first, after.next()), end, PAGE_SIZE + 1, ascending=True
            )
            weeks = await self._with_picks(tx, club, found[:PAGE_SIZE][::-1])
        if len(weeks) < PAGE_SIZE:
            return await self.older(club, year)
        return HistoryPage(year, self._current(club), weeks, newer=len(found) > PAGE_SIZE, older=True)

    async def best(self, club: Club, kind: Kind | None, year: int | None, page: int) -> BestPage:
        """A page of the club's best works by average; of equal ones the more scored, then the newer first."""
        first, end = span(year)
        async with self.store.read() as tx:
            found = await tx.history.best(
                club.id,
                kind,
                first,
                end,
                least=LEAST_SCORES if not club.private else 1,
                revealed=club.settings.blind,
                limit=PAGE_SIZE + 1,
                offset=page * PAGE_SIZE,
            )
        return BestPage(kind, year, page, found[:PAGE_SIZE], more=len(found) > PAGE_SIZE)

    async def mine(self, club: Club, user: User) -> Mine:
        """Somebody's scores in this club; without those that a blind club is yet to see."""
        async with self.store.read() as tx:
            return await tx.history.mine(club.id, user.id, LAST_SCORES, revealed=club.settings.blind)

    async def _with_picks(
        self, tx: UnitOfWork, club: Club, weeks: tuple[tuple[int, IsoWeek], ...]
    ) -> tuple[PastWeek, ...]:
        picks = await tx.history.picks([week_id for week_id, _ in weeks], revealed=club.settings.blind)
        return tuple(PastWeek(week_id, iso, picks.get(week_id, ())) for week_id, iso in weeks)

    def _current(self, club: Club) -> IsoWeek:
        return club.week(self.clock.now())

    def _span(self, club: Club, year: int | None) -> tuple[IsoWeek, IsoWeek]:
        """As `span`, up to the current week."""
        first, end = span(year)
        return first, max(first, min(end, self._current(club)))
