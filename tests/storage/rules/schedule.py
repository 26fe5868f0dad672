"""The model's schedule: of every kind that is on, one occurrence lies ahead (decision 10)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from domain.schedule import PostKind
from tests.storage.rules.state import Post

if TYPE_CHECKING:
    from domain.isoweek import IsoWeek
    from tests.storage.rules.state import Club

AFTER_A_CHANGE = timedelta(minutes=10)
WEEKS_BACK = 8


def kinds(club: Club) -> list[PostKind]:
    """What is on: turns pass on only where they are taken."""
    return [
        kind for kind in PostKind if club.times[kind][2] and (club.turns or kind is not PostKind.HANDOVER)
    ]


def keep(club: Club, now: datetime) -> None:
    """Follow changed settings; what was ever claimed stays, what is due already comes."""
    opened = {
        kind: (iso, post) for (kind, iso), post in club.posts.items() if post.state in {"due", "sending"}
    }
    for kind in PostKind:
        first = club.week(now)
        if kind in opened:
            iso, post = opened[kind]
            if post.state == "sending":
                continue
            moved = due(club, kind, iso, now)
            off = kind not in kinds(club) or held(club, kind, iso, now)
            if not off and (post.due <= now or moved <= now):
                # Its new time is past: it comes soon after the change, unless it was to come sooner.
                post.due = min(post.due, now + AFTER_A_CHANGE)
                continue
            del club.posts[kind, iso]
            first = min(first, iso)
        if kind in kinds(club):
            _begin(club, kind, first, now)


def go_on(club: Club, kind: PostKind, settled: IsoWeek, now: datetime) -> None:
    """After an occurrence comes the next; of weeks that are over only digests of those with picks."""
    if kind not in kinds(club):
        return
    week, current = settled.next(), club.week(now)
    if week < current:
        week = max(week, _back(current)) if kind is PostKind.DIGEST else current
        while week < current and not club.standing(week):
            week = week.next()
    while held(club, kind, week, now) or (kind, week) in club.posts:
        week = week.next()
    club.posts[kind, week] = Post(due(club, kind, week, now))


def _begin(club: Club, kind: PostKind, week: IsoWeek, now: datetime) -> None:
    """The first time that is still ahead, in no week that the kind had already."""
    had = [iso for other, iso in club.posts if other is kind]
    if had and max(had) >= week:
        week = max(had).next()
    while due(club, kind, week, now) <= now or held(club, kind, week, now):
        week = week.next()
    club.posts[kind, week] = Post(due(club, kind, week, now))


def due(club: Club, kind: PostKind, week: IsoWeek, now: datetime) -> datetime:
    """When it comes: a digest that falls into a pause on the first day on again, at its hour."""
    day, hour, _ = club.times[kind]
    moment = club.moment(week, day, hour)
    if kind is PostKind.DIGEST and club.paused_until is not None and _paused(club, moment, now):
        year, number, weekday = club.paused_until.isocalendar()
        return club.moment(type(week)(year, number), weekday, hour)
    return moment


def held(club: Club, kind: PostKind, week: IsoWeek, now: datetime) -> bool:
    """Whether the pause leaves it out."""
    day, hour, _ = club.times[kind]
    return kind is not PostKind.DIGEST and _paused(club, club.moment(week, day, hour), now)


def _paused(club: Club, moment: datetime, now: datetime) -> bool:
    until = club.paused_until
    return until is not None and club.day(now) < until and club.day(moment) < until


def _back(week: IsoWeek) -> IsoWeek:
    for _ in range(WEEKS_BACK):
        week = week.previous()
    return week
