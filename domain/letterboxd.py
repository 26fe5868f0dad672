"""Somebody's movies as Letterboxd imports them (letterboxd.com/about/importing-data).

Columns go by their names, `tmdbID` and `imdbID` find the film, `Rating10` is 1 to 10; 1 MB a file at most.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.export_files import csv_line

if TYPE_CHECKING:
    from datetime import tzinfo

    from domain.exports import OwnRating

LIMIT = 1_000_000
"""Bytes of a part."""
HEADER = csv_line(("tmdbID", "imdbID", "Title", "Year", "Rating10", "WatchedDate", "Tags", "Review"))


def line(rating: OwnRating, tag: str, zone: tzinfo) -> str:
    """A score as a diary entry of the day it was given."""
    work = rating.work
    day = rating.at.astimezone(zone).date().isoformat()
    return csv_line((work.tmdb, work.imdb, work.title, work.year, rating.score, day, tag, rating.take))
