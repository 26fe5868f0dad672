"""How many score taps a second the bot stores and answers, beside libraries that only answer.

All are processes of their own against the same stub, one after the other. The bot's database holds a group
for each tap that is under way; every tap changes a score, so that every commit has something to write.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import statistics
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.taps import RateTap
from bot.texts import Languages
from bot.views.weeks import card
from domain.isoweek import IsoWeek
from domain.ports import Note
from domain.services.weeks import WeekService
from integrations.sandbox.telegram.html import parse_html
from tests.benchmarks.figures import RATIO, Figure
from tests.benchmarks.stub import BOT, Stub, Taps
from tests.databases import fresh_database
from tests.fakes import START, FakeClock
from tests.proofs import repeats
from tests.storage.scenes import a_club, a_pick, a_user, a_work

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.view import View

ROOT = Path(__file__).resolve().parents[2]
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")
MEMBERS = 4
ROUND_TRIPS = (0, 50)
"""Milliseconds."""
MOST = 64
"""Taps in flight, at which the targets are set."""
FEWER = (1, 8)
WARM_UP = 1.0
OURS, PTB, AIOGRAM = "Wrong Opinions", "bare PTB", "bare aiogram"
MODULES = {OURS: "ours", PTB: "bare_ptb", AIOGRAM: "bare_aiogram"}

AS_SHIPPED = """
import runpy, sys
sys.modules.update(click=None, rich=None)
runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
"""
"""Runs a module without the tools of development that httpx and structlog import where they find them.

No installed bot has them (`requirements-run.lock`); they would take 5 MiB and 30 ms of everybody's.
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """One run. Latencies in ms, CPU in ms a tap (its process alone), memory in MiB, start in s."""

    taps_per_second: float
    p50: float
    p99: float
    cpu: float
    memory: float
    start: float
    taps_per_commit: float | None


@dataclass(frozen=True, slots=True)
class Seat:
    """Where one person taps: a pick, and the card in their group as Telegram sends it with each tap."""

    pick: int
    card: dict[str, Any]


async def measure_fewer() -> Sequence[Figure]:
    """Everybody with few taps in flight, where waiting dominates."""
    runs = await _runs(*FEWER)
    return [
        Figure(f"taps: p50 of {who}, {round_trip} ms, {in_flight} in flight", run.p50, "ms")
        for (who, round_trip, in_flight), run in runs.items()
    ]


async def measure() -> Sequence[Figure]:
    """Everybody with many taps in flight."""
    runs = await _runs(MOST)
    figures = []
    for round_trip in ROUND_TRIPS:
        ours, ptb, aiogram = (runs[who, round_trip, MOST] for who in MODULES)
        at = f"at {round_trip} ms, {MOST} in flight"
        figures += [
            Figure(f"taps: stored {at}", ours.taps_per_second, "1/s"),
            Figure(
                f"taps: stored {at}, of what bare aiogram answers",
                ours.taps_per_second / aiogram.taps_per_second,
                RATIO,
                "higher",
                1.0,
            ),
            Figure(
                f"taps: stored {at}, of what bare PTB answers",
                ours.taps_per_second / ptb.taps_per_second,
                RATIO,
                "higher",
                4.0 if round_trip else None,
            ),
            Figure(f"taps: p99 {at}", ours.p99, "ms", "lower", 2 * round_trip + 20),
            Figure(f"taps: CPU a tap {at}, of bare aiogram's", ours.cpu / aiogram.cpu, RATIO),
            Figure(f"taps: stored with one commit {at}", ours.taps_per_commit or 0.0, "taps", "higher"),
        ]
    for name, target in (("memory", 2.0), ("start", 1.5)):
        mine, its = (
            statistics.median(getattr(run, name) for (who, *_), run in runs.items() if who == one)
            for one in (OURS, PTB)
        )
        figures.append(Figure(f"taps: {name}, of bare PTB's", mine / its, RATIO, "lower", target))
    return figures


async def _runs(*in_flight: int) -> dict[tuple[str, int, int], Measured]:
    """By name, round trip and taps in flight."""
    runs = {}
    for round_trip in ROUND_TRIPS:
        for number in in_flight:
            for who in MODULES:
                run = runs[who, round_trip, number] = await run_one(who, round_trip, number)
                print(f"  {who:15} {round_trip:3} ms {number:3} in flight: {_line(run)}", flush=True)
    return runs


async def run_one(who: str, round_trip: int, in_flight: int) -> Measured:
    """Start somebody, press buttons, end it."""
    with tempfile.TemporaryDirectory() as folder:
        seats = await _prepare(Path(folder), in_flight)
        stub = Stub(
            round_trip / 1000, Taps(_presses(seats), in_flight, warm_up=WARM_UP, seconds=repeats(4, 12))
        )
        address = f"http://127.0.0.1:{await stub.start()}"
        loop = asyncio.get_running_loop()
        began = loop.time()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", AS_SHIPPED, f"tests.benchmarks.{MODULES[who]}", address),
            cwd=folder,
            env=_environment(folder, address),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(60):
                await stub.polling.wait()
            start = loop.time() - began
            await asyncio.sleep(0.5)
            used = _cpu_seconds(process.pid)
            stub.taps.start()
            async with asyncio.timeout(120):
                await stub.taps.over.wait()
            cpu = (_cpu_seconds(process.pid) - used) / stub.taps.pressed
            memory = _peak_memory(process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            await process.wait()
            await stub.stop()
        commits = _check_stored(Path(folder), len(seats), stub.taps.pressed) if who == OURS else None
    ordered = sorted(stub.taps.latencies)
    return Measured(
        len(ordered) / stub.taps.seconds,
        statistics.median(ordered) * 1000,
        ordered[int(len(ordered) * 0.99)] * 1000,
        cpu * 1000,
        memory,
        start,
        stub.taps.pressed / commits if commits else None,
    )


def _line(run: Measured) -> str:
    shared = f", {run.taps_per_commit:.1f} taps a commit" if run.taps_per_commit else ""
    return (
        f"{run.taps_per_second:6.0f} taps/s, p50 {run.p50:5.0f} ms, p99 {run.p99:5.0f} ms, "
        f"{run.cpu:.2f} ms CPU a tap, {run.memory:.0f} MiB, ready after {run.start:.2f} s{shared}"
    )


async def _prepare(folder: Path, clubs: int) -> list[Seat]:
    """A database with so many groups, each with this week's pick."""
    database = await fresh_database(folder)
    weeks = WeekService(database.store(), FakeClock())
    texts = Languages.load().match("en")
    seats = []
    work = await a_work(database)
    for number in range(clubs):
        people = [await a_user(database, number * MEMBERS + seat + 1, "Ana") for seat in range(MEMBERS)]
        club = await a_club(database, *people, chat_id=-1000 - number)
        pick = await a_pick(database, club, people[0], work, IsoWeek(2026, 48))
        assert pick.week.id is not None
        seats.append(Seat(pick.id, _shown(card(texts, club, await weeks.card(club, pick.week.id)))))
        async with database.store().write() as tx:
            await tx.messages.remember(Note(club.chat_id, 1, "card", pick.week.id), START)
            await tx.clubs.set_introduced(club.id)
            await tx.commit()
    await database.close()
    return seats


def _shown(view: View) -> dict[str, Any]:
    """A view as it stands in Telegram's Message: text, entities and keyboard."""
    text, entities = parse_html(view.text)
    rows = [
        [
            {"text": button.text, "callback_data": button.tap.wire()}
            for button in row
            if button.tap is not None
        ]
        for row in view.rows
    ]
    return {"text": text, "entities": entities, "reply_markup": {"inline_keyboard": rows}}


def _presses(seats: Sequence[Seat]) -> Callable[[int], dict[str, Any]]:
    def make(number: int) -> dict[str, Any]:
        place, turn = number % len(seats), number // len(seats)
        seat = seats[place]
        chat = {"id": -1000 - place, "type": "group", "title": "Film club"}
        person = {"id": place * MEMBERS + 1, "is_bot": False, "first_name": "Ana", "language_code": "en"}
        message = {"message_id": 1, "date": 1, "chat": chat, "from": BOT, **seat.card}
        return {"from": person, "message": message, "data": RateTap(seat.pick, turn % 10 + 1).wire()}

    return make


def _environment(folder: str, address: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "TELEGRAM_TOKEN": "123456:a-token-for-the-bench-that-opens-nothing",
        "TELEGRAM_BASE_URL": address,
        "DATABASE_URL": f"sqlite:///{folder}/wrong-opinions.db",
        "LOG_LEVEL": "WARNING",
    }


def _check_stored(folder: Path, seats: int, taps: int) -> int:
    """How often the bot committed. A figure of one that loses taps is worth nothing, and raises."""
    with closing(sqlite3.connect(folder / "wrong-opinions.db")) as database:
        (done,) = database.execute("SELECT count(*) FROM inbox WHERE state = 'done'").fetchone()
        (people,) = database.execute("SELECT count(*) FROM ratings").fetchone()
    if done != taps or people != seats:
        raise RuntimeError(f"{done} of {taps} taps stored for {people} of {seats} people")
    return int((folder / "commits").read_text(encoding="ascii"))


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS


def _peak_memory(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("this machine does not tell a process's memory")
