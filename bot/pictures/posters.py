"""Posters on pictures: what was fetched, cut to shape, or one drawn in its place."""

from __future__ import annotations

import io
import logging
import math
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageOps

from bot.pictures.lettering import Pen, drawable, width
from domain.works import Kind

if TYPE_CHECKING:
    from domain.works import Work

MOST_PIXELS = 40_000_000
"""Of a poster that is opened at all: a small file can hold a picture that fills the memory."""

log = logging.getLogger(__name__)


def poster(
    content: bytes | None, work: Work, size: tuple[int, int], colour: str, *, enlarged: int = 1
) -> Image.Image:
    """A poster of exactly this size; drawn, in the given colour, where there is none that can be read.

    `enlarged` so many times for a picture that is reduced again: one that was drawn gains by it, of one that
    was fetched each pixel is repeated, which costs a fifth of fetching more of them out of it.
    """
    larger = (size[0] * enlarged, size[1] * enlarged)
    opened = None if content is None else _opened(content, size)
    return _drawn(work, larger, colour) if opened is None else opened.resize(larger, Image.Resampling.NEAREST)


def _opened(content: bytes, size: tuple[int, int]) -> Image.Image | None:
    try:
        with Image.open(io.BytesIO(content)) as image:
            if image.width * image.height > MOST_PIXELS:
                return None
            image.draft("RGB", size)
            # Most are RGB: converting them would only copy them.
            plain = image if image.mode == "RGB" else image.convert("RGB")
            return ImageOps.fit(plain, size, Image.Resampling.LANCZOS)
    # Pillow's decoders raise nearly anything for a broken file.
    except Exception as error:  # noqa: BLE001
        log.warning("a poster cannot be read: %s", type(error).__name__)
        return None


def _drawn(work: Work, size: tuple[int, int], colour: str) -> Image.Image:
    """A plain one: a disc or a frame of film, and the title's first letters."""
    across, down = size
    image = Image.new("RGB", size, "#262b3b")
    draw = ImageDraw.Draw(image)
    middle, unit = (across / 2, down * 0.46), min(across, down)
    if work.kind is Kind.ALBUM:
        for share, ink in ((0.40, "#171a25"), (0.31, "#1f2432"), (0.22, "#171a25"), (0.15, colour)):
            draw.ellipse(_around(middle, unit * share), fill=ink)
    else:
        hole = unit * 0.05
        for row in range(math.ceil(down / (hole * 2.4))):
            top = hole * 0.7 + row * hole * 2.4
            for left in (hole * 0.7, across - hole * 1.9):
                draw.rounded_rectangle(
                    (left, top, left + hole * 1.2, top + hole * 1.4), hole / 3, fill="#171a25"
                )
        draw.ellipse(_around(middle, unit * 0.27), fill=colour)
    letters = "".join(word[0] for word in drawable(work.title).split() if word[0].isalnum())[:2].upper()
    room = unit * (0.22 if work.kind is Kind.ALBUM else 0.40)
    if letters:
        text_size = round(unit * (0.15 if work.kind is Kind.ALBUM else 0.24))
        while text_size > 8 and width(letters, text_size, bold=True) > room:
            text_size -= 4
        Pen(image).write(middle, letters, text_size, "#171a25", bold=True, anchor="mm")
    return image


def _around(middle: tuple[float, float], radius: float) -> tuple[float, float, float, float]:
    x, y = middle
    return x - radius, y - radius, x + radius, y + radius
