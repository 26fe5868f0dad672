"""`bot doctor`: one line for each thing that can be wrong, and what to do about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from importlib.metadata import version
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from telegram import ChatMember
from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from bot.settings import Settings
from domain.health import NETWORK

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from telegram import Bot, ChatFullInfo

    from bot.jobs.watch import Probe
    from domain.backups import Standing
    from domain.clubs import Club
    from domain.health import DatabaseFacts
    from domain.works import Source

LOW_DISK = 500 * 2**20
WRONG_CLOCK = timedelta(seconds=60)
OLD_BACKUP = timedelta(days=2)
FIXED_WAL = (3, 51, 3)
"""From this version on SQLite's WAL-reset bug is repaired; 3.7.0 was the first to have it."""


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line. `advice` says what to do; empty where all is well."""

    level: Level
    subject: str
    text: str
    advice: str = ""

    def __str__(self) -> str:
        advice = f". {self.advice}" if self.advice else ""
        return f"{self.level:<8} {self.subject}: {self.text}{advice}"


def ok(subject: str, text: str) -> Finding:
    """All is well."""
    return Finding(Level.OK, subject, text)


def warn(subject: str, text: str, advice: str) -> Finding:
    """It works, but not as it could."""
    return Finding(Level.WARNING, subject, text, advice)


def problem(subject: str, text: str, advice: str) -> Finding:
    """It does not work."""
    return Finding(Level.PROBLEM, subject, text, advice)


def settings(current: Settings) -> Iterable[Finding]:
    """What is set, beyond what `load` refuses."""
    yield ok("settings", "can be read")
    if current.owner_id is None:
        yield warn(
            "OWNER_ID", "is not set", "Without it you hear of trouble only in the log; `bot init` sets it"
        )
    if current.musicbrainz_user_agent == Settings.model_fields["musicbrainz_user_agent"].default:
        yield warn(
            "MUSICBRAINZ_USER_AGENT",
            "names no contact",
            "MusicBrainz asks for one: put your mail address or page in",
        )


def database(facts: DatabaseFacts) -> Iterable[Finding]:
    """Where it is, whether it can be used, and what it is on."""
    if facts.trouble is not None:
        yield problem(
            "database",
            f"{facts.place} cannot be opened ({facts.trouble})",
            "Check DATABASE_URL; a damaged file can be replaced with `bot restore`",
        )
        return
    if not facts.writable:
        yield problem(
            "database", f"{facts.place} cannot be written", "Give it and its folder to the bot's user"
        )
    elif not facts.exists:
        yield warn("database", f"{facts.place} is not there yet", "The first start makes it")
    else:
        yield ok("database", facts.place)
    if facts.exists and facts.revision == facts.newest:
        yield ok("migrations", f"up to date ({facts.newest})")
    elif facts.exists and facts.revision is not None and facts.revision > facts.newest:
        yield problem(
            "migrations",
            f"the database is at {facts.revision}, this program only knows {facts.newest}",
            "Run the newer release, or restore a backup of this one's time",
        )
    elif facts.exists:
        yield warn(
            "migrations",
            f"the database is at {facts.revision or 'nothing'}, this program needs {facts.newest}",
            "The next start does it, and so does `bot migrate`",
        )
    if facts.path is not None:
        yield from _sqlite(facts)


def _sqlite(facts: DatabaseFacts) -> Iterable[Finding]:
    if facts.file_system in NETWORK:
        yield warn(
            "file system",
            f"{facts.file_system}, over a network",
            "Its locks cannot be trusted, and SQLite needs them: move the database to a local disk",
        )
    else:
        yield ok("file system", facts.file_system or "unknown on this system")
    if facts.free is not None:
        free = f"{facts.free // 2**20} MB free"
        if facts.free < LOW_DISK:
            yield warn("disk", free, "Make room: a full disk stops the bot from storing anything")
        else:
            yield ok("disk", free)
    if facts.version is not None:
        name = ".".join(map(str, facts.version))
        if (3, 7, 0) <= facts.version < FIXED_WAL:
            yield warn(
                "SQLite",
                f"{name} has the WAL-reset bug",
                "The bot keeps clear of it; let no other program write to the file",
            )
        else:
            yield ok("SQLite", name)


async def telegram(bot: Bot, clubs: Sequence[Club], owner_id: int | None) -> Iterable[Finding]:
    """The token, what @BotFather can change, the owner's chat, and the rights in each group."""
    try:
        me = await bot.get_me()
        webhook = await bot.get_webhook_info()
    except InvalidToken:
        return [
            problem("token", "Telegram refuses it", "@BotFather shows the right one; `bot init` asks for it")
        ]
    except TelegramError as error:
        return [
            problem(
                "token", f"Telegram cannot be reached ({error})", "Check the network and TELEGRAM_BASE_URL"
            )
        ]
    found = [ok("token", f"it is @{me.username}'s")]
    if me.can_read_all_group_messages:
        found.append(
            warn(
                "privacy mode",
                "is off, so the bot is sent all that groups say",
                "It needs none of it: @BotFather, /setprivacy, Enable, then add the bot to its groups anew",
            )
        )
    else:
        found.append(ok("privacy mode", "is on"))
    if not me.can_join_groups:
        found.append(warn("groups", "nobody can add the bot to one", "@BotFather, /setjoingroups, Enable"))
    if webhook.url:
        found.append(warn("webhook", "one is set, by another program", "The bot removes it when it starts"))
    if owner_id is not None:
        found.append(await _owner(bot, owner_id))
    found.extend([await _group(bot, me.id, club) for club in clubs if not club.private])
    return found


async def _owner(bot: Bot, owner_id: int) -> Finding:
    try:
        await bot.get_chat(owner_id)
    except (BadRequest, Forbidden):
        return warn("OWNER_ID", "the bot cannot write to you", "Press Start in its private chat")
    except TelegramError as error:
        return warn("OWNER_ID", f"your chat cannot be looked at ({error})", "Try again later")
    return ok("OWNER_ID", "the bot can write to you")


async def _group(bot: Bot, bot_id: int, club: Club) -> Finding:
    name = f"group {club.chat_id}"
    try:
        chat = await bot.get_chat(club.chat_id)
        member = await bot.get_chat_member(club.chat_id, bot_id)
    except Forbidden:
        return warn(name, "the bot is no longer in it", "Its club sleeps until somebody adds the bot again")
    except TelegramError as error:
        return warn(name, f"cannot be looked at ({error})", "Try again later")
    if member.status in {ChatMember.LEFT, ChatMember.BANNED}:
        return warn(name, "the bot is no longer in it", "Its club sleeps until somebody adds the bot again")
    muted = _muted(chat, member)
    if muted:
        return problem(
            name, f"the bot may not send {muted}", "An admin can allow it, or make the bot an admin"
        )
    return ok(name, "the bot may post")


def _muted(chat: ChatFullInfo, member: ChatMember) -> str:
    """What the bot may not send, by its own restrictions or the group's, which bind no admin."""
    if member.status == ChatMember.ADMINISTRATOR:
        return ""
    limits = member if member.status == ChatMember.RESTRICTED else chat.permissions
    for what, right in (("messages", "can_send_messages"), ("photos", "can_send_photos")):
        if getattr(limits, right, None) is False:
            return what
    return ""


async def catalogues(current: Settings, probes: Mapping[Source, Probe]) -> Iterable[Finding]:
    """Whether each answers, and with which kind of key."""
    names = {"tmdb": "TMDB", "musicbrainz": "MusicBrainz", "cover_art": "Cover Art Archive", "omdb": "OMDb"}
    found = []
    for source, name in names.items():
        probe = next((probe for known, probe in probes.items() if known.value == source), None)
        if probe is None:
            lacks = "movies cannot be found" if source == "tmdb" else "cards come without critics' ratings"
            found.append(warn(name, "no key is set", f"Without {name.upper()}_API_KEY {lacks}"))
            continue
        kind = _key_kind(current) if source == "tmdb" else ""
        trouble = await probe()
        if trouble is None:
            found.append(ok(name, f"answers{kind}"))
        elif trouble == "HTTP 401":
            found.append(problem(name, f"refuses the key{kind}", f"Check {name.upper()}_API_KEY"))
        else:
            found.append(
                warn(
                    name,
                    f"does not answer ({trouble})",
                    "Try again later; the bot goes on with what it knows",
                )
            )
    return found


def _key_kind(current: Settings) -> str:
    key = current.tmdb_api_key
    if key is None:
        return ""
    v3 = re.fullmatch(r"[0-9a-fA-F]{32}", key.get_secret_value()) is not None
    return " (a v3 key)" if v3 else " (a v4 token)"


def clock(now: datetime, theirs: datetime | None) -> Finding:
    """Whether the machine's clock agrees with Telegram's."""
    if theirs is None:
        return warn("clock", "could not be compared with Telegram's", "Try again with a network")
    off = abs(now - theirs)
    if off > WRONG_CLOCK:
        return problem(
            "clock",
            f"is {off.total_seconds():.0f} seconds off",
            "Posts would come at wrong times: set the clock, by NTP for instance",
        )
    return ok("clock", f"{now.astimezone(UTC):%Y-%m-%d %H:%M} UTC")


def zones(used: Iterable[str], now: datetime) -> Finding:
    """Whether the rules of the zones that clubs live in are there, and recent."""
    missing = []
    for zone in {"UTC", "Europe/Berlin", *used}:
        try:
            ZoneInfo(zone)
        except (KeyError, OSError, ValueError):
            missing.append(zone)
    if missing:
        return problem(
            "time zones", f"no rules for {', '.join(sorted(missing))}", "Install the package tzdata anew"
        )
    data = version("tzdata")
    if int(data.partition(".")[0]) < now.year - 1:
        return warn(
            "time zones", f"the rules are of {data}", "Upgrade the package tzdata: zones change their rules"
        )
    return ok("time zones", f"the rules are of {data}")


def backups(standing: Standing, now: datetime) -> Finding:
    """When the last backup was made, and when the last one that is whole."""
    if standing.newest is None:
        return warn("backups", "there is none yet", "A running bot makes one every night")
    if standing.verified is None:
        return problem("backups", "none is whole", "`bot backup` makes a new one; look after the disk")
    days = (now - standing.verified).days
    text = f"the newest is of {standing.newest:%Y-%m-%d %H:%M} UTC"
    if standing.verified != standing.newest:
        return problem(
            "backups",
            f"{text}, and damaged; the newest whole one is of {standing.verified:%Y-%m-%d %H:%M} UTC",
            "`bot backup` makes a new one; look after the disk",
        )
    if days >= OLD_BACKUP.days:
        return warn("backups", f"{text}, {days} days ago", "Does the bot run? It makes one every night")
    return ok("backups", f"{text}, and whole")
