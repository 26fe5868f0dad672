"""What can be seen of a database without changing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

NETWORK = frozenset(
    {"9p", "afs", "ceph", "cifs", "davfs", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs"}
    | {"ncpfs", "nfs", "nfs4", "smb3", "smbfs"}
)
"""File systems whose locks cannot be trusted."""


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """`place` names the database without a password; `path` and what follows is of SQLite alone.

    `trouble` is why it cannot be opened, None where it can. `revision` is None for one without tables,
    `newest` is what this program needs. `free` counts bytes. `version` is that of the SQLite library.
    """

    place: str
    path: Path | None
    exists: bool
    writable: bool
    trouble: str | None
    revision: str | None
    newest: str
    file_system: str | None = None
    free: int | None = None
    version: tuple[int, int, int] | None = None
