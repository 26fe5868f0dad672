"""Past weeks entered as a list."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from bot.handlers.prompts import ask
from bot.views import backfill as views
from domain.errors import AdminsOnly, BackfillClosed, BackfillGone
from domain.services.backfill import Progress

if TYPE_CHECKING:
    from bot.context import Context
    from bot.send import Sent
    from bot.taps import (
        BackfillDropTap,
        BackfillHandTap,
        BackfillHitTap,
        BackfillNameTap,
        BackfillRetryTap,
        BackfillSkipTap,
        BackfillStoreTap,
        BackfillTap,
        BackfillUndoTap,
    )
    from bot.view import View


async def backfill(ctx: Context) -> None:
    """/backfill and lines, or a question for them"""
    admin = await ctx.is_admin()
    if not admin:
        raise AdminsOnly
    if not ctx.args.strip():
        ask(ctx, views.ask(ctx.t), "ask-backfill")
        return
    parsed, backfill_id = await ctx.services.backfill.begin(ctx.club, ctx.user, ctx.args, admin=admin)
    if backfill_id is None:
        ctx.say(views.unusable(ctx.t, parsed.bad), reply=True)
        return

    async def match(sent: Sent) -> None:
        await _match(ctx, backfill_id, sent)

    ctx.say(views.progress(ctx.t, Progress(0, len(parsed.entries))), then=match)


async def retry(ctx: Context, tap: BackfillRetryTap) -> None:
    """Ask the catalogues again."""
    found = await ctx.services.backfill.preview(ctx.club, tap.backfill, admin=await ctx.is_admin())

    async def match(sent: Sent) -> None:
        await _match(ctx, tap.backfill, sent)

    ctx.edit(views.progress(ctx.t, Progress(0, len(found.backfill.draft.unmatched))), then=match)


async def show(ctx: Context, tap: BackfillTap) -> None:
    """A page of the preview."""
    await _show(ctx, tap.backfill, admin=await ctx.is_admin(), page=tap.page)


async def hit(ctx: Context, tap: BackfillHitTap) -> None:
    """This is the work that was meant."""
    admin = await ctx.is_admin()
    await ctx.services.backfill.choose_hit(ctx.club, tap.backfill, tap.place, tap.position, admin=admin)
    await _show(ctx, tap.backfill, admin=admin)


async def by_hand(ctx: Context, tap: BackfillHandTap) -> None:
    """No catalogue has it."""
    admin = await ctx.is_admin()
    await ctx.services.backfill.add_by_hand(ctx.club, tap.backfill, tap.place, rest=tap.rest, admin=admin)
    await _show(ctx, tap.backfill, admin=admin)


async def skip(ctx: Context, tap: BackfillSkipTap) -> None:
    """Not this one."""
    admin = await ctx.is_admin()
    await ctx.services.backfill.skip(ctx.club, tap.backfill, tap.place, admin=admin)
    await _show(ctx, tap.backfill, admin=admin)


async def name(ctx: Context, tap: BackfillNameTap) -> None:
    """That is whose name it is."""
    admin = await ctx.is_admin()
    await ctx.services.backfill.choose_member(ctx.club, tap.backfill, tap.line, tap.user or None, admin=admin)
    await _show(ctx, tap.backfill, admin=admin)


async def store(ctx: Context, tap: BackfillStoreTap) -> None:
    """All of it, now."""
    entered = await ctx.services.backfill.enter(ctx.club, tap.backfill, admin=await ctx.is_admin())
    ctx.edit(views.stored(ctx.t, entered))


async def drop(ctx: Context, tap: BackfillDropTap) -> None:
    """None of it."""
    await ctx.services.backfill.discard(ctx.club, tap.backfill, admin=await ctx.is_admin())
    ctx.edit(views.dropped(ctx.t))


async def undo(ctx: Context, tap: BackfillUndoTap) -> None:
    """Back to before."""
    taken = await ctx.services.backfill.undo(ctx.club, tap.backfill, admin=await ctx.is_admin())
    ctx.edit(views.undone(ctx.t, taken))


async def _show(ctx: Context, backfill_id: int, *, admin: bool, page: int = 0) -> None:
    found = await ctx.services.backfill.preview(ctx.club, backfill_id, admin=admin)
    ctx.edit(views.preview(ctx.t, ctx.club, found, page))


async def _match(ctx: Context, backfill_id: int, message: Sent) -> None:
    """Look everything up and show in the message how far it is; the chat's next updates go on meanwhile.

    Whoever asked for it was an admin then. A draft that was thrown away meanwhile ends it.
    """
    backfills, at = ctx.services.backfill, Progress(0, 0)

    async def render() -> View:
        return views.progress(ctx.t, at)

    with suppress(BackfillGone, BackfillClosed):
        async for at in backfills.match(ctx.club, backfill_id, admin=True):
            if at.done:
                ctx.sender.refresh(message, render)
        found = await backfills.preview(ctx.club, backfill_id, admin=True)
        await ctx.sender.edit(message, views.preview(ctx.t, ctx.club, found))
