"""`bot init`: the token, checked live, and the owner, found by waiting for what they do on Telegram."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from telegram.constants import ChatType
from telegram.error import Conflict, InvalidToken, TelegramError

from bot.inbox import ALLOWED_UPDATES
from bot.request import LONG_POLL
from bot.settings import TOKEN_SHAPE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from telegram import Bot, Update, User

    from domain.clock import Clock

TRIES = 5
PAUSE = 2.0
"""Seconds until Telegram is asked again, while it has updates that we do not wait for."""

ENV, EXAMPLE = Path(".env"), Path(".env.example")


async def init(
    ask: Callable[[str], str],
    say: Callable[[str], None],
    connect: Callable[[str], Bot],
    clock: Clock,
) -> int:
    """Ask for the token without showing it, check it, and write `.env`; then wait for the first group.

    `connect` makes a bot of a token. Updates are only looked at, so that the bot's first start still gets
    them. The exit code.
    """
    bot = await _checked(ask, say, connect)
    if bot is None:
        return 1
    try:
        write(ENV, {"TELEGRAM_TOKEN": bot.token})
        say(f"It is @{bot.username}'s, and in {ENV} now, which only you can read.")
        say(f"Now add it to your group: https://t.me/{bot.username}?startgroup=start (Ctrl-C puts that off)")
        owner = await _first_group(bot, say, clock)
    except Conflict as error:
        say(f"Another program uses this token ({error.message}): stop it, then run this again.")
        return 1
    finally:
        await bot.shutdown()
    write(ENV, {"OWNER_ID": str(owner.id)})
    say(f"There it is. {owner.first_name} runs it, and hears of what matters: OWNER_ID is set.")
    say("Start it with: python3 start.py run")
    return 0


async def _checked(
    ask: Callable[[str], str], say: Callable[[str], None], connect: Callable[[str], Bot]
) -> Bot | None:
    """A bot whose token Telegram knows; None where there was none to be had."""
    for _ in range(TRIES):
        token = ask("The token that @BotFather gave you (it is not shown): ").strip()
        if TOKEN_SHAPE.fullmatch(token) is None:
            say("That is no token; it looks like 123456:ABC-DEF…")
            continue
        bot = connect(token)
        try:
            await bot.initialize()
        except InvalidToken:
            say("Telegram does not know this token.")
        except TelegramError as error:
            say(f"Telegram cannot be reached, so the token cannot be checked: {error.message}")
            await bot.shutdown()
            return None
        else:
            return bot
        await bot.shutdown()
    return None


async def _first_group(bot: Bot, say: Callable[[str], None], clock: Clock) -> User:
    """Whoever adds the bot to a group or speaks to it in one; or who pressed Start before that."""
    started: User | None = None
    while True:
        updates = await bot.get_updates(timeout=LONG_POLL, allowed_updates=ALLOWED_UPDATES)
        for update in updates:
            person = _person(update)
            if person is None or update.effective_chat is None:
                continue
            if update.effective_chat.type != ChatType.PRIVATE:
                return started or person
            if started is None:
                started = person
                write(ENV, {"OWNER_ID": str(person.id)})
                say(f"Hello, {person.first_name}. OWNER_ID is set to you; the group is still missing.")
        if updates:
            await clock.sleep(PAUSE)


def _person(update: Update) -> User | None:
    """Who did something that shows the bot is there for them; None for a bot and for being removed."""
    change = update.my_chat_member
    if change is not None and change.new_chat_member.status in {"left", "kicked"}:
        return None
    person = update.effective_user
    return None if person is None or person.is_bot else person


def write(path: Path, values: Mapping[str, str]) -> None:
    """Set variables in a settings file for its owner's eyes alone; every other line stays as it is.

    A new file begins as `.env.example`, where that is at hand. The file changes at once or not at all.
    """
    source = path if path.exists() else EXAMPLE
    text = source.read_text(encoding="utf-8") if source.exists() else ""
    for name, value in values.items():
        line = f"{name}={value}"
        text, found = re.subn(rf"^\s*(export\s+)?{name}\s*=.*$", line, text, flags=re.MULTILINE)
        if not found:
            text = f"{text.rstrip()}\n{line}\n".lstrip()
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # mkstemp: 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
