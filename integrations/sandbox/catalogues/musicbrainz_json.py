"""Albums and artists in MusicBrainz's JSON: search hits leave out what is unknown, lookups say "" or []."""

from __future__ import annotations

import zlib
from types import MappingProxyType
from typing import TYPE_CHECKING

from integrations.sandbox.catalogues.works import stable_id

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from integrations.sandbox.catalogues.answers import Json
    from integrations.sandbox.catalogues.works import Album, Artist

TYPES = MappingProxyType(
    {
        "Album": "f529b476-6e62-324f-b0aa-1f3e33d313fc",
        "Single": "d6038452-8ee0-3f68-affc-2de9a1ede0b9",
        "EP": "6d0c5bf6-7a33-3420-a519-44fc63eedebf",
        "Broadcast": "3b2e49e1-2875-37b8-9fa9-1f7cf3f49900",
        "Other": "4fc3be2b-de1e-396b-a933-beb8f1607a22",
        "Compilation": "dd2a21e1-0c00-3729-a7a0-de60b84eb5d1",
        "Soundtrack": "22a628ad-c082-3c4f-b1b6-d41665107b88",
        "Live": "6fd474e2-6b58-3102-9d17-d6f7eb7da0a0",
        "Remix": "0c60f497-ff81-3818-befd-abfc84a4858b",
        "DJ-mix": "0d47f47a-3fe5-3d69-ac9d-d566c23968bf",
        "Mixtape/Street": "15c1b1f5-d893-3375-a1db-e180c5ae15ed",
        "Demo": "81598169-0d6c-3bce-b4be-866fa658eda3",
    }
)
"""MusicBrainz's own ids of primary and secondary types."""

STATUSES = MappingProxyType(
    {
        "Official": "4e304316-386d-3409-af2e-78857eec5cfe",
        "Promotion": "518ffc83-5cde-34df-8627-81bff5093d92",
        "Bootleg": "1156806e-d06a-38bd-83f0-cf2284a808b9",
    }
)
_ARTIST_TYPES = MappingProxyType(
    {
        "Person": "b6e035f4-3ce9-331c-97df-83397230b0df",
        "Group": "e431f5f6-b5d2-343d-8b36-72607fffb74b",
        "Other": "ac897045-5043-3294-969b-187360e45d86",
    }
)
_MOST_RELEASES_LISTED = 25


def album_hit(album: Album) -> Json:
    """A release group in a search answer, without its score."""
    body: Json = {"id": album.id}
    if album.primary_type:
        last = album.secondary_types[0] if album.secondary_types else album.primary_type
        body |= {"type-id": TYPES[last], "primary-type-id": TYPES[album.primary_type]}
    body |= {
        "artist-credit-id": stable_id("credit", album.credit),
        "count": album.releases,
        "title": album.title,
    }
    if album.released is not None:
        body["first-release-date"] = album.released
    if album.primary_type:
        body["primary-type"] = album.primary_type
    if album.disambiguation:
        body["disambiguation"] = album.disambiguation
    if album.secondary_types:
        body["secondary-types"] = list(album.secondary_types)
        body["secondary-type-ids"] = [TYPES[name] for name in album.secondary_types]
    body["artist-credit"] = [
        {"name": part.name, "artist": _credited_artist_hit(part.artist)}
        | ({"joinphrase": part.joinphrase} if part.joinphrase else {})
        for part in album.credits
    ]
    if album.release_ids:
        body["releases"] = [_release_hit(album, mbid) for mbid in album.release_ids[:_MOST_RELEASES_LISTED]]
    if album.genres:
        body["tags"] = [{"count": count, "name": name} for name, count in _counted(album)]
    return body


def album(album: Album, incs: AbstractSet[str]) -> Json:
    """A release group in a lookup or browse answer, with what `inc` asks for."""
    body: Json = {
        "id": album.id,
        "title": album.title,
        "disambiguation": album.disambiguation,
        "first-release-date": album.released or "",
        "primary-type": album.primary_type,
        "primary-type-id": TYPES[album.primary_type] if album.primary_type else None,
        "secondary-types": list(album.secondary_types),
        "secondary-type-ids": [TYPES[name] for name in album.secondary_types],
    }
    if incs & {"artist-credits", "artists"}:
        body["artist-credit"] = [
            {"name": part.name, "joinphrase": part.joinphrase, "artist": artist(part.artist)}
            for part in album.credits
        ]
    if "genres" in incs:
        body["genres"] = [
            {"id": stable_id("genre", name), "name": name, "count": count, "disambiguation": ""}
            for name, count in _counted(album)
        ]
    if "tags" in incs:
        body["tags"] = [{"name": name, "count": count} for name, count in _counted(album)]
    if "ratings" in incs:
        body["rating"] = _rating(album)
    if "aliases" in incs:
        body["aliases"] = []
    if "releases" in incs:
        body["releases"] = [_release(album, mbid) for mbid in album.release_ids[:_MOST_RELEASES_LISTED]]
    if "url-rels" in incs:
        body["relations"] = [_wikidata(album)] if album.releases > 1 else []
    return body


def artist(artist: Artist) -> Json:
    """An artist in a lookup answer, or inside an artist credit."""
    return {
        "id": artist.id,
        "name": artist.name,
        "sort-name": artist.sort_name,
        "type": artist.type,
        "type-id": _ARTIST_TYPES[artist.type] if artist.type else None,
        "country": artist.country,
        "disambiguation": artist.disambiguation,
    }


def artist_hit(artist: Artist) -> Json:
    """An artist in a search answer, without its score."""
    body: Json = {"id": artist.id}
    if artist.type:
        body |= {"type": artist.type, "type-id": _ARTIST_TYPES[artist.type]}
    body |= {"name": artist.name, "sort-name": artist.sort_name}
    if artist.country:
        body["country"] = artist.country
    if artist.disambiguation:
        body["disambiguation"] = artist.disambiguation
    body["life-span"] = {"ended": None}
    if artist.aliases:
        body["aliases"] = [_alias(name) for name in artist.aliases]
    return body


def _credited_artist_hit(artist: Artist) -> Json:
    body: Json = {"id": artist.id, "name": artist.name, "sort-name": artist.sort_name}
    if artist.disambiguation:
        body["disambiguation"] = artist.disambiguation
    if artist.aliases:
        body["aliases"] = [_alias(name) for name in artist.aliases]
    return body


def _alias(name: str) -> Json:
    unknown = dict.fromkeys(("locale", "type", "primary", "begin-date", "end-date"))
    return {"sort-name": name, "name": name} | unknown


def _release_hit(album: Album, mbid: str) -> Json:
    body: Json = {"id": mbid}
    if album.status:
        body["status-id"] = STATUSES[album.status]
    body["title"] = album.title
    if album.status:
        body["status"] = album.status
    return body


def _release(album: Album, mbid: str) -> Json:
    return {
        "id": mbid,
        "title": album.title,
        "status": album.status,
        "status-id": STATUSES[album.status] if album.status else None,
        "date": album.released or "",
        "disambiguation": "",
        "quality": "normal",
    }


def _counted(album: Album) -> list[tuple[str, int]]:
    return sorted((name, len(album.genres) - place) for place, name in enumerate(album.genres))


def _rating(album: Album) -> Json:
    if album.releases < 2:
        return {"votes-count": 0, "value": None}
    chance = zlib.crc32(album.id.encode())
    return {"votes-count": album.releases + chance % 7, "value": round(3.2 + chance % 36 * 0.05, 2)}


def _wikidata(album: Album) -> Json:
    number = zlib.crc32(album.id.encode())
    return {
        "type": "wikidata",
        "type-id": "b988d08c-5d86-4a57-9557-c83b399e3580",
        "target-type": "url",
        "direction": "forward",
        "begin": None,
        "end": None,
        "ended": False,
        "attributes": [],
        "attribute-values": {},
        "attribute-ids": {},
        "source-credit": "",
        "target-credit": "",
        "url": {
            "id": stable_id("wikidata", album.id),
            "resource": f"https://www.wikidata.org/wiki/Q{9_000_000_000 + number}",
        },
    }
