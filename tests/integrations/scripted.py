"""A catalogue that answers as a test tells it to, and keeps what it was asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable

Answer = httpx.Response | Exception


class Script:
    """Gives its answers in turn, the last one for ever; an exception among them is raised."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return copied(answer)


class Routes:
    """Answers by the end of the path; 404 for every other."""

    def __init__(self, routes: dict[str, Callable[[httpx.Request], httpx.Response] | httpx.Response]) -> None:
        self.routes = routes
        self.requests: list[httpx.Request] = []

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        for path, answer in self.routes.items():
            if request.url.path.endswith(path):
                return copied(answer) if isinstance(answer, httpx.Response) else answer(request)
        return httpx.Response(404, json={"success": False, "status_code": 34})


def copied(answer: httpx.Response) -> httpx.Response:
    """A response can be read once; this is another like it."""
    return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


def ok(body: object) -> httpx.Response:
    return httpx.Response(200, content=json.dumps(body).encode())


def raw(body: bytes, status: int = 200, **headers: str) -> httpx.Response:
    return httpx.Response(
        status, content=body, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
