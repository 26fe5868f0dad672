"""Ordered misbehaviour of the look-alike services, and the record of what was asked of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import httpx

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from domain.clock import Clock

Service = Literal["tmdb", "musicbrainz", "coverart", "omdb", "images"]
SERVICES: tuple[Service, ...] = ("tmdb", "musicbrainz", "coverart", "omdb", "images")

BUSY = '{"error": "The MusicBrainz web server is currently busy. Please try again later."}'
"""What MusicBrainz says when it sheds load (seen with `Retry-After: 0`)."""

_HTML = (
    "<!DOCTYPE html>\n<html><head><title>Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>\n"
)


@dataclass(frozen=True, slots=True)
class Call:
    """A request that reached a service; `query` is without keys, `status` None where no answer was given.

    `seconds` are of the clock; `fault` names the order that struck it; `agent` is who asked.
    """

    service: Service
    path: str
    query: Mapping[str, str]
    status: int | None
    at: datetime
    seconds: float
    method: str = "GET"
    fault: str | None = None
    agent: str = ""


@dataclass(slots=True, eq=False)
class Order:
    """One order. `times` is how many requests it still spoils: None for all, 0 for one that is over."""

    times: int | None
    delay: float = 0.0
    error: type[httpx.TransportError] | None = None
    answer: tuple[int, str, dict[str, str]] | None = None
    name: str = ""


@dataclass(slots=True)
class Faults:
    """Orders of faults per service, served first come, first served.

    Every order takes `times`: how many requests it spoils, None for all until `clear`. After an order that
    only delays comes the real answer.
    """

    clock: Clock
    _orders: dict[Service, list[Order]] = field(default_factory=dict)

    def refuse(self, service: Service, *, times: int | None = 1) -> Order:
        """No connection: httpx.ConnectError."""
        return self._add(service, Order(times, error=httpx.ConnectError))

    def time_out(self, service: Service, *, times: int | None = 1) -> Order:
        """The request is taken, the answer never comes: httpx.ReadTimeout."""
        return self._add(service, Order(times, error=httpx.ReadTimeout))

    def slow(self, service: Service, seconds: float, *, times: int | None = 1) -> Order:
        """The real answer, after so many seconds of the clock."""
        return self._add(service, Order(times, delay=seconds))

    def fail(
        self,
        service: Service,
        status: int = 503,
        body: str = "",
        headers: Mapping[str, str] | None = None,
        *,
        times: int | None = 1,
    ) -> Order:
        """Any answer at all."""
        return self._add(service, Order(times, answer=(status, body, dict(headers or {}))))

    def busy(self, service: Service = "musicbrainz", *, times: int | None = 1) -> Order:
        """Load shedding as MusicBrainz does it: 503 with `Retry-After: 0`."""
        return self.fail(
            service, 503, BUSY, {"Content-Type": "application/json", "Retry-After": "0"}, times=times
        )

    def too_many(self, service: Service, retry_after: int = 1, *, times: int | None = 1) -> Order:
        """429 with `Retry-After` in seconds."""
        body = (
            '{"status_code":25,"status_message":"Your request count (41) is over the allowed limit of 40."}'
        )
        return self.fail(
            service,
            429,
            body,
            {"Content-Type": "application/json", "Retry-After": str(retry_after)},
            times=times,
        )

    def invalid_json(self, service: Service, *, times: int | None = 1) -> Order:
        """200 and JSON that was cut off."""
        return self.fail(
            service,
            200,
            '{"page":1,"results":[{"title":"Hea',
            {"Content-Type": "application/json"},
            times=times,
        )

    def html(self, service: Service, status: int = 200, *, times: int | None = 1) -> Order:
        """A proxy's HTML page where JSON was asked for."""
        return self.fail(service, status, _HTML, {"Content-Type": "text/html; charset=utf-8"}, times=times)

    def limit(self, service: Service = "omdb", *, times: int | None = 1) -> Order:
        """The daily limit as OMDb says it: 401."""
        body = '{"Response":"False","Error":"Request limit reached!"}'
        return self.fail(service, 401, body, {"Content-Type": "application/json; charset=utf-8"}, times=times)

    def clear(self, service: Service | None = None) -> None:
        """Forget the orders of one service, or of all."""
        if service is None:
            self._orders.clear()
        else:
            self._orders.pop(service, None)

    async def strike(self, order: Order, service: Service, request: httpx.Request) -> httpx.Response | None:
        """Carry out an order: raise, wait or give its answer; None means answer as usual."""
        if order.delay:
            await self.clock.sleep(order.delay)
        if order.error is not None:
            raise order.error(f"{service} does not answer (ordered fault)", request=request)
        if order.answer is None:
            return None
        status, body, headers = order.answer
        return httpx.Response(status, headers=headers, content=body.encode(), request=request)

    def _add(self, service: Service, order: Order) -> Order:
        self._orders.setdefault(service, []).append(order)
        return order

    def take(self, service: Service) -> Order | None:
        """The order that strikes a service's next request."""
        order = next((order for order in self._orders.get(service, ()) if order.times != 0), None)
        if order is not None and order.times is not None:
            order.times -= 1
        return order
