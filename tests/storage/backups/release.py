"""Keeps a filled backup of the newest schema, for the test that restores every one ever released.

    python -m tests.storage.backups.release

Run it once for every released schema, before the release; what it wrote is never changed afterwards.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from pathlib import Path

from bot import __version__
from domain.backups import Reason
from storage.backups.folder import Vault
from tests.fakes import START
from tests.storage.filled import filled, hashes

RELEASED = Path(__file__).parent / "released"


async def release(folder: Path) -> str:
    """Write the backup and the hashes of its rows; the revision."""
    database = folder / "club.db"
    filled(database, "head")
    vault = Vault(folder / "backups", database, version=__version__, recipient=None, identity=None)
    made = await vault.make(Reason.ASKED, START)
    revision = made.manifest.revision
    (RELEASED / f"{revision}.backup").write_bytes(vault.path(made.backup.name).read_bytes())
    (RELEASED / f"{revision}.json").write_text(
        json.dumps(hashes(database), indent=1) + "\n", encoding="utf-8"
    )
    return revision


def main() -> int:
    """Run it."""
    with tempfile.TemporaryDirectory() as folder:
        print(asyncio.run(release(Path(folder))))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
