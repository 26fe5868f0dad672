"""Weeks as ISO 8601 counts them, wherever a club lives."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.isoweek import IsoWeek

LONG_YEARS = (1998, 2004, 2009, 2015, 2020, 2026, 2032, 2037, 2043, 2048)

DAYS = st.dates(min_value=date(1900, 1, 8), max_value=date(2999, 12, 20))
MOMENTS = st.integers(min_value=604_800, max_value=7_258_118_400).map(
    lambda s: datetime.fromtimestamp(s, UTC)
)
ZONES = st.sampled_from(
    ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Pacific/Apia", "Europe/Berlin", "Asia/Kathmandu", "UTC"]
).map(ZoneInfo)


def week_of(day: date) -> IsoWeek:
    return IsoWeek.at(datetime(day.year, day.month, day.day, 12, tzinfo=UTC), UTC)


WEEKS = DAYS.map(week_of)


@pytest.mark.parametrize("year", LONG_YEARS)
def test_a_long_year_has_a_week_53(year: int) -> None:
    assert IsoWeek(year, 52).next() == IsoWeek(year, 53)
    assert IsoWeek(year, 53).next() == IsoWeek(year + 1, 1)
    assert IsoWeek(year + 1, 1).previous() == IsoWeek(year, 53)


@pytest.mark.parametrize("year", [year for year in range(1998, 2049) if year not in LONG_YEARS])
def test_every_other_year_ends_with_week_52(year: int) -> None:
    assert IsoWeek(year, 52).next() == IsoWeek(year + 1, 1)
    with pytest.raises(ValueError, match="53"):
        IsoWeek(year, 53)


@pytest.mark.parametrize(("year", "week"), [(2026, 0), (2026, 54), (2026, -1), (0, 1), (10_000, 1)])
def test_there_is_no_such_week(year: int, week: int) -> None:
    with pytest.raises(ValueError, match=r"(?i)week|year"):
        IsoWeek(year, week)


@given(WEEKS)
def test_next_and_previous_undo_each_other(week: IsoWeek) -> None:
    assert week.next().previous() == week == week.previous().next()
    assert week.previous() < week < week.next()
    assert week.next().monday - week.monday == timedelta(days=7)


@given(WEEKS)
def test_a_week_begins_on_monday_and_holds_its_years_thursday(week: IsoWeek) -> None:
    assert week.monday.isoweekday() == 1
    assert (week.monday + timedelta(days=3)).year == week.year


@given(DAYS)
def test_a_day_is_in_its_week(day: date) -> None:
    week = week_of(day)
    assert timedelta(0) <= day - week.monday < timedelta(days=7)


@given(WEEKS)
def test_what_is_written_is_read(week: IsoWeek) -> None:
    assert IsoWeek.parse(str(week)) == week


@given(WEEKS, WEEKS)
def test_weeks_sort_as_their_names_do(one: IsoWeek, other: IsoWeek) -> None:
    assert (one < other) == (str(one) < str(other))


@pytest.mark.parametrize(
    "text",
    ["", "2026-W7", "2026W07", "2026-W07 ", "2026-W54", "2025-W53", "0000-W01", "26-W07", "２０２６-W０７"],
)
def test_nothing_else_is_read(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        IsoWeek.parse(text)


@given(MOMENTS, ZONES)
def test_the_week_is_that_of_the_calendar_on_the_wall(moment: datetime, zone: ZoneInfo) -> None:
    wall = moment.astimezone(zone).date()
    week = IsoWeek.at(moment, zone)
    assert week.monday <= wall < week.next().monday


def test_the_same_moment_is_in_different_weeks_on_both_sides_of_the_date_line() -> None:
    # Sunday noon in Greenwich: Monday already on Kiritimati (+14), still Sunday on Pago Pago (-11).
    moment = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    assert IsoWeek.at(moment, ZoneInfo("Pacific/Kiritimati")) == IsoWeek(2026, 10)
    assert IsoWeek.at(moment, ZoneInfo("Pacific/Pago_Pago")) == IsoWeek(2026, 9)


def test_new_year_can_belong_to_the_old_years_last_week() -> None:
    moment = datetime(2027, 1, 3, 10, 0, tzinfo=UTC)
    assert IsoWeek.at(moment, ZoneInfo("Pacific/Kiritimati")) == IsoWeek(2027, 1)
    assert IsoWeek.at(moment, ZoneInfo("Pacific/Pago_Pago")) == IsoWeek(2026, 53)


@given(MOMENTS)
def test_zones_are_never_more_than_a_week_apart(moment: datetime) -> None:
    east = IsoWeek.at(moment, ZoneInfo("Pacific/Kiritimati"))
    west = IsoWeek.at(moment, ZoneInfo("Pacific/Pago_Pago"))
    assert east in {west, west.next()}
