"""Trouble on order: what the next calls of a method shall suffer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from .wire import JsonObject, Refusal, flooded

Predicate = Callable[[JsonObject], bool]


@dataclass(slots=True)
class _Order:
    method: str
    kind: Literal["refuse", "delay", "drop_before", "drop_after"]
    times: int
    when: Predicate | None
    refusal: Refusal | None = None
    seconds: float = 0.0
    timed_out: bool = False


@dataclass(slots=True)
class Faults:
    """Orders, used up in the order given; `method` may be `*`, `when` sees the decoded parameters."""

    _orders: list[_Order] = field(default_factory=list)

    def fail(
        self, method: str, status: int, description: str, *, times: int = 1, when: Predicate | None = None
    ) -> None:
        """Answer with this status and description, without effect."""
        self._orders.append(_Order(method, "refuse", times, when, Refusal(status, description)))

    def flood(self, method: str, retry_after: int, *, times: int = 1, when: Predicate | None = None) -> None:
        """Answer 429, without effect."""
        self._orders.append(_Order(method, "refuse", times, when, flooded(retry_after)))

    def delay(self, method: str, seconds: float, *, times: int = 1, when: Predicate | None = None) -> None:
        """Let the answer wait so many seconds of the clock; the call takes effect after them."""
        self._orders.append(_Order(method, "delay", times, when, seconds=seconds))

    def drop_before(self, method: str, *, times: int = 1, when: Predicate | None = None) -> None:
        """Break the connection before the call takes effect."""
        self._orders.append(_Order(method, "drop_before", times, when))

    def drop_after(
        self, method: str, *, times: int = 1, timed_out: bool = False, when: Predicate | None = None
    ) -> None:
        """Let the call take effect, then break the connection (or let the client's read time out)."""
        self._orders.append(_Order(method, "drop_after", times, when, timed_out=timed_out))

    def clear(self) -> None:
        """Cancel everything ordered and not used up."""
        self._orders.clear()

    def take(self, method: str, params: JsonObject) -> list[_Order]:
        """The orders that strike this call: any delays first in line, then at most one of the others."""
        struck = []
        for order in list(self._orders):
            if order.method not in {method, "*"} or (order.when and not order.when(params)):
                continue
            order.times -= 1
            if order.times <= 0:
                self._orders.remove(order)
            struck.append(order)
            if order.kind != "delay":
                break
        return struck
