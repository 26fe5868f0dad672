"""What a link in a text points to, as Telegram understands it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .wire import JsonObject

_USER_LINK: Final = re.compile(r"tg:(?://)?user\?id=(\d+)", re.IGNORECASE)
_URL: Final = re.compile(r"(?:([a-zA-Z][a-zA-Z0-9+.\-]*)://)?([^/?#]*)(.*)", re.DOTALL)


def link_entity(url: str) -> JsonObject | None:
    """The entity of a link: a mention of a user, a tidied address, or None for what is no address."""
    user = _USER_LINK.match(url)
    if user and int(user.group(1)) > 0:
        return {"type": "text_mention", "user": {"id": int(user.group(1))}}
    address = tidy_url(url)
    return {"type": "text_link", "url": address} if address else None


def tidy_url(url: str) -> str | None:
    """An address as Telegram keeps it (`HTTP://A.B` -> `http://a.b/`), None when it is none."""
    match = _URL.fullmatch(url.strip())
    if match is None:
        return None
    scheme, host, rest = match.groups()
    scheme = (scheme or "http").lower()
    if scheme in {"tg", "ton", "tonsite"}:
        return url.strip() if rest else f"{scheme}://{host}/"
    name = host.rpartition("@")[2].partition(":")[0]
    if scheme not in {"http", "https"} or "." not in name.strip(".") or re.search(r"\s", host):
        return None
    if not rest.startswith("/"):
        rest = "/" + rest
    return f"{scheme}://{host.lower()}{rest.replace(' ', '%20')}"
