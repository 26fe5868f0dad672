"""Scores: 1 to 10 half-stars inside, and the three scales a club may show them on."""

from __future__ import annotations

from enum import StrEnum

from domain.errors import InvalidScore

LOWEST, HIGHEST = 1, 10


class Scale(StrEnum):
    """How a club shows and gives scores; what is stored is half-stars on every scale."""

    STARS = "stars"
    HALF_STARS = "half_stars"
    TEN = "ten"

    @property
    def scores(self) -> tuple[int, ...]:
        """The scores, in half-stars, that can be given on this scale, lowest first."""
        return tuple(range(2, HIGHEST + 1, 2)) if self is Scale.STARS else tuple(range(LOWEST, HIGHEST + 1))

    def label(self, score: int) -> str:
        """A score in half-stars as people write it on this scale: `7` is `3½`, or `7` out of ten.

        A score given on another scale is still shown truly: 7 half-stars are `3½` in a club of whole stars.
        """
        if self is Scale.TEN:
            return str(score)
        whole, half = divmod(score, 2)
        return f"{whole or ''}{'½' if half else ''}"

    def convert(self, half_stars: float) -> float:
        """An average in half-stars, in this scale's own unit."""
        return half_stars if self is Scale.TEN else half_stars / 2


def checked(score: int) -> int:
    """The score itself; InvalidScore unless it is 1 to 10 half-stars."""
    if not LOWEST <= score <= HIGHEST:
        raise InvalidScore(score=score)
    return score
