"""The fake clock keeps the promises that tests build on."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from tests.fakes import START, FakeClock, settle


async def test_sleepers_wake_in_the_order_they_are_due_and_see_their_own_moment() -> None:
    clock = FakeClock()
    woken: list[tuple[str, float, datetime]] = []

    async def sleeper(name: str, seconds: float) -> None:
        await clock.sleep(seconds)
        woken.append((name, clock.monotonic(), clock.now()))

    tasks = [
        asyncio.create_task(sleeper(name, after)) for name, after in (("late", 5), ("early", 2), ("tie", 2))
    ]
    await settle()
    assert clock.sleepers == 3
    assert clock.next_due() == 2

    await clock.advance(10)

    assert woken == [
        ("early", 2, START + timedelta(seconds=2)),
        ("tie", 2, START + timedelta(seconds=2)),
        ("late", 5, START + timedelta(seconds=5)),
    ]
    assert clock.monotonic() == 10
    assert clock.sleepers == 0
    assert clock.next_due() is None
    await asyncio.gather(*tasks)


async def test_somebody_who_lies_down_again_is_woken_in_the_same_advance() -> None:
    clock = FakeClock()
    ticks: list[float] = []

    async def metronome() -> None:
        while True:
            await clock.sleep(60)
            ticks.append(clock.monotonic())

    task = asyncio.create_task(metronome())
    await clock.advance(185)

    assert ticks == [60, 120, 180]
    assert clock.next_due() == pytest.approx(55)
    task.cancel()
    await settle()
    assert clock.sleepers == 0


async def test_after_a_leap_everybody_overdue_wakes_once_and_late() -> None:
    clock = FakeClock()
    ticks: list[float] = []

    async def metronome() -> None:
        while True:
            await clock.sleep(60)
            ticks.append(clock.monotonic())

    task = asyncio.create_task(metronome())
    await clock.leap(30 * 86400 + 1)

    assert ticks == [30 * 86400 + 1]
    assert clock.next_due() == 60
    task.cancel()


async def test_a_cancelled_sleeper_is_forgotten() -> None:
    clock = FakeClock()
    first = asyncio.create_task(clock.sleep(1))
    second = asyncio.create_task(clock.sleep(3))
    await settle()
    first.cancel()
    await settle()
    assert clock.sleepers == 1
    assert clock.next_due() == 3
    await clock.advance(3)
    assert second.done()


async def test_no_wait_for_zero_or_less_and_no_way_back() -> None:
    clock = FakeClock(datetime(2026, 1, 1, tzinfo=UTC))
    await clock.sleep(0)
    await clock.sleep(-1)
    assert clock.now() == datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="back"):
        await clock.advance(-1)
