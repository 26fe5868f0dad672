"""Steps of people: they come and go, are sent away and forgotten, and change their clubs' settings."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from domain.schedule import PostKind
from tests.storage.rules.telling import SETTINGS, Telling, mostly, names, places

if TYPE_CHECKING:
    pass


class People(Telling):
    """Who is there, and how the club is set."""

    @rule(place=places, name=names)
    def join(self, place: str, name: str) -> None:
        self.act(
            place,
            name,
            self.by_the_rules("join"),
            lambda side: side.clubs.join(side.club, side.user),
            answers=True,
        )

    @rule(place=places, name=names)
    def leave(self, place: str, name: str) -> None:
        self.act(
            place,
            name,
            self.by_the_rules("leave"),
            lambda side: side.clubs.leave(side.club, side.user),
        )

    @rule(place=places, name=names)
    def take_the_name_along(self, place: str, name: str) -> None:
        self.act(
            place,
            name,
            self.by_the_rules("drop_name"),
            lambda side: side.clubs.drop_name(side.club, side.user),
        )

    @rule(place=places, name=names, data=st.data(), admin=mostly)
    def expel(self, place: str, name: str, data: st.DataObject, admin: bool) -> None:
        number = self.somebody(data)
        self.act(
            place,
            name,
            lambda club, _: self.model.expel(club, self.model.people[number], admin=admin),
            lambda side: side.clubs.remove(side.club, side.users[number], admin=admin),
        )
        self.expelled = number

    @rule(place=places, name=names, data=st.data(), admin=mostly)
    def readmit(self, place: str, name: str, data: st.DataObject, admin: bool) -> None:
        number = self.expelled if data.draw(st.booleans()) else self.somebody(data)
        self.act(
            place,
            name,
            lambda club, _: self.model.readmit(club, self.model.people[number], admin=admin),
            lambda side: side.clubs.restore(side.club, side.users[number], admin=admin),
        )

    @rule(name=names)
    def ask_to_be_forgotten(self, name: str) -> None:
        self.act(
            "film",
            name,
            lambda _, person: self.model.ask_to_be_forgotten(person),
            lambda side: side.people.ask(side.user),
        )

    @rule(name=names)
    def stay(self, name: str) -> None:
        self.act(
            "film",
            name,
            lambda _, person: self.model.stay(person),
            lambda side: side.people.stay(side.user),
        )

    @rule()
    def forget(self) -> None:
        names = self.model.forget_due()
        for side in self.sides:
            found = [one.user.name for one in self.run(side.people.forget_due())]
            assert found == names, side.name
        for key in list(self.model.clubs) if names else ():
            self.compare(key, "Ana")

    @rule(place=places, name=names, data=st.data(), admin=mostly)
    def set(self, place: str, name: str, data: st.DataObject, admin: bool) -> None:
        changes = data.draw(SETTINGS, "changes")
        self.change(place, name, admin=admin, **changes)

    @rule(
        place=places,
        name=names,
        kind=st.sampled_from(list(PostKind)),
        day=st.integers(1, 7),
        hour=st.integers(8, 21),
        on=mostly,
        admin=mostly,
    )
    def retime(
        self, place: str, name: str, kind: PostKind, day: int, hour: int, on: bool, admin: bool
    ) -> None:
        club, _ = self.model.meet(name if place == "own" else place, name)
        self.change(place, name, admin=admin, times={**club.times, kind: (day, hour, on)})

    @rule(place=places, name=names, weeks=st.integers(0, 3), admin=mostly)
    def pause(self, place: str, name: str, weeks: int, admin: bool) -> None:
        club, _ = self.model.meet(name if place == "own" else place, name)
        monday = club.week(self.model.now).monday + timedelta(weeks=weeks)
        self.change(place, name, admin=admin, paused_until=monday if weeks else None)

    @rule(name=names, wants=mostly)
    def want_digest(self, name: str, wants: bool) -> None:
        self.act(
            "own",
            name,
            lambda club, person: self.model.want_digest(club, person, wants=wants),
            lambda side: side.digest.want(side.user, side.club, wants=wants),
        )

    def change(self, place: str, name: str, *, admin: bool = True, **changes: Any) -> None:
        self.act(
            place,
            name,
            lambda club, _: self.model.change(club, admin=admin, **changes),
            lambda side: side.change(admin=admin, **changes),
        )
