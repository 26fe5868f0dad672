"""Looking back and past weeks as values: what they show, and that nothing makes them too long."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.taps import BackfillStoreTap, HistoryTap, PastTap
from bot.texts import Texts
from bot.view import View
from bot.views import backfill, history
from domain.backfill import BadLine, Entry, Problem, Said
from domain.clubs import Member, User
from domain.drafts import (
    Backfill,
    BackfillState,
    Clash,
    Conflict,
    Draft,
    NewPick,
    NewRating,
    Plan,
    Preview,
)
from domain.history import Best, BestPage, HistoryPage, Mine, MyScore, PastPick, PastWeek
from domain.isoweek import IsoWeek
from domain.search import Search
from domain.services.backfill import Entered, Progress
from domain.works import Hit, Kind, Source, Work, WorkRef
from tests.bot.test_views import ANA, BLUE, CLUB, ENGLISH, HEAT, HOSTILE, LANGUAGES, LARGEST, NOW, assert_fits

ISO = IsoWeek(2024, 7)
CURRENT = IsoWeek(2026, 10)
EMPTY = Plan((), (), ())


def past(*picks: PastPick, number: int = 4, iso: IsoWeek = ISO) -> PastWeek:
    return PastWeek(number, iso, picks)


def labels(view: View) -> list[str]:
    return [button.text for row in view.rows for button in row]


def test_a_week_is_one_button_with_what_may_be_seen() -> None:
    page = HistoryPage(
        None,
        CURRENT,
        (
            past(PastPick(HEAT, 8.5), number=7, iso=IsoWeek(2026, 9)),
            past(PastPick(HEAT, None), PastPick(BLUE, 9.0)),
        ),
        older=True,
    )
    view = history.weeks(ENGLISH, CLUB, page)
    assert labels(view) == ["W09 · Heat · ★ 4.3", "W07 2024 · Heat · Kind of Blue ★ 4.5", "Older ›"]
    assert view.rows[0][0].tap == PastTap(7)
    assert view.rows[2][0].tap == HistoryTap(0, 202407, newer=False)


def test_a_card_leads_to_the_list_that_begins_with_it() -> None:
    assert history.from_week(IsoWeek(2020, 53)) == HistoryTap(0, 202101, newer=False)


def every_history(t: Texts, text: str) -> list[View]:
    work, user = Work(1, Kind.ALBUM, text, 9999, artist=text), User(1, 1, text)
    pick = PastPick(work, 10.0)
    weeks = tuple(past(pick, pick, pick, pick, number=LARGEST) for _ in range(8))
    best = tuple(Best(work, LARGEST, ISO, 9.99, 12) for _ in range(8))
    last = tuple(MyScore(work, n, ISO, 9) for n in range(10))
    return [
        history.weeks(t, CLUB, HistoryPage(2024, CURRENT, weeks, newer=True, older=True)),
        history.weeks(t, CLUB, HistoryPage(None, CURRENT, (past(pick),))),
        history.weeks(t, CLUB, HistoryPage(None, CURRENT, ())),
        history.best(t, CLUB, BestPage(None, None, 3, best, more=True)),
        history.best(t, CLUB, BestPage(Kind.MOVIE, 2024, 0, ())),
        history.mine(t, CLUB, user, Mine(99, 7.5, 6.5, last)),
        history.mine(t, CLUB, user, Mine(0, None, None, ())),
    ]


def previewed(draft: Draft, plan: Plan = EMPTY, search: Search | None = None, text: str = "Ana") -> Preview:
    members = tuple(Member(User(n, n, text), NOW, left=NOW if n % 2 else None) for n in range(1, 60))
    return Preview(
        Backfill(LARGEST, 1, BackfillState.DRAFT, draft),
        plan,
        {1: Work(1, Kind.MOVIE, text, 1995)},
        members,
        search,
    )


def every_backfill(t: Texts, text: str) -> list[View]:
    said = tuple(Said(n, text, 9, n) for n in range(1, 30))
    settled = Entry(ISO, Kind.MOVIE, text, text, 1995, said, work_id=1)
    open_ = replace(settled, work_id=None, said=(Said(1, text, 9, 1),))
    nameless = replace(settled, said=(Said(1, text, 9),))
    bad = tuple(BadLine(n, problem, text) for n, problem in enumerate([*Problem] * 3, start=1))
    hits = tuple(Hit(WorkRef(Source.TMDB, "1"), Kind.MOVIE, text, 1995, text) for _ in range(60))
    conflicts = tuple(Conflict(n, clash, settled, text, 9) for n, clash in enumerate([*Clash] * 3))
    plan = Plan((NewPick(ISO, Kind.MOVIE, 0, 1, 1),), (NewRating(ISO, 1, 1, 9),), conflicts)
    left_out = replace(settled, left_out=True)
    whole = previewed(Draft((settled,) * 25 + (left_out,) * 5, bad), plan, text=text)
    return [
        backfill.ask(t),
        backfill.progress(t, Progress(3, 100)),
        backfill.unusable(t, ()),
        backfill.unusable(t, bad),
        backfill.preview(t, CLUB, previewed(Draft((nameless,)), text=text)),
        backfill.preview(t, CLUB, previewed(Draft((open_, open_)), text=text)),
        backfill.preview(
            t, CLUB, previewed(Draft((open_,)), search=Search(1, Kind.MOVIE, text, ()), text=text)
        ),
        backfill.preview(
            t, CLUB, previewed(Draft((open_,)), search=Search(1, Kind.MOVIE, text, hits), text=text)
        ),
        backfill.preview(t, CLUB, previewed(Draft(()))),
        *(backfill.preview(t, CLUB, whole, page) for page in (0, 4, 99)),
        backfill.stored(t, Entered(LARGEST, 9, 99)),
        backfill.undone(t, Entered(LARGEST, 0, 1)),
        backfill.dropped(t),
    ]


@pytest.mark.parametrize("t", LANGUAGES, ids=lambda t: t.language)
@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_no_words_break_any_of_them(hostile: str, t: Texts) -> None:
    for view in [*every_history(t, hostile), *every_backfill(t, hostile)]:
        assert_fits(view)


def test_every_line_of_a_long_preview_is_on_some_page() -> None:
    draft = Draft(
        tuple(
            Entry(ISO, Kind.MOVIE, f"M{n}", None, None, (Said(n, "Ana", 9, 1),), work_id=n + 1)
            for n in range(1, 100)
        ),
        tuple(BadLine(n, Problem.SCORE, "x" * 60) for n in range(100, 150)),
    )
    preview = previewed(draft, Plan((), (NewRating(ISO, 1, 1, 9),), ()))
    pages = [backfill.preview(ENGLISH, CLUB, preview, number) for number in range(20)]
    text = "\n".join(page.text for page in pages)
    assert all(f"M{n} " in text for n in range(1, 100))
    assert all(f"Line {n}: " in text for n in range(100, 150))
    assert all(
        any(button.tap == BackfillStoreTap(LARGEST) for row in page.rows for button in row) for page in pages
    )
    assert ANA.name in text
