"""Looking back, read by a second session; averages as the week's card counts them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.isoweek import IsoWeek
from domain.weeks import tally
from domain.works import Kind, MovieFacts
from tests import plans
from tests.fakes import START
from tests.storage import scenes

if TYPE_CHECKING:
    from domain.clubs import Club, User
    from storage.database import Database

FIRST, END = IsoWeek(2000, 1), IsoWeek(2100, 1)


async def rate(database: Database, user: User, work_id: int, score: int) -> None:
    async with database.store().keep() as unit:
        await unit.ratings.put(user.id, work_id, score, START)
        await unit.commit()


async def movies(database: Database, count: int) -> list[int]:
    return [await scenes.a_work(database, MovieFacts(tmdb_id=n, title=f"M{n}")) for n in range(1, count + 1)]


async def a_past(database: Database) -> tuple[Club, User, User, list[int]]:
    """Weeks 2025-W51, W52 and 2026-W01 with a movie each; a removed one in W02 and a bare W03."""
    ana, ben = await scenes.a_user(database, 1), await scenes.a_user(database, 2, "Ben")
    club = await scenes.a_club(database, ana, ben)
    works = await movies(database, 4)
    weeks = [IsoWeek(2025, 51), IsoWeek(2025, 52), IsoWeek(2026, 1), IsoWeek(2026, 2)]
    picks = [await scenes.a_pick(database, club, ana, w, iso) for w, iso in zip(works, weeks, strict=True)]
    await scenes.a_week(database, club, IsoWeek(2026, 3))
    async with database.store().keep() as unit:
        await unit.weeks.remove_pick(picks[3].id, START)
        await unit.weeks.reveal(picks[0].id, START)
        await unit.weeks.reveal(picks[1].id, START)
        await unit.commit()
    for work, score in ((works[0], 9), (works[1], 4), (works[2], 10)):
        await rate(database, ana, work, score)
        await rate(database, ben, work, score - 1)
    return club, ana, ben, works


async def test_weeks_with_picks_come_in_order_and_range(database: Database) -> None:
    club, *_ = await a_past(database)
    async with database.store().read() as unit:
        newest = await unit.history.weeks(club.id, FIRST, END, 2, ascending=False)
        assert [str(iso) for _, iso in newest] == ["2026-W01", "2025-W52"]
        before = await unit.history.weeks(club.id, FIRST, IsoWeek(2026, 1), 9, ascending=False)
        assert [str(iso) for _, iso in before] == ["2025-W52", "2025-W51"]
        of_year = await unit.history.weeks(club.id, IsoWeek(2026, 1), IsoWeek(2027, 1), 9, ascending=True)
        assert [str(iso) for _, iso in of_year] == ["2026-W01"]
        assert await unit.history.weeks(club.id + 1, FIRST, END, 9, ascending=True) == ()


async def test_averages_are_the_cards_and_hidden_until_the_reveal(database: Database) -> None:
    club, ana, ben, works = await a_past(database)
    async with database.store().read() as unit:
        week = await unit.weeks.at(club.id, IsoWeek(2025, 51))
        assert week is not None
        (pick,) = await unit.weeks.picks(week.id)
    async with database.store().keep() as unit:
        await unit.ratings.set_absent(pick.id, ben.id, absent=True)
        await unit.members.leave(club.id, ana.id, START)
        await unit.commit()
    stranger = await scenes.a_user(database, 3, "Stranger")
    await rate(database, stranger, works[0], 1)
    async with database.store().read() as unit:
        ids = [week_id for week_id, _ in await unit.history.weeks(club.id, FIRST, END, 9, ascending=True)]
        seen = await unit.history.picks(ids, revealed=True)
        answers = await unit.ratings.answers([pick])
    assert [[one.average for one in seen[week_id]] for week_id in ids] == [[9.0], [3.5], [None]]
    assert tally(pick, (), answers[pick.id], blind=False).average == 9.0
    async with database.store().read() as unit:
        unveiled = await unit.history.picks(ids, revealed=False)
    assert [one.average for one in unveiled[ids[2]]] == [9.5]


async def test_the_best_are_ranked_by_average_scores_and_newness(database: Database) -> None:
    club, ana, _, works = await a_past(database)
    await scenes.a_pick(database, club, ana, works[1], IsoWeek(2026, 5))
    async with database.store().read() as unit:
        best = await unit.history.best(club.id, None, FIRST, END, least=2, revealed=False, limit=9, offset=0)
        assert [(one.work.id, one.average, str(one.week)) for one in best] == [
            (works[2], 9.5, "2026-W01"),
            (works[0], 8.5, "2025-W51"),
            (works[1], 3.5, "2026-W05"),
        ]
        assert {one.scores for one in best} == {2}
        for kind, least, limit, offset, expected in (
            (Kind.ALBUM, 2, 9, 0, []),
            (Kind.MOVIE, 3, 9, 0, []),
            (Kind.MOVIE, 2, 1, 1, [works[0]]),
        ):
            page = await unit.history.best(
                club.id, kind, FIRST, END, least=least, revealed=False, limit=limit, offset=offset
            )
            assert [one.work.id for one in page] == expected
        blind = await unit.history.best(club.id, None, FIRST, END, least=2, revealed=True, limit=9, offset=0)
        assert [one.work.id for one in blind] == [works[0], works[1]]


async def test_my_scores_beside_the_clubs(database: Database) -> None:
    club, ana, _, works = await a_past(database)
    async with database.store().read() as unit:
        mine = await unit.history.mine(club.id, ana.id, 2, revealed=False)
        blind = await unit.history.mine(club.id, ana.id, 2, revealed=True)
        nobody = await unit.history.mine(club.id, 99, 2, revealed=False)
    assert (mine.count, mine.average, mine.club_average) == (3, 23 / 3, 43 / 6)
    assert [(one.work.id, one.score) for one in mine.last] == [(works[2], 10), (works[1], 4)]
    assert (blind.count, [one.work.id for one in blind.last]) == (2, [works[1], works[0]])
    assert (nobody.count, nobody.average, nobody.last) == (0, None, ())


async def test_a_page_is_two_queries_and_sorts_no_weeks(sqlite_database: Database) -> None:
    club, *_ = await a_past(sqlite_database)
    with plans.heard(sqlite_database) as statements:
        async with sqlite_database.store().read() as unit:
            weeks = await unit.history.weeks(club.id, FIRST, IsoWeek(2026, 1), 9, ascending=False)
            await unit.history.picks([week_id for week_id, _ in weeks], revealed=True)
    assert len(statements) == 2
    with plans.empty() as connection:
        by_weeks = plans.plan(connection, statements[0])
    assert "club_id=?" in by_weeks[0]
    assert "(iso_year,iso_week)" in by_weeks[0]
    assert not any("TEMP B-TREE" in step for step in by_weeks)
