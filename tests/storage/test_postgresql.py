"""PostgreSQL is not only storage's second database: the whole bot runs on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import make_url

from bot.compose_doctor import examine
from bot.doctor import Level
from tests.e2e.world import running
from tests.fakes import FakeClock, RunningClock
from tests.storage.conftest import POSTGRES, emptied

if TYPE_CHECKING:
    from pathlib import Path

without = pytest.mark.skipif(
    POSTGRES is None, reason="POSTGRES_TEST_URL is not set: storage was tested on SQLite alone"
)


@without
def test_storage_is_tested_on_postgresql() -> None:
    assert str(POSTGRES).startswith("postgresql")


@without
@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+asyncpg"])
async def test_a_club_lives_on_postgresql_and_the_doctor_finds_it_well(tmp_path: Path, scheme: str) -> None:
    await (await emptied(str(POSTGRES), FakeClock())).close()
    url = make_url(str(POSTGRES)).set(drivername=scheme).render_as_string(hide_password=False)
    async with running(tmp_path, database_url=url) as world:
        await world.found_club()
        card = await world.pick(world.ana, "/movie heat 1995", "Heat (1995)")
        await world.press(world.ana, card, "4½")
        await world.restart()
        assert "1/1 scored" in (await world.ask(world.ben, "/week")).text
        found = await examine(world.settings, clock=RunningClock(), transport=world.transport)
    by_subject = {finding.subject: finding for finding in found}
    assert by_subject["database"].level is Level.OK
    assert by_subject["migrations"].level is Level.OK
