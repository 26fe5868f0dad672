"""`demo` as a process: it is killed, started again, and goes on where it was."""

from __future__ import annotations

import asyncio
import re
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

pytestmark = pytest.mark.proof

WEEKS_BEHIND = 3
PATIENCE = 60.0
"""Real seconds until something that should happen is given up; a loaded machine needs some."""


@dataclass
class Demo:
    """A running demo and somebody who has its page open."""

    process: asyncio.subprocess.Process
    lines: list[str]
    http: httpx.AsyncClient
    key: str

    async def state(self) -> Any:
        return (await self.http.get("/api/state")).json()

    async def post(self, path: str, **body: Any) -> Any:
        answer = await self.http.post(f"/api/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def group(self) -> Any:
        return next(chat for chat in (await self.state())["chats"] if chat["type"] != "private")

    async def messages(self) -> Any:
        state = await self.state()
        group = next(chat for chat in state["chats"] if chat["type"] != "private")
        return state["messages"][str(group["id"])]

    async def keeps(self, zone: str) -> None:
        """Return once the page is told of the group's zone."""
        async with asyncio.timeout(PATIENCE), self.http.stream("GET", "/api/events") as events:
            lines = events.aiter_lines()
            while (await self.group())["zone"] != zone:
                await anext(lines)

    async def until(self, true: Callable[[Any], bool]) -> Any:
        """The group's messages, once they are as they should be; every event is looked at."""
        async with asyncio.timeout(PATIENCE), self.http.stream("GET", "/api/events") as events:
            lines = events.aiter_lines()
            while not true(messages := await self.messages()):
                await anext(lines)
            return messages


@asynccontextmanager
async def running(folder: Path, *options: str) -> AsyncIterator[Demo]:
    """A demo on a folder; it is killed at the end, if it has not ended before."""
    arguments = ["-m", "bot", "demo", "--folder", str(folder), "--port", "0", "--no-browser", *options]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    lines: list[str] = []
    try:
        async with asyncio.timeout(PATIENCE):
            while not (found := re.search(r"(http://\S+)/\?key=(\S+)", lines[-1] if lines else "")):
                line = (await process.stdout.readline()).decode()
                assert line, f"the demo ended, having said {lines}"
                lines.append(line.strip())
        # What people do waits for the weeks behind them, however long they take. A demo that gives up ends.
        async with httpx.AsyncClient(
            base_url=found[1], cookies={"sandbox_key": found[2]}, timeout=httpx.Timeout(None)
        ) as http:
            yield Demo(process, lines, http, found[2])
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def card_of(messages: Any) -> Any:
    """The newest message with a button to score."""
    return next(m for m in reversed(messages) if any(b["text"] == "4½" for row in m["buttons"] for b in row))


async def press(demo: Demo, person: int, message: Any, text: str) -> Any:
    places = [
        (row, column)
        for row, buttons in enumerate(message["buttons"])
        for column, button in enumerate(buttons)
        if text in button["text"]
    ]
    row, column = places[0]
    return await demo.post(
        "press", person=person, chat=message["chat"], message=message["id"], row=row, column=column
    )


async def test_a_killed_demo_goes_on_where_it_was(tmp_path: Path) -> None:
    async with running(tmp_path) as demo:
        people = {person["name"]: person["id"] for person in (await demo.state())["people"]}
        group = (await demo.group())["id"]
        # What people do waits until the three weeks behind them are lived through.
        await demo.post("write", person=people["Ana"], chat=group, text="/movie parasite 2019")
        hits = (await demo.until(lambda ms: "Parasite (2019)" in str(ms[-1]["buttons"])))[-1]
        await press(demo, people["Ana"], hits, "Parasite (2019)")
        opened = (await demo.until(lambda ms: "Pick" in str(ms[-1]["buttons"])))[-1]
        await press(demo, people["Ana"], opened, "Pick")
        card = card_of(await demo.until(lambda ms: "0/4 scored" in ms[-1]["text"]))
        assert (await press(demo, people["Ben"], card, "4½"))["toast"] == "Recorded: 4½"
        before, key = await demo.state(), demo.key
        demo.process.kill()

    async with running(tmp_path) as demo:
        after = await demo.state()
        assert demo.key == key
        assert (after["world"], after["people"]) == (before["world"], before["people"])
        seen, now = (state["messages"][str(group)] for state in (before, after))
        assert {message["id"] for message in seen} <= {message["id"] for message in now}
        assert after["now"] >= before["now"]
        card = card_of(after["messages"][str(group)])
        assert (await press(demo, people["Ana"], card, "2"))["toast"] == "Recorded: 2"
        await demo.until(lambda ms: "2/4 scored" in card_of(ms)["text"])
        known = {m["id"] for m in await demo.messages()}
        await demo.post("write", person=people["Chiara"], chat=group, text="/top")
        answered = await demo.until(lambda ms: "Kind of Blue" in ms[-1]["text"])
        new = [m for m in answered if m["id"] not in known]
        assert [m["sender"]["name"] for m in new] == ["Chiara", "Wrong Opinions"]

        # The bot remembers the poster under the address of a port that is no longer served.
        await demo.post("write", person=people["Ben"], chat=group, text="/movie parasite 2019")
        hits = (await demo.until(lambda ms: "Parasite (2019)" in str(ms[-1]["buttons"])))[-1]
        await press(demo, people["Ben"], hits, "Parasite (2019)")
        opened = (await demo.until(lambda ms: "Bong Joon" in ms[-1]["text"]))[-1]
        assert (await demo.http.get(opened["photo"]["src"])).headers["content-type"] == "image/jpeg"

        await demo.post("write", person=people["Ana"], chat=group, text="/settings")
        menu = (await demo.until(lambda ms: "Time zone" in str(ms[-1]["buttons"])))[-1]
        await press(demo, people["Ana"], menu, "Time zone")
        menu = (await demo.until(lambda ms: "New York" in str(ms[-1]["buttons"])))[-1]
        await press(demo, people["Ana"], menu, "New York")
        await demo.keeps("America/New_York")
        moved = await demo.post("clock", to="sunday_evening")
        there = datetime.fromisoformat(moved["now"]).astimezone(ZoneInfo("America/New_York"))
        assert (there.weekday(), there.hour, there.minute) == (6, 20, 0)
        assert abs(datetime.fromisoformat((await demo.state())["now"]) - there) < timedelta(minutes=1)
        demo.process.terminate()
        assert await demo.process.wait() == 0

    async with running(tmp_path, "--fresh") as demo:
        assert (await demo.state())["world"] != before["world"]
        demo.process.kill()

    # Killed while it lived through its weeks, it begins them again.
    async with running(tmp_path) as demo:
        await demo.post("clock", seconds=0)
        digests = [
            message for message in await demo.messages() if message["photo"] and "★" in message["text"]
        ]
        assert len(digests) == WEEKS_BEHIND
