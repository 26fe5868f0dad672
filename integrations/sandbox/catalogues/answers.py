"""Small helpers to build answers."""

from __future__ import annotations

import json
from typing import Any

import httpx

Json = dict[str, Any]


def json_answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> httpx.Response:
    """A JSON answer in UTF-8, unescaped, as all four services send it."""
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return httpx.Response(
        status, headers={"Content-Type": "application/json; charset=utf-8"} | (headers or {}), content=content
    )


def html_answer(status: int, title: str, text: str) -> httpx.Response:
    """An error page as the Cover Art Archive sends it."""
    page = (
        '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n'
        f"<title>{status} {title}</title>\n<h1>{title}</h1>\n<p>{text}</p>\n"
    )
    return httpx.Response(status, headers={"Content-Type": "text/html; charset=utf-8"}, content=page.encode())


def redirect(status: int, location: str) -> httpx.Response:
    """A redirect to an absolute URL."""
    return httpx.Response(
        status,
        headers={"Location": location, "Content-Type": "text/plain; charset=utf-8"},
        content=f"See: {location}\n".encode(),
    )
