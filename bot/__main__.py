"""The command line: `python -m bot --help` lists its commands."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import os
import signal
import sys
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from bot import logs
from bot.settings import BadSettings, Settings, load
from domain.errors import DomainError
from domain.ports import AlreadyRunning, DatabaseUnreachable

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from telegram import Bot

    from bot.settings import Settings

GARBAGE = 50_000
"""Objects made and not dropped after which Python looks for circles among them; left to itself, 700."""
ALREADY_RUNNING = (
    "A bot is already running on this database: stop it first, or give this one its own DATABASE_URL."
)
DEMO_RUNNING = "A demo is already running in {}: stop it, or give this one its own --folder."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand; the exit code."""
    # What is imported stays: most of a start's garbage collections look through it in vain.
    gc.set_threshold(GARBAGE)
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command == "restore" and not (options.file or options.list or options.verify):
        parser.error("restore needs a FILE, --list or --verify")
    if options.command == "import" and (options.file is None) == (options.undo is None):
        parser.error("import needs either a FILE or --undo NUMBER")
    # Without it python-telegram-bot 22 warns of every flood control: its times will be timedeltas one day.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    if options.command in WITHOUT_SETTINGS:
        return WITHOUT_SETTINGS[options.command](options)
    try:
        settings = load()
        logs.configure(settings.log_level, settings.secrets(), as_json=settings.log_format == "json")
        return _until_stopped(COMMANDS[options.command](settings, options))
    except (BadSettings, DatabaseUnreachable) as error:
        wrong = f"DATABASE_URL: {error}" if isinstance(error, DatabaseUnreachable) else str(error)
        if options.command == "doctor":
            print(f"problem  settings: {wrong}")  # noqa: T201
            return 1
        print(wrong, file=sys.stderr)  # noqa: T201
        return 2
    except DomainError as error:
        from bot.backup_commands import sentence  # noqa: PLC0415 - only where something went wrong

        print(sentence(error), file=sys.stderr)  # noqa: T201
        return 1
    except AlreadyRunning:
        print(ALREADY_RUNNING, file=sys.stderr)  # noqa: T201
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bot", description="Wrong Opinions, a club for movies and albums.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="run the bot with the settings in .env")
    commands.add_parser("migrate", help="bring the database up to date and end; run does it, too")
    bring = commands.add_parser("import", help="bring a club's export in, or take one back")
    bring.add_argument("file", type=Path, nargs="?", help="what /export gave: the zip, or the JSON in it")
    bring.add_argument("--club", type=int, required=True, metavar="CHAT", help="the chat id of its group")
    bring.add_argument("--yes", action="store_true", help="store it without asking")
    bring.add_argument("--undo", type=int, metavar="NUMBER", help="take back an import of the last day")
    commands.add_parser("init", help="ask for the token, write .env, and wait for the first group")
    commands.add_parser("doctor", help="look for what is wrong, and say what to do; changes nothing")
    commands.add_parser(
        "health", help="ask the running bot whether it is alive, for a container's healthcheck"
    )
    backup = commands.add_parser("backup", help="make a backup and check it, also beside a running bot")
    backup.add_argument(
        "what", nargs="?", choices=["drill"], help="restore the newest on the side instead, and count"
    )
    backup.add_argument(
        "--dry-run", action="store_true", help="only say which older ones would be removed now"
    )
    restore = commands.add_parser("restore", help="put a backup in the place of the database")
    restore.add_argument("file", nargs="?", help="a backup's file, or its name in the list")
    restore.add_argument("--list", action="store_true", help="only list the backups there are, newest first")
    restore.add_argument("--verify", action="store_true", help="only check the file, or all there are")
    demo = commands.add_parser("demo", help="try the bot in the browser, without Telegram")
    demo.add_argument("--host", default="127.0.0.1", help="where the page is served (default %(default)s)")
    demo.add_argument("--port", type=int, help="the page's port (default 8080, or the folder's last one)")
    demo.add_argument(
        "--folder", type=Path, default=Path("data/demo"), help="where its world is kept (default %(default)s)"
    )
    demo.add_argument("--fresh", action="store_true", help="forget the kept world, begin a new one")
    demo.add_argument("--no-browser", action="store_true", help="print the address, open nothing")
    return parser


def _demo(options: argparse.Namespace) -> int:
    from bot.demo import CannotServe, Options, demo  # noqa: PLC0415 - needs packages that running the bot does not

    folder: Path = options.folder
    try:
        return _until_stopped(
            demo(Options(folder, options.host, options.port, options.fresh, not options.no_browser))
        )
    except AlreadyRunning:
        print(DEMO_RUNNING.format(folder), file=sys.stderr)  # noqa: T201
        return 1
    except CannotServe as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2


async def _run(settings: Settings, _: argparse.Namespace) -> int:
    from telegram.error import InvalidToken  # noqa: PLC0415 - keeps `--help` and wrong settings quick

    from bot.compose import App  # noqa: PLC0415 - as above

    app = App(settings)
    # Looking through what is there by now takes a fifth of a busy bot's time.
    gc.freeze()
    try:
        await app.run()
    except InvalidToken:
        print("TELEGRAM_TOKEN: Telegram refuses it; @BotFather shows the right one", file=sys.stderr)  # noqa: T201
        return 2
    return 0


async def _migrate(settings: Settings, _: argparse.Namespace) -> int:
    from bot.compose import App  # noqa: PLC0415 - as above

    await App(settings).migrate()
    return 0


async def _health(settings: Settings, _: argparse.Namespace) -> int:
    from bot.status import alive  # noqa: PLC0415 - as above

    if settings.health_port is None:
        raise BadSettings("HEALTH_PORT: is not set, so nothing can be asked")
    return 0 if await alive(settings.health_port) else 1


async def _backup(settings: Settings, options: argparse.Namespace) -> int:
    from bot.backup_commands import back_up  # noqa: PLC0415 - as above

    return await back_up(settings, options)


async def _restore(settings: Settings, options: argparse.Namespace) -> int:
    from bot.backup_commands import bring_back  # noqa: PLC0415 - as above

    return await bring_back(settings, options)


async def _import(settings: Settings, options: argparse.Namespace) -> int:
    from bot.import_command import bring_in  # noqa: PLC0415 - as above

    return await bring_in(settings, options)


def _init(_: argparse.Namespace) -> int:
    from bot.clock import SystemClock  # noqa: PLC0415 - as above
    from bot.init import init  # noqa: PLC0415 - as above
    from bot.metrics import Metrics  # noqa: PLC0415 - as above
    from bot.request import connect  # noqa: PLC0415 - as above

    clock = SystemClock()
    base_url = os.environ.get("TELEGRAM_BASE_URL") or str(Settings.model_fields["telegram_base_url"].default)
    logs.configure("ERROR", ())

    def bot_of(token: str) -> Bot:
        return connect(token, base_url.rstrip("/"), None, Metrics(clock))

    try:
        return _until_stopped(init(_ask_secretly, print, bot_of, clock))
    except (EOFError, KeyboardInterrupt):
        return 130


def _ask_secretly(question: str) -> str:
    """Ask at the terminal, where Ctrl-C has to end the waiting for a line."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return getpass(question)
    finally:
        signal.signal(signal.SIGINT, before)


async def _doctor(settings: Settings, _: argparse.Namespace) -> int:
    from bot.compose_doctor import examine  # noqa: PLC0415 - as above
    from bot.doctor import Level  # noqa: PLC0415 - as above

    findings = await examine(settings)
    print(*findings, sep="\n")  # noqa: T201
    return 1 if any(finding.level is Level.PROBLEM for finding in findings) else 0


WITHOUT_SETTINGS = {"demo": _demo, "init": _init}
COMMANDS = {
    "run": _run,
    "migrate": _migrate,
    "backup": _backup,
    "restore": _restore,
    "import": _import,
    "health": _health,
    "doctor": _doctor,
}


def _until_stopped(work: Coroutine[None, None, int]) -> int:
    """Run to the end, or until SIGINT or SIGTERM cancels it; then it cleans up and the exit code is 0."""

    async def run() -> int:
        task = asyncio.ensure_future(work)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            # Windows' event loops take no handlers; Ctrl-C arrives there as KeyboardInterrupt.
            with contextlib.suppress(NotImplementedError):
                loop.add_signal_handler(number, task.cancel)
        try:
            return await task
        except asyncio.CancelledError:
            return 0

    return asyncio.run(run())


if __name__ == "__main__":
    sys.exit(main())
