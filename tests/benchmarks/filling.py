"""A database of a given size, filled in the order of time, with one club in it that never is any different.

Clubs, members and works grow with the ratings: a thousand ratings to a club of ten, a hundred works to ten
thousand ratings. Other clubs live fifty weeks each, at different times, and half of them are gone by now. Ten
movies and ten albums are so popular that every club has had them.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from domain.isoweek import IsoWeek
from tests.databases import template
from tests.fakes import START

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

MEMBERS = 10
ROUNDS = 100
"""Weeks the measured club has had; this week is one more."""
LIFE = 50
PER_CLUB = LIFE * 2 * MEMBERS
POPULAR = 10
PEOPLE_IN_A_MOVIE = 5
DUE = 5
"""Clubs whose digest is due this minute."""
FIRST_TELEGRAM_ID = 1_000_000

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is. `clubs` counts groups, the measured one among them."""

    ratings: int

    @property
    def clubs(self) -> int:
        """Ten thousand for ten million ratings."""
        return max(self.ratings // PER_CLUB, 2 * DUE)

    @property
    def works(self) -> int:
        """A hundred thousand for ten million ratings; never too few for a club to have another each week."""
        return max(self.ratings // 100, 1000)

    @property
    def measured(self) -> int:
        """The id of the club that is the same at every size; its neighbours are older and younger."""
        return self.clubs // 2 + 1

    @property
    def alone(self) -> int:
        """The id of the club that is the private chat of its first member."""
        return self.clubs + 1

    def member(self, club: int, number: int = 0) -> int:
        """The id of a club's member."""
        return (club - 1) * MEMBERS + number + 1

    def work(self, club: int, turn: int, *, album: bool) -> int:
        """The id of what a club picks in its week `turn`: no work twice, the popular ones among them."""
        half = self.works // 2
        if turn < POPULAR - 1 or turn == ROUNDS:
            found = (turn + club) % POPULAR if turn < ROUNDS else (POPULAR - 1 + club) % POPULAR
        else:
            found = POPULAR + (club * 7919 + turn * 101) % (half - POPULAR)
        return found + 1 + (half if album else 0)


def asleep(size: Size, club: int) -> bool:
    """Whether the bot was thrown out of a club."""
    return club % 2 == 0 and club != size.measured


def fill(path: Path, size: Size) -> None:
    """Make the file."""
    path.write_bytes(template())
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-400000", "foreign_keys=OFF"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN")
        _works(connection, size)
        _clubs(connection, size)
        for number in range(ROUNDS + 1):
            _week(connection, size, number)
        _rest(connection, size)
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode=WAL")


def at(number: int, seconds: int = 0) -> str:
    """A moment in a round, as it is stored."""
    return _stored(START - timedelta(weeks=ROUNDS - number) + timedelta(seconds=seconds))


def iso_of(number: int) -> IsoWeek:
    """The week of a round."""
    return IsoWeek.at(START - timedelta(weeks=ROUNDS - number), UTC)


def _stored(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")


def _mbid(number: int) -> str:
    return f"{number:08x}-0000-0000-0000-000000000000"


def _add(connection: sqlite3.Connection, table: str, columns: str, rows: Iterable[Row]) -> None:
    marks = ", ".join("?" * len(columns.split(",")))
    connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)  # noqa: S608


def _works(connection: sqlite3.Connection, size: Size) -> None:
    half = size.works // 2
    movies, albums = range(1, half + 1), range(half + 1, size.works + 1)
    kinds = (*((number, "movie") for number in movies), *((number, "album") for number in albums))
    _add(
        connection,
        "works",
        "id, kind, title, artist, year, released, fetched_at",
        ((n, kind, f"Title {n}", None, 1950 + n % 75, f"{1950 + n % 75}-05", at(0)) for n, kind in kinds),
    )
    # Every tenth was added by hand: no catalogue knows it.
    _add(
        connection,
        "movies",
        "work_id, tmdb_id, runtime, overview",
        ((n, n if n % 10 else None, 80 + n % 60, "Somebody wants something. " * 6) for n in movies),
    )
    _add(
        connection,
        "albums",
        "work_id, release_group_mbid, secondary_types",
        ((n, _mbid(n) if n % 10 else None, "[]") for n in albums),
    )
    _add(
        connection,
        "people",
        "id, tmdb_id, mbid, name, country",
        ((n, n, _mbid(n), f"Person {n}", "FR") for n in range(1, size.works + 1)),
    )
    _add(
        connection,
        "credits",
        "work_id, position, person_id, role, billing, job",
        (
            (n, k, (n * 13 + k * 7) % size.works + 1, "cast" if k else "crew", k, None if k else "Director")
            for n in movies
            for k in range(PEOPLE_IN_A_MOVIE)
        ),
    )
    _add(
        connection,
        "album_artists",
        "work_id, position, person_id, name, join_phrase",
        ((n, 0, n % size.works + 1, f"Person {n}", "") for n in albums),
    )
    _add(connection, "genres", "id, name", ((n, f"Genre {n}") for n in range(1, 21)))
    _add(
        connection,
        "work_genres",
        "work_id, position, genre_id",
        ((n, k, (n + k) % 20 + 1) for n, _ in kinds for k in range(2)),
    )
    _add(
        connection,
        "work_critics",
        "work_id, position, source, value",
        ((n, 0, "Metacritic", f"{n % 100}/100") for n in movies),
    )
    _add(
        connection,
        "http_cache",
        "key, expires_at, body",
        ((f"answer {n * 7919 % 1_000_003}", at(ROUNDS - 20), b"answer " * 60) for n, _ in kinds),
    )


def _clubs(connection: sqlite3.Connection, size: Size) -> None:
    groups = range(1, size.clubs + 1)
    columns = "id, chat_id, title, private, introduced, language, zone, scale, movies, albums, blind, asleep"
    common = (1, "en", "UTC", "half_stars", 1, 1, 1)
    _add(
        connection,
        "clubs",
        columns,
        ((n, -n, f"Club {n}", 0, *common, asleep(size, n)) for n in groups),
    )
    ana = size.member(size.measured)
    _add(connection, "clubs", columns, [(size.alone, FIRST_TELEGRAM_ID + ana, "Person", 1, *common, 0)])
    _add(
        connection,
        "users",
        "id, telegram_id, name, language, reachable, wants_digest",
        (
            (n, FIRST_TELEGRAM_ID + n, f"Person {n}", "en", 1, n % 50 == 0 or n == ana)
            for n in range(1, size.clubs * MEMBERS + 1)
        ),
    )
    member = "club_id, user_id, joined_at, nameless, turn, key"
    _add(
        connection,
        "members",
        member,
        (
            (club, size.member(club, number), at(0, number), 0, number, f"{club * MEMBERS + number:016x}")
            for number in range(MEMBERS)
            for club in groups
        ),
    )
    _add(connection, "members", member, [(size.alone, ana, at(0), 0, 0, "alone")])


def _playing(size: Size, number: int) -> list[tuple[int, int]]:
    """The clubs that have a round, each with which of its own it is."""
    last = ROUNDS - LIFE
    playing = [(club, number - club * 37 % (last + 1)) for club in range(1, size.clubs + 1)]
    of_others = [(club, turn) for club, turn in playing if 0 <= turn < LIFE and club != size.measured]
    return sorted([*of_others, (size.measured, number)])


def _week(connection: sqlite3.Connection, size: Size, number: int) -> None:
    iso, over = iso_of(number), number < ROUNDS
    playing = _playing(size, number)
    (weeks,) = connection.execute("SELECT coalesce(max(id), 0) FROM weeks").fetchone()
    (picks,) = connection.execute("SELECT coalesce(max(id), 0) FROM picks").fetchone()
    numbered = list(enumerate(playing, 1))
    _add(
        connection,
        "weeks",
        "id, club_id, iso_year, iso_week, note",
        ((weeks + n, club, iso.year, iso.week, "") for n, (club, _) in numbered),
    )
    _add(
        connection,
        "picks",
        "id, week_id, kind, position, work_id, picked_by, picked_at, revealed_at",
        (
            (
                picks + 2 * n + album,
                weeks + n,
                "album" if album else "movie",
                0,
                size.work(club, turn, album=bool(album)),
                size.member(club, turn % MEMBERS),
                at(number),
                at(number + 1) if over else None,
            )
            for n, (club, turn) in numbered
            for album in range(2)
        ),
    )
    answers = list(_answers(size, number, numbered))
    _add(
        connection,
        "ratings",
        "user_id, work_id, score, take, has_spoiler, rated_at, updated_at",
        (rating for _, rating in answers if rating[2]),
    )
    _add(
        connection,
        "attendances",
        "pick_id, user_id",
        ((picks + pick, rating[0]) for pick, rating in answers if not rating[2]),
    )
    _add(
        connection,
        "messages",
        "chat_id, message_id, purpose, week_id, sent_at",
        ((-club, number + 1, "card", weeks + n, at(number)) for n, (club, _) in numbered),
    )
    _add(
        connection,
        "searches",
        "club_id, kind, text, stale, made_at, hits",
        ((club, "movie", f"title {turn}", 0, at(number), "[]") for club, turn in playing),
    )
    if over:
        _add(
            connection,
            "posts",
            "club_id, kind, iso_year, iso_week, due_at, state, attempt",
            (
                (club, kind, iso.year, iso.week, at(number), "sent", 1)
                for club, _ in playing
                for kind in ("new_week", "digest")
            ),
        )


def _answers(
    size: Size, number: int, numbered: list[tuple[int, tuple[int, int]]]
) -> Iterator[tuple[int, Row]]:
    """Pick (counted from the round's first) and rating: one member of each club after the other.

    A rating without a score stands for somebody who did not watch. This week only half have answered.
    """
    for person in range(MEMBERS if number < ROUNDS else MEMBERS // 2):
        for n, (club, turn) in numbered:
            for album in range(2):
                user, work = size.member(club, person), size.work(club, turn, album=bool(album))
                mix = turn * 31 + person * 17 + album * 5
                score = 0 if mix % 20 == 0 and number < ROUNDS else mix % 10 + 1
                take = "Longer than it should be, and then over too soon." if mix % 9 == 0 else ""
                moment = at(number, 60 + person * 3600 + n // 100)
                yield 2 * n + album, (user, work, score, take, 0, moment, moment)


def _rest(connection: sqlite3.Connection, size: Size) -> None:
    iso = iso_of(ROUNDS)
    awake = [n for n in range(1, size.clubs + 1) if not asleep(size, n) and n != size.measured]
    due = {size.measured, *awake[: DUE - 1]}
    _add(
        connection,
        "posts",
        "club_id, kind, iso_year, iso_week, due_at, asleep, state, attempt",
        (
            (
                club,
                kind,
                iso.year,
                iso.week,
                _due_at(size, club, late=club in due),
                asleep(size, club),
                "due",
                0,
            )
            for club in range(1, size.clubs + 1)
            for kind in ("new_week", "digest")
        ),
    )
    failed = range(100, 110)
    raw = '{"update_id": 1, "message": {"text": "an update that was set aside"}}' * 4
    _add(
        connection,
        "inbox",
        "update_id, raw, state, attempts, received_at, settled_at",
        (
            (n, raw if n in failed else "", "failed" if n in failed else "done", 0, at(ROUNDS), at(ROUNDS))
            for n in range(1, size.ratings // 10 + 1)
        ),
    )
    _add(
        connection,
        "backfills",
        "club_id, user_id, made_at, state, draft",
        (
            (
                club,
                size.member(club),
                at(ROUNDS - 3),
                "stored" if club % 100 else "draft",
                '{"entries": [], "bad": []}',
            )
            for club in range(10, size.clubs + 1, 10)
        ),
    )


def _due_at(size: Size, club: int, *, late: bool) -> str:
    """Of clubs that are gone long ago, of those that are `late` now, of the others later this week."""
    if asleep(size, club):
        return at(ROUNDS - 1 - club % LIFE)
    return at(ROUNDS, -30 if late else 3600 + club)
