"""The digest: what is told of a week once it is over, in the group and in private."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.taps import DigestTap
from bot.texts import Html, visible
from bot.view import TEXT_LIMIT, Button, View
from bot.views.common import ICONS, person, score_line, title
from bot.views.rarities import sentence
from bot.views.weeks import heading, named, takes

if TYPE_CHECKING:
    from bot.texts import Texts
    from domain.clubs import Club, User
    from domain.digest import Digest, Lean
    from domain.weeks import PickCard, WeekCard

MOST_NAMES = 8
RESERVE = 60
"""Code points kept for saying that something was left out."""


def message(t: Texts, digest: Digest) -> View:
    """The group's digest, in `t`'s language; takes that no longer fit are counted instead."""
    settings = digest.club.settings
    above = [heading(t, digest.week.iso)]
    for card in digest.week.picks:
        above += ["", *_pick(t, digest.club, card)]
    people = [line for line in (_generous(t, digest), _harsh(t, digest)) if line]
    if people:
        above += ["", *people]
    if digest.fact is not None:
        above += ["", f"✨ {sentence(t, digest.fact, settings.scale)}"]
    below = [line for line in (_missing(t, digest.missing), _next(t, digest)) if line]
    if below:
        below = ["", *below]
    room = TEXT_LIMIT - RESERVE - visible("\n".join([*above, *below]))
    return View("\n".join([*above, *_takes(t, digest.club, digest.week, room), *below]))


def caption(t: Texts, digest: Digest) -> str:
    """What stands under the picture, as HTML."""
    return t("The scores of week {week}", week=digest.week.iso.week)


def private(t: Texts, digests: tuple[Digest, ...]) -> View:
    """The digests of somebody's clubs in one message; those that no longer fit are counted instead."""
    if not digests:
        return View(t("Your clubs have no scores to tell of this week."))
    lines: list[str] = []
    for number, digest in enumerate(digests):
        added = ["", *_short(t, digest)] if lines else _short(t, digest)
        if visible("\n".join([*lines, *added])) > TEXT_LIMIT - RESERVE:
            left = len(digests) - number
            lines += ["", t.plural("… and {n} more club", "… and {n} more clubs", left)]
            break
        lines += added
    return View("\n".join(lines))


def wanted(t: Texts, *, wants: bool) -> View:
    """Whether somebody gets them, and the button to change it."""
    if wants:
        text = t("I send you the digests of all your clubs here, in one message each week.")
        return View(text, ((Button(t.plain("No longer"), DigestTap(wanted=False)),),))
    text = t("I can send you the digests of all your clubs here, in one message each week.")
    return View(text, ((Button(t.plain("Yes, please"), DigestTap(wanted=True), style="primary"),),))


def in_private(t: Texts) -> View:
    """The group has its own; a private one is asked for in private."""
    return View(
        t("The group's digest comes by itself. For one of all your clubs, write /digest to me in private.")
    )


def _pick(t: Texts, club: Club, card: PickCard) -> list[str]:
    pick = card.pick
    return [
        f"{ICONS[pick.kind]} "
        + t("<b>{title}</b> · picked by {name}", title=title(pick.work), name=person(t, pick.picked_by)),
        score_line(t, card.tally, club.settings),
    ]


def _short(t: Texts, digest: Digest) -> list[str]:
    club = digest.club
    lines: list[str] = [t("<b>{club}</b> · week {week}", club=club.title or "…", week=digest.week.iso.week)]
    for card in digest.week.picks:
        lines.append(f"{ICONS[card.pick.kind]} " + t("<b>{title}</b>", title=title(card.pick.work)))
        lines.append(score_line(t, card.tally, club.settings))
    if digest.fact is not None:
        lines.append(f"✨ {sentence(t, digest.fact, club.settings.scale)}")
    return lines


def _generous(t: Texts, digest: Digest) -> str:
    lean = digest.generous
    if lean is None:
        return ""
    by = _by(t, digest, lean)
    if by is None:
        return ""
    return "💛 " + t("The biggest heart: {names}, {by} above the average.", names=_members(t, lean), by=by)


def _harsh(t: Texts, digest: Digest) -> str:
    lean = digest.harsh
    if lean is None:
        return ""
    by = _by(t, digest, lean)
    if by is None:
        return ""
    return "🧐 " + t("The strictest eye: {names}, {by} below the average.", names=_members(t, lean), by=by)


def _by(t: Texts, digest: Digest, lean: Lean) -> str | None:
    """How far, on the club's scale; None where it would read as nothing."""
    by = t.number(digest.club.settings.scale.convert(lean.by))
    return None if by == t.number(0) else by


def _members(t: Texts, lean: Lean) -> Html:
    return _names(t, [named(t, member) for member in lean.members])


def _names(t: Texts, names: list[str]) -> Html:
    shown = [t("<b>{name}</b>", name=name) for name in names[:MOST_NAMES]]
    listed = ", ".join(shown)
    if len(names) > MOST_NAMES:
        listed += " " + t.plural("… and {n} more", "… and {n} more", len(names) - MOST_NAMES)
    return Html(listed)


def _missing(t: Texts, missing: tuple[User, ...]) -> str:
    if not missing:
        return ""
    names = _names(t, [person(t, user) for user in missing])
    return t("Still to answer: {names}. Late scores count too.", names=names)


def _next(t: Texts, digest: Digest) -> str:
    if digest.next_owner is None:
        return ""
    return t("Next week is <b>{name}</b>'s turn.", name=person(t, digest.next_owner))


def _takes(t: Texts, club: Club, week: WeekCard, room: int) -> list[str]:
    """The takes in a quote that opens, within `room` code points."""
    lines: list[str] = []
    left_out = 0
    for card in week.picks:
        above = [t("<b>{title}</b>", title=card.pick.work.title)] if len(week.picks) > 1 else []
        for take in takes(t, club, card):
            added = [*above, take]
            if visible("\n".join([*lines, *added])) + 2 > room:
                left_out += 1
            else:
                lines += added
                above = []
    if left_out:
        lines.append(t.plural("… and {n} more take", "… and {n} more takes", left_out))
    if not lines:
        return []
    quoted = "\n".join(lines)
    return ["", f"<blockquote expandable>{quoted}</blockquote>"]
