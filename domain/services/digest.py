"""The digest: what is told of a week once it is over."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from domain import zones
from domain.clubs import Picking
from domain.digest import Digest, leans, missing
from domain.rarities import rarest
from domain.services import schedules
from domain.services.owners import standing_of
from domain.services.weeks import week_card

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from domain.clock import Clock
    from domain.clubs import Club, User
    from domain.isoweek import IsoWeek
    from domain.ports import Store, UnitOfWork


@dataclass(frozen=True, slots=True)
class DigestService:
    """Digests of clubs' weeks, and who wants theirs in private."""

    store: Store
    clock: Clock

    async def build(self, club: Club, week: IsoWeek) -> Digest | None:
        """The digest of a club's week as it stands; None where the week has no picks."""
        async with self.store.read() as tx:
            return await digest_of(tx, club, week)

    async def of_clubs(self, user: User) -> tuple[Digest, ...]:
        """The digests of somebody's groups: of this week where all is revealed, else of the last."""
        now = self.clock.now()
        found: list[Digest] = []
        async with self.store.read() as tx:
            for club in await tx.clubs.of_user(user.id):
                if club.private or club.asleep:
                    continue
                this = club.week(now)
                for week in (this, this.previous()):
                    told = await digest_of(tx, club, week)
                    if told is not None and all(card.pick.revealed_at for card in told.week.picks):
                        found.append(told)
                        break
        return tuple(found)

    async def want(self, user: User, club: Club, *, wants: bool) -> User:
        """Whether somebody gets the digests of their clubs in private; `club` is where they said so.

        They come an hour after the groups': a private chat that never set its zone takes that of a group.
        """
        async with self.store.write() as tx:
            await tx.users.set_wants_digest(user.id, wants=wants)
            zone = await _zone_of_a_group(tx, user)
            if wants and club.private and club.settings.zone.key == zones.UTC and zone is not None:
                moved = replace(club, settings=replace(club.settings, zone=zone))
                await tx.clubs.set_settings(club.id, moved.settings)
                await schedules.keep(tx, moved, self.clock.now())
            await tx.commit()
        return replace(user, wants_digest=wants)


async def _zone_of_a_group(tx: UnitOfWork, user: User) -> ZoneInfo | None:
    """Where one of somebody's groups lives, as far as an admin has said so."""
    lived_in = (club.settings.zone for club in await tx.clubs.of_user(user.id) if not club.private)
    return next((zone for zone in lived_in if zone.key != zones.UTC), None)


async def digest_of(tx: UnitOfWork, club: Club, iso: IsoWeek) -> Digest | None:
    """As `DigestService.build`, inside a transaction: what it reveals is told."""
    week = await tx.weeks.at(club.id, iso)
    if week is None:
        return None
    card = await week_card(tx, club, week)
    if not card.picks:
        return None
    roster = tuple(member for member in await tx.members.of(club.id) if member.active)
    answers = await tx.ratings.answers([shown.pick for shown in card.picks])
    generous, harsh = leans(card.picks)
    return Digest(
        club,
        card,
        fact=rarest(await tx.records.of(club.id, iso)),
        generous=generous,
        harsh=harsh,
        missing=missing(roster, answers),
        next_owner=await _next_owner(tx, club, iso),
    )


async def _next_owner(tx: UnitOfWork, club: Club, iso: IsoWeek) -> User | None:
    """Whose turn the following week is, or will be if nothing changes."""
    if club.settings.picking is not Picking.TURNS:
        return None
    following = iso.next()
    standing = await standing_of(tx, club, following)
    return standing.owner or standing.first(following.monday)
