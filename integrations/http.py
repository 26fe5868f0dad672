"""How every catalogue is asked: patiently, never twice at once, and remembered for the day it is down."""

from __future__ import annotations

import asyncio
import json
import logging
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import urlencode
from urllib.request import getproxies, proxy_bypass

import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt

from domain.errors import CatalogueBusy, CatalogueUnavailable, NotInCatalogue
from domain.ports import CachedAnswer, Fetched
from integrations.certificates import certificates
from integrations.pace import QueueFull

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import timedelta

    from domain.clock import Clock
    from domain.ports import AnswerCache, SourceWatch
    from domain.works import Source
    from integrations.pace import Pace

T = TypeVar("T")

ATTEMPTS = 3
FIRST_BACKOFF = 0.5
LONGEST_RETRY_AFTER = 10.0
LARGEST_BODY = 5 * 1024 * 1024
LONGEST_ANSWER = 15.0
MOST_HOPS = 6

_TIMEOUT = httpx.Timeout(5.0, connect=3.0, read=8.0)
# The quickest: answers shrink to a tenth all the same, and the event loop waits for it.
_COMPRESSION = 1
_log = logging.getLogger(__name__)


class Malformed(ValueError):
    """An answer that is not what the catalogue documents."""


class _Unusable(Exception):
    """The catalogue cannot be used for this question now; the text says why and holds no secret."""


class _Passing(_Unusable):
    """The same, but worth another try, after `retry_after` seconds where the catalogue said so."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class _Crowded(_Unusable):
    """Too many wait for their turn to ask."""


class _Missing(Exception):
    """The catalogue says that what was asked for does not exist."""


@dataclass(frozen=True, slots=True)
class _Question(Generic[T]):
    key: str
    path: str
    params: dict[str, str]
    fresh_for: timedelta
    read: Callable[[object], T]
    decode: Callable[[bytes], object]
    missing: frozenset[int]
    ahead: bool

    def recall(self, cached: CachedAnswer) -> Fetched[T] | None:
        """A cached answer read again; None for one that cannot be, as an older version may have stored it."""
        try:
            return Fetched(self.read(self.decode(zlib.decompress(cached.body))))
        except (zlib.error, ValueError, RecursionError):
            return None


class CatalogueHttp:
    """GET requests to one catalogue.

    Retries connection failures, 5xx and 429 (`ATTEMPTS` in all) with a growing pause, or the one Retry-After
    asks for; one of over `LONGEST_RETRY_AFTER` seconds ends the attempts instead. Only `domain.errors` leave
    it. The network's time-outs are real seconds, all other waiting is the clock's.

    `secrets` are query parameters added to requests to the catalogue's own origin on their way out, so that
    neither httpx's log nor a cache key nor a redirect ever holds them.
    """

    def __init__(
        self,
        source: Source,
        base_url: str,
        *,
        clock: Clock,
        cache: AnswerCache,
        transport: httpx.AsyncBaseTransport | None = None,
        headers: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
        pace: Pace | None = None,
        longest_answer: float = LONGEST_ANSWER,
        watch: SourceWatch | None = None,
    ) -> None:
        self._source = source
        self._base = httpx.URL(base_url.rstrip("/"))
        self._clock = clock
        self._cache = cache
        self._pace = pace
        self._longest_answer = longest_answer
        self._watch = watch
        self._client = httpx.AsyncClient(
            base_url=self._base,
            transport=_Signing(transport or _network(self._base), self._base, dict(secrets or {})),
            headers={"Accept": "application/json", **(headers or {})},
            timeout=_TIMEOUT,
        )
        # Equal keys come with equal readers, so a flight's value has the type its caller expects.
        self._flights: dict[str, asyncio.Task[Any]] = {}
        self._key_rejected = False

    async def get(
        self,
        path: str,
        params: Mapping[str, str],
        *,
        fresh_for: timedelta,
        read: Callable[[object], T],
        decode: Callable[[bytes], object] = json.loads,
        missing: frozenset[int] = frozenset(),
        ahead: bool = False,
    ) -> Fetched[T]:
        """What `read` makes of the decoded answer; it raises Malformed for one that it cannot use.

        Answers are cached for `fresh_for`, and served older than that, as stale, when there is no usable
        new one; only what could be read is cached. A question that goes `ahead` does not wait for those that
        nobody waited for yet, nor does the repetition of any. NotInCatalogue for the statuses in `missing`,
        CatalogueBusy for too long a line, CatalogueUnavailable for everything else that goes wrong.
        """
        host_and_path = f"{self._base.host}{self._base.path.rstrip('/')}{path}"
        key = f"{self._source}:{host_and_path}?{urlencode(sorted(params.items()))}"
        flight = self._flights.get(key)
        if flight is None:
            question = _Question(key, path, dict(params), fresh_for, read, decode, missing, ahead)
            flight = asyncio.create_task(self._answer(question))
            self._flights[key] = flight
            flight.add_done_callback(lambda done: self._land(key, done))
        try:
            # Shielded: somebody who stops waiting takes nothing from the others.
            answer: Fetched[T] = await asyncio.shield(flight)
        except asyncio.CancelledError:
            if flight.cancelled():
                raise CatalogueUnavailable(self._source) from None
            raise
        return answer

    async def probe(
        self, path: str, params: Mapping[str, str], missing: frozenset[int] = frozenset()
    ) -> str | None:
        """Ask once, past the cache, whether the catalogue answers; why not, or None where it does."""
        try:
            await self._ask(path, params, missing, ahead=True)
        except _Missing:
            pass
        except _Unusable as problem:
            self._note_answer("nothing")
            return str(problem)
        self._note_answer("source")
        return None

    async def aclose(self) -> None:
        """Give up what is under way and close the connections."""
        flights = list(self._flights.values())
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)
        await self._client.aclose()

    def _land(self, key: str, flight: asyncio.Task[Any]) -> None:
        del self._flights[key]
        if not flight.cancelled():
            # Marks the exception as seen: with every waiter gone nobody else would.
            flight.exception()

    async def _answer(self, question: _Question[T]) -> Fetched[T]:
        cached = await self._cache.get(question.key)
        remembered = question.recall(cached) if cached is not None else None
        if cached is not None and remembered is not None and self._clock.now() < cached.expires_at:
            self._note_answer("cache")
            return remembered
        try:
            fetched = Fetched(await self._fetch(question))
        except _Missing:
            self._note_answer("source")
            raise NotInCatalogue(self._source) from None
        except _Crowded:
            if remembered is None:
                raise CatalogueBusy(self._source) from None
            return Fetched(remembered.value, stale=True)
        except _Unusable as problem:
            _log.warning("%s is unavailable: %s", self._source, problem)
            self._note_answer("nothing" if remembered is None else "stale")
            if remembered is None:
                raise CatalogueUnavailable(self._source) from None
            return Fetched(remembered.value, stale=True)
        self._note_answer("source")
        return fetched

    def _note_answer(self, origin: str) -> None:
        if self._watch is not None:
            self._watch.answered(self._source, origin)

    def _note_request(self, status: str) -> None:
        if self._watch is not None:
            self._watch.asked(self._source, status)

    async def _fetch(self, question: _Question[T]) -> T:
        attempts = AsyncRetrying(
            stop=stop_after_attempt(ATTEMPTS),
            wait=_pause,
            retry=retry_if_exception_type(_Passing),
            sleep=self._clock.sleep,
            reraise=True,
        )
        waited = question.ahead

        async def ask() -> bytes:
            nonlocal waited
            ahead, waited = waited, True
            return await self._ask(question.path, question.params, question.missing, ahead=ahead)

        body: bytes = await attempts(ask)
        try:
            value = question.read(question.decode(body))
        except (ValueError, RecursionError) as problem:
            raise _Unusable(f"unreadable answer ({type(problem).__name__})") from None
        answer = CachedAnswer(zlib.compress(body, _COMPRESSION), self._clock.now() + question.fresh_for)
        await self._cache.put(question.key, answer)
        return value

    async def _ask(
        self, path: str, params: Mapping[str, str], missing: frozenset[int], *, ahead: bool
    ) -> bytes:
        """One attempt: the body of a 200."""
        request = self._client.build_request("GET", path, params=dict(params))
        status, headers, body = await self._send(request, ahead=ahead)
        if status == httpx.codes.OK:
            return body
        if status in missing:
            raise _Missing
        if status == httpx.codes.UNAUTHORIZED:
            self._report_rejection(body)
        elif status == httpx.codes.TOO_MANY_REQUESTS or status >= httpx.codes.INTERNAL_SERVER_ERROR:
            wanted = _retry_after(headers, self._clock.now())
            if wanted is None or wanted <= LONGEST_RETRY_AFTER:
                raise _Passing(f"HTTP {status}", wanted)
        raise _Unusable(f"HTTP {status}")

    async def _send(self, request: httpx.Request, *, ahead: bool) -> tuple[int, httpx.Headers, bytes]:
        """Status, headers and body behind all redirects; each hop takes its own turn at the pace."""
        if self._client.is_closed:
            raise _Unusable("closed")
        hop: httpx.Request | None = request
        try:
            for number in range(MOST_HOPS):
                if self._pace is not None:
                    await self._pace.turn(ahead=ahead or number > 0)
                async with asyncio.timeout(self._longest_answer):
                    response = await self._client.send(hop or request, stream=True)
                    try:
                        hop = response.next_request
                        body = await _body(response) if hop is None else b""
                        self._note_request(str(response.status_code))
                        if hop is None:
                            return response.status_code, response.headers, body
                    finally:
                        await response.aclose()
        except QueueFull:
            raise _Crowded("too many wait") from None
        except (httpx.NetworkError, httpx.ConnectTimeout, httpx.RemoteProtocolError) as problem:
            self._note_request("failed")
            raise _Passing(type(problem).__name__) from None
        # ValueError: what httpx and its parsers let through for impossible URLs and headers.
        except (
            httpx.HTTPError,
            httpx.InvalidURL,
            httpx.StreamError,
            TimeoutError,
            OSError,
            ValueError,
        ) as problem:
            self._note_request("failed")
            raise _Unusable(type(problem).__name__) from None
        raise _Unusable("too many redirects")

    def _report_rejection(self, body: bytes) -> None:
        if b"limit" in body.lower():
            _log.warning("%s: the key's request limit is used up", self._source)
        elif not self._key_rejected:
            self._key_rejected = True
            _log.error("%s rejected the key (HTTP 401); check its setting", self._source)


class _Signing(httpx.AsyncBaseTransport):
    """Adds the key on the way out, to the catalogue's own origin alone: a redirect may lead out of TLS."""

    def __init__(self, inner: httpx.AsyncBaseTransport, base: httpx.URL, secrets: dict[str, str]) -> None:
        self._inner = inner
        self._origin = _origin(base)
        self._secrets = secrets

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not self._secrets or _origin(request.url) != self._origin:
            return await self._inner.handle_async_request(request)
        signed = httpx.Request(
            request.method,
            request.url.copy_merge_params(self._secrets),
            headers=request.headers,
            stream=request.stream,
            extensions=request.extensions,
        )
        return await self._inner.handle_async_request(signed)

    async def aclose(self) -> None:
        await self._inner.aclose()


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    """Scheme, host and port (RFC 6454); httpx names no port that is its scheme's own."""
    return url.scheme, url.host, url.port


def _network(base: httpx.URL) -> httpx.AsyncBaseTransport:
    """Real connections, through the environment's proxy; httpx looks for it only where it makes them."""
    proxy = None if proxy_bypass(base.host) else getproxies().get(base.scheme)
    return httpx.AsyncHTTPTransport(verify=certificates(), proxy=proxy)


async def _body(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise _Unusable("oversize answer")
    return bytes(body)


def _pause(state: RetryCallState) -> float:
    problem = state.outcome.exception() if state.outcome is not None else None
    if isinstance(problem, _Passing) and problem.retry_after is not None:
        return problem.retry_after
    return float(FIRST_BACKOFF * 2 ** (state.attempt_number - 1))


def _retry_after(headers: httpx.Headers, now: datetime) -> float | None:
    """Seconds that Retry-After asks for (RFC 9110, 10.2.3: seconds or a date); None for none or nonsense."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
