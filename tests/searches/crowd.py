"""Many people who search at one moment: what that costs the catalogue, and how long each of them waits."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from integrations.sandbox.catalogues import load_albums
from integrations.sandbox.telegram.views import view
from tests.e2e.world import running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from integrations.sandbox.telegram import MessageView, Person
    from integrations.sandbox.telegram.world import Event
    from tests.e2e.world import World

LONGEST_TITLE = 40
LATEST = "kind of blue"


@dataclass(frozen=True, slots=True)
class Crowd:
    """What became of people who searched for albums at once. All times are seconds of the clock since then.

    `served` says when hits came, in order; `told` what else was said to those who waited. `asked` are the
    moments MusicBrainz was asked at; `toast` is how long somebody who scored a pick waited for the answer.
    """

    served: tuple[float, ...]
    told: tuple[str, ...]
    asked: tuple[float, ...]
    toast: float


async def crowd(folder: Path, people: int, *, together: bool = False, equal: bool = False) -> Crowd:
    """So many people search: `together` in one group or each in private, `equal` words or each their own.

    Meanwhile somebody scores a pick, in that group where there is one.
    """
    async with running(folder) as world:
        await world.found_club()
        card = await world.pick(world.ana, "/movie heat 1995", "Heat (1995)")
        searching = [
            world.telegram.create_person(f"P{number}", language_code="en") for number in range(people)
        ]
        for person in searching:
            if together:
                person.join(world.group)
            else:
                person.start_bot()
        await world.settle()
        await world.clock.advance(120)
        await world.settle()
        return await _search(world, searching, card, together=together, equal=equal)


async def _search(
    world: World, searching: list[Person], card: MessageView, *, together: bool, equal: bool
) -> Crowd:
    began, asked_before = world.clock.monotonic(), len(world.catalogues.calls)
    served: list[float] = []
    told: list[str] = []

    def watch(event: Event) -> None:
        if event.kind == "message" and (seen := view(event.data)).sender_id == world.telegram.bot.id:
            if any((row[0].callback_data or "").startswith("o:") for row in seen.buttons):
                served.append(world.clock.monotonic() - began)
            elif seen.id != card.id:
                told.append(seen.text)

    stop = world.telegram.subscribe(watch)
    for person, words in zip(searching, _queries(), strict=False):
        person.write(world.group if together else person.private, f"/album {LATEST if equal else words}")
    await world.clock.advance(0.5)
    press = world.ben.press(card, "4")
    await world.settle()
    stop()
    now = world.clock.now() - timedelta(seconds=world.clock.monotonic() - began)
    asked = [
        (call.at - now).total_seconds()
        for call in world.catalogues.calls[asked_before:]
        if call.service == "musicbrainz"
    ]
    toast = (press.answered_at if press.answered_at is not None else math.inf) - press.pressed_at
    return Crowd(tuple(served), tuple(told), tuple(asked), toast)


def _queries() -> Iterator[str]:
    """Words that find an album each."""
    for album in load_albums():
        if len(album.title) < LONGEST_TITLE and album.releases > 1:
            yield f"{album.credit} {album.title}"
