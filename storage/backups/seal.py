"""Encryption with age (https://age-encryption.org), by the optional package pyrage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

from domain.errors import BackupSealed, SealMissing

if TYPE_CHECKING:
    from pathlib import Path


def check_recipient(text: str) -> None:
    """Return if backups can be encrypted for a recipient, `age1…`. ValueError if not, SealMissing."""
    pyrage = _pyrage()
    try:
        pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        raise ValueError("not a recipient of age, which begins with age1") from None


def close(plain: BinaryIO, sealed: BinaryIO, text: str) -> None:
    """Encrypt what is left of one file for a recipient, onto the end of another."""
    pyrage = _pyrage()
    pyrage.encrypt_io(plain, sealed, [pyrage.x25519.Recipient.from_str(text)])


def open_(sealed: BinaryIO, plain: BinaryIO, identity: Path | None) -> None:
    """Decrypt what is left of one file onto the end of another. BackupSealed without the right key.

    `identity` is a file as age-keygen writes it: keys on lines of their own, others begin with #.
    """
    pyrage = _pyrage()
    if identity is None:
        raise BackupSealed(tried=False)
    try:
        lines = identity.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise BackupSealed(tried=True) from None
    try:
        keys = [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
        pyrage.decrypt_io(sealed, plain, keys)
    except (pyrage.IdentityError, pyrage.DecryptError):
        raise BackupSealed(tried=True) from None


def _pyrage() -> Any:
    try:
        import pyrage  # noqa: PLC0415 - an extra that most go without
    except ModuleNotFoundError:
        raise SealMissing from None
    return pyrage
