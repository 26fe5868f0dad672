"""What people can get wrong, and what the outside world can. Errors carry fields, never sentences."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from domain.clubs import User
    from domain.isoweek import IsoWeek
    from domain.weeks import Pick
    from domain.works import Kind, Source, Work


class DomainError(Exception):
    """Base of every error a person is told about; `bot.errors` has a text for each subclass."""


@dataclass(eq=False)
class CatalogueUnavailable(DomainError):
    """A catalogue did not answer usably and nothing cached stands in for it."""

    source: Source


@dataclass(eq=False)
class CatalogueBusy(CatalogueUnavailable):
    """So many wait for a catalogue that counts its questions that one more has to come back."""


@dataclass(eq=False)
class CatalogueNotConfigured(DomainError):
    """The owner has not set what this kind of work needs (the TMDB key)."""

    kind: Kind


@dataclass(eq=False)
class NotInCatalogue(DomainError):
    """The catalogue answered that it has no such work (any more)."""

    source: Source


@dataclass(eq=False)
class QueryTooLong(DomainError):
    """A search text over `limit` characters."""

    limit: int


class TitleMissing(DomainError):
    """A work to be added by hand has no title."""


@dataclass(eq=False)
class TitleTooLong(DomainError):
    """A title over `limit` characters."""

    limit: int


@dataclass(eq=False)
class YearOutOfRange(DomainError):
    """A year outside `first` to `last`, both allowed."""

    year: int
    first: int
    last: int


class SearchGone(DomainError):
    """A button of a search, or of a place in it, that is not stored."""


class WorkGone(DomainError):
    """A button of a work that is not stored."""


class PickGone(DomainError):
    """A pick that was removed, never existed, or belongs to another club."""


@dataclass(eq=False)
class NoSlots(DomainError):
    """The club picks no works of this kind."""

    kind: Kind


@dataclass(eq=False)
class SlotsFull(DomainError):
    """Every slot of this kind is taken this week, by these picks; `work` found none."""

    kind: Kind
    work: Work
    taken: tuple[Pick, ...]


@dataclass(eq=False)
class AlreadyPicked(DomainError):
    """The work is one of this week's picks already."""

    work: Work


@dataclass(eq=False)
class PickedBefore(DomainError):
    """The club picked this work in an earlier week; to be confirmed.

    `average` is in half-stars, None where nobody scored or the club has yet to see it.
    """

    work: Work
    week: IsoWeek
    average: float | None


class NotYourPick(DomainError):
    """Only the owner of the week, who picked it in an open club, or an admin may do this."""


@dataclass(eq=False)
class NotYourTurn(DomainError):
    """The week is `owner`'s; only they and admins may do this in it."""

    owner: User


class NoTurns(DomainError):
    """A button of turns in a club where anyone may pick."""


class NobodysTurn(DomainError):
    """The week has no owner who could do this: everybody is away."""


class NobodyElse(DomainError):
    """There is nobody else on the roster, and not away, who could take the week."""


class TurnUsed(DomainError):
    """The week has picks already, so it can no longer go to somebody else."""


class SwapGone(DomainError):
    """An offer to swap turns that was answered, or whose week or people are no longer what they were."""


class SwapWithSelf(DomainError):
    """Somebody offers themselves a swap."""


@dataclass(eq=False)
class NotYourSwap(DomainError):
    """Only `asked`, who was offered the swap, may answer it."""

    asked: User


class AdminsOnly(DomainError):
    """Only the group's admins may do this."""


@dataclass(eq=False)
class UndoExpired(DomainError):
    """The undo came more than `seconds` after what it undoes."""

    seconds: int


class SlotTaken(DomainError):
    """A removed pick cannot come back: somebody else's pick is in its slot."""


@dataclass(eq=False)
class InvalidScore(DomainError):
    """Not 1 to 10 half-stars."""

    score: int


@dataclass(eq=False)
class NoteTooLong(DomainError):
    """A week's note over `limit` characters."""

    limit: int


class TakeMissing(DomainError):
    """A take of which nothing can be seen."""


@dataclass(eq=False)
class TakeTooLong(DomainError):
    """A take over `limit` characters."""

    limit: int


@dataclass(eq=False)
class TakeNeedsScore(DomainError):
    """A take on a work its author has not scored."""

    work: Work


class NotOnRoster(DomainError):
    """Somebody who is not on the roster wants to leave it."""


class NoPicksYet(DomainError):
    """The week has no pick that this could be about."""


@dataclass(eq=False)
class NothingToReveal(DomainError):
    """A week's picks are revealed already, or there are none (not `picked`)."""

    picked: bool


class PersonHidden(DomainError):
    """Telegram does not say who this is (an anonymous admin), and it matters here."""


@dataclass(eq=False)
class NoSuchWeek(DomainError):
    """`text` names no week, or one that is still ahead."""

    text: str


@dataclass(eq=False)
class NoSuchYear(DomainError):
    """`text` is not a year."""

    text: str


@dataclass(eq=False)
class TooManyLines(DomainError):
    """More than `limit` lines of past weeks at once."""

    limit: int


class BackfillGone(DomainError):
    """A backfill that was thrown away, never existed, or belongs to another club."""


class BackfillClosed(DomainError):
    """A backfill that was stored, or undone, and can no longer be changed."""


@dataclass(eq=False)
class BackfillOpen(DomainError):
    """A backfill with `questions` yet to be settled cannot be stored."""

    questions: int


class BackfillEmpty(DomainError):
    """A backfill of which nothing is left to store."""


@dataclass(eq=False)
class BackfillUndoExpired(DomainError):
    """The undo came more than `hours` after the backfill was stored."""

    hours: int


@dataclass(eq=False)
class ExportTooLarge(DomainError):
    """A file over `limit` bytes, which Telegram does not take."""

    limit: int


class OwnerOnly(DomainError):
    """Only whoever runs the bot may do this."""


class BackupsNeedSqlite(DomainError):
    """The database is PostgreSQL, which has its own tools for this: pg_dump and pg_restore."""


class NoDatabase(DomainError):
    """There is no database yet that could be backed up."""


class NoSuchBackup(DomainError):
    """There is no backup of this name, or none at all."""


@dataclass(eq=False)
class DiskFull(DomainError):
    """There is no room left for what is to be written in `folder`."""

    folder: str


@dataclass(eq=False)
class NotWritable(DomainError):
    """Nothing can be written in `folder`: it is not there, read-only, or somebody else's."""

    folder: str


@dataclass(eq=False)
class DatabaseDamaged(DomainError):
    """The database fails SQLite's own checks; `problem` is the first thing they found."""

    problem: str


class DatabaseInUse(DomainError):
    """Another process has the database open, most likely the bot."""


class NotABackup(DomainError):
    """A file that this bot never wrote as a backup."""


class BackupDamaged(DomainError):
    """A backup that is not as it was written: its checksum, sizes or counts are wrong."""


@dataclass(eq=False)
class BackupTooNew(DomainError):
    """A backup of a newer program: this one does not know its format, or the schema `revision`."""

    revision: str


@dataclass(eq=False)
class BackupForeign(DomainError):
    """A backup whose database is not made of the bot's own tables; `name` is the first stranger in it."""

    name: str


@dataclass(eq=False)
class BackupTooLarge(DomainError):
    """A backup that claims to unpack to `size` bytes, which no backup of its size does."""

    size: int


@dataclass(eq=False)
class BackupSealed(DomainError):
    """An encrypted backup without a key that opens it; `tried` where one was given."""

    tried: bool


class SealMissing(DomainError):
    """What is needed to encrypt or decrypt, the package pyrage, is not installed."""


@dataclass(eq=False)
class FileTooLarge(DomainError):
    """A file, or what is in it, has more than `limit` bytes."""

    limit: int


class FileUnavailable(DomainError):
    """Telegram does not hand out a file now; it may in a minute."""


class StandingUnknown(DomainError):
    """Telegram does not say now whether somebody is an admin."""


class FileProblem(StrEnum):
    """What is wrong with a file that was sent as an export.

    FOREIGN is not one, DAMAGED cannot be read, an ARCHIVE holds something else, NEWER is of a later version,
    a PERSON's is not a club's; WRONG is a value, TWICE something that may be there once, LOST a reference.
    """

    FOREIGN = "foreign"
    DAMAGED = "damaged"
    ARCHIVE = "archive"
    NEWER = "newer"
    PERSON = "person"
    WRONG = "wrong"
    TWICE = "twice"
    LOST = "lost"


@dataclass(eq=False)
class BadExport(DomainError):
    """A file that cannot be imported; `where` in it names the place, like `weeks[3].picks[0].at`."""

    fault: FileProblem
    where: str = ""


@dataclass(eq=False)
class NoSuchClub(DomainError):
    """There is no club in a chat of this id."""

    chat_id: int
