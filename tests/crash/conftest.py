"""What every test with real processes needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.crash.stage import stage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.crash.stage import Stage


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Stage]:
    """A sandbox that listens, before any bot was started."""
    async with stage(tmp_path) as scene:
        yield scene
