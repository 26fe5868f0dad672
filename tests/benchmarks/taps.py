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
from domain.isoweek import IsoWeek
from domain.ports import Note
from tests.benchmarks.stub import BOT, Stub, Taps
from tests.databases import fresh_database
from tests.fakes import START
from tests.storage.scenes import a_club, a_pick, a_user, a_work

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")
MEMBERS = 4


@dataclass(frozen=True, slots=True)
class Contestant:
    """A bot to measure: how it is started, given the stub's address and a folder of its own."""

    name: str
    command: Callable[[str], Sequence[str]]
    stores: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """One run. Latencies in ms, CPU in ms a tap (its process alone), memory in MiB, start in s."""

    name: str
    round_trip_ms: int
    in_flight: int
    taps_per_second: float
    p50: float
    p99: float
    cpu: float
    memory: float
    start: float


async def measure(who: Contestant, round_trip: float, in_flight: int, taps: int) -> Measured:
    """Start a contestant, press buttons, end it."""
    with tempfile.TemporaryDirectory() as folder:
        picks = await _prepare(Path(folder), in_flight)
        stub = Stub(round_trip, Taps(_presses(picks), in_flight, warm_up=taps // 4, wanted=taps))
        port = await stub.start()
        loop = asyncio.get_running_loop()
        began = loop.time()
        process = await asyncio.create_subprocess_exec(
            *who.command(f"http://127.0.0.1:{port}"),
            cwd=folder,
            env=_environment(folder, port),
            stdout=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(60):
                await stub.polling.wait()
            start = loop.time() - began
            await asyncio.sleep(0.5)
            used = _cpu_seconds(process.pid)
            stub.taps.start()
            async with asyncio.timeout(300):
                await stub.taps.over.wait()
            cpu = (_cpu_seconds(process.pid) - used) / (taps + taps // 4)
            memory = _peak_memory(process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            await process.wait()
            await stub.stop()
        if who.stores:
            _check_stored(Path(folder), picks, taps)
    ordered = sorted(stub.taps.latencies)
    return Measured(
        who.name,
        round(round_trip * 1000),
        in_flight,
        taps / (stub.taps.ended - stub.taps.began),
        statistics.median(ordered) * 1000,
        ordered[int(len(ordered) * 0.99)] * 1000,
        cpu * 1000,
        memory,
        start,
    )


def ours() -> Contestant:
    """The bot of this repository, as it is run."""
    return Contestant("Wrong Opinions", lambda _: [sys.executable, "-m", "bot", "run"], stores=True)


def bare_ptb() -> Contestant:
    """python-telegram-bot as shipped."""
    return Contestant("bare PTB", lambda url: [sys.executable, str(HERE / "bare_ptb.py"), url])


def bare_aiogram(python: str) -> Contestant:
    """aiogram as shipped; it needs an environment of its own, for its pydantic is older than ours."""
    return Contestant("bare aiogram", lambda url: [python, str(HERE / "bare_aiogram.py"), url])


async def _prepare(folder: Path, clubs: int) -> list[int]:
    """A database with so many groups, each with this week's pick; the picks' ids."""
    database = await fresh_database(folder)
    picks = []
    work = await a_work(database)
    for number in range(clubs):
        people = [await a_user(database, number * MEMBERS + seat + 1, "Ana") for seat in range(MEMBERS)]
        club = await a_club(database, *people, chat_id=-1000 - number)
        pick = await a_pick(database, club, people[0], work, IsoWeek(2026, 48))
        picks.append(pick.id)
        async with database.store().write() as tx:
            await tx.messages.remember(Note(club.chat_id, 1, "card", pick.week.id), START)
            await tx.clubs.set_introduced(club.id)
            await tx.commit()
    await database.close()
    return picks


def _presses(picks: Sequence[int]) -> Callable[[int], dict[str, Any]]:
    def make(number: int) -> dict[str, Any]:
        seat, turn = number % len(picks), number // len(picks)
        chat = {"id": -1000 - seat, "type": "group", "title": "Film club"}
        person = {"id": seat * MEMBERS + 1, "is_bot": False, "first_name": "Ana", "language_code": "en"}
        message = {"message_id": 1, "date": 1, "chat": chat, "from": BOT, "text": "card"}
        return {"from": person, "message": message, "data": RateTap(picks[seat], turn % 10 + 1).wire()}

    return make


def _environment(folder: str, port: int) -> dict[str, str]:
    address = f"http://127.0.0.1:{port}"
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "TELEGRAM_TOKEN": "123456:a-token-for-the-bench-that-opens-nothing",
        "TELEGRAM_BASE_URL": address,
        "DATABASE_URL": f"sqlite:///{folder}/wrong-opinions.db",
        "LOG_LEVEL": "WARNING",
    }


def _check_stored(folder: Path, picks: Sequence[int], taps: int) -> None:
    """Every tap was kept and applied; a figure of a bot that loses some is worth nothing."""
    with closing(sqlite3.connect(folder / "wrong-opinions.db")) as database:
        (done,) = database.execute("SELECT count(*) FROM inbox WHERE state = 'done'").fetchone()
        (people,) = database.execute("SELECT count(*) FROM ratings").fetchone()
    if done < taps or people != len(picks):
        raise RuntimeError(f"{done} of {taps} taps stored for {people} of {len(picks)} people")


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS


def _peak_memory(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("this machine does not tell a process's memory")
