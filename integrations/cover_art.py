"""Album covers from the Cover Art Archive."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from domain.errors import NotInCatalogue
from domain.works import Source
from integrations.http import CatalogueHttp, Malformed
from integrations.shapes import record, records, text, texts

if TYPE_CHECKING:
    import httpx

    from domain.clock import Clock
    from domain.ports import AnswerCache, SourceWatch

BASE_URL = "https://coverartarchive.org"

_FRESH = timedelta(days=30)
# An id that is none is answered with 400, an album without covers with 404, both in HTML.
_NO_COVERS = frozenset({400, 404})
# 500 pixels: chat size. Entries before 2017 name the same size "large".
_THUMBNAILS = ("500", "large")


class CoverArtArchive:
    """A `domain.ports.Covers`."""

    def __init__(
        self,
        *,
        clock: Clock,
        cache: AnswerCache,
        base_url: str = BASE_URL,
        transport: httpx.AsyncBaseTransport | None = None,
        watch: SourceWatch | None = None,
    ) -> None:
        self._secure = base_url.startswith("https:")
        self._http = CatalogueHttp(
            Source.COVER_ART, base_url, clock=clock, cache=cache, transport=transport, watch=watch
        )

    async def front(self, mbid: str) -> str | None:
        """The URL of a release group's front cover; None where there is none.

        The archive's indexes say `http:`; where it is itself reached securely, so are its images.
        """
        try:
            found = await self._http.get(
                f"/release-group/{quote(mbid, safe='')}",
                {},
                fresh_for=_FRESH,
                read=_read_front,
                missing=_NO_COVERS,
            )
        except NotInCatalogue:
            return None
        if found.value is not None and self._secure and found.value.startswith("http:"):
            return f"https:{found.value.removeprefix('http:')}"
        return found.value

    async def probe(self) -> str | None:
        """Whether it answers: None, or why it does not."""
        return await self._http.probe("/release-group/0", {}, _NO_COVERS)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def _read_front(answer: object) -> str | None:
    index = record(answer)
    if not isinstance(index.get("images"), list):
        raise Malformed("an index without images")
    for image in records(index["images"]):
        if image.get("front") is not True and "Front" not in texts(image.get("types")):
            continue
        thumbnails = image.get("thumbnails")
        sizes = thumbnails if isinstance(thumbnails, dict) else {}
        addresses = [text(sizes.get(size)) for size in _THUMBNAILS] + [text(image.get("image"))]
        address = next((one for one in addresses if one and one.startswith(("http://", "https://"))), None)
        if address is not None:
            return address
    return None
