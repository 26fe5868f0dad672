"""The bot in a process forked from one that has imported everything: a start that costs a third of the time.

What is left out is Python's own start and the imports, which touch no file of ours.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import sys
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Self

from bot.__main__ import main

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from multiprocessing.context import ForkServerProcess
    from pathlib import Path

_IMPORTED = [__name__, "bot.compose", "sqlalchemy.dialects.sqlite", "alembic.command"]


class Forked:
    """As much of an `asyncio.subprocess.Process` as the stage asks for."""

    stderr = None

    def __init__(self, process: ForkServerProcess, stdout: asyncio.StreamReader) -> None:
        self.stdout = stdout
        self._process = process
        self._code: int | None = None

    @classmethod
    async def start(cls, words: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Self:
        """Start it in a folder, with nothing but the given environment."""
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(_IMPORTED)
        ours, its = context.Pipe(duplex=False)
        process = context.Process(target=_live, args=(list(words), folder, dict(environment), its))
        process.start()
        its.close()
        stdout = asyncio.StreamReader()
        with ours:
            pipe = os.fdopen(os.dup(ours.fileno()), "rb", 0)
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stdout), pipe)
        return cls(process, stdout)

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._process.pid is not None
        return self._process.pid

    def kill(self) -> None:
        """SIGKILL; harmless where it has ended."""
        if self._code is None:
            self._process.kill()

    def terminate(self) -> None:
        """SIGTERM; harmless where it has ended."""
        if self._code is None:
            self._process.terminate()

    async def wait(self) -> int:
        """The exit code, negative for a signal, once it ended."""
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._process.sentinel, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(self._process.sentinel)
        self._process.join()
        self._code = self._process.exitcode
        assert self._code is not None
        self._process.close()
        return self._code


def _live(words: list[str], folder: Path, environment: dict[str, str], output: Connection) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for number in (1, 2):
        os.dup2(output.fileno(), number)
    output.close()
    sys.exit(main(words))
