"""What the bot's own HTTP client does on a real connection, against a server that answers as it is told."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from telegram import Bot, InputFile
from telegram.error import NetworkError, TimedOut

from bot.inbox import AT_ONCE
from bot.metrics import Metrics
from bot.request import build, never_sent
from tests.fakes import FakeClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

TOKEN = "123456:opens-nothing-anywhere"
SENT = b'{"ok":true,"result":{"message_id":7,"date":1,"chat":{"id":1,"type":"private"}}}'


def answer(status: str, body: bytes, *headers: bytes) -> bytes:
    lines = [f"HTTP/1.1 {status}".encode(), b"Content-Length: %d" % len(body), *headers]
    return b"\r\n".join([*lines, b"", body])


@asynccontextmanager
async def telegram(said: bytes | None, *, reset: bool = False) -> AsyncIterator[tuple[Bot, list[bytes]]]:
    """A bot whose server says `said` to every request, or nothing at all; what it received."""
    received: list[bytes] = []
    over = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.append(await reader.readuntil(b"\r\n\r\n"))
        length = next(
            int(line.split(b":")[1]) for line in received[0].lower().splitlines() if b"content-length" in line
        )
        received.append(await reader.readexactly(length))
        if said is not None:
            writer.write(said)
        elif reset:
            writer.transport.abort()
        else:
            await reader.read()
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
        over.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with bot_at(server.sockets[0].getsockname()[1]) as bot:
        yield bot, received
    await over.wait()
    server.close()
    await server.wait_closed()


@asynccontextmanager
async def bot_at(port: int, read_timeout: float = 0.2) -> AsyncIterator[Bot]:
    request = build(None, Metrics(FakeClock()), read_timeout=read_timeout)
    await request.initialize()
    try:
        yield Bot(TOKEN, base_url=f"http://127.0.0.1:{port}/bot", request=request)
    finally:
        await request.shutdown()


async def test_what_nobody_listens_to_was_never_sent() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        async with bot_at(free.getsockname()[1]) as bot:
            with pytest.raises(NetworkError) as raised:
                await bot.send_message(1, "hello")
    assert never_sent(raised.value)
    assert TOKEN not in repr(raised.value)


async def test_what_was_sent_and_not_answered_may_have_arrived() -> None:
    async with telegram(None) as (bot, received):
        with pytest.raises(TimedOut) as raised:
            await bot.send_message(1, "hello")
    assert not never_sent(raised.value)
    assert b"text=hello" in received[1]


async def test_a_connection_that_breaks_off_may_have_brought_it_there() -> None:
    async with telegram(None, reset=True) as (bot, _):
        with pytest.raises(NetworkError) as raised:
            await bot.send_message(1, "hello")
    assert not never_sent(raised.value)
    assert TOKEN not in repr(raised.value)


async def test_a_redirect_takes_no_token_elsewhere() -> None:
    async with telegram(answer("302 Found", b"", b"Location: http://127.0.0.1:1/")) as (bot, received):
        with pytest.raises(NetworkError):
            await bot.send_message(1, "hello")
    assert len(received) == 2


async def test_a_file_arrives_whole_and_under_its_name() -> None:
    content = bytes(range(256)) * 40
    async with telegram(answer("200 OK", SENT)) as (bot, received):
        sent = await bot.send_document(1, InputFile(content, "scores.zip"), "Здравствуйте & hello")
    assert sent.message_id == 7
    assert content in received[1]
    assert b'filename="scores.zip"' in received[1]
    assert "Здравствуйте & hello".encode() in received[1]


async def test_words_arrive_as_they_were_written() -> None:
    async with telegram(answer("200 OK", SENT)) as (bot, received):
        await bot.send_message(1, "a&b=c +%20 ½")
    assert b"text=a%26b%3Dc+%2B%2520+%C2%BD" in received[1]


async def test_all_chats_in_hand_are_answered_and_edited_at_once() -> None:
    calls = 2 * AT_ONCE
    everybody = asyncio.Barrier(calls)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(
            next(int(line.split(b":")[1]) for line in head.lower().splitlines() if b"content-length" in line)
        )
        await everybody.wait()
        writer.write(answer("200 OK", b'{"ok":true,"result":true}', b"Connection: close"))
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with bot_at(server.sockets[0].getsockname()[1], read_timeout=60) as bot:
        answers = (bot.answer_callback_query(str(number)) for number in range(AT_ONCE))
        edits = (bot.edit_message_text("card", -number, 1) for number in range(1, AT_ONCE + 1))
        assert await asyncio.gather(*answers, *edits) == [True] * calls
    server.close()
    await server.wait_closed()
