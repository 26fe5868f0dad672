"""The rare fact of a week, as a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.views.common import person, title
from domain.rarities import FactKind
from domain.works import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.texts import Html, Texts
    from domain.rarities import RareFact
    from domain.scores import Scale

    Words = dict[str, str | int]
    Tell = Callable[[Texts, Words], Html]


def sentence(t: Texts, fact: RareFact, scale: Scale) -> Html:
    """A rare fact in `t`'s language, its scores on the club's scale."""
    album = fact.work is not None and fact.work.kind is Kind.ALBUM
    tell = (_OF_ALBUMS if album else _OF_MOVIES).get(fact.kind) or _OF_ANY[fact.kind]
    return tell(t, _words(t, fact, scale))


def _words(t: Texts, fact: RareFact, scale: Scale) -> Words:
    """Whatever a sentence may need: a fact fills what its kind says."""
    number, than = round(fact.number), round(fact.than or 0)
    words: Words = {
        "title": "" if fact.work is None else title(fact.work),
        "name": t.plain("Somebody") if fact.user is None else person(t, fact.user),
        "n": number,
        "than": than,
        "maker": fact.name,
        "genre": fact.name,
        "country": t.territory(fact.name) if fact.kind is FactKind.FIRST_COUNTRY else "",
        "average": t.number(scale.convert(fact.number)),
    }
    if fact.kind in _IN_SCORES:
        words |= {"score": scale.label(number), "other": scale.label(than)}
    if fact.week is not None:
        words |= {"week": fact.week.week, "year": fact.week.year}
    return words


_IN_SCORES = frozenset(
    {
        FactKind.MOST_DIVISIVE,
        FactKind.UNANIMOUS,
        FactKind.FIRST_PERFECT,
        FactKind.FIRST_BOTTOM,
        FactKind.FIRST_TOP,
        FactKind.CONTRARIAN,
    }
)

_OF_ANY: dict[FactKind, Tell] = {
    FactKind.FIRST_PERFECT: lambda t, words: t(
        "{score} from everybody for <b>{title}</b>: a first in this club.", **words
    ),
    FactKind.COMEBACK: lambda t, words: t(
        "<b>{title}</b> was thrown out once. This time it stayed.", **words
    ),
    FactKind.AGAIN: lambda t, words: t(
        "<b>{title}</b> came back: it was a pick before, in week {week} of {year}.", **words
    ),
    FactKind.UNANIMOUS: lambda t, words: t(
        "All of one mind: {score} from everybody for <b>{title}</b>. That is rare here.", **words
    ),
    FactKind.CRITICS_GAP: lambda t, words: t(
        "Never were we further from the critics: {n} % here for <b>{title}</b>, {than} % from them.", **words
    ),
    FactKind.CONTRARIAN: lambda t, words: t(
        "<b>{name}</b> stands alone: {score} for <b>{title}</b>, and nobody came nearer than {other}.",
        **words,
    ),
    FactKind.FIRST_TOP: lambda t, words: t(
        "The first {score} ever from <b>{name}</b>: for <b>{title}</b>.", **words
    ),
    FactKind.FIRST_BOTTOM: lambda t, words: t(
        "The first {score} ever in this club: from <b>{name}</b> for <b>{title}</b>.", **words
    ),
    FactKind.MILESTONE: lambda t, words: t("<b>{name}</b> has reached {n} scores in this club.", **words),
    FactKind.STREAK: lambda t, words: t("<b>{name}</b> has answered {n} weeks in a row.", **words),
    FactKind.FIRST_COUNTRY: lambda t, words: t(
        "A new country on the club's map: {country}, with <b>{title}</b>.", **words
    ),
    FactKind.FIRST_GENRE: lambda t, words: t(
        "A genre this club had never picked: {genre}, with <b>{title}</b>.", **words
    ),
}

_OF_MOVIES: dict[FactKind, Tell] = {
    FactKind.HIGHEST: lambda t, words: t(
        "No movie has ever got more in this club: <b>{title}</b>, {average} on average.", **words
    ),
    FactKind.LOWEST: lambda t, words: t(
        "No movie has ever got less in this club: <b>{title}</b>, {average} on average.", **words
    ),
    FactKind.MOST_DIVISIVE: lambda t, words: t(
        "No movie has ever divided this club more: <b>{title}</b>, from {other} to {score}.", **words
    ),
    FactKind.OLDEST: lambda t, words: t("The oldest movie this club ever picked: <b>{title}</b>.", **words),
    FactKind.FRESHEST: lambda t, words: t(
        "No movie was ever picked so soon after it came out: <b>{title}</b>.", **words
    ),
    FactKind.LONGEST: lambda t, words: t(
        "The longest movie this club ever picked: <b>{title}</b>, {n} minutes.", **words
    ),
    FactKind.SHORTEST: lambda t, words: t(
        "The shortest movie this club ever picked: <b>{title}</b>, {n} minutes.", **words
    ),
    FactKind.NTH_BY_MAKER: lambda t, words: t(
        "Movie number {n} by {maker} in this club: <b>{title}</b>.", **words
    ),
    FactKind.FIRST_OF_DECADE: lambda t, words: t(
        "The first movie from the {n}s in this club: <b>{title}</b>.", **words
    ),
}

_OF_ALBUMS: dict[FactKind, Tell] = {
    FactKind.HIGHEST: lambda t, words: t(
        "No album has ever got more in this club: <b>{title}</b>, {average} on average.", **words
    ),
    FactKind.LOWEST: lambda t, words: t(
        "No album has ever got less in this club: <b>{title}</b>, {average} on average.", **words
    ),
    FactKind.MOST_DIVISIVE: lambda t, words: t(
        "No album has ever divided this club more: <b>{title}</b>, from {other} to {score}.", **words
    ),
    FactKind.OLDEST: lambda t, words: t("The oldest album this club ever picked: <b>{title}</b>.", **words),
    FactKind.FRESHEST: lambda t, words: t(
        "No album was ever picked so soon after it came out: <b>{title}</b>.", **words
    ),
    FactKind.NTH_BY_MAKER: lambda t, words: t(
        "Album number {n} by {maker} in this club: <b>{title}</b>.", **words
    ),
    FactKind.FIRST_OF_DECADE: lambda t, words: t(
        "The first album from the {n}s in this club: <b>{title}</b>.", **words
    ),
}
