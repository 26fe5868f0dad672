"""Whatever storage is asked, it uses indexes; and each index is there because something asks for it."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import UniqueConstraint

from domain.schedule import PostKind, PostState
from storage.database import create
from storage.tables import metadata
from tests import plans
from tests.databases import template
from tests.fakes import START
from tests.plans import Statement, heard
from tests.storage import scenes
from tests.storage.every_question import Everything

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from sqlalchemy import ForeignKey

    from storage.database import Database
    from tests.fakes import FakeClock


@pytest.fixture
async def asked(sqlite_database: Database) -> list[Statement]:
    """All that storage asks a database, each statement once."""
    everything = Everything(sqlite_database)
    with heard(sqlite_database) as statements:
        await everything.ask()
    assert everything.methods - everything.called == set()
    return list({statement.text: statement for statement in statements}.values())


async def test_nothing_that_is_asked_reads_the_whole_of_what_grows(asked: list[Statement]) -> None:
    assert len(asked) > 150
    assert plans.complaints(asked) == []


async def test_all_of_it_is_understood(database: Database) -> None:
    await Everything(database).ask()


async def test_what_may_be_read_whole_is_read_so_by_somebody(asked: list[Statement]) -> None:
    texts = [" ".join(statement.text.split()) for statement in asked]
    for pattern in plans.ONE_BY_ONE:
        assert [text for text in texts if re.search(pattern, text)], pattern
    with plans.empty() as connection:
        steps = " ".join(step for one in asked for step in plans.plan(connection, one))
    unread = {name for name in plans.READ_WHOLE if not re.search(rf"SCAN .*\b{name}\b", steps)}
    # Alembic reads its own at the start; of the others small ones are read by key as well.
    assert unread <= {"alembic_version", "genres"}


async def test_without_an_index_somebody_reads_all(asked: list[Statement]) -> None:
    missed = {
        index for index in _indexes() if any(plans.scans(*each) for each in _planned(asked, without=index))
    }
    assert missed >= {
        "ix_attendances_user_id",
        "ix_backfills_drafts",
        "ix_http_cache_expires_at",
        "ix_inbox_failed",
        "ix_inbox_new",
        "ix_members_user_id",
        "ix_messages_week_id",
        "ix_picks_picked_by",
        "ix_picks_week_id_work_id",
        "ix_posts_open",
        "ix_users_forget_at",
        "ix_works_title",
    }


async def test_every_index_serves_a_question_or_a_removal(asked: list[Statement]) -> None:
    now = dict(_planned(asked))
    useless = {index for index in _indexes() if dict(_planned(asked, without=index)) == now}
    assert {index for index in useless if not _leads(index) & _keys_to_removed(asked)} == set()


async def test_whoever_removes_something_finds_what_belongs_to_it(asked: list[Statement]) -> None:
    """SQLite shows no plan of what a foreign key makes it look for."""
    leading: set[tuple[str, str]] = set()
    for table in metadata.tables.values():
        unique = [rule for rule in table.constraints if isinstance(rule, UniqueConstraint)]
        leading |= {(table.name, next(iter(rule.columns)).name) for rule in (table.primary_key, *unique)}
        for index in table.indexes:
            column, where = next(iter(index.columns)).name, index.dialect_options["sqlite"]["where"]
            if where is None or str(where) == f"{column} IS NOT NULL":
                leading.add((table.name, column))
    assert _keys_to_removed(asked) - leading == set()


def _indexes() -> list[str]:
    return [str(index.name) for table in metadata.tables.values() for index in table.indexes]


def _planned(asked: list[Statement], without: str = "") -> list[tuple[Statement, tuple[str, ...]]]:
    """Each statement and its plan, an index having been dropped."""
    with plans.empty(*([f"DROP INDEX {without}"] if without else [])) as connection:
        return [(statement, plans.plan(connection, statement)) for statement in asked]


def _leads(index: str) -> set[tuple[str, str]]:
    """Table and first column of an index."""
    return {
        (table.name, next(iter(each.columns)).name)
        for table in metadata.tables.values()
        for each in table.indexes
        if each.name == index
    }


def _keys_to_removed(asked: list[Statement]) -> set[tuple[str, str]]:
    """Table and column of each foreign key to a table that rows are removed from, by whomever."""
    keys = [key for table in metadata.tables.values() for key in table.foreign_keys]
    removed = {match[1] for each in asked if (match := re.match(r"DELETE FROM (\w+)", each.text))}
    while True:
        along = {key.parent.table.name for key in keys if key.ondelete == "CASCADE" and _to(key) in removed}
        if along <= removed:
            return {(key.parent.table.name, key.parent.name) for key in keys if _to(key) in removed}
        removed |= along


def _to(key: ForeignKey) -> str:
    return key.column.table.name


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
        (number, "digest", 2025, week, f"2025-01-01 00:{week:02}:00.000000", "sent", 1, 0)
        for number in range(10, FLEET + 1, 10)
        for week in range(1, YEAR + 1)
    )
    due = (
        (number, "digest", 2026, 10, due_at(number), "due", 0, number % 7 == 0)
        for number in range(1, FLEET + 1)
    )
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(
            "INSERT INTO clubs (id, chat_id, title, private, introduced, language, zone, scale,"
            " movies, albums, blind, asleep) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            clubs,
        )
        for occurrences in (settled, due):
            connection.executemany(
                "INSERT INTO posts (club_id, kind, iso_year, iso_week, due_at, state, attempt, asleep)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
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
    with heard(fleet_database) as statements:
        async with fleet_database.store().read() as unit:
            posts = await unit.posts.due(now, 30)
            await unit.posts.next_due(START)
        async with fleet_database.store().keep() as unit:
            claimed = [await unit.posts.claim(post.id, now, now + timedelta(minutes=1)) for post in posts[:2]]
            await unit.commit()

    awake = [number for number in range(FLEET, 0, -1) if number % 7]
    assert [post.club_id for post in posts] == awake[:30]
    assert [claim.attempt for claim in claimed if claim is not None] == [1, 1]
    assert steps(path, statements) == {
        "SEARCH posts USING INDEX ix_posts_open (due_at<?)",
        "SEARCH posts USING INDEX ix_posts_open (due_at>?)",
        "SEARCH posts USING INTEGER PRIMARY KEY (rowid=?)",
    }


async def test_a_clubs_own_posts_are_found_among_all(fleet_database: Database, tmp_path: Path) -> None:
    with heard(fleet_database) as statements:
        async with fleet_database.store().read() as unit:
            latest = await unit.posts.latest(FLEET, PostKind.DIGEST)
    assert latest is not None
    assert latest.week == scenes.WEEK
    unique = "sqlite_autoindex_posts_1"
    assert steps(tmp_path / "wrong-opinions.db", statements) == {
        f"SEARCH posts USING INDEX {unique} (club_id=? AND kind=?)"
    }

    with heard(fleet_database) as statements:
        async with fleet_database.store().keep() as unit:
            assert len(await unit.posts.of_club(FLEET)) == 1
            assert len(await unit.posts.of_club(FLEET, open_only=False)) == YEAR + 1
            assert await unit.posts.reschedule(latest.id, START)
            await unit.posts.settle(latest.id, PostState.SKIPPED, START)
            await unit.posts.withdraw(FLEET, [PostKind.DIGEST])
            assert await unit.posts.ensure(FLEET, PostKind.DIGEST, scenes.WEEK.next(), START)
    assert steps(tmp_path / "wrong-opinions.db", statements) == {
        "SCALAR SUBQUERY 1",
        "SEARCH clubs USING INTEGER PRIMARY KEY (rowid=?)",
        "SEARCH posts USING INDEX ix_posts_open_of_club (club_id=?)",
        f"SEARCH posts USING INDEX {unique} (club_id=?)",
        f"SEARCH posts USING INDEX {unique} (club_id=? AND kind=?)",
        "SEARCH posts USING INTEGER PRIMARY KEY (rowid=?)",
        "USE TEMP B-TREE FOR ORDER BY",
    }


async def test_the_answers_to_all_picks_of_a_week_are_one_query(sqlite_database: Database) -> None:
    ana = await scenes.a_user(sqlite_database, 1)
    club = await scenes.a_club(sqlite_database, ana)
    heat, album = (
        await scenes.a_work(sqlite_database),
        await scenes.a_work(sqlite_database, scenes.an_album()),
    )
    picks = [await scenes.a_pick(sqlite_database, club, ana, work) for work in (heat, album)]

    with heard(sqlite_database) as statements:
        async with sqlite_database.store().read() as unit:
            assert set(await unit.ratings.answers(picks)) == {pick.id for pick in picks}
    assert len(statements) == 1


def steps(path: Path, statements: list[Statement]) -> set[str]:
    """What SQLite means to do for all of them."""
    with closing(sqlite3.connect(path)) as connection:
        return {step for statement in statements for step in plans.plan(connection, statement)}
