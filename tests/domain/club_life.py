"""Years in the life of a made-up club, as the numbers that rare facts are told from."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from domain.clubs import User
from domain.isoweek import IsoWeek
from domain.statistics import Career, Given, Maker, Played, Statistics
from domain.works import Kind, PartialDate, Work

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST = IsoWeek(2023, 1)
GENRES = 19
COUNTRIES = 45


@dataclass
class Life:
    """`people` friends pick a movie and an album a week; `temper` is how much their scores are chance."""

    random: Random
    people: int
    temper: float
    attendance: float
    _tops: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    _before: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    _streaks: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def weeks(self, count: int) -> Iterator[Statistics]:
        """One after the other."""
        week = FIRST
        earlier: list[Played] = []
        bias = [self.random.gauss(0, 1) for _ in range(self.people)]
        removed: set[int] = set()
        for _ in range(count):
            picks: list[Played] = []
            given: list[Given] = []
            careers: list[Career] = []
            answered: dict[int, list[bool]] = defaultdict(list)
            for kind in Kind:
                work = self._work(kind, week, earlier)
                scores: list[int] = []
                for number in range(self.people):
                    there = self.random.random() < self.attendance
                    answered[number].append(there)
                    if there:
                        score = self._score(work.id, bias[number])
                        scores.append(score)
                        given.append(Given(len(earlier) + len(picks), self._user(number), score))
                picks.append(self._played(len(earlier) + len(picks), week, work, scores))
            for number in range(self.people):
                mine = [one.score for one in given if one.user.id == number]
                self._streaks[number] = self._streaks[number] + 1 if all(answered[number]) else 0
                careers.append(
                    Career(
                        self._user(number),
                        self._before[number],
                        len(mine),
                        self._tops[number],
                        self._streaks[number],
                    )
                )
                self._before[number] += len(mine)
                self._tops[number] += mine.count(10)
            yield Statistics(
                week, tuple(picks), tuple(earlier), tuple(given), tuple(careers), frozenset(removed)
            )
            earlier += picks
            if self.random.random() < 0.02:
                removed.add(self.random.randrange(10_000))
            week = week.next()

    def _user(self, number: int) -> User:
        return User(number, number, f"Person {number}")

    def _work(self, kind: Kind, week: IsoWeek, earlier: list[Played]) -> Work:
        if earlier and self.random.random() < 0.005:
            again = self.random.choice(earlier)
            if again.kind is kind:
                return again.work
        year = min(week.year, round(self.random.triangular(1930, week.year + 1, week.year - 10)))
        number = self.random.randrange(10_000) * 2 + (kind is Kind.ALBUM)
        return Work(number, kind, f"Work {number}", year)

    def _score(self, work_id: int, bias: float) -> int:
        quality = 3 + work_id % 6
        return max(1, min(10, round(self.random.gauss(quality + bias, self.temper))))

    def _played(self, pick_id: int, week: IsoWeek, work: Work, scores: list[int]) -> Played:
        random = self.random
        movie = work.kind is Kind.MOVIE
        released = week.monday - timedelta(days=random.randrange(1, 900 if random.random() < 0.2 else 20_000))
        genres = {f"Genre {min(GENRES, int(random.expovariate(0.25)))}" for _ in range(random.randint(1, 3))}
        maker = int(random.paretovariate(0.4)) % 2_000 + (0 if movie else 10_000)
        country = None if movie else f"{int(random.expovariate(0.3)) % COUNTRIES:02d}"
        return Played(
            pick_id,
            week,
            work,
            len(scores),
            sum(scores),
            sum(score * score for score in scores),
            min(scores, default=0),
            max(scores, default=0),
            PartialDate(released.year, released.month, released.day),
            round(random.gauss(112, 22)) if movie else None,
            max(5, min(98, (3 + work.id % 6) * 10 + random.gauss(5, 14))) if movie else None,
            tuple(sorted(genres)),
            (Maker(maker, f"Maker {maker}", country),),
        )
