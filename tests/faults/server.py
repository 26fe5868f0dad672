"""A bare HTTP/1.1 server for the sandbox, which can do to a connection whatever networks do."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from dataclasses import dataclass
from email.utils import formatdate
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from integrations.sandbox.transport import handle_telegram
from tests.faults.weather import AFTER_EFFECT, TICKET, Fault, Weather, endpoint_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from integrations.sandbox.catalogues import Catalogues
    from integrations.sandbox.telegram import TelegramSandbox

DRIP = 0.02
"""Real seconds between two bytes: each read is quick, the whole takes for ever."""
MUCH = 10**6
"""Bytes that drip on behind an answer."""
_REASONS = {200: "OK", 302: "Found", 429: "Too Many Requests", 500: "Internal Server Error"}


@dataclass(frozen=True)
class Wire:
    """A request as it came."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """Without the query."""
        return urlsplit(self.target).path

    def query(self) -> dict[str, str]:
        """The parameters in the address, the ticket apart."""
        found = {name: values[-1] for name, values in parse_qs(urlsplit(self.target).query).items()}
        found.pop(TICKET, None)
        return found

    @property
    def ticket(self) -> str:
        """Which fault the request is to suffer; empty for none."""
        asked = parse_qs(urlsplit(self.target).query).get(TICKET, [""])[0]
        return asked or self.headers.get(TICKET, "")


class FaultyServer:
    """Serves Telegram and the catalogues on one port of 127.0.0.1, and a stranger's site on another."""

    def __init__(self) -> None:
        self.weather = Weather(0, self.drop_idle)
        self.strangers: list[Wire] = []
        self.under_way = 0
        self._telegram: TelegramSandbox | None = None
        self._catalogues: Catalogues | None = None
        self._idle: set[asyncio.StreamWriter] = set()
        self._open: set[asyncio.StreamWriter] = set()
        self._stack = contextlib.AsyncExitStack()
        self.port = self.stranger = 0

    async def start(self) -> None:
        """Listen; a third port is taken and never listened on."""
        site = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        stranger = await asyncio.start_server(self._serve_stranger, "127.0.0.1", 0)
        closed = self._stack.enter_context(socket.socket())
        closed.bind(("127.0.0.1", 0))
        for server in (site, stranger):
            self._stack.callback(server.close)
        self.port = site.sockets[0].getsockname()[1]
        self.stranger = stranger.sockets[0].getsockname()[1]
        self.weather.closed_port = closed.getsockname()[1]

    def behind(self, telegram: TelegramSandbox, catalogues: Catalogues) -> None:
        """What is served."""
        self._telegram, self._catalogues = telegram, catalogues

    async def stop(self) -> None:
        """Close everything."""
        await self._stack.aclose()
        for writer in list(self._open):
            writer.transport.abort()
        for _ in range(10):
            await asyncio.sleep(0)

    @property
    def address(self) -> str:
        """The site's base URL."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def connections(self) -> int:
        """How many are open."""
        return len(self._open)

    def drop_idle(self) -> None:
        """Close the connections on which nothing is under way."""
        for writer in list(self._idle):
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while not writer.is_closing():
                self._idle.add(writer)
                request = await _read(reader)
                self._idle.discard(writer)
                if request is None:
                    return
                await self._one(request, reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._idle.discard(writer)
            self._open.discard(writer)
            writer.close()

    async def _serve_stranger(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while (request := await _read(reader)) is not None:
                self.strangers.append(request)
                writer.write(_head(200, {"Content-Type": "text/html"}, 9) + b"<p>Buy!</p"[:9])
                await writer.drain()
        self._open.discard(writer)
        writer.close()

    async def _one(self, request: Wire, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        endpoint = endpoint_of(request.path)
        fault = self.weather.redeem(request.ticket, endpoint)
        self.under_way += 1
        answering = asyncio.ensure_future(self._answer(request, fault, writer))
        gone = asyncio.ensure_future(reader.read(1))
        try:
            await asyncio.wait({answering, gone}, return_when=asyncio.FIRST_COMPLETED)
            if answering.done():
                answering.result()
            else:
                writer.close()
        finally:
            for task in (answering, gone):
                task.cancel()
            await asyncio.gather(answering, gone, return_exceptions=True)
            self.under_way -= 1

    async def _answer(self, request: Wire, fault: Fault | None, writer: asyncio.StreamWriter) -> None:
        if fault is None or fault is Fault.CONNECT or fault in AFTER_EFFECT:
            self.under_way -= request.path.endswith("/getUpdates")  # It may wait for ever.
            try:
                status, headers, content = await self._real(request)
            finally:
                self.under_way += request.path.endswith("/getUpdates")
        else:
            status, headers, content = self._refusal(request, fault)
        match fault:
            case Fault.TIMEOUT_BEFORE | Fault.TIMEOUT_AFTER:
                await asyncio.Event().wait()
            case Fault.RESET_BEFORE | Fault.RESET_AFTER:
                _reset(writer)
            case Fault.TRUNCATED:
                writer.write(_head(status, headers, len(content) + 1) + content[: len(content) // 2])
                writer.close()
            case Fault.DRIP:
                writer.write(_head(status, headers, len(content) + MUCH))
                for byte in content + b" " * MUCH:
                    writer.write(bytes([byte]))
                    await writer.drain()
                    await asyncio.sleep(DRIP)
            case _:
                if fault is Fault.BROKEN_JSON:
                    status, content = 200, content[: len(content) // 2] or b'{"ok":tr'
                elif fault is Fault.GATEWAY:
                    status, headers, content = self._refusal(request, fault)
                shown = b"" if request.method == "HEAD" else content
                writer.write(_head(status, headers, len(content)) + shown)
        if not writer.is_closing():
            await writer.drain()

    def _refusal(self, request: Wire, fault: Fault) -> tuple[int, Mapping[str, str], bytes]:
        """Answers of whoever stands before the server; like the real ones they show what was asked for."""
        html = {"Content-Type": "text/html; charset=utf-8"}
        page = f"<!DOCTYPE html><html><h1>Sorry</h1><p>{request.path}</p></html>".encode()
        match fault:
            case Fault.FLOOD:
                return self._flood(request)
            case Fault.ERROR:
                error = b'{"ok":false,"error_code":500,"description":"Internal Server Error"}'
                return 500, {"Content-Type": "application/json"}, error
            case Fault.GATEWAY:
                return 502, html, page
            case Fault.BUSY:
                return 503, {**html, "Retry-After": "0"}, page
            case Fault.REDIRECT:
                there = f"http://127.0.0.1:{self.stranger}{request.path}"
                return 302, {**html, "Location": there}, page
        return 200, html, page

    def _flood(self, request: Wire) -> tuple[int, Mapping[str, str], bytes]:
        """By turns as Telegram says it, and as a proxy does: with nothing but the header."""
        seconds = {"Retry-After": "2"}
        if self.weather.counts[endpoint_of(request.path), Fault.FLOOD] % 2:
            body = b'{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 2",'
            return 429, seconds, body + b'"parameters":{"retry_after":2}}'
        return 429, {**seconds, "Content-Type": "text/html"}, b"<h1>429 Too Many Requests</h1>"

    async def _real(self, request: Wire) -> tuple[int, Mapping[str, str], bytes]:
        assert self._telegram is not None
        assert self._catalogues is not None
        query = request.query()
        if request.method == "HEAD":
            return 200, {"Date": formatdate(usegmt=True)}, b""
        if request.path.startswith(("/bot", "/file/")):
            kind = request.headers.get("content-type", "")
            return await handle_telegram(self._telegram, request.path, urlencode(query), kind, request.body)
        asked = httpx.Request(
            request.method, f"{self.address}{request.path}", params=query, headers=dict(request.headers)
        )
        answer = await self._catalogues.handle(asked)
        kept = {n: v for n, v in answer.headers.items() if n not in {"content-length", "content-encoding"}}
        return answer.status_code, kept, await answer.aread()


async def _read(reader: asyncio.StreamReader) -> Wire | None:
    """The next request; None at the end."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, OSError):
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    headers = {
        name.strip().lower(): value.strip()
        for name, _, value in (line.partition(":") for line in lines if line)
    }
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = b""
        while size := int(await reader.readline(), 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readline()
    else:
        body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Wire(method, target, headers, body)


def _head(status: int, headers: Mapping[str, str], length: int) -> bytes:
    lines = [f"HTTP/1.1 {status} {_REASONS.get(status, 'Whatever')}"]
    lines += [f"{name}: {value}" for name, value in headers.items() if name.lower() != "content-length"]
    lines += [f"Content-Length: {length}", "", ""]
    return "\r\n".join(lines).encode("latin-1")


def _reset(writer: asyncio.StreamWriter) -> None:
    """RST instead of FIN."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
