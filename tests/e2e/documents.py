"""Reading what the bot sends as a document."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from integrations.sandbox.telegram import MessageView
    from tests.e2e.world import World

JSON = "wrong-opinions.json"


def content(world: World, message: MessageView) -> bytes:
    """The document of a message."""
    document = world.telegram.world.chats[message.chat_id].messages[message.id].document
    assert document is not None, message
    return document.content


def unzipped(data: bytes) -> dict[str, str]:
    """The texts in a zip, by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def export(world: World, messages: list[MessageView]) -> dict[str, Any]:
    """The JSON in the one document among messages."""
    (sent,) = [message for message in messages if message.document]
    parsed: dict[str, Any] = json.loads(unzipped(content(world, sent))[JSON])
    return parsed


def table(text: str) -> list[list[str]]:
    """The lines of a CSV."""
    return list(csv.reader(io.StringIO(text, newline="")))
