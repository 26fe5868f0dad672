"""How the bot's requests travel to Telegram."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.request import getproxies

import aiohttp
import httpx
from telegram import Bot
from telegram.error import NetworkError, RetryAfter, TimedOut
from telegram.request import BaseRequest, HTTPXRequest, RequestData
from telegram.request._requestparameter import RequestParameter

if TYPE_CHECKING:
    import ssl
    from datetime import datetime

    from bot.metrics import Metrics

LONG_POLL = 50
"""Seconds a getUpdates waits for news; the longest Telegram allows."""
CONNECTIONS = 128
"""Calls under way at once, an answer and an edit for each chat in hand; more wait for one of these to end."""
CONNECT = 5.0
"""Seconds a connection may take to be made."""
WAIT = 10.0
"""Seconds a call may wait for one of the connections."""
UPLOAD = 20.0
"""Seconds that a file adds to how long its answer may take."""
IN_ALL = 2.0
"""How many read time-outs a whole call may take: each byte of an answer that drips is in time."""
UNSAID_PAUSE = 5.0
"""Seconds to wait after a 429 that does not say how long, as those of a proxy may not."""
_FORM = "application/x-www-form-urlencoded"


def build(
    transport: httpx.AsyncBaseTransport | None, metrics: Metrics, *, read_timeout: float = 10.0
) -> BaseRequest:
    """A request object for one Bot. `transport` stands in for the network in tests and the demo."""
    if transport is None:
        return _Request(metrics, read_timeout)
    return _StandIn(metrics, transport, read_timeout)


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


@cache
def _certificates() -> ssl.SSLContext:
    """For the polls and for all other calls: reading them takes 20 ms and a megabyte each time."""
    return httpx.create_ssl_context()


class _Watched(BaseRequest):
    """Counts the calls that were answered, and knows Telegram's answers from others."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def _answered(self, url: str, status: int, payload: bytes, data: RequestData | None) -> None:
        name = "file" if "/file/bot" in url else url.rpartition("/")[2].partition("?")[0]
        self._metrics.called(name, status, data.parameters if data is not None else {})
        if status != HTTPStatus.OK:
            raise_for_strangers(status, payload)

    def _patience(self, read_timeout: Any) -> float:
        """Seconds an answer may take, which a call may set for itself."""
        patience = self.read_timeout if read_timeout is BaseRequest.DEFAULT_NONE else read_timeout
        assert isinstance(patience, int | float)  # noqa: S101 - no call of ours waits for ever
        return patience

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        return telegrams(payload)


class _Request(_Watched):
    """Calls over aiohttp, at a fraction of what they cost over httpx (docs/performance.md).

    Its errors name what went wrong without the URL, which holds the token.
    """

    def __init__(self, metrics: Metrics, read_timeout: float) -> None:
        super().__init__(metrics)
        self._read_timeout = read_timeout
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds a call's answer may take."""
        return self._read_timeout

    async def initialize(self) -> None:
        """Be ready for calls."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS, ssl=_certificates()),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
                # Looked for in the environment for each call otherwise, which takes as long as the call.
                trust_env=bool(getproxies()),
            )

    async def shutdown(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        *timeouts: Any,  # noqa: ARG002 - the other three are the same for every call
        **named: Any,  # noqa: ARG002
    ) -> tuple[int, bytes]:
        """The status and body of a call's answer. TimedOut, RetryAfter, NetworkError; see `never_sent`."""
        if self._session is None:
            raise RuntimeError("this request object is not initialized")
        body, headers = _body(request_data)
        patience = self._patience(read_timeout) + (UPLOAD if isinstance(body, aiohttp.FormData) else 0.0)
        timeout = aiohttp.ClientTimeout(
            total=IN_ALL * patience, connect=WAIT + CONNECT, sock_connect=CONNECT, sock_read=patience
        )
        try:
            async with self._session.request(
                method, url, data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                payload = await response.read()
        except TimeoutError as error:
            raise TimedOut(f"Timed out ({type(error).__name__})") from error
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(f"Telegram could not be reached ({type(error).__name__})") from error
        self._answered(url, response.status, payload, request_data)
        return response.status, payload


class _StandIn(_Watched, HTTPXRequest):
    """The same over a transport of httpx's, which is what stands in for the network."""

    def __init__(self, metrics: Metrics, transport: httpx.AsyncBaseTransport, read_timeout: float) -> None:
        _Watched.__init__(self, metrics)
        HTTPXRequest.__init__(
            self,
            connection_pool_size=CONNECTIONS,
            read_timeout=read_timeout,
            connect_timeout=CONNECT,
            pool_timeout=WAIT,
            httpx_kwargs={"transport": transport},
        )

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        *timeouts: Any,
        **named: Any,
    ) -> tuple[int, bytes]:
        try:
            async with asyncio.timeout(IN_ALL * self._patience(read_timeout)):
                status, payload = await super().do_request(
                    url, method, request_data, read_timeout, *timeouts, **named
                )
        except TimeoutError as error:
            raise TimedOut from error
        self._answered(url, status, payload, request_data)
        return status, payload


def _body(data: RequestData | None) -> tuple[bytes | aiohttp.FormData | None, dict[str, str]]:
    """What a call carries, with the headers that say so."""
    if data is None:
        return None, {}
    if not data.contains_files:
        return data.url_encoded_parameters().encode(), {"Content-Type": _FORM}
    form = aiohttp.FormData()
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime)
    return form, {}


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


_NEVER_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
)


def never_sent(error: NetworkError) -> bool:
    """Whether the request surely did not reach Telegram, so that sending it again cannot double anything."""
    return isinstance(error.__cause__, _NEVER_SENT)


def seconds(period: float | timedelta) -> float:
    """A RetryAfter's time; python-telegram-bot gives either, as PTB_TIMEDELTA says."""
    return period.total_seconds() if isinstance(period, timedelta) else float(period)
