"""The weekly rhythm: what is due, who may send it, what it says, and what became of it.

The database is the schedule. An occurrence is claimed, its state changes are made and its contents are read
in one transaction; it is sent after that, and settled in another one, which puts the next on the schedule.
Found claimed with its lease over, its process ended in between: a digest is sent again, everything else
counts as sent (docs/decisions/0010).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from domain.clubs import Picking
from domain.digest import Digest
from domain.schedule import Post, PostKind, PostState
from domain.services import owners, schedules
from domain.services.digest import DigestService, digest_of
from domain.services.owners import Handover
from domain.services.weeks import week_card
from domain.weeks import Pick, WeekCard
from domain.works import Kind

if TYPE_CHECKING:
    from datetime import datetime

    from domain.clock import Clock
    from domain.clubs import Club, User
    from domain.isoweek import IsoWeek
    from domain.ports import Store, UnitOfWork

LATE = timedelta(hours=6)
"""So late nobody wants to be reminded any more."""

LEASE = timedelta(minutes=10)
"""How long a claim holds; whoever claimed must have begun to send well before it is over."""

ATTEMPTS = 3
"""Claims after which a digest that ends its process each time is given up."""

CLUBS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class NewWeek:
    """A week begins. `last` is the one before, None without picks; `following` gets the next one."""

    week: WeekCard
    last: WeekCard | None
    following: User | None


@dataclass(frozen=True, slots=True)
class PickReminder:
    """Slots of these kinds are free; `owner` is whose turn it is."""

    free: tuple[Kind, ...]
    owner: User | None


@dataclass(frozen=True, slots=True)
class ScoreReminder:
    """`silent` have left one of these picks, none of them revealed, without an answer."""

    picks: tuple[Pick, ...]
    silent: tuple[User, ...]


@dataclass(frozen=True, slots=True)
class OwnDigests:
    """The digests of a person's clubs, for their private chat."""

    user: User
    digests: tuple[Digest, ...]


Content = NewWeek | PickReminder | Handover | ScoreReminder | Digest | OwnDigests


@dataclass(frozen=True, slots=True)
class Claimed:
    """An occurrence that is ours to send before its lease is over."""

    post: Post
    club: Club
    content: Content


@dataclass(frozen=True, slots=True)
class PostService:
    """What the posts job asks."""

    store: Store
    clock: Clock

    async def take_up(self) -> None:
        """Put every awake club on the schedule that is not on it: those from before there was one."""
        async with self.store.read() as tx:
            bare = [club for club in await tx.clubs.unscheduled() if schedules.kinds(club)]
        now = self.clock.now()
        for start in range(0, len(bare), CLUBS_AT_ONCE):
            async with self.store.keep() as tx:
                for club in bare[start : start + CLUBS_AT_ONCE]:
                    await schedules.keep(tx, club, now)
                await tx.commit()

    async def reschedule(self, club: Club) -> None:
        """Bring a club's schedule in line with its settings."""
        async with self.store.keep() as tx:
            await schedules.keep(tx, club, self.clock.now())
            await tx.commit()

    async def due(self, limit: int) -> tuple[Post, ...]:
        """What is to be sent now, in order of due time."""
        async with self.store.read() as tx:
            return await tx.posts.due(self.clock.now(), limit)

    async def count_due(self) -> int:
        """How many occurrences are due and not yet sent."""
        async with self.store.read() as tx:
            return await tx.posts.count_due(self.clock.now())

    async def next_due(self) -> datetime | None:
        """When the next occurrence is due; None where none is ahead."""
        async with self.store.read() as tx:
            return await tx.posts.next_due(self.clock.now())

    async def claim(self, post: Post) -> Claimed | None:
        """Take an occurrence, change what changes with it, and read what it says.

        None where there is nothing to send: somebody else has it, it is too late or has nothing to say (and
        is settled by that), or an earlier process may have sent it.
        """
        now, own = self.clock.now(), await self._own_digests(post)
        async with self.store.keep() as tx:
            club = await tx.clubs.get(post.club_id)
            found = next((each for each in await tx.posts.of_club(post.club_id) if each.id == post.id), None)
            claimed = await tx.posts.claim(post.id, now, now + LEASE)
            if club is None or found is None or claimed is None:
                return None
            content = await _content(tx, club, found, now)
            if own is not None and content is PostState.SKIPPED:
                content = own
            if isinstance(content, PostState):
                await _settle(tx, club, claimed, content, now)
            await tx.commit()
        return None if isinstance(content, PostState) else Claimed(claimed, club, content)

    async def settle(self, claimed: Claimed, state: PostState, message_id: int | None = None) -> None:
        """Note what became of an occurrence, and put the next on the schedule."""
        await self._close(claimed.post, state, message_id)

    async def give_up(self, post: Post) -> None:
        """Note that an occurrence cannot be sent, ever, and go on with the next."""
        await self._close(post, PostState.FAILED, None)

    async def release(self, claimed: Claimed) -> None:
        """Give back an occurrence that surely was not sent, with what changed by it and nobody heard of."""
        async with self.store.keep() as tx:
            await _give_back(tx, claimed)
            await tx.commit()

    async def sleep(self, claimed: Claimed) -> None:
        """The bot cannot write to the club: it sleeps, and its posts wait until it wakes."""
        async with self.store.keep() as tx:
            await tx.clubs.set_asleep(claimed.club.id, asleep=True)
            await _give_back(tx, claimed)
            await tx.commit()

    async def unreachable(self, user: User) -> None:
        """Note that somebody's private chat is closed."""
        async with self.store.keep() as tx:
            await tx.users.set_reachable(user.id, reachable=False)
            await tx.commit()

    async def _close(self, post: Post, state: PostState, message_id: int | None) -> None:
        now = self.clock.now()
        async with self.store.keep() as tx:
            club = await tx.clubs.get(post.club_id)
            if club is not None:
                await _settle(tx, club, post, state, now, message_id)
            await tx.commit()

    async def _own_digests(self, post: Post) -> OwnDigests | None:
        """What goes to a private chat in a digest's place, for those who asked."""
        if post.kind is not PostKind.DIGEST:
            return None
        async with self.store.read() as tx:
            club = await tx.clubs.get(post.club_id)
            user = await tx.users.by_telegram_id(club.chat_id) if club is not None and club.private else None
        if user is None or not user.wants_digest:
            return None
        digests = await DigestService(self.store, self.clock).of_clubs(user)
        return OwnDigests(user, digests) if digests else None


async def _give_back(tx: UnitOfWork, claimed: Claimed) -> None:
    """Release a claim that is still this one's: another process may have it after the lease."""
    released = await tx.posts.release(claimed.post.id, claimed.post.attempt)
    if released and isinstance(claimed.content, Handover):
        await owners.take_back(tx, claimed.club, claimed.post.week, claimed.content)


async def _settle(
    tx: UnitOfWork, club: Club, post: Post, state: PostState, now: datetime, message_id: int | None = None
) -> None:
    if await tx.posts.settle(post.id, state, now, message_id):
        await schedules.go_on(tx, club, post, now)


async def _content(tx: UnitOfWork, club: Club, post: Post, now: datetime) -> Content | PostState:
    """What an occurrence says, or what becomes of it unsaid. `post` is as it was before it was claimed."""
    cut_off = post.state is PostState.SENDING
    if post.kind is PostKind.DIGEST:
        if cut_off and post.attempt >= ATTEMPTS:
            return PostState.FAILED
        return await _digest(tx, club, post.week, now) or PostState.SKIPPED
    if cut_off:
        return PostState.SENT
    content = await _reminder(tx, club, post, now)
    return PostState.SKIPPED if content is None or now - post.due_at > LATE else content


async def _reminder(tx: UnitOfWork, club: Club, post: Post, now: datetime) -> Content | None:
    """A reminder's content, once what changes with it is changed; None where there is nothing to say."""
    if post.week < club.week(now):
        return None
    match post.kind:
        case PostKind.NEW_WEEK:
            return await _new_week(tx, club, post.week, now)
        case PostKind.PICK_REMINDER:
            return await _pick_reminder(tx, club, post.week)
        case PostKind.HANDOVER:
            return await owners.hand_over(tx, club, post.week, club.day(now))
        case _:
            return await _score_reminder(tx, club, post.week)


async def _new_week(tx: UnitOfWork, club: Club, iso: IsoWeek, now: datetime) -> NewWeek:
    await owners.begin(tx, club, iso, club.day(now))
    week, last = await _card(tx, club, iso), await _card(tx, club, iso.previous())
    following = None
    if club.settings.picking is Picking.TURNS:
        standing = await owners.standing_of(tx, club, iso)
        following = standing.begun(club.day(now)).first(iso.next().monday)
    return NewWeek(week, last if last.picks else None, following)


async def _pick_reminder(tx: UnitOfWork, club: Club, iso: IsoWeek) -> PickReminder | None:
    week = await _card(tx, club, iso)
    taken = [card.pick.kind for card in week.picks]
    free = tuple(kind for kind in Kind if taken.count(kind) < club.settings.slots(kind))
    return PickReminder(free, week.owner) if free else None


async def _score_reminder(tx: UnitOfWork, club: Club, iso: IsoWeek) -> ScoreReminder | None:
    week = await tx.weeks.at(club.id, iso)
    picks = await tx.weeks.picks(week.id) if week is not None else ()
    hidden = tuple(pick for pick in picks if pick.revealed_at is None)
    answers = await tx.ratings.answers(hidden)
    silent = tuple(
        member.user
        for member in await tx.members.of(club.id)
        if member.active
        and any(
            member.user.id not in {answer.member.user.id for answer in answers.get(pick.id, ())}
            for pick in hidden
        )
    )
    return ScoreReminder(hidden, silent) if silent else None


async def _digest(tx: UnitOfWork, club: Club, iso: IsoWeek, now: datetime) -> Digest | None:
    """Reveal a week, and tell it. Private chats get their digests in another way."""
    week = await tx.weeks.at(club.id, iso)
    if week is None:
        return None
    for pick in await tx.weeks.picks(week.id):
        await tx.weeks.reveal(pick.id, now)
    return None if club.private else await digest_of(tx, club, iso)


async def _card(tx: UnitOfWork, club: Club, iso: IsoWeek) -> WeekCard:
    week = await tx.weeks.at(club.id, iso)
    if week is None:
        return WeekCard(None, iso, owner=None, note="", picks=())
    return await week_card(tx, club, week)
