"""The page's clock keeps the zone that a club sets."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import pytest

from integrations.sandbox.zones import Zones
from tests.e2e.world import running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.e2e.world import World


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with running(tmp_path) as world:
        await world.found_club()
        yield world


async def test_a_zone_that_is_set_reaches_the_page(world: World) -> None:
    async def ask(chat_id: int) -> str | None:
        zone = await world.app.services().clubs.zone(chat_id)
        return zone.key if zone is not None else None

    zones = Zones(world.telegram, ask)
    told = asyncio.Event()
    world.telegram.subscribe(lambda event: told.set() if event.data is world.group else None)
    following = asyncio.ensure_future(zones.follow())
    try:
        assert zones.of(world.group.id) == "UTC"
        assert zones.of(world.ben.id) == "UTC"
        menu = await world.ask(world.ana, "/settings")
        await world.press(world.ana, menu, "Time zone")
        await world.press(world.ana, menu, "London")
        await world.still()
        assert told.is_set()
        assert zones.of(world.group.id) == "Europe/London"
    finally:
        following.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await following
