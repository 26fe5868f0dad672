"""How long a tap waits for its answer: alone, in a crowd before one card, and while every digest is due.

The bot is a process of its own; the sandbox, which keeps Telegram's limits, is this one. A wait lasts from
the press to the arrival of its answer. Waits follow whatever else the machine does; the ratios are of the
processor's time, which does so far less.
"""

from __future__ import annotations

import asyncio
import io
import random
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import thread_time
from typing import TYPE_CHECKING, Self

from PIL import Image

from bot.pictures.digest import QUALITY, draw
from bot.texts import Languages
from domain.scores import Scale
from integrations.sandbox.telegram.flood import FloodLimits
from tests import fleet
from tests.benchmarks.figures import RATIO, Figure
from tests.bot.digests import BLUE, HEAT, a_picture, card, digest, people, pick, some_scores
from tests.crash.stage import stage
from tests.proofs import repeats

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from integrations.sandbox.telegram import Chat, MessageView, Person, Press
    from tests.crash.stage import BotProcess, Stage

CROWD, RUSH = 200, 10.0
"""People, and the seconds in which all of them press."""
SOON = 0.3
"""Seconds in which a tap should be answered (issue 6)."""
EDITS = 5
PACE = 28
"""Messages a second that the bot allows itself; Telegram lets through about 30."""
LONE_TAPS, PAUSE = 100, 0.1
DRAWINGS = 40
SCALE = Scale.HALF_STARS
WORKS = (
    ("/movie heat 1995", "Heat (1995)"),
    ("/movie blade runner 1982", "Blade Runner (1982)"),
    ("/movie psycho 1960", "Psycho (1960)"),
    ("/album kind of blue", "Kind of Blue"),
)


class Club:
    """A group of two hundred, its card, and the bot that serves it."""

    def __init__(self, scene: Stage) -> None:
        self.scene = scene
        self.people = [scene.telegram.create_person(f"Friend {n}", language_code="en") for n in range(CROWD)]
        self.group: Chat = scene.telegram.create_group("Film club", self.people)
        self._taps = 0

    async def found(self, bot: BotProcess) -> None:
        """Everybody joins, and works are looked up that other clubs will have picked."""
        ana = self.people[0]
        ana.add_bot(self.group)
        introduction = await self.scene.answer(bot, self.group, 0)
        for person in self.people:
            person.press(introduction, "I'm in")
        await self.scene.ask(bot, ana, "/start", ana.private)
        for command, hit in WORKS:
            hits = await self.scene.ask(bot, ana, command, ana.private)
            opened = ana.press(hits, hit)
            await bot.until(lambda: opened.answered, hit)  # noqa: B023 - awaited here
        added = await self.scene.ask(bot, ana, "/add movie A film of our own (2020)", self.group)
        ana.press(added, "Pick")
        self.card: MessageView = await self.scene.answer(bot, self.group, added.id)
        await self.scene.handled(bot)

    def tap(self, person: Person) -> Press:
        """A score, another one each time."""
        self._taps += 1
        return person.press(self.card, SCALE.label(SCALE.scores[self._taps % len(SCALE.scores)]))

    async def lone(self, bot: BotProcess) -> Taps:
        """Taps of which none comes before the last was answered."""
        presses, before = [], bot.cpu_seconds
        for _ in range(LONE_TAPS):
            presses.append(press := self.tap(self.people[0]))
            await bot.until(lambda: press.answered, "a toast")
            await asyncio.sleep(PAUSE)
        return Taps.of(presses, bot.cpu_seconds - before)

    async def rush(self, bot: BotProcess) -> Taps:
        """Everybody taps within ten seconds; returns once the card says so."""
        chance, loop = random.Random(6), asyncio.get_running_loop()
        presses: list[Press] = []
        began, before = loop.time(), bot.cpu_seconds
        for person, moment in zip(
            self.people, sorted(chance.uniform(0, RUSH) for _ in self.people), strict=True
        ):
            await asyncio.sleep(began + moment - loop.time())
            presses.append(self.tap(person))
        await bot.until(lambda: all(press.answered for press in presses), "all toasts")
        await bot.until(
            lambda: f"{CROWD}/{CROWD} scored" in self.scene.telegram.look(self.card).text,
            "the card's last edit",
        )
        return Taps.of(presses, bot.cpu_seconds - before)


@dataclass(frozen=True, slots=True)
class Taps:
    """Seconds from presses to their answers, the shortest first, and of a processor's time for one."""

    waits: list[float]
    work: float

    @classmethod
    def of(cls, presses: Sequence[Press], cpu_seconds: float) -> Self:
        """What some presses came to; all were answered."""
        waits = [press.answered_at - press.pressed_at for press in presses if press.answered_at is not None]
        assert len(waits) == len(presses)
        return cls(sorted(waits), cpu_seconds / len(waits))

    def figures(self, name: str) -> list[Figure]:
        """How long they took."""
        soon = sum(wait <= SOON for wait in self.waits) / len(self.waits)
        return [
            Figure(f"limits: {name}, answered in {SOON:g} s", soon * 100, "%", "higher", 100),
            Figure(f"limits: {name}, median", median(self.waits) * 1000, "ms"),
            Figure(f"limits: {name}, p99", self.waits[len(self.waits) * 99 // 100] * 1000, "ms"),
            Figure(f"limits: {name}, longest", self.waits[-1] * 1000, "ms"),
        ]


async def measure() -> Sequence[Figure]:
    """A crowd, then as many digests as the size says, beside taps of the crowd's club."""
    with tempfile.TemporaryDirectory() as folder:
        async with stage(Path(folder)) as scene:
            club = Club(scene)
            bot = await scene.listening()
            await club.found(bot)
            scene.telegram.world.flood.limits = FloodLimits()
            return [*await _crowd(club, bot), *await _fleet(club, bot), *_drawing()]


async def _crowd(club: Club, bot: BotProcess) -> list[Figure]:
    alone = await club.lone(bot)
    club.scene.telegram.log.clear()
    crowd = await club.rush(bot)
    calls = Counter(call.method for call in club.scene.telegram.log)
    return [
        *alone.figures("a lone tap"),
        *crowd.figures("a tap in a crowd"),
        Figure("limits: work for a tap in a crowd, over that for a lone one", crowd.work / alone.work, RATIO),
        Figure("limits: edits of the crowd's card", calls["editMessageText"], "", target=EDITS),
        _refused("a crowd", club.scene),
    ]


async def _fleet(club: Club, bot: BotProcess) -> list[Figure]:
    scene, count = club.scene, repeats(150, 10_000)
    assert await bot.stop() == 0, bot.output
    berths = await fleet.groups(scene.telegram, club.people[0], count)
    now = datetime.now(UTC)
    fleet.fill(scene.environment["DATABASE_URL"], berths, now, now + timedelta(seconds=10))
    bot = await scene.listening()
    await bot.until(lambda: scene.telegram.calls["sendPhoto"] > 0, "the first digest")
    presses: list[Press] = []
    while scene.telegram.calls["sendPhoto"] < count:
        presses.append(club.tap(club.people[len(presses) % CROWD]))
        await asyncio.sleep(PAUSE)
    await bot.until(lambda: all(press.answered for press in presses), "all toasts")
    beside = Taps.of(presses, 0)

    def arrived() -> list[datetime]:
        return [call.at for call in scene.telegram.log if call.method == "sendPhoto" and call.status == 200]

    await bot.until(lambda: len(arrived()) >= count, "the last digest")
    digests = arrived()
    assert len(digests) == count
    assert "[error]" not in bot.output, bot.output
    pace = (count - 1) / (digests[-1] - digests[0]).total_seconds()
    return [
        Figure("limits: digests due at once", pace, "1/s", "higher", PACE * 0.95),
        *beside.figures("a tap beside digests"),
        _refused("digests", scene),
    ]


def _drawing() -> list[Figure]:
    """What a digest's picture costs, which is most of a digest, against only writing one down."""
    members, t = people(6), Languages.load().match("en")
    shown = digest(card(pick(HEAT), members, some_scores(6, 3)), card(pick(BLUE), members, some_scores(6, 8)))
    posters = {HEAT.id: a_picture((500, 750), 1), BLUE.id: a_picture((500, 500), 2)}
    picture = Image.open(io.BytesIO(draw(t, shown, posters))).convert("RGB")
    drawing = _least(lambda: draw(t, shown, posters))
    writing = _least(lambda: picture.save(io.BytesIO(), "JPEG", quality=QUALITY))
    return [
        Figure("limits: a digest's picture", drawing * 1000, "ms"),
        Figure("limits: drawing a digest's picture, over writing it down", drawing / writing, RATIO),
    ]


def _least(work: Callable[[], object]) -> float:
    """Seconds of a processor, the least of many times."""
    found = []
    for _ in range(DRAWINGS):
        began = thread_time()
        work()
        found.append(thread_time() - began)
    return min(found)


def _refused(name: str, scene: Stage) -> Figure:
    refused = sum(call.flooded for call in scene.telegram.log)
    return Figure(f"limits: calls refused with 429, {name}", refused, "", target=0)
