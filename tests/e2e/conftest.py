"""The world every story is told in."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from tests.e2e.world import Errors, World, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path


@pytest.fixture
def errors() -> Iterator[Errors]:
    """What was logged as an error; a story that expects some empties it."""
    handler = Errors()
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)
    assert handler.messages == []


@pytest.fixture
async def world(tmp_path: Path, errors: Errors) -> AsyncIterator[World]:
    """The group, before anybody added the bot."""
    async with running(tmp_path) as world:
        yield world


@pytest.fixture
async def club(world: World) -> World:
    """The group with the bot in it."""
    await world.found_club()
    return world
