"""Run the benchmarks, print one table, write `benchmarks.json`: what `start.py bench` does.

    python -m tests.benchmarks [--check] [name …]

With --check nothing is written, and a ratio that is more than a fifth worse than the one in
`benchmarks.json`, also when it is measured once more, makes it fail. Sizes follow PROOFS (small, full), as
those of the long proofs.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks import figures, growth, limits, search, taps

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping, Sequence

    from tests.benchmarks.figures import Figure

KEPT = Path(__file__).resolve().parents[2] / "benchmarks.json"

BENCHES: Mapping[str, Callable[[], Coroutine[None, None, Sequence[Figure]]]] = {
    "taps": taps.measure,
    "few-taps": taps.measure_fewer,
    "growth": growth.measure,
    "limits": limits.measure,
    "search": search.measure,
}


def main() -> int:
    """Run those named, or all; 1 if a ratio got worse where that is checked."""
    parser = argparse.ArgumentParser(prog="start.py bench", description="Measure how fast and how much.")
    parser.add_argument("names", nargs="*", help=f"of {', '.join(BENCHES)}; all without")
    parser.add_argument("--check", action="store_true", help="compare with benchmarks.json, write nothing")
    options = parser.parse_args()
    if unknown := set(options.names) - set(BENCHES):
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}")
    kept = figures.load(KEPT) if options.check else []
    found: list[Figure] = []
    worse: list[str] = []
    for name in options.names or BENCHES:
        measured = run(name)
        if figures.regressions(measured, kept):
            # A machine that did something else meanwhile is no regression.
            measured = run(name)
            worse += figures.regressions(measured, kept)
        found += measured
    print(figures.table(found))
    for sentence in worse:
        print(f"bench: worse than before: {sentence}")
    if not options.check:
        figures.keep(found, KEPT)
    return 1 if worse else 0


def run(name: str) -> Sequence[Figure]:
    """Measure once."""
    print(f"bench: {name}", flush=True)
    return asyncio.run(BENCHES[name]())


if __name__ == "__main__":
    sys.exit(main())
