"""The composition root of the catalogues, each of which knows its own source only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.services.works import Catalogues
from domain.works import Source
from integrations.cover_art import CoverArtArchive
from integrations.musicbrainz import MusicBrainzAlbums
from integrations.omdb import Omdb
from integrations.tmdb import TmdbMovies

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

    from bot.jobs.watch import Outages
    from bot.settings import Settings
    from domain.clock import Clock
    from domain.ports import AnswerCache

Catalogue = TmdbMovies | MusicBrainzAlbums | CoverArtArchive | Omdb


def catalogues(
    settings: Settings,
    clock: Clock,
    cache: AnswerCache,
    watch: Outages,
    transport: httpx.AsyncBaseTransport | None,
) -> Catalogues:
    """All for which there is what they need. Whoever asks closes them (`reachable`)."""
    tmdb_key, omdb_key = settings.tmdb_api_key, settings.omdb_api_key
    movies = critics = None
    if tmdb_key is not None:
        movies = TmdbMovies(
            tmdb_key.get_secret_value(),
            clock=clock,
            cache=cache,
            base_url=settings.tmdb_base_url,
            transport=transport,
            watch=watch,
        )
    if omdb_key is not None:
        critics = Omdb(
            omdb_key.get_secret_value(),
            clock=clock,
            cache=cache,
            base_url=settings.omdb_base_url,
            transport=transport,
            watch=watch,
        )
    albums = MusicBrainzAlbums(
        settings.musicbrainz_user_agent,
        clock=clock,
        cache=cache,
        base_url=settings.musicbrainz_base_url,
        transport=transport,
        watch=watch,
    )
    covers = CoverArtArchive(
        clock=clock, cache=cache, base_url=settings.cover_art_base_url, transport=transport, watch=watch
    )
    return Catalogues(movies=movies, albums=albums, covers=covers, critics=critics)


def reachable(catalogues: Catalogues) -> Mapping[Source, Catalogue]:
    """The catalogues that are set up, by their sources."""
    named = {
        Source.TMDB: catalogues.movies,
        Source.MUSICBRAINZ: catalogues.albums,
        Source.COVER_ART: catalogues.covers,
        Source.OMDB: catalogues.critics,
    }
    return {source: one for source, one in named.items() if isinstance(one, Catalogue)}
