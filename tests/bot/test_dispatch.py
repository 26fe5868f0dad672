"""Whatever an update is, handling it ends, and whoever should hear of trouble does."""

from __future__ import annotations

import asyncio
import copy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.context import Pressed
from bot.dispatch import Dispatcher, read
from bot.limits import Limiter
from bot.logs import error_id
from bot.send import Sender, Sent
from bot.texts import Languages
from tests.bot.scripted import Telegram
from tests.fakes import FakeClock

if TYPE_CHECKING:
    from bot.context import Services
    from bot.inbox import RawUpdate

SECRET = "the disk at /home/ana is full"


def said(text: str = "/week") -> RawUpdate:
    person = {"id": 7, "is_bot": False, "first_name": "Ana", "language_code": "en"}
    chat = {"id": 7, "type": "private", "first_name": "Ana"}
    return {
        "update_id": 1,
        "message": {"message_id": 5, "date": 1, "chat": chat, "from": person, "text": text},
    }


def pressed(where: str) -> RawUpdate:
    person = {"id": 7, "is_bot": False, "first_name": "Ana", "language_code": "en"}
    chat = {"id": -7, "type": where, "title": "Somewhere"}
    message = {"message_id": 5, "date": 1, "chat": chat, "text": "card"}
    query = {"id": "31", "from": person, "chat_instance": "1", "data": "r:1:9", "message": message}
    return {"update_id": 1, "callback_query": query}


class Desk:
    """A dispatcher whose storage is broken, so that every update that is understood fails."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.telegram = Telegram(self.clock)
        bot = self.telegram.bot()
        self.sender = Sender(bot, self.clock, Limiter(), self._never)
        self.dispatcher = Dispatcher(bot, self.sender, Languages.load(), self._broken)

    async def _never(self, old: int, new: int) -> None:
        raise AssertionError((old, new))

    def _broken(self, update_id: int) -> Services:
        raise OSError(SECRET)


async def test_who_wrote_is_told_the_id_even_when_nothing_can_be_read() -> None:
    desk = Desk()
    handled = await desk.dispatcher.handle(said())
    await asyncio.gather(handled.delivered(), desk.clock.advance(5))
    (apology,) = desk.telegram.calls
    assert apology.params["chat_id"] == 7
    assert str(handled.error_id) in apology.params["text"]


async def test_who_pressed_is_told_the_id_even_when_nothing_can_be_read() -> None:
    desk = Desk()
    handled = await desk.dispatcher.handle(pressed("group"))
    await handled.delivered()
    (answer,) = desk.telegram.calls
    assert answer.method == "answerCallbackQuery"
    assert str(handled.error_id) in answer.params["text"]


async def test_talk_in_a_group_is_not_answered_with_apologies() -> None:
    desk = Desk()
    talk = said("see you on Friday")
    talk["message"]["chat"] = {"id": -7, "type": "group", "title": "Film club"}
    handled = await desk.dispatcher.handle(talk)
    await asyncio.gather(handled.delivered(), desk.clock.advance(5))
    assert handled.error_id is not None
    assert desk.telegram.calls == []


async def test_a_press_that_leads_nowhere_is_answered() -> None:
    desk = Desk()
    handled = await desk.dispatcher.handle(pressed("channel"))
    await handled.delivered()
    (answer,) = desk.telegram.calls
    assert (answer.method, answer.params["callback_query_id"]) == ("answerCallbackQuery", 31)


def test_of_a_pressed_message_only_what_handlers_ask_for_is_read() -> None:
    raw = pressed("supergroup")
    card = raw["callback_query"]["message"]
    card |= {
        "message_thread_id": 9,
        "is_topic_message": True,
        "photo": [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}],
        "reply_markup": {"inline_keyboard": [[{"text": "4½", "callback_data": "r:1:9"}]]},
        "reply_to_message": {
            **card,
            "from": raw["callback_query"]["from"],
            "entities": [{"type": "spoiler", "offset": 0, "length": 4}],
        },
    }
    before = copy.deepcopy(raw)
    update, press = read(raw, Telegram(FakeClock()).bot())
    assert raw == before
    assert update.callback_query is not None
    assert (update.callback_query.data, update.callback_query.message) == ("r:1:9", None)
    assert press is not None
    assert (press.chat.id, press.sent, press.thread) == (-7, Sent(-7, 5, photo=True), 9)
    assert press.reply_to is not None
    assert (press.reply_to.from_user, press.reply_to.text) == (update.callback_query.from_user, "card")
    assert len(press.reply_to.entities) == 1


def test_a_pressed_message_that_telegram_no_longer_shows_is_known_by_its_number() -> None:
    raw = pressed("group")
    raw["callback_query"]["message"] = {"chat": {"id": -7, "type": "group"}, "message_id": 5, "date": 0}
    _, press = read(raw, Telegram(FakeClock()).bot())
    assert press is not None
    assert press == Pressed(press.chat, Sent(-7, 5))


async def test_trouble_is_logged_with_its_id_and_nobody_else_hears_of_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    desk = Desk()
    handled = await desk.dispatcher.handle(said())
    await asyncio.gather(handled.delivered(), desk.clock.advance(5))
    (record,) = (record for record in caplog.records if record.exc_info)
    assert error_id(record) == handled.error_id
    assert [call.params["chat_id"] for call in desk.telegram.calls] == [7]


NONSENSE: list[dict[str, Any]] = [
    {"update_id": 1},
    {"update_id": 1, "message": "nonsense"},
    {"update_id": 1, "message": {"nonsense": True}},
    {"update_id": 1, "message": {"message_id": "x", "date": "y", "chat": {"id": None}}},
    {"update_id": 1, "callback_query": {"id": "1"}},
    {"update_id": 1, "my_chat_member": {}},
    {"update_id": 1, "something_new": {"from_the": "future"}},
    {"message": {}},
]


@pytest.mark.parametrize("raw", NONSENSE)
async def test_nonsense_is_handled(raw: RawUpdate) -> None:
    handled = await Desk().dispatcher.handle(raw)
    await handled.delivered()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "chat", "from", "text", "message", "message_id", "date", "data", "type"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(JSON, st.sampled_from(["message", "callback_query", "my_chat_member"]))
def test_no_json_escapes_the_dispatcher(value: object, kind: str) -> None:
    async def story() -> None:
        handled = await Desk().dispatcher.handle({"update_id": 1, kind: value})
        await handled.delivered()

    asyncio.run(story())
