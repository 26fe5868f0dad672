"""What every test may use."""

from __future__ import annotations

import gc
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from bot.logs import CHATTY
from tests import canaries
from tests.statements import compiled_once

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

ROOT = Path(__file__).resolve().parents[1]

# Two shared cores make single examples slow at times, which says nothing about the code: no deadlines.
hypothesis.settings.register_profile("dev", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


def pytest_configure() -> None:
    """The environment that `bot.__main__` makes before it starts the bot."""
    os.environ["PTB_TIMEDELTA"] = "true"


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over what was imported and collected, and come less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test whose output shows a canary fails, whatever else it found."""
    report = yield
    try:
        canaries.look_at_report(report)
    except canaries.Leak as leak:
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} ({call.when}): {leak}"
        report.sections.clear()
    return report


@pytest.fixture(scope="session", autouse=True)
def _statements_compiled_once() -> Iterator[None]:
    with compiled_once():
        yield


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """Whoever starts a whole bot sets up logging for the process, which the next test must not inherit."""
    root, levels = logging.getLogger(), {name: logging.getLogger(name).level for name in CHATTY}
    level, handlers = root.level, root.handlers[:]
    yield
    root.level, root.handlers[:] = level, handlers
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


@pytest.fixture(autouse=True)
def _no_canary_anywhere(request: pytest.FixtureRequest, _logging_as_it_was: None) -> Iterator[None]:
    """No secret in a log line, nor in a file that the test wrote."""
    ear = canaries.Ear()
    logging.getLogger().addHandler(ear)
    folder = request.getfixturevalue("tmp_path") if "tmp_path" in request.fixturenames else None
    yield
    logging.getLogger().removeHandler(ear)
    assert ear.leaks == []
    if isinstance(folder, Path):
        canaries.look_at_files(folder)


@pytest.fixture(scope="session")
def fixtures_dir() -> Path:
    """The folder of recorded answers beside the repository; the test is skipped where it is missing."""
    folder = ROOT.parent / "shared" / "fixtures"
    if not folder.is_dir():
        pytest.skip("needs the recorded answers in ../shared/fixtures")
    return folder
