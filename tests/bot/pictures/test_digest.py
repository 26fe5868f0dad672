"""The digest's picture against the ones that a person looked at and kept.

After a change that is meant, look at what `python -m tests.bot.pictures.test_digest` writes, and commit it.
"""

from __future__ import annotations

import gettext
import io
import random
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageChops, ImageStat, features

from bot.pictures import lettering
from bot.pictures.digest import MOST_ROWS, WIDTH, draw
from bot.pictures.lettering import drawable, shortened, width, wrapped
from bot.pictures.posters import poster
from bot.texts import Languages, Texts
from domain.scores import Scale
from domain.works import Kind, Work
from tests.bot.digests import BLUE, HEAT, a_picture, card, digest, people, pick, some_scores

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.digest import Digest

HERE = Path(__file__).parent
KEPT_WIDTH = 540
BLOCK = 27
MEAN_TOLERANCE, BLOCK_TOLERANCE = 2.0, 24.0
"""Of 255: over the whole picture, and over its most different block, which is about as large as a dot."""

ENGLISH = Texts("en", gettext.NullTranslations())
LONG = Work(3, Kind.MOVIE, "Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb", 1964)
HAN = Work(4, Kind.MOVIE, "千と千尋の神隠し", 2001)
HANGUL = Work(5, Kind.ALBUM, "사랑 노래", 1999, artist="山下達郎")
GREEK = Work(6, Kind.ALBUM, "Τα παιδιά του Πειραιά", 1960, artist="Μελίνα Μερκούρη")
ARABIC = Work(7, Kind.ALBUM, "ألف ليلة وليلة", 1969, artist="أم كلثوم")
HEBREW = Work(8, Kind.MOVIE, "מציצים", 1972)
NAMES = ("Ивана", "Γιώργος", "さくら", "김민수", "山田", "🎸 Lou", "Wolfeschlegelsteinhausenbergerdorff")


def posters() -> dict[int, bytes]:
    return {HEAT.id: a_picture((400, 600), 1), BLUE.id: a_picture((500, 500), 2)}


def two_picks(count: int) -> Digest:
    members = people(count)
    return digest(
        card(pick(HEAT), members, some_scores(count, 3)), card(pick(BLUE), members, some_scores(count, 8))
    )


def four_picks(names: tuple[str, ...], *works: Work) -> Digest:
    members = people(len(names), names)
    places = [sum(other.kind is work.kind for other in works[:n]) for n, work in enumerate(works)]
    return digest(
        *(
            card(pick(work, place), members, some_scores(len(names), work.id))
            for work, place in zip(works, places, strict=True)
        )
    )


def scenes() -> dict[str, tuple[Digest, Mapping[int, bytes]]]:
    one = people(1)
    found: dict[str, tuple[Digest, Mapping[int, bytes]]] = {
        "one-member": (digest(card(pick(HEAT), one, (9,))), posters()),
        "four-members": (two_picks(4), posters()),
        "twelve-members": (two_picks(12), posters()),
        "missing-posters": (two_picks(6), {}),
        "long-and-non-latin": (four_picks(NAMES, LONG, HAN, HANGUL, GREEK), {}),
    }
    if features.check("raqm"):
        found["right-to-left"] = (four_picks(("أحمد", "דוד", "Ana"), ARABIC, HEBREW), posters())
    return found


def drawn(digest: Digest, posters: Mapping[int, bytes], t: Texts = ENGLISH) -> Image.Image:
    return Image.open(io.BytesIO(draw(t, digest, posters))).convert("RGB")


def reduced(image: Image.Image) -> Image.Image:
    return image.resize(
        (KEPT_WIDTH, round(image.height * KEPT_WIDTH / image.width)), Image.Resampling.LANCZOS
    )


def differences(one: Image.Image, other: Image.Image) -> tuple[float, float]:
    """Mean absolute difference of the whole and of the most different block."""
    grey = ImageChops.difference(one, other).convert("L")
    blocks = grey.resize((-(-grey.width // BLOCK), -(-grey.height // BLOCK)), Image.Resampling.BOX)
    return ImageStat.Stat(grey).mean[0], float(max(blocks.tobytes()))


@pytest.mark.parametrize("name", scenes())
def test_it_looks_as_it_did_when_somebody_looked(name: str) -> None:
    image = reduced(drawn(*scenes()[name]))
    kept = Image.open(HERE / f"{name}.jpg").convert("RGB")
    assert image.size == kept.size
    mean, block = differences(image, kept)
    assert mean < MEAN_TOLERANCE
    assert block < BLOCK_TOLERANCE


def test_the_comparison_sees_a_score_that_moved_by_half_a_star() -> None:
    members = people(4)
    before = digest(card(pick(HEAT), members, (8, 8, 8, 4)))
    after = digest(card(pick(HEAT), members, (8, 8, 8, 5)))
    _, block = differences(reduced(drawn(before, posters())), reduced(drawn(after, posters())))
    assert block > BLOCK_TOLERANCE


def test_it_is_as_wide_as_a_chat_and_small_enough_to_send() -> None:
    for count in (1, 4, 12, MOST_ROWS, 3 * MOST_ROWS):
        content = draw(ENGLISH, two_picks(count), posters())
        image = Image.open(io.BytesIO(content))
        assert image.format == "JPEG"
        assert image.width == WIDTH
        assert image.width + image.height <= 10_000
        assert len(content) < 1_000_000


def test_a_large_clubs_rows_end_with_how_many_more_there_are() -> None:
    largest = drawn(two_picks(MOST_ROWS), {})
    assert drawn(two_picks(MOST_ROWS + 1), {}).height > largest.height
    assert drawn(two_picks(MOST_ROWS + 30), {}).height == drawn(two_picks(MOST_ROWS + 1), {}).height


@pytest.mark.parametrize("scale", Scale)
@pytest.mark.parametrize("t", Languages.load().texts.values(), ids=lambda t: t.language)
def test_every_scale_and_language_can_be_drawn(scale: Scale, t: Texts) -> None:
    shown = two_picks(3)
    club = replace(shown.club, settings=replace(shown.club.settings, scale=scale))
    assert drawn(replace(shown, club=club), posters(), t).width == WIDTH


def test_a_week_that_nobody_scored_can_be_drawn() -> None:
    assert drawn(digest(card(pick(HEAT), people(3), ())), {}).width == WIDTH
    assert drawn(digest(card(pick(HEAT, revealed=False), people(3), (4, 5, 6))), {}).width == WIDTH


@pytest.mark.parametrize(
    "content", [b"", b"no picture", a_picture((400, 600), 1)[:700], b"GIF89a" + bytes(20), b"\xff\xd8\xff"]
)
def test_a_broken_poster_is_drawn_instead(content: bytes) -> None:
    placeholder = poster(None, HEAT, (200, 300), "#ffb84d")
    assert poster(content, HEAT, (200, 300), "#ffb84d").tobytes() == placeholder.tobytes()


def test_a_poster_that_would_fill_the_memory_is_not_opened() -> None:
    file = io.BytesIO()
    Image.new("1", (9000, 9000)).save(file, "PNG")
    placeholder = poster(None, HEAT, (20, 30), "#ffb84d")
    assert poster(file.getvalue(), HEAT, (20, 30), "#ffb84d").tobytes() == placeholder.tobytes()


def test_a_transparent_or_odd_poster_fills_its_place() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (30, 500), (255, 0, 0, 0)).save(file, "PNG")
    assert poster(file.getvalue(), BLUE, (100, 100), "#4fd6be").size == (100, 100)


# Letters


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Heat", "Heat"),
        ("  two\n lines ", "two lines"),
        ("Жить", "Жить"),
        ("🎸 Lou", "Lou"),
        ("さくら", "Sakura"),
        ("김민수", "Gimminsu"),
        ("Radiohead 日本", "Radiohead"),
        ("千と千尋の神隠し", ""),
        ("🎸", ""),
        ("…", ""),
        ("", ""),
    ],
)
def test_what_cannot_be_written_is_romanised_or_left_out(text: str, expected: str) -> None:
    assert drawable(text) == expected


def test_without_shaping_letters_that_need_it_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "check", lambda _: False)
    lettering._has_glyph.cache_clear()
    try:
        assert drawable("דוד Ana") == "Ana"
        assert drawable("أحمد") == ""
    finally:
        lettering._has_glyph.cache_clear()


def test_lines_are_cut_to_their_room() -> None:
    assert shortened("Heat", 30, 500) == "Heat"
    cut = shortened("Dr. Strangelove", 30, 120)
    assert cut.endswith("…")
    assert width(cut, 30) <= 120
    assert wrapped("", 30, 100, 2) == []
    assert wrapped("The Good, the Bad and the Ugly", 30, 250, 3) == ["The Good, the Bad", "and the Ugly"]
    for seed in range(60):
        chance = random.Random(seed)
        text = "".join(chance.choice("aWé ж…") for _ in range(chance.randrange(80)))
        lines = wrapped(text, 27, 90, 2)
        assert len(lines) <= 2
        assert all(width(line, 27) <= 90 for line in lines)


if __name__ == "__main__":
    for name, scene in scenes().items():
        reduced(drawn(*scene)).save(HERE / f"{name}.jpg", "JPEG", quality=90, optimize=True)
