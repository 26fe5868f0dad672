from __future__ import annotations

from io import BytesIO

import pytest

from integrations.sandbox.telegram.images import image_size
from tests.integrations.sandbox.stage import png

Image = pytest.importorskip("PIL.Image", reason="needs Pillow to make pictures")


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("PNG", {}),
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("WEBP", {}),
        ("WEBP", {"lossless": True}),
        ("WEBP", {"exif": b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"}),
    ],
)
@pytest.mark.parametrize("size", [(500, 750), (1, 3)])
def test_the_size_is_read_from_the_file(kind: str, options: dict[str, object], size: tuple[int, int]) -> None:
    file = BytesIO()
    Image.new("RGB", size, "teal").save(file, kind, **options)
    assert image_size(file.getvalue()) == size


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF89a", b"<html>", png()[:12], b"\xff\xd8\xff", b"\xff\xd8\xff\xe0\0\x04ab", b"RIFF1234WEBP"],
)
def test_anything_else_has_none(content: bytes) -> None:
    assert image_size(content) is None
