"""The roster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.taps import ForgetTap, JoinTap
from bot.texts import Html
from bot.view import Button, View
from bot.views.common import person
from bot.views.turns import your_turn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.texts import Texts
    from domain.clubs import Member, User

SHOWN = 60


def roster(t: Texts, members: Sequence[Member]) -> View:
    """Who is in; a button for who is not yet."""
    join = ((Button(t.plain("I'm in"), JoinTap(), style="success"),),)
    if not members:
        return View(t("Nobody is on the roster yet. Joining, scoring or picking puts you there."), join)
    lines = [t.plural("<b>{n} member</b>", "<b>{n} members</b>", len(members))]
    lines += [t.data(person(t, member.user)) for member in members[:SHOWN]]
    if len(members) > SHOWN:
        lines.append(t.plural("… and {n} more", "… and {n} more", len(members) - SHOWN))
    return View("\n".join(lines), join)


def joined(t: Texts, user: User) -> View:
    """Somebody came."""
    return View(t("{name} is on the roster.", name=person(t, user)))


def already(t: Texts, user: User) -> View:
    """They were here."""
    return View(t("{name} is on the roster already.", name=person(t, user)))


def left(t: Texts, user: User, owner: User | None) -> View:
    """Somebody left; their name can go too. `owner` takes over their week."""
    text = t(
        "{name} left the roster. The scores stay in the averages; the name can go too.", name=person(t, user)
    )
    if owner is not None:
        text = Html(f"{text}\n{your_turn(t, owner)}")
    return View(
        text,
        ((Button(t.plain("Drop my name"), ForgetTap(user.id)), Button(t.plain("Back in"), JoinTap())),),
    )


def nameless(t: Texts) -> View:
    """The name is gone."""
    return View(t("Somebody left the roster. Their scores stay, without the name."))
