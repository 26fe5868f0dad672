"""What a club sees of a pick's scores, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from domain.clubs import Member, User
from domain.isoweek import IsoWeek
from domain.weeks import Answer, Pick, Tally, Week, tally
from domain.works import Kind, Work

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HEAT = Work(1, Kind.MOVIE, "Heat", 1995)


def member(number: int, *, left: bool = False, nameless: bool = False) -> Member:
    user = User(number, 100 + number, f"Friend {number}")
    return Member(user, NOW, left=NOW if left else None, nameless=nameless)


ANA, BEN, CLEO = member(1), member(2), member(3)
GONE = member(4, left=True, nameless=True)
ROSTER = (ANA, BEN, CLEO)
PICK = Pick(9, Week(1, 1, IsoWeek(2026, 10)), Kind.MOVIE, 0, HEAT, ANA.user, NOW)
REVEALED = replace(PICK, revealed_at=NOW)

ANSWERS = (
    Answer(ANA, 9, absent=False, take="Coffee."),
    Answer(BEN, None, absent=True),
    Answer(CLEO, 4, absent=False),
)


def test_a_blind_club_sees_the_count_alone() -> None:
    assert tally(PICK, ROSTER, ANSWERS, blind=True) == Tally(answered=3, roster=3)


def test_an_open_club_sees_average_and_spread_at_once_but_not_who_said_what() -> None:
    assert tally(PICK, ROSTER, ANSWERS, blind=False) == Tally(3, 3, average=6.5, lowest=4, highest=9)


def test_after_the_reveal_everybody_sees_everything() -> None:
    expected = Tally(3, 3, average=6.5, lowest=4, highest=9, answers=ANSWERS)
    assert tally(REVEALED, ROSTER, ANSWERS, blind=True) == expected
    assert tally(REVEALED, ROSTER, ANSWERS, blind=False) == expected


def test_who_did_not_watch_has_answered_and_does_not_pull_the_average() -> None:
    counted = tally(REVEALED, ROSTER, ANSWERS[1:], blind=True)
    assert (counted.answered, counted.average) == (2, 4.0)


def test_an_old_score_of_somebody_who_then_did_not_watch_does_not_count() -> None:
    counted = tally(REVEALED, ROSTER, (Answer(ANA, 9, absent=True), Answer(BEN, 4, absent=False)), blind=True)
    assert (counted.answered, counted.average, counted.highest) == (2, 4.0, 4)


def test_nobody_watched() -> None:
    answers = tuple(Answer(who, None, absent=True) for who in ROSTER)
    assert tally(REVEALED, ROSTER, answers, blind=True) == Tally(3, 3, answers=answers)


def test_a_past_members_score_stays_in_the_average_and_out_of_the_count() -> None:
    answers = (Answer(ANA, 10, absent=False), Answer(GONE, 2, absent=False))
    counted = tally(REVEALED, ROSTER, answers, blind=True)
    assert (counted.answered, counted.roster, counted.average) == (1, 3, 6.0)
    assert counted.answers == answers


SOMEBODY = st.builds(member, st.integers(1, 12), left=st.booleans(), nameless=st.booleans())
SAID = st.lists(
    st.builds(Answer, SOMEBODY, st.none() | st.integers(1, 10), absent=st.booleans()),
    unique_by=lambda answer: answer.member.user.id,
).map(tuple)


@given(SAID, st.booleans(), st.booleans())
def test_a_tally_adds_up(answers: tuple[Answer, ...], blind: bool, revealed: bool) -> None:
    roster = tuple(answer.member for answer in answers if answer.member.active)
    counted = tally(REVEALED if revealed else PICK, roster, answers, blind=blind)
    assert 0 <= counted.answered == counted.roster == len(roster)
    if counted.average is not None:
        assert counted.lowest is not None
        assert counted.highest is not None
        assert 1 <= counted.lowest <= counted.average <= counted.highest <= 10
    if blind and not revealed:
        assert (counted.average, counted.lowest, counted.highest, counted.answers) == (None, None, None, ())
