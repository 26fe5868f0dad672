"""Type on pictures: one open face, and plain letters for what it cannot write.

FiraGO has Latin, Greek, Cyrillic, Hebrew, Arabic, Thai, Georgian and Devanagari letters. Kana and Hangul are
romanised by their Unicode names; words in other scripts, and emoji, are left out rather than drawn as boxes.
"""

from __future__ import annotations

import io
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING

from PIL import ImageDraw, ImageFont, features

if TYPE_CHECKING:
    from PIL import Image

Ink = str | tuple[int, int, int] | tuple[int, int, int, int]

_MISSING = "\U0010fffe"
_ROMANISED = re.compile(r"(?:HANGUL SYLLABLE|(?:HIRAGANA|KATAKANA) LETTER(?: SMALL)?) (?P<sound>[A-Z]+)")
_SHAPED = re.compile("[\u0590-\u08ff\u0900-\u097f\ufb1d-\ufdff\ufe70-\ufeff]")
"""Right-to-left and joining letters: they need the shaping that Pillow does where it finds libfribidi."""


@lru_cache(maxsize=2)
def _file(weight: str) -> bytes:
    buffer: bytes = import_module(f"pymupdf_fonts.FiraGO_{weight}").fontbuffer
    return buffer


@lru_cache(maxsize=64)
def font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """The face at a size in pixels."""
    return ImageFont.truetype(io.BytesIO(_file("Bold" if bold else "Regular")), size)


@lru_cache(maxsize=4096)
def _has_glyph(char: str) -> bool:
    if _SHAPED.match(char) and not features.check("raqm"):
        return False
    sample = font(24)
    return char.isprintable() and bytes(sample.getmask(char)) != bytes(sample.getmask(_MISSING))


def drawable(text: str) -> str:
    """The text as far as it can be drawn: one line, words that would lose letters left out. May be empty."""
    words = (_word(word) for word in unicodedata.normalize("NFC", text).split())
    line = " ".join(word for word in words if word)
    return line if any(char.isalnum() for char in line) else ""


def _word(word: str) -> str:
    drawn = ""
    for char in word:
        if _has_glyph(char):
            drawn += char
        elif unicodedata.category(char)[0] in "LN":
            sound = _ROMANISED.fullmatch(unicodedata.name(char, ""))
            if sound is None:
                return ""
            drawn += sound["sound"].lower()
    return drawn[:1].upper() + drawn[1:] if drawn != word else word


def width(text: str, size: int, *, bold: bool = False) -> float:
    """How wide a line is, in pixels."""
    return font(size, bold=bold).getlength(text)


def shortened(text: str, size: int, room: float, *, bold: bool = False) -> str:
    """The text, cut with an ellipsis where it is wider than `room`."""
    if width(text, size, bold=bold) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if width(text[:middle].rstrip() + "…", size, bold=bold) <= room:
            low = middle
        else:
            high = middle - 1
    while low > 1 and unicodedata.combining(text[low : low + 1] or " "):
        low -= 1
    return text[:low].rstrip(" ,.:;-–") + "…"


def wrapped(text: str, size: int, room: float, rows: int, *, bold: bool = False) -> list[str]:
    """The text in at most so many rows; what does not fit is cut with an ellipsis."""
    words = text.split()
    lines: list[str] = []
    while words and len(lines) < rows - 1:
        line = words.pop(0)
        if width(line, size, bold=bold) > room:
            lines.append(shortened(line, size, room, bold=bold))
            continue
        while words and width(f"{line} {words[0]}", size, bold=bold) <= room:
            line += f" {words.pop(0)}"
        lines.append(line)
    if words:
        lines.append(shortened(" ".join(words), size, room, bold=bold))
    return lines


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes on one image."""

    image: Image.Image

    def write(
        self,
        at: tuple[float, float],
        text: str,
        size: int,
        ink: Ink,
        *,
        bold: bool = False,
        anchor: str = "ls",
    ) -> None:
        """A line of drawable text; `anchor` as Pillow names it, by default left on the baseline."""
        ImageDraw.Draw(self.image).text(at, text, font=font(size, bold=bold), fill=ink, anchor=anchor)
