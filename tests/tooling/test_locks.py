"""The locks pin everything, by hash, and say nothing about where packages come from."""

import re
from pathlib import Path

import pytest

from tests.tooling.project import ROOT, pyproject

LOCK = ROOT / "requirements.lock"
RUN_LOCK = ROOT / "requirements-run.lock"
BOTH = pytest.mark.parametrize("lock", [LOCK, RUN_LOCK], ids=lambda lock: lock.name)


def requirements(lock: Path) -> dict[str, str]:
    """Each pinned `name==version` with the rest of its entry: markers and hashes."""
    text = lock.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return {line.split()[0]: line for line in lines}


def normal(requirement: str) -> str:
    """The package a requirement names, as the locks spell it."""
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name is not None, requirement
    return re.sub(r"[-_.]+", "-", name.group()).lower()


@BOTH
def test_a_lock_names_no_index_host_or_path(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*-", text.replace("    --hash=", ""), re.MULTILINE), (
        "an option beside the hashes"
    )
    assert not re.search(r"(^|\s)/\w", text), "an absolute path"


@BOTH
def test_every_entry_is_pinned_and_hashed(lock: Path) -> None:
    entries = requirements(lock)
    assert entries
    for pin, entry in entries.items():
        assert re.fullmatch(r"[a-z0-9-]+==[0-9][\w.]*", pin), pin
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), pin


def test_every_dependency_stands_in_the_lock() -> None:
    project = pyproject()["project"]
    wanted = [
        *project["dependencies"],
        *(each for extra in project["optional-dependencies"].values() for each in extra),
    ]
    assert {normal(each) for each in wanted} <= {normal(pin) for pin in requirements(LOCK)}


def test_the_running_bot_gets_its_dependencies_in_the_tested_versions() -> None:
    run, full = set(requirements(RUN_LOCK)), set(requirements(LOCK))
    assert {normal(each) for each in pyproject()["project"]["dependencies"]} <= {normal(pin) for pin in run}
    assert run <= full
    assert not {"pytest", "mypy", "ruff", "playwright"} & {normal(pin) for pin in run}
