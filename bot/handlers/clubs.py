"""The roster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.handlers.weeks import refresh_current
from bot.views import clubs as views

if TYPE_CHECKING:
    from bot.context import Context
    from bot.taps import ForgetTap, JoinTap


async def join(ctx: Context) -> None:
    """/join"""
    new = await ctx.services.clubs.join(ctx.club, ctx.user)
    ctx.say((views.joined if new else views.already)(ctx.t, ctx.user))


async def join_tap(ctx: Context, _tap: JoinTap) -> None:
    """The button beside the introduction and the roster."""
    new = await ctx.services.clubs.join(ctx.club, ctx.user)
    ctx.toast(ctx.me.plain("You're on the roster.") if new else ctx.me.plain("You're on the roster already."))


async def leave(ctx: Context) -> None:
    """/leave"""
    owner = await ctx.services.clubs.leave(ctx.club, ctx.user)
    ctx.say(views.left(ctx.t, ctx.user, owner))
    await refresh_current(ctx)


async def forget(ctx: Context, tap: ForgetTap) -> None:
    """Whoever left drops their name, too."""
    if tap.user != ctx.user.id:
        ctx.toast(ctx.me.plain("Only whoever left can do that."), alert=True)
        return
    await ctx.services.clubs.drop_name(ctx.club, ctx.user)
    ctx.edit(views.nameless(ctx.t))
    await refresh_current(ctx)


async def roster(ctx: Context) -> None:
    """/roster"""
    ctx.say(views.roster(ctx.t, await ctx.services.clubs.roster(ctx.club)))
