from __future__ import annotations

import random
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx
import pytest
from telegram import (
    Bot,
    BotCommand,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    LinkPreviewOptions,
    ReplyParameters,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)
from telegram.request import HTTPXRequest

from integrations.sandbox.transport import SandboxTransport, read_body
from tests.integrations.sandbox.stage import png

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.integrations.sandbox.stage import Stage


@asynccontextmanager
async def client(stage: Stage, token: str | None = None) -> AsyncIterator[Bot]:
    def request() -> HTTPXRequest:
        return HTTPXRequest(httpx_kwargs={"transport": SandboxTransport(stage.sandbox)})

    bot = Bot(token or stage.sandbox.token, request=request(), get_updates_request=request())
    async with bot:
        yield bot


async def test_a_real_client_can_do_all_a_bot_does(stage: Stage) -> None:
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("Pick", callback_data="p:1", style="success")]])
    async with client(stage) as bot:
        assert bot.username == "WrongOpinionsBot"
        assert (await bot.get_chat(stage.group_id)).title == "Film club"
        await bot.set_my_commands([BotCommand("week", "This week")])
        sent = await bot.send_message(
            stage.group_id,
            "<b>Heat</b>",
            parse_mode="HTML",
            reply_markup=markup,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )
        stage.ben.press(stage.last(), "Pick")
        update = (await bot.get_updates(timeout=5, allowed_updates=["callback_query"]))[-1]
        assert update.callback_query is not None
        await update.callback_query.answer("Picked")
        await bot.edit_message_media(
            InputMediaPhoto(png(), caption="<i>Heat</i>", parse_mode="HTML"), stage.group_id, sent.message_id
        )
        await bot.edit_message_caption(stage.group_id, sent.message_id, caption="Heat", reply_markup=markup)
        await bot.edit_message_reply_markup(stage.group_id, sent.message_id)
        await bot.send_message(
            stage.group_id,
            "?",
            reply_parameters=ReplyParameters(sent.message_id),
            reply_markup=ForceReply(selective=True, input_field_placeholder="Title"),
        )
        await bot.set_message_reaction(stage.group_id, sent.message_id, "🔥")
        await bot.send_chat_action(stage.group_id, "typing")
        assert await bot.delete_message(stage.group_id, sent.message_id)
    assert stage.sandbox.complaints() == []


async def test_uploads_arrive_byte_by_byte(stage: Stage) -> None:
    content = png() + random.Random(7).randbytes(5000) + b"\r\n--\r\n\n"
    async with client(stage) as bot:
        sent = await bot.send_photo(stage.group_id, content, caption="ünï")
        file = await bot.get_file(sent.photo[-1].file_id)
        assert bytes(await file.download_as_bytearray()) == content
        document = await bot.send_document(stage.group_id, content, filename="back up.db")
        assert document.document is not None
        assert (document.document.file_name, document.document.file_size) == ("back up.db", len(content))
        album = await bot.send_media_group(
            stage.group_id, [InputMediaPhoto(png(10, 10)), InputMediaPhoto(png(20, 20))]
        )
        assert [message.photo[-1].width for message in album] == [10, 20]
    assert stage.last().caption == ""


async def test_refusals_reach_the_client_as_its_errors(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    # Without it the client warns about its own future whenever it meets flood control.
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    async with client(stage) as bot:
        with pytest.raises(BadRequest, match="Message text is empty"):
            await bot.send_message(stage.group_id, " ")
        with pytest.raises(Forbidden, match="can't initiate conversation"):
            await bot.send_message(stage.ben.id, "x")
        stage.sandbox.faults.flood("sendMessage", 7)
        with pytest.raises(RetryAfter):
            await bot.send_message(stage.group_id, "x")
        new = stage.ana.migrate(stage.group)
        with pytest.raises(ChatMigrated) as migrated:
            await bot.send_message(stage.group_id, "x")
        assert migrated.value.new_chat_id == new.id
        await bot.set_webhook("https://a.b/hook")
        with pytest.raises(Conflict):
            await bot.get_updates()
    with pytest.raises(InvalidToken):
        async with client(stage, "1:wrong"):
            pytest.fail("a wrong token must not be accepted")


async def test_dropped_connections_look_like_the_networks_fault(stage: Stage) -> None:
    faults = stage.sandbox.faults
    async with client(stage) as bot:
        faults.drop_before("sendMessage")
        with pytest.raises(NetworkError, match="ConnectError"):
            await bot.send_message(stage.group_id, "1")
        faults.drop_after("sendMessage")
        with pytest.raises(NetworkError, match="ReadError"):
            await bot.send_message(stage.group_id, "2")
        faults.drop_after("sendMessage", timed_out=True)
        with pytest.raises(TimedOut):
            await bot.send_message(stage.group_id, "3")
    assert [m.text for m in stage.sandbox.messages(stage.group) if m.text] == ["2", "3"]


async def test_other_hosts_are_routed_or_out_of_reach(stage: Stage) -> None:
    async def catalogue(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"path": request.url.path})

    transport = SandboxTransport(stage.sandbox, {"catalogues.test": catalogue})
    async with httpx.AsyncClient(transport=transport) as http:
        assert (await http.get("http://catalogues.test/tmdb/3")).json() == {"path": "/tmdb/3"}
        with pytest.raises(httpx.ConnectError):
            await http.get("https://example.com/")
        telegram = "https://api.telegram.org"
        assert (await http.get(f"{telegram}/elsewhere")).status_code == 404
        assert (await http.get(f"{telegram}/file/bot{stage.sandbox.token}/none")).status_code == 404
        by_query = await http.get(
            f"{telegram}/bot{stage.sandbox.token}/sendMessage",
            params={"chat_id": stage.group_id, "text": "hi"},
        )
        assert by_query.json()["result"]["text"] == "hi"
        by_json = await http.post(
            f"{telegram}/bot{stage.sandbox.token}/sendMessage", json={"chat_id": stage.group_id, "text": "ho"}
        )
        assert by_json.json()["result"]["text"] == "ho"


def test_bodies_of_every_kind_are_read() -> None:
    assert read_body("application/x-www-form-urlencoded", b"a=1&b=%C3%A9&c=") == (
        {"a": "1", "b": "é", "c": ""},
        {},
    )
    assert read_body("application/json; charset=utf-8", b'{"a": [1]}') == ({"a": [1]}, {})
    assert read_body("application/json", b"[1") == ({}, {})
    assert read_body("application/json", b"[1]") == ({}, {})
