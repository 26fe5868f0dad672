"""Everything a person or the clock can ask of the database, as the services ask it."""

from __future__ import annotations

import json
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING

from domain.exports import JSON_NAME
from domain.history import PAGE_SIZE
from domain.scores import HIGHEST
from domain.services.clubs import ClubService, Place, Visitor
from domain.services.digest import DigestService
from domain.services.exports import ExportService
from domain.services.history import HistoryService
from domain.services.imports import ImportService
from domain.services.people import PeopleService
from domain.services.posts import PostService
from domain.services.ratings import RatingService
from domain.services.turns import TurnService
from domain.services.weeks import WeekService
from domain.works import Kind
from tests.benchmarks.filling import FIRST_TELEGRAM_ID, ROUNDS, iso_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping

    from domain.clubs import Club, User
    from domain.weeks import WeekCard
    from storage.database import Database
    from tests.benchmarks.filling import Size
    from tests.fakes import FakeClock

AT_ONCE = 64
"""Due posts that the job looks at, at once."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A filled database, seen from its measured club and that club's first member. `updates` are new ids."""

    database: Database
    clock: FakeClock
    size: Size
    club: Club
    user: User
    card: WeekCard
    updates: Iterator[int]

    @classmethod
    async def of(cls, database: Database, clock: FakeClock, size: Size) -> Stage:
        """Look up who is who."""
        services = ClubService(database.store(), clock)
        place = Place(-size.measured, f"Club {size.measured}", private=False)
        telegram_id = FIRST_TELEGRAM_ID + size.member(size.measured)
        club, user = await services.meet(place, Visitor(telegram_id, "Ana", None), "en")
        assert user is not None
        card = await WeekService(database.store(), clock).current(club)
        last = await database.inbox.last_update_id()
        return cls(database, clock, size, club, user, card, count((last or 0) + 1))


async def update(stage: Stage) -> None:
    """What every update asks first: whose it is, and where."""
    place = Place(stage.club.chat_id, stage.club.title, private=False)
    assert stage.user.telegram_id is not None
    visitor = Visitor(stage.user.telegram_id, "Ana", None)
    await ClubService(stage.database.store(), stage.clock).meet(place, visitor, "en")


async def tap(stage: Stage) -> None:
    """A score that changes, stored with its update done."""
    number = next(stage.updates)
    await stage.database.inbox.store([(number, json.dumps({"update_id": number}))], stage.clock.now())
    ratings = RatingService(stage.database.store(number), stage.clock)
    pick = stage.card.picks[0].pick
    await ratings.rate(stage.club, stage.user, pick.id, number % HIGHEST + 1)


async def week_card(stage: Stage) -> None:
    """/week"""
    card = await WeekService(stage.database.store(), stage.clock).current(stage.club)
    assert len(card.picks) == len(Kind)


async def my_answers(stage: Stage) -> None:
    """What somebody said to this week's picks."""
    assert stage.card.id is not None
    await RatingService(stage.database.store(), stage.clock).mine(stage.club, stage.user, stage.card.id)


async def picked_before(stage: Stage) -> None:
    """A pick of a work that every club has had: did this one?"""
    work = stage.size.work(stage.size.measured, 3, album=False)
    async with stage.database.store().read() as tx:
        assert await tx.weeks.last_pick_of(stage.club.id, work, iso_of(ROUNDS)) is not None


async def not_picked_before(stage: Stage) -> None:
    """The same of this week's work, which this club never had and every other one did."""
    async with stage.database.store().read() as tx:
        work = stage.card.picks[0].pick.work
        assert await tx.weeks.last_pick_of(stage.club.id, work.id, iso_of(ROUNDS)) is None


async def history_first(stage: Stage) -> None:
    """/history"""
    page = await HistoryService(stage.database.store(), stage.clock).older(stage.club, None)
    assert len(page.weeks) == PAGE_SIZE


async def history_deep(stage: Stage) -> None:
    """Far back in it."""
    history = HistoryService(stage.database.store(), stage.clock)
    page = await history.older(stage.club, None, iso_of(2 * PAGE_SIZE))
    assert len(page.weeks) == PAGE_SIZE
    assert page.newer


async def top(stage: Stage) -> None:
    """/top"""
    page = await HistoryService(stage.database.store(), stage.clock).best(stage.club, None, None, 0)
    assert len(page.best) == PAGE_SIZE


async def top_deep(stage: Stage) -> None:
    """A later page of /top movies."""
    page = await HistoryService(stage.database.store(), stage.clock).best(stage.club, Kind.MOVIE, None, 9)
    assert len(page.best) == PAGE_SIZE


async def me(stage: Stage) -> None:
    """/me"""
    mine = await HistoryService(stage.database.store(), stage.clock).mine(stage.club, stage.user)
    assert mine.count > ROUNDS


async def digest(stage: Stage) -> None:
    """The digest of a week that is over, its rare fact included."""
    told = await DigestService(stage.database.store(), stage.clock).build(stage.club, iso_of(ROUNDS - 1))
    assert told is not None


async def own_digests(stage: Stage) -> None:
    """All digests of one person."""
    assert await DigestService(stage.database.store(), stage.clock).of_clubs(stage.user)


async def due_posts(stage: Stage) -> None:
    """What the scheduler asks every minute: what is due, and when the next is."""
    posts = PostService(stage.database.store(), stage.clock)
    assert await posts.due(AT_ONCE)
    await posts.next_due()
    await posts.count_due()


async def claim(stage: Stage) -> None:
    """A due post is claimed, its contents read, and given back."""
    posts = PostService(stage.database.store(), stage.clock)
    post = next(each for each in await posts.due(AT_ONCE) if each.club_id == stage.club.id)
    claimed = await posts.claim(post)
    assert claimed is not None
    await posts.release(claimed)


async def settings(stage: Stage) -> None:
    """A club's settings change, its schedule follows."""
    services = ClubService(stage.database.store(), stage.clock)
    await services.change(stage.club, stage.club.settings, admin=True)


async def turns(stage: Stage) -> None:
    """/turn"""
    await TurnService(stage.database.store(), stage.clock).line(stage.club)


async def by_hand(stage: Stage) -> None:
    """Is a work that somebody adds by hand there already?"""
    async with stage.database.store().read() as tx:
        assert await tx.works.find_by_hand(Kind.MOVIE, "Title 20", None, 1970) is not None


async def work(stage: Stage) -> None:
    """A popular work with all its facts."""
    async with stage.database.store().read() as tx:
        assert await tx.works.facts(1) is not None


async def held(stage: Stage) -> None:
    """/mydata"""
    assert (await PeopleService(stage.database.store(), stage.clock).held(stage.user)).scores


async def forget(stage: Stage) -> None:
    """Somebody is forgotten, and that is rolled back."""
    async with stage.database.store().keep() as tx:
        await tx.users.erase(stage.user, stage.clock.now())


async def export_club(stage: Stage) -> None:
    """A club's file."""
    exports = ExportService(stage.database.store(), stage.clock)
    async with aclosing(exports.club(stage.club, admin=True)) as pieces:
        async for _ in pieces:
            pass


async def export_person(stage: Stage) -> None:
    """A person's file."""
    async with aclosing(ExportService(stage.database.store(), stage.clock).person(stage.user)) as pieces:
        async for _ in pieces:
            pass


async def import_looked_at(stage: Stage) -> None:
    """What a club's own file would change in it, which is nothing."""
    text = ""
    async with aclosing(
        ExportService(stage.database.store(), stage.clock).club(stage.club, admin=True)
    ) as all_:
        async for pieces in all_:
            text += "".join(piece for name, piece in pieces if name == JSON_NAME)
    imports = ImportService(stage.database.store(), stage.clock)
    found = await imports.begin(stage.club, stage.user, text.encode(), admin=True)
    assert found.plan.empty


async def housekeeping(stage: Stage) -> None:
    """The hourly round, with nothing to throw away."""
    before = stage.clock.now() - timedelta(days=3650)
    await stage.database.inbox.purge(before, before)
    await stage.database.answer_cache.purge(before)
    async with stage.database.store().keep() as tx:
        await tx.backfills.purge(before)
        await tx.commit()


async def copies(stage: Stage) -> None:
    """Who wants readable copies, once a day."""
    await ExportService(stage.database.store(), stage.clock).copies()


async def start(stage: Stage) -> None:
    """What a start asks: are the tables those of this program, what waits, is everybody on the schedule."""
    await stage.database.migrate()
    await stage.database.inbox.pending()
    await stage.database.inbox.last_update_id()


async def take_up(stage: Stage) -> None:
    """Is every club on the schedule? Once in a start."""
    await PostService(stage.database.store(), stage.clock).take_up()


SCREENS: Mapping[str, Callable[[Stage], Awaitable[None]]] = {
    "update": update,
    "tap": tap,
    "week card": week_card,
    "own answers": my_answers,
    "picked before": picked_before,
    "not picked before": not_picked_before,
    "history, first page": history_first,
    "history, deep page": history_deep,
    "top": top,
    "top, deep page": top_deep,
    "me": me,
    "digest": digest,
    "own digests": own_digests,
    "due posts": due_posts,
    "claim": claim,
    "settings": settings,
    "turns": turns,
    "by hand": by_hand,
    "work": work,
    "held": held,
    "forget": forget,
    "export, club": export_club,
    "export, person": export_person,
    "import, looked at": import_looked_at,
    "housekeeping": housekeeping,
    "copies": copies,
    "start": start,
}

OF_ALL_CLUBS: Mapping[str, Callable[[Stage], Awaitable[None]]] = {"schedule, at a start": take_up}
"""What looks at every club, and takes as long as there are clubs."""
