"""Brings the tables to where the code expects them, by Alembic.

Alembic is imported where something is to be migrated, which is not at every start: it takes longer to import
than all modules of this program.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from storage.tables import metadata

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

MIGRATIONS = Path(__file__).parents[1] / "migrations"
VERSIONS = "alembic_version"
"""Alembic's own table: one row, the revision."""


def config(connection: Connection) -> Config:
    """Alembic's settings for a connection that is in a transaction: it neither begins nor commits one.

    Built in code, so that it works from any folder and leaves logging alone.
    """
    from alembic.config import Config  # noqa: PLC0415

    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    settings.attributes["connection"] = connection
    settings.attributes["metadata"] = metadata
    return settings


def upgrade(connection: Connection, revision: str = "head") -> None:
    """To a revision, the newest if none is named; nothing happens where it is there already."""
    from alembic import command  # noqa: PLC0415

    command.upgrade(config(connection), revision)


def revisions(connection: Connection) -> tuple[str | None, str]:
    """The database's revision, None for one without tables, and the newest there is."""
    if not inspect(connection).has_table(VERSIONS):
        return None, newest()
    return connection.scalar(text(f"SELECT version_num FROM {VERSIONS}")), newest()  # noqa: S608 - a constant


@cache
def known() -> tuple[str, ...]:
    """All revisions in their order, by the numbers that their files' names begin with."""
    return tuple(sorted(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py")))


def newest() -> str:
    """The revision that this program needs."""
    return known()[-1]
