"""What people read when something they did, or the world, did not work out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.texts import shorten
from bot.views.common import person, source_name, title
from domain import errors
from domain.works import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.texts import Texts
    from domain.errors import DomainError


def describe(error: DomainError, t: Texts) -> str:
    """The plain sentence for a domain error."""
    return TEXTS[type(error)](error, t)


def _picked_before(error: errors.PickedBefore, t: Texts) -> str:
    return t.plain(
        "{title} was a pick before, in week {week} of {year}.",
        title=title(error.work, 100),
        week=error.week.week,
        year=error.week.year,
    )


def _no_slots(error: errors.NoSlots, t: Texts) -> str:
    if error.kind is Kind.MOVIE:
        return t.plain("This club picks no movies. An admin can change that in /settings.")
    return t.plain("This club picks no albums. An admin can change that in /settings.")


def _slots_full(error: errors.SlotsFull, t: Texts) -> str:
    taken = ", ".join(title(pick.work, 50) for pick in error.taken)
    return t.plain("No room for another this week. Already in: {titles}.", titles=taken)


def _unavailable(error: errors.CatalogueUnavailable, t: Texts) -> str:
    source = source_name(error.source)
    return t.plain("{source} isn't answering right now. Try again in a few minutes.", source=source)


def _busy(error: errors.CatalogueBusy, t: Texts) -> str:
    return t.plain(
        "So many people are asking {source} right now that I won't make you queue. Try again in a minute.",
        source=source_name(error.source),
    )


def _nothing_to_reveal(error: errors.NothingToReveal, t: Texts) -> str:
    if error.picked:
        return t.plain("Everything is revealed already. /week shows it.")
    return t.plain("There is nothing to reveal: the week has no picks.")


def _end(path: str) -> str:
    """The end of a path, which says most."""
    return path if len(path) <= 60 else f"…{path[-59:]}"


def _sealed(error: errors.BackupSealed, t: Texts) -> str:
    if error.tried:
        return t.plain("The key in BACKUP_IDENTITY does not open this backup.")
    return t.plain("This backup is encrypted: BACKUP_IDENTITY must name the file with its key.")


def _bad_export(error: errors.BadExport, t: Texts) -> str:
    where, problem = shorten(error.where, 100), errors.FileProblem
    return {
        problem.FOREIGN: lambda: t.plain("That's no file that /export wrote."),
        problem.DAMAGED: lambda: t.plain("That file is damaged: I can't read it."),
        problem.ARCHIVE: lambda: t.plain(
            "There is more in that zip than /export puts there, so I leave it closed."
        ),
        problem.NEWER: lambda: t.plain(
            "That file is from a newer version of me. Whoever runs me has to update me."
        ),
        problem.PERSON: lambda: t.plain(
            "That's somebody's own data. A club's file comes from /export in its group."
        ),
        problem.WRONG: lambda: t.plain(
            "Something in that file can't be: {where}. Nothing was stored.", where=where
        ),
        problem.TWICE: lambda: t.plain(
            "Something in that file is there twice: {where}. Nothing was stored.", where=where
        ),
        problem.LOST: lambda: t.plain(
            "Something in that file leads nowhere: {where}. Nothing was stored.", where=where
        ),
    }[error.fault]()


TEXTS: dict[type[DomainError], Callable[[Any, Texts], str]] = {
    errors.CatalogueUnavailable: _unavailable,
    errors.CatalogueBusy: _busy,
    errors.CatalogueNotConfigured: lambda _, t: t.plain(
        "I can't look up movies yet: whoever runs me must set TMDB_API_KEY. Albums work, and so does /add."
    ),
    errors.NotInCatalogue: lambda e, t: t.plain(
        "{source} no longer has this one. Please search again.", source=source_name(e.source)
    ),
    errors.QueryTooLong: lambda e, t: t.plain(
        "That's a lot of words. A title and a year, at most {limit} characters, will do.", limit=e.limit
    ),
    errors.TitleMissing: lambda _, t: t.plain("It needs a title, like: /add movie Heat (1995)"),
    errors.TitleTooLong: lambda e, t: t.plain(
        "That title is too long: {limit} characters at most.", limit=e.limit
    ),
    errors.YearOutOfRange: lambda e, t: t.plain(
        "{year} can't be its year; I take {first} to {last}. If {year} is part of the title, add the real "
        "year in brackets, like: Blade Runner 2049 (2017)",
        year=e.year,
        first=e.first,
        last=e.last,
    ),
    errors.SearchGone: lambda _, t: t.plain("I no longer have this search. Please search again."),
    errors.WorkGone: lambda _, t: t.plain("I no longer have this one. Please search for it again."),
    errors.PickGone: lambda _, t: t.plain(
        "That's not one of this club's picks any more. /week shows what is."
    ),
    errors.NoSlots: _no_slots,
    errors.SlotsFull: _slots_full,
    errors.AlreadyPicked: lambda e, t: t.plain(
        "{title} is this week's pick already.", title=title(e.work, 100)
    ),
    errors.PickedBefore: _picked_before,
    errors.NotYourPick: lambda _, t: t.plain(
        "Only whoever picked it, the week's owner or an admin can do that."
    ),
    errors.NotYourTurn: lambda e, t: t.plain(
        "It's {name}'s week. /turns shows who comes next.", name=person(t, e.owner)
    ),
    errors.NoTurns: lambda _, t: t.plain("No turns here: in this club anyone may pick."),
    errors.NobodysTurn: lambda _, t: t.plain("It's nobody's turn this week, so anyone may pick."),
    errors.NobodyElse: lambda _, t: t.plain(
        "Nobody else is there to take over. /join puts people on the roster."
    ),
    errors.TurnUsed: lambda _, t: t.plain("This week has a pick already, so it stays where it is."),
    errors.SwapGone: lambda _, t: t.plain("This offer is over. /turns shows how things stand."),
    errors.SwapWithSelf: lambda _, t: t.plain("You can't swap with yourself."),
    errors.NotYourSwap: lambda e, t: t.plain("Only {name} can answer that.", name=person(t, e.asked)),
    errors.AdminsOnly: lambda _, t: t.plain("Only this group's admins can change that."),
    errors.UndoExpired: lambda e, t: t.plain(
        "Too late: undo works for {seconds} seconds.", seconds=e.seconds
    ),
    errors.SlotTaken: lambda _, t: t.plain("It can't come back: another pick has its place now."),
    errors.InvalidScore: lambda _, t: t.plain("That's not a score I know. /week shows a fresh card."),
    errors.NoteTooLong: lambda e, t: t.plain(
        "Too long for a note: {limit} characters at most.", limit=e.limit
    ),
    errors.TakeMissing: lambda _, t: t.plain("There is nothing to see in that take. Reply again with words."),
    errors.TakeTooLong: lambda e, t: t.plain(
        "Too long for a take: {limit} characters at most. Your text is still above; "
        "shorten it and reply again.",
        limit=e.limit,
    ),
    errors.TakeNeedsScore: lambda e, t: t.plain(
        "Score {title} first, then reply with your take again.", title=title(e.work, 100)
    ),
    errors.NotOnRoster: lambda _, t: t.plain("You're not on the roster. /join puts you there."),
    errors.NoPicksYet: lambda _, t: t.plain(
        "Nothing is picked that week, so there's nothing to have a take on yet."
    ),
    errors.NothingToReveal: _nothing_to_reveal,
    errors.PersonHidden: lambda _, t: t.plain(
        "You're writing as the group, so I can't tell who you are. Write as yourself, or press a button."
    ),
    errors.NoSuchWeek: lambda e, t: t.plain(
        "I know no past week “{text}”. Try it like: /week 2026-W07", text=shorten(e.text, 40)
    ),
    errors.NoSuchYear: lambda e, t: t.plain(
        "“{text}” is no year I know. Try it like: /history 2025", text=shorten(e.text, 40)
    ),
    errors.TooManyLines: lambda e, t: t.plain(
        "That's a lot at once: {limit} lines at most, please. Send the rest after that.", limit=e.limit
    ),
    errors.BackfillGone: lambda _, t: t.plain(
        "I no longer have these lines. Send them with /backfill again."
    ),
    errors.BackfillClosed: lambda _, t: t.plain("These lines are stored or undone already."),
    errors.BackfillOpen: lambda e, t: t.plain(
        "Not everything is settled yet; still open: {n}.", n=e.questions
    ),
    errors.BackfillEmpty: lambda _, t: t.plain("Nothing of this is left to store."),
    errors.BackfillUndoExpired: lambda e, t: t.plain(
        "Too late: undo works for {hours} hours.", hours=e.hours
    ),
    errors.ExportTooLarge: lambda e, t: t.plain(
        "That makes more than the {limit} MB a bot may send. Ask whoever runs me for it.",
        limit=e.limit // 1_000_000,
    ),
    errors.OwnerOnly: lambda _, t: t.plain("Only whoever runs me can do that."),
    errors.BackupsNeedSqlite: lambda _, t: t.plain(
        "My database is PostgreSQL, which I do not back up: use pg_dump, and pg_restore to get it back."
    ),
    errors.NoDatabase: lambda _, t: t.plain("There is no database yet, so there is nothing to back up."),
    errors.NoSuchBackup: lambda _, t: t.plain("There is no such backup."),
    errors.DiskFull: lambda e, t: t.plain(
        "The disk is full, nothing more fits into {folder}.", folder=_end(e.folder)
    ),
    errors.NotWritable: lambda e, t: t.plain(
        "I can't write into {folder}: it is missing, read-only or not mine.", folder=_end(e.folder)
    ),
    errors.DatabaseDamaged: lambda e, t: t.plain(
        "The database is damaged. SQLite says: “{problem}”.", problem=shorten(e.problem, 80)
    ),
    errors.DatabaseInUse: lambda _, t: t.plain(
        "Another program has the database open. Close it, then try again."
    ),
    errors.NotABackup: lambda _, t: t.plain("That file is not one of my backups."),
    errors.BackupDamaged: lambda _, t: t.plain(
        "This backup is damaged: it is no longer as I wrote it. Take another one."
    ),
    errors.BackupTooNew: lambda e, t: t.plain(
        "This backup comes from a newer version of me ({revision}). Update me first.",
        revision=shorten(e.revision, 20),
    ),
    errors.BackupForeign: lambda e, t: t.plain(
        "That database is not one of mine. What gives it away: {name}.", name=shorten(e.name, 60)
    ),
    errors.BackupTooLarge: lambda e, t: t.plain(
        "This backup claims to hold {size} MB, far more than one of its size can. I leave it packed.",
        size=t.number(e.size // 1_000_000),
    ),
    errors.BackupSealed: _sealed,
    errors.SealMissing: lambda _, t: t.plain(
        "Encrypted backups need the package pyrage: install it, then try again."
    ),
    errors.FileTooLarge: lambda e, t: t.plain(
        "That's more than {limit} MB, which is more than any club's weeks need.", limit=e.limit // 1_000_000
    ),
    errors.FileUnavailable: lambda _, t: t.plain(
        "Telegram isn't handing me that file right now. Send it again in a few minutes."
    ),
    errors.StandingUnknown: lambda _, t: t.plain(
        "Telegram isn't telling me right now whether you're an admin. Try again in a minute."
    ),
    errors.BadExport: _bad_export,
    errors.NoSuchClub: lambda e, t: t.plain("I know no club in the chat {id}.", id=str(e.chat_id)),
}
