"""`bot import`: a club's file from the disk, for whoever runs the bot; the club's admins have /import."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

from bot.compose import App
from bot.texts import bare
from bot.views import backfill as backfill_views
from bot.views import imports as views
from domain.errors import FileTooLarge
from domain.import_files import LIMIT

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from bot.settings import Settings
    from bot.texts import Texts
    from bot.view import View

OLD_TABLES = "The database's tables are not those of this version. Run `bot migrate` first."


async def bring_in(settings: Settings, options: argparse.Namespace) -> int:
    """Show what a file would do and, if that is wanted, do it; or take it back. The exit code.

    FileTooLarge, BadExport, NoSuchClub, and as `BackfillService.undo`.
    """
    app = App(settings)
    t = app.languages.match()
    async with aclosing(app):
        current, newest = await app.database.revisions()
        if current != newest:
            print(OLD_TABLES)  # noqa: T201
            return 1
        try:
            return await (_undo(app, t, options) if options.undo else _import(app, t, options))
        except OSError as error:
            print(f"{error.filename}: {error.strerror}")  # noqa: T201
        return 1


async def _import(app: App, t: Texts, options: argparse.Namespace) -> int:
    services = app.services()
    club = await services.clubs.of_chat(options.club)
    content = await asyncio.to_thread(_content, options.file)
    found = await services.imports.begin(club, None, content, admin=True)
    _print(views.preview(t, club, found))
    if found.backfill_id is None:
        return 0
    if options.yes or await asyncio.to_thread(input, "Store it? [y/N] ") in {"y", "Y", "yes"}:
        entered = await services.imports.enter(club, found.backfill_id, admin=True)
        _print(backfill_views.stored(t, entered))
        print(f"bot import --undo {found.backfill_id} --club {options.club} takes it back.")  # noqa: T201
    else:
        await services.backfill.discard(club, found.backfill_id, admin=True)
        _print(backfill_views.dropped(t))
    return 0


async def _undo(app: App, t: Texts, options: argparse.Namespace) -> int:
    services = app.services()
    club = await services.clubs.of_chat(options.club)
    _print(backfill_views.undone(t, await services.backfill.undo(club, options.undo, admin=True)))
    return 0


def _content(path: Path) -> bytes:
    if path.stat().st_size > LIMIT:
        raise FileTooLarge(limit=LIMIT)
    return path.read_bytes()


def _print(view: View) -> None:
    print(bare(view.text))  # noqa: T201
