"""Which of the people's messages reach a bot in privacy mode."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .content import find_entities

if TYPE_CHECKING:
    from .model import Message
    from .world import World


def reaches_bot(world: World, message: Message, target: Message | None) -> bool:
    """Commands and replies to the bot; everything in private and for an administering bot.

    `target` is the message that is answered.
    """
    chat = message.chat
    if not world.bot_present(chat):
        return False
    standing = world.standing(chat)
    if chat.type == "private" or (standing is not None and standing.is_admin):
        return True
    if target is not None and target.sender.id == world.bot.id:
        return True
    first = message.text.split(maxsplit=1)[0] if message.text else ""
    if not find_entities(first)[:1] or not first.startswith("/"):
        return False
    _, at, name = first.partition("@")
    return not at or name.lower() == str(world.bot.username).lower()
