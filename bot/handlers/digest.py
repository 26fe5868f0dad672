"""Digests in private."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.views import digest as views

if TYPE_CHECKING:
    from bot.context import Context
    from bot.taps import DigestTap


async def digest(ctx: Context) -> None:
    """/digest: whether somebody gets the digests of their clubs in private; asked and set there."""
    if ctx.club.private:
        ctx.say(views.wanted(ctx.me, wants=ctx.user.wants_digest))
    else:
        ctx.say(views.in_private(ctx.t), reply=True)


async def want(ctx: Context, tap: DigestTap) -> None:
    """They changed their mind."""
    user = await ctx.services.digest.want(ctx.user, ctx.club, wants=tap.wanted)
    ctx.toast(ctx.me.plain("On.") if user.wants_digest else ctx.me.plain("Off."))
    if ctx.club.private:
        ctx.edit(views.wanted(ctx.me, wants=user.wants_digest))
