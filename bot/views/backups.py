"""What whoever runs the bot is told of their backups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.texts import Html
from bot.view import Attachment, View

if TYPE_CHECKING:
    from pathlib import Path

    from bot.texts import Texts
    from domain.backups import Backup, Rehearsed
    from domain.services.backups import Done

DOCUMENT_LIMIT = 50_000_000
"""Bytes of a document a bot may send (Bot API, sendDocument)."""


def begun(t: Texts) -> View:
    """It is under way."""
    return View(t("Making a backup…"))


def done(t: Texts, done: Done, problem: str | None) -> View:
    """It is there; `problem` says what went wrong with all that goes with it."""
    lines = [
        t(
            "Backup made and checked: {scores} scores, {size}. {name}",
            scores=done.made.manifest.rows.get("ratings", 0),
            size=size(t, done.made.backup.size),
            name=Html(f"<code>{done.made.backup.name}</code>"),
        )
    ]
    if done.removed:
        lines.append(t.plural("{n} older one made room.", "{n} older ones made room.", done.removed))
    if problem is not None:
        lines.append(_but(t, problem))
    return View("\n".join(lines))


def half_done(t: Texts, problem: str) -> View:
    """The backup is there, what belongs to it is not."""
    return View(_but(t, problem))


def failed(t: Texts, reason: str) -> View:
    """There is none."""
    return View(t("The backup failed: {reason}", reason=reason))


def works_again(t: Texts) -> View:
    """There is one again, and all that goes with it."""
    return View(t("Backups work again."))


def too_large(backup: Backup) -> bool:
    """Whether Telegram takes it from a bot."""
    return backup.size > DOCUMENT_LIMIT


def enclosed(t: Texts, backup: Backup, path: Path) -> View:
    """The backup itself; the news that it is too large where it is."""
    if too_large(backup):
        return View(
            t(
                "The backup is {size}, more than Telegram lets me send. "
                "It stays on the disk, and so will the next ones.",
                size=size(t, backup.size),
            )
        )
    return View(t("A backup to keep. /backup makes one any time."), document=Attachment(path, backup.name))


def rehearsed(t: Texts, rehearsed: Rehearsed) -> View:
    """The weekly rehearsal went well."""
    rows = rehearsed.manifest.rows
    return View(
        t(
            "I restored this week's backup on the side, to be sure: all {rows} rows came back, "
            "{scores} scores among them.",
            rows=sum(rows.values()),
            scores=rows.get("ratings", 0),
        )
    )


def not_rehearsed(t: Texts, reason: str) -> View:
    """It did not."""
    return View(t("I tried to restore the newest backup on the side. It failed: {reason}", reason=reason))


def size(t: Texts, count: int) -> str:
    """A file's size."""
    return t.plain("{n} MB", n=t.number(max(count, 50_000) / 1_000_000))


def _but(t: Texts, problem: str) -> Html:
    return t("The backup is there, but not all that goes with it: {reason}", reason=problem)
