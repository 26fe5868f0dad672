"""Who asked to be forgotten stays forgotten when an older backup comes back.

The database that gives way knows the forgotten by the keys that clubs have for their members, which say
nothing about them; in the backup the same keys lead to who they were. They are forgotten again at the start.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

_KEYS = """
    SELECT key FROM members JOIN users ON users.id = members.user_id WHERE forgotten_at IS NOT NULL
    UNION SELECT key FROM aliases JOIN users ON users.id = aliases.user_id WHERE forgotten_at IS NOT NULL
"""
_FORGET = """
    UPDATE users SET forget_at = :now WHERE forgotten_at IS NULL AND id IN (
        SELECT user_id FROM members WHERE key = :key UNION SELECT user_id FROM aliases WHERE key = :key
    )
"""


def keys_of(database: Path) -> tuple[str, ...]:
    """The forgotten of a database that is to give way; none of one that cannot be read, or is too old."""
    if not database.is_file():
        return ()
    try:
        with closing(sqlite3.connect(database, timeout=1)) as connection:
            return tuple(key for (key,) in connection.execute(_KEYS))
    except sqlite3.DatabaseError:
        return ()


def forget_again(database: Path, keys: tuple[str, ...], now: datetime) -> None:
    """Have a restored, migrated database forget them."""
    # As `storage.tables.UtcDateTime` stores it.
    moment = now.strftime("%Y-%m-%d %H:%M:%S.%f")
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.executemany(_FORGET, [{"now": moment, "key": key} for key in keys])
