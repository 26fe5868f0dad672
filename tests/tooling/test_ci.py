"""`.ci/run` runs what the README shows, and its exit code and last line tell how that went."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tooling.project import ROOT

SUMMARY = "========================= 3 passed, 1 skipped in 0.50s ========================="
START = """
import os, sys
print("start got", sys.argv[1:], "with", os.environ.get("PYTEST_ADDOPTS", "") + os.environ.get("PROOFS", ""))
if sys.argv[1] == "test":
    print({summary!r})
    print("a late warning")
sys.exit({codes}[sys.argv[1]])
"""


def run_ci(
    folder: Path, *, readme: str, test: int = 0, proof: int = 0, check: int = 0, summary: str = SUMMARY
) -> tuple[int, list[str]]:
    """What .ci/run exits with and prints, with a start.py that ends with the given codes."""
    (folder / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", folder / ".ci")
    (folder / "README.md").write_text(readme, encoding="utf-8")
    (folder / "start.py").write_text(
        START.format(summary=summary, codes={"test": test, "proof": proof, "check": check})
    )
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
    assert "start got ['proof'] with small" in lines
    assert "start got ['check', 'format', 'lint', 'types', 'imports'] with " in lines
    assert lines[-1] == SUMMARY


def test_it_is_the_readme_that_decides(tmp_path: Path, readme: str) -> None:
    changed = readme.replace("python3 start.py test\n", "echo first\npython3 start.py test --slow\n")
    _, lines = run_ci(tmp_path, readme=changed)
    assert "first" in lines
    assert "start got ['test', '--slow'] with --cov" in lines


@pytest.mark.parametrize(
    ("test", "proof", "check", "named"),
    [(1, 0, 0, "tests"), (0, 1, 0, "proofs"), (0, 0, 1, "checks"), (2, 0, 1, "tests checks")],
)
def test_any_failure_fails_it_and_the_summary_still_comes_last(
    tmp_path: Path, readme: str, test: int, proof: int, check: int, named: str
) -> None:
    code, lines = run_ci(tmp_path, readme=readme, test=test, proof=proof, check=check)
    assert code == 1
    assert lines[-2:] == [f"ci: failed: {named}", SUMMARY]


def test_tests_that_end_without_a_summary_fail_it(tmp_path: Path, readme: str) -> None:
    code, _ = run_ci(tmp_path, readme=readme, summary="")
    assert code == 1


def test_a_readme_without_the_command_fails_it(tmp_path: Path) -> None:
    code, _ = run_ci(tmp_path, readme="# Nothing here\n")
    assert code == 1
