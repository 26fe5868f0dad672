"""What the bot talks to, over HTTP: the Bot API and the catalogues."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
from starlette.responses import Response

from .telegram.wire import ConnectionDropped
from .transport import Handler, handle_telegram

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Message, Receive, Scope, Send

    from .telegram.core import TelegramSandbox


class _Dropped(Response):
    """Promises a body and closes the connection instead: how a dropped connection looks over HTTP."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - the signature
        start: Message = {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"content-type", b"application/json"), (b"content-length", b"64")],
        }
        await send(start)


@dataclass(frozen=True, slots=True)
class Services:
    """The endpoints for the bot."""

    telegram: TelegramSandbox
    catalogues: Handler | None

    async def bot_api(self, request: Request) -> Response:
        """`/bot<token>/<method>` and `/file/bot<token>/<path>`."""
        try:
            status, headers, content = await handle_telegram(
                self.telegram,
                request.url.path,
                request.url.query,
                request.headers.get("content-type", ""),
                await request.body(),
            )
        except ConnectionDropped:
            return _Dropped()
        return Response(content, status, headers)

    async def catalogue(self, request: Request) -> Response:
        """`/tmdb/`, `/musicbrainz/` and so on."""
        if self.catalogues is None:
            return Response(status_code=404)
        outgoing = httpx.Request(
            request.method, str(request.url), headers=request.headers.raw, content=await request.body()
        )
        try:
            answer = await self.catalogues(outgoing)
        except httpx.TransportError:
            return _Dropped()
        content = await answer.aread()
        passed = {n: v for n, v in answer.headers.items() if n not in {"content-length", "content-encoding"}}
        return Response(content, answer.status_code, passed)
