"""`kill -9` at any moment: nothing acknowledged is lost, nothing is applied twice, the file stays whole.

What people pressed, in order, is held against what the database did, in order: triggers on the bot's tables
write down every score, pick and note it stores.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import sqlite3
import time
from collections import Counter, defaultdict
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from tests.crash.evening import evening
from tests.proofs import repeats

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.crash.evening import Asked, Key
    from tests.crash.stage import BotProcess, Stage

pytestmark = pytest.mark.proof


class Killer:
    """Starts the bot and kills it: as it starts or recovers, while people press, or as it writes a commit.

    A bot that is killed while it starts is a new Python as often as not; the others are forked from one that
    has imported everything, which the bot does before it touches a file.
    """

    def __init__(self, scene: Stage, chance: random.Random) -> None:
        self.struck: Counter[str] = Counter()
        self._scene = scene
        self._chance = chance
        self._start_seconds: dict[bool, float] = {}

    async def measure(self) -> None:
        """Find out how long a start takes, so that kills fall into all of it."""
        loop = asyncio.get_running_loop()
        # The first fork waits for the imports.
        for anew in (True, False, False):
            before = self._scene.telegram.calls["getUpdates"]
            began = loop.time()
            bot = await self._start(anew=anew)
            await bot.until(lambda: self._scene.telegram.calls["getUpdates"] > before, "the first getUpdates")  # noqa: B023
            self._start_seconds[anew] = loop.time() - began
            await bot.kill()

    async def round(self) -> None:
        """Start it, and kill it after a while or at one of its calls, before or after that had effect."""
        chance, calls, struck = self._chance, 0, asyncio.Event()
        moment = chance.choice(["start", "recovery", "stream", "commit"])
        last_call = chance.randint(1, 20) if moment == "recovery" else chance.randint(30, 150)
        anew = moment == "start" and chance.random() < 0.5
        bot = await self._start(anew=anew)
        loop = asyncio.get_running_loop()

        def struck_down() -> None:
            struck.set()
            self._scene.news.tell()

        def strike() -> None:
            bot.strike()
            loop.call_soon_threadsafe(struck_down)

        def count() -> None:
            nonlocal calls
            calls += 1
            if calls == last_call and moment != "start":
                if moment == "commit":
                    loop.run_in_executor(None, when_written, self._wal, strike)
                elif chance.random() < 0.5:
                    strike()
                else:
                    loop.call_later(chance.uniform(0, 0.01), strike)

        if moment == "start":
            loop.call_later(chance.uniform(0, self._start_seconds[anew]), strike)
        self._scene.telegram.on_call = count
        try:
            await self._scene.news.until(lambda: struck.is_set() or not bot.running, f"call {last_call}")
        finally:
            self._scene.telegram.on_call = lambda: None
        assert struck.is_set(), f"the bot ended by itself:\n{bot.output}"
        await bot.kill()
        assert "[error]" not in bot.output, bot.output
        self.struck[moment] += 1

    @property
    def _wal(self) -> Path:
        return self._scene.database.with_name(f"{self._scene.database.name}-wal")

    async def _start(self, *, anew: bool) -> BotProcess:
        return await (self._scene.start() if anew else self._scene.fork())


def when_written(file: Path, act: Callable[[], None]) -> None:
    """Act as soon as a file is written to, or in a second: a thread that looks as often as it can."""
    before, late = file.stat().st_mtime_ns, time.monotonic() + 1
    while file.stat().st_mtime_ns == before and time.monotonic() < late:
        pass
    act()


def audit(database: Path, copy: Path) -> list[Any]:
    """What the file says, and that it is whole; a copy is asked, so that the bot mends its file itself."""
    for suffix in ("", "-wal"):
        source = database.with_name(database.name + suffix)
        if source.exists():
            shutil.copy(source, copy.with_name(copy.name + suffix))
        else:
            copy.with_name(copy.name + suffix).unlink(missing_ok=True)
    copy.with_name(f"{copy.name}-shm").unlink(missing_ok=True)
    with closing(sqlite3.connect(copy)) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert file.execute("PRAGMA foreign_key_check").fetchall() == []
        return file.execute("SELECT kind, person, thing, value FROM audit ORDER BY number").fetchall()


def applied(log: list[Any]) -> dict[Key, list[str]]:
    """What was stored, by kind, person and work, in order."""
    stored: dict[Key, list[str]] = defaultdict(list)
    for kind, person, thing, value in log:
        stored[kind, person, thing].append(value)
    return stored


def check_so_far(pressed: Mapping[Key, list[Asked]], log: list[Any]) -> None:
    """All is stored in the order of the presses, nothing twice, and whatever was acknowledged is there."""
    stored = applied(log)
    for key, presses in pressed.items():
        done = stored[key]
        assert done == [asked.value for asked in presses[: len(done)]], key
        assert not any(asked.acknowledged for asked in presses[len(done) :]), key


async def test_nothing_acknowledged_is_lost_and_nothing_is_applied_twice(
    scene: Stage, tmp_path: Path
) -> None:
    seed = int(os.environ.get("CRASH_SEED", random.SystemRandom().randrange(10**6)))
    print(f"CRASH_SEED={seed} repeats the moments of this run")  # noqa: T201 - shown when it fails
    chance = random.Random(seed)
    story = await evening(scene, chance)
    killer = Killer(scene, chance)
    await killer.measure()

    friends = [asyncio.ensure_future(story.sit(seat)) for seat in story.seats]
    friends += [asyncio.ensure_future(story.look(*picker)) for picker in story.pickers]
    try:
        for _ in range(repeats(30, 1000)):
            story.chat()
            await killer.round()
            check_so_far(story.pressed, audit(scene.database, tmp_path / "copy.db"))
            story.kills += 1
            scene.news.tell()
            for friend in friends:
                if friend.done():
                    friend.result()
    finally:
        for friend in friends:
            friend.cancel()
        await asyncio.gather(*friends, return_exceptions=True)

    bot = await scene.listening()
    await scene.handled(bot)
    assert await bot.stop() == 0, bot.output
    assert "[error]" not in bot.output, bot.output

    log = audit(scene.database, tmp_path / "copy.db")
    check_so_far(story.pressed, log)
    stored = applied(log)
    assert stored.pop(("note", 0, 0), []) == story.notes
    albums = [key for key in stored if key[0] == "album"]
    assert sum(len(stored.pop(key)) for key in albums) <= 1
    pressed = {key: [asked.value for asked in presses] for key, presses in story.pressed.items() if presses}
    assert stored == pressed
    assert scene.rows("SELECT update_id, raw, error_id FROM inbox WHERE state != 'done'") == []
    assert scene.telegram.world.complaints == []
    asked = [asked for presses in story.pressed.values() for asked in presses]
    picks = sum(len(story.pressed[key]) for _, key in story.pickers)
    lost = sum(not each.acknowledged for each in asked)
    print(  # noqa: T201 - for `pytest -s`
        f"{story.kills} kills ({dict(killer.struck)}), {len(asked) - picks} scores and {picks} picks pressed"
        f" and each applied once, {lost} toasts lost"
    )
    assert picks > story.kills / 10
    assert lost < len(asked)
