"""Logging that cannot tell a secret.

Call sites use `logging`; structlog renders what they say, for people or as one JSON object a line.
"""

from __future__ import annotations

import json
import logging
import re
import secrets as chance
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import structlog

if TYPE_CHECKING:
    from collections.abc import Iterable

    from structlog.typing import EventDict, Processor

TOKEN = re.compile(r"\d{5,}:[A-Za-z0-9_-]{30,}")
HIDDEN = "•••"
CHATTY = ("httpx", "httpcore", "apscheduler", "alembic", "aiosqlite")
"""Libraries whose INFO lines say little or carry URLs with the token in them."""


class RedactingFormatter(structlog.stdlib.ProcessorFormatter):
    """Renders a record, tracebacks included, then strikes out secrets and whatever looks like a token.

    With `as_json` a line is an object: `timestamp` (ISO 8601, UTC), `level`, `logger`, `event`, and where
    there are any `exception`, `error_id` and what is bound to the update being handled.
    """

    def __init__(self, secrets: Iterable[str], *, as_json: bool = False) -> None:
        rendering: list[Processor] = (
            [
                structlog.processors.format_exc_info,
                self._redact_values,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ]
            if as_json
            # The plain traceback: a pretty one shows local variables, takes and tokens among them.
            else [
                structlog.dev.ConsoleRenderer(
                    colors=False,
                    pad_event_to=0,
                    pad_level=False,
                    exception_formatter=structlog.dev.plain_traceback,
                )
            ]
        )
        super().__init__(
            foreign_pre_chain=[
                structlog.contextvars.merge_contextvars,
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                _add_error_id,
                structlog.processors.StackInfoRenderer(),
            ],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendering],
        )
        self._secrets = tuple(spelling for secret in secrets if secret for spelling in _spellings(secret))

    def format(self, record: logging.LogRecord) -> str:
        """The line without secrets."""
        return self.redact(super().format(record))

    def redact(self, text: str) -> str:
        """The text without secrets."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return TOKEN.sub(HIDDEN, text)

    def _redact_values(self, _: Any, __: str, event: EventDict) -> EventDict:
        """Before they are spelt as JSON: a secret in a piece of JSON would be escaped twice."""
        return {
            name: self.redact(value) if isinstance(value, str) else value for name, value in event.items()
        }


def configure(level: str, secrets: Iterable[str], *, as_json: bool = False) -> None:
    """Log to standard error, redacted."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactingFormatter(secrets, as_json=as_json))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


def error_id(record: logging.LogRecord) -> str | None:
    """The id under which an exception is logged and reported; None for a record without one.

    Whoever logs can give it as `extra={"error_id": …}`; else it is drawn by whoever asks first.
    """
    if not record.exc_info or record.exc_info[0] is None:
        return None
    known = getattr(record, "error_id", None)
    if known is None:
        known = record.error_id = chance.token_hex(4)
    return str(known)


def _add_error_id(_: Any, __: str, event: EventDict) -> EventDict:
    record = event.get("_record")
    known = error_id(record) if isinstance(record, logging.LogRecord) else None
    return event if known is None else {**event, "error_id": known}


def _spellings(secret: str) -> set[str]:
    """A secret as it is, as JSON and as URLs spell it."""
    spelt = {json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)}
    return {secret, quote(secret, safe=""), *spelt}
