"""What Telegram makes of an HTML text, asked of Telegram's own parser, which works offline."""

from __future__ import annotations

import json

import pytest


def parsed(html: str) -> str:
    """A message's plain text. Fails where Telegram would refuse it; skips without tdjson."""
    tdjson = pytest.importorskip("tdjson", reason="needs tdjson, Telegram's own parser")
    quiet = {"@type": "setLogVerbosityLevel", "new_verbosity_level": 0}
    tdjson.td_execute(json.dumps(quiet).encode())
    request = {
        "@type": "parseTextEntities",
        "text": html,
        "parse_mode": {"@type": "textParseModeHTML"},
    }
    answer = json.loads(tdjson.td_execute(json.dumps(request).encode()))
    assert answer["@type"] == "formattedText", f"{answer.get('message')}: {html!r}"
    return str(answer["text"])
