"""Backups, for whoever runs the bot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import describe
from bot.send import Address
from bot.views import backups as views
from domain.backups import Reason
from domain.errors import DomainError

if TYPE_CHECKING:
    from bot.context import Context
    from bot.send import Sent


async def backup(ctx: Context) -> None:
    """/backup"""
    backups = ctx.services.backups
    owner_id = backups.allow(ctx.user)

    async def make(begun: Sent) -> None:
        try:
            done = await backups.make(Reason.ASKED)
        except DomainError as error:
            await ctx.sender.edit(begun, views.failed(ctx.me, describe(error, ctx.me)))
            return
        problem = describe(done.problem, ctx.me) if done.problem is not None else None
        await ctx.sender.edit(begun, views.done(ctx.me, done, problem))
        path = backups.enclosure(done.made.backup)
        if path is not None:
            await ctx.sender.send(Address(owner_id), views.enclosed(ctx.me, done.made.backup, path))

    ctx.say(views.begun(ctx.me), then=make)
