"""Exports on their way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.view import View

if TYPE_CHECKING:
    from bot.texts import Texts
    from bot.view import Attachment
    from domain.clubs import Club

OWN_FILE = "wrong-opinions-my-data.zip"


def club_file(title: str) -> str:
    """What a club's export is called."""
    words = "-".join(re.findall(r"\w+", title.lower()))[:40]
    return f"wrong-opinions-{words or 'club'}.zip"


def progress(t: Texts, entries: int) -> View:
    """While it is being written."""
    if not entries:
        return View(t("Writing it all down …"))
    return View(t.plural("Writing it all down: {n} entry …", "Writing it all down: {n} entries …", entries))


def ready(t: Texts, club: Club, document: Attachment) -> View:
    """Here it is."""
    if club.private:
        text = t("All I know of you, as JSON and as lists for a spreadsheet.")
    else:
        text = t("The club's weeks, as JSON and as lists for a spreadsheet. /import reads it again.")
    return View(text, document=document)


def done(t: Texts) -> View:
    """In place of the progress."""
    return View(t("Written down."))


def unconfirmed(t: Texts) -> View:
    """In place of the progress, where Telegram did not say that the file arrived."""
    return View(t("Telegram didn't confirm the file. If it isn't here, ask me for it again."))


def no_movies(t: Texts) -> View:
    """Nothing to give to Letterboxd."""
    return View(t("You haven't scored a movie yet."))


def part(t: Texts, document: Attachment, *, first: bool) -> View:
    """A file for Letterboxd."""
    text = t("Your movies for letterboxd.com/import. If there are several files, import one after the other.")
    return View(text if first else "", document=document)


def in_private(t: Texts) -> View:
    """Somebody's own movies are their own."""
    return View(t("That's about your own scores. Write /export letterboxd to me in private."))
