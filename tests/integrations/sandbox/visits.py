"""A browser's way into the sandbox's site, without a socket."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from starlette.applications import Starlette

KEY = "a-key"


@asynccontextmanager
async def visitor(app: Starlette, *, key: str | None = KEY, **more: Any) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody with the key in a cookie, if any."""
    cookies = {"sandbox_key": key} if key else {}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1:8080", cookies=cookies, **more
    ) as http:
        yield http


async def post(app: Starlette, path: str, body: Mapping[str, Any]) -> Any:
    """What the page gets for a request that is taken."""
    async with visitor(app) as http:
        answer = await http.post(f"/api/{path}", json=dict(body))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def refusal(app: Starlette, path: str, body: Mapping[str, Any]) -> str:
    """The sentence with which a request is refused."""
    async with visitor(app) as http:
        answer = await http.post(f"/api/{path}", json=dict(body))
    assert answer.status_code == 400, answer.text
    return str(answer.json()["error"])


async def get(app: Starlette, path: str) -> Any:
    """The JSON behind an address of the page's API."""
    async with visitor(app) as http:
        return (await http.get(f"/api/{path}")).json()
