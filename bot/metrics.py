"""What the bot counts while it runs, in the form Prometheus reads."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

if TYPE_CHECKING:
    from datetime import datetime

    from domain.clock import Clock
    from domain.schedule import Post
    from domain.works import Source

PREFIX = "wrong_opinions_"
LATE = 300.0
"""Seconds after which a post counts as late."""
TAP_LIFETIME = 150.0
"""Seconds for which Telegram takes the answer to a tap."""
KINDS = ("message", "callback_query", "my_chat_member")


@dataclass(frozen=True, slots=True)
class Standing:
    """What is read, not counted, when somebody looks: ages in seconds, None for never or unknown."""

    outgoing: int
    posts_due: int
    database_bytes: int
    backup_age: float | None


class Metrics:
    """Counts. The registry is its own, so two bots in one process count apart."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._taps: dict[str, float] = {}
        registry = self._registry = CollectorRegistry()
        self._updates = Counter(
            f"{PREFIX}updates", "Updates received, each once.", ["kind"], registry=registry
        )
        self._tap_seconds = Histogram(
            f"{PREFIX}tap_seconds",
            "From a tap's arrival to the end of its answer.",
            buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
            registry=registry,
        )
        self._telegram = Counter(
            f"{PREFIX}telegram_calls", "Calls of the Bot API.", ["method", "status"], registry=registry
        )
        self._floods = Counter(
            f"{PREFIX}telegram_429", "Calls that Telegram refused with 429.", registry=registry
        )
        self._catalogue = Counter(
            f"{PREFIX}catalogue_calls",
            "HTTP requests to catalogues.",
            ["source", "status"],
            registry=registry,
        )
        self._answers = Counter(
            f"{PREFIX}catalogue_answers",
            "Questions to catalogues, by what answered them: source, cache, stale (the cache, the source "
            "being down) or nothing.",
            ["source", "origin"],
            registry=registry,
        )
        self._posts = Counter(f"{PREFIX}posts_sent", "Posts sent.", ["kind"], registry=registry)
        self._late = Counter(
            f"{PREFIX}posts_late",
            f"Posts sent over {LATE:.0f} seconds after they were due.",
            ["kind"],
            registry=registry,
        )
        self._outgoing = Gauge(
            f"{PREFIX}outgoing_queue", "Messages, edits and posts that wait to be sent.", registry=registry
        )
        self._due = Gauge(f"{PREFIX}posts_due", "Posts that are due and not yet sent.", registry=registry)
        self._backup_age = Gauge(
            f"{PREFIX}backup_age_seconds",
            "Since the newest backup was made; NaN where there is none.",
            registry=registry,
        )
        self._database = Gauge(
            f"{PREFIX}database_bytes", "The database on disk, its log included.", registry=registry
        )

    def arrived(self, update: dict[str, Any]) -> None:
        """An update was received that had not been before."""
        self._updates.labels(next((kind for kind in KINDS if kind in update), "other")).inc()
        if "callback_query" in update:
            now = self._clock.monotonic()
            while self._taps and self._taps[oldest := next(iter(self._taps))] <= now - TAP_LIFETIME:
                del self._taps[oldest]
            self._taps[str(update["callback_query"].get("id"))] = now

    def called(self, method: str, status: int, parameters: dict[str, Any]) -> None:
        """The Bot API answered a call."""
        self._telegram.labels(method, str(status)).inc()
        if status == 429:
            self._floods.inc()
        elif method == "answerCallbackQuery":
            since = self._taps.pop(str(parameters.get("callback_query_id")), None)
            if since is not None:
                self._tap_seconds.observe(self._clock.monotonic() - since)

    def asked(self, source: Source, status: str) -> None:
        """See `domain.ports.SourceWatch`."""
        self._catalogue.labels(source.value, status).inc()

    def answered(self, source: Source, origin: str) -> None:
        """See `domain.ports.SourceWatch`."""
        self._answers.labels(source.value, origin).inc()

    def sent(self, post: Post, now: datetime) -> None:
        """A post was sent."""
        self._posts.labels(post.kind.value).inc()
        if (now - post.due_at).total_seconds() > LATE:
            self._late.labels(post.kind.value).inc()

    def render(self, standing: Standing) -> bytes:
        """Everything, in Prometheus' text format."""
        self._outgoing.set(standing.outgoing)
        self._due.set(standing.posts_due)
        self._database.set(standing.database_bytes)
        self._backup_age.set(math.nan if standing.backup_age is None else standing.backup_age)
        return generate_latest(self._registry)
