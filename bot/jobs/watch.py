"""Looks every minute whether something is the matter that the owner should know of."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Protocol

from bot.views import notices as views

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime

    from bot.metrics import Metrics
    from bot.owner import Owner
    from domain.clock import Clock
    from domain.works import Source

    Probe = Callable[[], Awaitable[str | None]]

LOW_DISK, ENOUGH_DISK = 200 * 2**20, 300 * 2**20
"""Bytes left on the database's disk: under the first it is nearly full, from the second on no longer."""

DOWN_AFTER = timedelta(hours=1)
"""How long a catalogue must have been down for the owner to hear of it (issue 5)."""

PROBE_EVERY = timedelta(minutes=10)
"""How often one that is down is asked whether it is back, should nobody else ask it."""


class Database(Protocol):
    """What is asked of the database."""

    async def free(self) -> int | None:
        """Bytes left on its disk; None where that is not ours to know."""


class Outages:
    """Since when catalogues are down: a `domain.ports.SourceWatch` that also passes on to the metrics."""

    def __init__(self, metrics: Metrics, clock: Clock) -> None:
        self._metrics = metrics
        self._clock = clock
        self.since: dict[Source, datetime] = {}

    def asked(self, source: Source, status: str) -> None:
        """One request ended."""
        self._metrics.asked(source, status)

    def answered(self, source: Source, origin: str) -> None:
        """A question was answered, by whatever."""
        self._metrics.answered(source, origin)
        if origin == "source":
            self.since.pop(source, None)
        elif origin != "cache":
            self.since.setdefault(source, self._clock.now())


class WatchJob:
    """The minutely look."""

    def __init__(
        self, owner: Owner, database: Database, outages: Outages, probes: Mapping[Source, Probe], clock: Clock
    ) -> None:
        """`probes` ask a catalogue whether it is there; what they return is why it is not."""
        self._owner = owner
        self._database = database
        self._outages = outages
        self._probes = probes
        self._clock = clock
        self._probed: dict[Source, datetime] = {}

    async def run(self) -> None:
        """Tell of what is the matter, and of what no longer is."""
        await self._look_at_disk()
        for source, probe in self._probes.items():
            await self._look_at(source, probe)

    async def _look_at_disk(self) -> None:
        free = await self._database.free()
        if free is None:
            return
        if free < LOW_DISK:
            await self._owner.tell("disk", lambda t, _: views.full_disk(t, free // 2**20))
        elif free >= ENOUGH_DISK:
            await self._owner.over("disk", views.room_again)

    async def _look_at(self, source: Source, probe: Probe) -> None:
        now = self._clock.now()
        if source in self._outages.since and now - self._probed.get(source, now - PROBE_EVERY) >= PROBE_EVERY:
            self._probed[source] = now
            await probe()
        since = self._outages.since.get(source)
        if since is None:
            await self._owner.over(f"source:{source}", partial(views.source_back, source=source))
        elif now - since >= DOWN_AFTER:
            await self._owner.tell(f"source:{source}", lambda t, _: views.source_down(t, source))
