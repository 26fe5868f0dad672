"""Trouble on order: what the next calls of a method shall suffer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from .wire import JsonObject, Refusal, flooded

Predicate = Callable[[JsonObject], bool]


@dataclass(slots=True, eq=False)
class Order:
    """One order. `times` is how many calls it still strikes: None for all, 0 for one that is over."""

    method: str
    kind: Literal["refuse", "delay", "drop_before", "drop_after"]
    times: int | None
    when: Predicate | None
    refusal: Refusal | None = None
    seconds: float = 0.0
    timed_out: bool = False
    name: str = ""


@dataclass(slots=True)
class Faults:
    """Orders, used up in the order given; `when` sees the decoded parameters.

    `method` may be `*`, or begin a name, as in `send*`, and there may be several with `|` between them.
    """

    _orders: list[Order] = field(default_factory=list)

    def fail(
        self,
        method: str,
        status: int,
        description: str,
        *,
        times: int | None = 1,
        when: Predicate | None = None,
    ) -> Order:
        """Answer with this status and description, without effect."""
        return self._add(Order(method, "refuse", times, when, Refusal(status, description)))

    def flood(
        self, method: str, retry_after: int, *, times: int | None = 1, when: Predicate | None = None
    ) -> Order:
        """Answer 429, without effect."""
        return self._add(Order(method, "refuse", times, when, flooded(retry_after)))

    def delay(
        self, method: str, seconds: float, *, times: int | None = 1, when: Predicate | None = None
    ) -> Order:
        """Let the answer wait so many seconds of the clock; the call takes effect after them."""
        return self._add(Order(method, "delay", times, when, seconds=seconds))

    def drop_before(self, method: str, *, times: int | None = 1, when: Predicate | None = None) -> Order:
        """Break the connection before the call takes effect."""
        return self._add(Order(method, "drop_before", times, when))

    def drop_after(
        self,
        method: str,
        *,
        times: int | None = 1,
        timed_out: bool = False,
        when: Predicate | None = None,
    ) -> Order:
        """Let the call take effect, then break the connection (or let the client's read time out)."""
        return self._add(Order(method, "drop_after", times, when, timed_out=timed_out))

    def clear(self) -> None:
        """Cancel everything ordered and not used up."""
        self._orders.clear()

    def take(self, method: str, params: JsonObject) -> list[Order]:
        """The orders that strike this call: any delays first in line, then at most one of the others."""
        struck = []
        self._orders = [order for order in self._orders if order.times != 0]
        for order in self._orders:
            if not _means(order.method, method) or (order.when and not order.when(params)):
                continue
            if order.times is not None:
                order.times -= 1
            struck.append(order)
            if order.kind != "delay":
                break
        return struck

    def _add(self, order: Order) -> Order:
        self._orders.append(order)
        return order


def _means(ordered: str, method: str) -> bool:
    return any(
        method.startswith(one.removesuffix("*")) if one.endswith("*") else method == one
        for one in ordered.split("|")
    )
