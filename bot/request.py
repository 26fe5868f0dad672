"""How the bot's requests travel to Telegram."""

from __future__ import annotations

from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import httpx
from telegram import Bot
from telegram.request import HTTPXRequest, RequestData
from telegram.request._requestparameter import RequestParameter

if TYPE_CHECKING:
    from datetime import datetime

    from telegram.error import NetworkError
    from telegram.request import BaseRequest

    from bot.metrics import Metrics

LONG_POLL = 50
"""Seconds a getUpdates waits for news; the longest Telegram allows."""


def build(
    transport: httpx.AsyncBaseTransport | None, metrics: Metrics, *, read_timeout: float = 10.0
) -> BaseRequest:
    """A request object for one Bot. `transport` stands in for the network in tests."""
    return _Counted(
        metrics,
        connection_pool_size=64,
        read_timeout=read_timeout,
        connect_timeout=5.0,
        pool_timeout=10.0,
        httpx_kwargs={"transport": transport} if transport is not None else None,
    )


def parameters(**values: object) -> RequestData:
    """What a call of ours carries, encoded as python-telegram-bot encodes its own; None is left out."""
    return RequestData([RequestParameter.from_input(name, value) for name, value in values.items()])


def connect(token: str, base_url: str, transport: httpx.AsyncBaseTransport | None, metrics: Metrics) -> Bot:
    """A bot by itself, whose long polls have time to wait."""
    return Bot(
        token,
        base_url=f"{base_url}/bot",
        request=build(transport, metrics),
        get_updates_request=build(transport, metrics, read_timeout=LONG_POLL + 10),
    )


class _Counted(HTTPXRequest):
    """Counts the calls that were answered."""

    def __init__(self, metrics: Metrics, **options: Any) -> None:
        super().__init__(**options)
        self._metrics = metrics

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *timeouts: Any, **named: Any
    ) -> tuple[int, bytes]:
        status, payload = await super().do_request(url, method, request_data, *timeouts, **named)
        name = "file" if "/file/bot" in url else url.rpartition("/")[2].partition("?")[0]
        self._metrics.called(name, status, request_data.parameters if request_data is not None else {})
        return status, payload


async def server_time(url: str, transport: httpx.AsyncBaseTransport | None) -> datetime | None:
    """What time a server says it is (RFC 9110, 6.6.1); None where it does not say, or answer."""
    try:
        async with httpx.AsyncClient(transport=transport, timeout=5.0) as client:
            said = (await client.head(url)).headers.get("Date", "")
        return parsedate_to_datetime(said)
    except (httpx.HTTPError, ValueError):
        return None


def never_sent(error: NetworkError) -> bool:
    """Whether the request surely did not reach Telegram, so that sending it again cannot double anything."""
    return isinstance(error.__cause__, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)


def seconds(period: float | timedelta) -> float:
    """A RetryAfter's time; python-telegram-bot gives either, as PTB_TIMEDELTA says."""
    return period.total_seconds() if isinstance(period, timedelta) else float(period)
