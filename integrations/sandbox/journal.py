"""What the bot asked of Telegram and of the catalogues lately, and what it was told: without any secret."""

from __future__ import annotations

import json
from collections import deque
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

    from .catalogues.faults import Call as CatalogueCall
    from .telegram.core import LoggedCall
    from .telegram.wire import Upload

KEPT: Final = 500
TELEGRAM_AGENT: Final = "TelegramBot (like TwitterBot)"
"""How Telegram's servers introduce themselves where they fetch a picture: that is no call of the bot's."""
_ANSWER_LIMIT: Final = 4000
"""Characters of an answer's JSON that are kept whole."""

Entry = dict[str, Any]


class Journal:
    """The last calls, oldest first; the shape of an entry is described in `integrations.sandbox.server`."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        """`secrets` are struck out wherever they stand."""
        self._secrets = tuple(filter(None, secrets))
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._last_id = 0

    @property
    def entries(self) -> list[Entry]:
        """What is kept."""
        return list(self._entries)

    def add_telegram(self, call: LoggedCall) -> Entry:
        """Note a call of the Bot API."""
        chat = call.params.get("chat_id")
        flood = None if call.used is None else {"used": call.used, "limit": call.limit}
        return self._add(
            {
                "at": call.at.isoformat(),
                "service": "telegram",
                "method": call.method,
                "chat": chat if isinstance(chat, int) else None,
                "parameters": {**call.params, **_files(call.files)},
                "status": call.status,
                "answer": call.body,
                "milliseconds": round(call.seconds * 1000),
                "fault": call.fault,
                "flood": flood,
            }
        )

    def add_catalogue(self, call: CatalogueCall, answer: httpx.Response | None) -> Entry | None:
        """Note a request to a catalogue; None for pictures and for what Telegram itself fetches."""
        if call.service == "images" or call.agent == TELEGRAM_AGENT:
            return None
        return self._add(
            {
                "at": call.at.isoformat(),
                "service": call.service,
                "method": f"{call.method} {call.path}",
                "chat": None,
                "parameters": dict(call.query),
                "status": call.status,
                "answer": _content(answer) if answer is not None else "",
                "milliseconds": round(call.seconds * 1000),
                "fault": call.fault,
                "flood": None,
            }
        )

    def _add(self, entry: Entry) -> Entry:
        self._last_id += 1
        entry = {"id": self._last_id, **entry, "answer": _short(entry["answer"])}
        text = json.dumps(entry, ensure_ascii=False)
        for secret in self._secrets:
            text = text.replace(secret, "•••")
        clean: Entry = json.loads(text)
        self._entries.append(clean)
        return clean


def _files(files: Mapping[str, Upload]) -> Entry:
    return {name: {"file": file.name, "bytes": len(file.content)} for name, file in files.items()}


def _content(answer: httpx.Response) -> object:
    """The JSON of an answer, or its text."""
    if "json" in answer.headers.get("content-type", ""):
        try:
            return answer.json()
        except ValueError:
            return answer.text
    return answer.text if answer.headers.get("content-type", "").startswith("text/") else ""


def _short(answer: object) -> object:
    """An answer as it is, or the beginning of the text of one that is long."""
    text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
    return answer if len(text) <= _ANSWER_LIMIT else f"{text[:_ANSWER_LIMIT]}…"
