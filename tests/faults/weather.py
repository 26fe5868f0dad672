"""What can go wrong with one HTTP request, decided as the request begins and counted as it happens."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from contextlib import ExitStack
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count
from typing import TYPE_CHECKING, Any, Self
from unittest.mock import patch

import httpx
from telegram.request import BaseRequest

if TYPE_CHECKING:
    import random
    from collections.abc import Awaitable, Callable, Sequence
    from types import TracebackType

SHORT = 0.25
"""Real seconds after which a request that is to time out does so."""
TICKET = "x-fault"


class Fault(StrEnum):
    """The classes. What came of the request on the server is in the names where it is not plain."""

    CONNECT = "connect"
    TIMEOUT_BEFORE = "time-out before effect"
    TIMEOUT_AFTER = "time-out after effect"
    RESET_BEFORE = "reset before effect"
    RESET_AFTER = "reset after effect"
    TRUNCATED = "truncated"
    BROKEN_JSON = "invalid JSON"
    HTML = "HTML body"
    FLOOD = "429"
    ERROR = "500"
    GATEWAY = "502"
    BUSY = "503, Retry-After: 0"
    DRIP = "slow drip"
    REDIRECT = "redirect"


AFTER_EFFECT = frozenset(
    {
        Fault.TIMEOUT_AFTER,
        Fault.RESET_AFTER,
        Fault.TRUNCATED,
        Fault.BROKEN_JSON,
        Fault.GATEWAY,
        Fault.DRIP,
    }
)
"""The server did what was asked for, and the answer says nothing of it."""
SURELY_NOT_DONE = frozenset({Fault.CONNECT, Fault.FLOOD})
"""The bot knows that nothing was done."""
SLOW = frozenset({Fault.TIMEOUT_BEFORE, Fault.TIMEOUT_AFTER, Fault.DRIP})

_CATALOGUES = (
    (r"/tmdb/3/search/movie", "TMDB search"),
    (r"/tmdb/3/movie/\d+", "TMDB movie"),
    (r"/tmdb/3/configuration", "TMDB configuration"),
    (r"/images/t/p/.*", "TMDB poster"),
    (r"/musicbrainz/ws/2/release-group", "MusicBrainz search"),
    (r"/musicbrainz/ws/2/release-group/.+", "MusicBrainz album"),
    (r"/coverart/release-group/.+", "Cover Art Archive index"),
    (r"/coverart/release/.+\.jpg", "Cover Art Archive cover"),
    (r"/images/download/.+/index\.json", "archive.org index, on the way"),
    (r"/images/items/.+/index\.json", "archive.org index"),
    (r"/images/download/.+\.jpg", "archive.org cover, on the way"),
    (r"/images/items/.+\.jpg", "archive.org cover"),
    (r"/omdb/", "OMDb"),
    (r"/?", "HEAD, for the time"),
)


def endpoint_of(path: str) -> str:
    """What a request is for, by its path; LookupError for what nobody knew the bot asks for."""
    if path.startswith("/file/bot"):
        return "file download"
    if path.startswith("/bot"):
        return path.rpartition("/")[2]
    for pattern, name in _CATALOGUES:
        if re.fullmatch(pattern, path):
            return name
    raise LookupError(path)


_refused: ContextVar[str | None] = ContextVar("_refused", default=None)
"""The endpoint of the request under way whose connection is refused."""


@dataclass
class Weather:
    """Decides and counts. `plan` names the fault of the next request to an endpoint, None for none."""

    closed_port: int
    drop_idle: Callable[[], None]
    plan: Callable[[str], Fault | None] = lambda _: None
    counts: Counter[tuple[str, Fault]] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    _tickets: dict[str, Fault] = field(default_factory=dict)
    _numbers: count[int] = field(default_factory=count)
    _patches: ExitStack = field(default_factory=ExitStack)

    def order(self, endpoint: str, fault: Fault) -> None:
        """One fault for the next request to an endpoint; fair weather before and after."""
        waiting = [fault]
        self.plan = lambda asked: waiting.pop() if asked == endpoint and waiting else None

    def rain(self, chances: random.Random, share: float) -> None:
        """Any fault, on such a share of the requests to anything."""
        faults = list(Fault)
        self.plan = lambda _: chances.choice(faults) if chances.random() < share else None

    def clear(self) -> None:
        """Fair weather."""
        self.plan = lambda _: None

    def redeem(self, ticket: str, endpoint: str) -> Fault | None:
        """What shall happen to a request that arrived; counted, since the server does it now."""
        fault = self._tickets.pop(ticket, None)
        if fault is not None and fault is not Fault.CONNECT:
            self.counts[endpoint, fault] += 1
        return fault

    def _begin(self, endpoint: str) -> tuple[Fault | None, str]:
        self.calls[endpoint] += 1
        fault = self.plan(endpoint)
        ticket = str(next(self._numbers)) if fault is not None else ""
        if fault is not None:
            self._tickets[ticket] = fault
        return fault, ticket

    async def _carried(self, endpoint: str, fault: Fault | None, work: Callable[[], Awaitable[Any]]) -> Any:
        if fault is not Fault.CONNECT:
            return await work()
        for _ in range(20):  # Also what is just about to become idle, so that a new connection is needed.
            self.drop_idle()
            await asyncio.sleep(0)
        token = _refused.set(endpoint)
        try:
            return await work()
        finally:
            _refused.reset(token)

    # -- where requests begin, whichever library carries them

    def over(self, requests: Sequence[type[BaseRequest]]) -> Self:
        """Let the weather come over the Bot API's request classes and over httpx's real network."""
        for kind in requests:
            self._patches.enter_context(patch.object(kind, "do_request", self._bot_request(kind)))
        transport = httpx.AsyncHTTPTransport
        self._patches.enter_context(
            patch.object(transport, "handle_async_request", self._catalogue_request(transport))
        )
        loop = type(asyncio.get_running_loop())
        self._patches.enter_context(patch.object(loop, "sock_connect", self._dial(loop)))
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._patches.close()

    def _bot_request(self, kind: type[BaseRequest]) -> Callable[..., Awaitable[tuple[int, bytes]]]:
        real = kind.do_request

        async def do_request(request: BaseRequest, url: str, *values: Any, **named: Any) -> tuple[int, bytes]:
            endpoint = endpoint_of(httpx.URL(url).path)
            fault, ticket = self._begin(endpoint)
            if fault in SLOW:
                named["read_timeout"] = SHORT
            where = f"{url}?{TICKET}={ticket}" if ticket else url
            answer: tuple[int, bytes] = await self._carried(
                endpoint, fault, lambda: real(request, where, *values, **named)
            )
            return answer

        return do_request

    def _catalogue_request(
        self, kind: type[httpx.AsyncHTTPTransport]
    ) -> Callable[..., Awaitable[httpx.Response]]:
        real = kind.handle_async_request

        async def handle(transport: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
            if request.url.path.startswith(("/bot", "/file/bot")):
                return await real(transport, request)
            endpoint = endpoint_of(request.url.path)
            fault, ticket = self._begin(endpoint)
            if ticket:
                request.headers[TICKET] = ticket
            if fault in SLOW:
                request.extensions["timeout"] = {**request.extensions["timeout"], "read": SHORT}
            answer: httpx.Response = await self._carried(endpoint, fault, lambda: real(transport, request))
            return answer

        return handle

    def _dial(self, loop: Any) -> Callable[..., Awaitable[None]]:
        real = loop.sock_connect

        async def sock_connect(loop: Any, sock: Any, address: Any) -> None:
            endpoint = _refused.get()
            if endpoint is None:
                await real(loop, sock, address)
                return
            self.counts[endpoint, Fault.CONNECT] += 1
            await real(loop, sock, (address[0], self.closed_port))

        return sock_connect


def table(counts: Counter[tuple[str, Fault]]) -> str:
    """Endpoints down, classes across, and what they add up to."""
    lines = [["endpoint", *Fault, "all"]]
    for endpoint in dict.fromkeys(endpoint for endpoint, _ in counts):
        row = [counts[endpoint, fault] for fault in Fault]
        lines.append([endpoint, *map(str, row), str(sum(row))])
    columns = [sum(n for (_, struck), n in counts.items() if struck is fault) for fault in Fault]
    lines.append(["all", *map(str, columns), str(counts.total())])
    return "\n".join(f"| {' | '.join(line)} |" for line in (lines[0], ["---"] * len(lines[0]), *lines[1:]))
