"""The digest's message: what it tells, in whose favour, and that it always fits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.taps import DigestTap
from bot.texts import Texts
from bot.view import TEXT_LIMIT
from bot.views import digest as views
from bot.views.rarities import sentence
from domain.clubs import User
from domain.digest import Digest
from domain.isoweek import IsoWeek
from domain.rarities import FactKind, RareFact
from domain.scores import Scale
from domain.weeks import TAKE_LIMIT
from domain.works import Kind, Work
from tests.bot.digests import BLUE, HEAT, NAMES, card, digest, people, pick
from tests.bot.html_oracle import parsed
from tests.bot.test_views import ENGLISH, HOSTILE, LANGUAGES, assert_fits

ANA, BEN, CLEO = people(3)
MOVIES_ONLY = {FactKind.LONGEST, FactKind.SHORTEST, FactKind.FIRST_GENRE}
ALBUMS_ONLY = {FactKind.FIRST_COUNTRY}


def a_week(**changes: object) -> Digest:
    shown = digest(
        card(pick(HEAT), (ANA, BEN, CLEO), (9, 4, 5), {1: "Coffee scene!", 2: "They <die>."}),
        card(pick(BLUE, by=BEN.user), (ANA, BEN, CLEO), (8, 6, None), {1: "So blue."}),
        fact=RareFact(FactKind.OLDEST, 20, BLUE, number=1959, than=1960),
    )
    return replace(shown, **changes)  # type: ignore[arg-type]


def test_a_whole_digest() -> None:
    told = a_week(missing=(User(4, 14, "Dora"),), next_owner=BEN.user)
    assert views.message(ENGLISH, told).text == (
        "<b>Week 10</b> · 2 March to 8 March\n"
        "\n"
        "🎬 <b>Heat (1995)</b> · picked by Ana\n"
        "★ <b>3</b> · 2–4½ · 3/3 scored\n"
        "\n"
        "💿 <b>Miles Davis – Kind of Blue (1959)</b> · picked by Ben\n"
        "★ <b>3.5</b> · 3–4 · 3/3 scored\n"
        "\n"
        "💛 The biggest heart: <b>Ana</b>, 1 above the average.\n"
        "🧐 The strictest eye: <b>Ben</b>, 0.8 below the average.\n"
        "\n"
        "✨ The oldest album this club ever picked: <b>Miles Davis – Kind of Blue (1959)</b>.\n"
        "\n"
        "<blockquote expandable><b>Heat</b>\n"
        "“Coffee scene!” – Ana, 4½\n"
        "“They &lt;die&gt;.” – Ben, 2\n"
        "<b>Kind of Blue</b>\n"
        "“So blue.” – Ana, 4</blockquote>\n"
        "\n"
        "Still to answer: <b>Dora</b>. Late scores count too.\n"
        "Next week is <b>Ben</b>'s turn."
    )


def test_a_quiet_digest_says_only_what_there_is() -> None:
    quiet = replace(digest(card(pick(HEAT), (ANA,), (9,))), fact=None)
    assert views.message(ENGLISH, quiet).text == (
        "<b>Week 10</b> · 2 March to 8 March\n"
        "\n"
        "🎬 <b>Heat (1995)</b> · picked by Ana\n"
        "★ <b>4.5</b> · 4½ · 1/1 scored"
    )


def test_a_take_with_a_spoiler_stays_hidden_in_the_quote() -> None:
    shown = card(pick(HEAT), (ANA,), (9,), {1: "They die."})
    answer = replace(shown.tally.answers[0], has_spoiler=True)
    hidden = replace(shown, tally=replace(shown.tally, answers=(answer,)))
    text = views.message(ENGLISH, digest(hidden)).text
    assert "<blockquote expandable><tg-spoiler>“They die.”</tg-spoiler> – Ana, 4½</blockquote>" in text


def test_a_lean_too_small_to_show_is_not_told() -> None:
    shown = a_week()
    assert shown.generous is not None
    tiny = replace(shown, generous=replace(shown.generous, by=0.02))
    assert "biggest heart" not in views.message(ENGLISH, tiny).text


def test_distances_are_told_on_the_clubs_scale() -> None:
    shown = a_week()
    club = replace(shown.club, settings=replace(shown.club.settings, scale=Scale.TEN))
    assert "Ana</b>, 2 above" in views.message(ENGLISH, replace(shown, club=club)).text


def full(hostile: str, count: int = 40) -> Digest:
    """As much of everything as there can be, all of it hostile."""
    take = (hostile * TAKE_LIMIT)[:TAKE_LIMIT]
    members = people(count, (hostile,))
    works = [
        Work(n, kind, hostile, 2000, artist=hostile if kind is Kind.ALBUM else None)
        for n, kind in enumerate((Kind.MOVIE, Kind.MOVIE, Kind.ALBUM, Kind.ALBUM), 1)
    ]
    scores = tuple(10 if n % 2 else 1 for n in range(count))
    takes = dict.fromkeys(range(count + 1), take)
    shown = digest(
        *(card(pick(work, n % 2), members, scores, takes) for n, work in enumerate(works)),
        fact=RareFact(FactKind.CONTRARIAN, 10, works[0], members[0].user, number=10, than=1),
    )
    club = replace(shown.club, title=hostile)
    users = tuple(member.user for member in members)
    return replace(shown, club=club, missing=users, next_owner=users[0])


@pytest.mark.parametrize("t", LANGUAGES, ids=lambda t: t.language)
@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_nothing_makes_it_too_long_or_breaks_it(t: Texts, hostile: str) -> None:
    told = full(hostile)
    assert_fits(views.message(t, told))
    assert_fits(views.private(t, (told,) * 30))


def test_takes_that_do_not_fit_are_counted() -> None:
    told = full("word ")
    text = parsed(views.message(ENGLISH, told).text)
    shown = text.count("” – ")
    assert 0 < shown < 160
    assert f"… and {160 - shown} more takes" in text
    assert len(text) > TEXT_LIMIT - TAKE_LIMIT - 200


# In private


def test_all_of_somebodys_clubs_in_one_message() -> None:
    other = a_week()
    other = replace(other, club=replace(other.club, title="Work & play"))
    text = views.private(ENGLISH, (a_week(), other)).text
    assert text.startswith("<b>Film club</b> · week 10\n🎬 <b>Heat (1995)</b>\n★ <b>3</b> · 2–4½")
    assert "<b>Work &amp; play</b> · week 10" in text
    assert text.count("✨") == 2


def test_clubs_that_do_not_fit_are_counted() -> None:
    text = parsed(views.private(ENGLISH, (a_week(),) * 60).text)
    shown = text.count("Film club")
    assert f"… and {60 - shown} more clubs" in text


def test_no_digests_is_said() -> None:
    assert_fits(views.private(ENGLISH, ()))


@pytest.mark.parametrize("wants", [True, False])
def test_the_button_turns_it_round(wants: bool) -> None:
    ((button,),) = views.wanted(ENGLISH, wants=wants).rows
    assert button.tap == DigestTap(wanted=not wants)


# The rare fact


@pytest.mark.parametrize("t", LANGUAGES, ids=lambda t: t.language)
@pytest.mark.parametrize("scale", Scale)
@pytest.mark.parametrize(
    ("kind", "work"),
    [
        *((kind, HEAT) for kind in FactKind if kind not in ALBUMS_ONLY),
        *((kind, BLUE) for kind in FactKind if kind not in MOVIES_ONLY),
    ],
)
def test_every_fact_has_a_sentence(t: Texts, scale: Scale, kind: FactKind, work: Work) -> None:
    personal = kind in {FactKind.STREAK, FactKind.MILESTONE}
    fact = RareFact(
        kind, 0 if personal else 1, None if personal else work, ANA.user, "IS", 6, 2, IsoWeek(2024, 3)
    )
    text = parsed(sentence(t, fact, scale))
    assert "{" not in text
    assert NAMES[0] in text if personal else work.title in text


def test_a_country_is_called_by_its_name() -> None:
    german = next(t for t in LANGUAGES if t.language == "de")
    fact = RareFact(FactKind.FIRST_COUNTRY, 1, BLUE, name="IS")
    assert "Iceland" in sentence(ENGLISH, fact, Scale.TEN)
    assert "Island" in sentence(german, fact, Scale.TEN)
    assert "XX" in sentence(german, replace(fact, name="XX"), Scale.TEN)
