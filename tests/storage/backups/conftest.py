"""A filled database in a folder, and the vault its backups are made in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from domain.backups import Reason
from storage.backups.folder import Vault
from storage.backups.stopping import Stop
from tests.fakes import START
from tests.storage.filled import filled

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Place:
    """Where things are. `backup` is one of `database`, as it was filled."""

    folder: Path
    database: Path
    backups: Path
    vault: Vault
    backup: Path

    def left_over(self) -> list[str]:
        """Names that begin with a dot: what was being written."""
        return [path.name for path in self.folder.rglob(".*")]


@pytest.fixture
async def place(tmp_path: Path) -> Place:
    database, backups = tmp_path / "club.db", tmp_path / "backups"
    filled(database, "head")
    vault = Vault(backups, database, version="0.1.0", recipient=None, identity=None)
    made = await vault.make(Reason.ASKED, START)
    return Place(tmp_path, database, backups, vault, vault.path(made.backup.name))


@pytest.fixture
def stop() -> Stop:
    return Stop()
