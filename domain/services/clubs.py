"""Clubs, rosters, and what both are set to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from domain.clubs import Settings
from domain.errors import AdminsOnly, NoSuchClub, NotOnRoster, UndoExpired
from domain.schedule import Schedule
from domain.services import owners, schedules
from domain.services.departures import departed
from domain.weeks import UNDO

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from domain.clock import Clock
    from domain.clubs import Club, Member, User
    from domain.ports import Store
    from domain.schedule import PostKind


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who acts, as Telegram names them. `language` is an IETF tag or None."""

    telegram_id: int
    name: str
    language: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where they act: a Telegram chat."""

    chat_id: int
    title: str
    private: bool


@dataclass(frozen=True, slots=True)
class Removed:
    """Somebody was taken off the roster; `owner` took over their week, where it was theirs."""

    user: User
    owner: User | None


@dataclass(frozen=True, slots=True)
class ClubService:
    """Everything about a club that is not a week."""

    store: Store
    clock: Clock

    async def meet(self, place: Place, visitor: Visitor | None, language: str) -> tuple[Club, User | None]:
        """The club of a place and the person acting in it, added or brought up to date where needed.

        A new club speaks `language`: that of whoever added the bot. `visitor` is None where Telegram hides
        the person (anonymous admins). Whoever is heard of is there: a sleeping club wakes, and who writes in
        private can be written to.
        """
        async with self.store.glance() as tx:
            club, user = await tx.clubs.met(
                place.chat_id, visitor.telegram_id if visitor is not None else None
            )
        known = visitor is None or (
            user is not None and (user.name, user.spoken) == (visitor.name, visitor.language)
        )
        if place.private and visitor is not None:
            known = known and user is not None and user.reachable
        if club is not None and club.title == place.title and not club.asleep and known:
            return club, user
        async with self.store.keep() as tx:
            if club is None:
                schedule = Schedule.of_one() if place.private else Schedule()
                settings = Settings(language=language, schedule=schedule)
                club = await tx.clubs.add(
                    place.chat_id, place.title, private=place.private, settings=settings
                )
                await schedules.keep(tx, club, self.clock.now())
            elif club.title != place.title:
                await tx.clubs.set_title(club.id, place.title)
                club = replace(club, title=place.title)
            if club.asleep:
                await tx.clubs.set_asleep(club.id, asleep=False)
                club = replace(club, asleep=False)
            if visitor is not None:
                user = await tx.users.save(visitor.telegram_id, visitor.name, visitor.language)
                if place.private:
                    await tx.users.set_reachable(user.id, reachable=True)
                    user = replace(user, reachable=True)
            await tx.commit()
        return club, user

    async def zone(self, chat_id: int) -> ZoneInfo | None:
        """The zone that the club of a chat keeps, None where there is no club."""
        async with self.store.read() as tx:
            club = await tx.clubs.by_chat(chat_id)
        return club.settings.zone if club is not None else None

    async def of_chat(self, chat_id: int) -> Club:
        """The club of a chat. NoSuchClub."""
        async with self.store.read() as tx:
            club = await tx.clubs.by_chat(chat_id)
        if club is None:
            raise NoSuchClub(chat_id=chat_id)
        return club

    async def lose(self, chat_id: int) -> None:
        """The bot was removed from a chat, or blocked by the person whose private chat it is."""
        async with self.store.write() as tx:
            club = await tx.clubs.by_chat(chat_id)
            if club is not None:
                await tx.clubs.set_asleep(club.id, asleep=True)
            person = await tx.users.by_telegram_id(chat_id)
            if person is not None:
                await tx.users.set_reachable(person.id, reachable=False)
            await tx.commit()

    async def introduce(self, club: Club) -> bool:
        """Whether the bot should introduce itself now: once per club, ever."""
        if club.introduced:
            return False
        async with self.store.write() as tx:
            await tx.clubs.set_introduced(club.id)
            await tx.commit()
        return True

    async def migrate(self, old_chat_id: int, new_chat_id: int) -> None:
        """Follow a group that became a supergroup (Bot API, `migrate_to_chat_id`).

        Telegram tells it from both sides and in any order, so a club that the new chat was given meanwhile
        gives way as long as it is empty. Doing it twice is harmless.
        """
        async with self.store.write() as tx:
            old = await tx.clubs.by_chat(old_chat_id)
            new = await tx.clubs.by_chat(new_chat_id)
            if old is not None and (new is None or await tx.clubs.remove_empty(new.id)):
                await tx.clubs.rekey(old.id, new_chat_id)
            await tx.commit()

    async def join(self, club: Club, user: User) -> bool:
        """Put somebody on the roster; False where they were on it."""
        async with self.store.write() as tx:
            joined = await tx.members.join(club.id, user.id, self.clock.now())
            await tx.commit()
        return joined

    async def leave(self, club: Club, user: User) -> User | None:
        """Take somebody off the roster; their scores stay in the averages. NotOnRoster.

        Whoever takes over their week, if it was theirs and has no picks.
        """
        now = self.clock.now()
        async with self.store.write() as tx:
            if not await tx.members.leave(club.id, user.id, now):
                raise NotOnRoster
            owner = await departed(tx, club, user, now)
            await tx.commit()
        return owner

    async def drop_name(self, club: Club, user: User) -> None:
        """Show somebody who left without their name. NotOnRoster where they never left."""
        async with self.store.write() as tx:
            members = await tx.members.of(club.id)
            if not any(member.user.id == user.id and not member.active for member in members):
                raise NotOnRoster
            await tx.members.drop_name(club.id, user.id)
            await tx.commit()

    async def roster(self, club: Club) -> tuple[Member, ...]:
        """The active members, in the order of joining."""
        async with self.store.read() as tx:
            return tuple(member for member in await tx.members.of(club.id) if member.active)

    async def remove(self, club: Club, user_id: int, *, admin: bool) -> Removed:
        """An admin takes somebody off the roster, as if they had left. AdminsOnly, NotOnRoster."""
        if not admin:
            raise AdminsOnly
        now = self.clock.now()
        async with self.store.write() as tx:
            members = await tx.members.of(club.id)
            member = next((m for m in members if m.user.id == user_id and m.active), None)
            if member is None:
                raise NotOnRoster
            await tx.members.leave(club.id, user_id, now)
            owner = await departed(tx, club, member.user, now)
            await tx.commit()
        return Removed(member.user, owner)

    async def restore(self, club: Club, user_id: int, *, admin: bool) -> Member:
        """Undo a removal within `UNDO`: they are back in their place in the order of turns.

        A week that went to somebody else stays with them. AdminsOnly, NotOnRoster, also for somebody who was
        forgotten meanwhile, UndoExpired.
        """
        if not admin:
            raise AdminsOnly
        now = self.clock.now()
        async with self.store.write() as tx:
            members = await tx.members.of(club.id)
            member = next((m for m in members if m.user.id == user_id), None)
            if member is None or member.user.telegram_id is None:
                raise NotOnRoster
            if member.left is not None:
                if now - member.left > UNDO:
                    raise UndoExpired(seconds=int(UNDO.total_seconds()))
                line = sorted((m for m in members if m.active or m is member), key=lambda m: m.turn)
                await tx.members.join(club.id, user_id, now)
                await tx.members.set_turns(club.id, [m.user.id for m in line])
            await tx.commit()
        return replace(member, left=None)

    async def due(self, club: Club, kind: PostKind) -> datetime | None:
        """When a kind of post comes next, in UTC; None where it is off."""
        async with self.store.read() as tx:
            ahead = await tx.posts.of_club(club.id)
        return next((post.due_at for post in ahead if post.kind is kind), None)

    def local_time(self, club: Club) -> datetime:
        """What the club's clocks show now."""
        return self.clock.now().astimezone(club.settings.zone)

    async def change(self, club: Club, settings: Settings, *, admin: bool) -> Club:
        """Store a club's settings; its schedule and this week's owner follow. AdminsOnly."""
        if not admin:
            raise AdminsOnly
        now, changed = self.clock.now(), replace(club, settings=settings)
        async with self.store.write() as tx:
            await tx.clubs.set_settings(club.id, settings)
            if settings.picking is not club.settings.picking:
                await owners.switch(tx, changed, changed.week(now), changed.day(now))
            await schedules.keep(tx, changed, now)
            await tx.commit()
        return changed

    async def speak(self, user: User, language: str | None) -> User:
        """Set what the bot speaks to somebody; None follows their Telegram."""
        async with self.store.write() as tx:
            await tx.users.set_language(user.id, language)
            await tx.commit()
        return replace(user, language=language)
