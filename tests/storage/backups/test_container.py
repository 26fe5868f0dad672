"""The file a backup is: every changed byte is noticed, and nothing else opens."""

from __future__ import annotations

import hashlib
import json
import random
import re
import subprocess
import zlib
from typing import TYPE_CHECKING, Any

import pytest

from domain.backups import Reason
from domain.errors import (
    BackupDamaged,
    BackupSealed,
    BackupTooLarge,
    BackupTooNew,
    DomainError,
    NotABackup,
)
from storage.backups import container
from storage.backups.folder import Vault
from tests.fakes import START
from tests.proofs import repeats
from tests.storage.filled import newest

if TYPE_CHECKING:
    from pathlib import Path

    from storage.backups.stopping import Stop
    from tests.storage.backups.conftest import Place

REFUSALS = (NotABackup, BackupDamaged, BackupTooNew)


def packed(manifest: dict[str, Any] | bytes, body: bytes, head: str = "wrong-opinions-backup 1") -> bytes:
    """A backup whose checksum is right, whatever is in it."""
    line = manifest if isinstance(manifest, bytes) else json.dumps(manifest).encode() + b"\n"
    return f"{head} {hashlib.sha256(line + body).hexdigest()}\n".encode() + line + body


def gzipped(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=31)
    return packer.compress(content) + packer.flush()


def manifest_of(content: bytes, **changes: Any) -> dict[str, Any]:
    return {
        "made_at": START.isoformat(),
        "reason": "asked",
        "version": "0.1.0",
        "revision": newest(),
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "rows": {},
        "sealed": False,
        **changes,
    }


def flip(content: bytes, at: int, chance: random.Random) -> bytes:
    changed = bytearray(content)
    changed[at] ^= chance.randrange(1, 256)
    return bytes(changed)


def unnoticed(place: Place, stop: Stop, places: list[int]) -> list[int]:
    """Those of some places at which a changed byte would not be noticed."""
    content, target, chance = place.backup.read_bytes(), place.folder / "changed.backup", random.Random(7)
    missed = []
    for at in places:
        target.write_bytes(flip(content, at, chance))
        try:
            container.check(target, stop)
        except REFUSALS:
            continue
        missed.append(at)
    return missed


async def test_a_changed_byte_is_noticed_at_the_head_and_anywhere(place: Place, stop: Stop) -> None:
    size = place.backup.stat().st_size
    places = [*range(200), *random.Random(1).sample(range(200, size), 100), size - 1]
    assert unnoticed(place, stop, places) == []


@pytest.mark.proof
async def test_a_changed_byte_is_noticed_at_a_thousand_places(place: Place, stop: Stop) -> None:
    size = place.backup.stat().st_size
    assert unnoticed(place, stop, random.Random(2).sample(range(size), repeats(300, 1000))) == []


async def test_what_is_cut_off_or_goes_on_is_noticed(place: Place, stop: Stop) -> None:
    content, target = place.backup.read_bytes(), place.folder / "changed.backup"
    for changed in (b"", content[:50], content[:500], content[:-1], content + b"\0", content * 2):
        target.write_bytes(changed)
        with pytest.raises(REFUSALS):
            container.check(target, stop)


async def test_it_opens_without_this_program(place: Place) -> None:
    body = place.backup.read_bytes().split(b"\n", 2)[2]
    unpacked = subprocess.run(["gunzip"], input=body, capture_output=True, check=True).stdout  # noqa: ASYNC221
    assert hashlib.sha256(unpacked).hexdigest() == container.manifest(place.backup).sha256
    assert unpacked.startswith(b"SQLite format 3\0")


def refused(folder: Path, content: bytes, stop: Stop) -> type[DomainError]:
    """What a hostile backup is refused with; nothing of it is left."""
    source, target = folder / "hostile.backup", folder / "target.db"
    source.write_bytes(content)
    target.touch()
    try:
        container.unpack(source, target, None, stop)
    except DomainError as error:
        return type(error)
    finally:
        assert target.stat().st_size <= 1 << 22
    raise AssertionError("it was unpacked")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n" * 10_000,
        b"PK\x03\x04" + bytes(1000),
        b"SQLite format 3\0" + bytes(4080),
        b"x" * 10_000_000,
        packed(manifest_of(b""), gzipped(b""), head="somebody-elses-backup 1"),
        packed(manifest_of(b""), gzipped(b""), head="wrong-opinions-backup -1"),
        packed(manifest_of(b""), gzipped(b""), head="wrong-opinions-backup 1.0"),
    ],
    ids=str,
)
def test_what_is_no_backup_is_said_to_be_none(tmp_path: Path, stop: Stop, content: bytes) -> None:
    assert refused(tmp_path, content, stop) is NotABackup


def test_a_format_of_the_future_is_said_to_be_one(tmp_path: Path, stop: Stop) -> None:
    content = packed(manifest_of(b""), gzipped(b""), head="wrong-opinions-backup 2")
    assert refused(tmp_path, content, stop) is BackupTooNew


SENSELESS: list[tuple[str, Any]] = [
    ("made_at", "yesterday"),
    ("made_at", "2026-03-02T12:00:00"),
    ("reason", "spite"),
    ("version", None),
    ("revision", 2),
    ("size", -1),
    ("size", "12"),
    ("size", True),
    ("size", 1e99),
    ("sha256", None),
    ("rows", []),
    ("rows", {"users": -1}),
    ("rows", {"users": "many"}),
    ("sealed", "no"),
]


@pytest.mark.parametrize(
    "manifest",
    [
        b"\n",
        b"[]\n",
        b"{}\n",
        b"nonsense\n",
        b"[" * 60_000 + b"\n",
        b'{"made_at": "2026-03-02T12:00:00+00:00"' + b" " * 70_000 + b"}\n",
        b"\xff\xfe\n",
        *(json.dumps(manifest_of(b"", **{name: value})).encode() + b"\n" for name, value in SENSELESS),
    ],
    ids=lambda line: str(line[:60]),
)
def test_a_manifest_that_makes_no_sense_is_damage(tmp_path: Path, stop: Stop, manifest: bytes) -> None:
    assert refused(tmp_path, packed(manifest, gzipped(b"")), stop) is BackupDamaged


def test_bombs_are_not_unpacked(tmp_path: Path, stop: Stop) -> None:
    zeros = gzipped(bytes(300 << 20))
    large = manifest_of(b"", size=300 << 20)
    assert refused(tmp_path, packed(large, zeros), stop) is BackupTooLarge
    assert refused(tmp_path, packed(manifest_of(b"", size=1 << 50), zeros), stop) is BackupTooLarge
    assert refused(tmp_path, packed(manifest_of(b"", size=1 << 20), zeros), stop) is BackupDamaged
    within_a_bomb = gzipped(zeros)
    assert (
        refused(tmp_path, packed(manifest_of(b"", size=len(zeros) + 1), within_a_bomb), stop) is BackupDamaged
    )


def test_contents_that_are_not_what_was_promised_are_damage(tmp_path: Path, stop: Stop) -> None:
    content = b"SQLite format 3\0" + bytes(1000)
    whole = gzipped(content)
    assert refused(tmp_path, packed(manifest_of(content, sha256="0" * 64), whole), stop) is BackupDamaged
    assert refused(tmp_path, packed(manifest_of(content, size=2000), whole), stop) is BackupDamaged
    for body in (b"", whole[:-9], whole + b"more", whole * 2, content, b"\x1f\x8b" + bytes(100)):
        assert refused(tmp_path, packed(manifest_of(content), body), stop) is BackupDamaged


async def test_an_encrypted_one_opens_with_its_key_alone(place: Place, stop: Stop) -> None:
    pyrage = pytest.importorskip("pyrage")
    right, wrong = (pyrage.x25519.Identity.generate() for _ in range(2))
    keys = {}
    for name, identity in (("right", right), ("wrong", wrong)):
        keys[name] = place.folder / f"{name}.key"
        keys[name].write_text(f"# created: today\n{identity}\n")
    keys["nonsense"] = place.folder / "nonsense.key"
    keys["nonsense"].write_text("AGE-SECRET-KEY-1NONSENSE\n")
    vault = Vault(
        place.backups,
        place.database,
        version="0.1.0",
        recipient=str(right.to_public()),
        identity=keys["right"],
    )
    made = await vault.make(Reason.ASKED, START)
    path = vault.path(made.backup.name)
    assert made.manifest.sealed
    assert b"text 1" not in path.read_bytes()
    assert await vault.open(path) == made.manifest
    assert (await vault.rehearse(made.backup.name)).manifest == made.manifest
    target = place.folder / "target.db"
    for key, tried in ((None, False), (keys["wrong"], True), (keys["nonsense"], True)):
        target.write_bytes(b"")
        with pytest.raises(BackupSealed) as refusal:
            container.unpack(path, target, key, stop)
        assert refusal.value.tried is tried
    path.write_bytes(flip(path.read_bytes(), path.stat().st_size - 5, random.Random(1)))
    with pytest.raises(BackupDamaged):
        await vault.open(path)
    assert place.left_over() == []


async def test_a_manifest_tells_what_is_in_it(place: Place) -> None:
    head, line, _ = place.backup.read_bytes().split(b"\n", 2)
    assert re.fullmatch(rb"wrong-opinions-backup 1 [0-9a-f]{64}", head)
    told = json.loads(line)
    assert (told["version"], told["revision"], told["reason"]) == ("0.1.0", newest(), "asked")
    assert told["rows"]["ratings"] == told["rows"]["inbox"] == 12
    assert told["size"] % 4096 == 0
