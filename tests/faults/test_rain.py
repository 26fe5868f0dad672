"""Friends go on with their weeks while any request may come to grief; then the rain stops."""

from __future__ import annotations

import os
import random
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.send import ATTEMPTS
from domain.services.posts import LEASE
from tests.e2e.weekly import until
from tests.faults.weather import Fault, table
from tests.faults.world import stormy
from tests.proofs import repeats

if TYPE_CHECKING:
    from pathlib import Path

    from integrations.sandbox.telegram import MessageView, Person, Press
    from tests.e2e.world import Errors
    from tests.faults.world import StormyWorld

SHARE = 0.3
FRESH_PRESS = 150.0
"""Seconds that Telegram keeps a press for a bot that does not fetch it."""
ASKED = (
    "/help",
    "/week",
    "/history",
    "/top",
    "/me",
    "/roster",
    "/turns",
    "/movie heat",
    "/album kind of blue",
)


class Club:
    """What the friends know of their club: the card they press, and what they scored."""

    def __init__(self, world: StormyWorld, chances: random.Random) -> None:
        self.world = world
        self.chances = chances
        self.card: MessageView | None = None
        self.friends = (world.ana, world.ben, world.cleo)
        self.presses = self.unanswered = self.asked = self.silent = 0

    async def begin_week(self) -> None:
        """Fair for a moment, so that there is something to score."""
        weather, self.world.weather.plan = self.world.weather.plan, lambda _: None
        await until(self.world, max(self.world.clock.now(), self._monday() + timedelta(hours=12)))
        title = f"Film of {self.world.clock.now():%d %B %Y} ({1950 + self.chances.randrange(70)})"
        added = await self.world.ask(self.world.ana, f"/add movie {title}")
        await self.world.press(self.world.ana, added, "Pick")
        self.card = self.world.last()
        self.world.weather.plan = weather

    async def end_week(self) -> None:
        """The week's posts come: a reminder once at most, the result at least once."""
        world = self.world
        monday = self._monday()
        for day, hour in ((1, 18), (4, 18), (5, 18), (6, 18)):
            seen = self._seen()
            await until(world, max(world.clock.now(), monday + timedelta(days=day, hours=hour, minutes=1)))
            await until(world, world.clock.now() + LEASE)
            texts = [m.words for m in self._new(seen) if m.photo is None]
            assert len(texts) == len(set(texts)), f"posted twice: {texts}"
        seen = self._seen()
        await until(world, monday + timedelta(days=6, hours=20))
        for _ in range(3):
            await until(world, world.clock.now() + LEASE)
        assert len([m for m in self._new(seen) if m.photo is not None]) <= 3, "a digest has three attempts"

    async def do_something(self) -> None:
        """One of them does one thing."""
        person = self.chances.choice(self.friends)
        if self.chances.random() < 0.6:
            await self.score(person, str(self.chances.randint(1, 5)))
        else:
            await self.ask(person, self.chances.choice(ASKED))

    async def score(self, person: Person, label: str) -> Press:
        """A press is stored once it is heard of, and answered unless Telegram would not have it."""
        assert self.card is not None
        struck = self._struck()
        before = self.stored(person)
        at = self.world.clock.monotonic()
        press = await self.world.press(person, self.card, lambda button: button.text == label)
        self.presses += 1
        heard = self.world.clock.monotonic() - at < FRESH_PRESS
        now = self.stored(person)
        assert now == 2 * int(label) or (now == before and not heard and not press.answered), (
            "a score is lost"
        )
        if not press.answered:
            self.unanswered += 1
            assert not heard or self._struck() - struck >= ATTEMPTS, "a press was left without an answer"
            press.excuse()
        return press

    async def ask(self, person: Person, text: str) -> None:
        """A command is answered once, or not at all; catalogues are asked each time."""
        self.world.forget_answers()
        answers = await self.world.say(person, text)
        self.asked += 1
        self.silent += not answers
        assert len(answers) <= 1, f"{text} was answered twice"

    def stored(self, person: Person) -> int | None:
        """What the database says that somebody gave the newest pick."""
        query = (
            "SELECT r.score FROM ratings r JOIN users u ON u.id = r.user_id "
            "JOIN picks p ON p.work_id = r.work_id WHERE u.telegram_id = ? ORDER BY p.id DESC"
        )
        newest = "SELECT work_id FROM picks ORDER BY id DESC LIMIT 1"
        path = self.world.settings.database_url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path)) as connection:
            (work,) = connection.execute(newest).fetchone()
            found = connection.execute(
                query.replace("ORDER", "AND p.work_id = ? ORDER"), (person.id, work)
            ).fetchone()
        return int(found[0]) if found else None

    def _struck(self) -> int:
        return sum(self.world.weather.counts["answerCallbackQuery", fault] for fault in Fault)

    def _monday(self) -> datetime:
        today = self.world.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        return today - timedelta(days=today.weekday())

    def _seen(self) -> set[int]:
        return {message.id for message in self.world.telegram.messages(self.world.group, deleted=True)}

    def _new(self, seen: set[int]) -> list[MessageView]:
        return [m for m in self.world.telegram.messages(self.world.group) if m.id not in seen]


@pytest.mark.proof
async def test_when_the_rain_stops_everything_is_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, errors: Errors
) -> None:
    seed = int(os.environ.get("RAIN_SEED", random.SystemRandom().randrange(10**6)))
    print(f"RAIN_SEED={seed} repeats this weather")  # noqa: T201 - shown when it fails
    chances = random.Random(seed)
    async with stormy(tmp_path, monkeypatch) as world:
        club = Club(world, chances)
        for person in club.friends:
            await world.say(person, "/join")
        for week in range(repeats(2, 25)):
            if week:
                await until(world, club._monday() + timedelta(days=7, hours=1))
            await club.begin_week()
            world.hurry()
            world.weather.rain(chances, SHARE)
            for _ in range(20):
                await club.do_something()
            await club.end_week()
            assert errors.messages == []
        world.weather.clear()
        await world.settle()
        await until(world, club._monday() + timedelta(days=7, hours=1))
        await club.begin_week()
        for number, person in enumerate(club.friends, 1):
            assert (await club.score(person, str(number))).answered
            assert "/movie" in (await world.ask(person, "/help")).text
        assert "Ana 1, Ben 2, Cleo 3" in (await world.ask(world.ana, "/week")).text
        seen = club._seen()
        await club.end_week()
        assert len([m for m in club._new(seen) if m.photo is not None]) == 1
        assert not world.app.sender.busy
        assert world.app.sender.waiting == 0
    print(table(world.weather.counts))  # noqa: T201 - for `pytest -s`
    print(  # noqa: T201
        f"{club.presses} presses, {club.unanswered} without an answer; {club.asked} commands, {club.silent} "
        f"without one; {world.weather.calls.total()} requests, {world.weather.counts.total()} faults"
    )
