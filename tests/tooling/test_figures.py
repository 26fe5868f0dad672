"""What the benchmarks say of a figure, and when a ratio counts as worse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.benchmarks.figures import RATIO, Figure, keep, load, regressions, table

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("better", "value", "worse"),
    [("higher", 0.79, True), ("higher", 0.81, False), ("lower", 1.21, True), ("lower", 1.19, False)],
)
def test_a_ratio_more_than_a_fifth_worse_is_a_regression(better: str, value: float, worse: bool) -> None:
    kept = Figure("taps", 1.0, RATIO, better)  # type: ignore[arg-type]
    now = Figure("taps", value, RATIO, better)  # type: ignore[arg-type]
    assert bool(regressions([now], [kept])) is worse


def test_a_time_is_never_a_regression_and_a_new_ratio_has_nothing_to_be_worse_than() -> None:
    kept = [Figure("wait", 1.0, "ms")]
    assert regressions([Figure("wait", 9.0, "ms"), Figure("new", 9.0, RATIO)], kept) == []


def test_figures_are_kept_by_name_beside_those_of_other_runs(tmp_path: Path) -> None:
    path = tmp_path / "benchmarks.json"
    keep([Figure("b", 1.0, RATIO), Figure("a", 2.0, "ms")], path)
    keep([Figure("b", 3.0, RATIO, "higher", 2.0)], path)
    assert load(path) == [Figure("a", 2.0, "ms"), Figure("b", 3.0, RATIO, "higher", 2.0)]


def test_the_table_says_which_targets_are_missed() -> None:
    lines = table([Figure("taps", 1.5, RATIO, "higher", 1.0), Figure("memory", 3.0, RATIO, "lower", 2.0)])
    assert [line.split()[-1] for line in lines.splitlines()] == ["met", "MISSED"]
