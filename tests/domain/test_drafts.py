"""What storing a backfill does, and what it leaves alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from domain.backfill import Entry, Said
from domain.clubs import Member, User
from domain.drafts import PLACES, Clash, Draft, NewRating, certain, lay_out
from domain.isoweek import IsoWeek
from domain.search import Search
from domain.weeks import Pick, Week
from domain.works import Hit, Kind, Source, Work, WorkRef

NOW = datetime(2026, 3, 2, tzinfo=UTC)
WEEK = IsoWeek(2024, 7)
HEAT = Entry(WEEK, Kind.MOVIE, "Heat", None, 1995, (Said(1, "Ana", 9),))
BLUE = Entry(WEEK, Kind.ALBUM, "Kind of Blue", "Miles Davis", None, (Said(1, "Ana", 9),))


def member(number: int, name: str, *, left: bool = False, nameless: bool = False) -> Member:
    return Member(User(number, number, name), NOW, left=NOW if left else None, nameless=nameless)


def hit(title: str, year: int | None, artist: str | None = None) -> Hit:
    return Hit(WorkRef(Source.TMDB, "1"), Kind.MOVIE, title, year, artist)


def found(*hits: Hit) -> Search:
    return Search(1, Kind.MOVIE, "", hits)


def pick(work_id: int, position: int = 0, kind: Kind = Kind.MOVIE, iso: IsoWeek = WEEK) -> Pick:
    work = Work(work_id, kind, "A", None)
    return Pick(1, Week(1, 1, iso), kind, position, work, User(1, 1, "Ana"), NOW)


def test_the_very_title_and_year_are_certain() -> None:
    assert certain(HEAT, found(hit("The Heat", 2013), hit("HEAT!", 1995))) == 1
    assert certain(HEAT, found(hit("Heat", 1986))) is None
    assert certain(HEAT, found(hit("Heat", 1995), hit("Heat", 1995))) is None
    assert certain(replace(HEAT, year=None), found(hit("Heat", 1995))) is None


def test_an_artist_is_enough_where_one_album_is_left() -> None:
    assert certain(BLUE, found(hit("Kind of Blue", 1959, "Miles Davis"), hit("Kind of Blue", 2010, "X"))) == 0
    assert certain(BLUE, found(hit("Kind of Blue", 1959, "X"))) is None
    assert certain(replace(BLUE, year=1960), found(hit("Kind of Blue", 1959, "Miles Davis"))) is None


def test_names_are_known_when_only_one_goes_by_them() -> None:
    draft = Draft(
        (
            replace(
                HEAT, said=tuple(Said(n, name, 9) for n, name in enumerate(["ana", "@BEN", "Cleo", "Dan"]))
            ),
        )
    )
    roster = [
        member(1, "Ana"),
        member(2, "Ben", left=True),
        member(3, "Ben"),
        member(4, "Cleo"),
        member(5, "cleo"),
        member(6, "Dan", left=True, nameless=True),
    ]
    said = draft.with_members(roster).entries[0].said
    assert [one.user_id for one in said] == [1, 3, None, None]


def test_a_name_is_settled_on_all_its_lines_and_can_be_changed() -> None:
    draft = Draft((HEAT, replace(HEAT, week=IsoWeek(2024, 8), said=(Said(2, "ANA", 3),))))
    assert [said.line for said in draft.unnamed] == [1]
    gone = draft.with_name("Ana", None)
    assert gone.unnamed == ()
    assert all(entry.left_out for entry in gone.entries)
    back = gone.with_name("ana", 7)
    assert [entry.heard[0].user_id for entry in back.entries] == [7, 7]
    assert not any(entry.left_out for entry in back.entries)


def test_names_of_what_is_left_out_are_nobodys_question() -> None:
    assert Draft((replace(HEAT, left_out=True),)).to_settle == 0
    assert Draft((HEAT,)).to_settle == 2


def entry(work_id: int, *scores: tuple[int, int | None], kind: Kind = Kind.MOVIE) -> Entry:
    said = tuple(Said(n, f"P{user}", score, user) for n, (user, score) in enumerate(scores, start=1))
    return Entry(WEEK, kind, f"T{work_id}", None, None, said, work_id=work_id)


def test_the_first_who_counts_picked_it() -> None:
    draft = Draft((entry(5, (1, 9), (2, None)),)).with_name("P1", None)
    plan = lay_out(draft, {}, {})
    assert [(new.work_id, new.picked_by, new.position) for new in plan.picks] == [(5, 2, 0)]
    assert plan.ratings == ()


def test_a_pick_that_stands_keeps_its_picker_and_gets_the_scores_it_lacks() -> None:
    plan = lay_out(Draft((entry(5, (1, 9), (2, 4)),)), {WEEK: (pick(5),)}, {(1, 5): 3})
    assert plan.picks == ()
    assert plan.ratings == (NewRating(WEEK, 2, 5, 4),)
    assert [(conflict.clash, conflict.score) for conflict in plan.conflicts] == [
        (Clash.PICKED, None),
        (Clash.RATED, 3),
    ]


def test_a_full_week_takes_no_more_of_its_kind() -> None:
    standing = {WEEK: (pick(1, 0), pick(2, 1))}
    plan = lay_out(Draft((entry(5, (1, 9)), entry(6, (1, 9), kind=Kind.ALBUM))), standing, {})
    assert [new.work_id for new in plan.picks] == [6]
    assert [new.work_id for new in plan.ratings] == [6]
    assert [conflict.clash for conflict in plan.conflicts] == [Clash.FULL]


def test_two_titles_that_are_one_work_are_one_pick() -> None:
    plan = lay_out(Draft((entry(5, (1, 9)), entry(5, (1, 8), (2, 7)))), {}, {})
    assert len(plan.picks) == 1
    assert {(new.user_id, new.score) for new in plan.ratings} == {(1, 9), (2, 7)}
    assert [conflict.clash for conflict in plan.conflicts] == [Clash.PICKED, Clash.RATED]


WEEKS = st.sampled_from([IsoWeek(2024, 7), IsoWeek(2024, 8)])
ENTRIES = st.lists(
    st.builds(
        lambda iso, kind, work, said, left_out: Entry(
            iso,
            kind,
            "T",
            None,
            None,
            tuple(Said(n, str(user), score, user) for n, (user, score) in enumerate(said, start=1)),
            work_id=work * 2 + (kind is Kind.ALBUM) if work else None,
            left_out=left_out,
        ),
        WEEKS,
        st.sampled_from(Kind),
        st.integers(0, 4),
        st.lists(
            st.tuples(st.integers(1, 3), st.none() | st.integers(1, 10)),
            min_size=1,
            max_size=3,
            unique_by=lambda s: s[0],
        ),
        st.booleans(),
    ),
    max_size=8,
)
STANDING = st.dictionaries(
    WEEKS,
    st.lists(st.integers(0, 1), unique=True, max_size=2).map(lambda at: tuple(pick(99 + p, p) for p in at)),
)


@given(
    ENTRIES, STANDING, st.dictionaries(st.tuples(st.integers(1, 3), st.integers(2, 9)), st.integers(1, 10))
)
def test_nothing_there_is_ever_touched(
    entries: list[Entry], standing: dict[IsoWeek, tuple[Pick, ...]], rated: dict[tuple[int, int], int]
) -> None:
    plan = lay_out(Draft(tuple(entries)), standing, rated)
    places = [(iso, one.kind, one.position) for iso, there in standing.items() for one in there]
    places += [(new.week, new.kind, new.position) for new in plan.picks]
    assert len(set(places)) == len(places)
    assert all(new.position < PLACES for new in plan.picks)
    given_now = [(new.user_id, new.work_id) for new in plan.ratings]
    assert len(set(given_now)) == len(given_now)
    assert not set(given_now) & set(rated)
    in_week = [(new.week, new.work_id) for new in plan.picks]
    assert len(set(in_week)) == len(in_week)
    meant = {(e.week, e.work_id) for e in entries if e.work_id is not None and not e.left_out}
    assert set(in_week) <= meant


@given(ENTRIES)
def test_storing_it_again_stores_nothing(entries: list[Entry]) -> None:
    draft = Draft(tuple(entries))
    once = lay_out(draft, {}, {})
    standing: dict[IsoWeek, tuple[Pick, ...]] = {}
    for new in once.picks:
        standing[new.week] = (
            *standing.get(new.week, ()),
            pick(new.work_id, new.position, new.kind, new.week),
        )
    rated = {(new.user_id, new.work_id): new.score for new in once.ratings}
    assert lay_out(draft, standing, rated).empty
