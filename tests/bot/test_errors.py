"""Whatever goes wrong, people read a sentence they can use, in their language, and all of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.errors import TEXTS, describe
from bot.texts import Languages, Texts
from bot.view import TOAST_LIMIT
from domain.clubs import User
from domain.errors import DomainError, FileProblem
from domain.isoweek import IsoWeek
from domain.weeks import Pick, Week
from domain.works import Kind, Source, Work
from tests.bot.html_oracle import parsed

LANGUAGES = Languages.load().texts.values()
NOW = datetime(2026, 3, 2, tzinfo=UTC)
HEAT = Work(1, Kind.MOVIE, "Heat", 1995)
ENDLESS = Work(2, Kind.ALBUM, "<b>{x}</b> 🎬" * 400, 1995, artist="\u202e\u05d0" * 400)


def subclasses(kind: type[DomainError]) -> list[type[DomainError]]:
    return [found for direct in kind.__subclasses__() for found in (direct, *subclasses(direct))]


ERRORS = subclasses(DomainError)


def instances(kind: type[DomainError], work: Work) -> list[DomainError]:
    """An error with its longest fields; one per kind and per source where it has one."""
    pick = Pick(1, Week(1, 1, IsoWeek(2026, 10)), work.kind, 0, work, User(1, 1, "Ana"), NOW)
    values: dict[str, tuple[Any, ...]] = {
        "source": tuple(source for source in Source if source is not Source.HAND),
        "kind": tuple(Kind),
        "limit": (99_999,),
        "year": (9999,),
        "first": (1888,),
        "last": (2036,),
        "work": (work,),
        "taken": ((pick, pick),),
        "week": (IsoWeek(2026, 53),),
        "average": (None, 7.3),
        "seconds": (30,),
        "score": (2**63 - 1,),
        "text": ("2026-W54", "🎬 word " * 999),
        "questions": (200,),
        "hours": (24,),
        "picked": (True, False),
        "folder": ("/srv/club/backups", "/endless" * 400),
        "problem": ("database disk image is malformed", "Freelist: 🎬 " * 400),
        "revision": ("0042", "0" * 400),
        "name": ("trigger gotcha", "table " + "x" * 400),
        "size": (2**63 - 1,),
        "tried": (True, False),
        "fault": tuple(FileProblem),
        "where": ("", f"weeks[{10**9}].picks[{10**9}].absent"),
        "chat_id": (-(2**62),),
        "owner": (User(1, 1, "Ana"), User(2, 2, "🎬" * 400)),
        "asked": (User(1, 1, "Ana"), User(2, 2, "🎬" * 400)),
    }
    found: list[dict[str, Any]] = [{}]
    for name in getattr(kind, "__dataclass_fields__", ()):
        found = [{**some, name: value} for some in found for value in values[name]]
    return [kind(**some) for some in found]


def test_every_error_has_a_text_and_nothing_else_has() -> None:
    assert set(ERRORS) == set(TEXTS)


@pytest.mark.parametrize("t", LANGUAGES, ids=lambda t: t.language)
@pytest.mark.parametrize("work", [HEAT, ENDLESS], ids=["plain", "endless"])
@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_every_error_is_a_sentence_that_fits_a_toast(kind: type[DomainError], work: Work, t: Texts) -> None:
    for error in instances(kind, work):
        sentence = describe(error, t)
        assert sentence.strip() == sentence != ""
        assert len(sentence) <= TOAST_LIMIT, sentence
        assert "  " not in sentence
        assert "\n" not in sentence
        assert sentence.rstrip("\u2069)")[-1] in ".!?…0123456789", sentence
        if work is HEAT:
            assert not re.search(r"[{}<>]|None", sentence)
        assert parsed(t.verbatim(sentence)) == sentence


def test_a_title_is_named_with_its_year_however_long_it_is() -> None:
    english = Languages.load().match("en")
    for error in ("AlreadyPicked", "TakeNeedsScore", "PickedBefore"):
        kind = next(found for found in ERRORS if found.__name__ == error)
        assert "(1995)" in describe(instances(kind, ENDLESS)[0], english)
