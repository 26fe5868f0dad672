"""Keeping a club's schedule: of every kind that is on, exactly one occurrence lies ahead."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from domain.clubs import Picking
from domain.isoweek import IsoWeek
from domain.schedule import PostKind, PostState

if TYPE_CHECKING:
    from datetime import datetime

    from domain.clubs import Club
    from domain.ports import UnitOfWork
    from domain.schedule import Post

GRACE = timedelta(minutes=10)
"""An occurrence that a changed time or zone puts into the past comes so much later than the change: neither
is it left out, nor is a week revealed while an admin is still choosing the hour."""

MAKE_UP = 8
"""Weeks for which digests are made up for after the bot was down."""


async def keep(tx: UnitOfWork, club: Club, now: datetime) -> None:
    """Bring the schedule in line with the club's settings: withdraw, move, and put on it what is missing.

    What was ever sent, skipped or claimed stays as it is, so no change repeats an occurrence; what is due
    already is left to come. A kind that is new on the schedule begins with its next time: times that are past
    this week stay past.
    """
    wanted, current = kinds(club), club.week(now)
    standing = {post.kind: post for post in await tx.posts.of_club(club.id)}
    anew = {kind: current for kind in wanted if kind not in standing}
    for kind, post in standing.items():
        if post.state is not PostState.DUE:
            continue
        unwanted = kind not in wanted or _held(club, kind, post.week, now)
        if unwanted or (post.due_at > now and _due(club, kind, post.week, now) > now):
            anew[kind] = min(post.week, current)
        elif post.due_at > now + GRACE:
            await tx.posts.reschedule(post.id, now + GRACE)
    if anew:
        await tx.posts.withdraw(club.id, tuple(anew))
    for kind in wanted:
        if kind in anew:
            await _begin(tx, club, kind, anew[kind], now)


async def go_on(tx: UnitOfWork, club: Club, settled: Post, now: datetime) -> None:
    """Put the occurrence after a settled one on the schedule, even where its time has come meanwhile.

    Weeks that are over are left out, but for those whose picks wait for their digest.
    """
    kind, current = settled.kind, club.week(now)
    if kind not in kinds(club):
        return
    week = settled.week.next()
    if week < current:
        week = await _waiting(tx, club, week, current) if kind is PostKind.DIGEST else current
    while _held(club, kind, week, now) or not await _ensure(tx, club, kind, week, now):
        week = week.next()


def kinds(club: Club) -> tuple[PostKind, ...]:
    """What a club's schedule has on."""
    settings = club.settings
    return tuple(
        kind
        for kind in PostKind
        if settings.schedule.of(kind).on
        and (kind is not PostKind.HANDOVER or settings.picking is Picking.TURNS)
    )


async def _begin(tx: UnitOfWork, club: Club, kind: PostKind, week: IsoWeek, now: datetime) -> None:
    latest = await tx.posts.latest(club.id, kind)
    if latest is not None and latest.week >= week:
        week = latest.week.next()
    while _due(club, kind, week, now) <= now or _held(club, kind, week, now):
        week = week.next()
    await _ensure(tx, club, kind, week, now)


async def _waiting(tx: UnitOfWork, club: Club, week: IsoWeek, current: IsoWeek) -> IsoWeek:
    """The first week from `week` on with picks, `MAKE_UP` weeks back at most; `current` where none has."""
    earliest = current
    for _ in range(MAKE_UP):
        earliest = earliest.previous()
    week = max(week, earliest)
    while week < current:
        found = await tx.weeks.at(club.id, week)
        if found is not None and await tx.weeks.picks(found.id):
            break
        week = week.next()
    return week


def _held(club: Club, kind: PostKind, week: IsoWeek, now: datetime) -> bool:
    """Whether the club's pause leaves an occurrence out; a digest only waits, since it reveals its week."""
    return kind is not PostKind.DIGEST and _paused(club, _own_time(club, kind, week), now)


def _due(club: Club, kind: PostKind, week: IsoWeek, now: datetime) -> datetime:
    """When an occurrence comes: a digest that falls into a pause at its hour on the first day on again."""
    due, until = _own_time(club, kind, week), club.settings.paused_until
    if kind is not PostKind.DIGEST or until is None or not _paused(club, due, now):
        return due
    year, number, day = until.isocalendar()
    timing = replace(club.settings.schedule.of(kind), day=day)
    return timing.due(IsoWeek(year, number), club.settings.zone)


def _own_time(club: Club, kind: PostKind, week: IsoWeek) -> datetime:
    return club.settings.schedule.of(kind).due(week, club.settings.zone)


def _paused(club: Club, moment: datetime, now: datetime) -> bool:
    until = club.settings.paused_until
    return until is not None and club.day(now) < until and club.day(moment) < until


async def _ensure(tx: UnitOfWork, club: Club, kind: PostKind, week: IsoWeek, now: datetime) -> bool:
    return await tx.posts.ensure(club.id, kind, week, _due(club, kind, week, now))
