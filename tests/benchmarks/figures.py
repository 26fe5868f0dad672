"""What a benchmark finds, how it is printed, and how a figure is compared with an earlier one.

Ratios alone travel from machine to machine: they are compared with the ones kept in `benchmarks.json` and
with their targets. Everything else is there to be read.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

RATIO = "×"
"""The unit of a ratio of two measurements of one run."""
TOLERANCE = 0.2
"""How much worse than the kept one a ratio may be (issue 6)."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. `target` is what it should be at least or at most, depending on what is better."""

    name: str
    value: float
    unit: str
    better: Literal["higher", "lower"] = "lower"
    target: float | None = None

    @property
    def met(self) -> bool:
        """Whether it reaches its target; true without one."""
        if self.target is None:
            return True
        return self.value >= self.target if self.better == "higher" else self.value <= self.target

    def worse_than(self, kept: float) -> bool:
        """Whether a ratio is more than TOLERANCE worse than an earlier value of it; never for other units."""
        if self.unit != RATIO:
            return False
        if self.better == "higher":
            return self.value < kept * (1 - TOLERANCE)
        return self.value > kept * (1 + TOLERANCE)


def table(figures: Iterable[Figure]) -> str:
    """A line each: name, value, unit, and its target with whether it is met."""
    rows = [
        (f.name, f"{f.value:,.4g}" if f.value < 1000 else f"{f.value:,.0f}", f.unit, _aim(f)) for f in figures
    ]
    wide = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join(
        f"{name:{wide[0]}}  {value:>{wide[1]}} {unit:{wide[2]}}  {aim}".rstrip()
        for name, value, unit, aim in rows
    )


def keep(figures: Sequence[Figure], path: Path) -> None:
    """Write figures to a file, each with its name, and leave others that it holds."""
    held = {figure.name: figure for figure in [*load(path), *figures]}
    rows = [asdict(held[name]) for name in sorted(held)]
    path.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def load(path: Path) -> list[Figure]:
    """The figures in a file; none where there is no file."""
    if not path.exists():
        return []
    return [Figure(**row) for row in json.loads(path.read_text(encoding="utf-8"))]


def regressions(figures: Iterable[Figure], kept: Iterable[Figure]) -> list[str]:
    """A sentence for each ratio that is clearly worse than the kept one."""
    before = {figure.name: figure.value for figure in kept}
    return [
        f"{f.name}: {f.value:.3g}, was {before[f.name]:.3g}"
        for f in figures
        if f.name in before and f.worse_than(before[f.name])
    ]


def _aim(figure: Figure) -> str:
    if figure.target is None:
        return ""
    bound = "at least" if figure.better == "higher" else "at most"
    return f"{bound} {figure.target:g}: {'met' if figure.met else 'MISSED'}"
