"""Geometric compositions in a handful of palettes: functions of a size, a palette and a random source."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, ImageColor, ImageDraw

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    Composition = Callable[[tuple[int, int], "Palette", Random], Image.Image]

Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours that go together: a ground, the ink that reads on it, an accent, and two more."""

    ground: str
    ink: str
    accent: str
    first: str
    second: str

    @property
    def colours(self) -> tuple[str, str, str]:
        """The three that shapes are made of."""
        return (self.accent, self.first, self.second)


PALETTES = (
    Palette("#f3e9d8", "#1d1a16", "#d1495b", "#00798c", "#edae49"),
    Palette("#14213d", "#f5efe0", "#fca311", "#e5e5e5", "#3d5a98"),
    Palette("#efe6dd", "#231f20", "#bb4430", "#7ebdc2", "#f3dfa2"),
    Palette("#0b132b", "#f0f4ef", "#ff6b6b", "#5bc0be", "#3a506b"),
    Palette("#2b2d42", "#edf2f4", "#ef233c", "#8d99ae", "#f7b267"),
    Palette("#fdf0d5", "#003049", "#c1121f", "#669bbc", "#780000"),
    Palette("#1b3a2f", "#f6f1e4", "#e9c46a", "#2a9d8f", "#e76f51"),
    Palette("#f7ede2", "#3d2c2e", "#f28482", "#84a59d", "#f6bd60"),
    Palette("#3c1642", "#fef6e4", "#ff9f1c", "#f15bb5", "#1dd3b0"),
    Palette("#e8e4d9", "#1a1a1a", "#ff4f00", "#1a1a1a", "#a7a296"),
    Palette("#10243e", "#e8f1f2", "#f4d35e", "#ee964b", "#0d6e8c"),
    Palette("#d8e2dc", "#22333b", "#e56b6f", "#355070", "#eaac8b"),
)


def _horizon(size: Size, palette: Palette, random: Random) -> Image.Image:
    """A large sun above still water, cut into ever thinner stripes."""
    width, height = size
    image = _gradient(size, palette.first, palette.ground)
    draw = ImageDraw.Draw(image)
    line = round(height * random.uniform(0.58, 0.68))
    radius = width * random.uniform(0.27, 0.36)
    centre = width * random.choice((0.36, 0.5, 0.64))
    rise = radius * random.uniform(0.1, 0.45)
    draw.ellipse(
        (centre - radius, line - rise - radius, centre + radius, line - rise + radius), fill=palette.accent
    )
    draw.rectangle((0, line, width, height), fill=palette.second)
    y, step = float(line), height * 0.012
    while y < height:
        spread = max(0.0, radius * (1.05 - (y - line) / (height - line) * random.uniform(0.75, 1.0)))
        draw.rectangle((centre - spread, y, centre + spread, y + step * 0.5), fill=palette.accent)
        y, step = y + step, step * 1.16
    return image


def _tiles(size: Size, palette: Palette, random: Random) -> Image.Image:
    """Quarter circles, half circles and dots on a grid."""
    width, height = size
    image = Image.new("RGB", size, palette.ground)
    draw = ImageDraw.Draw(image)
    edge = math.ceil(width / random.choice((3, 4, 5)))
    for top in range(0, height, edge):
        for left in range(0, width, edge):
            back, front = random.sample((*palette.colours, palette.ground), 2)
            draw.rectangle((left, top, left + edge, top + edge), fill=back)
            _tile(draw, (left, top, edge), front, random)
    return image


def _tile(draw: ImageDraw.ImageDraw, place: tuple[int, int, int], colour: str, random: Random) -> None:
    left, top, edge = place
    kind = random.randrange(5)
    turn = random.randrange(4)
    if kind <= 1:
        _quarter(draw, place, turn, colour)
    elif kind == 2:
        draw.pieslice((left, top, left + edge, top + edge), 90 * turn, 90 * turn + 180, fill=colour)
    elif kind == 3:
        inset = edge * 0.28
        draw.ellipse((left + inset, top + inset, left + edge - inset, top + edge - inset), fill=colour)
    else:
        corners = [(left, top), (left + edge, top), (left + edge, top + edge), (left, top + edge)]
        del corners[turn]
        draw.polygon(corners, fill=colour)


def _quarter(draw: ImageDraw.ImageDraw, place: tuple[int, int, int], turn: int, colour: str) -> None:
    left, top, edge = place
    corner_x, corner_y = left + edge * (turn in {1, 2}), top + edge * (turn in {2, 3})
    draw.pieslice(
        (corner_x - edge, corner_y - edge, corner_x + edge, corner_y + edge),
        90 * turn,
        90 * turn + 90,
        fill=colour,
    )


def _orbits(size: Size, palette: Palette, random: Random) -> Image.Image:
    """Rings around a body, with smaller bodies on them."""
    width, height = size
    image = _gradient(size, palette.ground, _mixed(palette.ground, palette.second, 0.35))
    draw = ImageDraw.Draw(image)
    x, y = width * random.uniform(0.25, 0.75), height * random.uniform(0.3, 0.7)
    for number in range(9, 0, -1):
        radius = width * 0.085 * number + width * 0.06
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=palette.ink, width=3)
        if random.random() < 0.75:
            angle, body = random.uniform(0, math.tau), width * random.uniform(0.014, 0.05)
            bx, by = x + radius * math.cos(angle), y + radius * math.sin(angle)
            draw.ellipse((bx - body, by - body, bx + body, by + body), fill=random.choice(palette.colours))
    core = width * random.uniform(0.1, 0.14)
    draw.ellipse((x - core, y - core, x + core, y + core), fill=palette.accent)
    return image


def _hills(size: Size, palette: Palette, random: Random) -> Image.Image:
    """Waves behind waves, paler with distance, under a disc."""
    width, height = size
    image = _gradient(size, _mixed(palette.second, palette.ground, 0.35), palette.ground)
    draw = ImageDraw.Draw(image)
    radius = width * random.uniform(0.1, 0.17)
    x, y = width * random.uniform(0.25, 0.75), height * random.uniform(0.18, 0.3)
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=palette.accent)
    layers = 6
    for layer in range(layers):
        depth = layer / (layers - 1)
        base = height * (0.4 + 0.52 * depth)
        swing, length, shift = (
            height * random.uniform(0.03, 0.08),
            width / random.uniform(0.8, 1.7),
            random.uniform(0, 6),
        )
        points = [
            (
                px,
                base
                + swing * math.sin(px / length * math.tau + shift)
                + swing * 0.4 * math.sin(px / length * 5.1),
            )
            for px in range(0, width + 8, 8)
        ]
        draw.polygon(
            [*points, (width, height), (0, height)],
            fill=_mixed(palette.ground, palette.first, 0.2 + 0.8 * depth),
        )
    return image


def _rays(size: Size, palette: Palette, random: Random) -> Image.Image:
    """A burst of rays from a low point, and a disc in front."""
    width, height = size
    image = Image.new("RGB", size, palette.ground)
    draw = ImageDraw.Draw(image)
    x, y = width * random.choice((0.3, 0.5, 0.7)), height * random.uniform(0.62, 0.9)
    count, reach = random.choice((18, 24, 30)), float(width + height)
    start = random.uniform(0, 1)
    for number in range(count):
        a, b = (start + number) * math.tau / count, (start + number + 0.5) * math.tau / count
        tip = [(x + reach * math.cos(angle), y + reach * math.sin(angle)) for angle in (a, b)]
        draw.polygon([(x, y), *tip], fill=palette.first if number % 2 else palette.second)
    for radius, colour in ((0.27, palette.ground), (0.235, palette.accent), (0.12, palette.ink)):
        r = width * radius
        draw.ellipse((x - r, y - r, x + r, y + r), fill=colour)
    return image


def _bands(size: Size, palette: Palette, random: Random) -> Image.Image:
    """Bent stripes that run down, turn once and leave."""
    width, height = size
    image = Image.new("RGB", size, palette.ground)
    draw = ImageDraw.Draw(image)
    stripes = random.randint(4, 6)
    thick = width * 0.58 / stripes
    centre_x, centre_y = width * random.uniform(0.72, 0.95), height * random.uniform(0.22, 0.4)
    colours = [*palette.colours, palette.ink]
    random.shuffle(colours)
    outer = width * 0.72
    for number in range(stripes):
        radius, colour = outer - number * thick, colours[number % len(colours)]
        inner = radius - thick * 0.8
        draw.pieslice(
            (centre_x - radius, centre_y - radius, centre_x + radius, centre_y + radius), 90, 180, fill=colour
        )
        draw.rectangle((centre_x - radius, -1, centre_x, centre_y), fill=colour)
        draw.rectangle((centre_x, centre_y, width, centre_y + radius), fill=colour)
        draw.pieslice(
            (centre_x - inner, centre_y - inner, centre_x + inner, centre_y + inner),
            90,
            180,
            fill=palette.ground,
        )
        draw.rectangle((centre_x - inner, -1, centre_x, centre_y), fill=palette.ground)
        draw.rectangle((centre_x, -1, width, centre_y + inner), fill=palette.ground)
    return image


def _city(size: Size, palette: Palette, random: Random) -> Image.Image:
    """Towers of different heights with lit windows under a big moon."""
    width, height = size
    image = _gradient(size, _mixed(palette.first, palette.ground, 0.25), palette.ground)
    draw = ImageDraw.Draw(image)
    radius, x, y = width * 0.22, width * random.uniform(0.3, 0.7), height * random.uniform(0.3, 0.42)
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=palette.accent)
    for row, tone in enumerate((palette.second, palette.first, palette.ink)):
        left = -random.uniform(0, width * 0.08)
        while left < width:
            broad = width * random.uniform(0.07, 0.16)
            top = height * random.uniform(0.36 + 0.14 * row, 0.6 + 0.12 * row)
            draw.rectangle((left, top, left + broad, height), fill=tone)
            if row == 2:
                _windows(draw, (left, top, left + broad, float(height)), palette, random)
            left += broad + width * random.choice((0.0, 0.0, 0.015))
    return image


def _windows(
    draw: ImageDraw.ImageDraw, tower: tuple[float, float, float, float], palette: Palette, random: Random
) -> None:
    left, top, right, bottom = tower
    step = 26
    for y in range(int(top) + 22, int(bottom) - 14, step + 8):
        for x in range(int(left) + 16, int(right) - 22, step):
            if random.random() < 0.3:
                draw.rectangle((x, y, x + 10, y + 16), fill=palette.accent)


def _record(size: Size, palette: Palette, random: Random) -> Image.Image:
    """Wedges and rings that share one centre, half out of the picture."""
    width, height = size
    image = Image.new("RGB", size, palette.second)
    draw = ImageDraw.Draw(image)
    x, y = width * random.choice((0.0, 0.5, 1.0)), height * random.choice((0.5, 1.0))
    colours = (palette.ground, palette.accent, palette.first, palette.ground, palette.ink)
    outer = max(width, height) * 0.92
    for number in range(10):
        radius = outer * (1 - number / 10)
        start = random.choice((0, 90, 180, 270)) + random.choice((0, 0, 45))
        area = (x - radius, y - radius, x + radius, y + radius)
        draw.ellipse(area, fill=colours[number % len(colours)])
        draw.pieslice(area, start, start + random.choice((45, 90, 135)), fill=random.choice(palette.colours))
    return image


def _gradient(size: Size, top: str, bottom: str) -> Image.Image:
    mask = Image.linear_gradient("L").resize(size)
    return Image.composite(Image.new("RGB", size, bottom), Image.new("RGB", size, top), mask)


def _mixed(one: str, other: str, share: float) -> str:
    pairs = zip(ImageColor.getrgb(one)[:3], ImageColor.getrgb(other)[:3], strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


COMPOSITIONS: tuple[Composition, ...] = (_horizon, _tiles, _orbits, _hills, _rays, _bands, _city, _record)
