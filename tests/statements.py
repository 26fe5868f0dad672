"""SQL that is compiled once for all the databases of a run.

SQLAlchemy keeps compiled statements per engine, and every test has engines of its own: a fifth of a story's
time went into compiling the same statements anew.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def compiled_once() -> Iterator[None]:
    """Meanwhile all engines keep compiled statements together, those of one dialect being set up alike."""
    kept: LRUCache[Any, Any] = LRUCache(2000)
    everybodys = property(lambda _: kept, lambda *_: None)
    with ExitStack() as patches:
        patches.enter_context(patch.object(Engine, "_compiled_cache", everybodys, create=True))
        # What is kept is found by its dialect, too, and each engine has its own.
        patches.enter_context(patch.object(DefaultDialect, "__hash__", lambda self: hash(type(self))))
        patches.enter_context(
            patch.object(DefaultDialect, "__eq__", lambda self, other: type(self) is type(other))
        )
        yield
