"""Whatever the Bot API allows to come in: nothing breaks, and no press stays without an answer."""

from __future__ import annotations

import os
import random
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from bot.limits import Limiter
from integrations.sandbox.telegram.flood import FloodLimits
from tests.e2e.fuzz import Fuzzer
from tests.e2e.world import World
from tests.proofs import repeats

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.world import Errors

BATCH = 100
OUR_FAULT = (
    "can't parse entities",
    "too long",
    "too_long",
    "is empty",
    "button_",
    "unsupported",
    "method not found",
)
"""In refusals: what no update can be blamed for."""


class Unlimited(Limiter):
    """Lets everything out at once, for a sandbox that lets everything in."""

    def wait(self, chat_id: int, now: float, *, edit: bool) -> float:
        """No wait."""
        return 0.0

    def take(self, chat_id: int, now: float) -> float:
        """No turn."""
        return 0.0


@pytest.mark.proof
async def test_no_update_breaks_anything(tmp_path: Path, errors: Errors, fixtures_dir: Path) -> None:
    (specification,) = (fixtures_dir / "telegram-bot-api").glob("*.json")
    seed = int(os.environ.get("FUZZ_SEED", random.SystemRandom().randrange(10**6)))
    print(f"FUZZ_SEED={seed} repeats these updates")  # noqa: T201 - shown when it fails
    world = World(tmp_path)
    world.telegram.world.flood.limits = FloodLimits(10**9, 10**9, 10**9)
    world.app.sender._limiter = Unlimited()
    await world.start()
    await world.found_club()
    await world.pick(world.ana, "/movie heat", "Heat (1995)")
    people = [person.user.json() for person in (world.ana, world.ben, world.cleo, world.olga)]
    people += [{"id": 10**9 + n, "is_bot": n == 0, "first_name": "Stranger"} for n in range(3)]
    chats = [world.group.json(), *(p.private.json() for p in (world.ana, world.ben))]
    chats += [
        {"id": -(10**6), "type": "group", "title": "Elsewhere"},
        {"id": -(10**12), "type": "supergroup", "title": "Far", "is_forum": True},
        {"id": -(10**12) - 1, "type": "channel", "title": "News"},
    ]
    fuzzer = Fuzzer.of(specification, random.Random(seed), chats, people)
    presses, kinds = set(), Counter[str]()
    total = repeats(1_000, 100_000)
    for _ in range(total // BATCH):
        for update in (fuzzer.update() for _ in range(BATCH)):
            (kind,) = update
            kinds[kind] += 1
            if kind == "callback_query":
                presses.add(update[kind]["id"])
            world.telegram.world.updates.put_raw(update)
        await world.settle()
        assert errors.messages == [], errors.messages[:1]
    answered = {
        call.params["callback_query_id"]
        for call in world.telegram.log
        if call.method == "answerCallbackQuery"
    }
    assert presses <= answered
    refused = Counter(
        call.body["description"] for call in world.telegram.log if call.status not in {200, None}
    )
    assert not [text for text in refused if any(fault in text.lower() for fault in OUR_FAULT)], refused
    assert world.telegram.world.complaints == []
    print(f"{total} updates: {dict(kinds)}; refused: {dict(refused)}")  # noqa: T201 - for `pytest -s`
    (answer,) = await world.say(world.ben, "/help")
    assert "/movie" in answer.text
    await world.stop()
