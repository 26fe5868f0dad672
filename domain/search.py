"""What people type to find a work, and the stored answer its buttons point into."""

from __future__ import annotations

from dataclasses import dataclass

from domain.works import Hit, Kind

QUERY_LIMIT = 200
PAGE_SIZE = 6


@dataclass(frozen=True, slots=True)
class Query:
    """A search text taken apart. `year` is None where none was given; `artist` for `artist – title`."""

    text: str
    year: int | None = None
    artist: str | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """A search that was made; its hits are kept so that its buttons work for ever. `text` is as typed."""

    id: int
    kind: Kind
    text: str
    hits: tuple[Hit, ...]
    stale: bool = False

    @property
    def pages(self) -> int:
        """How many pages of `PAGE_SIZE` hits there are; 1 where nothing was found."""
        return max(1, -(-len(self.hits) // PAGE_SIZE))

    def page(self, number: int) -> tuple[Hit, ...]:
        """The hits of a page, counted from 0."""
        return self.hits[number * PAGE_SIZE : (number + 1) * PAGE_SIZE]
