"""Local stand-ins for TMDB, MusicBrainz, the Cover Art Archive and OMDb over a small bundled set of works."""

from integrations.sandbox.catalogues.catalogues import Catalogues
from integrations.sandbox.catalogues.faults import Call, Faults, Service
from integrations.sandbox.catalogues.works import Album, Artist, Credit, Movie, Role, load_albums, load_movies

__all__ = [
    "Album",
    "Artist",
    "Call",
    "Catalogues",
    "Credit",
    "Faults",
    "Movie",
    "Role",
    "Service",
    "load_albums",
    "load_movies",
]
