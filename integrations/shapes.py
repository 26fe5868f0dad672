"""Reading JSON that others wrote: what is not as documented is left out, never trusted."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from integrations.http import Malformed

if TYPE_CHECKING:
    from collections.abc import Mapping

_LARGEST_INTEGER = 2**63 - 1


def record(value: object) -> Mapping[str, object]:
    """A JSON object; Malformed for anything else."""
    if not isinstance(value, dict):
        raise Malformed("an object was expected")
    return value


def records(value: object) -> list[Mapping[str, object]]:
    """The objects of a JSON array; empty for anything else."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def texts(value: object) -> tuple[str, ...]:
    """The texts of a JSON array; empty for anything else."""
    return tuple(found for item in value if (found := text(item))) if isinstance(value, list) else ()


def text(value: object) -> str | None:
    """A text without surrounding blanks; None for an empty one and for anything else.

    NUL and lone surrogates, which JSON can spell and neither a database nor Telegram takes, are left out.
    """
    if not isinstance(value, str):
        return None
    return value.replace("\0", "").encode("utf-8", "ignore").decode("utf-8").strip() or None


def integer(value: object) -> int | None:
    """A number without a fraction, also one spelt as a string (MusicBrainz once did); None for all else."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 20:
        return integer(int(value))
    if isinstance(value, float) and value.is_integer():
        return integer(int(value))
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _LARGEST_INTEGER:
        return None
    return value


def number(value: object) -> float:
    """A number; 0 for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    try:
        found = float(value)
    except OverflowError:
        return 0.0
    return found if math.isfinite(found) else 0.0
