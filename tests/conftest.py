"""What every test may use."""

import os
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parents[1]

# Two shared cores make single examples slow at times, which says nothing about the code: no deadlines.
hypothesis.settings.register_profile("dev", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


def pytest_configure() -> None:
    """The environment that `bot.__main__` makes before it starts the bot."""
    os.environ["PTB_TIMEDELTA"] = "true"


@pytest.fixture(scope="session")
def fixtures_dir() -> Path:
    """The folder of recorded answers beside the repository; the test is skipped where it is missing."""
    folder = ROOT.parent / "shared" / "fixtures"
    if not folder.is_dir():
        pytest.skip("needs the recorded answers in ../shared/fixtures")
    return folder
