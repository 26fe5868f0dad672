"""A look-alike of the Cover Art Archive under `/coverart`: 307, then 302, then the picture or the JSON index.

The hops after the first lead to `/images`, as the real ones lead to other hosts. Image URLs in an index
are `http://`. Errors are HTML. Albums with an "old" cover list only the small and large thumbnails, and
their image id is a string.
"""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING

from integrations.sandbox.catalogues.answers import Json, html_answer, json_answer, redirect
from integrations.sandbox.catalogues.works import valid_mbid

if TYPE_CHECKING:
    from collections.abc import Iterable

    import httpx

    from integrations.sandbox.catalogues.works import Album

SIZES = (250, 500, 1200)
_FRONT = re.compile(r"front(?:-(250|500|1200))?(?:\.jpg)?")
_FILE = re.compile(r"mbid-(?P<mbid>[0-9a-f-]{36})(?:-\d+)?(?:_thumb(?P<size>\d+))?\.jpg")
_IMAGE = re.compile(r"(?P<id>\d+)(?:-(?P<size>250|500|1200))?\.jpg")


class CoverArt:
    """Answers the archive's requests over the given albums; `public_url` is where the images are."""

    def __init__(self, albums: Iterable[Album], public_url: str) -> None:
        self._by_group: dict[str, Album] = {}
        self._by_release: dict[str, Album] = {}
        for album in albums:
            self._by_group[album.id] = album
            self._by_release |= dict.fromkeys(album.release_ids, album)
        self._url = "http" + public_url.removeprefix("https").removeprefix("http")

    def answer(self, path: str) -> httpx.Response:
        """The answer to a GET of `path` (from `/release-group` or `/release` on)."""
        match [part for part in path.split("/") if part]:
            case [("release-group" | "release") as entity, mbid, *rest] if len(rest) < 2:
                if not valid_mbid(mbid):
                    return html_answer(400, "Bad Request", "invalid MBID specified")
                album = (self._by_group if entity == "release-group" else self._by_release).get(mbid)
                if album is None or album.cover == "none" or not album.release_ids:
                    kind = entity.replace("-", " ")
                    return html_answer(404, "Not Found", f"No cover art found for {kind} {mbid}")
                return self._found(album, rest[0] if rest else "")
        return html_answer(404, "Not Found", "The requested URL was not found on the server.")

    def download(self, release: str, name: str) -> httpx.Response:
        """The second hop, which leads from the archive's front door to one of its servers."""
        return redirect(302, f"{self._url}/images/items/mbid-{release}/{name}")

    def index(self, release: str) -> httpx.Response:
        """The last hop to an index."""
        album = self._by_release.get(release)
        return json_answer(self._index(album)) if album else html_answer(404, "Not Found", "No such item")

    def cover_of(self, name: str) -> tuple[Album, int] | None:
        """The album and the edge in pixels of a file name of the last hop."""
        file = _FILE.fullmatch(name)
        album = self._by_release.get(file["mbid"]) if file else None
        return (album, int(file["size"] or 1200)) if file and album else None

    def _found(self, album: Album, what: str) -> httpx.Response:
        release = album.release_ids[0]
        start = f"{self._url}/images/download/mbid-{release}"
        if not what:
            return redirect(307, f"{start}/index.json")
        wanted = _FRONT.fullmatch(what)
        image = _IMAGE.fullmatch(what)
        if image and int(image["id"]) != _image_id(album):
            image = None
        if not (wanted or image):
            return html_answer(404, "Not Found", "No image found matching the requested one")
        size = wanted[1] if wanted else image["size"] if image else None
        thumb = f"_thumb{size}" if size else ""
        return redirect(307, f"{start}/mbid-{release}-{_image_id(album)}{thumb}.jpg")

    def _index(self, album: Album) -> Json:
        release = album.release_ids[0]
        number = _image_id(album)
        base = f"{self._url}/coverart/release/{release}/{number}"
        thumbnails = {"small": f"{base}-250.jpg", "large": f"{base}-500.jpg"}
        old = album.cover == "old"
        if not old:
            thumbnails = {str(size): f"{base}-{size}.jpg" for size in SIZES} | thumbnails
        front: Json = {
            "approved": True,
            "back": False,
            "comment": "",
            "edit": number % 90_000_000,
            "front": True,
            "id": str(number) if old else number,
            "image": f"{base}.jpg",
            "thumbnails": thumbnails,
            "types": ["Front"],
        }
        return {"images": [front], "release": f"https://musicbrainz.org/release/{release}"}


def _image_id(album: Album) -> int:
    return 10_000_000_000 + zlib.crc32(album.id.encode())
