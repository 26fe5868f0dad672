"""Which backups are kept, and when the next one is due."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.backups import RECENT, Backup, Reason, Retention, last_due, rehearsed_this_week
from tests.proofs import repeats

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [ZoneInfo(name) for name in ("UTC", "Europe/Berlin", "Pacific/Apia", "America/St_Johns")]


def made(at: datetime, mark: str = "", reason: Reason = Reason.DAILY) -> Backup:
    return Backup(f"{at:%Y%m%dT%H%M%S}{mark}", at, reason, 1)


def daily(days: int, until: datetime = NOW) -> list[Backup]:
    return [made(until - timedelta(days=number)) for number in range(days)]


def kept(policy: Retention, backups: list[Backup], verified: Backup | None = None) -> list[Backup]:
    gone = policy.spare(backups, verified, NOW, BERLIN)
    return [backup for backup in backups if backup not in gone]


def test_a_year_of_days_leaves_days_then_weeks_then_months() -> None:
    left = kept(Retention(), daily(400))
    days = [backup.made_at.astimezone(BERLIN).date() for backup in left]
    assert days[:14] == [date(2026, 3, 2) - timedelta(days=number) for number in range(14)]
    assert {date(2026, 2, 15) - timedelta(weeks=number) for number in range(5)} <= set(days[14:])
    assert {date(2026, 1, 31), date(2025, 12, 31), date(2025, 11, 30)} <= set(days[14:])
    assert date(2025, 4, 30) in days
    assert date(2025, 3, 31) not in days
    assert len(days) == 14 + 5 + 10


def test_of_a_day_the_newest_stays_once_the_day_is_over() -> None:
    policy, morning, noon = Retention(days=14, weeks=0, months=0), made(NOW - timedelta(hours=9)), made(NOW)
    assert kept(policy, [morning, noon]) == [morning, noon]
    assert policy.spare([morning, noon], noon, NOW + timedelta(days=1), BERLIN) == (morning,)


def test_a_day_is_the_owners() -> None:
    late, later = (datetime(2026, 2, 28, hour, 30, tzinfo=UTC) for hour in (22, 23))
    assert len(kept(Retention(days=14, weeks=0, months=0), [made(late), made(later)])) == 2


def test_days_without_a_backup_do_not_count() -> None:
    old = [made(NOW - timedelta(days=100 + number)) for number in range(5)]
    assert kept(Retention(days=6, weeks=0, months=0), [*old, made(NOW)]) == [*old, made(NOW)]


def test_the_newest_whole_one_stays_however_old_it_is() -> None:
    backups = daily(40)
    whole = backups[33]
    assert kept(Retention(days=2, weeks=0, months=0), backups, whole) == [*backups[:2], whole]


def test_what_a_wrong_clock_made_takes_no_others_place_and_stays_until_its_time() -> None:
    ahead = [made(NOW + timedelta(days=number)) for number in range(1, 30)]
    backups = [*ahead, *daily(20)]
    assert kept(Retention(days=3, weeks=0, months=0), backups) == [*ahead, *daily(3)]


@pytest.mark.parametrize("numbers", [(0, 0, 0), (-1, 8, 12), (14, -8, 12), (14, 8, -1)])
def test_a_policy_that_keeps_nothing_is_refused(numbers: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match=r"none|negative"):
        Retention(*numbers)


def test_a_bot_that_runs_for_years_always_has_the_days_weeks_and_months_behind_it() -> None:
    policy, there, day = Retention(), list[Backup](), datetime(2024, 1, 1, 3, tzinfo=UTC)
    for _ in range(800):
        there.append(made(day))
        gone = policy.spare(there, there[-1], day, ZoneInfo("UTC"))
        there = [backup for backup in there if backup not in gone]
        day += timedelta(days=1)
    days = {backup.made_at.date() for backup in there}
    last = (day - timedelta(days=1)).date()
    assert {last - timedelta(days=number) for number in range(14)} <= days
    assert len({d.isocalendar()[:2] for d in days if d > last - timedelta(weeks=7)}) == 8
    assert len({(d.year, d.month) for d in days}) >= 12
    assert len(days) <= 14 + 8 + 12


def check_history(chance: random.Random) -> None:
    """One random history of backups, wrong clocks and damage, against what retention promises."""
    now = NOW + timedelta(minutes=chance.randrange(60 * 24 * 400))
    zone = chance.choice(ZONES)
    span = chance.choice([3, 40, 400, 2000])
    backups = [
        made(
            now - timedelta(days=chance.uniform(-span / 10, span)),
            mark=str(number),
            reason=chance.choice(list(Reason)),
        )
        for number in range(chance.choice([0, 1, 2, 10, 60]))
    ]
    chance.shuffle(backups)
    past = sorted((b for b in backups if b.made_at <= now), key=lambda b: b.made_at)
    whole = [backup for backup in past if chance.random() < 0.7]
    verified = whole[-1] if whole else None
    numbers = [chance.choice([0, 0, 1, 2, 8, 14, 500]) for _ in range(3)]
    if not any(numbers):
        numbers[chance.randrange(3)] = 1
    policy = Retention(*numbers)

    gone = policy.spare(backups, verified, now, zone)
    left = [backup for backup in backups if backup not in gone]

    assert set(gone) <= set(past)
    assert len(set(gone)) == len(gone)
    assert list(gone) == sorted(gone, key=lambda b: b.made_at)
    if past:
        assert past[-1] in left
    if verified is not None:
        assert verified in left
    assert policy.spare(left, verified, now, zone) == ()
    left_past = [backup for backup in left if backup.made_at <= now]
    recent = [backup for backup in past if backup.made_at > now - RECENT]
    assert set(recent) <= set(left)
    assert len(set(left_past) - set(recent)) <= sum(numbers) + 2
    for count, form in zip(numbers, ("%Y-%m-%d", "%G-%V", "%Y-%m"), strict=True):
        of = [backup.made_at.astimezone(zone).strftime(form) for backup in past]
        for period in sorted(set(of), reverse=True)[:count]:
            newest = max((b for b, p in zip(past, of, strict=True) if p == period), key=lambda b: b.made_at)
            assert newest in left


def test_what_retention_promises_holds_for_some_histories() -> None:
    for seed in range(300):
        check_history(random.Random(seed))


@pytest.mark.proof
def test_what_retention_promises_holds_for_any_history() -> None:
    for seed in range(1000, 1000 + repeats(1_000, 10_000)):
        check_history(random.Random(seed))


@given(st.integers(0, 20_000_000), st.sampled_from(ZONES))
def test_every_moment_has_a_latest_three_oclock(minute: int, zone: ZoneInfo) -> None:
    now = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    due = last_due(now, zone)
    assert due <= now < due + timedelta(hours=50)
    assert due.astimezone(zone).time() >= time(3)
    assert last_due(due, zone) == due
    assert last_due(due - timedelta(seconds=1), zone) < due


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-03-02T01:59:59+00:00", "2026-03-01T02:00:00+00:00"),
        ("2026-03-02T02:00:00+00:00", "2026-03-02T02:00:00+00:00"),
        ("2026-03-29T00:59:00+00:00", "2026-03-28T02:00:00+00:00"),
        ("2026-03-29T01:00:00+00:00", "2026-03-29T01:00:00+00:00"),
        ("2026-10-25T01:59:00+00:00", "2026-10-24T01:00:00+00:00"),
        ("2026-10-25T02:00:00+00:00", "2026-10-25T02:00:00+00:00"),
    ],
)
def test_three_oclock_is_the_owners_also_when_clocks_change(now: str, due: str) -> None:
    assert last_due(datetime.fromisoformat(now), BERLIN) == datetime.fromisoformat(due)


def test_a_weeks_first_daily_backup_is_told_from_the_rest() -> None:
    monday = datetime(2026, 3, 2, 2, tzinfo=UTC)
    before = made(monday - timedelta(days=1))
    assert not rehearsed_this_week([before], monday, BERLIN)
    assert not rehearsed_this_week([before, made(monday, reason=Reason.ASKED)], monday, BERLIN)
    assert not rehearsed_this_week([before, made(monday + timedelta(days=2))], monday, BERLIN)
    assert rehearsed_this_week([before, made(monday)], monday + timedelta(days=6), BERLIN)


def test_the_week_begins_where_the_owner_lives() -> None:
    just_after_midnight = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    tuesday = datetime(2026, 3, 3, 2, tzinfo=UTC)
    assert rehearsed_this_week([made(just_after_midnight)], tuesday, BERLIN)
    assert not rehearsed_this_week([made(just_after_midnight)], tuesday, ZoneInfo("UTC"))
