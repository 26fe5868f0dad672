"""What the doctor makes of what it sees."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from pydantic import SecretStr

from bot import doctor
from bot.doctor import Finding, Level
from bot.request import server_time
from bot.settings import Settings
from domain.backups import Standing
from domain.health import NETWORK, DatabaseFacts
from domain.works import Source
from storage.inspection import file_system
from tests.fakes import START

if TYPE_CHECKING:
    from datetime import datetime

FACTS = DatabaseFacts(
    place="club.db",
    path=Path("club.db"),
    exists=True,
    writable=True,
    trouble=None,
    revision="0005",
    newest="0005",
    file_system="ext4",
    free=2**34,
    version=(3, 53, 0),
)
SETTINGS = Settings(_env_file=None, telegram_token=SecretStr("123456:" + "A" * 35), owner_id=7)


def by_subject(facts: DatabaseFacts) -> dict[str, Finding]:
    return {finding.subject: finding for finding in doctor.database(facts)}


def test_a_healthy_database_is_fine() -> None:
    assert {finding.level for finding in doctor.database(FACTS)} == {Level.OK}


@pytest.mark.parametrize(
    ("facts", "subject", "level"),
    [
        (replace(FACTS, trouble="file is not a database"), "database", Level.PROBLEM),
        (replace(FACTS, writable=False), "database", Level.PROBLEM),
        (replace(FACTS, exists=False), "database", Level.WARNING),
        (replace(FACTS, revision="0001"), "migrations", Level.WARNING),
        (replace(FACTS, revision=None), "migrations", Level.WARNING),
        (replace(FACTS, revision="0099"), "migrations", Level.PROBLEM),
        (replace(FACTS, free=2**20), "disk", Level.WARNING),
        (replace(FACTS, version=(3, 7, 0)), "SQLite", Level.WARNING),
        (replace(FACTS, version=(3, 51, 2)), "SQLite", Level.WARNING),
        (replace(FACTS, version=(3, 51, 3)), "SQLite", Level.OK),
        (replace(FACTS, version=(3, 6, 23)), "SQLite", Level.OK),
        *((replace(FACTS, file_system=name), "file system", Level.WARNING) for name in sorted(NETWORK)),
        (replace(FACTS, file_system=None), "file system", Level.OK),
    ],
)
def test_what_is_wrong_with_a_database_is_said_with_what_to_do(
    facts: DatabaseFacts, subject: str, level: Level
) -> None:
    found = by_subject(facts)[subject]
    assert found.level is level
    assert bool(found.advice) == (level is not Level.OK)
    assert str(found).startswith(f"{level:<8} {subject}: ")


def test_settings_that_could_be_better_are_named() -> None:
    found = {finding.subject: finding.level for finding in doctor.settings(SETTINGS)}
    assert found == {"settings": Level.OK, "MUSICBRAINZ_USER_AGENT": Level.WARNING}
    found = {f.subject: f.level for f in doctor.settings(SETTINGS.model_copy(update={"owner_id": None}))}
    assert found["OWNER_ID"] is Level.WARNING


@pytest.mark.parametrize(
    ("key", "kind"), [("0123456789abcdef" * 2, "(a v3 key)"), ("eyJhbGciOi.J9.token", "(a v4 token)")]
)
async def test_the_kind_of_key_is_named_and_the_key_is_not(key: str, kind: str) -> None:
    async def fine() -> None:
        return None

    async def refused() -> str:
        return "HTTP 401"

    current = SETTINGS.model_copy(update={"tmdb_api_key": SecretStr(key)})
    for probe, level in ((fine, Level.OK), (refused, Level.PROBLEM)):
        tmdb, brainz, _, omdb = await doctor.catalogues(current, {Source.TMDB: probe})
        assert tmdb.level is level
        assert kind in tmdb.text
        assert key not in str(tmdb)
        assert (brainz.level, omdb.level) == (Level.WARNING, Level.WARNING)


@pytest.mark.parametrize(
    ("off", "level"), [(0, Level.OK), (60, Level.OK), (61, Level.PROBLEM), (-61, Level.PROBLEM)]
)
async def test_a_wrong_clock_is_a_problem(off: int, level: Level) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(404, headers={"Date": "Mon, 02 Mar 2026 12:00:00 GMT"})

    theirs = await server_time("https://api.test", httpx.MockTransport(answer))
    assert doctor.clock(START + timedelta(seconds=off), theirs).level is level


async def test_a_clock_that_cannot_be_compared_is_said() -> None:
    def broken(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no network")

    for answer in (broken, lambda _: httpx.Response(200)):
        theirs = await server_time("https://api.test", httpx.MockTransport(answer))
        assert doctor.clock(START, theirs).level is Level.WARNING


@pytest.mark.parametrize(
    ("newest", "verified", "level"),
    [
        (None, None, Level.WARNING),
        (START, None, Level.PROBLEM),
        (START, START - timedelta(days=1), Level.PROBLEM),
        (START - timedelta(days=2), START - timedelta(days=2), Level.WARNING),
        (START - timedelta(days=1), START - timedelta(days=1), Level.OK),
    ],
)
def test_a_backup_must_be_there_whole_and_new(
    newest: datetime | None, verified: datetime | None, level: Level
) -> None:
    assert doctor.backups(Standing(newest, verified), START).level is level


def test_zones_must_be_there_and_recent() -> None:
    assert doctor.zones({"Asia/Tokyo"}, START).level is Level.OK
    assert doctor.zones({"Atlantis/Capital"}, START).level is Level.PROBLEM
    assert doctor.zones(set(), START.replace(year=2050)).level is Level.WARNING


MOUNTS = r"""22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
40 22 0:30 / /srv rw,relatime shared:2 - nfs4 server:/srv rw
41 40 0:31 / /srv/with\040space rw - cifs //nas/share rw
42 22 0:32 / /over rw - ext4 /dev/sdb rw
43 22 0:33 / /over rw master:1 - fuse.sshfs host: rw
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/", "ext4"),
        ("/srvx", "ext4"),
        ("/srv/data", "nfs4"),
        ("/srv/with space/x", "cifs"),
        ("/over/a", "fuse.sshfs"),
    ],
)
def test_the_file_system_is_that_of_the_innermost_mount(tmp_path: Path, folder: str, kind: str) -> None:
    (tmp_path / "mountinfo").write_text(MOUNTS)
    assert file_system(Path(folder), tmp_path / "mountinfo") == kind
    assert file_system(Path(folder), tmp_path / "missing") is None
