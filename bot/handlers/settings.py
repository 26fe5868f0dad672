"""What a person and a club can set."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.taps import BadTap
from bot.views import settings as views
from domain.scores import Scale

if TYPE_CHECKING:
    from bot.context import Context
    from bot.taps import LanguageTap, SetTap, SettingsTap
    from domain.clubs import Settings


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
    ctx.say(views.menu(ctx.t, ctx.club.settings))


async def choices(ctx: Context, tap: SettingsTap) -> None:
    """One setting's choices, or all settings."""
    if tap.setting in views.CHOICES:
        ctx.edit(views.choices(ctx.t, ctx.club.settings, tap.setting, tuple(ctx.languages.texts)))
    else:
        ctx.edit(views.menu(ctx.t, ctx.club.settings))


async def set_(ctx: Context, tap: SetTap) -> None:
    """An admin chose a value."""
    changed = _changed(ctx.club.settings, tap, tuple(ctx.languages.texts))
    club = await ctx.services.clubs.change(ctx.club, changed, admin=await ctx.is_admin())
    t = ctx.languages.match(club.settings.language)
    ctx.edit(views.choices(t, club.settings, tap.setting, tuple(ctx.languages.texts)))


def _changed(settings: Settings, tap: SetTap, languages: tuple[str, ...]) -> Settings:
    match tap.setting, tap.value:
        case "language", code if code in languages:
            return replace(settings, language=code)
        case "scale", scale if scale in set(Scale):
            return replace(settings, scale=Scale(scale))
        case "blind", "yes" | "no" as answer:
            return replace(settings, blind=answer == "yes")
        case "movies", "0" | "1" | "2" as count:
            return replace(settings, movies=int(count))
        case "albums", "0" | "1" | "2" as count:
            return replace(settings, albums=int(count))
        case _:
            raise BadTap(tap.wire())
