"""Half-stars inside, three scales outside."""

from __future__ import annotations

import pytest

from domain.errors import InvalidScore
from domain.scores import Scale, checked

SHOWN = {
    Scale.STARS: ["1", "2", "3", "4", "5"],
    Scale.HALF_STARS: ["½", "1", "1½", "2", "2½", "3", "3½", "4", "4½", "5"],
    Scale.TEN: ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"],
}


@pytest.mark.parametrize("scale", Scale)
def test_each_scale_offers_its_own_scores(scale: Scale) -> None:
    assert [scale.label(score) for score in scale.scores] == SHOWN[scale]


@pytest.mark.parametrize("scale", Scale)
def test_every_score_of_a_scale_can_be_stored(scale: Scale) -> None:
    assert [checked(score) for score in scale.scores] == sorted(set(scale.scores))


def test_a_score_from_another_scale_is_shown_truly() -> None:
    assert Scale.STARS.label(7) == "3½"
    assert Scale.STARS.label(1) == "½"


@pytest.mark.parametrize(
    ("scale", "average"), [(Scale.STARS, 3.75), (Scale.HALF_STARS, 3.75), (Scale.TEN, 7.5)]
)
def test_an_average_is_in_the_scales_own_unit(scale: Scale, average: float) -> None:
    assert scale.convert(7.5) == average


@pytest.mark.parametrize("score", [-1, 0, 11, 2**63 - 1])
def test_anything_but_one_to_ten_half_stars_is_refused(score: int) -> None:
    with pytest.raises(InvalidScore) as refused:
        checked(score)
    assert refused.value.score == score
