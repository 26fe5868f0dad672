"""How often the long proofs repeat themselves.

A test marked `proof` belongs here: it kills, floods, fuzzes, lives through years, starts the bot as a process
of its own, or a browser. `start.py test` leaves it out; `start.py proof` runs it, and so does CI on each
commit, with small numbers unless PROOFS=full asks for the ones the documents state.
"""

from __future__ import annotations

import os


def repeats(small: int, full: int) -> int:
    """How often to repeat: `small` on each commit, `full` where PROOFS=full asks for it."""
    wanted = os.environ.get("PROOFS", "small")
    if wanted not in {"small", "full"}:
        raise ValueError(f"PROOFS is small or full, not {wanted!r}")
    return full if wanted == "full" else small
