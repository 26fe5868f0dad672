"""The program says of itself which version it is, in its backups for instance."""

from bot import __version__
from tests.tooling.project import pyproject


def test_the_program_and_the_project_have_the_same_version() -> None:
    assert __version__ == pyproject()["project"]["version"]
