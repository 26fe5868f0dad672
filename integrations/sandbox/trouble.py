"""The trouble a person can order from the page, to watch the bot cope with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from .catalogues.faults import Faults as CatalogueFaults
    from .telegram.faults import Faults as TelegramFaults

MOST: Final = 100
"""How often one order can strike."""

_WRITING: Final = "send*|edit*|delete*|pin*|unpin*|setMessageReaction|stopPoll"
_SENDING: Final = "sendMessage|sendPhoto|sendDocument|sendMediaGroup|sendPoll"
_RETRY_AFTER: Final = 5
_SLOW_SECONDS: Final = 5.0


class Order(Protocol):
    """What was ordered. `times` is how often it still strikes: None for always, 0 for one that is over."""

    name: str
    times: int | None


@dataclass(frozen=True, slots=True)
class Kind:
    """Something to order. `times` is how often it strikes unless one says otherwise, None until cancelled."""

    id: str
    title: str
    service: str
    times: int | None
    place: Callable[[TelegramFaults, CatalogueFaults, int | None], Order]


KINDS: Final[tuple[Kind, ...]] = (
    Kind(
        "telegram-429",
        f"Telegram asks to wait {_RETRY_AFTER} seconds before the next message",
        "telegram",
        1,
        lambda telegram, _, times: telegram.flood(_WRITING, _RETRY_AFTER, times=times),
    ),
    Kind(
        "telegram-timeout-after-effect",
        "a message arrives, but Telegram's answer is lost",
        "telegram",
        1,
        lambda telegram, _, times: telegram.drop_after(_SENDING, timed_out=True, times=times),
    ),
    Kind(
        "telegram-500",
        "Telegram has an internal error",
        "telegram",
        1,
        lambda telegram, _, times: telegram.fail(_WRITING, 500, "Internal Server Error", times=times),
    ),
    Kind(
        "telegram-slow",
        f"Telegram takes {_SLOW_SECONDS:.0f} seconds for every message",
        "telegram",
        None,
        lambda telegram, _, times: telegram.delay(_WRITING, _SLOW_SECONDS, times=times),
    ),
    Kind(
        "telegram-press-expired",
        "a press was answered too late",
        "telegram",
        1,
        lambda telegram, _, times: telegram.fail(
            "answerCallbackQuery",
            400,
            "Bad Request: query is too old and response timeout expired or query ID is invalid",
            times=times,
        ),
    ),
    Kind(
        "tmdb-down",
        "TMDB is down",
        "tmdb",
        None,
        lambda _, catalogues, times: catalogues.html("tmdb", 502, times=times),
    ),
    Kind(
        "tmdb-429",
        "TMDB asks to wait 2 seconds",
        "tmdb",
        1,
        lambda _, catalogues, times: catalogues.too_many("tmdb", 2, times=times),
    ),
    Kind(
        "musicbrainz-503",
        "MusicBrainz is too busy for a request",
        "musicbrainz",
        1,
        lambda _, catalogues, times: catalogues.busy(times=times),
    ),
    Kind(
        "musicbrainz-slow",
        f"MusicBrainz takes {_SLOW_SECONDS:.0f} seconds for every answer",
        "musicbrainz",
        None,
        lambda _, catalogues, times: catalogues.slow("musicbrainz", _SLOW_SECONDS, times=times),
    ),
    Kind(
        "coverart-down",
        "the Cover Art Archive is down",
        "coverart",
        None,
        lambda _, catalogues, times: catalogues.html("coverart", 503, times=times),
    ),
    Kind(
        "omdb-limit",
        "OMDb's daily limit is reached",
        "omdb",
        None,
        lambda _, catalogues, times: catalogues.limit(times=times),
    ),
)


class Trouble:
    """The orders of the page that are not used up."""

    def __init__(self, telegram: TelegramFaults, catalogues: CatalogueFaults) -> None:
        self._telegram = telegram
        self._catalogues = catalogues
        self._ids = count(1)
        self._orders: dict[int, tuple[Kind, Order]] = {}

    def order(self, kind_id: str, times: int | None = None) -> None:
        """Order trouble of a kind. LookupError for one there is not, ValueError for too many times."""
        kind = next((kind for kind in KINDS if kind.id == kind_id), None)
        if kind is None:
            raise LookupError("There is no such trouble to order.")
        if times is not None and not 1 <= times <= MOST:
            raise ValueError(f"Trouble can be ordered 1 to {MOST} times.")
        order = kind.place(self._telegram, self._catalogues, kind.times if times is None else times)
        order.name = kind.id
        self._orders[next(self._ids)] = kind, order

    def cancel(self, order_id: int) -> None:
        """Cancel one order. LookupError."""
        if order_id not in self._orders:
            raise LookupError("This trouble is over already.")
        self._orders.pop(order_id)[1].times = 0

    def cancel_all(self) -> None:
        """Cancel everything."""
        for _, order in self._orders.values():
            order.times = 0
        self._orders.clear()

    @property
    def ordered(self) -> list[dict[str, Any]]:
        """What is still to come."""
        return [
            {"id": order_id, "kind": kind.id, "left": order.times}
            for order_id, (kind, order) in self._orders.items()
            if order.times != 0
        ]
