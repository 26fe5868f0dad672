"""Updates are stored before they are confirmed, handled once, in order, and never lost."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import defaultdict
from contextlib import closing
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from telegram.error import InvalidToken

from bot.inbox import (
    ALLOWED_UPDATES,
    DEAF_AFTER,
    KEEP_DONE,
    MAX_ATTEMPTS,
    OFFSET_LIFETIME,
    Handled,
    Inbox,
    chat_of,
)
from tests.bot.scripted import Telegram, flood, ok, refused
from tests.databases import fresh_database
from tests.e2e.stillness import watched
from tests.fakes import RunningClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from bot.inbox import RawUpdate
    from storage.database import Database
    from tests.bot.scripted import Params
    from tests.e2e.stillness import Stillness

ANA, BEN = 7, 8


def said(update_id: int, chat_id: int = ANA, text: str = "hello") -> RawUpdate:
    chat = {"id": chat_id, "type": "private"}
    return {"update_id": update_id, "message": {"message_id": 1, "date": 1, "chat": chat, "text": text}}


class Hands:
    """Handles updates as a test wants: keeps the order, waits where told, fails where told."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.finished: list[int] = []
        self.gates: defaultdict[int, asyncio.Event] = defaultdict(_open)
        self.slow: dict[int, asyncio.Event] = {}
        self.deliveries: defaultdict[int, asyncio.Event] = defaultdict(_open)
        self.errors: dict[int, str] = {}
        self.undeliverable: set[int] = set()

    async def __call__(self, update: RawUpdate) -> Handled:
        number = update["update_id"]
        self.begun.append(number)
        await self.gates[number].wait()
        self.finished.append(number)
        say = partial(self._deliver, number)
        if number in self.slow:
            return Handled(say, slow=partial(self._take_time, number))
        return Handled(say, self.errors.get(number))

    async def _take_time(self, number: int) -> str | None:
        await self.slow[number].wait()
        return self.errors.get(number)

    async def _deliver(self, number: int) -> None:
        await self.deliveries[number].wait()
        if number in self.undeliverable:
            raise RuntimeError("the words stuck")


def _open() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


class Desk:
    """An inbox on a database of its own. `restart` is a new process on what the old one left."""

    def __init__(self, folder: Path, database: Database, stillness: Stillness) -> None:
        self.stillness = stillness
        self.path = folder / "wrong-opinions.db"
        self.database = database
        self.clock = RunningClock()
        self.arrived: list[RawUpdate] = []
        self.restart()

    def restart(self) -> None:
        self.hands = Hands()
        self.telegram = Telegram(self.clock)
        bot = self.telegram.bot()
        self.inbox = Inbox(bot, bot.request, self.database.inbox, self.clock, self.hands, self.arrived.append)

    async def crash(self) -> None:
        """The process ends, whatever it was doing."""
        await self.inbox.close()
        self.restart()

    async def receive(self, *updates: RawUpdate) -> None:
        """One poll that brings these."""
        self.telegram.script("getUpdates", ok(list(updates)))
        await self.inbox.poll()

    def begin(self) -> tuple[asyncio.Task[None], asyncio.Event]:
        """Run; the event is that it waits for more than the script holds."""
        asked, never = asyncio.Event(), asyncio.Event()

        async def quiet(_: Params) -> httpx.Response:
            asked.set()
            await never.wait()
            return ok([])

        self.telegram.script("getUpdates", quiet)
        return asyncio.create_task(self.inbox.run()), asked

    async def run(self) -> asyncio.Task[None]:
        """Run until it has asked Telegram for more than the script holds; it then waits for ever."""
        running, asked = self.begin()
        waiting = asyncio.create_task(asked.wait())
        await self.stillness.come()
        assert running.done() or waiting.done()
        waiting.cancel()
        return running

    async def die_of(self, deadly: int, *beside: int, slow: bool = False) -> list[int]:
        """A start that ends as one update is handled, and those that take as long; what had begun."""
        for number in (deadly, *beside):
            (self.hands.slow if slow else self.hands.gates)[number] = asyncio.Event()
        begun = self.hands.begun
        running, _ = self.begin()
        await self.stillness.come()
        assert deadly in begun
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await self.crash()
        return begun

    async def start(self) -> None:
        """A start that handles what was left over, and ends."""
        running = await self.run()
        await self.inbox.drain()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    def states(self) -> dict[int, str]:
        """What the table says, read by somebody else."""
        return {row[0]: row[1] for row in self._rows("SELECT update_id, state FROM inbox")}

    def attempts(self) -> dict[int, int]:
        return {row[0]: row[1] for row in self._rows("SELECT update_id, attempts FROM inbox")}

    def reasons(self) -> dict[int, str]:
        return {
            row[0]: row[1] for row in self._rows("SELECT update_id, error_id FROM inbox WHERE error_id <> ''")
        }

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.path)) as other:
            return other.execute(query).fetchall()

    @property
    def offsets(self) -> list[int | None]:
        return [call.params.get("offset") for call in self.telegram.of("getUpdates")]


@pytest.fixture
async def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    monkeypatch.setattr("bot.inbox.ALONE", 3600.0)
    with watched() as stillness:
        database = await fresh_database(tmp_path)
        desk = Desk(tmp_path, database, stillness)
        yield desk
        await desk.inbox.close()
        await database.close()


async def test_what_came_is_stored_when_it_is_confirmed_and_done_when_it_is_handled(desk: Desk) -> None:
    stored_when_confirmed: list[dict[int, str]] = []

    def look(_: Params) -> httpx.Response:
        stored_when_confirmed.append(desk.states())
        return ok([])

    desk.hands.gates[5] = asyncio.Event()
    await desk.receive(said(5), said(6, BEN))
    desk.telegram.script("getUpdates", look)
    await desk.inbox.poll()
    assert desk.offsets == [None, 7]
    assert set(stored_when_confirmed[0]) == {5, 6}
    assert stored_when_confirmed[0][5] == "new"
    desk.hands.gates[5].set()
    await desk.inbox.drain()
    assert desk.states() == {5: "done", 6: "done"}
    assert not desk.inbox.busy


async def test_telegram_is_asked_for_what_we_use_and_to_wait(desk: Desk) -> None:
    await desk.receive()
    (call,) = desk.telegram.calls
    assert call.params == {"timeout": 50, "allowed_updates": list(ALLOWED_UPDATES)}


async def test_a_storage_failure_confirms_nothing_and_nothing_is_lost(desk: Desk) -> None:
    store, failing = desk.inbox._store, FailingStore(desk.database)
    desk.inbox._store = failing
    desk.telegram.script("getUpdates", ok([said(5)]), ok([said(5)]))
    running = await desk.run()
    assert desk.offsets == [None, None, 6]
    assert failing.failures == 1
    assert desk.clock.slept
    desk.inbox._store = store
    await desk.inbox.drain()
    assert desk.hands.finished == [5]
    running.cancel()


class FailingStore:
    """A store whose disk is full, once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.failures = 0

    async def store(self, updates: Sequence[tuple[int, str]], now: datetime) -> tuple[int, ...]:
        if not self.failures:
            self.failures += 1
            raise OSError("disk full")
        return await self._database.inbox.store(updates, now)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database.inbox, name)


async def test_a_chats_updates_are_handled_one_after_the_other(desk: Desk) -> None:
    desk.hands.gates[1] = asyncio.Event()
    await desk.receive(said(1), said(2), said(3))
    await desk.receive(said(4))
    assert desk.hands.begun in ([], [1])
    desk.hands.gates[1].set()
    await desk.inbox.drain()
    assert desk.hands.begun == desk.hands.finished == [1, 2, 3, 4]


async def test_a_slow_chat_holds_no_other(desk: Desk) -> None:
    desk.hands.gates[1] = asyncio.Event()
    desk.hands.gates[3] = asyncio.Event()
    await desk.receive(said(1, ANA), said(2, ANA), said(3, BEN), said(4, BEN))
    desk.hands.gates[3].set()
    await desk.stillness.come()
    assert desk.states()[4] == "done"
    assert desk.hands.finished == [3, 4]
    desk.hands.gates[1].set()
    await desk.inbox.drain()
    assert desk.hands.finished == [3, 4, 1, 2]


async def test_the_next_update_is_handled_while_the_last_ones_words_are_on_their_way(desk: Desk) -> None:
    desk.hands.deliveries[1] = asyncio.Event()
    await desk.receive(said(1), said(2))
    await desk.stillness.come()
    assert desk.states()[2] == "done"
    assert desk.states() == {1: "new", 2: "done"}
    desk.hands.deliveries[1].set()
    await desk.inbox.drain()
    assert desk.states() == {1: "done", 2: "done"}


async def test_an_update_that_comes_again_is_handled_once(desk: Desk) -> None:
    await desk.receive(said(1), said(1), said(2))
    await desk.receive(said(2), said(1))
    await desk.inbox.drain()
    assert desk.hands.finished == [1, 2]


async def test_what_a_process_left_over_the_next_one_handles_in_order(desk: Desk) -> None:
    desk.hands.gates[1] = asyncio.Event()
    await desk.receive(said(1), said(2), said(3, BEN, "grüße 🎬"))
    await desk.stillness.come()
    assert desk.states()[3] == "done"
    await desk.crash()
    assert desk.states() == {1: "new", 2: "new", 3: "done"}
    await desk.start()
    assert desk.hands.finished == [1, 2]
    assert set(desk.states().values()) == {"done"}


async def test_telegram_may_send_again_what_was_stored_before_a_crash(desk: Desk) -> None:
    desk.hands.gates[1] = asyncio.Event()
    await desk.receive(said(1))
    await desk.crash()
    desk.telegram.script("getUpdates", ok([said(1), said(2)]))
    await desk.start()
    assert desk.hands.finished == [1, 2]


async def test_an_update_that_ends_process_after_process_is_set_aside_and_the_others_are_not(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.hands.gates[1] = asyncio.Event()
    await desk.receive(said(1), said(2))
    await desk.crash()
    for _ in range(MAX_ATTEMPTS):
        assert await desk.die_of(1) == [1]
    await desk.start()
    assert desk.hands.finished == [2]
    assert desk.states() == {1: "failed", 2: "done"}
    assert desk.reasons() == {1: "repeated-crash"}
    assert "update 1 ended the process" in caplog.text


async def test_what_is_slow_to_end_process_after_process_is_set_aside_alone_as_well(desk: Desk) -> None:
    desk.hands.slow[1] = desk.hands.slow[2] = asyncio.Event()
    await desk.receive(said(1), said(2, BEN))
    await desk.crash()
    for _ in range(MAX_ATTEMPTS):
        await desk.die_of(1, 2, slow=True)
    await desk.start()
    assert desk.reasons() == {1: "repeated-crash"}
    assert desk.states() == {1: "failed", 2: "done"}


async def test_a_chat_does_not_wait_for_what_is_slow_about_what_was_left_over(desk: Desk) -> None:
    desk.hands.gates[1] = asyncio.Event()
    await desk.receive(said(1), said(2))
    await desk.crash()
    patient = desk.hands.slow[1] = asyncio.Event()
    running = await desk.run()
    await desk.stillness.come()
    assert desk.states()[2] == "done"
    assert desk.attempts()[1] == 1
    patient.set()
    await desk.inbox.drain()
    assert desk.states() == {1: "done", 2: "done"}
    running.cancel()


async def test_what_takes_long_alone_keeps_no_other_chat_from_being_heard(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.inbox.ALONE", 0.0)
    desk.hands.gates[1] = desk.hands.gates[2] = asyncio.Event()
    await desk.receive(said(1), said(2, BEN))
    await desk.crash()
    await desk.die_of(1, 2)
    assert desk.attempts() == {1: 1, 2: 1}
    patient = desk.hands.slow[1] = asyncio.Event()
    running = await desk.run()
    await desk.stillness.come()
    assert desk.states()[2] == "done"
    assert desk.attempts()[1] == 2
    patient.set()
    await desk.inbox.drain()
    assert desk.states() == {1: "done", 2: "done"}
    running.cancel()


async def test_what_was_handled_beside_it_is_handled_alone_from_then_on_and_never_set_aside(
    desk: Desk,
) -> None:
    beside = range(2, 10)
    for number in (1, *beside):
        desk.hands.gates[number] = asyncio.Event()
    await desk.receive(said(1), *(said(number, BEN + number) for number in beside))
    await desk.crash()
    assert await desk.die_of(1, *beside) == [1, *beside]
    for _ in range(MAX_ATTEMPTS - 1):
        await desk.die_of(1, *beside)
    await desk.start()
    assert sorted(desk.hands.finished) == [*beside]
    assert desk.reasons() == {1: "repeated-crash"}
    assert set(desk.states().values()) == {"failed", "done"}


async def test_what_comes_before_it_is_blamed_for_nothing_though_its_words_wait_through_every_end(
    desk: Desk,
) -> None:
    desk.hands.gates[1] = desk.hands.gates[2] = desk.hands.gates[3] = asyncio.Event()
    await desk.receive(said(1), said(2, BEN), said(3, BEN))
    await desk.crash()
    begun = []
    for _ in range(MAX_ATTEMPTS):
        desk.hands.deliveries[1] = asyncio.Event()
        begun.append(await desk.die_of(2))
        assert desk.attempts()[1] == 0
    assert begun == [[1, 2], [2], [2], [2]]
    await desk.start()
    assert desk.reasons() == {2: "repeated-crash"}
    assert desk.states() == {1: "done", 2: "failed", 3: "done"}


async def test_an_update_whose_words_still_wait_is_not_blamed_for_restarts(desk: Desk) -> None:
    await desk.receive(said(1))
    for _ in range(MAX_ATTEMPTS + 1):
        await desk.crash()
        desk.hands.deliveries[1] = asyncio.Event()
        running = await desk.run()
        await desk.stillness.come()
        assert desk.attempts() == {1: 0}
        assert desk.hands.finished == [1]
        running.cancel()
    await desk.crash()
    await desk.start()
    assert desk.states() == {1: "done"}


async def test_an_update_that_cannot_be_handled_is_set_aside_and_the_next_go_on(desk: Desk) -> None:
    desk.hands.errors[1] = desk.hands.errors[3] = "beef"
    desk.hands.slow[3] = _open()
    await desk.receive({"update_id": 1, "message": {"nonsense": True}}, said(2), said(3))
    await desk.inbox.drain()
    assert desk.states() == {1: "failed", 2: "done", 3: "failed"}
    assert desk.reasons() == {1: "beef", 3: "beef"}
    await desk.crash()
    await desk.start()
    assert desk.hands.finished == []


async def test_words_that_cannot_be_said_are_logged_and_the_update_is_done(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.hands.undeliverable.add(1)
    await desk.receive(said(1), said(2))
    await desk.inbox.drain()
    assert "the words stuck" in caplog.text
    assert desk.states() == {1: "done", 2: "done"}


async def test_an_update_already_done_stays_done(desk: Desk) -> None:
    await desk.receive(said(1))
    await desk.inbox.drain()
    await desk.database.inbox.done(1, desk.clock.now())
    await desk.database.inbox.set_aside(1, "late", desk.clock.now())
    assert desk.states() == {1: "done"}


async def test_the_offset_is_dropped_after_a_long_silence(desk: Desk) -> None:
    await desk.receive(said(900))
    await desk.receive()
    await desk.clock.sleep(OFFSET_LIFETIME.total_seconds() + 1)
    await desk.receive()
    await desk.receive(said(3))
    await desk.receive()
    assert desk.offsets == [None, 901, 901, None, 4]
    await desk.inbox.drain()
    assert desk.hands.finished == [900, 3]


async def test_what_was_done_long_ago_is_forgotten_and_not_before(desk: Desk) -> None:
    desk.hands.errors[2] = "beef"
    await desk.receive(said(1), said(2))
    await desk.inbox.drain()
    await desk.clock.sleep((KEEP_DONE - timedelta(minutes=1)).total_seconds())
    await desk.inbox.clean()
    assert desk.states() == {1: "done", 2: "failed"}
    await desk.clock.sleep(120)
    await desk.inbox.clean()
    assert desk.states() == {2: "failed"}


@pytest.mark.parametrize(
    "trouble",
    [
        httpx.ConnectError("no network"),
        httpx.ReadTimeout("late"),
        refused(502, "Bad Gateway"),
        flood(3),
        refused(409, "Conflict: terminated by other getUpdates request"),
        httpx.Response(200, content=b"<html>not Telegram</html>"),
        httpx.Response(200, json={"ok": True}),
    ],
    ids=["connect", "timeout", "502", "429", "409", "html", "empty"],
)
async def test_trouble_with_telegram_is_waited_out(desk: Desk, trouble: httpx.Response | Exception) -> None:
    desk.telegram.script("getUpdates", trouble, ok([said(1)]))
    running = await desk.run()
    await desk.inbox.drain()
    assert desk.hands.finished == [1]
    assert sum(desk.clock.slept) > 0
    running.cancel()


async def test_waits_grow_and_have_an_end(desk: Desk) -> None:
    desk.telegram.script("getUpdates", *(httpx.ConnectError("no network") for _ in range(12)))
    running = await desk.run()
    waits = [wait for wait in desk.clock.slept if wait > 0]
    assert waits == sorted(waits)
    assert len(waits) == 12
    assert waits[-1] <= 32
    running.cancel()


async def test_a_refused_token_ends_it(desk: Desk) -> None:
    desk.telegram.script("getUpdates", refused(401, "Unauthorized"))
    running = await desk.run()
    with pytest.raises(InvalidToken):
        await running


@pytest.mark.parametrize(
    ("update", "chat"),
    [
        (said(1, ANA), ANA),
        ({"update_id": 1, "callback_query": {"id": "1", "message": {"chat": {"id": -5}}}}, -5),
        ({"update_id": 1, "callback_query": {"id": "1", "inline_message_id": "x"}}, 0),
        ({"update_id": 1, "my_chat_member": {"chat": {"id": -6}}}, -6),
        ({"update_id": 1}, 0),
        ({"update_id": 1, "message": "nonsense"}, 0),
        ({"update_id": 1, "message": {"chat": "nonsense"}}, 0),
        ({"update_id": 1, "message": {"chat": {"id": "7"}}}, 0),
        ({"update_id": 1, "message": {"message": "nonsense"}}, 0),
    ],
)
def test_the_chat_of_an_update(update: RawUpdate, chat: int) -> None:
    assert chat_of(update) == chat


async def test_it_listens_as_long_as_telegram_answers(desk: Desk) -> None:
    heard = [desk.inbox.listening]
    await desk.receive()
    heard.append(desk.inbox.listening)
    await desk.clock.sleep(DEAF_AFTER)
    assert [*heard, desk.inbox.listening] == [False, True, False]


async def test_each_new_update_is_announced_once(desk: Desk) -> None:
    update = {"update_id": 5, "message": {"chat": {"id": 1}}}
    for _ in range(2):
        await desk.receive(update)
    assert desk.arrived == [update]
