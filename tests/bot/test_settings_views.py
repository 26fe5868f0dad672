"""The settings' screens as values, at their limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.taps import ExpelTap, MemberTap, MoveTap, TimingTap, ZoneTap
from bot.texts import Texts
from bot.view import View
from bot.views import members, schedule, zones
from bot.views import settings as views
from domain.clubs import Member, Picking, Settings, User
from domain.schedule import PostKind, Schedule, Timing
from domain.zones import AREAS, names
from tests.bot.test_views import CLUB, ENGLISH, HOSTILE, LANGUAGES, LARGEST, NOW, assert_fits, texts_of


def on_roster(count: int, name: str = "Ana") -> tuple[Member, ...]:
    return tuple(
        Member(User(LARGEST - place, LARGEST, name), NOW, turn=place, away_until=NOW.date() + timedelta(9))
        for place in range(count)
    )


def zone_taps(view: View) -> list[ZoneTap]:
    return [button.tap for row in view.rows for button in row if isinstance(button.tap, ZoneTap)]


@pytest.mark.parametrize("t", LANGUAGES, ids=lambda t: t.language)
def test_every_screen_fits_into_a_message(t: Texts) -> None:
    turns = replace(CLUB, settings=Settings(picking=Picking.TURNS, thread=LARGEST, paused_until=date.max))
    for club in (CLUB, turns, replace(CLUB, private=True)):
        assert_fits(views.menu(t, club, NOW, roster=LARGEST, topics=True))
        assert_fits(views.paused(t, club.settings, NOW))
        assert_fits(views.topic(t, club.settings, None))
        assert_fits(schedule.posts(t, club))
        for kind in PostKind:
            assert_fits(schedule.post(t, club, kind, NOW))
        assert_fits(zones.areas(t, club.settings, NOW))
        assert_fits(zones.set_(t, club.settings, NOW))
        assert_fits(zones.several(t, club.settings, names()[:8]))


@pytest.mark.parametrize("t", LANGUAGES, ids=lambda t: t.language)
@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_no_name_breaks_a_screen(hostile: str, t: Texts) -> None:
    user, line = User(LARGEST, LARGEST, hostile), on_roster(200, hostile)
    for view in (
        members.roster(t, line),
        members.member(t, line, line[99], NOW.date()),
        members.removed(t, user, user),
        zones.ask(t, user),
        zones.unknown(t, hostile),
    ):
        assert_fits(view)


@pytest.mark.parametrize("t", LANGUAGES, ids=lambda t: t.language)
def test_the_pages_of_the_areas_hold_every_zone_once(t: Texts) -> None:
    shown: list[ZoneTap] = []
    for area in AREAS:
        page = 0
        while True:
            view = zones.cities(t, Settings(), area, page)
            assert_fits(view)
            shown += zone_taps(view)
            if "›" not in texts_of(view):
                break
            page += 1
        assert zones.cities(t, Settings(), area, page + 7) == view
    assert len(shown) == len(set(shown)) == len(names())


def test_a_posts_screen_marks_what_is_set_in_a_grid() -> None:
    club = replace(CLUB, settings=Settings(schedule=Schedule(digest=Timing(6, 21 * 60 + 30))))
    view = schedule.post(ENGLISH, club, PostKind.DIGEST, datetime(2026, 3, 7, 21, 30, tzinfo=UTC))
    assert [len(row) for row in view.rows] == [2, 4, 3, 6, 6, 6, 6, 2, 1]
    assert [text for text in texts_of(view) if text.startswith("✓")] == ["✓on", "✓Sat", "✓21", "✓:30"]
    assert view.rows[6][5].tap == TimingTap("digest", "hour", 23)
    assert "Next: Saturday, 7 March, 21:30." in view.text


def test_the_first_and_the_last_move_one_way_only() -> None:
    line = on_roster(3)
    moves = [
        [
            b.tap
            for row in members.member(ENGLISH, line, m, NOW.date()).rows
            for b in row
            if type(b.tap) is MoveTap
        ]
        for m in line
    ]
    assert [[tap.up for tap in taps] for taps in moves] == [[False], [True, False], [True]]


def test_somebody_alone_can_only_be_taken_off() -> None:
    line = on_roster(1)
    view = members.member(ENGLISH, line, line[0], NOW.date())
    assert next(type(button.tap) for row in view.rows for button in row) is ExpelTap
    assert "Away until 13 March." in view.text


def test_a_roster_of_hundreds_shows_as_many_as_fit() -> None:
    view = members.roster(ENGLISH, on_roster(200))
    assert sum(type(button.tap) is MemberTap for row in view.rows for button in row) == members.SHOWN
    assert "… and 120 more" in view.text
