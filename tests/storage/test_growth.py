"""With ten times as many clubs, works and scores around it, a club's screen makes SQLite work no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage.database import create
from tests import plans
from tests.benchmarks.filling import Size, fill
from tests.benchmarks.screens import SCREENS, Stage
from tests.benchmarks.statements import cost
from tests.fakes import FakeClock
from tests.proofs import repeats

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plans import Statement

pytestmark = pytest.mark.proof

FEW = 10_000
MANY = repeats(100_000, 1_000_000)


async def asked(path: Path, size: Size) -> dict[str, list[Statement]]:
    """What each screen asks of a filled file."""
    database = create(f"sqlite:///{path}", FakeClock())
    stage = await Stage.of(database, FakeClock(), size)
    found = {}
    for name, screen in SCREENS.items():
        with plans.heard(database) as statements:
            await screen(stage)
        found[name] = statements
    await database.close()
    return found


async def test_a_screen_takes_as_many_steps_among_many_as_among_few(tmp_path: Path) -> None:
    steps: dict[str, list[int]] = {name: [] for name in SCREENS}
    for total in (FEW, MANY):
        path = tmp_path / f"{total}.db"
        fill(path, Size(total))
        for name, statements in (await asked(path, Size(total))).items():
            steps[name].append(cost(path, statements).steps)
    assert all(few > 0 for few, _ in steps.values())
    assert {name: counted for name, counted in steps.items() if counted[1] > 1.1 * counted[0]} == {}
