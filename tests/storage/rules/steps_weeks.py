"""Steps in a week: picks, scores, takes, a note, the reveal; and whose week it is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.stateful import (
    precondition,
    rule,
)

from domain.isoweek import IsoWeek
from tests.storage.rules.side import GROUPS
from tests.storage.rules.telling import TAKES, Telling, admins, mostly, names, places, works

if TYPE_CHECKING:
    pass


class Weeks(Telling):
    """What people do with their week."""

    @rule(place=places, name=names, work=works, admin=mostly, again=mostly)
    def pick(self, place: str, name: str, work: str, admin: bool, again: bool) -> None:
        self.nominate(place, name, work, admin=admin, again=again)

    @precondition(lambda self: self.picked)
    @rule(place=places, name=names, work=works, admin=admins, again=mostly, data=st.data())
    def replace(
        self, place: str, name: str, work: str, admin: bool, again: bool, data: st.DataObject
    ) -> None:
        self.nominate(place, name, work, admin=admin, again=again, old=self.old_pick(data))

    def nominate(
        self, place: str, name: str, work: str, *, admin: bool, again: bool = False, old: int | None = None
    ) -> None:
        number = self.model.numbers + 1
        picked = self.act(
            place,
            name,
            lambda club, person: self.model.pick(
                club, person, work, admin=admin, again=again, replacing=self.find(old)
            ),
            lambda side: side.pick(number, work, old, admin=admin, again=again),
        )
        if picked is not None:
            self.picked.append(number)

    @precondition(lambda self: self.picked)
    @rule(place=places, name=names, admin=admins, data=st.data())
    def remove(self, place: str, name: str, admin: bool, data: st.DataObject) -> None:
        number = self.old_pick(data)
        self.act(
            place,
            name,
            lambda club, person: self.model.remove(club, person, self.find(number), admin=admin),
            lambda side: side.week.remove(side.club, side.user, side.picks[number], admin=admin),
        )

    @precondition(lambda self: self.picked)
    @rule(place=places, name=names, admin=admins, data=st.data())
    def restore(self, place: str, name: str, admin: bool, data: st.DataObject) -> None:
        number = self.old_pick(data)
        self.act(
            place,
            name,
            lambda club, person: self.model.restore(club, person, self.find(number), admin=admin),
            lambda side: side.week.restore(side.club, side.user, side.picks[number], admin=admin),
        )

    @precondition(lambda self: self.picked)
    @rule(place=places, name=names, score=st.integers(0, 11), data=st.data())
    def rate(self, place: str, name: str, score: int, data: st.DataObject) -> None:
        self.score(place, name, self.old_pick(data), score)

    def score(self, place: str, name: str, number: int, score: int) -> None:
        self.act(
            place,
            name,
            lambda club, person: self.model.rate(club, person, self.find(number), score),
            lambda side: side.ratings.rate(side.club, side.user, side.picks[number], score),
        )

    @precondition(lambda self: self.picked)
    @rule(data=st.data(), score=st.integers(1, 10))
    def everybody_rates(self, data: st.DataObject, score: int) -> None:
        number = self.old_pick(data)
        for at, person in enumerate(list(self.model.clubs["film"].line)):
            self.score("film", person.name, number, 1 + (score + 3 * at) % 10)

    @precondition(lambda self: self.picked)
    @rule(place=places, name=names, data=st.data())
    def skip(self, place: str, name: str, data: st.DataObject) -> None:
        number = self.old_pick(data)
        self.act(
            place,
            name,
            lambda club, person: self.model.skip(club, person, self.find(number)),
            lambda side: side.ratings.skip(side.club, side.user, side.picks[number]),
        )

    @precondition(lambda self: self.picked)
    @rule(name=names, words=st.sampled_from(TAKES), spoiler=admins, named=admins, data=st.data())
    def take(self, name: str, words: str, spoiler: bool, named: bool, data: st.DataObject) -> None:
        number = self.old_pick(data)
        key, pick = next(
            (
                (club.key, pick)
                for club in self.model.clubs.values()
                for pick in club.picks
                if pick.number == number
            ),
            ("", None),
        )
        if pick is None or (key not in GROUPS and key != name):
            return
        iso = pick.iso
        about = number if named else None
        self.act(
            key,
            name,
            lambda club, person: self.model.take(
                club, person, iso, words, spoiler=spoiler, about=None if about is None else self.find(about)
            ),
            lambda side: side.take(iso, words, about, spoiler=spoiler),
            answers=True,
        )

    @rule(place=places, name=names, admin=mostly, back=st.integers(-1, 3))
    def reveal(self, place: str, name: str, admin: bool, back: int) -> None:
        club, _ = self.model.meet(name if place == "own" else place, name)
        iso = IsoWeek.at(self.model.now - timedelta(weeks=back), ZoneInfo(club.zone))
        self.act(
            place,
            name,
            lambda club, _: self.model.reveal(club, iso, admin=admin),
            lambda side: side.week.reveal(side.club, str(iso), admin=admin),
        )

    @rule(
        place=places,
        name=names,
        words=st.sampled_from(["Bring crisps", "", "x" * 200, "x" * 201]),
        admin=admins,
    )
    def note(self, place: str, name: str, words: str, admin: bool) -> None:
        self.act(
            place,
            name,
            lambda club, person: self.model.note(club, person, words, admin=admin),
            lambda side: side.week.set_note(side.club, side.user, words, admin=admin),
        )
