"""A page for machines on the loopback interface: is the bot alive, is it ready, what has it counted."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol

from bot.metrics import Standing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from bot.inbox import Inbox
    from bot.metrics import Metrics
    from bot.send import Sender
    from domain.clock import Clock
    from domain.services.backups import BackupService
    from domain.services.posts import PostService

    Pages = Mapping[str, Callable[[], Awaitable["Page"]]]

HOST = "127.0.0.1"
PATIENCE = 5.0
"""Seconds in which a request must be there, and its answer taken."""
LONGEST_REQUEST = 8192

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Page:
    """An answer. `good` false stands for 503: ask again later."""

    text: bytes
    good: bool = True


class Database(Protocol):
    """What is asked of the database."""

    async def ping(self) -> None:
        """Raises where it does not answer."""

    async def size(self) -> int:
        """Bytes on disk."""


@dataclass(frozen=True, slots=True)
class Status:
    """What the page says."""

    inbox: Inbox
    sender: Sender
    posts: PostService
    database: Database
    metrics: Metrics
    backups: BackupService
    clock: Clock

    def pages(self) -> Pages:
        """By their paths."""
        return {"/healthz": self.alive, "/readyz": self.ready, "/metrics": self.measured}

    async def alive(self) -> Page:
        """That this is answered at all is the answer."""
        return Page(b"alive\n")

    async def ready(self) -> Page:
        """Whether the database answers and Telegram was heard from."""
        problems = [] if self.inbox.listening else ["Telegram was not heard from"]
        try:
            async with asyncio.timeout(PATIENCE / 2):
                await self.database.ping()
        except Exception as error:  # noqa: BLE001 - whatever it is, the page says that it is
            log.warning("the database does not answer: %s", type(error).__name__)
            problems.append("the database does not answer")
        return Page("".join(f"{line}\n" for line in problems or ["ready"]).encode(), good=not problems)

    async def measured(self) -> Page:
        """What Prometheus collects."""
        return Page(
            self.metrics.render(
                Standing(
                    outgoing=self.sender.waiting,
                    posts_due=await self.posts.count_due(),
                    database_bytes=await self.database.size(),
                    backup_age=await self._backup_age(),
                )
            )
        )

    async def _backup_age(self) -> float | None:
        newest = await self.backups.newest() if self.backups.possible else None
        return None if newest is None else (self.clock.now() - newest.made_at).total_seconds()


@asynccontextmanager
async def serving(port: int, pages: Pages) -> AsyncIterator[None]:
    """Answer GET for these paths meanwhile. OSError where the port is taken."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(
            OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError
        ):
            async with asyncio.timeout(PATIENCE):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(await _answer(head, pages))
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, HOST, port, limit=LONGEST_REQUEST)
    try:
        yield
    finally:
        server.close()


async def alive(port: int) -> bool:
    """Whether the bot that should be listening on a port of this machine says that it is alive."""
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection(HOST, port)
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            status = await reader.readline()
            writer.close()
    except (OSError, TimeoutError):
        return False
    return b" 200 " in status


async def _answer(head: bytes, pages: Pages) -> bytes:
    method, path, *_ = [*head.split(b"\r\n", 1)[0].decode("latin-1").split(" "), "", ""]
    page = pages.get(path.partition("?")[0])
    if page is None:
        return _response(HTTPStatus.NOT_FOUND, b"")
    if method != "GET":
        return _response(HTTPStatus.METHOD_NOT_ALLOWED, b"")
    shown = await page()
    return _response(HTTPStatus.OK if shown.good else HTTPStatus.SERVICE_UNAVAILABLE, shown.text)


def _response(status: HTTPStatus, body: bytes) -> bytes:
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\n"
        "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode() + body
