"""Files that were sent as exports, honest and hostile ones."""

from __future__ import annotations

import copy
import io
import json
import tracemalloc
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import import_files
from domain.errors import BadExport, DomainError, FileProblem, FileTooLarge
from domain.export_files import harmless
from domain.imports import read

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
MBID = "8e8a594f-2175-38c7-a871-abb68ec363e7"
FILE: dict[str, Any] = {
    "format": "wrong-opinions-export",
    "version": 1,
    "about": "club",
    "exported_at": "2026-03-01T12:00:00Z",
    "club": {"title": "Film club", "language": "en", "zone": "UTC", "scale": "ten"},
    "people": [
        {"id": "a1", "name": "Ana", "joined": "2026-01-01T12:00:00Z", "left": None},
        {"id": "b2", "name": None, "joined": "2026-01-01T12:00:00+01:00", "left": "2026-02-01T12:00:00Z"},
    ],
    "works": [
        {"id": "tmdb:949", "kind": "movie", "title": "Heat", "original_title": None, "artist": None,
         "year": 1995, "released": "1995-12-15", "tmdb": 949, "imdb": "tt0113277", "musicbrainz": None},
        {"id": f"musicbrainz:{MBID}", "kind": "album", "title": "Kind of Blue", "original_title": None,
         "artist": "Miles Davis", "year": 1959, "released": "1959", "tmdb": None, "imdb": None,
         "musicbrainz": MBID},
        {"id": "hand:ours", "kind": "movie", "title": "=1+1", "original_title": None, "artist": None,
         "year": None, "released": None, "tmdb": None, "imdb": None, "musicbrainz": None},
    ],
    "weeks": [
        {"week": "2026-W05", "owner": "a1", "note": "Crisps", "picks": [
            {"kind": "movie", "position": 0, "work": "tmdb:949", "by": "a1", "at": "2026-01-27T09:00:00Z",
             "revealed": "2026-02-01T20:00:00Z", "absent": ["b2"]},
            {"kind": "album", "position": 1, "work": f"musicbrainz:{MBID}", "by": "b2",
             "at": "2026-01-27T09:00:00Z", "revealed": None, "absent": []},
        ]},
    ],
    "ratings": [
        {"person": "a1", "work": "tmdb:949", "score": 9, "take": "Long", "spoiler": False,
         "at": "2026-01-30T09:00:00Z"},
    ],
}  # fmt: skip


def changed(*where: str | int, value: Any) -> dict[str, Any]:
    """The file with another value at a place."""
    file: Any = copy.deepcopy(FILE)
    inner = file
    for step in where[:-1]:
        inner = inner[step]
    inner[where[-1]] = value
    assert isinstance(file, dict)
    return file


def without(*where: str | int) -> dict[str, Any]:
    """The file with something missing."""
    file: Any = copy.deepcopy(FILE)
    inner = file
    for step in where[:-1]:
        inner = inner[step]
    del inner[where[-1]]
    assert isinstance(file, dict)
    return file


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    """A zip of these entries."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return content.getvalue()


def test_an_honest_file_is_read() -> None:
    for content in (json.dumps(FILE).encode(), zipped(("wrong-opinions.json", json.dumps(FILE).encode()))):
        file = read(import_files.parse(import_files.unpack(content)), NOW)
        assert file.title == "Film club"
        assert [person.name for person in file.people] == ["Ana", None]
        assert [work.title for work in file.works] == ["Heat", "Kind of Blue"]
        assert file.ratings[0].take == "Long"


def test_all_of_it_is_read_as_it_stands() -> None:
    written = changed("works", 0, "original_title", value="Hitze")
    file = read(written, NOW)
    assert [work.json() for work in file.works] == written["works"][:2]
    assert [week.json() for week in file.weeks] == written["weeks"]
    assert [rating.json() for rating in file.ratings] == written["ratings"]
    assert file.people[0].json() == written["people"][0]
    assert file.people[1].joined == datetime(2026, 1, 1, 11, tzinfo=UTC)


WRONG = [
    (("people", 0, "name"), 7),
    (("people", 0, "name"), "x" * 257),
    (("people", 0, "id"), "../a"),
    (("people", 0, "id"), ""),
    (("people", 0, "joined"), "2026-01-01"),
    (("people", 0, "joined"), "2026-01-01T12:00:00"),
    (("people", 0, "joined"), "soon"),
    (("people", 0, "joined"), "9999-12-31T23:59:59-23:59"),
    (("people", 0, "joined"), 1767268800),
    (("people",), {}),
    (("people", 1), "b2"),
    (("works", 0, "kind"), "book"),
    (("works", 0, "kind"), "album"),
    (("works", 0, "kind"), []),
    (("works", 0, "title"), ""),
    (("works", 0, "title"), "x" * 1001),
    (("works", 0, "title"), "\ud800"),
    (("works", 0, "title"), "a\x00b"),
    (("works", 0, "tmdb"), True),
    (("works", 0, "tmdb"), 2**70),
    (("works", 0, "tmdb"), 949.0),
    (("works", 0, "imdb"), "tt1; DROP TABLE users"),
    (("works", 0, "year"), 1996),
    (("works", 0, "released"), "1995-13-01"),
    (("works", 2, "year"), 999),
    (("works", 2, "year"), 10000),
    (("works", 1, "musicbrainz"), MBID.upper()),
    (("works", 2, "id"), "hand:../../etc/passwd"),
    (("weeks", 0, "week"), "2026-W54"),
    (("weeks", 0, "week"), "2027-W54"),
    (("weeks", 0, "week"), "2926-W01"),
    (("weeks", 0, "week"), "0001-W01"),
    (("weeks", 0, "note"), "x" * 201),
    (("weeks", 0, "note"), None),
    (("weeks", 0, "picks"), None),
    (("weeks", 0, "picks", 0, "position"), 2),
    (("weeks", 0, "picks", 0, "position"), -1),
    (("weeks", 0, "picks", 0, "kind"), "album"),
    (("weeks", 0, "picks", 0, "absent"), "b2"),
    (("weeks", 0, "picks", 0, "at"), "2926-01-27T09:00:00Z"),
    (("ratings", 0, "score"), 0),
    (("ratings", 0, "score"), 11),
    (("ratings", 0, "score"), True),
    (("ratings", 0, "score"), 4.5),
    (("ratings", 0, "take"), "x" * 281),
    (("ratings", 0, "spoiler"), "no"),
    (("club",), []),
    (("exported_at",), None),
]


@pytest.mark.parametrize(("where", "value"), WRONG)
def test_a_wrong_value_is_named_by_its_place(where: tuple[str | int, ...], value: Any) -> None:
    with pytest.raises(BadExport) as refused:
        read(changed(*where, value=value), NOW)
    assert refused.value.fault is FileProblem.WRONG
    steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in where)
    assert refused.value.where == steps.removeprefix(".")


def test_a_work_whose_label_is_anothers_is_named_by_its_label() -> None:
    with pytest.raises(BadExport) as refused:
        read(changed("works", 0, "tmdb", value=950), NOW)
    assert (refused.value.fault, refused.value.where) == (FileProblem.WRONG, "works[0].id")


@pytest.mark.parametrize(
    "where",
    [
        ("people",),
        ("works", 0, "title"),
        ("weeks", 0, "picks"),
        ("ratings", 0, "score"),
        ("people", 0, "name"),
    ],
)
def test_what_is_missing_is_named_too(where: tuple[str | int, ...]) -> None:
    with pytest.raises(BadExport) as refused:
        read(without(*where), NOW)
    assert refused.value.fault is FileProblem.WRONG


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (("weeks", 0, "owner"), "z9"),
        (("weeks", 0, "picks", 0, "by"), "z9"),
        (("weeks", 0, "picks", 0, "work"), "tmdb:1"),
        (("weeks", 0, "picks", 0, "absent"), ["z9"]),
        (("ratings", 0, "person"), "z9"),
        (("ratings", 0, "work"), "tmdb:1"),
    ],
)
def test_a_reference_that_leads_nowhere(where: tuple[str | int, ...], value: Any) -> None:
    with pytest.raises(BadExport) as refused:
        read(changed(*where, value=value), NOW)
    assert refused.value.fault is FileProblem.LOST


@pytest.mark.parametrize("section", ["people", "works", "weeks", "ratings"])
def test_what_may_be_there_once_is_not_there_twice(section: str) -> None:
    with pytest.raises(BadExport) as refused:
        read(changed(section, value=[*FILE[section], FILE[section][0]]), NOW)
    assert refused.value.fault is FileProblem.TWICE


def test_no_slot_is_taken_twice_and_no_work_picked_twice_in_a_week() -> None:
    picks = FILE["weeks"][0]["picks"]
    other = {**picks[0], "work": "hand:ours"}
    for more in (other, {**picks[0], "position": 1}):
        with pytest.raises(BadExport) as refused:
            read(changed("weeks", 0, "picks", value=[*picks, more]), NOW)
        assert refused.value.fault is FileProblem.TWICE


def test_two_labels_for_one_work_added_by_hand_are_one_too_many() -> None:
    with pytest.raises(BadExport) as refused:
        read(changed("works", value=[*FILE["works"], {**FILE["works"][2], "id": "hand:other"}]), NOW)
    assert refused.value.fault is FileProblem.TWICE


@pytest.mark.parametrize(
    ("file", "problem"),
    [
        (changed("version", value=2), FileProblem.NEWER),
        (changed("version", value=0), FileProblem.FOREIGN),
        (changed("version", value=True), FileProblem.FOREIGN),
        (changed("version", value="1"), FileProblem.FOREIGN),
        (changed("format", value="something"), FileProblem.FOREIGN),
        (changed("about", value="person"), FileProblem.PERSON),
        (changed("about", value="world"), FileProblem.FOREIGN),
        ([], FileProblem.FOREIGN),
        (None, FileProblem.FOREIGN),
        ("wrong-opinions-export", FileProblem.FOREIGN),
        ({}, FileProblem.FOREIGN),
    ],
)
def test_other_files_and_other_versions(file: object, problem: FileProblem) -> None:
    with pytest.raises(BadExport) as refused:
        read(file, NOW)
    assert refused.value.fault is problem


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"{",
        b'{"a": 1, "a": 2}',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"9" * 10_000,
        b"PK\x03\x04 and nothing of a zip",
    ],
)
def test_what_is_no_json_is_damaged(content: bytes) -> None:
    with pytest.raises(BadExport) as refused:
        import_files.parse(import_files.unpack(content))
    assert refused.value.fault is FileProblem.DAMAGED


def test_a_deep_json_that_is_whole_is_refused_too() -> None:
    with pytest.raises(BadExport):
        read(import_files.parse(b"[" * 900 + b"]" * 900), NOW)


def link(name: str) -> zipfile.ZipInfo:
    """An entry that is a symbolic link."""
    entry = zipfile.ZipInfo(name)
    entry.external_attr = 0o120777 << 16
    return entry


GOOD = ("wrong-opinions.json", json.dumps(FILE).encode())


@pytest.mark.parametrize(
    "content",
    [
        zipped(GOOD, ("../../etc/cron.d/evil", b"x")),
        zipped(GOOD, ("/etc/passwd", b"x")),
        zipped(GOOD, ("..\\evil", b"x")),
        zipped(GOOD, ("C:evil", b"x")),
        zipped(GOOD, ("folder/", b"")),
        zipped(GOOD, ("..", b"x")),
        zipped(GOOD, (link("scores.csv"), b"/etc/passwd")),
        zipped((link("wrong-opinions.json"), b"/etc/passwd")),
        zipped(GOOD, *((f"{number}.csv", b"") for number in range(20))),
    ],
)
def test_a_zip_with_anything_but_plain_files_stays_closed(content: bytes) -> None:
    with pytest.raises(BadExport) as refused:
        import_files.unpack(content)
    assert refused.value.fault is FileProblem.ARCHIVE


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_zip_with_an_entry_twice_or_another_compression_or_a_password() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(*GOOD)
        archive.writestr(*GOOD)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr(*GOOD)
    locked = bytearray(zipped(GOOD))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(signature) + offset] |= 1
    for data in (content.getvalue(), packed.getvalue(), bytes(locked)):
        with pytest.raises(BadExport) as refused:
            import_files.unpack(data)
        assert refused.value.fault is FileProblem.ARCHIVE


def test_a_zip_without_our_file() -> None:
    with pytest.raises(BadExport) as refused:
        import_files.unpack(zipped(("other.json", b"{}")))
    assert refused.value.fault is FileProblem.FOREIGN


@given(st.data())
def test_a_zip_with_bytes_changed_is_read_or_refused_and_never_breaks(data: st.DataObject) -> None:
    content = bytearray(zipped(GOOD))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        read(import_files.parse(import_files.unpack(bytes(content))), NOW)
    except DomainError:
        return


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    ),
    st.sampled_from([("people",), ("works",), ("weeks",), ("ratings",), ("club",), ("weeks", 0, "picks")]),
)
def test_any_json_in_any_place_is_read_or_refused_and_never_breaks(
    value: Any, where: tuple[Any, ...]
) -> None:
    for file in (changed(*where, value=value), changed(*where, value=[value])):
        try:
            read(file, NOW)
        except DomainError:
            continue


def test_a_bomb_is_refused_in_little_memory() -> None:
    """A gigabyte of zeros in a megabyte: no more than the limit is ever inflated, whatever the zip claims."""
    content = io.BytesIO()
    with (
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("wrong-opinions.json", "w") as entry,
    ):
        for _ in range(1_000):
            entry.write(bytes(1_000_000))
    bomb = content.getvalue()
    assert len(bomb) < 2_000_000
    tracemalloc.start()
    try:
        with pytest.raises(FileTooLarge) as refused:
            import_files.unpack(bomb)
        assert refused.value.limit == import_files.LIMIT
        assert tracemalloc.get_traced_memory()[1] < 4 * import_files.LIMIT
    finally:
        tracemalloc.stop()


def test_what_a_zip_says_of_a_size_is_not_believed() -> None:
    small = bytearray(zipped(("wrong-opinions.json", b" " * 30_000_000)))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = small.index(signature) + offset
        small[at : at + 4] = (10).to_bytes(4, "little")
    with pytest.raises((BadExport, FileTooLarge)):
        import_files.parse(import_files.unpack(bytes(small)))


def test_a_large_json_is_refused_before_it_is_read() -> None:
    with pytest.raises(FileTooLarge):
        import_files.unpack(b"[" + b" " * import_files.LIMIT)


@given(st.text())
def test_no_cell_begins_with_what_a_spreadsheet_calculates(text: str) -> None:
    cell = harmless(text)
    assert cell.lstrip()[:1] not in set("=+-@＝＋－＠")
    assert cell[:1] not in set("\t\r\n")
    assert cell in {text, f"'{text}"}
