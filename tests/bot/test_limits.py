"""However eagerly the bot speaks, Telegram's limits are kept."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.limits import (
    CHAT_BURST,
    CHAT_INTERVAL,
    FLOOD_MARGIN,
    GROUP_EDITS,
    GROUP_MESSAGES,
    GROUP_WINDOW,
    Limiter,
)

GROUP, OTHER_GROUP, ANA, BEN = -100, -200, 7, 8
TELEGRAMS_GROUP_MINUTE = 20
TELEGRAMS_SECOND = 30
ROUNDING = 1e-6


@dataclass
class Speaker:
    """Obeys a limiter: waits as long as it says before each message, and keeps when each went out."""

    limiter: Limiter = field(default_factory=Limiter)
    now: float = 1000.0
    sent: list[tuple[float, int, bool]] = field(default_factory=list)

    def say(self, chat_id: int, *, edit: bool = False) -> float:
        """Speak as soon as it is allowed; when that was."""
        while (wait := self.limiter.wait(chat_id, self.now, edit=edit)) > 0:
            self.now += wait
        self.now += self.limiter.take(chat_id, self.now)
        self.sent.append((self.now, chat_id, edit))
        return self.now

    def times(self, chat_id: int | None = None) -> list[float]:
        """When messages went to a chat, or to all."""
        return [at for at, chat, _ in self.sent if chat_id in {None, chat}]


def most_within(times: list[float], seconds: float) -> int:
    """The most moments in any half-open stretch of so many seconds."""
    return max(
        (sum(1 for at in times if start <= at < start + seconds - ROUNDING) for start in times), default=0
    )


def steps(*pauses: float, least: int = 0) -> st.SearchStrategy[list[tuple[int, bool, float]]]:
    """Whom to speak to, whether it is a refresh, and how long after the one before."""
    chats = st.sampled_from([GROUP, GROUP, OTHER_GROUP, ANA])
    return st.lists(
        st.tuples(chats, st.booleans(), st.sampled_from(pauses)), min_size=least, max_size=3 * GROUP_MESSAGES
    )


STEPS = st.one_of(
    steps(0.0, 0.01, 0.5, 1.0, 7.0, 59.9, 61.0, 3600.0), steps(0.0, 0.0, 0.3, 2.0, least=2 * GROUP_MESSAGES)
)


@given(STEPS)
def test_a_chat_hears_one_message_a_second_after_a_burst(story: list[tuple[int, bool, float]]) -> None:
    speaker = Speaker()
    for chat_id, edit, pause in story:
        speaker.now += pause
        speaker.say(chat_id, edit=edit)
    for chat_id in (GROUP, OTHER_GROUP, ANA, BEN):
        times = speaker.times(chat_id)
        for seconds in (1, 5, 30):
            assert most_within(times, seconds) <= CHAT_BURST - 1 + seconds / CHAT_INTERVAL


@given(STEPS)
def test_a_groups_minute_is_never_full(story: list[tuple[int, bool, float]]) -> None:
    speaker = Speaker()
    for chat_id, edit, pause in story:
        speaker.now += pause
        speaker.say(chat_id, edit=edit)
    for chat_id in (GROUP, OTHER_GROUP):
        assert most_within(speaker.times(chat_id), GROUP_WINDOW) <= GROUP_MESSAGES < TELEGRAMS_GROUP_MINUTE


@given(st.lists(st.tuples(st.integers(1, 500), st.sampled_from([0.0, 0.0, 0.01, 0.2, 2.0])), max_size=200))
def test_no_second_is_ever_full(steps: list[tuple[int, float]]) -> None:
    speaker = Speaker()
    for chat_id, pause in steps:
        speaker.now += pause
        speaker.say(chat_id)
    assert most_within(speaker.times(), 1.0) <= TELEGRAMS_SECOND


def test_many_chats_at_once_get_their_turns_one_after_the_other() -> None:
    limiter = Limiter()
    starts = [limiter.take(chat_id, 1000.0) for chat_id in range(1, 101)]
    assert starts == sorted(starts)
    assert most_within(starts, 1.0) <= TELEGRAMS_SECOND
    assert starts[-1] < 100 / 25


def test_an_idle_chat_hears_its_message_at_once() -> None:
    assert Limiter().wait(GROUP, 5.0, edit=False) == 0
    speaker = Speaker()
    speaker.say(GROUP)
    speaker.now += 3600
    assert speaker.limiter.wait(GROUP, speaker.now, edit=True) == 0


def test_three_messages_may_follow_at_once_and_the_fourth_waits_a_second() -> None:
    speaker = Speaker()
    first, *_, third, fourth = [speaker.say(ANA) for _ in range(4)]
    assert third - first < 0.2
    assert fourth - first == pytest.approx(1.0, abs=0.2)


def test_a_private_chat_has_no_minute() -> None:
    speaker = Speaker()
    for _ in range(40):
        speaker.say(ANA)
    assert speaker.now - 1000.0 < GROUP_WINDOW


def test_refreshes_leave_room_for_messages() -> None:
    speaker = Speaker()
    for _ in range(GROUP_EDITS):
        speaker.say(GROUP, edit=True)
    spoken_for = speaker.now - 1000.0
    assert speaker.limiter.wait(GROUP, speaker.now, edit=True) == pytest.approx(
        GROUP_WINDOW - spoken_for, abs=0.5
    )
    for _ in range(GROUP_MESSAGES - GROUP_EDITS):
        assert speaker.limiter.wait(GROUP, speaker.now, edit=False) <= CHAT_INTERVAL
        speaker.say(GROUP)
    assert speaker.limiter.wait(GROUP, speaker.now, edit=False) > CHAT_INTERVAL


def test_messages_count_against_refreshes_too() -> None:
    speaker = Speaker()
    for _ in range(GROUP_EDITS):
        speaker.say(GROUP)
    assert speaker.limiter.wait(GROUP, speaker.now, edit=True) > 40


@given(STEPS)
def test_no_refresh_goes_out_into_a_minute_that_is_more_than_half_full(
    story: list[tuple[int, bool, float]],
) -> None:
    speaker = Speaker()
    for chat_id, edit, pause in story:
        speaker.now += pause
        speaker.say(chat_id, edit=edit)
    for at, chat_id, edit in speaker.sent:
        if edit and chat_id < 0:
            before = [
                other
                for other in speaker.times(chat_id)
                if at - GROUP_WINDOW + ROUNDING < other < at - ROUNDING
            ]
            assert len(before) < GROUP_EDITS


def test_a_pause_holds_its_own_chat_only() -> None:
    limiter = Limiter()
    limiter.pause(GROUP, 1000.0, 30.0)
    assert limiter.wait(GROUP, 1000.0, edit=False) == pytest.approx(30.0 + FLOOD_MARGIN)
    assert limiter.wait(GROUP, 1029.0, edit=True) == pytest.approx(1.0 + FLOOD_MARGIN)
    assert limiter.wait(GROUP, 1031.0, edit=False) == 0
    assert limiter.wait(OTHER_GROUP, 1000.0, edit=False) == 0
    assert limiter.wait(ANA, 1000.0, edit=False) == 0


def test_a_shorter_pause_does_not_end_a_longer_one() -> None:
    limiter = Limiter()
    limiter.pause(GROUP, 1000.0, 30.0)
    limiter.pause(GROUP, 1001.0, 1.0)
    assert limiter.wait(GROUP, 1002.0, edit=False) > 27


def test_a_message_does_not_end_a_pause() -> None:
    limiter = Limiter()
    limiter.pause(GROUP, 1000.0, 30.0)
    limiter.take(GROUP, 1000.0)
    assert limiter.wait(GROUP, 1001.0, edit=False) > 28


@given(STEPS, st.data())
def test_forgetting_idle_chats_changes_nothing_anybody_notices(
    story: list[tuple[int, bool, float]], data: st.DataObject
) -> None:
    keeps, forgets = Speaker(), Speaker()
    for chat_id, edit, pause in story:
        for speaker in (keeps, forgets):
            speaker.now += pause
        if data.draw(st.booleans()):
            forgets.limiter.forget_idle(forgets.now)
        if data.draw(st.integers(0, 9)) == 0:
            for speaker in (keeps, forgets):
                speaker.limiter.pause(chat_id, speaker.now, 200.0)
        assert keeps.say(chat_id, edit=edit) == pytest.approx(forgets.say(chat_id, edit=edit))


def test_idle_chats_are_forgotten() -> None:
    speaker = Speaker()
    for chat_id in range(1, 50):
        speaker.say(chat_id)
    speaker.limiter.pause(GROUP, speaker.now, 300.0)
    speaker.limiter.forget_idle(speaker.now + 100.0)
    assert set(speaker.limiter._chats) == {GROUP}
