"""Picking, replacing, removing, and undoing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.handlers.weeks import post_card, refresh_card
from bot.views import picks as views
from domain.clubs import Picking
from domain.errors import PickedBefore, SlotsFull

if TYPE_CHECKING:
    from bot.context import Context
    from bot.taps import KeepTap, PickTap, RemoveTap, UndoTap


async def pick(ctx: Context, tap: PickTap) -> None:
    """A work becomes this week's pick, or a question why not; the week's card follows."""
    by_turns = ctx.club.settings.picking is Picking.TURNS
    admin = (by_turns or tap.replacing != 0) and await ctx.is_admin()
    try:
        pick = await ctx.services.weeks.pick(
            ctx.club, ctx.user, tap.work, admin=admin, again=tap.again, replacing=tap.replacing or None
        )
    except SlotsFull as error:
        ctx.edit(views.full(ctx.t, error))
    except PickedBefore as error:
        ctx.edit(views.before(ctx.t, error, ctx.club.settings, tap.replacing))
    else:
        ctx.toast(ctx.me.plain("Picked."))
        ctx.edit(views.picked(ctx.t, pick, replaced=tap.replacing != 0))
        post_card(ctx, await ctx.services.weeks.card(ctx.club, pick.week.id))


async def removable(ctx: Context) -> None:
    """/remove"""
    ctx.say(views.removable(ctx.t, await ctx.services.weeks.current(ctx.club)))


async def remove(ctx: Context, tap: RemoveTap) -> None:
    """First the question, then the removal."""
    admin = await ctx.is_admin()
    if not tap.sure:
        ctx.edit(
            views.sure(ctx.t, await ctx.services.weeks.changeable(ctx.club, ctx.user, tap.pick, admin=admin))
        )
        return
    pick = await ctx.services.weeks.remove(ctx.club, ctx.user, tap.pick, admin=admin)
    ctx.edit(views.removed(ctx.t, pick, ctx.user))
    await refresh_card(ctx, pick.week.id)


async def keep(ctx: Context, tap: KeepTap) -> None:
    """The pick stays."""
    pick = await ctx.services.weeks.changeable(ctx.club, ctx.user, tap.pick, admin=await ctx.is_admin())
    ctx.edit(views.stays(ctx.t, pick))


async def undo(ctx: Context, tap: UndoTap) -> None:
    """A removed or replaced pick comes back."""
    pick = await ctx.services.weeks.restore(ctx.club, ctx.user, tap.pick, admin=await ctx.is_admin())
    ctx.edit(views.back(ctx.t, pick))
    await refresh_card(ctx, pick.week.id)
