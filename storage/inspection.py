"""Looks at a database as it is: nothing is made, migrated or locked."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from domain.health import DatabaseFacts
from storage import schema
from storage.engine import connect

MOUNTS = Path("/proc/self/mountinfo")


async def inspect(database_url: str) -> DatabaseFacts:
    """What there is behind a URL. ValueError where `storage.engine.connect` refuses it."""
    url = make_url(database_url)
    newest = schema.newest()
    if url.get_backend_name() == "sqlite":
        return _sqlite(Path(str(url.database)), newest)
    engines = connect(database_url)
    trouble = revision = None
    try:
        async with engines.reader.connect() as connection:
            revision, _ = await connection.run_sync(schema.revisions)
    except (DBAPIError, OSError) as problem:
        trouble = type(problem).__name__
    finally:
        await engines.dispose()
    place = url.render_as_string(hide_password=True)
    return DatabaseFacts(place, None, trouble is None, trouble is None, trouble, revision, newest)


def _sqlite(path: Path, newest: str) -> DatabaseFacts:
    folder = path.parent
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    exists = path.exists()
    trouble = revision = None
    if exists:
        try:
            with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
                if connection.execute(
                    "SELECT 1 FROM sqlite_schema WHERE name = 'alembic_version'"
                ).fetchone():
                    found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
                    revision = None if found is None else str(found[0])
        except sqlite3.Error as problem:
            trouble = str(problem)
    return DatabaseFacts(
        place=str(path),
        path=path,
        exists=exists,
        writable=os.access(path if exists else folder, os.W_OK) and os.access(folder, os.W_OK),
        trouble=trouble,
        revision=revision,
        newest=newest,
        file_system=file_system(folder),
        free=shutil.disk_usage(folder).free,
        version=sqlite3.sqlite_version_info[:3],
    )


def file_system(folder: Path, mounts: Path = MOUNTS) -> str | None:
    """The type of the file system a folder is on (proc(5), mountinfo); None where the system does not say."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    found: list[tuple[int, str]] = []
    wanted = folder.resolve()
    for line in lines:
        left, _, right = line.partition(" - ")
        point = Path(left.split(" ")[4].encode().decode("unicode_escape"))
        if wanted.is_relative_to(point):
            found.append((len(point.parts), right.split(" ")[0]))
    # Of mounts on one point the last one counts.
    return max(reversed(found), key=lambda each: each[0])[1] if found else None
