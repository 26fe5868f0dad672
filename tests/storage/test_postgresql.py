import pytest

from tests.storage.conftest import POSTGRES


@pytest.mark.skipif(
    POSTGRES is None, reason="POSTGRES_TEST_URL is not set: storage was tested on SQLite alone"
)
def test_storage_is_tested_on_postgresql() -> None:
    assert str(POSTGRES).startswith("postgresql")
