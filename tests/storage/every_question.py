"""Everything storage can be asked, asked once and more, and which of its methods that was."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from domain.clubs import Settings
from domain.drafts import BackfillState, Draft, NewPick, NewRating
from domain.import_plan import arrange
from domain.imports import read
from domain.isoweek import IsoWeek
from domain.ports import CachedAnswer, Note
from domain.schedule import PostKind, PostState
from domain.works import (
    AlbumFacts,
    ArtistCredit,
    Credit,
    CriticRating,
    Kind,
    MovieFacts,
    Role,
    Source,
    WorkRef,
)
from tests.fakes import START
from tests.storage.scenes import WEEK

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from domain.clubs import Club, User
    from storage.database import Database

LATER = START + timedelta(minutes=1)
MBID = "8e8a594f-2175-38c7-a871-abb68ec363e7"
HEAT = MovieFacts(
    tmdb_id=949,
    title="Heat",
    genres=("Crime",),
    credits=(Credit(1, "Michael Mann", Role.CREW, 0, job="Director"),),
    critics=(CriticRating("Metacritic", "76/100"),),
)
KIND_OF_BLUE = AlbumFacts(mbid=MBID, title="Kind of Blue", artists=(ArtistCredit(MBID, "Miles Davis"),))
FILE: dict[str, Any] = {
    "format": "wrong-opinions-export",
    "version": 1,
    "about": "club",
    "exported_at": START.isoformat(),
    "club": {"title": "Any"},
    "people": [
        {"id": name.lower(), "name": name, "joined": START.isoformat(), "left": None}
        for name in ("Guest", "Ana")
    ],
    "works": [
        {
            "id": f"{source}:{key}",
            "kind": kind,
            "title": f"Title {key}",
            "original_title": None,
            "artist": "Artist" if kind == "album" else None,
            "year": None,
            "released": None,
            "tmdb": key if source == "tmdb" else None,
            "imdb": None,
            "musicbrainz": key if source == "musicbrainz" else None,
        }
        for source, kind, key in (
            # Two of each: a list of one is no list to SQLite.
            ("tmdb", "movie", 1),
            ("tmdb", "movie", 2),
            ("musicbrainz", "album", MBID.replace("8", "9")),
            ("musicbrainz", "album", MBID.replace("8", "7")),
            ("hand", "movie", 1),
            ("hand", "movie", 2),
        )
    ],
    "weeks": [
        {
            "week": "2025-W01",
            "owner": "guest",
            "note": "",
            "picks": [
                {
                    "kind": "movie",
                    "position": 0,
                    "work": "tmdb:1",
                    "by": "guest",
                    "at": START.isoformat(),
                    "revealed": START.isoformat(),
                    "absent": ["ana"],
                }
            ],
        }
    ],
    "ratings": [
        {
            "person": "guest",
            "work": "tmdb:1",
            "score": 7,
            "take": "",
            "spoiler": False,
            "at": START.isoformat(),
        }
    ],
}


class Noted:
    """A repository that writes down which of its methods were called, as `name.method`."""

    def __init__(self, repository: object, name: str, called: set[str]) -> None:
        self._repository = repository
        self._name = name
        self._called = called

    def __getattr__(self, method: str) -> Any:
        self._called.add(f"{self._name}.{method}")
        return getattr(self._repository, method)


class Everything:
    """The asking. `methods` are all there are, `called` those that were called."""

    def __init__(self, database: Database) -> None:
        self.methods: set[str] = set()
        self.called: set[str] = set()
        self._database = database
        self._inbox: Any = self._noted(database.inbox, "inbox")
        self._answers: Any = self._noted(database.answer_cache, "answer_cache")

    async def ask(self) -> None:
        """All of it; what is stored on the way stays."""
        await self._updates_and_answers()
        async with self._database.store(1).write() as opened:
            unit: Any = opened
            for name, repository in list(vars(opened).items()):
                if not name.startswith("_"):
                    setattr(unit, name, self._noted(repository, name))
            ana, club = await self._people(unit)
            works = await self._works(unit, club)
            await self._weeks(unit, club, ana, works)
            await self._history(unit, club, ana)
            await self._posts(unit, club)
            await self._lists(unit, club, ana, works)
            await self._files(unit, club, ana)
            await self._notices(unit)
            await self._leaving(unit, club, ana)
            await opened.commit()
        await self._database.ping()

    def _noted(self, repository: object, name: str) -> Noted:
        names = [method for method in dir(type(repository)) if not method.startswith("_")]
        self.methods |= {f"{name}.{method}" for method in names}
        return Noted(repository, name, self.called)

    async def _updates_and_answers(self) -> None:
        await self._inbox.store([(number, "{}") for number in (1, 2, 3)], START)
        await self._inbox.begin_attempts([waiting.update_id for waiting in await self._inbox.pending()])
        await self._inbox.forget_attempts(1)
        async with self._database._engines.writer.begin() as connection:
            assert await self._inbox.done_within(connection, 2, START)
        self._inbox.committed(2)
        await self._inbox.done(2, START)
        await self._inbox.set_aside(3, "E1", START)
        await self._inbox.purge(START, START)
        await self._inbox.last_update_id()
        await self._answers.put("key", CachedAnswer(b"", START))
        await self._answers.get("key")
        await self._answers.purge(START)

    async def _people(self, unit: Any) -> tuple[User, Club]:
        ana, ben = await unit.users.save(1, "Ana", "en"), await unit.users.save(2, "Ben", "en")
        await unit.users.by_telegram_id(1)
        await unit.users.set_language(ana.id, "de")
        await unit.users.set_reachable(ana.id, reachable=True)
        await unit.users.set_wants_digest(ana.id, wants=True)
        await unit.users.set_keeps_copy(ana.id, keeps=True)
        await unit.users.with_copies()
        club = await unit.clubs.add(-100, "Film club", private=False, settings=Settings())
        await unit.clubs.by_chat(-100)
        await unit.clubs.met(-100, 1)
        await unit.clubs.get(club.id)
        await unit.clubs.set_title(club.id, "Kino")
        await unit.clubs.set_settings(club.id, Settings())
        await unit.clubs.set_introduced(club.id)
        await unit.clubs.set_asleep(club.id, asleep=True)
        await unit.clubs.set_asleep(club.id, asleep=False)
        await unit.clubs.awake()
        await unit.clubs.unscheduled()
        await unit.clubs.with_copies()
        for user in (ana, ben):
            await unit.members.join(club.id, user.id, START)
        await unit.clubs.of_user(ana.id)
        await unit.members.of(club.id)
        await unit.members.set_turns(club.id, [ben.id, ana.id])
        await unit.members.set_away(club.id, ana.id, START.date())
        return ana, club

    async def _works(self, unit: Any, club: Club) -> tuple[int, int]:
        movie, album = await unit.works.save(HEAT, START), await unit.works.save(KIND_OF_BLUE, START)
        assert await unit.works.save(HEAT, LATER) == movie
        for number in (movie, album):
            await unit.works.get(number)
            await unit.works.facts(number)
        await unit.works.find(WorkRef(Source.TMDB, "949"))
        await unit.works.find(WorkRef(Source.MUSICBRAINZ, MBID))
        for kind in Kind:
            await unit.works.find_by_hand(kind, "Heat", None, 1995)
        search = await unit.searches.add(club.id, Kind.MOVIE, "heat", (), START, stale=False)
        await unit.searches.get(club.id, search.id)
        return movie, album

    async def _weeks(self, unit: Any, club: Club, ana: User, works: tuple[int, int]) -> None:
        week = await unit.weeks.ensure(club.id, WEEK)
        await unit.weeks.get(week.id)
        await unit.weeks.at(club.id, WEEK)
        await unit.weeks.set_owner(week.id, ana.id)
        await unit.weeks.set_note(week.id, "Bring crisps")
        first = await unit.weeks.add_pick(week.id, Kind.MOVIE, 0, works[0], ana.id, START, None)
        await unit.weeks.remove_pick(first, START)
        await unit.weeks.restore_pick(first)
        await unit.weeks.remove_pick(first, START)
        second = await unit.weeks.add_pick(week.id, Kind.MOVIE, 0, works[0], ana.id, START, first)
        await unit.weeks.replacement_of(first)
        picks = await unit.weeks.picks(week.id)
        await unit.weeks.pick(second)
        await unit.weeks.last_pick_of(club.id, works[0], IsoWeek(2030, 1))
        await unit.ratings.put(ana.id, works[0], 7, START)
        await unit.ratings.put(ana.id, works[0], 8, LATER)
        await unit.ratings.set_take(ana.id, works[0], "Long", has_spoiler=False, now=START)
        await unit.ratings.set_absent(second, ana.id, absent=True)
        await unit.ratings.set_absent(second, ana.id, absent=False)
        await unit.ratings.answers(picks)
        await unit.ratings.turnouts(picks)
        await unit.ratings.ballot(second, ana.id)
        await unit.weeks.reveal(second, START)
        await unit.messages.remember(Note(-100, 7, "card", week.id), START)
        await unit.messages.find(-100, 7)
        await unit.messages.latest_card(week.id)
        await unit.messages.cards(week.id, -100, 7)

    async def _history(self, unit: Any, club: Club, ana: User) -> None:
        first, end = IsoWeek(2020, 1), IsoWeek(2030, 1)
        await unit.history.weeks(club.id, first, end, 8, ascending=True)
        found = await unit.history.weeks(club.id, first, end, 8, ascending=False)
        for revealed in (False, True):
            await unit.history.picks([week_id for week_id, _ in found], revealed=revealed)
            await unit.history.mine(club.id, ana.id, 10, revealed=revealed)
            for kind in (None, Kind.MOVIE):
                await unit.history.best(
                    club.id, kind, first, end, least=2, revealed=revealed, limit=8, offset=8
                )
        await unit.records.of(club.id, WEEK)

    async def _posts(self, unit: Any, club: Club) -> None:
        await unit.posts.ensure(club.id, PostKind.DIGEST, WEEK, START)
        await unit.posts.of_club(club.id)
        await unit.posts.of_club(club.id, open_only=False)
        post = await unit.posts.latest(club.id, PostKind.DIGEST)
        await unit.posts.reschedule(post.id, START)
        await unit.posts.due(START, 64)
        await unit.posts.count_due(START)
        await unit.posts.next_due(START)
        await unit.posts.claim(post.id, START, LATER)
        await unit.posts.release(post.id, 1)
        await unit.posts.settle(post.id, PostState.SENT, START)
        await unit.posts.withdraw(club.id, [PostKind.DIGEST])

    async def _lists(self, unit: Any, club: Club, ana: User, works: tuple[int, int]) -> None:
        past = IsoWeek(2026, 2)
        number = await unit.backfills.add(club.id, ana.id, Draft(()), START)
        await unit.backfills.get(number)
        await unit.backfills.save(number, Draft(()))
        await unit.backfills.standing(club.id, [WEEK, past])
        await unit.backfills.rated([ana.id], works)
        await unit.backfills.works(works)
        week = await unit.weeks.ensure(club.id, past)
        pick = NewPick(past, Kind.ALBUM, 0, works[1], ana.id)
        await unit.backfills.enter_pick(number, week.id, pick, START, LATER)
        await unit.backfills.enter_ratings(number, [(NewRating(past, ana.id, works[1], 7), START)])
        await unit.backfills.close(number, BackfillState.STORED, START)
        await unit.backfills.remove(await unit.backfills.add(club.id, ana.id, Draft(()), START))
        await unit.backfills.purge(START)

    async def _files(self, unit: Any, club: Club, ana: User) -> None:
        async with self._database.store().read() as opened:
            exports: Any = self._noted(opened.exports, "exports")
            await exports.people(club.id)
            for entries in (exports.works, exports.weeks, exports.ratings):
                await _read(entries(club.id))
            clubs = await exports.own_clubs(ana.id)
            await _read(exports.own_works(ana.id))
            await _read(exports.own_ratings(ana.id))
            await _read(exports.own_picks(ana.id, clubs))
            await _read(exports.own_absences(ana.id, clubs))
        file = read(FILE, LATER)
        number = await unit.imports.add(club.id, ana.id, b"", START)
        await unit.imports.file(club.id, number)
        plan = arrange(file, await unit.imports.there(club.id, file))
        ids = await unit.imports.add_works({"tmdb:1": HEAT_AGAIN, "album": BY_NOBODY}, START)
        await unit.imports.enter(club.id, number, plan, ids, START)
        await unit.backfills.close(number, BackfillState.STORED, START)
        assert await unit.backfills.take_back(number) == (1, 1)

    async def _notices(self, unit: Any) -> None:
        await unit.notices.count("error: a", START)
        await unit.notices.get("error: a")
        await unit.notices.set_message("error: a", 7)
        await unit.notices.any("error")
        await unit.notices.remove("error: a")
        await unit.notices.remove_quiet("error", START)

    async def _leaving(self, unit: Any, club: Club, ana: User) -> None:
        await unit.users.held(ana.id)
        await unit.users.set_forget_at(ana.id, START)
        await unit.users.set_forget_at(ana.id, None)
        await unit.users.to_forget()
        await unit.clubs.of_user(ana.id, ever=True)
        await unit.members.leave(club.id, ana.id, START)
        await unit.members.drop_name(club.id, ana.id)
        await unit.users.erase(ana, START)
        await unit.clubs.rekey(club.id, -200)
        await unit.clubs.remove_empty(club.id)


HEAT_AGAIN = MovieFacts(tmdb_id=1, title="Title")
BY_NOBODY = AlbumFacts(mbid=None, title="Album", artists=(ArtistCredit(None, "Nobody"),))


async def _read(entries: AsyncIterator[object]) -> None:
    async for _ in entries:
        pass
