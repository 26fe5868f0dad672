"""How often the database is asked: a bounded number of times, however many people and picks there are."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from integrations.sandbox.telegram import MessageView
    from tests.e2e.world import World

ONE_TAP = 18
"""Statements from the press to the card that shows it: 3 for the update, 2 for who and where, 7 for the
score, 2 for which cards to bring up to date, 4 for the card."""


@contextmanager
def statements(world: World) -> Iterator[list[str]]:
    """The SQL that is run meanwhile."""
    seen: list[str] = []

    def note(_: object, __: object, statement: str, *___: Any) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    engines = [world.app.database._engines.reader.sync_engine, world.app.database._engines.writer.sync_engine]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield seen
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


async def fewest(world: World, card: MessageView, *, week: bool) -> list[str]:
    """What is asked for Ben's tap on another score, and for `/week`, the least of a few times.

    On a busy machine the clock is moved while the bot is still at work, and the posts' loop asks, too.
    """
    asked = []
    for score in ("3", "3½", "2", "2½"):
        with statements(world) as seen:
            press = await world.press(world.ben, card, score)
            assert press.toast is not None
            assert press.toast.startswith(f"Recorded: {score}")
            if week:
                await world.ask(world.ana, "/week")
        asked.append(seen)
    return min(asked, key=len)


async def test_a_score_and_a_card_cost_the_same_for_few_and_for_many(club: World) -> None:
    menu = await club.ask(club.ana, "/settings")
    await club.press(club.ana, menu, "Albums")
    await club.press(club.ana, menu, "2")
    card = await club.pick(club.ana, "/movie heat 1995", "Heat (1995)")
    await club.press(club.ben, card, "4")
    few = await fewest(club, card, week=True)

    await club.pick(club.ana, "/album kind of blue", "Kind of Blue (1959)")
    card = await club.pick(club.ana, "/album abbey road", "Abbey Road (1969)")
    for number in range(12):
        person = club.telegram.create_person(f"Person {number}", language_code="en")
        person.join(club.group)
        person.press(card, "3")
    await club.settle()
    many = await fewest(club, card, week=True)
    assert len(many) == len(few), "\n".join(many)


async def test_a_score_asks_the_database_a_bounded_number_of_times(club: World) -> None:
    await club.say(club.cleo, "/join")
    card = await club.pick(club.ana, "/movie heat 1995", "Heat (1995)")
    await club.press(club.ben, card, "4")
    asked = await fewest(club, card, week=False)
    assert len(asked) <= ONE_TAP, "\n".join(asked)
