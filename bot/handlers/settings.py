"""What a person and a club can set."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.handlers import members
from bot.taps import BadTap
from bot.views import members as roster_views
from bot.views import schedule as schedule_views
from bot.views import settings as views
from bot.views import zones as zone_views
from domain.clubs import Picking
from domain.schedule import pause
from domain.scores import Scale

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from bot.context import Context
    from bot.taps import LanguageTap, SetTap, SettingsTap
    from bot.texts import Texts
    from bot.view import View
    from domain.clubs import Club, Settings


async def language(ctx: Context) -> None:
    """/language: the person's own."""
    ctx.say(views.language(ctx.me, tuple(ctx.languages.texts), ctx.user.language))


async def speak(ctx: Context, tap: LanguageTap) -> None:
    """The person chose a language."""
    chosen = None if tap.language == views.AUTO else ctx.languages.code(tap.language)
    user = await ctx.services.clubs.speak(ctx.user, chosen)
    me = ctx.languages.match(user.language, user.spoken, ctx.club.settings.language)
    ctx.toast(me.plain("I'll speak {language} to you.", language=me.language_name(me.language)))
    if ctx.club.private:
        ctx.edit(views.language(me, tuple(ctx.languages.texts), chosen))


async def settings(ctx: Context) -> None:
    """/settings: the club's; everyone sees them."""
    ctx.say(await _screen(ctx, ctx.t, ctx.club, views.MENU))


async def choices(ctx: Context, tap: SettingsTap) -> None:
    """One setting's choices, or all settings."""
    ctx.edit(await _screen(ctx, ctx.t, ctx.club, tap.setting))


async def set_(ctx: Context, tap: SetTap) -> None:
    """An admin chose a value."""
    changed = _changed(ctx, tap)
    club = await ctx.services.clubs.change(ctx.club, changed, admin=await ctx.is_admin())
    ctx.edit(await _screen(ctx, ctx.languages.match(club.settings.language), club, tap.setting))


async def _screen(ctx: Context, t: Texts, club: Club, setting: str) -> View:
    """What a setting's button opens; all settings for one that there is not."""
    clubs, settings = ctx.services.clubs, club.settings
    local = clubs.local_time(club)
    match setting:
        case choice if choice in views.CHOICES:
            view = views.choices(t, settings, choice, tuple(ctx.languages.texts))
        case "zone":
            view = zone_views.areas(t, settings, local)
        case "posts":
            view = schedule_views.posts(t, club)
        case "pause":
            view = views.paused(t, settings, local)
        case "topic":
            view = views.topic(t, settings, ctx.thread)
        case "roster":
            view = roster_views.roster(t, await members.line(ctx))
        case _:
            roster = len(await clubs.roster(club))
            view = views.menu(t, club, local, roster=roster, topics=bool(ctx.chat.is_forum))
    return view


def _changed(ctx: Context, tap: SetTap) -> Settings:
    settings = ctx.club.settings
    match tap.setting, tap.value:
        case choice, value if value in _options(ctx, choice):
            changed = replace(settings, **{choice: _READ[choice](value)})
        case "pause", "0":
            changed = replace(settings, paused_until=None)
        case "pause", weeks if weeks in map(str, views.PAUSES):
            today = ctx.services.clubs.local_time(ctx.club).date()
            changed = replace(settings, paused_until=pause(today, int(weeks)))
        case "topic", views.GENERAL:
            changed = replace(settings, thread=None)
        case "topic", views.HERE if ctx.thread is not None:
            changed = replace(settings, thread=ctx.thread)
        case _:
            raise BadTap(tap.wire())
    return changed


def _options(ctx: Context, setting: str) -> Collection[str]:
    return ctx.languages.texts if setting == "language" else views.CHOICES.get(setting, ())


_READ: dict[str, Callable[[str], Any]] = {
    "language": str,
    "scale": Scale,
    "blind": "yes".__eq__,
    "movies": int,
    "albums": int,
    "picking": Picking,
    "copy": "yes".__eq__,
}
"""What the words of a choice's tap mean."""
