"""Who may talk to the sandbox's server."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

from starlette.responses import JSONResponse, RedirectResponse, Response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
EVERYWHERE: Final = frozenset({"0.0.0.0", "::"})  # noqa: S104 - that somebody may ask for it
_COOKIE: Final = "sandbox_key"


class Guard:
    """One host only, no other site's requests, the key for all but `open_paths` (their beginnings).

    Requests must be for the host that is served: any of the loopback's names where it is one of them, any
    address in numbers where it is all of this machine's. Names that others can point here are never taken.
    """

    def __init__(self, app: ASGIApp, host: str, key: str, open_paths: tuple[str, ...]) -> None:
        self._app = app
        self._host = host
        self._key = key
        self._open_paths = open_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        refusal = self._refusal(scope["path"], scope["query_string"].decode("latin-1"), headers)
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, path: str, query: str, headers: Mapping[str, str]) -> Response | None:
        host = headers.get("host", "")
        if not self._serves(host):
            return Response("this host is not served", 421)
        if path.startswith(tuple(f"/{name}" for name in self._open_paths)):
            return None
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != host:
            return Response("requests of other sites are refused", 403)
        given = parse_qs(query).get("key", [""])[0]
        if path == "/" and self._fits(given):
            answer = RedirectResponse("/", 303)
            # Browsers give one host's cookies to all its ports, and each port may have its own demo.
            port = urlsplit(f"//{host}").port or 80
            answer.set_cookie(f"{_COOKIE}_{port}", self._key, httponly=True, samesite="strict")
            return answer
        cookies = [pair.strip().partition("=")[::2] for pair in headers.get("cookie", "").split(";")]
        keys = [value for name, value in cookies if name.startswith(_COOKIE)]
        if any(self._fits(each) for each in [*keys, given]):
            return None
        return JSONResponse({"error": "open the address that the demo printed"}, 403)

    def _serves(self, host: str) -> bool:
        try:
            parts = urlsplit(f"//{host}")
            name, _ = parts.hostname or "", parts.port
        except ValueError:
            return False
        if self._host in EVERYWHERE:
            return name == "localhost" or _in_numbers(name)
        return name in LOOPBACK if self._host in LOOPBACK else name == self._host.lower()

    def _fits(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self._key.encode())


def _in_numbers(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
