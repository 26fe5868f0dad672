"""What a message shows, as plain values that compare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pathlib import Path

    from bot.taps import Tap

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
"""Code points after parsing (Bot API, sendMessage and sendPhoto)."""

TOAST_LIMIT = 200
"""Characters (Bot API, answerCallbackQuery)."""

Style = Literal["primary", "success", "danger"]


@dataclass(frozen=True, slots=True)
class Button:
    """An inline button: it taps, or it opens a URL."""

    text: str
    tap: Tap | None = None
    url: str | None = None
    style: Style | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to be sent as a document under a name; it must be there until it is sent."""

    path: Path
    name: str


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class View:
    """A message: HTML text, rows of buttons, a picture by its URL or as its bytes, a document.

    `ask` is the placeholder of a force-reply question, which has no buttons.
    """

    text: str
    rows: Rows = ()
    photo: str | bytes | None = None
    document: Attachment | None = None
    ask: str | None = None
