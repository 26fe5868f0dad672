"""The command menus Telegram shows, per scope and language (Bot API, setMyCommands)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from telegram import (
    BotCommand,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
)

from bot.texts import DEFAULT

if TYPE_CHECKING:
    from telegram import Bot, BotCommandScope

    from bot.texts import Languages, Texts


async def publish(bot: Bot, languages: Languages) -> None:
    """Set the menus; English ones are for everybody whose language is not spoken."""
    await asyncio.gather(
        *(
            bot.set_my_commands(
                commands, scope=scope, language_code=None if t.language == DEFAULT else t.language
            )
            for t in languages.texts.values()
            for scope, commands in menus(t)
        )
    )


def menus(t: Texts) -> tuple[tuple[BotCommandScope, list[BotCommand]], ...]:
    """What people, groups and admins are offered."""
    everyone = [
        BotCommand("movie", t.plain("Find a movie: a title, and a year if you like")),
        BotCommand("album", t.plain("Find an album: a title, or artist – title")),
        BotCommand("week", t.plain("This week's picks and scores")),
        BotCommand("history", t.plain("Past weeks, and their scores")),
        BotCommand("top", t.plain("The best movies and albums")),
        BotCommand("me", t.plain("My own scores here")),
        BotCommand("note", t.plain("Set this week's note")),
        BotCommand("add", t.plain("Add something no catalogue has")),
        BotCommand("remove", t.plain("Remove one of this week's picks")),
    ]
    club = [
        BotCommand("join", t.plain("Join the roster")),
        BotCommand("leave", t.plain("Leave the roster")),
        BotCommand("roster", t.plain("Who is on the roster")),
        BotCommand("turns", t.plain("Whose turn it is, and who comes next")),
    ]
    admins = [
        BotCommand("reveal", t.plain("Reveal this week's scores now")),
        BotCommand("backfill", t.plain("Enter past weeks as a list")),
        BotCommand("import", t.plain("Bring in a file that /export wrote")),
    ]
    rest = [
        BotCommand("settings", t.plain("How this club is set up")),
        BotCommand("export", t.plain("Take the data along")),
        BotCommand("privacy", t.plain("What I keep, and for how long")),
        BotCommand("mydata", t.plain("What I know of you")),
        BotCommand("forget_me", t.plain("Have me forget you")),
        BotCommand("language", t.plain("Choose the language I speak to you")),
        BotCommand("help", t.plain("What this is and how it works")),
    ]
    mine = [BotCommand("digest", t.plain("Your clubs' digests in private"))]
    return (
        (BotCommandScopeAllPrivateChats(), [*everyone, *mine, *rest]),
        (BotCommandScopeAllGroupChats(), [*everyone, *club, *rest]),
        (BotCommandScopeAllChatAdministrators(), [*everyone, *club, *admins, *rest]),
    )
