from __future__ import annotations

import pytest

from integrations.sandbox.catalogues import Catalogues
from tests.fakes import RunningClock
from tests.integrations.sandbox_catalogues.asking import HOST, Asker


@pytest.fixture
def clock() -> RunningClock:
    return RunningClock()


@pytest.fixture
def catalogues(clock: RunningClock) -> Catalogues:
    return Catalogues(HOST, clock)


@pytest.fixture
def ask(catalogues: Catalogues, clock: RunningClock) -> Asker:
    return Asker(catalogues, clock)
