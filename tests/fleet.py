"""Any number of clubs that have picked and scored this week, each with a card, as if always there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, insert, select

from domain.clubs import Settings
from domain.isoweek import IsoWeek
from domain.schedule import PostKind, PostState
from domain.scores import HIGHEST
from domain.works import Kind
from integrations.sandbox.telegram.flood import FloodLimits
from integrations.sandbox.telegram.model import Member
from storage import tables
from tests.bot.digests import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from integrations.sandbox.telegram import Chat, Person, TelegramSandbox

FRIENDS = 4
FIRST = 1_000_001
"""The first id of whatever is added, far from those that are there."""
NO_LIMITS = FloodLimits(burst=10**6, per_group_minute=10**6, per_second=10**6)


@dataclass(frozen=True, slots=True)
class Berth:
    """A club's group with the bot in it, and the bot's message there that is the week's card."""

    chat: Chat
    card: int


async def groups(telegram: TelegramSandbox, founder: Person, count: int) -> list[Berth]:
    """So many groups with the bot in them, and a message of the bot's in each; it is not told of them."""
    limits, telegram.world.flood.limits = telegram.world.flood.limits, NO_LIMITS
    berths = []
    for number in range(count):
        chat = telegram.create_group(f"Club {number}", [founder])
        chat.members[telegram.bot.id] = Member(telegram.bot)
        card = {"chat_id": chat.id, "text": "The week's card"}
        answer = await telegram.call(telegram.token, "sendMessage", card)
        berths.append(Berth(chat, answer.body["result"]["message_id"]))
    telegram.world.flood.limits = limits
    telegram.log.clear()
    return berths


def fill(database_url: str, berths: Sequence[Berth], now: datetime, due_at: datetime) -> None:
    """Make a club of each group, in their order: four friends, a movie and an album, all of it scored.

    The works are those that are there. This week's digests are due at one moment; nothing else is scheduled.
    """
    engine = create_engine(database_url)
    with engine.begin() as connection:
        works = connection.execute(select(tables.works.c.id, tables.works.c.kind)).all()
        kinds = {kind: [work for work, its in works if its == kind] for kind in Kind}
        for table, rows in _rows(berths, kinds, now, due_at):
            connection.execute(insert(table), rows)
    engine.dispose()


def _rows(
    berths: Sequence[Berth], works: dict[Kind, list[int]], now: datetime, due_at: datetime
) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    settings = Settings()
    iso = IsoWeek.at(now, settings.zone)
    week = {"iso_year": iso.year, "iso_week": iso.week}
    clubs = [(FIRST + number, berth) for number, berth in enumerate(berths)]
    friends = {club: [FRIENDS * club + n for n in range(FRIENDS)] for club, _ in clubs}
    picks = [
        (2 * club + place, club, kind, works[kind][club % len(works[kind])])
        for club, _ in clubs
        for place, kind in enumerate(Kind)
    ]
    yield (
        tables.users,
        [
            {"id": user, "telegram_id": user, "name": NAMES[user % len(NAMES)]}
            for users in friends.values()
            for user in users
        ],
    )
    yield (
        tables.clubs,
        [
            {
                "id": club,
                "chat_id": berth.chat.id,
                "title": berth.chat.title,
                "private": False,
                "introduced": True,
                "language": settings.language,
                "zone": settings.zone.key,
                "scale": settings.scale,
                "movies": settings.movies,
                "albums": settings.albums,
                "blind": settings.blind,
            }
            for club, berth in clubs
        ],
    )
    yield (
        tables.members,
        [
            {
                "club_id": club,
                "user_id": user,
                "joined_at": now + timedelta(seconds=n),
                "nameless": False,
                "turn": n,
            }
            for club, users in friends.items()
            for n, user in enumerate(users)
        ],
    )
    yield tables.weeks, [{"id": club, "club_id": club, "note": "", **week} for club, _ in clubs]
    yield (
        tables.picks,
        [
            {
                "id": pick,
                "week_id": club,
                "kind": kind,
                "position": 0,
                "work_id": work,
                "picked_by": friends[club][0],
                "picked_at": now,
            }
            for pick, club, kind, work in picks
        ],
    )
    yield (
        tables.ratings,
        [
            {
                "user_id": user,
                "work_id": work,
                "score": 1 + (user * 7 + pick) % HIGHEST,
                "take": "",
                "has_spoiler": False,
                "rated_at": now,
                "updated_at": now,
            }
            for pick, club, _, work in picks
            for user in friends[club]
        ],
    )
    yield (
        tables.messages,
        [
            {
                "chat_id": berth.chat.id,
                "message_id": berth.card,
                "purpose": "card",
                "week_id": club,
                "sent_at": now,
            }
            for club, berth in clubs
        ],
    )
    yield (
        tables.posts,
        [
            {
                "club_id": club,
                "kind": PostKind.DIGEST,
                "due_at": due_at,
                "state": PostState.DUE,
                "attempt": 0,
                **week,
            }
            for club, _ in clubs
        ],
    )
