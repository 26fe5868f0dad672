"""`demo` in the test's own process: what it says, what it keeps, and the moments its clock goes to."""

from __future__ import annotations

import asyncio
import contextlib
import webbrowser
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest

from bot.__main__ import main
from bot.demo import Options, demo
from integrations.sandbox.seed import PICK_AT, WEEKS, first_monday
from integrations.sandbox.server import RunningServer
from storage.lease import FileLease

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

SLEW = timedelta(seconds=1)
"""How far a machine that corrects its clock may drift from one that counts its seconds, in a test's time."""


class Visit:
    """Somebody with the page open, and the lines that the demo printed."""

    def __init__(self, http: httpx.AsyncClient, lines: list[str]) -> None:
        self.http = http
        self.lines = lines
        self.last: Any = None
        """The state just before the page went, when the bot had stopped."""

    async def state(self) -> Any:
        return (await self.http.get("/api/state")).json()

    async def post(self, path: str, **body: Any) -> Any:
        answer = await self.http.post(f"/api/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def group(self) -> tuple[Any, Any]:
        """The group and its messages."""
        state = await self.state()
        group = next(chat for chat in state["chats"] if chat["type"] != "private")
        return group, state["messages"][str(group["id"])]


class Browser:
    """Where the demo opens its page."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self._loop = asyncio.get_running_loop()
        self._address: asyncio.Future[str] = self._loop.create_future()

    def open(self, address: str) -> None:
        """What `webbrowser.open` does, called in another thread."""
        self._loop.call_soon_threadsafe(self._address.set_result, address)

    @asynccontextmanager
    async def demo(
        self, folder: Path, host: str = "127.0.0.1", *, fresh: bool = False
    ) -> AsyncIterator[Visit]:
        """A demo on a free port; it is told to stop at the end.

        Nothing here has a time to be done in: a demo that gives up ends, and with it whatever waits for it.
        """
        self._address = self._loop.create_future()
        running = asyncio.ensure_future(demo(Options(folder, host, port=0, fresh=fresh)))
        waited: set[asyncio.Future[Any]] = {self._address, running}
        await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
        assert self._address.done(), running.exception()
        site = urlsplit(self._address.result())
        cookies = {"sandbox_key": site.query.removeprefix("key=")}
        async with httpx.AsyncClient(
            base_url=f"http://{site.netloc}", cookies=cookies, timeout=httpx.Timeout(None)
        ) as http:
            visit = Visit(http, self._capsys.readouterr().out.splitlines())
            try:
                yield visit
            finally:
                with pytest.MonkeyPatch.context() as patch:
                    patch.setattr(RunningServer, "stop", _after_a_last_look(visit))
                    running.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await running


def _after_a_last_look(visit: Visit) -> Callable[[RunningServer], Awaitable[None]]:
    stop = RunningServer.stop

    async def look_and_stop(server: RunningServer) -> None:
        visit.last = await visit.state()
        await stop(server)

    return look_and_stop


@pytest.fixture
async def browser(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Browser:
    browser = Browser(capsys)
    monkeypatch.setattr(webbrowser, "open", browser.open)
    return browser


@pytest.mark.proof
async def test_it_opens_at_once_and_goes_on_after_a_stop(tmp_path: Path, browser: Browser) -> None:
    async with browser.demo(tmp_path) as visit:
        first = await visit.state()
        assert [person["name"] for person in first["people"]] == ["Ana", "Ben", "Chiara", "Deniz"]
        # What people do waits for the three weeks behind them.
        await visit.post("clock", seconds=0)
        begun = datetime.now(UTC)
        now = datetime.fromisoformat((await visit.post("clock", seconds=0))["now"])
        assert begun - SLEW <= now <= datetime.now(UTC) + SLEW
        group, messages = await visit.group()
        digests = [m for m in messages if m["photo"] and "The strictest eye" in m["text"]]
        assert len(digests) == len(WEEKS)
        assert sum("tg-spoiler" in digest["html"] for digest in digests) == 1
        calls = (await visit.http.get("/api/calls")).json()["calls"]
        assert {"telegram", "tmdb", "musicbrainz", "coverart", "omdb"} <= {call["service"] for call in calls}

    kept = visit.last
    async with browser.demo(tmp_path) as visit:
        again = await visit.state()
        for part in ("world", "people", "chats", "messages"):
            assert again[part] == kept[part], part
        assert again["now"] > kept["now"]
        before = len((await visit.group())[1])
        post = await visit.post("clock", to="next_post")
        assert post["now"] > again["now"]
        assert len((await visit.group())[1]) == before + 1
        sunday = datetime.fromisoformat((await visit.post("clock", to="sunday_evening"))["now"])
        assert (sunday.isoweekday(), sunday.hour, sunday.minute) == (7, 20, 0)
        following = datetime.fromisoformat((await visit.post("clock", to="sunday_evening"))["now"])
        assert (following - sunday).days in {6, 7}
        assert group["zone"] == "UTC"

    async with browser.demo(tmp_path, fresh=True) as visit:
        assert (await visit.state())["world"] != kept["world"]


@pytest.mark.parametrize("hours", [0, 9, 10, 100, 167])
def test_the_story_is_over_when_a_demo_opens(hours: int) -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(hours=hours)
    end = first_monday(now) + timedelta(weeks=len(WEEKS)) + PICK_AT
    assert end <= now < end + timedelta(weeks=1)


async def test_a_world_that_never_got_to_now_begins_again(tmp_path: Path, browser: Browser) -> None:
    async with browser.demo(tmp_path) as visit:
        stopped = (await visit.state())["world"]
    async with browser.demo(tmp_path) as visit:
        assert (await visit.state())["world"] != stopped


async def test_a_world_of_another_version_makes_way_for_a_new_one(tmp_path: Path, browser: Browser) -> None:
    (tmp_path / "world.jsonl").write_text('{"format": "wrong-opinions-sandbox", "version": 0}\n')
    async with browser.demo(tmp_path) as visit:
        assert visit.lines[0] == f"The world in {tmp_path} is of another version (0); a new one begins."
        assert len((await visit.state())["people"]) == 4


async def test_other_hosts_say_what_they_open(tmp_path: Path, browser: Browser) -> None:
    async with browser.demo(tmp_path, "0.0.0.0") as visit:  # noqa: S104 - that is the point
        assert visit.lines[0].startswith("Served on 0.0.0.0: whoever reaches this machine")
        for host, status in (("evil.example", 421), ("192.0.2.7:80", 200)):
            assert (await visit.http.get("/api/state", headers={"Host": host})).status_code == status


def test_a_host_that_is_not_ours_is_named_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo", "--folder", str(tmp_path), "--host", "192.0.2.7", "--no-browser"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("The demo cannot be served on 192.0.2.7: ")
    assert said.count("\n") == 1


def test_one_demo_runs_in_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lease = FileLease(tmp_path / "demo")
    asyncio.run(lease.take())
    try:
        assert main(["demo", "--folder", str(tmp_path), "--no-browser"]) == 1
    finally:
        asyncio.run(lease.give_back())
    assert capsys.readouterr().err == (
        f"A demo is already running in {tmp_path}: stop it, or give this one its own --folder.\n"
    )
