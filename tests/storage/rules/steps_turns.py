"""Steps of the line: looking, passing on, skipping, holding, being away, swapping."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import (
    precondition,
    rule,
)

from tests.storage.rules.telling import Telling, admins, groups, mostly, names, places

if TYPE_CHECKING:
    pass


class Turns(Telling):
    """What people do with their turns."""

    @rule(place=places, name=names)
    def look(self, place: str, name: str) -> None:
        self.act(
            place,
            name,
            lambda club, _: self.model.look(club),
            lambda side: side.week.current(side.club),
        )

    @rule(place=groups, name=names)
    def pass_on(self, place: str, name: str) -> None:
        self.act(
            place,
            name,
            self.by_the_rules("pass_on"),
            lambda side: side.turns.pass_on(side.club, side.user),
        )

    @rule(place=groups, name=names, admin=mostly, data=st.data())
    def skip_turn(self, place: str, name: str, admin: bool, data: st.DataObject) -> None:
        number = self.somebody(data)
        self.act(
            place,
            name,
            lambda club, _: self.model.skip_turn(club, self.model.people[number], admin=admin),
            lambda side: side.turns.skip(side.club, side.users[number], admin=admin),
        )

    @rule(place=groups, name=names, admin=admins)
    def hold(self, place: str, name: str, admin: bool) -> None:
        self.act(
            place,
            name,
            lambda club, person: self.model.hold(club, person, admin=admin),
            lambda side: side.turns.hold(side.club, side.user, admin=admin),
        )

    @rule(place=groups, name=names, weeks=st.integers(0, 3))
    def go_away(self, place: str, name: str, weeks: int) -> None:
        self.act(
            place,
            name,
            lambda club, person: self.model.go_away(club, person, weeks),
            lambda side: side.turns.away(side.club, side.user, side.turns.in_weeks(side.club, weeks)),
        )

    @rule(place=groups, name=names, steps=st.integers(-2, 2), admin=mostly, data=st.data())
    def reorder(self, place: str, name: str, steps: int, admin: bool, data: st.DataObject) -> None:
        number = self.somebody(data)
        self.act(
            place,
            name,
            lambda club, _: self.model.reorder(club, self.model.people[number], steps, admin=admin),
            lambda side: side.turns.reorder(side.club, side.users[number], steps, admin=admin),
        )

    @rule(place=groups, name=names, data=st.data())
    def offer_swap(self, place: str, name: str, data: st.DataObject) -> None:
        number, other = self.model.numbers + 1, self.somebody(data)
        offered = self.act(
            place,
            name,
            lambda club, person: self.model.offer_swap(club, person, self.model.people[other]),
            lambda side: side.offer(number, other),
        )
        if offered is not None:
            self.offers.append(number)

    @precondition(lambda self: self.offers)
    @rule(place=groups, name=names, agrees=mostly, data=st.data())
    def answer_swap(self, place: str, name: str, agrees: bool, data: st.DataObject) -> None:
        number = int(data.draw(st.sampled_from(self.offers[-2:]), "offer"))
        told = "agree_swap" if agrees else "refuse_swap"
        self.act(
            place,
            name,
            lambda club, person: getattr(self.model, told)(club, person, number),
            lambda side: getattr(side.turns, told)(side.club, side.user, side.club.chat_id, number),
        )
