"""What goes out comes in again the same, whatever it is; twice is once, and undone is as before."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.clubs import Settings
from domain.errors import BackfillEmpty
from domain.exports import JSON_NAME
from domain.isoweek import IsoWeek
from domain.services.backfill import BackfillService
from domain.services.exports import ExportService
from domain.services.imports import ImportService
from domain.works import Kind
from tests.fakes import START, FakeClock

if TYPE_CHECKING:
    from domain.clubs import Club
    from storage.database import Database

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
TITLES = WORDS.filter(bool) | st.sampled_from(["=1+1", "@SUM(A1)", "-2+3", "\tx", "'", "a,b\nc", "ﬁ\u202e"])
MOMENTS = st.datetimes(datetime(2001, 1, 1), START.replace(tzinfo=None)).map(  # noqa: DTZ001 - made aware
    lambda moment: moment.replace(tzinfo=UTC).isoformat()
)


@st.composite
def works(draw: st.DrawFn) -> list[dict[str, Any]]:
    found = {}
    for number in range(draw(st.integers(1, 8))):
        kind = draw(st.sampled_from(list(Kind)))
        listed = draw(st.booleans())
        year = draw(st.none() | st.integers(1888, 2030))
        work: dict[str, Any] = {
            "kind": kind,
            "title": draw(TITLES),
            "original_title": draw(st.none() | WORDS.filter(bool)) if kind is Kind.MOVIE else None,
            "artist": draw(st.none() | WORDS.map(str.strip).filter(bool)) if kind is Kind.ALBUM else None,
            "year": year,
            "released": None if year is None else f"{year}-0{draw(st.integers(1, 9))}",
            "tmdb": None,
            "imdb": None,
            "musicbrainz": None,
        }
        key = f"hand:{number}"
        if listed and kind is Kind.MOVIE:
            work |= {"tmdb": number + 1, "imdb": draw(st.none() | st.just(f"tt000{number}000"))}
            key = f"tmdb:{number + 1}"
        elif listed:
            work["musicbrainz"] = f"{number:08d}-0000-0000-0000-000000000000"
            key = f"musicbrainz:{work['musicbrainz']}"
        facts = key if listed else (kind, work["title"], work["artist"], year)
        found[facts] = {"id": key, **work}
    return list(found.values())


@st.composite
def files(draw: st.DrawFn) -> dict[str, Any]:
    """Any file that is right."""
    people = [
        {"id": f"p{number}", "name": draw(st.none() | WORDS.filter(bool)), "joined": draw(MOMENTS),
         "left": draw(st.none() | MOMENTS)}
        for number in range(draw(st.integers(1, 5)))
    ]  # fmt: skip
    ids = st.sampled_from([person["id"] for person in people])
    library = draw(works())
    weeks = []
    for number in draw(st.sets(st.integers(0, 100), max_size=4)):
        picks: list[dict[str, Any]] = []
        for kind in Kind:
            of_kind = [work["id"] for work in library if work["kind"] == kind]
            chosen = draw(st.lists(st.sampled_from(of_kind), max_size=2, unique=True)) if of_kind else []
            places = draw(st.permutations([0, 1]))
            picks += [
                {"kind": kind, "position": place, "work": work, "by": draw(ids), "at": draw(MOMENTS),
                 "revealed": draw(st.none() | MOMENTS), "absent": sorted(draw(st.sets(ids)))}
                for place, work in zip(places, chosen, strict=False)
            ]  # fmt: skip
        week = IsoWeek.at(START - timedelta(weeks=number), UTC)
        weeks.append({"week": str(week), "owner": draw(st.none() | ids), "note": draw(WORDS), "picks": picks})
    rated = draw(st.sets(st.tuples(ids, st.sampled_from([work["id"] for work in library])), max_size=12))
    ratings = [
        {"person": person, "work": work, "score": draw(st.integers(1, 10)), "take": draw(WORDS),
         "spoiler": draw(st.booleans()), "at": draw(MOMENTS)}
        for person, work in sorted(rated)
    ]  # fmt: skip
    return {
        "format": "wrong-opinions-export",
        "version": 1,
        "about": "club",
        "exported_at": START.isoformat(),
        "club": {"title": "Any"},
        "people": people,
        "works": library,
        "weeks": weeks,
        "ratings": ratings,
    }


async def exported(database: Database, club: Club) -> dict[str, Any]:
    """The club's JSON, in an order that tells nothing."""
    text = ""
    async for pieces in ExportService(database.store(), FakeClock()).club(club, admin=True):
        text += "".join(piece for name, piece in pieces if name == JSON_NAME)
    found = json.loads(text)
    for week in found["weeks"]:
        week["picks"].sort(key=lambda pick: (pick["kind"], pick["position"]))
    return {name: sorted(found[name], key=json.dumps) for name in ("people", "works", "weeks", "ratings")}


async def brought(database: Database, club: Club, document: dict[str, Any]) -> int | None:
    """Import a file and store it; its number, None where there was nothing in it."""
    service = ImportService(database.store(), FakeClock())
    found = await service.begin(club, None, json.dumps(document).encode(), admin=True)
    if found.backfill_id is not None:
        await service.enter(club, found.backfill_id, admin=True)
    return found.backfill_id


async def emptied(database: Database, club: Club, backfill_id: int) -> None:
    """Undo an import."""
    service = BackfillService(database.store(), FakeClock(), None)  # type: ignore[arg-type]
    await service.undo(club, backfill_id, admin=True)


_chats = iter(range(-10_000, -1_000_000, -1))


async def a_group(database: Database) -> Club:
    async with database.store().write() as unit:
        club = await unit.clubs.add(next(_chats), "Any", private=False, settings=Settings())
        await unit.commit()
    return club


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=files())
async def test_out_in_and_out_again_is_the_same(database: Database, document: dict[str, Any]) -> None:
    first, second = await a_group(database), await a_group(database)
    number = await brought(database, first, document)
    before = await exported(database, first)
    if number is None:
        assert before["weeks"] == []
        return
    header = {key: document[key] for key in ("format", "version", "about", "exported_at", "club")}
    again = await brought(database, second, {**header, **before})
    after = await exported(database, second)
    if again is not None:
        assert after == before
    once = await exported(database, second)
    assert await brought(database, second, {**header, **before}) is None
    assert await exported(database, second) == once
    if again is not None:
        await emptied(database, second, again)
        assert await exported(database, second) == {"people": [], "works": [], "weeks": [], "ratings": []}


async def test_two_who_store_the_same_file_store_it_once(database: Database) -> None:
    club = await a_group(database)
    document: dict[str, Any] = {
        "format": "wrong-opinions-export",
        "version": 1,
        "about": "club",
        "exported_at": START.isoformat(),
        "club": {"title": "Any"},
        "people": [{"id": "a", "name": "A", "joined": START.isoformat(), "left": None}],
        "works": [],
        "weeks": [{"week": "2025-W01", "owner": "a", "note": "N", "picks": []}],
        "ratings": [],
    }
    service = ImportService(database.store(), FakeClock())
    content = json.dumps(document).encode()
    numbers = [(await service.begin(club, None, content, admin=True)).backfill_id for _ in range(2)]
    assert numbers[0] is not None
    assert numbers[1] is not None
    await service.enter(club, numbers[0], admin=True)
    with pytest.raises(BackfillEmpty):
        await service.enter(club, numbers[1], admin=True)
    assert len((await exported(database, club))["people"]) == 1


@pytest.mark.parametrize("kind", Kind)
async def test_a_work_that_only_the_file_knows_keeps_its_day(database: Database, kind: Kind) -> None:
    club, moment = await a_group(database), START.isoformat()
    pick = {
        "kind": kind,
        "position": 0,
        "work": "hand:1",
        "by": "a",
        "at": moment,
        "revealed": None,
        "absent": [],
    }
    document: dict[str, Any] = {
        "format": "wrong-opinions-export",
        "version": 1,
        "about": "club",
        "exported_at": moment,
        "club": {"title": "Any"},
        "people": [{"id": "a", "name": "A", "joined": moment, "left": None}],
        "works": [
            {"id": "hand:1", "kind": kind, "title": "T", "original_title": None, "artist": None, "year": 1959,
             "released": "1959-08-17", "tmdb": None, "imdb": None, "musicbrainz": None}
        ],
        "weeks": [{"week": "2025-W01", "owner": "a", "note": "", "picks": [pick]}],
        "ratings": [],
    }  # fmt: skip
    await brought(database, club, document)
    assert [work["released"] for work in (await exported(database, club))["works"]] == ["1959-08-17"]
