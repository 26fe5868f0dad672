"""Taking things along."""

from __future__ import annotations

import logging
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from telegram.error import TelegramError

from bot.archives import pack, write, write_parts
from bot.errors import describe
from bot.send import Address
from bot.taps import BadTap
from bot.view import Attachment, View
from bot.views import exports as views
from domain.errors import AdminsOnly, ExportTooLarge

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from bot.context import Context
    from bot.send import Sent
    from bot.taps import ExportTap
    from domain.services.exports import Pieces

LETTERBOXD = "letterboxd"

log = logging.getLogger(__name__)


async def export(ctx: Context) -> None:
    """/export: the club's data in a group, one's own in private; /export letterboxd there"""
    wanted = ctx.args.strip().lower()
    if ctx.club.private:
        if wanted == LETTERBOXD:
            _letterboxd(ctx)
        else:
            _own(ctx)
    elif wanted == LETTERBOXD:
        ctx.say(views.in_private(ctx.t), reply=True)
    else:
        admin = await ctx.is_admin()
        if not admin:
            raise AdminsOnly
        _send(ctx, ctx.services.exports.club(ctx.club, admin=admin), views.club_file(ctx.club.title))


async def own_tap(ctx: Context, tap: ExportTap) -> None:
    """The button below what is known of somebody."""
    if not ctx.club.private:
        raise BadTap(tap.wire())
    _own(ctx)


def _own(ctx: Context) -> None:
    _send(ctx, ctx.services.exports.person(ctx.user), views.OWN_FILE)


def _send(ctx: Context, pieces: AsyncGenerator[Pieces, None], name: str) -> None:
    """Write the files, show how far that is, send them; the chat's next updates go on meanwhile."""

    async def run(sent: Sent) -> None:
        written = 0

        async def render() -> View:
            return views.progress(ctx.t, written)

        def tell(so_far: int) -> None:
            nonlocal written
            written = so_far
            ctx.sender.refresh(sent, render)

        with TemporaryDirectory() as folder:
            archive = Path(folder) / "export.zip"
            try:
                await pack(await write(pieces, Path(folder), tell), archive)
            except ExportTooLarge as error:
                await ctx.sender.edit(sent, View(ctx.t.verbatim(describe(error, ctx.t))))
                return
            there = await _attach(ctx, sent, views.ready(ctx.t, ctx.club, Attachment(archive, name)))
            await ctx.sender.edit(sent, views.done(ctx.t) if there else views.unconfirmed(ctx.t))

    ctx.say(views.progress(ctx.t, 0), then=run)


def _letterboxd(ctx: Context) -> None:
    """The parts one after the other, once all are written."""
    parts = ctx.services.exports.letterboxd(ctx.user, ctx.club)

    async def run(sent: Sent) -> None:
        with TemporaryDirectory() as folder:
            paths = await write_parts(parts, Path(folder))
            for number, path in enumerate(paths):
                view = views.part(ctx.t, Attachment(path, path.name), first=number == 0)
                if not await _attach(ctx, sent, view):
                    await ctx.sender.edit(sent, views.unconfirmed(ctx.t))
                    return
        await ctx.sender.edit(sent, views.done(ctx.t) if paths else views.no_movies(ctx.t))

    ctx.say(views.progress(ctx.t, 0), then=run)


async def _attach(ctx: Context, progress: Sent, view: View) -> bool:
    """Send a file to where its progress is shown; whether Telegram says that it is there."""
    try:
        await ctx.sender.send(Address(progress.chat_id, ctx.thread), view)
    except TelegramError as error:
        log.warning("a file may not have arrived in chat %d: %s", progress.chat_id, error)
        return False
    return True
