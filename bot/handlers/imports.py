"""Bringing a club's file in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import describe
from bot.handlers.prompts import ask
from bot.view import View
from bot.views import backfill as backfill_views
from bot.views import imports as views
from domain.errors import AdminsOnly, DomainError, FileTooLarge
from domain.import_files import LIMIT

if TYPE_CHECKING:
    from telegram import Document, Message

    from bot.context import Context
    from bot.send import Sent
    from bot.taps import ImportStoreTap


async def import_(ctx: Context) -> None:
    """/import below a file, in reply to one, or alone; the answer to the question for one"""
    admin = await ctx.is_admin()
    if not admin:
        raise AdminsOnly
    document = _document(ctx.message)
    if document is None:
        ask(ctx, views.ask(ctx.t), "ask-import")
        return
    if (document.file_size or 0) > LIMIT:
        raise FileTooLarge(limit=LIMIT)

    async def run(sent: Sent) -> None:
        try:
            content = await ctx.sender.fetch(document.file_id, LIMIT)
            found = await ctx.services.imports.begin(ctx.club, ctx.visitor, content, admin=admin)
            view = views.preview(ctx.t, ctx.club, found)
        except DomainError as error:
            view = View(ctx.t.verbatim(describe(error, ctx.t)))
        await ctx.sender.edit(sent, view)

    ctx.say(views.reading(ctx.t), reply=True, then=run)


async def store(ctx: Context, tap: ImportStoreTap) -> None:
    """All of it, now."""
    entered = await ctx.services.imports.enter(ctx.club, tap.backfill, admin=await ctx.is_admin())
    ctx.edit(backfill_views.stored(ctx.t, entered))


def _document(message: Message) -> Document | None:
    """The message's own, or that of the one it replies to."""
    original = message.reply_to_message
    return message.document or (original.document if original is not None else None)
