"""The in-process way to the sandbox: an httpx transport that routes by host and opens no socket."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, unquote

import httpx

from .telegram.wire import ConnectionDropped, Upload

if TYPE_CHECKING:
    from .telegram.core import TelegramSandbox

_JSON: Final = "application/json"
_NOT_FOUND: Final = (404, {"Content-Type": _JSON}, b'{"ok":false,"error_code":404,"description":"Not Found"}')

Handler = Callable[[httpx.Request], Awaitable[httpx.Response]]


class SandboxTransport(httpx.AsyncBaseTransport):
    """Hands requests to the Telegram stand-in and to other handlers by their host.

    A host nobody serves cannot be reached (`httpx.ConnectError`), so no test ever leaves the process.
    """

    def __init__(
        self,
        telegram: TelegramSandbox,
        others: Mapping[str, Handler] | None = None,
        *,
        telegram_host: str = "api.telegram.org",
    ) -> None:
        """`others` maps a host to an async callable from request to response."""
        self._telegram = telegram
        self._telegram_host = telegram_host
        self._others = dict(others or {})

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        host = request.url.host
        if host in self._others:
            return await self._others[host](request)
        if host != self._telegram_host:
            raise httpx.ConnectError(f"nobody serves {host} in the sandbox", request=request)
        body = await request.aread()
        try:
            status, headers, content = await handle_telegram(
                self._telegram,
                request.url.path,
                request.url.query.decode(),
                request.headers.get("content-type", ""),
                body,
            )
        except ConnectionDropped as dropped:
            raise _network_error(dropped, request) from None
        return httpx.Response(status, headers=headers, content=content, request=request)


def _network_error(dropped: ConnectionDropped, request: httpx.Request) -> httpx.TransportError:
    if not dropped.applied:
        return httpx.ConnectError("connection refused", request=request)
    if dropped.timed_out:
        return httpx.ReadTimeout("no answer in time", request=request)
    return httpx.ReadError("connection closed", request=request)


async def handle_telegram(
    telegram: TelegramSandbox, path: str, query: str, content_type: str, body: bytes
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body for a request to `/bot<token>/<method>` or `/file/bot<token>/<path>`.

    Raises `ConnectionDropped` where a fault was ordered.
    """
    path = unquote(path)
    if path.startswith("/file/bot"):
        token, _, name = path.removeprefix("/file/bot").partition("/")
        content = telegram.file(token, name)
        if content is None:
            return _NOT_FOUND
        return 200, {"Content-Type": "application/octet-stream"}, content
    if not path.startswith("/bot"):
        return _NOT_FOUND
    token, _, method = path.removeprefix("/bot").partition("/")
    params, files = read_body(content_type, body)
    answer = await telegram.call(token, method, {**dict(parse_qsl(query)), **params}, files)
    return answer.status, {"Content-Type": _JSON, **answer.headers}, answer.content


def read_body(content_type: str, body: bytes) -> tuple[dict[str, Any], dict[str, Upload]]:
    """Parameters and files of a request: form-urlencoded, multipart/form-data or a JSON object."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return _read_multipart(content_type, body)
    if kind == _JSON:
        try:
            value = json.loads(body or b"{}")
        except ValueError:
            value = {}
        return (value if isinstance(value, dict) else {}), {}
    return dict(parse_qsl(body.decode(), keep_blank_values=True)), {}


_NAME: Final = re.compile(r'[; ]name="([^"]*)"')
_FILENAME: Final = re.compile(r'[; ]filename="([^"]*)"')


def _read_multipart(content_type: str, body: bytes) -> tuple[dict[str, Any], dict[str, Upload]]:
    boundary = content_type.partition("boundary=")[2].partition(";")[0].strip().strip('"')
    params: dict[str, Any] = {}
    files: dict[str, Upload] = {}
    for part in (b"\r\n" + body).split(f"\r\n--{boundary}".encode())[1:]:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        headers = head.decode("utf-8", "replace")
        name = _NAME.search(headers)
        if name is None:
            continue
        filename = _FILENAME.search(headers)
        if filename is None:
            params[name.group(1)] = content.decode()
        else:
            kind = re.search(r"(?im)^content-type: *([^\r\n]+)", headers)
            files[name.group(1)] = Upload(
                filename.group(1), content, kind.group(1) if kind else "application/octet-stream"
            )
    return params, files
