"""Opening what somebody sent as an export: a zip or its JSON. It may be anything; nothing goes to the disk.

A zip bomb, a path that leads elsewhere or a 200 MB JSON is refused before it is read: of every entry at most
`LIMIT` bytes are ever inflated, and of all entries one is.
"""

from __future__ import annotations

import io
import json
import stat
import zipfile
import zlib
from typing import NoReturn

from domain.errors import BadExport, FileProblem, FileTooLarge
from domain.exports import JSON_NAME

LIMIT = 20_000_000
"""Bytes of the JSON, and of the file it comes in; also what a bot can download (Bot API, getFile)."""
ENTRIES = 16


def unpack(content: bytes) -> bytes:
    """The JSON in a file. FileTooLarge, BadExport."""
    if len(content) > LIMIT:
        raise FileTooLarge(limit=LIMIT)
    if not content.startswith(b"PK"):
        return content
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _json_in(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError):
        raise BadExport(FileProblem.DAMAGED) from None


def parse(content: bytes) -> object:
    """The value of a JSON text in UTF-8, in which no object has a key twice. BadExport."""
    try:
        return json.loads(content.decode("utf-8-sig"), object_pairs_hook=_object, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise BadExport(FileProblem.DAMAGED) from None


def _json_in(archive: zipfile.ZipFile) -> bytes:
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if len(entries) > ENTRIES or len(set(names)) < len(names) or not all(_plain(entry) for entry in entries):
        raise BadExport(FileProblem.ARCHIVE)
    if JSON_NAME not in names:
        raise BadExport(FileProblem.FOREIGN)
    with archive.open(JSON_NAME) as file:
        content = file.read(LIMIT + 1)
    if len(content) > LIMIT:
        raise FileTooLarge(limit=LIMIT)
    return content


def _plain(entry: zipfile.ZipInfo) -> bool:
    """Whether an entry is what we write: a file of that name, deflated or stored, and no link or path."""
    kind = stat.S_IFMT(entry.external_attr >> 16)
    return (
        kind in {0, stat.S_IFREG}
        and not set(entry.filename) & set("/\\:\x00")
        and entry.filename not in {"", ".", ".."}
        and not entry.flag_bits & 0x1
        and entry.compress_type in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
    )


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key twice")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
