"""What searches find, what they cost the catalogues, and how long many who search at once wait.

The quality is that of 200 labelled searches (`tests/searches`), through the real clients: those put to
recorded data are measured where it is, the others everywhere. Costs and waits are the whole bot's, on the
sandbox and its clock, so that they are the same on every machine.
"""

from __future__ import annotations

import re
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from bot.metrics import Standing
from domain.works import Kind
from tests.benchmarks.figures import RATIO, Figure
from tests.e2e.world import running
from tests.searches.crowd import crowd
from tests.searches.searching import CONTESTED, RECORDED, available, mistyped, quality, search_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from integrations.sandbox.telegram import MessageView
    from tests.e2e.world import World
    from tests.searches.searching import Outcome

PEOPLE = 50
"""Who search at once (issue 6)."""
REQUESTS = re.compile(rb"catalogue_calls_total\{.*\} ([0-9.]+)")
PATHS = {"movie": ("/movie heat", "Heat (1995)"), "album": ("/album nevermind", "Nirvana – Nevermind")}


async def measure() -> Sequence[Figure]:
    """All of it."""
    return [*await _quality(), *await _costs(), *await _waits()]


async def _quality() -> Iterable[Figure]:
    outcomes = await search_all(available())
    real = [one for one in outcomes if one.label.catalogue in RECORDED]
    found = [*_found("sandbox", [one for one in outcomes if one.label.catalogue not in RECORDED])]
    if not real:
        print("search: the recorded data is not on this machine; 137 of the 200 searches are left out")
        return found
    slips = await mistyped(240)
    return [
        *_found("recorded", real),
        *found,
        *_found("all 200", outcomes),
        Figure(
            f"search: {slips.searches} known films, a letter missing: first", 100 * slips.first, "%", "higher"
        ),
    ]


def _found(where: str, outcomes: Sequence[Outcome]) -> Iterable[Figure]:
    ours, theirs = quality([one.ours for one in outcomes]), quality([one.theirs for one in outcomes])
    plain = quality([one.plain for one in outcomes])
    contested = quality([one.ours for one in outcomes if one.label.way in CONTESTED])
    yield Figure(f"search, {where}: mean reciprocal rank", ours.mrr, "", "higher")
    yield Figure(f"search, {where}: the meant work first", 100 * ours.first, "%", "higher")
    yield Figure(f"search, {where}: on the first page", 100 * ours.page, "%", "higher")
    yield Figure(f"search, {where}: the well-known work first", 100 * contested.first, "%", "higher")
    yield Figure(f"search, {where}: MRR over the catalogue's order", ours.mrr / theirs.mrr, RATIO, "higher")
    yield Figure(f"search, {where}: MRR over the words as typed", ours.mrr / plain.mrr, RATIO, "higher")
    yield Figure(f"search, {where}: firsts over the catalogue's", ours.first / theirs.first, RATIO, "higher")
    yield Figure(
        f"search, {where}: firsts over the words as typed", ours.first / plain.first, RATIO, "higher"
    )
    for kind in Kind:
        asked = [one.requests for one in outcomes if one.label.kind is kind]
        yield Figure(f"search, {where}: requests per search, {kind}s", sum(asked) / len(asked), RATIO)


async def _costs() -> Iterable[Figure]:
    figures = []
    for kind, (command, title) in PATHS.items():
        with tempfile.TemporaryDirectory() as folder:
            async with running(Path(folder)) as world:
                await world.found_club()
                figures += [
                    Figure(f"requests, {kind}: {step}", count, "requests")
                    for step, count in await _path(world, command, title)
                ]
    return figures


async def _path(world: World, command: str, title: str) -> Sequence[tuple[str, int]]:
    """What somebody does from a search to a pick, and how many requests each step made."""
    asked = 0
    costs: list[tuple[str, int]] = []

    def note(step: str) -> None:
        nonlocal asked
        before, asked = asked, _asked(world)
        costs.append((step, asked - before))

    hits = await world.ask(world.ana, command)
    note("search")
    name, words = command.split()
    await world.ask(world.ben, f"{name} {words.title()}")
    note("the same search by somebody else")
    broad = await world.ask(world.ana, f"{name} the")
    note("a search with more hits than a page")
    await world.press(world.ana, broad, "More ›")
    note("its next page")
    await world.press(world.ana, hits, title)
    note("open a hit")
    await world.press(world.ana, hits, "Pick")
    note("pick it")
    again: MessageView = await world.ask(world.ben, command)
    await world.press(world.ben, again, title)
    note("search and open it again")
    return costs


def _asked(world: World) -> int:
    nothing = Standing(outgoing=0, posts_due=0, database_bytes=0, backup_age=None)
    text = world.app.metrics.render(nothing)
    return int(sum(float(count) for count in REQUESTS.findall(text)))


async def _waits() -> Iterable[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        apart = await crowd(Path(folder), PEOPLE)
    with tempfile.TemporaryDirectory() as folder:
        equal = await crowd(Path(folder), PEOPLE, equal=True)
    with tempfile.TemporaryDirectory() as folder:
        together = await crowd(Path(folder), PEOPLE, together=True)
    crowds = {"in private": apart, "equal words": equal, "in one group": together}
    figures = [
        Figure(f"{PEOPLE} search at once, {where}: {what}", value, unit)
        for where, one in crowds.items()
        for what, value, unit in (
            ("served", len(one.served), "people"),
            ("requests to MusicBrainz", len(one.asked), "requests"),
            ("wait of the last", one.served[-1], "s"),
            ("wait of a score tapped meanwhile", 1000 * one.toast, "ms"),
        )
    ]
    gap = min(later - earlier for earlier, later in pairwise(apart.asked))
    return [
        *figures,
        Figure(f"{PEOPLE} search at once: shortest time between requests", gap, "s", "higher", target=1.0),
        Figure(f"{PEOPLE} search at once: told that they wait", len(apart.told), "people"),
        # The least is a second for each, less the first: MusicBrainz's own limit.
        Figure(
            f"{PEOPLE} search at once: last over the least possible", apart.served[-1] / (PEOPLE - 1), RATIO
        ),
        Figure(f"{PEOPLE} search at once: requests over searches", len(apart.asked) / PEOPLE, RATIO),
        Figure(f"{PEOPLE} equal searches at once: requests", len(equal.asked), RATIO),
    ]
