"""Questions whose answer is the reply to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.ports import Note

if TYPE_CHECKING:
    from bot.context import Context
    from bot.send import Sent
    from bot.view import View


def ask(ctx: Context, question: View, purpose: str) -> None:
    """Ask by force-reply; `purpose` finds the handler of the answer in `routes.REPLIES`."""

    async def remember(sent: Sent) -> None:
        await ctx.services.weeks.remember(Note(sent.chat_id, sent.message_id, purpose))

    ctx.say(question, reply=True, then=remember)
