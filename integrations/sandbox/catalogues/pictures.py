"""Posters and covers, drawn from a work's id: the same work has the same picture in every run and size.

A picture is a palette, a geometric composition (`compositions.py`), type (`lettering.py`) and a little grain.
"""

from __future__ import annotations

import io
from collections import OrderedDict
from functools import cache
from random import Random
from threading import Lock
from typing import TYPE_CHECKING

from PIL import Image, ImageChops

from integrations.sandbox.catalogues.compositions import COMPOSITIONS, PALETTES, Palette
from integrations.sandbox.catalogues.lettering import Lettering

if TYPE_CHECKING:
    from collections.abc import Callable

    from integrations.sandbox.catalogues.works import Album, Movie

_KEPT = 96
_POSTER = (1000, 1500)
_COVER = (1000, 1000)
_GRAIN = 0.07


class Pictures:
    """Draws pictures as JPEG and keeps the last 96. Safe to call from several threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._lock = Lock()
        self._lettering = Lettering()

    def poster(self, movie: Movie, width: int) -> bytes:
        """A movie's poster, `width` by one and a half `width` pixels."""
        return self._get(f"movie/{movie.id}", width, lambda random: self._draw_poster(movie, random))

    def cover(self, album: Album, width: int) -> bytes:
        """An album's cover, `width` pixels square."""
        return self._get(f"album/{album.id}", width, lambda random: self._draw_cover(album, random))

    def _get(self, key: str, width: int, draw: Callable[[Random], Image.Image]) -> bytes:
        with self._lock:
            if (key, width) in self._kept:
                self._kept.move_to_end((key, width))
                return self._kept[key, width]
        content = _jpeg(draw(Random(key)), width)  # noqa: S311 - a seed for looks, not for secrets
        with self._lock:
            self._kept[key, width] = content
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return content

    def _draw_poster(self, movie: Movie, random: Random) -> Image.Image:
        palette, composition = random.choice(PALETTES), random.choice(COMPOSITIONS)
        width, height = _POSTER
        image = Image.new("RGB", _POSTER, palette.ground)
        art = composition((width, round(height * 0.7)), palette, random)
        image.paste(art, (0, 0))
        year = str(movie.year) if movie.year else ""
        director = " & ".join(movie.directors[:2])
        self._lettering.block(
            image,
            box=(70, round(height * 0.7) + 55, width - 70, height - 70),
            title=movie.title,
            lines=[part for part in (director, year) if part],
            ink=palette.ink,
            accent=palette.accent,
        )
        return _grain(image, random)

    def _draw_cover(self, album: Album, random: Random) -> Image.Image:
        palette: Palette = random.choice(PALETTES)
        composition = random.choice(COMPOSITIONS)
        width, height = _COVER
        image = composition(_COVER, palette, random)
        if random.random() < 0.5:
            band = Image.new("RGB", (width, 250), palette.ground)
            image.paste(band, (0, height - 250))
            box = (60, height - 210, width - 60, height - 50)
        else:
            image = Image.new("RGB", _COVER, palette.ground)
            image.paste(composition((width - 120, height - 330), palette, random), (60, 60))
            box = (60, height - 225, width - 60, height - 60)
        self._lettering.block(
            image, box=box, title=album.title, lines=[album.credit], ink=palette.ink, accent=palette.accent
        )
        return _grain(image, random)


@cache
def pictures() -> Pictures:
    """The one of this process: what is drawn depends on nothing but the work and the size."""
    return Pictures()


def _grain(image: Image.Image, random: Random) -> Image.Image:
    """Noise over everything and a slightly darker foot, so that flat colours look printed."""
    width, height = image.size
    noise = Image.frombytes("L", (width // 2, height // 2), random.randbytes((width // 2) * (height // 2)))
    noise = noise.resize(image.size, Image.Resampling.BILINEAR)
    grained = ImageChops.overlay(image, Image.merge("RGB", (noise, noise, noise)))
    image = Image.blend(image, grained, _GRAIN * 2)
    shade = Image.linear_gradient("L").resize(image.size).point([255 - value // 7 for value in range(256)])
    return ImageChops.multiply(image, Image.merge("RGB", (shade, shade, shade)))


def _jpeg(image: Image.Image, width: int) -> bytes:
    height = round(image.height * width / image.width)
    file = io.BytesIO()
    image.resize((width, height), Image.Resampling.LANCZOS).save(file, "JPEG", quality=88, optimize=True)
    return file.getvalue()
