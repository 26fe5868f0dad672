"""The services over one database, spoken to in the model's words."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from domain.clubs import Picking
from domain.errors import DomainError
from domain.isoweek import IsoWeek
from domain.schedule import PostKind, PostState, Timing
from domain.scores import Scale
from domain.services.backfill import BackfillService
from domain.services.clubs import ClubService, Place, Visitor
from domain.services.digest import DigestService
from domain.services.history import HistoryService
from domain.services.owners import Handover
from domain.services.people import PeopleService
from domain.services.posts import PostService
from domain.services.ratings import RatingService, TakeStored
from domain.services.turns import TurnService
from domain.services.weeks import WeekService, week_card
from domain.services.works import Catalogues, WorkService
from domain.works import AlbumFacts, Kind, MovieFacts, PartialDate
from tests.storage.rules.state import WORKS, YEAR

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from domain.clubs import Club, Settings, User
    from domain.services.posts import Claimed
    from domain.weeks import PickCard
    from storage.database import Database
    from tests.fakes import FakeClock
    from tests.storage.rules.posts import Key

CHATS = {"film": -100, "book": -101, "Ana": 1, "Ben": 2, "Cleo": 3, "Dan": 4}
GROUPS = ("film", "book")
NAMES = ("Ana", "Ben", "Cleo", "Dan")


@dataclass
class Side:
    """One database. It knows what the model's numbers are called there."""

    name: str
    database: Database
    clock: FakeClock
    users: dict[int, int] = field(default_factory=dict)
    numbers: dict[int, int] = field(default_factory=dict)
    works: dict[str, int] = field(default_factory=dict)
    picks: dict[int, int] = field(default_factory=dict)
    weeks: dict[tuple[str, IsoWeek], int] = field(default_factory=dict)
    backfills: dict[int, int] = field(default_factory=dict)
    claims: dict[int, Claimed] = field(default_factory=dict)
    club: Any = None
    user: Any = None

    def __post_init__(self) -> None:
        store = self.database.store()
        self.store = store
        self.clubs = ClubService(store, self.clock)
        self.turns = TurnService(store, self.clock)
        self.week = WeekService(store, self.clock)
        self.ratings = RatingService(store, self.clock)
        self.history = HistoryService(store, self.clock)
        self.people = PeopleService(store, self.clock)
        self.posts = PostService(store, self.clock)
        self.digest = DigestService(store, self.clock)
        nothing: Any = None
        works = WorkService(store, self.clock, Catalogues(None, nothing, nothing, None))
        self.backfill = BackfillService(store, self.clock, works)

    async def begin(self) -> None:
        """Store the works."""
        async with self.store.keep() as tx:
            for title, kind in WORKS.items():
                make = MovieFacts if kind is Kind.MOVIE else AlbumFacts
                facts: Any = make(None, title, released=PartialDate(YEAR))
                self.works[title] = await tx.works.save(facts, self.clock.now())
            await tx.commit()

    async def meet(self, key: str, name: str, number: int) -> None:
        """Whoever acts now, and where."""
        place = Place(CHATS[key], key, private=key not in GROUPS)
        self.club, self.user = await self.clubs.meet(place, Visitor(CHATS[name], name, "en"), "en")
        self.users[number], self.numbers[self.user.id] = self.user.id, number

    async def trying(self, work: Callable[[Side], Awaitable[Any]]) -> tuple[str, Any]:
        """The class of the error it ends with, or what it gives."""
        try:
            return "", await work(self)
        except DomainError as error:
            return type(error).__name__, None

    # -- use cases that need more than a call

    async def pick(self, number: int, work: str, replacing: int | None, *, admin: bool, again: bool) -> None:
        old = None if replacing is None else self.picks[replacing]
        pick = await self.week.pick(
            self.club, self.user, self.works.get(work, 999), admin=admin, again=again, replacing=old
        )
        self.picks[number] = pick.id
        self.weeks[self._key(self.club), pick.week.iso] = pick.week.id

    async def take(self, iso: IsoWeek, text: str, about: int | None, *, spoiler: bool) -> str:
        week_id = self.weeks[self._key(self.club), iso]
        pick_id = None if about is None else self.picks[about]
        said = await self.ratings.take(
            self.club, self.user, week_id, text, has_spoiler=spoiler, pick_id=pick_id
        )
        return "stored" if isinstance(said, TakeStored) else "question"

    async def change(self, *, admin: bool, **changes: Any) -> None:
        """Settings by the model's names."""
        settings: Settings = self.club.settings
        for name, value in changes.items():
            match name:
                case "zone":
                    settings = replace(settings, zone=ZoneInfo(value))
                case "scale":
                    settings = replace(settings, scale=Scale(value))
                case "slots":
                    settings = replace(settings, movies=value[Kind.MOVIE], albums=value[Kind.ALBUM])
                case "turns":
                    settings = replace(settings, picking=Picking.TURNS if value else Picking.OPEN)
                case "times":
                    timings = {
                        kind.value: Timing(day, hour * 60, on) for kind, (day, hour, on) in value.items()
                    }
                    settings = replace(settings, schedule=replace(settings.schedule, **timings))
                case _:
                    settings = replace(settings, **{name: value})
        await self.clubs.change(self.club, settings, admin=admin)

    async def offer(self, number: int, other: int) -> None:
        swap = await self.turns.offer_swap(self.club, self.user, self.users[other])
        await self.turns.remember_offer(self.club, swap, self.club.chat_id, number)

    async def enter(
        self, number: int, lines: Iterable[tuple[IsoWeek, str, int, str]], *, admin: bool
    ) -> None:
        """Paste lines, settle whatever they leave open, store them."""
        pasted = "\n".join(
            f"{iso} {WORKS[work]} {work} ({YEAR}) {score}/10 by {name}" for iso, work, score, name in lines
        )
        parsed, backfill_id = await self.backfill.begin(self.club, self.user, pasted, admin=admin)
        assert not parsed.bad
        assert backfill_id is not None
        self.backfills[number] = backfill_id
        await self.backfill.add_by_hand(self.club, backfill_id, 0, rest=True, admin=admin)
        while unnamed := (
            await self.backfill.preview(self.club, backfill_id, admin=admin)
        ).backfill.draft.unnamed:
            await self.backfill.choose_member(self.club, backfill_id, unnamed[0].line, None, admin=admin)
        await self.backfill.enter(self.club, backfill_id, admin=admin)

    async def learn(self, key: str, entered: Iterable[tuple[int, IsoWeek, str]]) -> None:
        """What picks are called that came with a list."""
        club = await self.clubs.of_chat(CHATS[key])
        async with self.store.read() as tx:
            for number, iso, work in entered:
                week = await tx.weeks.at(club.id, iso)
                assert week is not None
                self.weeks[key, iso] = week.id
                self.picks[number] = next(p.id for p in await tx.weeks.picks(week.id) if p.work.title == work)

    async def claim(self, number: int, key: Key) -> str | None:
        (post,) = [post for post in await self.posts.due(1000) if await self._key_of(post) == key]
        claimed = await self.posts.claim(post)
        if claimed is None:
            return None
        self.claims[number] = claimed
        return type(claimed.content).__name__

    async def settle(self, number: int, state: str) -> None:
        claimed = self.claims.pop(number)
        match state:
            case "failed":
                await self.posts.give_up(claimed.post)
            case "due":
                await self.posts.release(claimed)
            case "asleep":
                await self.posts.sleep(claimed)
            case _:
                await self.posts.settle(claimed, PostState(state))

    def handover(self, number: int) -> tuple[int, int] | None:
        """Between whom a week changed hands by what was claimed."""
        content = self.claims[number].content
        if not isinstance(content, Handover):
            return None
        return self.numbers[content.previous.id], self.numbers[content.owner.id]

    # -- what can be seen

    async def due(self) -> set[Key]:
        """What is to be sent now."""
        return {await self._key_of(post) for post in await self.posts.due(1000)}

    async def look(self, key: str, weeks: Iterable[IsoWeek], name: str) -> dict[str, Any]:
        """All that can be seen of a club: of some weeks, and of one person."""
        async with self.store.read() as tx:
            club = await tx.clubs.by_chat(CHATS[key])
            if club is None:
                return {}
            members = await tx.members.of(club.id)
            posts = await tx.posts.of_club(club.id, open_only=False)
            user = await tx.users.by_telegram_id(CHATS[name])
            held = None if user is None else await tx.users.held(user.id)
            cards = {}
            for iso in weeks:
                week = await tx.weeks.at(club.id, iso)
                if week is not None:
                    card = await week_card(tx, club, week)
                    cards[iso] = (
                        self._number(card.owner),
                        card.note,
                        [self._pick(each) for each in card.picks],
                    )
        older = await self.history.older(club, None)
        best = await self.history.best(club, None, None, 0)
        mine = None if user is None else await self.history.mine(club, user)
        line = sorted((member for member in members if member.active), key=lambda member: member.turn)
        return {
            "settings": _settings(club),
            "members": [
                (self.numbers[m.user.id], m.joined, m.left, m.nameless, m.away_until)
                for m in sorted(members, key=lambda m: self.numbers[m.user.id])
            ],
            "line": [self.numbers[member.user.id] for member in line],
            "posts": {(p.kind, p.week): (p.due_at, p.state.value, p.attempt, p.lease_until) for p in posts},
            "weeks": cards,
            "history": [
                (week.iso, [(pick.work.title, _round(pick.average)) for pick in week.picks])
                for week in older.weeks
            ],
            "best": {(each.work.title, each.week, _round(each.average), each.scores) for each in best.best},
            "mine": None if mine is None else (mine.count, _round(mine.average), _round(mine.club_average)),
            "held": None if held is None else (held.clubs, held.scores, held.takes, held.picks),
        }

    async def line(self, key: str) -> list[int]:
        """The order of turns."""
        club = await self.clubs.of_chat(CHATS[key])
        async with self.store.read() as tx:
            active = [member for member in await tx.members.of(club.id) if member.active]
        return [self.numbers[member.user.id] for member in sorted(active, key=lambda member: member.turn)]

    def _number(self, user: User | None) -> int | None:
        return None if user is None else self.numbers[user.id]

    def _pick(self, card: PickCard) -> tuple[Any, ...]:
        pick, tally = card.pick, card.tally
        answers = {
            self.numbers[a.member.user.id]: (a.score, a.absent, a.take, a.has_spoiler) for a in tally.answers
        }
        return (
            pick.work.title,
            pick.position,
            self.numbers[pick.picked_by.id],
            pick.revealed_at is not None,
            tally.answered,
            tally.roster,
            _round(tally.average),
            tally.lowest,
            tally.highest,
            answers,
        )

    def _key(self, club: Club) -> str:
        return next(key for key, chat in CHATS.items() if chat == club.chat_id)

    async def _key_of(self, post: Any) -> Key:
        async with self.store.read() as tx:
            club = await tx.clubs.get(post.club_id)
        assert club is not None
        return self._key(club), PostKind(post.kind), post.week


def _round(average: float | None) -> float | None:
    return None if average is None else round(average, 6)


def _settings(club: Club) -> tuple[Any, ...]:
    settings = club.settings
    schedule = {kind: settings.schedule.of(kind) for kind in PostKind}
    return (
        settings.zone.key,
        settings.scale.value,
        {kind: settings.slots(kind) for kind in Kind},
        settings.blind,
        settings.picking is Picking.TURNS,
        {kind: (timing.day, timing.minute // 60, timing.on) for kind, timing in schedule.items()},
        settings.paused_until,
        club.asleep,
    )
