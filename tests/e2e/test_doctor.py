"""`bot doctor` over a whole club."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bot.compose_doctor import examine
from bot.doctor import Finding, Level
from bot.settings import BadSettings
from domain.backups import Reason
from tests.fakes import RunningClock

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.world import Errors, World


async def lines(world: World, **changes: object) -> dict[str, Finding]:
    """What it says, by subject."""
    settings = world.settings.model_copy(update=changes)
    found = await examine(settings, clock=RunningClock(), transport=world.transport)
    for finding in found:
        assert bool(finding.advice) == (finding.level is not Level.OK), finding
        for secret in settings.secrets():
            assert secret not in str(finding)
    assert len({finding.subject for finding in found}) == len(found)
    return {finding.subject: finding for finding in found}


async def test_a_healthy_club_beside_its_running_bot(club: World) -> None:
    club.olga.start_bot()
    await club.settle()
    found = await lines(club)
    assert not [str(f) for f in found.values() if f.level is Level.PROBLEM]
    assert found["token"].text == "it is @WrongOpinionsBot's"
    assert found["privacy mode"].level is Level.OK
    assert found["OWNER_ID"].level is Level.OK
    assert found[f"group {club.group.id}"].text == "the bot may post"
    assert found["TMDB"].text == "answers (a v3 key)"
    assert found["MusicBrainz"].text == found["OMDb"].text == found["Cover Art Archive"].text == "answers"
    assert found["database"].text.endswith("bot.db")
    assert found["migrations"].level is Level.OK
    assert found["time zones"].level is Level.OK
    assert found["backups"].text == "there is none yet"
    await club.app.backups.make(Reason.ASKED)
    assert (await lines(club))["backups"].text.endswith("UTC, and whole")


async def test_what_telegram_refuses_is_a_problem(club: World) -> None:
    club.telegram.faults.fail("getMe", 401, "Unauthorized")
    assert (await lines(club))["token"].level is Level.PROBLEM
    club.telegram.faults.drop_before("getMe")
    found = (await lines(club))["token"]
    assert found.level is Level.PROBLEM
    assert "cannot be reached" in found.text


async def test_a_group_that_is_gone_and_an_owner_who_never_pressed_start_are_warnings(club: World) -> None:
    club.telegram.faults.fail("getChat", 403, "Forbidden: bot was kicked from the group chat", times=None)
    found = await lines(club)
    assert found[f"group {club.group.id}"].level is Level.WARNING
    assert found["OWNER_ID"].level is Level.WARNING


async def test_a_catalogue_that_is_down_is_a_warning_and_a_refused_key_a_problem(
    club: World, errors: Errors
) -> None:
    club.catalogues.faults.refuse("musicbrainz")
    club.catalogues.faults.fail("omdb", 401)
    found = await lines(club, tmdb_api_key=None)
    errors.messages.clear()
    assert found["MusicBrainz"].level is Level.WARNING
    assert found["OMDb"].level is Level.PROBLEM
    assert found["TMDB"].text == "no key is set"


async def test_it_makes_no_database(club: World, tmp_path: Path) -> None:
    found = await lines(club, database_url=f"sqlite:///{tmp_path}/new/club.db")
    assert found["database"].level is Level.WARNING
    assert not (tmp_path / "new").exists()


async def test_old_tables_and_damaged_files_are_named_and_left_alone(club: World, tmp_path: Path) -> None:
    old, broken = tmp_path / "old.db", tmp_path / "broken.db"
    with closing(sqlite3.connect(old)) as connection, connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR)")
        connection.execute("INSERT INTO alembic_version VALUES ('0001')")
    broken.write_bytes(b"this is no database" * 100)
    contents = old.read_bytes(), broken.read_bytes()
    assert (await lines(club, database_url=f"sqlite:///{old}"))["migrations"].level is Level.WARNING
    assert (await lines(club, database_url=f"sqlite:///{broken}"))["database"].level is Level.PROBLEM
    assert (old.read_bytes(), broken.read_bytes()) == contents


async def test_a_database_it_does_not_know_is_a_bad_setting(club: World) -> None:
    with pytest.raises(BadSettings, match=r"^DATABASE_URL: "):
        await lines(club, database_url="mysql://ana:secret@db.example/club")
