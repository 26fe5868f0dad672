"""What whoever runs the bot is told, once, until it is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

KEY_LIMIT = 160
"""Characters of a notice's key."""

QUIET = timedelta(days=1)
"""After so long without it an unexpected error counts as over, and is news when it comes again."""

ERROR = "error:"
"""How the keys of unexpected errors begin."""

RELEASE = "release:"
"""How the keys of releases begin, which end with the tables' revision."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that began at `since` and happened `times` times; `message_id` once the owner was told."""

    key: str
    since: datetime
    last: datetime
    times: int
    message_id: int | None
