"""Where the recorded answers are; they are other people's data and not part of this repository."""

from __future__ import annotations

from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[3] / "shared" / "fixtures"

needed = pytest.mark.skipif(not FOLDER.is_dir(), reason="the recorded answers are not on this machine")


def files(*folders: str) -> list[str]:
    """Paths below `FOLDER` of every recorded answer in these folders; one that is missing yields none."""
    return sorted(
        path.relative_to(FOLDER).as_posix()
        for folder in folders
        for path in (FOLDER / folder).rglob("*")
        if path.is_file()
    )


def body(name: str) -> bytes:
    return (FOLDER / name).read_bytes()
