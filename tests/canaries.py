"""Secrets that tests use, looked for in everything the suite logs, prints, sends, counts and writes.

`tests/conftest.py` asks after every test, `tests/e2e/world.py` and `tests/crash/stage.py` at a story's end.
"""

from __future__ import annotations

import base64
import contextlib
import json
import logging
import zipfile
import zlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from bot.logs import RedactingFormatter

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from integrations.sandbox.telegram import TelegramSandbox

TOKENS = (
    "123456:sandbox-token-for-tests",
    "123456:scripted-token-that-opens-nothing",
    "123456:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr",
)
KEY = "0123456789abcdef0123456789abcdef"
"""TMDB's, in the sandbox."""

CANARIES = tuple(
    dict.fromkeys(
        spelling
        for secret in (*(token.partition(":")[2] for token in TOKENS), KEY)
        for spelling in (secret, base64.b64encode(secret.encode()).decode().rstrip("="))
    )
)
"""A token's second half alone is as good as all of it; in base64 as well, as some headers are written."""

_NEEDLES = tuple(
    {spelt.encode(): canary for canary in CANARIES for spelt in (canary, quote(canary, safe=""))}.items()
)
"""What is looked for, and which canary it is; in URLs, some are spelt otherwise."""

UNPACKED_MOST = 2**24
"""Bytes that are looked through of something packed: some tests leave bombs."""

TOLD = frozenset({".env"})
"""Files whose job is to hold the token."""


SOURCES = frozenset({".py", ".pyc"})
"""Files that tests copy out of the repository; the sandbox's own has its key in it."""


class Leak(AssertionError):
    """A secret got somewhere."""


def look_through(text: str | bytes, where: str) -> None:
    """Leak where it holds a canary; the words around it are not shown, for they would be another leak."""
    data = text.encode("utf-8", "replace") if isinstance(text, str) else text
    for needle, canary in _NEEDLES:
        if needle in data:
            raise Leak(f"a canary ({canary[:4]}…, {len(canary)} characters) is in {where}")


class Ear(logging.Handler):
    """Renders each line as a running bot would, for people and as JSON, and looks through both."""

    def __init__(self) -> None:
        super().__init__()
        self.leaks: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """See logging.Handler."""
        for rendering in _renderings():
            try:
                look_through(rendering.format(record), f"a log line of {record.name}")
            except Leak as leak:
                self.leaks.append(str(leak))


@cache
def _renderings() -> tuple[RedactingFormatter, ...]:
    return tuple(RedactingFormatter((*TOKENS, KEY), as_json=as_json) for as_json in (False, True))


def look_at_telegram(telegram: TelegramSandbox) -> None:
    """Everything that Telegram was given."""
    for call in telegram.log:
        look_through(json.dumps(call.params, default=str, ensure_ascii=False), f"a call of {call.method}")


def look_at_files(folder: Path) -> None:
    """Everything that was written below a folder, packed or not."""
    for path in folder.rglob("*"):
        written = path.name not in TOLD and path.suffix not in SOURCES and ".venv" not in path.parts
        if written and path.is_file() and not path.is_symlink():
            for data in _contents(path):
                look_through(data, f"the file {path.name}")


def _contents(path: Path) -> Iterator[bytes]:
    data = path.read_bytes()
    yield path.name.encode()
    yield data
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(name) for name in archive.namelist())
    yield from _unpacked(data)


def _unpacked(data: bytes) -> Iterator[bytes]:
    """What gzip or zlib packed into the data, wherever in its first kilobytes that begins."""
    for magic in (b"\x1f\x8b\x08", b"\x78\x9c", b"\x78\xda"):
        at = data[:4096].find(magic)
        if at >= 0:
            with contextlib.suppress(zlib.error):
                yield zlib.decompressobj(wbits=47).decompress(data[at:], UNPACKED_MOST)


def look_at_report(report: pytest.TestReport) -> None:
    """What a test printed. Its log lines are looked at as the bot would write them, not as pytest does."""
    for name, text in report.sections:
        if "log" not in name:
            look_through(text, name.lower())
