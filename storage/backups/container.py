"""The file a backup is.

    wrong-opinions-backup 1 <SHA-256 of all that follows this line, in hexadecimal>
    <the manifest: JSON on one line>
    <the database, compressed with gzip; where the manifest says `sealed` then encrypted with age>

So a backup is whole or it is not, whichever byte of it changed, and it can be opened without this program:
`tail -n +3 FILE | gunzip > club.db`, or `tail -n +3 FILE | age -d -i KEY | gunzip > club.db`.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO

from domain.backups import Manifest, Reason
from domain.errors import BackupDamaged, BackupTooLarge, BackupTooNew, NotABackup
from storage.backups import files, seal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.backups.stopping import Stop

FORMAT = 1
CHUNK = 1 << 20
LEVEL = 6
"""Of gzip: its own default, a fair trade of seconds for room."""
LONGEST_MANIFEST = 1 << 16
PLAUSIBLE = 1 << 26, 100
"""A database is larger than so many bytes only if its file is more than one such part of it. What the bot
stores shrinks to a fifth; gzip could shrink zeros to a thousandth."""
_HEAD = re.compile(rb"wrong-opinions-backup ([0-9]{1,9}) ([0-9a-f]{64})\n")
_HEAD_LENGTH = len(f"wrong-opinions-backup {FORMAT} \n") + 64


def write(path: Path, manifest: Manifest, database: Path, recipient: str | None, stop: Stop) -> None:
    """Write a backup of a database file into an existing, empty file, and see it onto the disk."""
    with path.open("r+b") as target:
        target.write(_head("0" * 64))
        target.write(_manifest_line(manifest))
        if recipient is None:
            _compress(database, target, stop)
        else:
            packed = path.with_name(f"{path.name}.gz")
            try:
                with files.create(packed) as middle:
                    _compress(database, middle, stop)
                    middle.seek(0)
                    seal.close(middle, target, recipient)
            finally:
                packed.unlink(missing_ok=True)
        target.seek(_HEAD_LENGTH)
        digest = _digest(target, stop)
        target.seek(0)
        target.write(_head(digest))
        files.to_disk(target)


def manifest(path: Path) -> Manifest:
    """What a backup says of itself, whether or not it is whole. NotABackup, BackupTooNew."""
    with path.open("rb") as source:
        return _read_manifest(source)[1]


def check(path: Path, stop: Stop) -> Manifest:
    """Compare a backup with its checksum. NotABackup, BackupDamaged, BackupTooNew."""
    with path.open("rb") as source:
        return _check(source, stop)


def verify(path: Path, stop: Stop) -> Manifest:
    """As `check`; and what is in it is unpacked, if it is not sealed, and compared with the manifest."""
    with path.open("rb") as source:
        found = _rewound(source, stop)
        if not found.sealed:
            _expand(source, None, found, stop)
    return found


def unpack(path: Path, target: Path, identity: Path | None, stop: Stop) -> Manifest:
    """Check a backup and write its database into an existing, empty file.

    NotABackup, BackupDamaged, BackupTooNew, BackupTooLarge, BackupSealed, SealMissing.
    """
    with path.open("rb") as source, target.open("r+b") as out:
        found = _rewound(source, stop)
        least, ratio = PLAUSIBLE
        if found.size > max(least, ratio * path.stat().st_size):
            raise BackupTooLarge(found.size)
        if found.sealed:
            packed = target.with_name(f"{target.name}.gz")
            try:
                with files.create(packed) as middle:
                    seal.open_(source, middle, identity)
                    middle.seek(0)
                    _expand(middle, out, found, stop)
            finally:
                packed.unlink(missing_ok=True)
        else:
            _expand(source, out, found, stop)
        files.to_disk(out)
    return found


def digest(path: Path, stop: Stop) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as source:
        return _digest(source, stop)


def _head(checksum: str) -> bytes:
    return f"wrong-opinions-backup {FORMAT} {checksum}\n".encode()


def _manifest_line(manifest: Manifest) -> bytes:
    values = {
        "made_at": manifest.made_at.isoformat(),
        "reason": manifest.reason.value,
        "version": manifest.version,
        "revision": manifest.revision,
        "size": manifest.size,
        "sha256": manifest.sha256,
        "rows": dict(manifest.rows),
        "sealed": manifest.sealed,
    }
    return json.dumps(values).encode() + b"\n"


def _read_manifest(source: BinaryIO) -> tuple[str, Manifest]:
    """The checksum and the manifest; the file then stands at the database."""
    head = _HEAD.fullmatch(source.readline(200))
    if head is None:
        raise NotABackup
    if int(head[1]) != FORMAT:
        raise BackupTooNew(f"format {int(head[1])}")
    line = source.readline(LONGEST_MANIFEST)
    if not line.endswith(b"\n"):
        raise BackupDamaged
    try:
        return head[2].decode(), _parse(json.loads(line))
    except (ValueError, TypeError, KeyError, RecursionError):
        raise BackupDamaged from None


def _parse(values: dict[str, object]) -> Manifest:
    def text(name: str) -> str:
        value = values[name]
        if not isinstance(value, str):
            raise TypeError(name)
        return value

    def number(value: object) -> int:
        if type(value) is not int or value < 0:
            raise TypeError("a count")
        return value

    rows, sealed = values["rows"], values["sealed"]
    if not isinstance(rows, dict) or not isinstance(sealed, bool):
        raise TypeError("rows, sealed")
    made_at = datetime.fromisoformat(text("made_at"))
    if made_at.utcoffset() is None:
        raise ValueError("a moment without its zone")
    return Manifest(
        made_at=made_at,
        reason=Reason(text("reason")),
        version=text("version"),
        revision=text("revision"),
        size=number(values["size"]),
        sha256=text("sha256"),
        rows={str(table): number(count) for table, count in rows.items()},
        sealed=sealed,
    )


def _check(source: BinaryIO, stop: Stop) -> Manifest:
    checksum, found = _read_manifest(source)
    source.seek(_HEAD_LENGTH)
    if _digest(source, stop) != checksum:
        raise BackupDamaged
    return found


def _rewound(source: BinaryIO, stop: Stop) -> Manifest:
    """The manifest of a backup whose checksum is right; the file then stands at the database."""
    _check(source, stop)
    source.seek(0)
    return _read_manifest(source)[1]


def _digest(source: BinaryIO, stop: Stop) -> str:
    sha = hashlib.sha256()
    for chunk in _chunks(source, stop):
        sha.update(chunk)
    return sha.hexdigest()


def _compress(database: Path, target: BinaryIO, stop: Stop) -> None:
    packer = zlib.compressobj(LEVEL, wbits=31)
    with database.open("rb") as source:
        target.writelines(packer.compress(chunk) for chunk in _chunks(source, stop))
    target.write(packer.flush())


def _expand(source: BinaryIO, target: BinaryIO | None, manifest: Manifest, stop: Stop) -> None:
    """Unpack exactly what the manifest announces; nothing beyond it is ever written."""
    sha, left = hashlib.sha256(), manifest.size
    for piece in _expanded(source, stop):
        left -= len(piece)
        if left < 0:
            raise BackupDamaged
        sha.update(piece)
        if target is not None:
            target.write(piece)
    if left or sha.hexdigest() != manifest.sha256:
        raise BackupDamaged


def _expanded(source: BinaryIO, stop: Stop) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        for chunk in _chunks(source, stop):
            rest = chunk
            while rest and not unpacker.eof:
                stop.check()
                yield unpacker.decompress(rest, CHUNK)
                rest = unpacker.unconsumed_tail
            if unpacker.eof and (rest or unpacker.unused_data):
                raise BackupDamaged
    except zlib.error:
        raise BackupDamaged from None
    if not unpacker.eof:
        raise BackupDamaged


def _chunks(source: BinaryIO, stop: Stop) -> Iterator[bytes]:
    while chunk := source.read(CHUNK):
        stop.check()
        yield chunk
