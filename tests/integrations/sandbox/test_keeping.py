"""A world in a folder: what comes back after a stop, however it came."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from integrations.sandbox.clock import MovableClock
from integrations.sandbox.keeping import Keeper, Unreadable, WorldFolder, kept_now, restore_world
from integrations.sandbox.server import create_app
from integrations.sandbox.telegram import TelegramSandbox, Upload
from integrations.sandbox.telegram.screen import state
from tests.fakes import START
from tests.integrations.sandbox.stage import keyboard, png
from tests.integrations.sandbox.visits import KEY, post

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from integrations.sandbox.telegram import Chat, Person


class Kept:
    """A sandbox with its folder, as `demo` puts them together."""

    def __init__(self, path: Path) -> None:
        self.folder = WorldFolder(path)
        values = self.folder.load()
        self.clock = MovableClock(kept_now(values, START) if values else START)
        self.telegram = TelegramSandbox(self.clock)
        if values:
            restore_world(self.telegram, values, self.folder)
        self.keeper = Keeper(self.folder, self.telegram, self.clock, kept=values, notes={})
        self.app = create_app(self.telegram, key=KEY, keep=self.keeper.keep)
        self.following: Kept | None = None

    def person(self, name: str) -> Person:
        return next(person for person in self.telegram.people if person.name == name)

    @property
    def group(self) -> Chat:
        return next(chat for chat in self.telegram.world.chats.values() if chat.type != "private")

    async def call(self, method: str, files: dict[str, Upload] | None = None, /, **params: Any) -> Any:
        answer = await self.telegram.call(self.telegram.token, method, params, files)
        self.keeper.keep()
        assert answer.status == 200, answer.body
        return answer.body["result"]

    def killed(self) -> Kept:
        """A new process on the same folder, after the old one ended without a word."""
        self.folder.close()
        self.following = Kept(self.folder.path)
        return self.following

    def last(self) -> Kept:
        """The newest of them."""
        return self.following.last() if self.following else self


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    kept = Kept(tmp_path / "demo")
    people = [kept.telegram.create_person(name, language_code="en") for name in ("Ana", "Ben")]
    group = kept.telegram.create_group("Film club", people, forum=True)
    people[0].add_bot(group)
    people[1].start_bot()
    kept.keeper.keep()
    yield kept
    kept.last().folder.close()


def seen(kept: Kept) -> Any:
    """What the page shows, but the time."""
    return {name: value for name, value in state(kept.telegram).items() if name != "now"}


async def test_everything_people_see_is_there_again(kept: Kept) -> None:
    ana, ben, group = kept.person("Ana"), kept.person("Ben"), kept.group
    ana.promote(group)
    thread = ana.open_topic(group, "Albums")
    here = {"chat_id": group.id}
    card = await kept.call(
        "sendPhoto",
        {"photo": Upload("a.png", png())},
        **here,
        caption="Heat",
        reply_markup=keyboard([("4½", "r:9")]),
    )
    await kept.call("pinChatMessage", **here, message_id=card["message_id"])
    await kept.call(
        "sendMessage", **here, text="<b>In a topic</b>", parse_mode="HTML", message_thread_id=thread
    )
    await kept.call("sendMessage", **here, text="Only Ben", receiver_user_id=ben.id)
    await kept.call("sendDocument", {"document": Upload("a.csv", b"a,b", "text/csv")}, **here)
    await kept.call("sendPoll", **here, question="Which?", options=["Heat", "Ronin"], is_anonymous=False)
    ben.vote(kept.telegram.messages(group)[-1], 1)
    ben.react(kept.telegram.messages(group)[-2], "🔥")
    ana.write(group, "as the group", anonymous=True)
    await kept.call("setMyCommands", commands=[{"command": "week", "description": "This week"}])
    ben.block()
    kept.keeper.keep()

    again = kept.killed()
    assert seen(again) == seen(kept)
    photo = next(m.photo for m in again.telegram.messages(again.group) if m.photo)
    assert photo.content == png()
    assert "blocked by the user" in str(await refused(again, "sendMessage", chat_id=ben.id, text="x"))
    assert seen(again.killed()) == seen(kept)


async def refused(kept: Kept, method: str, **params: Any) -> str:
    answer = await kept.telegram.call(kept.telegram.token, method, params)
    return str(answer.body["description"])


async def test_updates_wait_and_their_ids_never_go_back(kept: Kept) -> None:
    group = kept.group
    first = await kept.call("getUpdates", timeout=0)
    await kept.call("getUpdates", offset=first[-1]["update_id"] + 1, timeout=0)
    await post(kept.app, "write", {"person": kept.person("Ana").id, "chat": group.id, "text": "/week"})
    again = kept.killed()
    (waiting,) = await again.call("getUpdates", timeout=0)
    assert waiting["message"]["text"] == "/week"
    assert waiting["update_id"] == first[-1]["update_id"] + 1
    again.person("Ana").write(again.group, "/top")
    (_, newest) = await again.call("getUpdates", timeout=0)
    assert newest["update_id"] == waiting["update_id"] + 1


async def test_a_press_can_still_be_answered(kept: Kept) -> None:
    await kept.call("sendMessage", chat_id=kept.group.id, text="x", reply_markup=keyboard([("Go", "x")]))
    press = kept.person("Ben").press(kept.telegram.messages(kept.group)[-1], "Go")
    kept.keeper.keep()
    again = kept.killed()
    assert await again.call("answerCallbackQuery", callback_query_id=press.id, text="Done") is True
    assert again.telegram.world.presses[press.id].toast == "Done"
    last = again.killed()
    assert "query is too old" in await refused(last, "answerCallbackQuery", callback_query_id=press.id)


async def test_message_ids_go_on_and_flood_control_remembers(kept: Kept) -> None:
    here = {"chat_id": kept.group.id, "text": "x"}
    sent = [await kept.call("sendMessage", **here) for _ in range(5)]
    again = kept.killed()
    assert "Too Many Requests" in await refused(again, "sendMessage", **here)
    again.clock.advance(10)
    following = await again.call("sendMessage", **here)
    assert following["message_id"] == sent[-1]["message_id"] + 1


async def test_what_was_not_kept_was_told_to_nobody(kept: Kept) -> None:
    """A process that ends between a change and its keeping ends before anybody was answered."""
    before = seen(kept)
    kept.person("Ana").write(kept.group, "never heard of")
    assert seen(kept.killed()) == before


def test_a_last_line_that_was_cut_off_was_never_written(kept: Kept) -> None:
    before = seen(kept)
    kept.person("Ana").write(kept.group, "half a line")
    kept.keeper.keep()
    log = kept.folder.path / "world.jsonl"
    log.write_bytes(log.read_bytes()[:-20])
    again = kept.killed()
    assert seen(again) == before
    again.person("Ana").write(again.group, "a whole line")
    again.keeper.keep()
    assert again.killed().telegram.messages(again.group)[-1].text == "a whole line"


def test_the_clock_goes_on_from_where_it_was(kept: Kept) -> None:
    kept.clock.advance(3 * 24 * 3600)
    moved = kept.clock.now()
    assert kept.killed().clock.now() >= moved
    values = kept.folder.load()
    an_hour_later = kept_now(values, kept_at(values) + timedelta(hours=1))
    assert an_hour_later - kept_now(values, kept_at(values)) == timedelta(hours=1)
    set_back = kept_now(values, kept_at(values) - timedelta(days=1))
    assert set_back == kept_now(values, kept_at(values))


def kept_at(values: dict[str, Any]) -> Any:
    return datetime.fromisoformat(values["clock"][1])


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ('{"format": "wrong-opinions-sandbox", "version": 0}\n', "of another version (0)"),
        ("not ours at all\n", "damaged"),
        ('{"format": "wrong-opinions-sandbox", "version": 1}\n{"world":\n{"a": 1}\n', "damaged"),
    ],
)
def test_what_cannot_be_read_says_so(tmp_path: Path, content: str, why: str) -> None:
    folder = WorldFolder(tmp_path)
    (tmp_path / "world.jsonl").write_text(content)
    with pytest.raises(Unreadable) as refusal:
        folder.load()
    assert str(refusal.value) == why


def test_it_is_json_that_only_its_owner_reads(kept: Kept) -> None:
    log = kept.folder.path / "world.jsonl"
    header, *_ = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    assert header["version"] == 1
    assert (log.stat().st_mode & 0o777, kept.folder.path.stat().st_mode & 0o777) == (0o600, 0o700)


def test_emptying_leaves_other_files_alone(kept: Kept) -> None:
    other = kept.folder.path / "holiday.jpg"
    other.write_bytes(b"")
    kept.folder.empty()
    assert kept.folder.load() == {}
    assert other.exists()


def test_a_small_change_is_a_short_line(kept: Kept) -> None:
    log = kept.folder.path / "world.jsonl"
    before = log.stat().st_size
    kept.keeper.keep()
    assert log.stat().st_size == before
    kept.person("Ana").write(kept.group, "hello")
    kept.keeper.keep()
    assert log.stat().st_size - before < 1000
