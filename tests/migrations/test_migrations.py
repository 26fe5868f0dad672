"""The tables' history: up, down and up again, against the models, and by several at once."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Engine, create_engine, event, inspect, text

from domain.clubs import Club, Settings, User
from domain.scores import Scale
from storage import schema
from storage.database import create
from storage.engine import connect, migrating
from storage.schema import config
from storage.tables import metadata
from tests.databases import fresh_database
from tests.fakes import FakeClock
from tests.storage import scenes
from tests.storage.filled import newest

if TYPE_CHECKING:
    from sqlalchemy import Connection

ROOT = Path(__file__).parents[2]


def _schema(path: Path) -> set[tuple[str, str, tuple[str, ...]]]:
    """Kind, name and the sorted lines of all there is: a rebuilt table has its constraints in any order."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_master").fetchall()
    return {
        (kind, name, tuple(sorted(line.strip(" \t,") for line in sql.splitlines())))
        for kind, name, sql in rows
        if name not in {"alembic_version", "sqlite_sequence"}
    }


def _names(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


async def _migrate(path: Path) -> None:
    database = create(f"sqlite:///{path}", FakeClock())
    await database.migrate()
    await database.close()


async def _to(path: Path, revision: str, *, down: bool = False) -> None:
    def move(connection: Connection) -> None:
        (command.downgrade if down else command.upgrade)(config(connection), revision)

    engines = connect(f"sqlite:///{path}")
    async with migrating(engines) as connection:
        await connection.run_sync(move)
    await engines.dispose()


async def test_up_down_and_up_again_end_at_the_same_tables(tmp_path: Path) -> None:
    path = tmp_path / "own.db"
    await _migrate(path)
    first = _schema(path)
    assert {"users", "picks", "inbox"} <= {name for _, name, _ in first}
    await _to(path, "base", down=True)
    assert {name for kind, name, _ in _schema(path) if kind == "table"} == set()
    await _migrate(path)
    assert _schema(path) == first


_A_YEAR_OF_THE_FIRST_TABLES = """
    INSERT INTO users (id, telegram_id, name) VALUES (1, 11, 'Ana'), (2, 12, 'Ben'), (3, 13, 'Cem');
    INSERT INTO clubs (id, chat_id, title, private, introduced, language, zone, scale, movies, albums, blind)
        VALUES (1, -100, 'Kino', 0, 1, 'de', 'Europe/Berlin', 'ten', 2, 0, 0),
               (2, -200, 'Film', 0, 0, 'en', 'UTC', 'stars', 1, 1, 1);
    INSERT INTO members (club_id, user_id, joined_at, left_at, nameless)
        VALUES (1, 1, '2026-03-02 12:00:00.000000', NULL, 0),
               (1, 2, '2026-01-02 12:00:00.000000', NULL, 0),
               (1, 3, '2026-02-02 12:00:00.000000', '2026-02-09 12:00:00.000000', 1),
               (2, 3, '2026-01-01 12:00:00.000000', NULL, 0),
               (2, 1, '2026-01-01 12:00:00.000000', NULL, 0);
    INSERT INTO works (id, kind, title, fetched_at) VALUES (1, 'movie', 'Heat', '2026-01-05 12:00:00.000000');
    INSERT INTO weeks (id, club_id, iso_year, iso_week, note) VALUES (1, 1, 2026, 2, 'Bring crisps');
    INSERT INTO picks (id, week_id, kind, position, work_id, picked_by, picked_at, removed_at, replaces)
        VALUES (1, 1, 'movie', 0, 1, 2, '2026-01-05 12:00:00.000000', '2026-01-06 12:00:00.000000', NULL),
               (2, 1, 'movie', 0, 1, 2, '2026-01-06 12:00:00.000000', NULL, 1);
    INSERT INTO attendances (pick_id, user_id) VALUES (2, 3);
    INSERT INTO messages (chat_id, message_id, purpose, week_id, sent_at)
        VALUES (-100, 7, 'card', 1, '2026-01-06 12:00:00.000000');
    INSERT INTO ratings (user_id, work_id, score, take, has_spoiler, rated_at, updated_at)
        VALUES (1, 1, 9, 'Long', 0, '2026-01-07 12:00:00.000000', '2026-01-07 12:00:00.000000');
"""


def _rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(path)) as connection:
        tables = [name for kind, name, _ in _schema(path) if kind == "table"]
        return {
            table: sorted(connection.execute(f"SELECT * FROM {table}"), key=repr)  # noqa: S608
            for table in tables
        }


async def test_clubs_of_the_first_tables_get_a_rhythm_and_keep_what_they_had(tmp_path: Path) -> None:
    path = tmp_path / "own.db"
    await _to(path, "0001")
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(_A_YEAR_OF_THE_FIRST_TABLES)
    before = _rows(path)

    await _migrate(path)
    database = create(f"sqlite:///{path}", FakeClock())
    async with database.store().read() as unit:
        kino = await unit.clubs.by_chat(-100)
        assert kino is not None
        assert kino == Club(
            1,
            -100,
            "Kino",
            private=False,
            settings=Settings("de", ZoneInfo("Europe/Berlin"), Scale.TEN, movies=2, albums=0, blind=False),
            introduced=True,
        )
        turns = [
            {member.user.name: member.turn for member in await unit.members.of(club_id)} for club_id in (1, 2)
        ]
        assert turns == [{"Ben": 0, "Cem": 1, "Ana": 2}, {"Ana": 0, "Cem": 1}]
        ana = await unit.users.by_telegram_id(11)
        assert ana == User(1, 11, "Ana")
        (pick,) = await unit.weeks.picks(1)
        assert [answer.score for answer in (await unit.ratings.answers([pick]))[pick.id]] == [9, None]
        assert await unit.posts.of_club(1, open_only=False) == ()
    await database.close()

    await _to(path, "0001", down=True)
    assert _rows(path) == before


async def test_what_came_with_a_list_of_past_weeks_outlives_the_list(tmp_path: Path) -> None:
    path = tmp_path / "own.db"
    await _to(path, "0001")
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(_A_YEAR_OF_THE_FIRST_TABLES)
    await _migrate(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            """
            PRAGMA foreign_keys = ON;
            INSERT INTO backfills (id, club_id, user_id, made_at, state, draft)
                VALUES (1, 2, 1, '2026-03-02 12:00:00.000000', 'stored', '{}');
            UPDATE picks SET backfill_id = 1;
            UPDATE ratings SET backfill_id = 1;
            DELETE FROM clubs WHERE id = 2;
            """
        )
        assert connection.execute("SELECT count(*) FROM backfills").fetchall() == [(0,)]
        assert connection.execute("SELECT id, backfill_id FROM picks").fetchall() == [(1, None), (2, None)]
        assert connection.execute("SELECT score, backfill_id FROM ratings").fetchall() == [(9, None)]


async def test_a_search_from_before_searches_had_clubs_still_opens(tmp_path: Path) -> None:
    path = tmp_path / "own.db"
    await _to(path, "0002")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "INSERT INTO searches (id, kind, text, stale, made_at, hits)"
            " VALUES (1, 'movie', 'heat', 0, '2026-01-05 12:00:00.000000', '[]')"
        )
        connection.commit()
    await _migrate(path)
    database = create(f"sqlite:///{path}", FakeClock())
    async with database.store().read() as unit:
        search = await unit.searches.get(7, 1)
    assert search is not None
    assert search.text == "heat"
    await database.close()


async def test_migrating_again_changes_nothing(tmp_path: Path) -> None:
    database = await fresh_database(tmp_path)
    ana = await scenes.a_user(database, 1)
    await database.migrate()
    async with database.store().read() as unit:
        assert await unit.users.by_telegram_id(1) == ana
    await database.close()


async def test_posts_of_a_club_that_sleeps_do_not_come_due_by_a_new_release(tmp_path: Path) -> None:
    path = tmp_path / "own.db"
    await _to(path, "0006")
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("""
            INSERT INTO clubs (id, chat_id, title, private, introduced, language, zone, scale, movies, albums,
                               blind, asleep)
                VALUES (1, -100, 'Kino', 0, 1, 'de', 'UTC', 'ten', 2, 0, 0, 1),
                       (2, -200, 'Film', 0, 0, 'en', 'UTC', 'stars', 1, 1, 1, 0);
            INSERT INTO posts (club_id, kind, iso_year, iso_week, due_at, state, attempt)
                VALUES (1, 'digest', 2026, 9, '2026-03-01 20:00:00.000000', 'due', 0),
                       (2, 'digest', 2026, 9, '2026-03-01 20:00:00.000000', 'due', 0);
        """)
    await _migrate(path)
    clock = FakeClock()
    database = create(f"sqlite:///{path}", clock)
    async with database.store().keep() as unit:
        assert [post.club_id for post in await unit.posts.due(clock.now(), 9)] == [2]
        await unit.clubs.set_asleep(1, asleep=False)
        assert [post.club_id for post in await unit.posts.due(clock.now(), 9)] == [1, 2]
    await database.close()


async def test_tables_that_are_up_to_date_are_not_read_through(tmp_path: Path) -> None:
    database = await fresh_database(tmp_path)
    asked: list[str] = []

    def hear(*about: Any) -> None:
        asked.append(about[2])

    event.listen(Engine, "before_cursor_execute", hear)
    await database.migrate()
    event.remove(Engine, "before_cursor_execute", hear)
    await database.close()
    assert [statement for statement in asked if "alembic_version" in statement] != []
    assert [statement for statement in asked if "foreign_key_check" in statement] == []


async def test_the_history_ends_at_the_models(tmp_path: Path) -> None:
    path = tmp_path / "own.db"
    await _migrate(path)
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata) == []
    engine.dispose()


async def test_constraints_and_partial_indexes_are_those_of_the_models(tmp_path: Path) -> None:
    migrated, modelled = tmp_path / "migrated.db", tmp_path / "modelled.db"
    await _migrate(migrated)
    engine = create_engine(f"sqlite:///{modelled}")
    metadata.create_all(engine)
    engine.dispose()

    by_history, by_models = _constraints(migrated), _constraints(modelled)
    assert by_history == by_models
    checks = {
        str(rule.name)
        for table in metadata.tables.values()
        for rule in table.constraints
        if isinstance(rule, CheckConstraint)
    }
    assert checks <= {name for name, _ in by_history}
    assert ("uq_picks_slot", "removed_at IS NULL") in by_history
    assert ("ix_posts_open_of_club", "state IN ('due', 'sending')") in by_history
    assert ("ratings", "by key") in by_history


def _constraints(path: Path) -> set[tuple[str, str]]:
    """Names and conditions of every check, unique constraint, foreign key and index in a file."""
    engine = create_engine(f"sqlite:///{path}")
    found: set[tuple[str, str]] = set()
    with engine.connect() as connection:
        inspector = inspect(connection)
        for table in inspector.get_table_names():
            if table == "alembic_version":
                continue
            for check in inspector.get_check_constraints(table):
                found.add((str(check["name"]), check["sqltext"]))
            for unique in inspector.get_unique_constraints(table):
                found.add((str(unique["name"]), ",".join(unique["column_names"])))
            for key in inspector.get_foreign_keys(table):
                found.add((str(key["name"]), f"{key['referred_table']} {key['options']}"))
            for index in inspector.get_indexes(table):
                found.add((str(index["name"]), str(index["dialect_options"].get("sqlite_where", ""))))
            found.add((table, str(inspector.get_pk_constraint(table))))
    engine.dispose()
    with closing(sqlite3.connect(path)) as database:
        by_key = database.execute("SELECT name FROM sqlite_master WHERE sql LIKE '%WITHOUT ROWID%'")
        found |= {(name, "by key") for (name,) in by_key}
    return found


def test_the_history_is_one_line() -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        script = ScriptDirectory.from_config(config(connection))
    engine.dispose()
    assert len(script.get_heads()) == 1
    assert [revision.revision for revision in script.walk_revisions()][-1] == "0001"


_MIGRATE = """
import asyncio, sys
from domain.clubs import Club, Settings, User
from domain.scores import Scale
from storage.database import create
from tests.fakes import FakeClock

async def main():
    database = create(sys.argv[1], FakeClock())
    print("ready", flush=True)
    sys.stdin.readline()
    await database.migrate()
    await database.close()

asyncio.run(main())
"""


def test_processes_that_migrate_at_once_take_turns(tmp_path: Path) -> None:
    path = tmp_path / "own.db"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _MIGRATE, f"sqlite:///{path}"],
            cwd=tmp_path,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    errors = [process.communicate(timeout=60)[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], errors
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(newest(),)]


async def test_threads_that_migrate_at_once_take_turns(tmp_path: Path) -> None:
    path = tmp_path / "own.db"
    await asyncio.gather(*(asyncio.to_thread(lambda: asyncio.run(_migrate(path))) for _ in range(4)))
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(newest(),)]


def _rebuild_clubs(connection: Connection) -> None:
    operations = Operations(MigrationContext.configure(connection))
    with operations.batch_alter_table("clubs", recreate="always") as batch:
        batch.alter_column("title", new_column_name="title", nullable=False)


async def test_a_rebuilt_table_keeps_its_children(tmp_path: Path) -> None:
    database = await fresh_database(tmp_path)
    ana = await scenes.a_user(database, 1)
    club = await scenes.a_club(database, ana)
    pick = await scenes.a_pick(database, club, ana, await scenes.a_work(database))

    async with migrating(database._engines) as connection:
        await connection.run_sync(_rebuild_clubs)

    async with database.store().read() as unit:
        assert [member.user for member in await unit.members.of(club.id)] == [ana]
        assert await unit.weeks.pick(pick.id) == pick
    await database.close()


async def test_with_foreign_keys_on_the_children_would_have_gone(tmp_path: Path) -> None:
    database = await fresh_database(tmp_path)
    ana = await scenes.a_user(database, 1)
    club = await scenes.a_club(database, ana)

    async with database._engines.writer.begin() as connection:
        _rebuild_clubs(connection._connection)  # type: ignore[attr-defined]

    async with database.store().read() as unit:
        assert await unit.members.of(club.id) == ()
    await database.close()


async def test_a_migration_that_leaves_orphans_is_undone(tmp_path: Path) -> None:
    database = await fresh_database(tmp_path)
    ana = await scenes.a_user(database, 1)
    club = await scenes.a_club(database, ana)

    async def lose_the_users() -> None:
        async with migrating(database._engines) as connection:
            await connection.execute(text("DELETE FROM users"))

    with pytest.raises(RuntimeError, match="members"):
        await lose_the_users()
    async with database.store().read() as unit:
        assert [member.user for member in await unit.members.of(club.id)] == [ana]
    await database.close()


async def test_migrating_leaves_logging_and_the_folder_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    await _migrate(Path("own.db"))
    assert _names(tmp_path) == ["own.db"]
    assert capsys.readouterr() == ("", "")


def test_the_files_names_tell_the_revisions_as_alembic_reads_them() -> None:
    script = ScriptDirectory(str(schema.MIGRATIONS))
    assert schema.known() == tuple(reversed([one.revision for one in script.walk_revisions()]))
    assert schema.newest() == script.get_current_head()


def test_a_start_that_migrates_nothing_does_without_alembic() -> None:
    asked = "import sys, bot.compose; print('alembic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
