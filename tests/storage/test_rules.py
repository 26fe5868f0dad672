"""The services on SQLite, on PostgreSQL, and the rules a second time: whatever people do, all see the same.

Hypothesis makes the stories up. After each step everything a club can see is compared, and a use case that is
refused is refused in all with the same error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, run_state_machine_as_test

from tests.fakes import FakeClock
from tests.proofs import repeats
from tests.storage.conftest import POSTGRES
from tests.storage.rules.databases import Databases
from tests.storage.rules.posts import Rules
from tests.storage.rules.side import NAMES
from tests.storage.rules.steps_people import People
from tests.storage.rules.steps_posts import Posts
from tests.storage.rules.steps_turns import Turns
from tests.storage.rules.steps_weeks import Weeks
from tests.storage.rules.telling import STEPS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


pytestmark = pytest.mark.proof


class Stories(People, Weeks, Turns, Posts):
    """One story: time passes, and anything may happen."""

    @initialize(turns=st.booleans(), blind=st.booleans())
    def found(self, turns: bool, blind: bool) -> None:
        """A clean start, and a club of three."""
        self.clock._elapsed = 0.0
        self.model = Rules(self.clock.now())
        self.sides = self.run(self.databases.fresh())
        for name in NAMES[:3]:
            self.join("film", name)
        self.change("film", "Ana", turns=turns, blind=blind, zone="Europe/Berlin")
        self.nominate("film", "Ana", "Heat", admin=True)

    def teardown(self) -> None:
        """In the end all weeks of all clubs are compared."""
        for key in self.model.clubs:
            for name in NAMES:
                self.compare(key, name, whole=True)


@pytest.fixture
def databases(tmp_path: Path) -> Iterator[Databases]:
    found = Databases(tmp_path, FakeClock())
    found.runner.run(found.prepare())
    yield found
    found.runner.run(found.close())
    found.runner.close()


def test_whatever_people_do_the_rules_hold_on_sqlite_and_postgresql(databases: Databases) -> None:
    make: Any = lambda: Stories(databases)  # noqa: E731 - its type is said to be a class
    run_state_machine_as_test(
        make,
        settings=settings(
            max_examples=repeats(20, 500),
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.skipif(POSTGRES is None, reason="POSTGRES_TEST_URL is not set: the rules held on SQLite alone")
def test_the_rules_were_held_against_postgresql_too() -> None:
    assert str(POSTGRES).startswith("postgresql")
