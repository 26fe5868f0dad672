"""How the bot's requests travel to Telegram."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import httpx
from telegram import Bot
from telegram.error import NetworkError, RetryAfter, TimedOut
from telegram.request import BaseRequest, HTTPXRequest, RequestData
from telegram.request._requestparameter import RequestParameter

if TYPE_CHECKING:
    from datetime import datetime

    from bot.metrics import Metrics

LONG_POLL = 50
"""Seconds a getUpdates waits for news; the longest Telegram allows."""
IN_ALL = 2.0
"""How many read time-outs a whole call may take: each byte of an answer that drips is in time."""
UNSAID_PAUSE = 5.0
"""Seconds to wait after a 429 that does not say how long, as those of a proxy may not."""


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
    """Counts the calls that were answered, bounds their time, and knows Telegram's answers from others."""

    def __init__(self, metrics: Metrics, **options: Any) -> None:
        super().__init__(**options)
        self._metrics = metrics

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        *timeouts: Any,
        **named: Any,
    ) -> tuple[int, bytes]:
        patience = self.read_timeout if read_timeout is BaseRequest.DEFAULT_NONE else read_timeout
        try:
            async with asyncio.timeout(patience and IN_ALL * patience):
                status, payload = await super().do_request(
                    url, method, request_data, read_timeout, *timeouts, **named
                )
        except TimeoutError as error:
            raise TimedOut from error
        name = "file" if "/file/bot" in url else url.rpartition("/")[2].partition("?")[0]
        self._metrics.called(name, status, request_data.parameters if request_data is not None else {})
        if status != HTTPStatus.OK:
            raise_for_strangers(status, payload)
        return status, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        return telegrams(payload)


def telegrams(payload: bytes) -> dict[str, Any]:
    """An answer of the Bot API. NetworkError for what cannot be one, so that it counts as one that was lost.

    python-telegram-bot would log it whole, as an error, and raise what nobody would try again after.
    """
    try:
        answer = json.loads(payload.decode("utf-8", "replace"))
    except ValueError:
        answer = None
    if not isinstance(answer, dict) or not ("result" in answer or answer.get("ok") is False):
        raise NetworkError("an answer that is not Telegram's")
    return answer


def raise_for_strangers(status: int, payload: bytes) -> None:
    """Raise for a refusal by whoever stands before Telegram, whose 404 says nothing about our token.

    RetryAfter for a 429 in any words: it surely had no effect.
    """
    try:
        answer = telegrams(payload)
    except NetworkError:
        answer = None
    parameters = answer.get("parameters") if answer is not None else None
    waits = isinstance(parameters, dict) and parameters.get("retry_after")
    if status == HTTPStatus.TOO_MANY_REQUESTS and not waits:
        raise RetryAfter(timedelta(seconds=UNSAID_PAUSE))
    if answer is None:
        raise NetworkError(f"HTTP {status}, not from Telegram")


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
