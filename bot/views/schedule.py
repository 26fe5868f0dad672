"""When a club's posts come, as settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.taps import PostTap, SettingsTap, TimingTap
from bot.view import Button, View
from bot.views.common import grid
from bot.views.settings import back, heading, kinds, name
from domain.schedule import PostKind

if TYPE_CHECKING:
    from datetime import datetime

    from bot.texts import Html, Texts
    from domain.clubs import Club
    from domain.schedule import Timing

DAYS_A_ROW, HOURS_A_ROW = 4, 6
"""More would not fit a phone."""

DAY, HOUR, MINUTE, ON = "day", "hour", "minute", "on"


def posts(t: Texts, club: Club) -> View:
    """Every kind of post and when it comes."""
    rows = tuple(
        (Button(f"{post_name(t, kind)}: {_when(t, club.settings.schedule.of(kind))}", PostTap(kind.value)),)
        for kind in kinds(club)
    )
    text = heading(t, name(t, "posts")) + "\n" + t("What I post by myself each week, in the club's time.")
    return View(text, (*rows, back(t)))


def post(t: Texts, club: Club, kind: PostKind, due: datetime | None) -> View:
    """One kind of post: whether, on which day, and when. `due` is when it comes next, if it does."""
    timing = club.settings.schedule.of(kind)
    lines: list[str] = [heading(t, post_name(t, kind)), _about(t, kind)]
    if due is not None:
        local = due.astimezone(club.settings.zone)
        lines.append(t("Next: {moment}.", moment=t.moment(local)))
    hour, minute = divmod(timing.minute, 60)
    days = [_part(kind, DAY, day, timing.day, t.weekday(day, short=True)) for day in range(1, 8)]
    hours = [_part(kind, HOUR, value, hour, str(value)) for value in range(24)]
    minutes = [_part(kind, MINUTE, value, minute, f":{value:02}") for value in (0, 30)]
    switch = [
        _part(kind, ON, 1, int(timing.on), t.plain("on")),
        _part(kind, ON, 0, int(timing.on), t.plain("off")),
    ]
    to_posts = (Button("‹ " + name(t, "posts"), SettingsTap("posts")),)
    return View(
        "\n".join(lines),
        (
            tuple(switch),
            *grid(days, DAYS_A_ROW),
            *grid(hours, HOURS_A_ROW),
            tuple(minutes),
            to_posts,
        ),
    )


def post_name(t: Texts, kind: PostKind) -> str:
    """What a kind of post is called."""
    return {
        PostKind.NEW_WEEK: t.plain("New week"),
        PostKind.PICK_REMINDER: t.plain("Reminder to pick"),
        PostKind.HANDOVER: t.plain("Turn passes on"),
        PostKind.SCORE_REMINDER: t.plain("Reminder to score"),
        PostKind.DIGEST: t.plain("Reveal and digest"),
    }[kind]


def _about(t: Texts, kind: PostKind) -> Html:
    return {
        PostKind.NEW_WEEK: t("Whose turn it is, and how last week went."),
        PostKind.PICK_REMINDER: t("Only while something is still to be picked."),
        PostKind.HANDOVER: t("If nothing is picked by then, the next in line takes the week."),
        PostKind.SCORE_REMINDER: t("Names those who haven't answered yet, and nobody else."),
        PostKind.DIGEST: t("Shows everybody's scores, in one picture and one message."),
    }[kind]


def _when(t: Texts, timing: Timing) -> str:
    if not timing.on:
        return t.plain("off")
    return f"{t.weekday(timing.day, short=True)} {t.time(timing.minute)}"


def _part(kind: PostKind, part: str, value: int, current: int, text: str) -> Button:
    return Button(f"✓{text}" if value == current else text, TimingTap(kind.value, part, value))
