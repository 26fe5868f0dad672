"""People's rights: what is kept, what is known of one person, being forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.taps import CopyTap, ExportTap, ForgetMeTap, NoForgetTap, StayTap
from bot.view import Button, View
from bot.views.common import person

if TYPE_CHECKING:
    from bot.texts import Texts
    from domain.clubs import User
    from domain.people import Held


def privacy(t: Texts) -> View:
    """What is stored, and for how long."""
    lines = (
        t("<b>What I keep</b>"),
        t("• Your Telegram id, first name and language, and what you do here: scores, takes, picks, notes, "
          "your place on a roster. Until you ask me to forget you."),
        t("• What you write to me: until I've dealt with it. Then its number alone, for 3 days; if I failed, "
          "all of it, for 30 days, so that somebody can find out why."),
        t("• Lists and files of past weeks: until they are stored or thrown away, 30 days at most."),
        t("• Searches: with the chat they were made in. What the catalogues answered: without even that."),
        t("• Backups: up to a year, unless whoever runs me has set another time. What is gone here is gone "
          "there by then."),
        t("I see commands, replies to me and presses of my buttons, not your conversations. The catalogues "
          "see what is searched for; nobody else sees anything."),
        t("/mydata shows what I know of you, /export takes it along, /forget_me removes it."),
    )  # fmt: skip
    return View("\n".join(lines))


def mine(t: Texts, user: User, held: Held) -> View:
    """What is known of somebody, and what they can do about it."""
    lines = (
        t("<b>What I know of you</b>"),
        t("You are {name}, Telegram id {id}.", name=person(t, user), id=user.telegram_id or 0),
        t(
            "{clubs}, {scores}, {takes}, {picks}.",
            clubs=t.plural("{n} club", "{n} clubs", held.clubs),
            scores=t.plural("{n} score", "{n} scores", held.scores),
            takes=t.plural("{n} take", "{n} takes", held.takes),
            picks=t.plural("{n} pick", "{n} picks", held.picks),
        ),
        t("A readable copy of it lies beside the backups.")
        if user.keeps_copy
        else t("If you like, I put a readable copy of it beside every backup."),
    )
    copy = t.plain("No copy any more") if user.keeps_copy else t.plain("Keep a copy")
    rows = (
        (Button(t.plain("Send me all of it"), ExportTap(), style="primary"),),
        (Button(copy, CopyTap(wanted=not user.keeps_copy)),),
        (Button(t.plain("Forget me"), ForgetMeTap(sure=False), style="danger"),),
    )
    return View("\n".join(lines), rows)


def forget(t: Texts) -> View:
    """What being forgotten means."""
    return View(
        t(
            "<b>Forget you?</b>\nYour name, your takes and your private chat's weeks go, and you leave "
            "every roster. Your scores stay in the clubs' averages, as nobody's. What I wrote into chats "
            "stays there."
        ),
        ((Button(t.plain("Forget me"), ForgetMeTap(sure=False), style="danger"), _no(t)),),
    )


def really(t: Texts) -> View:
    """The second question."""
    return View(
        t("Really? After half a minute there is no way back, not even with an old export."),
        ((Button(t.plain("Yes, forget me"), ForgetMeTap(sure=True), style="danger"), _no(t)),),
    )


def going(t: Texts, seconds: int) -> View:
    """It will be done, and can be undone until then."""
    return View(
        t("I'll forget you in {seconds} seconds.", seconds=seconds), ((Button(t.plain("Undo"), StayTap()),),)
    )


def staying(t: Texts) -> View:
    """Nothing happens."""
    return View(t("Good. Nothing has changed."))


def forgotten(t: Texts) -> View:
    """It is done."""
    return View(
        t("Done: I no longer know who you are. Should you write to me or press one of my buttons again, we "
          "start from nothing.")
    )  # fmt: skip


def in_private(t: Texts) -> View:
    """For what is nobody else's business."""
    return View(t("That's between you and me. Write it to me in private."))


def _no(t: Texts) -> Button:
    return Button(t.plain("No"), NoForgetTap())
