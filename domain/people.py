"""What is known of one person, and for how long that can be taken back which they ask for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from domain.clubs import Club, User

UNDO = timedelta(seconds=30)
"""How long somebody who asked to be forgotten can change their mind."""


@dataclass(frozen=True, slots=True)
class Held:
    """How much is known of somebody: clubs they are or were in, scores, takes among them, picks."""

    clubs: int
    scores: int
    takes: int
    picks: int


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Who somebody was, and the groups they were in."""

    user: User
    clubs: tuple[Club, ...]
