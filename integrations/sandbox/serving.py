"""Serving an app beside whatever else the process does."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import uvicorn

if TYPE_CHECKING:
    from starlette.applications import Starlette

_STOP_SECONDS: Final = 2


class _Server(uvicorn.Server):
    """Leaves the process's signals alone and says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.listening.set()


class RunningServer:
    """A site that is being served."""

    def __init__(
        self, app: Starlette, server: _Server, listener: socket.socket, task: asyncio.Task[None]
    ) -> None:
        """Made by `serve`."""
        self._app = app
        self._server = server
        self._listener = listener
        self._task = task

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._listener.getsockname()[1])

    async def stop(self) -> None:
        """End the streams, close the connections, return when all is closed."""
        self._app.state.stream.close()
        self._server.should_exit = True
        await self._task
        self._listener.close()


async def serve(app: Starlette, host: str = "127.0.0.1", port: int = 0) -> RunningServer:
    """Serve the site in the background; port 0 takes a free one.

    Raises `OSError` for a port that is taken or a host that is not this machine's.
    """
    listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    # Connections inherit it. Without it every answer, sent in two pieces, waits 40 ms for an acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    config = uvicorn.Config(
        app, log_config=None, log_level="critical", lifespan="off", timeout_graceful_shutdown=_STOP_SECONDS
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    started = asyncio.create_task(server.listening.wait())
    await asyncio.wait({task, started}, return_when=asyncio.FIRST_COMPLETED)
    started.cancel()
    return RunningServer(app, server, listener, task)
