"""Brings the tables to where the code expects them, by Alembic."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from storage.tables import metadata

if TYPE_CHECKING:
    from sqlalchemy import Connection

MIGRATIONS = Path(__file__).parents[1] / "migrations"


def config(connection: Connection) -> Config:
    """Alembic's settings for a connection that is in a transaction: it neither begins nor commits one.

    Built in code, so that it works from any folder and leaves logging alone.
    """
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    settings.attributes["connection"] = connection
    settings.attributes["metadata"] = metadata
    return settings


def upgrade(connection: Connection) -> None:
    """To the newest revision; nothing happens where it is there already."""
    command.upgrade(config(connection), "head")


def revisions(connection: Connection) -> tuple[str | None, str]:
    """The database's revision, None for one without tables, and the newest there is."""
    return MigrationContext.configure(connection).get_current_revision(), newest()


@cache
def newest() -> str:
    """The revision that this program needs."""
    return str(ScriptDirectory(MIGRATIONS).get_current_head())
