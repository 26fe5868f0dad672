from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image, ImageStat

from integrations.sandbox.catalogues import Movie, load_albums, load_movies
from integrations.sandbox.catalogues.compositions import COMPOSITIONS, PALETTES
from integrations.sandbox.catalogues.pictures import Pictures

MOVIES = {movie.id: movie for movie in load_movies()}
ALBUMS = {album.title: album for album in load_albums()}
HEAT = MOVIES[949]


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


@pytest.mark.parametrize("width", [92, 342, 500, 1000])
def test_a_poster_is_two_by_three(width: int) -> None:
    image = opened(Pictures().poster(HEAT, width))
    assert (image.format, image.size) == ("JPEG", (width, width * 3 // 2))


def test_a_cover_is_square() -> None:
    image = opened(Pictures().cover(ALBUMS["Kind of Blue"], 500))
    assert (image.format, image.size) == ("JPEG", (500, 500))


def test_a_work_always_looks_the_same_and_like_no_other() -> None:
    assert Pictures().poster(HEAT, 185) == Pictures().poster(HEAT, 185)
    pictures = Pictures()
    some = list(MOVIES.values())[:12]
    assert len({pictures.poster(movie, 92) for movie in some}) == len(some)


def test_sizes_show_the_same_picture() -> None:
    pictures = Pictures()
    small, large = (opened(pictures.poster(HEAT, width)).resize((20, 30)) for width in (185, 500))
    means = [ImageStat.Stat(image).mean for image in (small, large)]
    assert means[0] == pytest.approx(means[1], abs=4)


def odd_titles() -> list[Movie]:
    return [movie for movie in MOVIES.values() if movie.id > 9_000_000] + [
        replace(HEAT, title=title)
        for title in ("", " ", "W" * 300, "君の名は。", "8½", "a\nb", "\x00", "Kieślowski’s …")
    ]


@pytest.mark.parametrize("movie", odd_titles(), ids=lambda movie: ascii(movie.title[:20]))
def test_any_title_can_be_drawn(movie: Movie) -> None:
    opened(Pictures().poster(movie, 185))


def test_a_title_makes_a_difference_whatever_its_letters() -> None:
    pages = {
        Pictures().poster(replace(HEAT, title=title), 185)
        for title in ("Heat", "Кино", "кино", "千", "Amélie")
    }
    assert len(pages) == 5


def test_drawn_pictures_are_kept_but_not_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integrations.sandbox.catalogues.pictures._KEPT", 2)
    pictures = Pictures()
    first = pictures.poster(HEAT, 92)
    assert pictures.poster(HEAT, 92) is first
    pictures.poster(HEAT, 154)
    pictures.poster(HEAT, 185)
    assert pictures.poster(HEAT, 92) is not first


@pytest.mark.parametrize("palette", PALETTES, ids=lambda palette: palette.ground)
def test_ink_can_be_read_on_its_ground(palette: object) -> None:
    from PIL import ImageColor

    from integrations.sandbox.catalogues.compositions import Palette

    assert isinstance(palette, Palette)

    def luminance(colour: str) -> float:
        channels = [value / 255 for value in ImageColor.getrgb(colour)[:3]]
        red, green, blue = ((c / 12.92) if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, light = sorted((luminance(palette.ground), luminance(palette.ink)))
    assert (light + 0.05) / (dark + 0.05) >= 7


def test_there_is_variety() -> None:
    assert len(COMPOSITIONS) * len(PALETTES) >= 90
