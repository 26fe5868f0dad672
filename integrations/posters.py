"""Posters and covers as bytes, for pictures of our own."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict

import httpx

from integrations.certificates import certificates

LARGEST = 5 * 1024 * 1024
LONGEST = 15.0
"""Seconds a poster may take in all, real ones."""
MOST_HOPS = 6
KEPT = 16 * 1024 * 1024
"""Bytes kept in memory: clubs due in the same minute often show the same works."""

_TIMEOUT = httpx.Timeout(5.0, connect=3.0)
_log = logging.getLogger(__name__)


class HttpPosters:
    """A `domain.ports.Posters`. Whatever goes wrong, there is no poster then, and the log says why."""

    def __init__(self, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._client = httpx.AsyncClient(
            transport=transport,
            verify=certificates(),
            timeout=_TIMEOUT,
            follow_redirects=True,
            max_redirects=MOST_HOPS,
            headers={"Accept": "image/*"},
            event_hooks={"request": [_of_the_web]},
        )
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    async def fetch(self, url: str) -> bytes | None:
        """The image behind an address of at most `LARGEST` bytes; None where there is none to be had."""
        kept = self._kept.get(url)
        if kept is not None:
            self._kept.move_to_end(url)
            return kept
        try:
            async with asyncio.timeout(LONGEST):
                content = await self._get(url)
        # ValueError: what httpx and its parsers let through for impossible URLs and headers.
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError, ValueError) as problem:
            _log.warning("a poster cannot be fetched: %s", _reason(problem))
            return None
        self._keep(url, content)
        return content

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _get(self, url: str) -> bytes:
        async with self._client.stream("GET", url) as response:
            if response.status_code != httpx.codes.OK:
                raise _NoImage(f"HTTP {response.status_code}")
            if not response.headers.get("content-type", "").lower().startswith("image/"):
                raise _NoImage("not an image")
            content = bytearray()
            async for chunk in response.aiter_bytes():
                content += chunk
                if len(content) > LARGEST:
                    raise _NoImage("too large")
        return bytes(content)

    def _keep(self, url: str, content: bytes) -> None:
        self._kept[url] = content
        while sum(map(len, self._kept.values())) > KEPT:
            self._kept.popitem(last=False)


class _NoImage(ValueError):
    """An answer that is no poster; the text says why and holds nothing of the address."""


async def _of_the_web(request: httpx.Request) -> None:
    """Asked of every hop, since a redirect may name anything."""
    if request.url.scheme not in {"http", "https"} or not request.url.host:
        raise _NoImage("not an address of the web")


def _reason(problem: Exception) -> str:
    return str(problem) if isinstance(problem, _NoImage) else type(problem).__name__
