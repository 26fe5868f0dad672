"""What was logged as an error fails a story here, too."""

from tests.e2e.conftest import errors

__all__ = ["errors"]
