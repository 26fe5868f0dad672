"""Each class of fault, on each endpoint that the bot calls: what comes of the one request it strikes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.faults.steps import GROUPS, STEPS, Scene, expected
from tests.faults.weather import Fault, table
from tests.faults.world import stormy
from tests.proofs import repeats

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.world import Errors
    from tests.faults.world import StormyWorld

ROUNDS = 5
"""How often each class strikes each endpoint at full size."""
TRIES = 5
"""On a busy machine a request may time out by itself before it reaches the server, and is made again."""


@pytest.mark.proof
@pytest.mark.parametrize("group", GROUPS)
async def test_what_comes_of_a_fault_is_what_is_promised(
    group: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, errors: Errors
) -> None:
    monkeypatch.setattr("domain.services.works.FRESH", timedelta(0))  # Each opening asks the catalogues.
    each = repeats(1, ROUNDS)
    async with stormy(tmp_path, monkeypatch) as world:
        scene = await Scene.of(world)
        for endpoint in GROUPS[group]:
            for fault in (fault for fault in Fault for _ in range(each)):
                there = await _struck(world, scene, endpoint, fault)
                wanted = expected(STEPS[endpoint][1], fault)
                assert wanted in {there, None}, f"{endpoint}: {fault}: {there}"
                unforeseen = [line for line in errors.messages if "Conflict" not in line]
                assert unforeseen == [], f"{endpoint}: {fault}: {unforeseen}"
                errors.messages.clear()
        assert set(world.weather.calls) <= set(STEPS), "an endpoint without a step"
    print(table(world.weather.counts))  # noqa: T201 - for `pytest -s`
    assert world.weather.counts == {(endpoint, fault): each for endpoint in GROUPS[group] for fault in Fault}


async def _struck(world: StormyWorld, scene: Scene, endpoint: str, fault: Fault) -> bool:
    """Whether what was asked for was there in spite of the fault, once it has struck."""
    before = world.weather.counts[endpoint, fault]
    for _ in range(TRIES):
        world.order(endpoint, fault)
        there = await STEPS[endpoint][0](scene)
        world.weather.clear()
        await world.settle()
        if world.weather.counts[endpoint, fault] == before + 1:
            return there
    raise AssertionError(f"{endpoint}: {fault} struck nothing")


def test_full_size_is_two_thousand_faults() -> None:
    assert {endpoint for group in GROUPS.values() for endpoint in group} == set(STEPS)
    assert ROUNDS * len(STEPS) * len(Fault) >= 2_000
