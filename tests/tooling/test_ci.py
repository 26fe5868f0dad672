"""`.ci/run` runs what the README shows, and its exit code and last line tell how that went."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.tooling.project import ROOT

SUMMARY = "========================= 3 passed, 1 skipped in 0.50s ========================="
START = """
import os, sys
print("start got", sys.argv[1:], "with", os.environ.get("PYTEST_ADDOPTS", "") + os.environ.get("PROOFS", ""))
if sys.argv[1:] == ["test"] or "--slow" in sys.argv:
    print({summary!r})
    print("a late warning")
sys.exit({codes}["postgresql" if "postgresql" in sys.argv else sys.argv[1]])
"""


def run_ci(
    folder: Path, *, readme: str, codes: Mapping[str, int] | None = None, summary: str = SUMMARY
) -> tuple[int, list[str]]:
    """What .ci/run exits with and prints, with a start.py that ends with the given codes."""
    (folder / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", folder / ".ci")
    beside_a_database = folder / ".ci" / "postgresql"
    beside_a_database.write_text('#!/bin/sh\nPROOFS="$PROOFS beside postgresql" "$@"\n', encoding="utf-8")
    beside_a_database.chmod(0o755)
    (folder / "README.md").write_text(readme, encoding="utf-8")
    ends = {"test": 0, "proof": 0, "bench": 0, "check": 0, "postgresql": 0, **(codes or {})}
    (folder / "start.py").write_text(START.format(summary=summary, codes=ends))
    tools = folder / "tools"
    tools.mkdir()
    (tools / "python3").symlink_to(sys.executable)
    (tools / "chromium").symlink_to("/bin/true")
    done = subprocess.run(
        ["bash", str(folder / ".ci" / "run")],
        env={"PATH": f"{tools}{os.pathsep}/usr/bin{os.pathsep}/bin", "HOME": str(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.splitlines()


@pytest.fixture
def readme() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readmes_command_is_run_with_coverage_then_the_proofs_and_the_other_checks(
    tmp_path: Path, readme: str
) -> None:
    code, lines = run_ci(tmp_path, readme=readme)
    assert code == 0
    assert lines[0] == "ci: python3 start.py test"
    assert lines[1] == "start got ['test'] with --cov"
    assert "start got ['test', '-q', 'tests/storage', '-k', 'postgresql'] with  beside postgresql" in lines
    assert "start got ['proof'] with small beside postgresql" in lines
    assert "start got ['bench', '--check', 'taps', 'search', 'limits'] with " in lines
    assert "start got ['check', 'format', 'lint', 'types', 'imports'] with " in lines
    assert lines[-1] == SUMMARY


def test_it_is_the_readme_that_decides(tmp_path: Path, readme: str) -> None:
    changed = readme.replace("python3 start.py test\n", "echo first\npython3 start.py test --slow\n")
    _, lines = run_ci(tmp_path, readme=changed)
    assert "first" in lines
    assert "start got ['test', '--slow'] with --cov" in lines


@pytest.mark.parametrize(
    ("codes", "named"),
    [
        ({"test": 1}, "tests"),
        ({"postgresql": 1}, "postgresql"),
        ({"proof": 1}, "proofs"),
        ({"bench": 1}, "benchmarks"),
        ({"check": 1}, "checks"),
        ({"test": 2, "check": 1}, "tests checks"),
    ],
)
def test_any_failure_fails_it_and_the_summary_still_comes_last(
    tmp_path: Path, readme: str, codes: dict[str, int], named: str
) -> None:
    code, lines = run_ci(tmp_path, readme=readme, codes=codes)
    assert code == 1
    assert lines[-2:] == [f"ci: failed: {named}", SUMMARY]


def test_tests_that_end_without_a_summary_fail_it(tmp_path: Path, readme: str) -> None:
    code, _ = run_ci(tmp_path, readme=readme, summary="")
    assert code == 1


def test_a_readme_without_the_command_fails_it(tmp_path: Path) -> None:
    code, _ = run_ci(tmp_path, readme="# Nothing here\n")
    assert code == 1
