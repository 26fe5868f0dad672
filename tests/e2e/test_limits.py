"""What Telegram's limits allow, when everybody presses at once and when every club's digest is due at once.

The clock stands still while the bot works: a time here is one that the bot chose to wait.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest

from bot.jobs.posts import AT_ONCE
from bot.limits import GLOBAL_INTERVAL
from bot.send import REFRESH_INTERVAL
from domain.scores import Scale
from integrations.sandbox.telegram.flood import FloodLimits
from integrations.sandbox.telegram.views import view
from tests import fleet
from tests.e2e.weekly import at, until
from tests.proofs import repeats

if TYPE_CHECKING:
    from datetime import datetime

    from integrations.sandbox.telegram import Person, Press
    from tests.e2e.world import World

CROWD, RUSH = 200, 10.0
"""People, and the seconds in which all of them press."""
SUNDAY = at(8, 20)
SCALE = Scale.HALF_STARS


@pytest.mark.proof
async def test_two_hundred_friends_tap_one_card_in_ten_seconds(club: World) -> None:
    telegram, chance = club.telegram, Random(6)
    crowd = [club.ana, *(telegram.create_person(f"Friend {n}", language_code="en") for n in range(1, CROWD))]
    introduction = club.last()
    for person in crowd[1:]:
        person.join(club.group)
    for person in crowd:
        person.press(introduction, "I'm in")
    await club.settle()
    card = await club.pick(club.ana, "/movie heat 1995", "Heat (1995)")
    await club.clock.advance(60)
    # No burst at all: one message or edit a second.
    telegram.world.flood.limits = FloodLimits(burst=1)
    telegram.log.clear()
    scores = [chance.choice(SCALE.scores) for _ in crowd]
    began = club.clock.monotonic()

    async def tap(person: Person, score: int, moment: float) -> Press:
        await club.clock.sleep(moment)
        return person.press(card, SCALE.label(score))

    async def rush() -> list[Press]:
        taps = zip(crowd, scores, (chance.uniform(0, RUSH) for _ in crowd), strict=True)
        return await asyncio.gather(*(tap(*each) for each in taps))

    presses = await club.play(rush())
    assert [press.toast for press in presses] == [f"Recorded: {SCALE.label(score)}" for score in scores]
    assert all(press.answered_at == press.pressed_at for press in presses)
    calls = Counter(
        call.method for call in telegram.log if call.params.get("chat_id") in {None, card.chat_id}
    )
    assert calls.keys() == {"answerCallbackQuery", "editMessageText"}
    assert calls["answerCallbackQuery"] == CROWD
    assert calls["editMessageText"] <= 5
    assert not any(call.flooded for call in telegram.log)
    assert club.clock.monotonic() - began < RUSH + REFRESH_INTERVAL
    seen = club.now(card).text
    assert f"★ {sum(scores) / CROWD / 2:.1f} · ½–5 · {CROWD}/{CROWD} scored" in seen
    said = re.findall(r"(Ana|Friend \d+) ([\d½]+)[, ]", seen.splitlines()[-1])
    assert len(said) > 20
    given = {person.name: SCALE.label(score) for person, score in zip(crowd, scores, strict=True)}
    assert [given[name] for name, _ in said] == [label for _, label in said]


@pytest.mark.proof
async def test_a_fleet_of_digests_comes_in_order_at_telegrams_pace_and_no_tap_waits(club: World) -> None:
    telegram, count = club.telegram, repeats(150, 10_000)
    for command, hit in (
        ("/movie blade runner 1982", "Blade Runner (1982)"),
        ("/movie psycho 1960", "Psycho (1960)"),
        ("/album kind of blue", "Kind of Blue"),
    ):
        await club.press(club.ana, await club.ask(club.ana, command), hit)
    for person in (club.ana, club.ben):
        await club.say(person, "/join")
    card = await club.pick(club.ana, "/movie heat 1995", "Heat (1995)")
    berths = await fleet.groups(telegram, club.ana, count)
    await until(club, at(8, 19, 59))
    fleet.fill(club.settings.database_url, berths, club.clock.now(), SUNDAY)
    telegram.log.clear()

    async def evening() -> list[tuple[datetime, Press]]:
        """Ben scores every five seconds, which leaves room in the minute that Telegram allows his group."""
        await club.clock.sleep((SUNDAY - club.clock.now()).total_seconds())
        presses = []
        for number in range(2 + round(count * GLOBAL_INTERVAL / 5)):
            score = SCALE.label(SCALE.scores[number % len(SCALE.scores)])
            presses.append((club.clock.now(), club.ben.press(card, score)))
            await club.clock.sleep(5)
        return presses

    presses = await club.play(evening())
    assert all(press.answered_at == press.pressed_at for _, press in presses)
    refreshed = [call.at for call in telegram.log if call.params.get("message_id") == card.id]
    for pressed, _ in presses:
        assert any(timedelta(0) <= at - pressed < timedelta(seconds=0.1) for at in refreshed)

    digests = [call for call in telegram.log if call.method == "sendPhoto"]
    order = [call.params["chat_id"] for call in digests]
    assert Counter(order) == Counter([club.group.id, *(berth.chat.id for berth in berths)])
    place = {chat_id: number for number, chat_id in enumerate(order)}
    assert all(abs(place[berth.chat.id] - number) <= AT_ONCE for number, berth in enumerate(berths))
    # Nothing but the edits that taps bring about comes between them; the other cards follow.
    taken = (digests[-1].at - digests[0].at).total_seconds()
    assert taken < (count + len(refreshed)) * GLOBAL_INTERVAL * 1.02
    assert not any(call.flooded for call in telegram.log)
    for berth in berths:
        assert "4/4 scored" in view(telegram.chat(berth.chat.id).messages[berth.card]).text
