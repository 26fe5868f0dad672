"""Who picks next: the roster as a queue, and what may happen to it.

The head is next. Whoever gets a week moves to the end, also when they take it over from somebody. Who is away
is passed over and keeps their place. Every function returns a permutation of the queue it was given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet


@dataclass(frozen=True, slots=True)
class Queue:
    """The roster by user id in the order of turns, nobody twice."""

    order: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(set(self.order)) != len(self.order):
            raise ValueError(f"somebody stands in the queue twice: {self.order}")

    def without(self, user: int) -> Queue:
        """The queue of all others."""
        return Queue(tuple(other for other in self.order if other != user))


def first(queue: Queue, away: AbstractSet[int]) -> int | None:
    """Who is next; None where everybody is away."""
    return next((user for user in queue.order if user not in away), None)


def take(queue: Queue, away: AbstractSet[int]) -> tuple[Queue, int | None]:
    """The next in line gets the week."""
    taker = first(queue, away)
    return (queue, None) if taker is None else (_to_end(queue, taker), taker)


def pass_on(queue: Queue, passer: int, away: AbstractSet[int]) -> tuple[Queue, int | None]:
    """The next in line takes the week; the passer is next but one, or next where nobody else waits."""
    rest, taker = take(queue.without(passer), away)
    if taker is None:
        return queue, None
    waiting = rest.without(taker).order
    ahead = next((place for place, user in enumerate(waiting) if user not in away), 0)
    order = (*waiting[: ahead + 1], passer, *waiting[ahead + 1 :])
    return Queue((*order, taker)), taker


def skip(queue: Queue, skipped: int, away: AbstractSet[int]) -> tuple[Queue, int | None]:
    """The next in line takes the week of somebody whose turn is over, and who goes to the end before them."""
    rest, taker = take(queue.without(skipped), away)
    if taker is None:
        return queue, None
    return Queue((*rest.without(taker).order, skipped, taker)), taker


def stand_in(queue: Queue, absent: int, away: AbstractSet[int]) -> tuple[Queue, int | None]:
    """The next in line takes the week of somebody who is away, and who is the first to be asked again."""
    rest, taker = take(queue.without(absent), away)
    return Queue((absent, *rest.order)), taker


def take_back(queue: Queue, previous: int, taker: int) -> Queue:
    """Undo a `skip` or a `stand_in`, so far that the same again has the same outcome."""
    rest = queue.without(taker).without(previous).order
    return Queue((taker, *rest, previous))


def hold(queue: Queue, holder: int) -> Queue:
    """The holder gets the next week too: once, for getting it moves them to the end."""
    return Queue((holder, *queue.without(holder).order))


def swap(queue: Queue, one: int, other: int) -> Queue:
    """Two exchange their places."""
    places = {one: other, other: one}
    return Queue(tuple(places.get(user, user) for user in queue.order))


def move(queue: Queue, user: int, steps: int) -> Queue:
    """Somebody goes up (negative) or down by so many places, at most to an end."""
    rest = queue.without(user).order
    place = max(0, min(len(rest), queue.order.index(user) + steps))
    return Queue((*rest[:place], user, *rest[place:]))


def _to_end(queue: Queue, user: int) -> Queue:
    return Queue((*queue.without(user).order, user))
