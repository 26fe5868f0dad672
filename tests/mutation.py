"""The mutation score of `domain/`: of so many small changes to its functions, how many does a test notice?

    .venv/bin/pip install mutmut
    .venv/bin/python -m tests.mutation --sample 400 --seed 6
    .venv/bin/python -m mutmut show NAME    shows a change that nobody noticed

mutmut copies the project into `mutants/` and runs, for each change, the tests that come by it ([tool.mutmut]
in pyproject.toml says which there are). There are over 7,000 changes, so some are drawn by a seed. A second
call goes on with the same copy: delete it once code or tests have changed.
"""

from __future__ import annotations

import argparse
import random
import re
import subprocess
import sys
from collections import Counter, defaultdict

LINE = re.compile(r"\s+(domain\.\S+): (.+)")
FIRST = "domain.scores.*"
"""A few, with which mutmut makes all the others and learns which test comes by where."""


def main(arguments: list[str]) -> int:
    """Draw a sample, run it, print the score by module and who survived."""
    parser = argparse.ArgumentParser(prog="tests.mutation")
    parser.add_argument("--sample", type=int, default=400)
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--only", default="domain.", help="the beginning of a module's name")
    options = parser.parse_args(arguments)
    mutmut("run", "--max-children", "1", FIRST)
    names = [name for name in results() if name.startswith(options.only)]
    drawn = sorted(random.Random(options.seed).sample(names, min(options.sample, len(names))))
    mutmut("run", "--max-children", "1", *drawn)
    ends = results()
    print(f"{len(drawn)} of {len(names)} changes, drawn with seed {options.seed}\n")
    table: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for name in drawn:
        for row in (module_of(name), "all"):
            table[row][ends[name]] += 1
    for row, counts in table.items():
        noticed = counts["killed"] + counts["timeout"]
        print(f"{row:32} {noticed:4} of {counts.total():4} noticed  {dict(counts)}")
    print("\n".join(["", *(f"{ends[name]}: {name}" for name in drawn if ends[name] not in NOTICED)]))
    return 0


def module_of(name: str) -> str:
    """`domain.turns` of `domain.turns.x_take__mutmut_3`."""
    return name.rpartition(".")[0]


def results() -> dict[str, str]:
    """What became of each change, by its name."""
    lines = mutmut("results", "--all", "true").splitlines()
    return {found[1]: found[2] for line in lines if (found := LINE.fullmatch(line))}


def mutmut(*words: str) -> str:
    """What a command of mutmut printed."""
    done = subprocess.run(
        [sys.executable, "-m", "mutmut", *words], stdout=subprocess.PIPE, text=True, check=False
    )
    return done.stdout


NOTICED = frozenset({"killed", "timeout"})

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
