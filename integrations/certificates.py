"""Whose word is taken for it that a server is who it says it is."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    import ssl


@cache
def certificates() -> ssl.SSLContext:
    """The same for every client: reading them takes 20 ms and a megabyte each time."""
    return httpx.create_ssl_context()
