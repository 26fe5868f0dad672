"""What whoever runs the bot is told. Never a token, a take, or an error's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.texts import Html
from bot.view import View
from bot.views.common import source_name

if TYPE_CHECKING:
    from bot.texts import Texts
    from domain.works import Source


def error(t: Texts, error_id: str, kind: str, where: str, times: int) -> View:
    """An unexpected error, with the id of its latest time."""
    first = t(
        "Error <code>{id}</code>: {kind} in {where}. The log has the rest.",
        id=error_id,
        kind=kind,
        where=where,
    )
    if times == 1:
        return View(first)
    often = t.plural("So far {n} time.", "So far {n} times.", times)
    return View(Html(f"{first}\n{often}"))


def full_disk(t: Texts, megabytes: int) -> View:
    """The disk is nearly full."""
    return View(
        t(
            "The disk is nearly full: {n} MB are left where I keep my database. "
            "When it is full, I can't store anything more.",
            n=megabytes,
        )
    )


def room_again(t: Texts) -> View:
    """There is room again."""
    return View(t("There is room on the disk again."))


def source_down(t: Texts, source: Source) -> View:
    """A catalogue has not answered for an hour."""
    return View(
        t(
            "{source} hasn't answered for an hour. I go on with what I remember, and say when it is back.",
            source=source_name(source),
        )
    )


def source_back(t: Texts, source: Source) -> View:
    """It answers again."""
    return View(t("{source} answers again.", source=source_name(source)))


def migrated(t: Texts, revision: str) -> View:
    """A new release has changed the tables."""
    return View(
        t(
            "I run a new release, and have brought the database up to it (revision {revision}). "
            "The older release can't read it any more.",
            revision=revision,
        )
    )
