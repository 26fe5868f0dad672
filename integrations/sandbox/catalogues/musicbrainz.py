"""A look-alike of MusicBrainz's web service under `/musicbrainz/ws/2`.

Mirrored on purpose: optional words make nearly everything a hit; every album that matches all of a query
scores 100, and among equals those with the fewest releases come first, so bootlegs, remixes and tributes
stand above the album everybody means; in search answers absent facts are absent keys, in lookups they are ""
or []; merged ids answer 301. A request without a contact in its User-Agent is refused, and more than one
request a second is answered 503.
"""

from __future__ import annotations

import re
import zlib
from functools import cache
from typing import TYPE_CHECKING

import httpx

from integrations.sandbox.catalogues import musicbrainz_json as shapes
from integrations.sandbox.catalogues.answers import Json, json_answer, redirect
from integrations.sandbox.catalogues.lucene import Fields, Group, QuerySyntaxError, parse, relevance
from integrations.sandbox.catalogues.text import words
from integrations.sandbox.catalogues.works import valid_mbid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from domain.clock import Clock
    from integrations.sandbox.catalogues.works import Album, Artist

MOST_PER_PAGE = 100
_SECONDS_PER_REQUEST = 1.0
_JITTER = 0.1

_CONTACT = re.compile(r"\S+/\S+ \(.*(\S+@\S+|https?://\S+).*\)")
_HELP = "For usage, please see: https://musicbrainz.org/development/mmd"
_INCS = {
    "release-group": frozenset(
        {
            "aliases",
            "annotation",
            "artist-credits",
            "artist-rels",
            "artists",
            "genres",
            "media",
            "ratings",
            "release-group-rels",
            "release-rels",
            "releases",
            "series-rels",
            "tags",
            "url-rels",
            "user-genres",
            "user-ratings",
            "user-tags",
        }
    ),
    "artist": frozenset(
        {"aliases", "annotation", "artist-rels", "genres", "ratings", "release-groups", "tags", "url-rels"}
    ),
}
_ALBUM_FIELDS: dict[str, tuple[str, ...]] = {
    "": ("releasegroup", "artist"),
    "releasegroup": ("releasegroup",),
    "releasegroupaccent": ("releasegroup",),
    "release": ("release",),
    "artist": ("artist",),
    "artistname": ("artistname",),
    "creditname": ("creditname",),
    "alias": ("releasegroup",),
    "comment": ("comment",),
    "primarytype": ("primarytype",),
    "secondarytype": ("secondarytype",),
    "type": ("primarytype", "secondarytype"),
    "status": ("status",),
    "firstreleasedate": ("firstreleasedate",),
    "tag": ("tag",),
    "arid": ("arid",),
    "rgid": ("rgid",),
    "reid": ("reid",),
    "releases": ("releases",),
}
_ARTIST_FIELDS: dict[str, tuple[str, ...]] = {
    "": ("artist", "alias", "sortname"),
    "artist": ("artist",),
    "name": ("artist",),
    "alias": ("alias",),
    "sortname": ("sortname",),
    "comment": ("comment",),
    "country": ("country",),
    "type": ("type",),
    "arid": ("arid",),
}


class MusicBrainz:
    """Answers MusicBrainz's requests over the given albums, one a second of `clock`."""

    def __init__(self, albums: Iterable[Album], clock: Clock, public_url: str) -> None:
        self._albums = {album.id: album for album in albums}
        self._merged = {album.merged_id: album.id for album in self._albums.values() if album.merged_id}
        self._artists = {
            part.artist.id: part.artist for album in self._albums.values() for part in album.credits
        }
        self._album_documents = {album.id: _album_document(album) for album in self._albums.values()}
        self._artist_documents = {artist.id: _artist_document(artist) for artist in self._artists.values()}
        self._clock = clock
        self._public_url = public_url
        self._next_at = float("-inf")

    def answer(self, path: str, query: Mapping[str, str], user_agent: str) -> httpx.Response:
        """The answer to a GET of `path` (from `/ws/2` on)."""
        refused = self._refuse(query, user_agent)
        return refused if refused is not None else self._route(path, query)

    def _refuse(self, query: Mapping[str, str], user_agent: str) -> httpx.Response | None:
        if not _CONTACT.fullmatch(user_agent):
            return _error(
                403, "Your User-Agent does not say who you are: use Name/version ( contact ).", helpful=True
            )
        if not self._admitted():
            text = (
                "Your requests are exceeding the allowable rate limit. "
                "Please see http://wiki.musicbrainz.org/XMLWebService for more information."
            )
            return json_answer({"error": text}, 503, {"Retry-After": "1"})
        if query.get("fmt") != "json":
            return _error(400, "The sandbox speaks JSON only: ask with fmt=json.", helpful=True)
        return None

    def _route(self, path: str, query: Mapping[str, str]) -> httpx.Response:
        match [part for part in path.split("/") if part]:
            case ["ws", "2", "release-group"]:
                return self._albums_by(query)
            case ["ws", "2", "artist"]:
                found = self._search(query, _ARTIST_FIELDS, self._artist_documents, self._artist_popularity)
                return self._page(
                    query, found, "artists", lambda mbid: shapes.artist_hit(self._artists[mbid])
                )
            case ["ws", "2", "release-group", mbid]:
                return self._album(mbid, query)
            case ["ws", "2", "artist", mbid]:
                return self._artist(mbid, query)
        return _error(404, "Not Found", helpful=True)

    def _admitted(self) -> bool:
        now = self._clock.monotonic()
        if now < self._next_at - _JITTER:
            return False
        self._next_at = max(now, self._next_at) + _SECONDS_PER_REQUEST
        return True

    def _albums_by(self, query: Mapping[str, str]) -> httpx.Response:
        if "query" in query:
            found = self._search(query, _ALBUM_FIELDS, self._album_documents, self._album_popularity)
            return self._page(
                query, found, "release-groups", lambda mbid: shapes.album_hit(self._albums[mbid])
            )
        return self._browse(query)

    def _browse(self, query: Mapping[str, str]) -> httpx.Response:
        if query.get("artist") not in self._artists:
            return _error(404, "Not Found", helpful=True)
        types = {name.lower() for name in query.get("type", "").split("|") if name}
        mine = [a for a in self._albums.values() if query["artist"] in {part.artist.id for part in a.credits}]
        mine = [
            a
            for a in mine
            if not types or types & {t.lower() for t in (a.primary_type or "", *a.secondary_types)}
        ]
        limit, offset = _window(query)
        incs = _incs(query)
        page = [shapes.album(album, incs) for album in mine[offset : offset + limit]]
        return json_answer(
            {"release-group-count": len(mine), "release-groups": page, "release-group-offset": offset}
        )

    def _search(
        self,
        query: Mapping[str, str],
        fields: Mapping[str, tuple[str, ...]],
        documents: Mapping[str, Fields],
        popularity: Callable[[str], tuple[int, ...]],
    ) -> list[tuple[str, int]] | None:
        try:
            wanted: Group = parse(query.get("query", ""), fields)
        except QuerySyntaxError:
            return None
        if not wanted.clauses:
            return []
        scores = {
            mbid: value for mbid, doc in documents.items() if (value := relevance(wanted, doc)) is not None
        }
        best = max(scores.values(), default=0.0) or 1.0
        ranked = sorted(scores, key=lambda mbid: (-scores[mbid], popularity(mbid)))
        return [(mbid, max(1, round(100 * scores[mbid] / best))) for mbid in ranked]

    def _album_popularity(self, mbid: str) -> tuple[int, ...]:
        return (self._albums[mbid].releases, zlib.crc32(mbid.encode()))

    def _artist_popularity(self, mbid: str) -> tuple[int, ...]:
        return (
            -sum(mbid in {part.artist.id for part in a.credits} for a in self._albums.values()),
            zlib.crc32(mbid.encode()),
        )

    def _page(
        self,
        query: Mapping[str, str],
        found: list[tuple[str, int]] | None,
        key: str,
        shape: Callable[[str], Json],
    ) -> httpx.Response:
        if found is None:
            return _error(400, "Unable to parse the search query.", helpful=True)
        limit, offset = _window(query)
        page = []
        for mbid, score in found[offset : offset + limit]:
            body = shape(mbid)
            page.append({"id": body.pop("id"), "score": score} | body)
        created = self._clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return json_answer({"created": created, "count": len(found), "offset": offset, key: page})

    def _album(self, mbid: str, query: Mapping[str, str]) -> httpx.Response:
        refused = _refuse(mbid, query, "release-group")
        if refused is not None:
            return refused
        if mbid in self._merged:
            path = f"musicbrainz/ws/2/release-group/{self._merged[mbid]}"
            return redirect(301, f"{self._public_url}/{path}?{httpx.QueryParams(dict(query))}")
        if mbid not in self._albums:
            return _error(404, "Not Found", helpful=True)
        return json_answer(shapes.album(self._albums[mbid], _incs(query)))

    def _artist(self, mbid: str, query: Mapping[str, str]) -> httpx.Response:
        refused = _refuse(mbid, query, "artist")
        if refused is not None:
            return refused
        if mbid not in self._artists:
            return _error(404, "Not Found", helpful=True)
        body = shapes.artist(self._artists[mbid])
        if "release-groups" in _incs(query):
            mine = [a for a in self._albums.values() if mbid in {part.artist.id for part in a.credits}]
            body["release-groups"] = [shapes.album(album, set()) for album in mine[:25]]
        return json_answer(body)


def _error(status: int, text: str, *, helpful: bool = False) -> httpx.Response:
    return json_answer({"error": text} | ({"help": _HELP} if helpful else {}), status)


def _incs(query: Mapping[str, str]) -> set[str]:
    return {name for name in re.split(r"[+\s]", query.get("inc", "")) if name}


def _refuse(mbid: str, query: Mapping[str, str], resource: str) -> httpx.Response | None:
    if not valid_mbid(mbid):
        return _error(400, "Invalid mbid.", helpful=True)
    for name in sorted(_incs(query) - _INCS[resource]):
        return _error(400, f"{name} is not a valid inc parameter for the {resource} resource.", helpful=True)
    return None


def _window(query: Mapping[str, str]) -> tuple[int, int]:
    limit, offset = query.get("limit", "25"), query.get("offset", "0")
    most = min(int(limit), MOST_PER_PAGE) if limit.isdecimal() and int(limit) else 25
    return most, int(offset) if offset.isdecimal() else 0


@cache
def _album_document(album: Album) -> Fields:
    artists = [part.artist for part in album.credits]
    return {
        "releasegroup": [words(album.title)],
        "release": [words(album.title)],
        "artist": [words(album.credit), *(words(artist.name) for artist in artists)],
        "artistname": [words(artist.name) for artist in artists],
        "creditname": [words(part.name) for part in album.credits],
        "comment": [words(album.disambiguation)] if album.disambiguation else [],
        "primarytype": [words(album.primary_type)] if album.primary_type else [],
        "secondarytype": [words(name) for name in album.secondary_types],
        "status": [words(album.status)] if album.status and album.releases else [],
        "firstreleasedate": [tuple(album.released.split("-"))] if album.released else [],
        "tag": [words(name) for name in album.genres],
        "arid": [words(artist.id) for artist in artists],
        "rgid": [words(album.id)],
        "reid": [tuple(mbid.split("-")) for mbid in album.release_ids],
        "releases": [(str(album.releases),)],
    }


@cache
def _artist_document(artist: Artist) -> Fields:
    return {
        "artist": [words(artist.name)],
        "sortname": [words(artist.sort_name)],
        "alias": [words(name) for name in artist.aliases],
        "comment": [words(artist.disambiguation)] if artist.disambiguation else [],
        "country": [words(artist.country)] if artist.country else [],
        "type": [words(artist.type)] if artist.type else [],
        "arid": [words(artist.id)],
    }
