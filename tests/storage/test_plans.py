"""The queries behind a tap on a score button, and behind a minute of posts, use indexes."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from domain.isoweek import IsoWeek
from domain.ports import Note
from domain.schedule import PostKind, PostState
from domain.works import Kind
from storage.database import create
from tests.databases import template
from tests.fakes import START
from tests.storage import scenes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from storage.database import Database
    from tests.fakes import FakeClock

Statement = tuple[str, Any]


class Listener:
    """Writes down the statements that an engine runs."""

    def __init__(self, database: Database) -> None:
        self.statements: list[Statement] = []
        for engine in (database._engines.reader, database._engines.writer):
            event.listen(engine.sync_engine, "before_cursor_execute", self._note)

    def _note(self, _: object, __: object, statement: str, parameters: Any, *___: object) -> None:
        if not statement.startswith("BEGIN"):
            self.statements.append((statement, parameters))


def plans(path: Path, statements: list[Statement]) -> Iterator[tuple[str, str]]:
    """What SQLite means to do for each statement, line by line."""
    with closing(sqlite3.connect(path)) as connection:
        for statement, parameters in statements:
            for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters):
                yield statement, row[3]


async def test_a_score_and_the_card_it_changes_scan_no_table(
    sqlite_database: Database, tmp_path: Path
) -> None:
    ana = await scenes.a_user(sqlite_database, 1)
    club = await scenes.a_club(sqlite_database, ana)
    heat = await scenes.a_work(sqlite_database)
    pick = await scenes.a_pick(sqlite_database, club, ana, heat)
    await sqlite_database.inbox.store([(1, "{}")], START)

    listener = Listener(sqlite_database)
    await sqlite_database.inbox.pending()
    async with sqlite_database.store(update_id=1).write() as unit:
        await unit.users.by_telegram_id(1)
        await unit.users.save(1, "Ana", "de")
        await unit.clubs.by_chat(-100)
        await unit.weeks.pick(pick.id)
        await unit.members.join(club.id, ana.id, START)
        await unit.ratings.put(ana.id, heat, 7, START)
        await unit.ratings.set_take(ana.id, heat, "Long", has_spoiler=False, now=START)
        await unit.ratings.set_absent(pick.id, ana.id, absent=True)
        await unit.ratings.set_absent(pick.id, ana.id, absent=False)
        await unit.messages.remember(Note(-100, 7, "card", pick.week.id), START)
        await unit.commit()
    async with sqlite_database.store().read() as unit:
        await unit.weeks.at(club.id, scenes.WEEK)
        await unit.weeks.get(pick.week.id)
        picks = await unit.weeks.picks(pick.week.id)
        await unit.members.of(club.id)
        await unit.ratings.answers(picks)
        await unit.messages.find(-100, 7)
        await unit.messages.latest_card(pick.week.id)
        await unit.weeks.last_pick_of(club.id, heat, IsoWeek(2030, 1))
        await unit.weeks.replacement_of(pick.id)
        await unit.works.find_by_hand(Kind.MOVIE, "Heat", None, 1995)
        await unit.works.facts(heat)
    await sqlite_database.answer_cache.get("key")
    await sqlite_database.answer_cache.purge(START)

    steps = list(plans(tmp_path / "wrong-opinions.db", listener.statements))
    assert len(listener.statements) > 25
    assert "SEARCH picks USING INDEX ix_picks_week_id (week_id=?)" in [step for _, step in steps]
    scans = [(statement, step) for statement, step in steps if step.startswith("SCAN")]
    assert [scan for scan in scans if "ix_inbox_new" not in scan[1]] == []


async def test_the_answers_to_all_picks_of_a_week_are_one_query(sqlite_database: Database) -> None:
    ana = await scenes.a_user(sqlite_database, 1)
    club = await scenes.a_club(sqlite_database, ana)
    heat, album = (
        await scenes.a_work(sqlite_database),
        await scenes.a_work(sqlite_database, scenes.an_album()),
    )
    picks = [await scenes.a_pick(sqlite_database, club, ana, work) for work in (heat, album)]

    listener = Listener(sqlite_database)
    async with sqlite_database.store().read() as unit:
        assert set(await unit.ratings.answers(picks)) == {pick.id for pick in picks}
    assert len(listener.statements) == 1


FLEET = 10_000
YEAR = 52


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of 10,000 clubs: a year of settled posts for each tenth, one due for all, some asleep."""
    path = tmp_path_factory.mktemp("fleet") / "wrong-opinions.db"
    path.write_bytes(template())
    clubs = (
        (number, -number, "Film club", 0, 1, "en", "UTC", "half_stars", 1, 1, 1, number % 7 == 0)
        for number in range(1, FLEET + 1)
    )
    settled = (
        (number, "digest", 2025, week, f"2025-01-01 00:{week:02}:00.000000", "sent", 1)
        for number in range(10, FLEET + 1, 10)
        for week in range(1, YEAR + 1)
    )
    due = ((number, "digest", 2026, 10, due_at(number), "due", 0) for number in range(1, FLEET + 1))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(
            "INSERT INTO clubs (id, chat_id, title, private, introduced, language, zone, scale,"
            " movies, albums, blind, asleep) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            clubs,
        )
        for occurrences in (settled, due):
            connection.executemany(
                "INSERT INTO posts (club_id, kind, iso_year, iso_week, due_at, state, attempt)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                occurrences,
            )
    return path


def due_at(number: int) -> str:
    """All in the same minute, the last club first."""
    return f"2026-03-02 12:00:00.{FLEET - number:06}"


@pytest.fixture
async def fleet_database(fleet: Path, tmp_path: Path, clock: FakeClock) -> AsyncIterator[Database]:
    path = shutil.copy(fleet, tmp_path)
    database = create(f"sqlite:///{path}", clock)
    yield database
    await database.close()


@pytest.mark.parametrize("analysed", [False, True])
async def test_a_minute_in_which_all_clubs_are_due_reads_only_what_it_takes(
    fleet_database: Database, tmp_path: Path, analysed: bool
) -> None:
    path = tmp_path / "wrong-opinions.db"
    if analysed:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("ANALYZE")
    now = START + timedelta(seconds=59)
    listener = Listener(fleet_database)
    async with fleet_database.store().read() as unit:
        posts = await unit.posts.due(now, 30)
        await unit.posts.next_due(START)
    async with fleet_database.store().keep() as unit:
        claimed = [await unit.posts.claim(post.id, now, now + timedelta(minutes=1)) for post in posts[:2]]
        await unit.commit()

    awake = [number for number in range(FLEET, 0, -1) if number % 7]
    assert [post.club_id for post in posts] == awake[:30]
    assert [claim.attempt for claim in claimed if claim is not None] == [1, 1]
    assert listened(path, listener) == {
        "SEARCH posts USING INDEX ix_posts_open (due_at<?)",
        "SEARCH posts USING INDEX ix_posts_open (due_at>?)",
        "SEARCH posts USING INTEGER PRIMARY KEY (rowid=?)",
        "SEARCH clubs USING INTEGER PRIMARY KEY (rowid=?)",
    }


async def test_a_clubs_own_posts_are_found_among_all(fleet_database: Database, tmp_path: Path) -> None:
    listener = Listener(fleet_database)
    async with fleet_database.store().read() as unit:
        latest = await unit.posts.latest(FLEET, PostKind.DIGEST)
    assert latest is not None
    assert latest.week == scenes.WEEK
    unique = "sqlite_autoindex_posts_1"
    assert listened(tmp_path / "wrong-opinions.db", listener) == {
        f"SEARCH posts USING INDEX {unique} (club_id=? AND kind=?)"
    }

    listener.statements.clear()
    async with fleet_database.store().keep() as unit:
        assert len(await unit.posts.of_club(FLEET)) == 1
        assert len(await unit.posts.of_club(FLEET, open_only=False)) == YEAR + 1
        assert await unit.posts.reschedule(latest.id, START)
        await unit.posts.settle(latest.id, PostState.SKIPPED, START)
        await unit.posts.withdraw(FLEET, [PostKind.DIGEST])
        assert await unit.posts.ensure(FLEET, PostKind.DIGEST, scenes.WEEK.next(), START)
    assert listened(tmp_path / "wrong-opinions.db", listener) == {
        "SEARCH posts USING INDEX ix_posts_open_of_club (club_id=?)",
        f"SEARCH posts USING INDEX {unique} (club_id=?)",
        f"SEARCH posts USING INDEX {unique} (club_id=? AND kind=?)",
        "SEARCH posts USING INTEGER PRIMARY KEY (rowid=?)",
        "USE TEMP B-TREE FOR ORDER BY",
    }


async def test_turns_and_rosters_scan_no_table(sqlite_database: Database, tmp_path: Path) -> None:
    ana, ben = await scenes.a_user(sqlite_database, 1), await scenes.a_user(sqlite_database, 2, "Ben")
    club = await scenes.a_club(sqlite_database, ana, ben)
    week = await scenes.a_week(sqlite_database, club)

    listener = Listener(sqlite_database)
    async with sqlite_database.store().write() as unit:
        await unit.clubs.get(club.id)
        await unit.clubs.of_user(ana.id)
        await unit.clubs.set_asleep(club.id, asleep=True)
        await unit.members.set_turns(club.id, [ben.id, ana.id])
        await unit.members.set_away(club.id, ana.id, START.date())
        await unit.weeks.set_owner(week.id, ana.id)
        await unit.users.set_reachable(ana.id, reachable=True)
        await unit.users.set_wants_digest(ana.id, wants=True)
    assert len(listener.statements) == 8
    steps = listened(tmp_path / "wrong-opinions.db", listener)
    assert [step for step in steps if step.startswith("SCAN")] == []


def listened(path: Path, listener: Listener) -> set[str]:
    """The steps of all that was heard."""
    return {step for _, step in plans(path, listener.statements)}
