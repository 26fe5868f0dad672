"""Type on pictures with the one font that Pillow brings along, and marks for what it has no glyphs for."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from PIL import ImageDraw, ImageFont

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image

Box = tuple[int, int, int, int]
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
_MISSING = "\U0010fffe"
_LARGEST, _SMALLEST, _SMALL_PRINT = 172, 34, 34
_LEADING = 1.04
_PLAIN = str.maketrans(
    {"‐": "-", "–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "…": "...", "·": "-"}
)
_PLAIN |= str.maketrans({"½": " 1/2", "ø": "o", "Ø": "O", "ł": "l", "ß": "ss", "æ": "ae", "Æ": "Ae"})


class Lettering:
    """Sets titles in boxes, as large as they fit."""

    def __init__(self) -> None:
        self._font = lru_cache(maxsize=64)(ImageFont.load_default)

    def block(
        self, image: Image.Image, *, box: Box, title: str, lines: Sequence[str], ink: str, accent: str
    ) -> None:
        """A short bar, the title (as marks where it cannot be drawn), and the small lines that can be."""
        draw = ImageDraw.Draw(image)
        left, top, right, bottom = box
        title = self._drawable(title)
        small = [line for line in map(self._drawable, lines) if self.can_draw(line)]
        print_height = round(_SMALL_PRINT * 1.35)
        title_bottom = bottom - print_height * len(small)
        draw.rectangle((left, top - 18, left + 90, top - 10), fill=accent)
        if self.can_draw(title):
            self._title(draw, (left, top, right, title_bottom), title, ink)
        else:
            _marks(draw, (left, top, right, title_bottom), title, (ink, accent))
        font = self._font(_SMALL_PRINT)
        for number, line in enumerate(small):
            text = _shortened(draw, line.upper(), font, right - left)
            draw.text((left, title_bottom + number * print_height + 12), text, font=font, fill=ink)

    def can_draw(self, text: str) -> bool:
        """Whether the font has a glyph for every character."""
        font = self._font(40)
        missing = bytes(font.getmask(_MISSING))
        visible = [char for char in unicodedata.normalize("NFC", text) if not char.isspace()]
        return bool(visible) and all(
            char.isprintable() and bytes(font.getmask(char)) != missing for char in visible
        )

    def _drawable(self, text: str) -> str:
        """The text, or where it cannot be drawn its nearest form without accents and typographic marks."""
        if self.can_draw(text):
            return text
        decomposed = unicodedata.normalize("NFKD", text.translate(_PLAIN)).translate(_PLAIN)
        return "".join(char for char in decomposed if not unicodedata.combining(char))

    def _title(self, draw: ImageDraw.ImageDraw, box: Box, title: str, ink: str) -> None:
        left, top, right, bottom = box
        for size in range(_LARGEST, _SMALLEST - 1, -4):
            font = self._font(size)
            rows = _wrapped(draw, title, font, right - left)
            if rows and len(rows) * size * _LEADING <= bottom - top:
                break
        else:
            font, size = self._font(_SMALLEST), _SMALLEST
            rows = _wrapped(draw, title, font, right - left) or [_shortened(draw, title, font, right - left)]
            kept = max(1, int((bottom - top) / (size * _LEADING)))
            if len(rows) > kept:
                rows = [*rows[: kept - 1], _shortened(draw, " ".join(rows[kept - 1 :]), font, right - left)]
        for number, row in enumerate(rows):
            place = (left - size // 24, top + round(number * size * _LEADING) - size // 8)
            draw.text(place, row, font=font, fill=ink, stroke_width=max(1, size // 48), stroke_fill=ink)


def _wrapped(draw: ImageDraw.ImageDraw, text: str, font: Font, width: int) -> list[str]:
    """The text in rows no wider than `width`; empty where a word alone is wider."""
    rows: list[str] = []
    for word in text.split():
        if draw.textlength(word, font=font) > width:
            return []
        joined = f"{rows[-1]} {word}" if rows else word
        if rows and draw.textlength(joined, font=font) <= width:
            rows[-1] = joined
        else:
            rows.append(word)
    return rows


def _shortened(draw: ImageDraw.ImageDraw, text: str, font: Font, width: int) -> str:
    if draw.textlength(text, font=font) <= width:
        return text
    while text and draw.textlength(f"{text}...", font=font) > width:
        text = text[:-1]
    return f"{text.rstrip()}..."


def _marks(draw: ImageDraw.ImageDraw, box: Box, text: str, colours: tuple[str, str]) -> None:
    """One small figure for each character: nine cells lit by the bits of its code point."""
    left, top, right, bottom = box
    characters = [char for char in text if not char.isspace()][:8] or ["?"]
    cell = min((bottom - top) // 4, (right - left) // (4 * len(characters)), 48)
    for number, char in enumerate(characters):
        for bit in range(9):
            if ord(char) >> bit & 1:
                x = left + number * cell * 4 + bit % 3 * cell
                y = top + bit // 3 * cell
                shape = draw.ellipse if (ord(char) + bit) % 2 else draw.rectangle
                shape((x, y, x + cell - 3, y + cell - 3), fill=colours[number % 2])
