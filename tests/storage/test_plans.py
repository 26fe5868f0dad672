"""The queries behind a tap on a score button use indexes, however large the tables."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

from domain.isoweek import IsoWeek
from domain.ports import Note
from domain.works import Kind
from tests.fakes import START
from tests.storage import scenes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.database import Database

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
