"""Views as values: what they show, what they hide, and that nothing makes them too long for Telegram."""

from __future__ import annotations

import gettext
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import view as limits
from bot.taps import AboutTap, AddTap, MineTap, OpenTap, PageTap, PickTap, RateTap, SkipTap, UndoTap, WorkTap
from bot.texts import Languages, Texts
from bot.view import Button, View
from bot.views import clubs, picks, ratings, search, start, turns, weeks, works
from bot.views import settings as settings_views
from bot.views.common import BUTTON_LIMIT, button_title, person, score_line, title
from domain.clubs import Club, Member, Settings, User
from domain.errors import PickedBefore, SlotsFull
from domain.isoweek import IsoWeek
from domain.scores import Scale
from domain.search import Search
from domain.services.owners import Handover
from domain.services.ratings import Rated
from domain.services.turns import Line, Swap
from domain.weeks import NOTE_LIMIT, TAKE_LIMIT, Answer, Pick, PickCard, Tally, Week, WeekCard, tally
from domain.works import (
    AlbumFacts,
    ArtistCredit,
    Credit,
    CriticRating,
    Hit,
    Kind,
    MovieFacts,
    PartialDate,
    Role,
    Source,
    Work,
    WorkCard,
    WorkRef,
)
from tests.bot.html_oracle import parsed

ENGLISH = Texts("en", gettext.NullTranslations())
LANGUAGES = tuple(Languages.load().texts.values())
NOW = datetime(2026, 3, 4, 20, 0, tzinfo=UTC)
WEEK = Week(4, 1, IsoWeek(2026, 10))
LARGEST = 2**63 - 1

HEAT = Work(1, Kind.MOVIE, "Heat", 1995, image="https://img.test/heat.jpg")
BLUE = Work(2, Kind.ALBUM, "Kind of Blue", 1959, artist="Miles Davis")
ANA, BEN = User(1, 11, "Ana"), User(2, 12, "Ben")
CLUB = Club(1, -100, "Film club", private=False, settings=Settings())

HOSTILE = {
    "tags": "<b>&amp;</i>" * 400,
    "4,000 emoji": "🎬" * 4000,
    "4,000 joined emoji": "👩‍👩‍👧‍👦" * 1000,
    "right to left": "\u202e\u05d0\u0627\u200f" * 1000,
    "lines": "a\n\r\n\x00\u2028" * 1000,
    "words": "word " * 1000,
    "ampersands": "&" * 4000,
    "lone surrogates": "\ud83c" * 4000,
    "nothing": "",
    "invisible": "\u200f\u202e",
    "nothing to see": "\u200b\u2060\ufeff",
    "braces": "{0.__class__}{name}%s" * 300,
}


def pick(work: Work = HEAT, number: int = 17, by: User = ANA, revealed: datetime | None = None) -> Pick:
    return Pick(number, WEEK, work.kind, 0, work, by, NOW, revealed_at=revealed)


def member(user: User, *, nameless: bool = False) -> Member:
    return Member(user, NOW, left=NOW if nameless else None, nameless=nameless)


def week_card(*cards: PickCard, note: str = "") -> WeekCard:
    return WeekCard(WEEK.id, WEEK.iso, None, note, cards)


def texts_of(view: View) -> list[str]:
    return [button.text for row in view.rows for button in row]


def assert_fits(view: View) -> None:
    """What Telegram would refuse fails here."""
    plain = parsed(view.text)
    assert plain.strip()
    assert len(plain) <= (limits.CAPTION_LIMIT if view.photo else limits.TEXT_LIMIT)
    assert sum(len(row) for row in view.rows) <= 100
    for row in view.rows:
        assert 1 <= len(row) <= 8
        for button in row:
            assert button.text.strip()
            assert button.text.encode()
            assert any(unicodedata.category(char)[0] in "LNPS" for char in button.text)
            assert not set(button.text) & set("\n\r\x00\u202e")
            assert (button.tap is None) != (button.url is None)
            assert button.tap is None or 1 <= len(button.tap.wire().encode()) <= 64
    if view.ask is not None:
        assert not view.rows
        assert 1 <= len(view.ask) <= 64


# Titles


@pytest.mark.parametrize(
    ("work", "expected"),
    [
        (HEAT, "Heat (1995)"),
        (BLUE, "Miles Davis – Kind of Blue (1959)"),
        (Work(3, Kind.MOVIE, "Unfinished", None), "Unfinished"),
        (Work(4, Kind.ALBUM, "Untitled", None, artist=""), "Untitled"),
    ],
)
def test_a_work_is_called_by_its_title_and_year(work: Work, expected: str) -> None:
    assert title(work) == button_title(work) == expected


@given(st.text(), st.none() | st.text(), st.none() | st.integers(1888, 2036))
def test_a_buttons_title_fits_and_keeps_the_year(name: str, artist: str | None, year: int | None) -> None:
    button = button_title(Work(1, Kind.ALBUM, name, year, artist=artist))
    assert button.strip()
    assert len(button) <= BUTTON_LIMIT
    assert year is None or button.endswith(f" ({year})")


def test_a_right_to_left_title_is_on_its_button_as_it_is() -> None:
    assert button_title(Work(1, Kind.MOVIE, "מציצים", 1972)) == "מציצים (1972)"


@pytest.mark.parametrize("name", ["", " ", "\u200f", "\x00", "\u200b", "\u0301", "\ufeff \u2060"])
def test_somebody_without_a_name_is_somebody(name: str) -> None:
    assert person(ENGLISH, User(1, 1, name)) == "Somebody"


# The week's card

SAID = (
    Answer(member(ANA), 9, absent=False, take="Coffee scene!", rated_at=NOW - timedelta(hours=3)),
    Answer(
        member(BEN), 4, absent=False, take="They die.", has_spoiler=True, rated_at=NOW + timedelta(hours=1)
    ),
    Answer(member(User(3, 13, "Cleo")), None, absent=True),
    Answer(member(User(4, 14, "Dora"), nameless=True), 6, absent=False, rated_at=NOW),
)
ROSTER = tuple(answer.member for answer in SAID[:3])


def revealed_card(club: Club = CLUB) -> str:
    shown = pick(revealed=NOW)
    card = PickCard(shown, tally(shown, ROSTER, SAID, blind=True))
    return weeks.card(ENGLISH, club, week_card(card)).text


def test_a_blind_week_shows_the_count_alone() -> None:
    counted = tally(pick(), ROSTER, SAID, blind=True)
    view = weeks.card(ENGLISH, CLUB, week_card(PickCard(pick(), counted), note="In the dark & quiet"))
    assert view.text == (
        "<b>Week 10</b> · 2 March to 8 March\n"
        "<i>In the dark &amp; quiet</i>\n"
        "\n"
        "🎬 <b>Heat (1995)</b> · picked by Ana\n"
        "3/3 scored"
    )


def test_an_open_week_shows_average_and_spread_but_not_who_said_what() -> None:
    counted = tally(pick(), ROSTER, SAID, blind=False)
    text = weeks.card(ENGLISH, CLUB, week_card(PickCard(pick(), counted))).text
    assert text.endswith("★ <b>3.2</b> · 2–4½ · 3/3 scored")
    assert "Ben" not in text


def test_a_revealed_week_shows_everything_once() -> None:
    assert revealed_card() == (
        "<b>Week 10</b> · 2 March to 8 March\n"
        "\n"
        "🎬 <b>Heat (1995)</b> · picked by Ana\n"
        "★ <b>3.2</b> · 2–4½ · 3/3 scored\n"
        "Ana <b>4½</b>, Ben <b>2</b> (late), Cleo didn't watch, Somebody <b>3</b>\n"
        "\n"
        "Takes on <b>Heat</b>\n"
        "“Coffee scene!” – Ana, 4½\n"
        "<tg-spoiler>“They die.”</tg-spoiler> – Ben, 2"
    )


def test_who_left_and_dropped_their_name_is_somebody() -> None:
    assert "Dora" not in revealed_card()


def test_a_club_reads_scores_on_its_own_scale() -> None:
    ten = replace(CLUB, settings=Settings(scale=Scale.TEN))
    assert "★ <b>6.3</b> · 4–9 · 3/3 scored" in revealed_card(ten)


@pytest.mark.parametrize("scale", Scale)
def test_a_score_buttons_text_is_the_score_alone(scale: Scale) -> None:
    club = replace(CLUB, settings=Settings(scale=scale))
    view = weeks.card(ENGLISH, club, week_card(PickCard(pick(), Tally(0, 3))))
    scores = [button for row in view.rows for button in row if isinstance(button.tap, RateTap)]
    assert scores == [Button(scale.label(score), RateTap(17, score)) for score in scale.scores]
    assert all(set(button.text) <= set("0123456789½") for button in scores)


def test_one_pick_has_score_buttons_absence_and_my_score() -> None:
    view = weeks.card(ENGLISH, CLUB, week_card(PickCard(pick(BLUE), Tally(0, 3))))
    assert [len(row) for row in view.rows] == [5, 5, 2]
    assert view.rows[-1] == (Button("Didn't listen", SkipTap(17)), Button("My score", MineTap(WEEK.id)))


def test_several_picks_say_whose_buttons_are_whose() -> None:
    cards = (PickCard(pick(HEAT, 17), Tally(0, 3)), PickCard(pick(BLUE, 18), Tally(0, 3)))
    view = weeks.card(ENGLISH, CLUB, week_card(*cards))
    headings = [button for row in view.rows for button in row if isinstance(button.tap, AboutTap)]
    assert headings == [
        Button("🎬 Heat (1995)", AboutTap(17)),
        Button("💿 Miles Davis – Kind of Blue (1959)", AboutTap(18)),
    ]
    assert texts_of(view).count("My score") == 1


def test_an_empty_week_says_what_to_do() -> None:
    view = weeks.card(ENGLISH, CLUB, WeekCard(None, WEEK.iso, None, "", ()))
    assert "/movie" in view.text
    assert view.rows == ()


def crowd(name: str, take: str, size: int) -> tuple[Answer, ...]:
    return tuple(
        Answer(member(User(number, number, name)), 7, absent=False, take=take, has_spoiler=True, rated_at=NOW)
        for number in range(size)
    )


def crowded(work: Work, name: str, take: str, note: str, size: int) -> WeekCard:
    """The fullest week there can be: two movies and two albums, revealed, everybody with a long take."""
    answers = crowd(name, take, size)
    roster = tuple(answer.member for answer in answers)
    shown = [
        pick(replace(work, kind=kind), LARGEST, User(1, 1, name), revealed=NOW - timedelta(days=1))
        for kind in (Kind.MOVIE, Kind.MOVIE, Kind.ALBUM, Kind.ALBUM)
    ]
    return week_card(*(PickCard(one, tally(one, roster, answers, blind=True)) for one in shown), note=note)


@pytest.mark.parametrize("t", LANGUAGES, ids=lambda t: t.language)
@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("size", [1, 6, 50])
def test_the_fullest_week_fits_a_message(hostile: str, size: int, t: Texts) -> None:
    work = Work(1, Kind.MOVIE, hostile, 1995, artist=hostile)
    card = crowded(work, hostile, hostile[:TAKE_LIMIT], hostile[:NOTE_LIMIT], size)
    assert_fits(weeks.card(t, replace(CLUB, settings=Settings(scale=Scale.TEN)), card))


def test_takes_and_scores_that_do_not_fit_are_counted() -> None:
    card = crowded(HEAT, "A name of a sensible length", "x" * TAKE_LIMIT, "", 50)
    text = weeks.card(ENGLISH, CLUB, card).text
    shown = text.count("x" * TAKE_LIMIT)
    assert shown > 0
    assert text.endswith(f"… and {4 * 50 - shown} more takes")
    named = text.count("<b>3½</b> (late)")
    assert sum(
        int(line.rpartition("… and ")[2].split()[0]) for line in text.split("\n") if "late" in line
    ) == (4 * 50 - named)


def test_no_heading_stands_over_takes_that_are_not_there() -> None:
    card = crowded(HEAT, "Ana", "x" * TAKE_LIMIT, "", 50)
    blocks = weeks.card(ENGLISH, CLUB, card).text.split("\n")
    for above, below in pairwise(blocks):
        assert not above.startswith("Takes on") or "“" in below


# Toasts


@pytest.mark.parametrize(
    ("score", "previous", "said"),
    [
        (9, None, "Recorded: 4½"),
        (9, 9, "Recorded: 4½"),
        (9, 4, "Recorded: 4½, was 2"),
    ],
)
def test_a_score_is_confirmed(score: int, previous: int | None, said: str) -> None:
    rated = Rated(pick(), score, previous, revealed=False)
    assert ratings.recorded(ENGLISH, Scale.HALF_STARS, rated) == said


def test_absence_is_confirmed_in_the_kinds_own_word() -> None:
    assert "watch" in ratings.recorded(ENGLISH, Scale.TEN, Rated(pick(), None, None, revealed=False))
    assert "listen" in ratings.recorded(ENGLISH, Scale.TEN, Rated(pick(BLUE), None, None, revealed=False))


def test_my_scores_say_what_i_said() -> None:
    said = (
        (pick(HEAT), replace(SAID[0], take="Coffee!")),
        (pick(BLUE), Answer(member(ANA), None, absent=True)),
        (pick(BLUE), None),
    )
    assert ratings.mine(ENGLISH, Scale.HALF_STARS, said) == (
        "Heat: 4½ “Coffee!”\nKind of Blue: didn't listen\nKind of Blue: nothing yet"
    )


def test_my_scores_of_a_week_whose_picks_are_gone_say_so() -> None:
    assert "Nothing is picked" in ratings.mine(ENGLISH, Scale.HALF_STARS, ())


@pytest.mark.parametrize("t", LANGUAGES, ids=lambda t: t.language)
@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_alerts_fit_whatever_is_in_them(hostile: str, t: Texts) -> None:
    work = Work(1, Kind.MOVIE, hostile, 1995, artist=hostile)
    mine = pick(work, by=User(1, 1, hostile))
    answer = Answer(member(ANA), 7, absent=False, take=hostile[:TAKE_LIMIT])
    for count in (1, 2, 4):
        alert = ratings.mine(t, Scale.HALF_STARS, ((mine, answer),) * count)
        assert 0 < len(alert) <= limits.TOAST_LIMIT
        assert alert.encode()
        assert alert.count("\n") == count - 1
    about = ratings.about(t, PickCard(mine, Tally(4, 6)))
    assert len(about) <= limits.TOAST_LIMIT
    assert about.encode()
    assert "4/6" in about.splitlines()[-1]
    for rated in (Rated(mine, 7, 9, revealed=True), Rated(mine, None, None, revealed=False)):
        assert 0 < len(ratings.recorded(t, Scale.HALF_STARS, rated)) <= limits.TOAST_LIMIT


# Hits


def hit(number: int, name: str = "Heat", kind: Kind = Kind.MOVIE, artist: str | None = None) -> Hit:
    return Hit(WorkRef(Source.TMDB, str(number)), kind, name, 1900 + number, artist)


def test_each_hit_is_a_button_with_its_title_and_year() -> None:
    movies = Search(12, Kind.MOVIE, "heat", (hit(95), hit(86)))
    assert search.hits(ENGLISH, movies, 0) == View(
        "🎬 Movies for “heat”",
        ((Button("Heat (1995)", OpenTap(12, 0)),), (Button("Heat (1986)", OpenTap(12, 1)),)),
    )
    albums = Search(13, Kind.ALBUM, "blue", (hit(59, "Kind of Blue", Kind.ALBUM, "Miles Davis"),))
    assert texts_of(search.hits(ENGLISH, albums, 0)) == ["Miles Davis – Kind of Blue (1959)"]


def test_hits_come_in_pages_of_six() -> None:
    many = Search(12, Kind.MOVIE, "heat", tuple(hit(number) for number in range(14)))
    first, second, third = (search.hits(ENGLISH, many, page) for page in range(3))
    assert [len(view.rows) for view in (first, second, third)] == [7, 7, 3]
    assert first.rows[-1] == (Button("More ›", PageTap(12, 1)),)
    assert [button.tap for button in second.rows[-1]] == [PageTap(12, 0), PageTap(12, 2)]
    assert third.rows[-1] == (Button("‹ Back", PageTap(12, 1)),)
    assert second.rows[0][0].tap == OpenTap(12, 6)
    assert "page 2 of 3" in second.text


def test_a_page_that_is_not_there_is_the_last_one() -> None:
    many = Search(12, Kind.MOVIE, "heat", tuple(hit(number) for number in range(8)))
    assert search.hits(ENGLISH, many, LARGEST) == search.hits(ENGLISH, many, 1)


def test_nothing_found_offers_to_add_it_and_old_answers_are_marked() -> None:
    nothing = search.hits(ENGLISH, Search(12, Kind.ALBUM, "<x>", ()), 0)
    assert "“&lt;x&gt;”" in nothing.text
    assert [button.tap for row in nothing.rows for button in row] == [AddTap(12)]
    stale = search.hits(ENGLISH, Search(12, Kind.MOVIE, "heat", (hit(95),), stale=True), 0)
    assert "<i>" in stale.text


# A work's card

CREDITS = (
    Credit(1, "Al Pacino", Role.CAST, 0, character="Vincent Hanna"),
    Credit(2, "Robert De Niro", Role.CAST, 1, character="Neil McCauley"),
    Credit(3, "Michael Mann", Role.CREW, 0, job="Director"),
)
MOVIE = MovieFacts(
    949,
    "Heat",
    released=PartialDate(1995, 12, 15),
    runtime=170,
    genres=("Crime", "Drama"),
    overview="Cops & robbers.",
    image=HEAT.image,
    credits=CREDITS,
    critics=(CriticRating("Rotten Tomatoes", "83%"),),
)


def test_a_movies_card() -> None:
    view = works.card(ENGLISH, WorkCard(HEAT, MOVIE), 12)
    assert view.text == (
        "🎬 <b>Heat (1995)</b>\n"
        "2 h 50 min · Crime, Drama\n"
        "Directed by Michael Mann\n"
        "With Al Pacino, Robert De Niro\n"
        "Rotten Tomatoes 83%\n"
        "\n"
        "Cops &amp; robbers.\n"
        "\n"
        '<a href="https://www.themoviedb.org/movie/949">TMDB</a>'
    )
    assert view.photo == HEAT.image
    taps = [button.tap for row in view.rows for button in row]
    assert taps == [
        PickTap(1, again=False, replacing=0),
        WorkTap(1, people=True, search=12),
        PageTap(12, 0),
    ]
    assert "Pick" in view.rows[0][0].text


def test_an_original_title_is_shown_only_where_it_differs() -> None:
    same = works.card(ENGLISH, WorkCard(HEAT, replace(MOVIE, original_title="Heat")))
    other = works.card(ENGLISH, WorkCard(HEAT, replace(MOVIE, original_title="Hitze")))
    assert "<i>" not in same.text
    assert "<i>Hitze</i>" in other.text


def test_an_albums_card_names_its_artists_as_printed() -> None:
    facts = AlbumFacts(
        "8e8a594f",
        "Kind of Blue",
        (ArtistCredit(None, "Miles Davis"),),
        PartialDate(1959, 8, 17),
        "Album",
        ("Live",),
        ("jazz", "modal jazz"),
    )
    assert works.card(ENGLISH, WorkCard(BLUE, facts)).text == (
        "💿 <b>Miles Davis – Kind of Blue (1959)</b>\n"
        "Album + Live · 17 August 1959\n"
        "jazz, modal jazz\n"
        '<a href="https://musicbrainz.org/release-group/8e8a594f">MusicBrainz</a>'
    )


def test_cast_and_crew_lead_back_to_the_facts() -> None:
    view = works.people(ENGLISH, WorkCard(HEAT, MOVIE), 12)
    assert "<b>Director</b>: Michael Mann" in view.text
    assert "Al Pacino · Vincent Hanna" in view.text
    assert WorkTap(1, people=False, search=12) in [button.tap for row in view.rows for button in row]


def hostile_card(text: str, kind: Kind = Kind.MOVIE) -> WorkCard:
    """Everything a catalogue may say, as long and as strange as it gets."""
    work = Work(LARGEST, kind, text, 1995, artist=None if kind is Kind.MOVIE else text, image=HEAT.image)
    jobs = (
        "Director",
        "Screenplay",
        "Writer",
        "Original Music Composer",
        "Director of Photography",
        "Editor",
    )
    if kind is Kind.ALBUM:
        album = AlbumFacts("x", text, (), PartialDate(1959, 8, 17), text, (text,) * 5, (text,) * 9)
        return WorkCard(work, album, stale=True)
    credits_ = [Credit(1, text, Role.CAST, order, character=text) for order in range(60)]
    credits_ += [Credit(1, text, Role.CREW, 0, job=job) for job in jobs for _ in range(5)]
    facts = MovieFacts(
        1,
        text,
        original_title=f"{text}!",
        runtime=5220,
        genres=(text,) * 9,
        overview=text,
        credits=tuple(credits_),
        critics=(CriticRating(text, text),) * 3,
    )
    return WorkCard(work, facts, stale=True)


@pytest.mark.parametrize("t", LANGUAGES, ids=lambda t: t.language)
@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_no_catalogue_can_make_a_card_too_long(hostile: str, t: Texts) -> None:
    assert_fits(works.card(t, hostile_card(hostile), LARGEST))
    assert_fits(works.card(t, hostile_card(hostile, Kind.ALBUM), LARGEST))
    # Cast and crew replace the facts under the same picture.
    assert_fits(replace(works.people(t, hostile_card(hostile), LARGEST), photo=HEAT.image))


# Picking


def test_a_pick_says_who_and_a_replacement_can_be_undone() -> None:
    assert picks.picked(ENGLISH, pick(), replaced=False) == View(
        "🎬 <b>Heat (1995)</b> is this week's movie, picked by Ana."
    )
    undone = picks.picked(ENGLISH, replace(pick(), replaces=16), replaced=True)
    assert [button.tap for row in undone.rows for button in row] == [UndoTap(16)]


def test_a_repeat_says_when_and_how_it_went() -> None:
    view = picks.before(ENGLISH, PickedBefore(HEAT, IsoWeek(2025, 7), 7.5), CLUB.settings, 0)
    assert "week 7 of 2025" in view.text
    assert "3.8" in view.text
    assert view.rows[0][0].tap == PickTap(1, again=True, replacing=0)


# Whatever anybody types


def every_view(t: Texts, text: str) -> list[View]:
    """Every view there is, with `text` wherever somebody else chooses the words."""
    work = Work(LARGEST, Kind.MOVIE, text, 1995)
    album = Work(LARGEST, Kind.ALBUM, text, None, artist=text)
    user = User(LARGEST, LARGEST, text)
    movie_pick, album_pick = pick(work, LARGEST, user), pick(album, LARGEST, user)
    members = [member(user)] * 200
    away = (replace(members[0], away_until=date(2026, 12, 24)),) * 200
    found = Search(
        LARGEST, Kind.MOVIE, text[:300], (Hit(WorkRef(Source.TMDB, "1"), Kind.MOVIE, text, None),) * 8
    )
    fullness = SlotsFull(Kind.MOVIE, work, (movie_pick, movie_pick))
    card = week_card(
        PickCard(movie_pick, Tally(1, 2)), PickCard(album_pick, Tally(1, 2)), note=text[:NOTE_LIMIT]
    )
    return [
        clubs.roster(t, members),
        clubs.roster(t, []),
        clubs.joined(t, user),
        clubs.already(t, user),
        clubs.left(t, user, user),
        clubs.nameless(t),
        picks.picked(t, replace(movie_pick, replaces=LARGEST), replaced=True),
        picks.picked(t, album_pick, replaced=False),
        picks.full(t, fullness),
        picks.full(t, SlotsFull(Kind.ALBUM, album, (album_pick,))),
        picks.before(t, PickedBefore(work, WEEK.iso, 7.25), CLUB.settings, LARGEST),
        picks.removable(t, card),
        picks.removable(t, week_card()),
        picks.sure(t, movie_pick),
        picks.removed(t, movie_pick, user),
        picks.stays(t, movie_pick),
        picks.back(t, movie_pick),
        ratings.which(t, (movie_pick, album_pick)),
        ratings.take_kept(t, movie_pick),
        search.ask(t, Kind.MOVIE),
        search.ask(t, Kind.ALBUM),
        search.in_line(t, 1),
        search.in_line(t, 55),
        search.hits(t, found, 0),
        search.hits(t, replace(found, stale=True), 1),
        search.hits(t, Search(1, Kind.ALBUM, text, ()), 0),
        search.hits(t, Search(1, Kind.MOVIE, text, ()), 0),
        start.help_(t, "wrong_opinions_bot"),
        start.introduction(t, ("Europe/Berlin", "America/New_York")),
        start.introduced(t, CLUB.settings, NOW),
        start.hint(t),
        settings_views.language(t, ("en", "de"), "de"),
        settings_views.menu(t, CLUB, NOW, roster=6, topics=True),
        settings_views.paused(t, CLUB.settings, NOW),
        settings_views.topic(t, CLUB.settings, LARGEST),
        *map(
            partial(settings_views.choices, t, CLUB.settings, languages=("en", "de")), settings_views.CHOICES
        ),
        turns.open_club(t),
        turns.line(t, Line(None, (), None, NOW.date())),
        turns.line(t, Line(user, away, ANA, NOW.date())),
        turns.sure_to_pass(t, Handover(user, user)),
        turns.sure_to_skip(t, Handover(user, user)),
        turns.swap_with(t, Line(None, tuple(members), None, NOW.date()), ANA),
        turns.offer(t, Swap(user, user)),
        turns.offer(t, Swap(user, ANA, user)),
        turns.offer(t, Swap(user, user, user)),
        turns.swapped(t, Swap(user, user, user)),
        turns.not_swapped(t, Swap(user, user)),
        turns.away_how_long(t, user),
        turns.passed_on(t, Handover(user, user)),
        turns.skipped(t, Handover(user, user)),
        turns.stood_in(t, Handover(user, user, user)),
        turns.moved_up(t, user, user),
        weeks.card(t, CLUB, card),
        weeks.card(t, CLUB, replace(week_card(), owner=user)),
        weeks.ask_note(t),
        weeks.noted(t),
        works.which_kind(t, found, found),
        works.ask_title(t),
        works.card(t, hostile_card(text)),
        works.card(t, hostile_card(text, Kind.ALBUM)),
        works.people(t, hostile_card(text), 0),
    ]


@pytest.mark.parametrize("t", LANGUAGES, ids=lambda t: t.language)
@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_no_words_break_any_view(hostile: str, t: Texts) -> None:
    for view in every_view(t, hostile):
        assert_fits(view)


@settings(max_examples=25)
@given(st.text())
def test_nothing_anybody_types_breaks_any_view(typed: str) -> None:
    for view in every_view(ENGLISH, typed):
        assert_fits(view)


def test_every_view_is_tried_above() -> None:
    modules: list[Any] = [clubs, picks, ratings, search, settings_views, start, turns, weeks, works]
    defined = {
        function
        for module in modules
        for name, function in vars(module).items()
        if callable(function)
        and getattr(function, "__module__", "") == module.__name__
        and not name.startswith("_")
        and function.__annotations__.get("return") == "View"
    }
    assert {function.__name__ for function in defined} <= set(every_view.__code__.co_names)


def test_scores_are_summed_up_in_one_line() -> None:
    assert score_line(ENGLISH, Tally(4, 6), Settings()) == "4/6 scored"
    assert score_line(ENGLISH, Tally(4, 6, 7.5, 5, 10), Settings()) == "★ <b>3.8</b> · 2½–5 · 4/6 scored"
    assert (
        score_line(ENGLISH, Tally(1, 6, 7.0, 7, 7), Settings(scale=Scale.TEN))
        == "★ <b>7</b> · 7 · 1/6 scored"
    )
