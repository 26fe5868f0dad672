"""What the rules need of the world: catalogues, and a store reached through a unit of work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager
    from datetime import date, datetime
    from pathlib import Path

    from domain.backups import Backup, Made, Manifest, Reason, Rehearsed
    from domain.clubs import Club, Member, Settings, User
    from domain.drafts import Backfill, BackfillState, Draft, NewPick, NewRating
    from domain.exports import (
        ExportedPerson,
        ExportedRating,
        ExportedWeek,
        ExportedWork,
        OwnClub,
        OwnPick,
        OwnRating,
    )
    from domain.history import Best, Mine, PastPick
    from domain.import_plan import ImportPlan, There
    from domain.imports import ClubFile
    from domain.isoweek import IsoWeek
    from domain.notices import Notice
    from domain.people import Held
    from domain.schedule import Post, PostKind, PostState
    from domain.search import Query, Search
    from domain.statistics import Statistics
    from domain.weeks import Answer, Ballot, Pick, Turnout, Week
    from domain.works import AlbumFacts, CriticRating, Facts, Hit, Kind, MovieFacts, Source, Work, WorkRef

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fetched(Generic[T]):
    """A catalogue's answer; `stale` when it is an expired one, served because the source is down."""

    value: T
    stale: bool = False


class MovieCatalogue(Protocol):
    """Movies (TMDB). Raises CatalogueUnavailable; `movie` also NotInCatalogue."""

    async def search(self, query: Query) -> Fetched[tuple[Hit, ...]]:
        """Movies for a query, the likeliest first; at most 60."""

    async def movie(self, tmdb_id: int) -> Fetched[MovieFacts]:
        """All facts of one movie, critics' ratings apart."""


class AlbumCatalogue(Protocol):
    """Albums (MusicBrainz release groups). Raises CatalogueUnavailable; `album` also NotInCatalogue."""

    @property
    def wait(self) -> float:
        """Seconds until a search that is asked for now is passed on."""

    async def search(self, query: Query) -> Fetched[tuple[Hit, ...]]:
        """Albums for a query, the likeliest first; at most 60."""

    async def album(self, mbid: str) -> Fetched[AlbumFacts]:
        """All facts of one album, its cover apart."""


class Covers(Protocol):
    """Album covers (Cover Art Archive). Raises CatalogueUnavailable."""

    async def front(self, mbid: str) -> str | None:
        """The URL of a release group's front cover at chat size; None where there is none."""


class Critics(Protocol):
    """Critics' ratings (OMDb). Raises CatalogueUnavailable."""

    async def ratings(self, imdb_id: str) -> tuple[CriticRating, ...]:
        """Ratings of a movie by its IMDb id; empty where it is unknown or unrated."""


class Posters(Protocol):
    """Posters and covers as images."""

    async def fetch(self, url: str) -> bytes | None:
        """The image behind a work's address; None where there is none to be had."""


@dataclass(frozen=True, slots=True)
class CachedAnswer:
    """A stored answer of a catalogue; `expires_at` is aware UTC."""

    body: bytes
    expires_at: datetime


class AnswerCache(Protocol):
    """Catalogue answers, kept past their expiry for the day the source is down."""

    async def get(self, key: str) -> CachedAnswer | None:
        """The answer stored under a key, expired or not."""

    async def put(self, key: str, answer: CachedAnswer) -> None:
        """Store an answer in place of an older one."""


class SourceWatch(Protocol):
    """Told how catalogues behave."""

    def asked(self, source: Source, status: str) -> None:
        """One request ended: with an HTTP status, or `failed`."""

    def answered(self, source: Source, origin: str) -> None:
        """What answered a question: `source`, `cache` or, the source being down, `stale` or `nothing`."""


class BackupShelf(Protocol):
    """A folder of backups. Raises NotWritable and DiskFull, and where a file is named NoSuchBackup."""

    async def all(self) -> tuple[Backup, ...]:
        """Every backup in it by its name, the oldest first; whether they are whole is not asked."""

    async def manifest(self, name: str) -> Manifest:
        """What a backup says of itself; its contents are not read. NotABackup, BackupTooNew."""

    async def check(self, name: str) -> Manifest:
        """Compare a backup with its checksum. NotABackup, BackupDamaged, BackupTooNew."""

    async def remove(self, name: str) -> None:
        """Delete a backup."""

    def path(self, name: str) -> Path:
        """The file itself."""


class Backups(BackupShelf, Protocol):
    """The folder in which backups of the database are made."""

    async def make(self, reason: Reason, made_at: datetime) -> Made:
        """Back the database up and verify the result, which appears only then. DatabaseDamaged."""

    async def open(self, path: Path) -> Manifest:
        """Unpack a backup, wherever it lies, and check all there is in it, as a restore would; nothing stays.

        NotABackup, BackupDamaged, BackupTooNew, BackupForeign, BackupTooLarge, BackupSealed, SealMissing.
        """

    async def rehearse(self, name: str) -> Rehearsed:
        """The same, and migrate what was unpacked. Also raises DatabaseDamaged, where that loses rows."""


class BackupCopies(BackupShelf, Protocol):
    """A second folder, with copies of the backups in the first."""

    async def adopt(self, name: str) -> None:
        """Copy a backup into this folder and check the copy. BackupDamaged."""


class AlreadyHandled(Exception):
    """The update this unit of work belongs to was done before; its change must not be applied again."""


class AlreadyRunning(Exception):
    """Another process runs the bot on this database, and two would get in each other's way."""


class DatabaseUnreachable(Exception):
    """The database's server does not answer, or does not let us in; the message says which way."""


class Users(Protocol):
    """People."""

    async def by_telegram_id(self, telegram_id: int) -> User | None:
        """The person with this Telegram id."""

    async def save(self, telegram_id: int, name: str, spoken: str | None) -> User:
        """Add the person or bring name and Telegram language up to date."""

    async def set_language(self, user_id: int, language: str | None) -> None:
        """Set what the bot speaks to this person; None follows Telegram."""

    async def set_reachable(self, user_id: int, *, reachable: bool) -> None:
        """Note whether their private chat with the bot is open."""

    async def set_wants_digest(self, user_id: int, *, wants: bool) -> None:
        """Note whether they want a digest of all their clubs in private."""

    async def set_keeps_copy(self, user_id: int, *, keeps: bool) -> None:
        """Note whether their data should lie beside the backups as a readable file."""

    async def with_copies(self) -> tuple[User, ...]:
        """Everybody who wants that."""

    async def set_forget_at(self, user_id: int, moment: datetime | None) -> bool:
        """Note when somebody is to be forgotten; False where they have been, or asked for no change."""

    async def to_forget(self) -> tuple[tuple[User, datetime], ...]:
        """Everybody who is to be forgotten and when, the earliest first."""

    async def held(self, user_id: int) -> Held:
        """What is known of somebody, in numbers."""

    async def erase(self, user: User, now: datetime) -> None:
        """Take out of every table what says who somebody is; scores that count in a club stay, as nobody's.

        Their private chat's club goes with all that is in it, and every draft that may hold their name.
        """


class Clubs(Protocol):
    """Clubs."""

    async def by_chat(self, chat_id: int) -> Club | None:
        """The club of a chat."""

    async def met(self, chat_id: int, telegram_id: int | None) -> tuple[Club | None, User | None]:
        """The club of a chat and the person with this Telegram id, None for what is not known. One query."""

    async def add(self, chat_id: int, title: str, *, private: bool, settings: Settings) -> Club:
        """Add a club; the one there is, where another process was faster."""

    async def set_title(self, club_id: int, title: str) -> None:
        """Follow a renamed group."""

    async def set_settings(self, club_id: int, settings: Settings) -> None:
        """Store a club's settings."""

    async def set_introduced(self, club_id: int) -> None:
        """Note that the bot has introduced itself."""

    async def rekey(self, club_id: int, chat_id: int) -> None:
        """Give a club its new chat id (group to supergroup); cards of old message ids are dropped."""

    async def get(self, club_id: int) -> Club | None:
        """A club by its own id."""

    async def awake(self) -> tuple[Club, ...]:
        """Clubs the bot can write to, in order of id."""

    async def unscheduled(self) -> tuple[Club, ...]:
        """Those of them that have nothing on the schedule."""

    async def of_user(self, user_id: int, *, ever: bool = False) -> tuple[Club, ...]:
        """Clubs on whose roster somebody is, or `ever` was."""

    async def with_copies(self) -> tuple[Club, ...]:
        """Clubs that want a readable copy beside the backups."""

    async def set_asleep(self, club_id: int, *, asleep: bool) -> None:
        """Note whether the bot can write to the club."""

    async def remove_empty(self, club_id: int) -> bool:
        """Remove a club that has no weeks; False and nothing removed where it has some."""


class Members(Protocol):
    """Rosters."""

    async def of(self, club_id: int) -> tuple[Member, ...]:
        """All members ever, in the order of joining."""

    async def join(self, club_id: int, user_id: int, now: datetime) -> bool:
        """Put somebody on the roster, or back on it, last in turn; False where they were on it."""

    async def leave(self, club_id: int, user_id: int, now: datetime) -> bool:
        """Take somebody off the roster; False where they were not on it."""

    async def set_turns(self, club_id: int, user_ids: Sequence[int]) -> None:
        """Order the roster: `turn` becomes the place in the sequence, from 0. One statement."""

    async def set_away(self, club_id: int, user_id: int, until: date | None) -> None:
        """Note until when somebody does not pick; None for being back."""

    async def drop_name(self, club_id: int, user_id: int) -> None:
        """Show a past member without their name from now on; joining again undoes it."""


class Works(Protocol):
    """Works, shared by all clubs."""

    async def get(self, work_id: int) -> Work | None:
        """What a list needs of a work."""

    async def facts(self, work_id: int) -> tuple[Facts, datetime] | None:
        """All facts of a work and when they were fetched."""

    async def find(self, ref: WorkRef) -> int | None:
        """The id of a work by its catalogue's name for it."""

    async def find_by_hand(self, kind: Kind, title: str, artist: str | None, year: int | None) -> int | None:
        """The id of a work added by hand with exactly these facts."""

    async def save(self, facts: Facts, fetched_at: datetime) -> int:
        """Add a work, or bring the stored one with the same catalogue id up to date; its id."""


class Weeks(Protocol):
    """Weeks and their picks."""

    async def get(self, week_id: int) -> Week | None:
        """A week by id."""

    async def at(self, club_id: int, iso: IsoWeek) -> Week | None:
        """A club's week, None while nothing happened in it."""

    async def ensure(self, club_id: int, iso: IsoWeek) -> Week:
        """A club's week, added where it was missing."""

    async def set_owner(self, week_id: int, user_id: int | None) -> None:
        """Set whose turn the week is."""

    async def set_note(self, week_id: int, note: str) -> None:
        """Set a week's note; empty for none."""

    async def picks(self, week_id: int) -> tuple[Pick, ...]:
        """The week's picks, removed ones left out: movies first, then by position."""

    async def pick(self, pick_id: int) -> Pick | None:
        """A pick by id, a removed one too."""

    async def last_pick_of(self, club_id: int, work_id: int, before: IsoWeek) -> Pick | None:
        """The club's latest pick of a work in an earlier week, removed ones left out."""

    async def add_pick(
        self,
        week_id: int,
        kind: Kind,
        position: int,
        work_id: int,
        user_id: int,
        now: datetime,
        replaces: int | None,
    ) -> int:
        """Place a work in a slot; its id. SlotTaken where the slot is not free."""

    async def remove_pick(self, pick_id: int, now: datetime) -> None:
        """Take a pick out of its slot."""

    async def restore_pick(self, pick_id: int) -> None:
        """Put a removed pick back; SlotTaken where its slot is not free."""

    async def replacement_of(self, pick_id: int) -> Pick | None:
        """The standing pick that took this one's slot by replacing it."""

    async def reveal(self, pick_id: int, now: datetime) -> None:
        """Make a pick's scores visible."""


class Ratings(Protocol):
    """Ratings and attendances."""

    async def ballot(self, pick_id: int, user_id: int) -> Ballot | None:
        """A pick, a removed one too, and how somebody stands to it. One query."""

    async def put(self, user_id: int, work_id: int, score: int, now: datetime) -> None:
        """Store a score in half-stars, in place of any other."""

    async def set_take(
        self, user_id: int, work_id: int, take: str, *, has_spoiler: bool, now: datetime
    ) -> bool:
        """Store a take on a scored work; False where there is no score, or its author is forgotten by now."""

    async def set_absent(self, pick_id: int, user_id: int, *, absent: bool) -> bool:
        """Note or un-note that somebody did not watch or listen; whether that changed anything."""

    async def answers(self, picks: Sequence[Pick]) -> dict[int, tuple[Answer, ...]]:
        """What members ever of the picks' clubs said, by pick id, in the order of rating. One query."""

    async def turnouts(self, picks: Sequence[Pick]) -> dict[int, Turnout]:
        """How many of the picks' clubs' rosters answered, by pick id. One query."""


class Searches(Protocol):
    """Searches that were made."""

    async def add(
        self, club_id: int, kind: Kind, text: str, hits: tuple[Hit, ...], now: datetime, *, stale: bool
    ) -> Search:
        """Keep a club's search for its buttons."""

    async def get(self, club_id: int, search_id: int) -> Search | None:
        """A club's search by id."""


@dataclass(frozen=True, slots=True)
class Note:
    """What a message of the bot is for: `card` of a week, or a `prompt` whose reply is awaited."""

    chat_id: int
    message_id: int
    purpose: str
    week_id: int | None = None


class Messages(Protocol):
    """The bot's own messages that a reply or a refresh must find again."""

    async def remember(self, note: Note, now: datetime) -> None:
        """Keep what a message is for."""

    async def cards(self, week_id: int, chat_id: int, message_id: int) -> tuple[Note, ...]:
        """The newest card of a week, and a message if it is a card too. One query."""

    async def find(self, chat_id: int, message_id: int) -> Note | None:
        """What a message is for; None for one not kept."""

    async def latest_card(self, week_id: int) -> Note | None:
        """The newest card of a week, the one that is kept up to date."""


class Posts(Protocol):
    """The schedule: occurrences of posts (`domain.schedule`). (club, kind, week) is unique."""

    async def ensure(self, club_id: int, kind: PostKind, week: IsoWeek, due_at: datetime) -> bool:
        """Put an occurrence on the schedule as due; False, and nothing changed, where it ever was on it."""

    async def reschedule(self, post_id: int, due_at: datetime) -> bool:
        """Move an occurrence that is still due; False where it was claimed meanwhile."""

    async def withdraw(self, club_id: int, kinds: Sequence[PostKind]) -> None:
        """Take occurrences that are still due off the schedule, as if they had never been on it."""

    async def of_club(self, club_id: int, *, open_only: bool = True) -> tuple[Post, ...]:
        """A club's occurrences that are due or being sent, or all it ever had; in order of due time."""

    async def latest(self, club_id: int, kind: PostKind) -> Post | None:
        """The latest week's occurrence of a kind, whatever became of it."""

    async def due(self, now: datetime, limit: int) -> tuple[Post, ...]:
        """What is due, or was claimed under a lease that is over, in order of due time; awake clubs only."""

    async def claim(self, post_id: int, now: datetime, lease_until: datetime) -> Post | None:
        """Take an occurrence to be sent (attempt + 1); None where somebody else has it or it is settled.

        None also where it is not due: it may have been rescheduled since `due` named it.
        """

    async def release(self, post_id: int, attempt: int) -> bool:
        """Give back what was claimed and surely not sent: due again, as if it had not been claimed.

        False, and nothing changed, where it was settled or claimed again since that attempt.
        """

    async def settle(
        self, post_id: int, state: PostState, now: datetime, message_id: int | None = None
    ) -> bool:
        """Note what became of an occurrence: SENT, SKIPPED or FAILED; False where that was noted before."""

    async def count_due(self, now: datetime) -> int:
        """How many are due, or being sent; awake clubs only."""

    async def next_due(self, now: datetime) -> datetime | None:
        """When the next occurrence of any awake club is due, later than `now`; None where none is."""


class Records(Protocol):
    """What clubs have been through, in numbers."""

    async def of(self, club_id: int, week: IsoWeek) -> Statistics:
        """A club's numbers by the end of a week, revealed picks only."""


class History(Protocol):
    """What was, as lists need it. Weeks are half-open ranges: `first` is part of one, `end` is not.

    With `revealed`, picks that are not yet revealed and their scores are left out, or have no average.
    """

    async def weeks(
        self, club_id: int, first: IsoWeek, end: IsoWeek, limit: int, *, ascending: bool
    ) -> tuple[tuple[int, IsoWeek], ...]:
        """Weeks that have picks, with their ids, newest first unless `ascending`. Reads the page alone."""

    async def picks(self, week_ids: Sequence[int], *, revealed: bool) -> dict[int, tuple[PastPick, ...]]:
        """Picks with their averages by week: movies first, then by position. One query."""

    async def best(
        self,
        club_id: int,
        kind: Kind | None,
        first: IsoWeek,
        end: IsoWeek,
        *,
        least: int,
        revealed: bool,
        limit: int,
        offset: int,
    ) -> tuple[Best, ...]:
        """Works with at least `least` scores by average, number of scores and latest week, the best first."""

    async def mine(self, club_id: int, user_id: int, last: int, *, revealed: bool) -> Mine:
        """Somebody's scores of a club's picks, the `last` ones in full, by the weeks of the picks."""


class Backfills(Protocol):
    """Past weeks entered as a list: drafts, and what they stored."""

    async def add(self, club_id: int, user_id: int, draft: Draft, now: datetime) -> int:
        """Keep a new draft; its id."""

    async def get(self, backfill_id: int) -> Backfill | None:
        """A backfill by id."""

    async def save(self, backfill_id: int, draft: Draft) -> None:
        """Keep a draft in place of what it was."""

    async def remove(self, backfill_id: int) -> None:
        """Forget a draft."""

    async def purge(self, before: datetime) -> None:
        """Forget drafts made before a moment."""

    async def standing(self, club_id: int, isos: Sequence[IsoWeek]) -> dict[IsoWeek, tuple[Pick, ...]]:
        """The picks of some of a club's weeks, removed ones left out. One query."""

    async def rated(self, user_ids: Sequence[int], work_ids: Sequence[int]) -> dict[tuple[int, int], int]:
        """Scores, in half-stars, that these people gave these works, by user and work. One query."""

    async def works(self, work_ids: Sequence[int]) -> dict[int, Work]:
        """Works by id. One query."""

    async def enter_pick(
        self, backfill_id: int, week_id: int, pick: NewPick, at: datetime, revealed: datetime
    ) -> None:
        """Place a backfilled pick. SlotTaken where the slot is not free."""

    async def enter_ratings(self, backfill_id: int, new: Sequence[tuple[NewRating, datetime]]) -> None:
        """Add backfilled ratings with the moments they were given; one that is there already stays."""

    async def close(self, backfill_id: int, state: BackfillState, now: datetime) -> None:
        """Note that a backfill was stored or undone."""

    async def take_back(self, backfill_id: int) -> tuple[int, int]:
        """Remove what a backfill stored, but no rating that was changed since; how many picks and ratings."""


class Exports(Protocol):
    """What goes into an export. What is iterated is read meanwhile, and held by nobody."""

    async def people(self, club_id: int) -> tuple[ExportedPerson, ...]:
        """The club's members ever; who took their name along, or was forgotten, without it."""

    def works(self, club_id: int) -> AsyncIterator[ExportedWork]:
        """Every work the club has as a pick."""

    def weeks(self, club_id: int) -> AsyncIterator[ExportedWeek]:
        """Every week with picks, a note or an owner; who was absent, of revealed picks alone."""

    def ratings(self, club_id: int) -> AsyncIterator[ExportedRating]:
        """Scores that members ever gave to works of which a pick is revealed."""

    async def own_clubs(self, user_id: int) -> dict[int, OwnClub]:
        """The clubs somebody is or was in, by our ids."""

    def own_works(self, user_id: int) -> AsyncIterator[ExportedWork]:
        """Every work that somebody scored, picked, or did not watch or listen to."""

    def own_ratings(self, user_id: int) -> AsyncIterator[OwnRating]:
        """All of somebody's scores with their works, the earliest first."""

    def own_picks(self, user_id: int, of: Mapping[int, OwnClub]) -> AsyncIterator[OwnPick]:
        """Somebody's standing picks in these clubs."""

    def own_absences(self, user_id: int, of: Mapping[int, OwnClub]) -> AsyncIterator[OwnPick]:
        """Picks in these clubs that somebody did not watch or listen to."""


class Notices(Protocol):
    """What the owner was told."""

    async def get(self, key: str) -> Notice | None:
        """A notice by its key."""

    async def count(self, key: str, now: datetime) -> Notice:
        """Add a notice, or one more time to the one there is."""

    async def set_message(self, key: str, message_id: int) -> None:
        """Note the message that says it."""

    async def any(self, prefix: str) -> bool:
        """Whether there is one whose key begins so."""

    async def remove(self, key: str) -> None:
        """Forget a notice."""

    async def remove_quiet(self, prefix: str, before: datetime) -> None:
        """Forget those whose keys begin so and that last happened before a moment."""


class Imports(Protocol):
    """Club files on their way in. One that is stored is a backfill, and taken back as one."""

    async def add(self, club_id: int, user_id: int | None, file: bytes, now: datetime) -> int:
        """Keep a file until it is stored or thrown away; its id, a backfill's."""

    async def file(self, club_id: int, backfill_id: int) -> bytes | None:
        """A club's file that waits; None for what is no file, or waits no longer."""

    async def there(self, club_id: int, file: ClubFile) -> There:
        """What a club has of what is in a file."""

    async def add_works(self, facts: Mapping[str, Facts], fetched_at: datetime) -> dict[str, int]:
        """Add works we lack, in few statements; their ids by what the file calls them."""

    async def enter(
        self, club_id: int, backfill_id: int, plan: ImportPlan, work_ids: Mapping[str, int], now: datetime
    ) -> None:
        """Store a plan whose works are all there. SlotTaken where the plan is older than the club."""


class UnitOfWork(Protocol):
    """One transaction. Left without `commit` it changes nothing."""

    users: Users
    clubs: Clubs
    members: Members
    works: Works
    weeks: Weeks
    ratings: Ratings
    searches: Searches
    messages: Messages
    posts: Posts
    history: History
    backfills: Backfills
    exports: Exports
    imports: Imports
    records: Records
    notices: Notices

    async def commit(self) -> None:
        """Make the changes last; the update they come from is done with them. AlreadyHandled if it was."""


class Store(Protocol):
    """Opens units of work.

    `write` belongs to the update being handled: its commit marks the update done. `keep` does not: it is for
    what may be repeated (catalogue facts, a search's hits), so that an update that only reads is handled
    again after a crash.
    """

    def read(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """A consistent view; nothing may be changed through it."""

    def glance(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """The same for a few look-ups by key, without `read`'s way to another thread and back.

        Everything else waits meanwhile: nothing in it may grow with what is stored.
        """

    def write(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """A transaction that is alone in writing and belongs to the update."""

    def keep(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """A transaction that is alone in writing and belongs to no update."""
