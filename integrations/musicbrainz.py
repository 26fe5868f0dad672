"""Albums from MusicBrainz (web service version 2): what it calls release groups."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from domain.ports import Fetched
from domain.ranking import AlbumCandidate, rank_albums
from domain.works import AlbumFacts, ArtistCredit, Hit, Kind, PartialDate, Source, WorkRef
from integrations.http import CatalogueHttp, Malformed
from integrations.pace import Pace
from integrations.shapes import integer, record, records, text, texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

    from domain.clock import Clock
    from domain.ports import AnswerCache, SourceWatch
    from domain.search import Query

BASE_URL = "https://musicbrainz.org/ws/2"

# The service allows a request a second; what counts is when they arrive, so a tenth more is left between.
INTERVAL = 1.1
LONGEST_QUEUE = 60.0

_SEARCH_FRESH = timedelta(hours=1)
_DETAILS_FRESH = timedelta(days=30)
_MOST_HITS = 60
_MOST_GENRES = 6
_MOST_WORDS = 12
_LONGEST_WORD = 36
# Each word is in the address a dozen times, and eight thousand bytes of address are what servers take.
_LONGEST_ENCODED = 330
# A malformed id is answered with 400, an unknown one with 404.
_NO_SUCH_ALBUM = frozenset({400, 404})
_LUCENE_SPECIAL = re.compile(r'([+\-!(){}\[\]^"~*?:\\/&|])')
_LINKS = frozenset({"and", "the", "by", "feat", "ft", "feat.", "ft.", "featuring", "vs", "vs."})
_LEAST_FUZZY = 4
# The title, its other titles, the credit as printed, the artists' own names.
_FIELDS = ("releasegroup", "alias", "artist", "artistname")


class MusicBrainzAlbums:
    """A `domain.ports.AlbumCatalogue`. `user_agent` names the bot and a contact, as MusicBrainz demands.

    One instance per process: it keeps the pace for everybody. Somebody who would wait over `LONGEST_QUEUE`
    seconds for a turn gets CatalogueBusy at once. Albums to be opened go before searches.
    """

    def __init__(
        self,
        user_agent: str,
        *,
        clock: Clock,
        cache: AnswerCache,
        base_url: str = BASE_URL,
        transport: httpx.AsyncBaseTransport | None = None,
        watch: SourceWatch | None = None,
    ) -> None:
        self._pace = Pace(clock, interval=INTERVAL, longest_wait=LONGEST_QUEUE)
        self._http = CatalogueHttp(
            Source.MUSICBRAINZ,
            base_url,
            clock=clock,
            cache=cache,
            transport=transport,
            watch=watch,
            headers={"User-Agent": user_agent},
            pace=self._pace,
        )

    @property
    def wait(self) -> float:
        """Seconds until a search that is asked for now is passed on."""
        return self._pace.wait

    async def search(self, query: Query) -> Fetched[tuple[Hit, ...]]:
        """Albums for a query, the likeliest first; at most 60.

        One request for 100 albums whose title and artist together hold every word; when there are none, one
        more for those with some of the words, or words like them.
        """
        # In no order of its own, so that `nevermind nirvana` and `nirvana nevermind` are one question.
        words = sorted(_words(query.text))
        if not words:
            return Fetched(())
        found = await self._found(_every_word(words, query.year))
        if not found.value and any(char.isalnum() for word in words for char in word):
            looser = await self._found(_some_words(words), ahead=True)
            found = Fetched(looser.value, stale=found.stale or looser.stale)
        ranked = rank_albums(query, found.value)[:_MOST_HITS]
        return Fetched(tuple(_hit(candidate) for candidate in ranked), stale=found.stale)

    async def album(self, mbid: str) -> Fetched[AlbumFacts]:
        """All facts of one album, its cover apart; a merged album's facts carry its new id."""
        return await self._http.get(
            f"/release-group/{quote(mbid, safe='')}",
            {"fmt": "json", "inc": "artist-credits genres tags"},
            fresh_for=_DETAILS_FRESH,
            read=_read_album,
            missing=_NO_SUCH_ALBUM,
            ahead=True,
        )

    async def probe(self) -> str | None:
        """Whether it answers: None, or why it does not."""
        return await self._http.probe("/release-group", {"query": "heat", "fmt": "json", "limit": "1"})

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _found(self, lucene: str, *, ahead: bool = False) -> Fetched[tuple[AlbumCandidate, ...]]:
        return await self._http.get(
            "/release-group",
            {"query": lucene, "fmt": "json", "limit": "100"},
            fresh_for=_SEARCH_FRESH,
            read=_read_search,
            ahead=ahead,
        )


def _words(searched: str) -> list[str]:
    """What to look for, in lower case (AND is an operator); linking words and lone signs only if all are."""
    all_words = searched.lower().replace("’", "'").split()
    spoken = [word for word in all_words if any(unicodedata.category(char)[0] in "LN" for char in word)]
    telling = [word for word in spoken if word not in _LINKS]
    kept: list[str] = []
    room = _LONGEST_ENCODED
    for word in dict.fromkeys(word[:_LONGEST_WORD] for word in telling or spoken or all_words):
        room -= len(quote(word))
        if kept and (room < 0 or len(kept) == _MOST_WORDS):
            break
        kept.append(word)
    return kept


def _escaped(word: str) -> str:
    return _LUCENE_SPECIAL.sub(r"\\\1", word)


def _every_word(words: list[str], year: int | None) -> str:
    """Each word in the title or the artist; plain official albums, and the year's, lifted to the top.

    Without that the well-known one may not be in the first hundred: all works of an artist score 100.
    """
    every = " AND ".join(
        f"({' OR '.join(f'{field}:{word}' for field in _FIELDS)})" for word in map(_escaped, words)
    )
    side_types = "live OR compilation OR remix OR interview OR demo"
    lifted = [f"({every} AND primarytype:album AND status:official AND NOT secondarytype:({side_types}))^4"]
    if year is not None:
        lifted.append(f"({every} AND (firstreleasedate:[{year} TO {year}-12-31] OR releasegroup:{year}))^4")
    return " OR ".join([*lifted, f"({every})"])


def _some_words(words: list[str]) -> str:
    """Any of the words, long ones also with a slip of the finger."""
    forms = [
        form
        for word in map(_escaped, words)
        for form in ((word, f"{word}~1") if len(word) >= _LEAST_FUZZY and "\\" not in word else (word,))
    ]
    return " OR ".join(f"{field}:{form}" for form in forms for field in (*_FIELDS, "comment"))


def _read_search(answer: object) -> tuple[AlbumCandidate, ...]:
    page = record(answer)
    if not isinstance(page.get("release-groups"), list):
        raise Malformed("a search without release groups")
    candidates = (_candidate(group) for group in records(page["release-groups"]))
    return tuple(one for one in candidates if one is not None)


def _candidate(group: Mapping[str, object]) -> AlbumCandidate | None:
    mbid, title = text(group.get("id")), text(group.get("title"))
    if mbid is None or title is None:
        return None
    credits = records(group.get("artist-credit"))
    artists = [artist for credit in credits if isinstance(artist := credit.get("artist"), dict)]
    named = [name for artist in artists for key in ("name", "sort-name") if (name := text(artist.get(key)))]
    alias = [
        name
        for artist in artists
        for one in records(artist.get("aliases"))
        if (name := text(one.get("name")))
    ]
    statuses = {text(release.get("status")) for release in records(group.get("releases"))}
    released = PartialDate.parse(text(group.get("first-release-date")))
    return AlbumCandidate(
        id=mbid,
        title=title,
        artist="".join(credit.name + credit.join_phrase for credit in _artists(credits)).strip(),
        year=released.year if released else None,
        aliases=tuple(dict.fromkeys(named + alias)),
        primary_type=text(group.get("primary-type")),
        secondary_types=texts(group.get("secondary-types")),
        releases=integer(group.get("count")) or len(records(group.get("releases"))),
        official=True if "Official" in statuses else None if not statuses or None in statuses else False,
        score=integer(group.get("score")) or 0,
        comment=text(group.get("disambiguation")) or "",
    )


def _read_album(answer: object) -> AlbumFacts:
    group = record(answer)
    mbid, title = text(group.get("id")), text(group.get("title"))
    if mbid is None or title is None:
        raise Malformed("a release group without id or title")
    return AlbumFacts(
        mbid=mbid,
        title=title,
        artists=_artists(records(group.get("artist-credit"))),
        released=PartialDate.parse(text(group.get("first-release-date"))),
        primary_type=text(group.get("primary-type")),
        secondary_types=texts(group.get("secondary-types")),
        genres=_most_voted(group.get("genres")) or _most_voted(group.get("tags")),
    )


def _artists(credits: list[Mapping[str, object]]) -> tuple[ArtistCredit, ...]:
    """In the credit's order. The join phrase keeps its blanks; before 2015 searches gave no credited name."""
    found: list[ArtistCredit] = []
    for credit in credits:
        artist = credit.get("artist")
        artist = artist if isinstance(artist, dict) else {}
        name = text(credit.get("name")) or text(artist.get("name"))
        if name is None:
            continue
        phrase = credit.get("joinphrase")
        joined = text(phrase)
        found.append(
            ArtistCredit(
                mbid=text(artist.get("id")),
                name=name,
                join_phrase=phrase if joined is not None and isinstance(phrase, str) else "",
                sort_name=text(artist.get("sort-name")),
                type=text(artist.get("type")),
                country=text(artist.get("country")),
            )
        )
    return tuple(found)


def _most_voted(value: object) -> tuple[str, ...]:
    """The names of genres or tags, the most voted first."""
    named = [
        (-(integer(one.get("count")) or 0), name) for one in records(value) if (name := text(one.get("name")))
    ]
    return tuple(name for _, name in sorted(named)[:_MOST_GENRES])


def _hit(candidate: AlbumCandidate) -> Hit:
    return Hit(
        WorkRef(Source.MUSICBRAINZ, candidate.id),
        Kind.ALBUM,
        candidate.title,
        candidate.year,
        candidate.artist or None,
    )
