"""Everything that can be pressed or typed leads somewhere, and every menu tells the truth."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING

import pytest
from telegram import (
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
)

from bot import menus, routes, taps
from bot.handlers.weeks import CARD
from bot.texts import Languages, Texts
from domain.works import Kind
from tests.bot.scripted import Telegram
from tests.fakes import FakeClock

if TYPE_CHECKING:
    from telegram import BotCommand

LANGUAGES = Languages.load()
IN_GROUPS_ONLY = {"join", "leave", "roster", "turns"}
IN_PRIVATE_ONLY = {"digest"}
FOR_ADMINS = {"reveal", "backfill", "import"}
FOR_THE_OWNER = {"backup"}
"""In no menu: whoever runs the bot knows."""


def every_menu(t: Texts) -> list[list[BotCommand]]:
    return [commands for _, commands in menus.menus(t)]


def test_every_tap_leads_somewhere() -> None:
    assert set(routes.TAPS) == set(taps.TAPS)


def test_every_handler_waits_and_takes_what_it_is_given() -> None:
    for handler in [*routes.COMMANDS.values(), *routes.REPLIES.values(), routes.JOINED, routes.HINT]:
        assert inspect.iscoroutinefunction(handler)
        assert len(inspect.signature(handler).parameters) == 1
    for tap, tap_handler in [*routes.TAPS.items(), (tuple, routes.MIGRATED)]:
        assert inspect.iscoroutinefunction(tap_handler), tap
        assert len(inspect.signature(tap_handler).parameters) == 2, tap


def test_every_question_has_somebody_for_its_answer() -> None:
    assert {CARD, *(f"ask-{kind}" for kind in Kind)} <= set(routes.REPLIES)
    asked = set()
    for handler in routes.COMMANDS.values():
        module = inspect.getmodule(handler)
        assert module is not None
        asked |= set(re.findall(r'"(ask-[a-z]+)"', inspect.getsource(module)))
    assert asked
    assert asked <= set(routes.REPLIES)


@pytest.mark.parametrize("t", LANGUAGES.texts.values(), ids=lambda t: t.language)
def test_every_command_is_in_a_menu_and_every_menus_command_works(t: Texts) -> None:
    offered = {command.command for menu in every_menu(t) for command in menu}
    assert offered == set(routes.COMMANDS) - {"start"} - FOR_THE_OWNER


@pytest.mark.parametrize("t", LANGUAGES.texts.values(), ids=lambda t: t.language)
def test_menus_are_as_telegram_wants_them(t: Texts) -> None:
    for menu in every_menu(t):
        assert len(menu) <= 100
        assert len({command.command for command in menu}) == len(menu)
        for command in menu:
            assert re.fullmatch(r"[a-z0-9_]{1,32}", command.command)
            assert 1 <= len(command.description) <= 256
            assert command.description == command.description.strip()
            assert not set(command.description) & set("<>{}\n")


def test_a_private_chat_is_not_offered_a_roster() -> None:
    private, group, admins = ({command.command for command in menu} for menu in every_menu(LANGUAGES.match()))
    assert not private & IN_GROUPS_ONLY
    assert group == private - IN_PRIVATE_ONLY | IN_GROUPS_ONLY
    assert admins == group | FOR_ADMINS


async def test_menus_are_published_for_every_scope_and_language() -> None:
    telegram = Telegram(FakeClock())
    await menus.publish(telegram.bot(), LANGUAGES)
    published = [
        (call.params["scope"]["type"], call.params.get("language_code"))
        for call in telegram.of("setMyCommands")
    ]
    scopes = (
        BotCommandScopeAllPrivateChats(),
        BotCommandScopeAllGroupChats(),
        BotCommandScopeAllChatAdministrators(),
    )
    codes = [None if code == "en" else code for code in LANGUAGES.texts]
    assert sorted(published, key=str) == sorted(
        ((scope.type, code) for scope in scopes for code in codes), key=str
    )
    assert all(call.params["commands"] for call in telegram.calls)
