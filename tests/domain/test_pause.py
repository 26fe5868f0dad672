"""A club's pause."""

from __future__ import annotations

from datetime import date

import pytest

from domain.schedule import pause


@pytest.mark.parametrize(
    ("today", "weeks", "until"),
    [
        (date(2026, 3, 2), 1, date(2026, 3, 9)),  # a Monday
        (date(2026, 3, 5), 1, date(2026, 3, 9)),  # a Thursday
        (date(2026, 3, 6), 1, date(2026, 3, 16)),  # a Friday
        (date(2026, 3, 8), 2, date(2026, 3, 23)),  # a Sunday
        (date(2026, 12, 20), 2, date(2027, 1, 4)),
    ],
)
def test_a_pause_ends_on_the_nearest_monday(today: date, weeks: int, until: date) -> None:
    assert pause(today, weeks) == until
    assert until.isoweekday() == 1
