from __future__ import annotations

import pytest

from tests.fakes import FakeClock
from tests.integrations.sandbox.stage import Stage


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def stage(clock: FakeClock) -> Stage:
    return Stage(clock)
