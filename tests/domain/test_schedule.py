"""A time of the week comes once a week, wherever a club lives and whatever its clocks do."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.isoweek import IsoWeek
from domain.schedule import PostKind, Schedule, Timing

ZONES = sorted(available_timezones())
FIRST, LAST = IsoWeek(2017, 1), IsoWeek(2026, 53)
TIMINGS = st.builds(Timing, st.integers(1, 7), st.integers(0, 24 * 60 - 1))


def weeks() -> list[IsoWeek]:
    """All of ten years."""
    found = [FIRST]
    while found[-1] != LAST:
        found.append(found[-1].next())
    return found


WEEKS = weeks()


def test_there_are_zones_enough_to_mean_something() -> None:
    assert len(ZONES) >= 400


@pytest.mark.proof
@pytest.mark.parametrize("letter", sorted({zone[0] for zone in ZONES}))
def test_every_zone_has_every_time_once_a_week_for_ten_years(letter: str) -> None:
    """The times are drawn, but the same in every run; half of them lie in the hours in which clocks jump."""
    for name in (zone for zone in ZONES if zone[0] == letter):
        chance, zone = random.Random(name), ZoneInfo(name)
        for _ in range(2):
            minute = chance.choice([chance.randrange(4 * 60), chance.randrange(24 * 60)])
            timing = Timing(chance.randint(1, 7), minute)
            moments = [timing.due(week, zone) for week in WEEKS]
            for week, before, moment in zip(WEEKS[1:], moments, moments[1:], strict=False):
                assert before < moment, (name, week)
                check(timing, week, zone, moment)


@given(TIMINGS, st.sampled_from(WEEKS), st.sampled_from(ZONES))
def test_it_comes_on_its_day_or_at_the_first_moment_after_a_gap(
    timing: Timing, week: IsoWeek, name: str
) -> None:
    zone = ZoneInfo(name)
    check(timing, week, zone, timing.due(week, zone))


def check(timing: Timing, week: IsoWeek, zone: ZoneInfo, moment: datetime) -> None:
    """The clocks show the time and never did before; or they jump over it at that very moment."""
    assert moment.tzinfo is UTC
    day = date.fromisocalendar(week.year, week.week, timing.day)
    wanted = datetime(day.year, day.month, day.day) + timedelta(minutes=timing.minute)  # noqa: DTZ001
    shown = moment.astimezone(zone).replace(tzinfo=None, fold=0)
    second_before = (moment - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None, fold=0)
    if shown == wanted:
        hours_before = (moment - timedelta(hours=3)).astimezone(zone).replace(tzinfo=None, fold=0)
        assert hours_before < wanted
        assert moment.astimezone(zone).fold == 0
    else:
        assert second_before < wanted < shown


def test_a_day_that_an_island_left_out_comes_at_the_next_one() -> None:
    """Samoa had no 30 December 2011, a Friday."""
    apia = ZoneInfo("Pacific/Apia")
    due = Timing(5, 18 * 60).due(IsoWeek(2011, 52), apia)
    assert due.astimezone(apia) == datetime(2011, 12, 31, tzinfo=apia)


def test_a_gap_moves_the_time_to_its_end_and_a_repeated_hour_counts_once() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    half_past_two = Timing(7, 2 * 60 + 30)
    assert half_past_two.due(IsoWeek(2026, 13), berlin) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert half_past_two.due(IsoWeek(2026, 43), berlin) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(("day", "minute"), [(0, 0), (8, 0), (1, -1), (1, 24 * 60)])
def test_there_are_no_other_times_in_a_week(day: int, minute: int) -> None:
    with pytest.raises(ValueError, match="no such time"):
        Timing(day, minute)


def test_every_kind_has_its_time() -> None:
    assert [Schedule().of(kind) for kind in PostKind] == [
        Timing(1, 540),
        Timing(2, 1080),
        Timing(3, 1080),
        Timing(5, 1080),
        Timing(7, 1200),
    ]


def test_a_club_of_one_has_nothing_on_but_the_digest() -> None:
    assert [kind for kind in PostKind if Schedule.of_one().of(kind).on] == [PostKind.DIGEST]
