"""The roster as a setting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.handlers.weeks import refresh_current
from bot.views import members as views
from domain.errors import NotOnRoster

if TYPE_CHECKING:
    from bot.context import Context
    from bot.taps import ExpelTap, MemberTap, MoveTap, ReadmitTap
    from domain.clubs import Member


async def line(ctx: Context) -> tuple[Member, ...]:
    """The roster in the order of turns."""
    return tuple(sorted(await ctx.services.clubs.roster(ctx.club), key=lambda member: member.turn))


async def member(ctx: Context, tap: MemberTap) -> None:
    """Somebody on the roster, and what can be done."""
    _show(ctx, await line(ctx), tap.user)


async def move(ctx: Context, tap: MoveTap) -> None:
    """An admin moves somebody in the order of turns."""
    try:
        members = await ctx.services.turns.reorder(
            ctx.club, tap.user, -1 if tap.up else 1, admin=await ctx.is_admin()
        )
    except NotOnRoster:
        members = await line(ctx)
    _show(ctx, members, tap.user)


async def expel(ctx: Context, tap: ExpelTap) -> None:
    """An admin takes somebody off the roster."""
    try:
        removed = await ctx.services.clubs.remove(ctx.club, tap.user, admin=await ctx.is_admin())
    except NotOnRoster:
        _show(ctx, await line(ctx), tap.user)
    else:
        ctx.edit(views.removed(ctx.t, removed.user, removed.owner))
        await refresh_current(ctx)


async def readmit(ctx: Context, tap: ReadmitTap) -> None:
    """An admin undoes it."""
    await ctx.services.clubs.restore(ctx.club, tap.user, admin=await ctx.is_admin())
    _show(ctx, await line(ctx), tap.user)
    await refresh_current(ctx)


def _show(ctx: Context, members: tuple[Member, ...], user_id: int) -> None:
    """Somebody's screen; the whole roster where they are not on it any more."""
    shown = next((member for member in members if member.user.id == user_id), None)
    if shown is None:
        ctx.toast(ctx.me.plain("They are no longer on the roster."))
        ctx.edit(views.roster(ctx.t, members))
    else:
        today = ctx.services.clubs.local_time(ctx.club).date()
        ctx.edit(views.member(ctx.t, members, shown, today))
