"""Steps of the schedule, and past weeks that are entered."""

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
from tests.storage.rules.side import CHATS, GROUPS
from tests.storage.rules.telling import BECOMES, LINES, Telling, mostly, names, places

if TYPE_CHECKING:
    pass


class Posts(Telling):
    """What the bot sends of itself, and what admins enter."""

    @rule(
        data=st.data(),
        late=st.sampled_from([0, 0, 0, 60, 5 * 3600, 7 * 3600]),
        becomes=st.sampled_from(BECOMES),
    )
    def next_post(self, data: st.DataObject, late: int, becomes: str) -> None:
        ahead = [
            post.due
            for club in self.model.clubs.values()
            for post in club.posts.values()
            if post.state == "due" and not club.asleep
        ]
        if ahead and not self.model.due():
            self.time_passes((min(ahead) - self.model.now).total_seconds() + late)
        self.post(data, becomes)

    @rule(data=st.data(), becomes=st.sampled_from(BECOMES))
    def post(self, data: st.DataObject, becomes: str) -> None:
        due = self.model.due()
        for side in self.sides:
            assert self.run(side.due()) == set(due), side.name
        if not due:
            return
        key = due[data.draw(st.integers(0, len(due) - 1), "post")]
        number = self.model.numbers = self.model.numbers + 1
        says = self.model.claim(key)
        for side in self.sides:
            assert self.run(side.claim(number, key)) == says, (side.name, key, says)
        self.compare(key[0], "Ana")
        if says is not None:
            attempt = self.model.clubs[key[0]].posts[key[1], key[2]].attempt
            (handover,) = {side.handover(number) for side in self.sides}
            self.claimed[number] = key, attempt, handover
            if becomes != "crash":
                self.became(number, becomes)

    @precondition(lambda self: self.claimed)
    @rule(data=st.data(), becomes=st.sampled_from(BECOMES[:-1]))
    def post_later(self, data: st.DataObject, becomes: str) -> None:
        self.became(int(data.draw(st.sampled_from(sorted(self.claimed)), "claim")), becomes)

    def became(self, number: int, state: str) -> None:
        """What was claimed is settled, or given back."""
        key, attempt, handover = self.claimed.pop(number)
        club = self.model.clubs.get(key[0])
        people = None
        if handover is not None:
            people = self.model.people[handover[0]], self.model.people[handover[1]]
        if club is not None and state in {"due", "asleep"}:
            club.asleep = club.asleep or state == "asleep"
            self.model.release(key, attempt, people)
        elif club is not None:
            self.model.settle(key, state)
        for side in self.sides:
            self.run(side.settle(number, state))
        self.compare(key[0], "Ana")

    @rule(place=places, name=names)
    def lose(self, place: str, name: str) -> None:
        key = name if place == "own" else place
        if key in self.model.clubs:
            self.model.clubs[key].asleep = True
        for side in self.sides:
            self.run(side.clubs.lose(CHATS[key]))
        self.compare(key, name)

    @rule(place=places, name=names, admin=mostly, data=st.data(), lines=LINES)
    def backfill(
        self, place: str, name: str, admin: bool, data: st.DataObject, lines: list[tuple[int, str, int, str]]
    ) -> None:
        club, _ = self.model.meet(name if place == "own" else place, name)
        zone = ZoneInfo(club.zone)
        dated = [
            (IsoWeek.at(self.model.now - timedelta(weeks=back), zone), work, score, by)
            for back, work, score, by in lines
        ]
        number = self.model.numbers + 1
        entered = self.act(
            place,
            name,
            lambda club, _: self.model.backfill(club, dated, admin=admin),
            lambda side: side.enter(number, dated, admin=admin),
        )
        if entered is not None:
            self.lists.append((club.key, number))
            new = [(pick.number, pick.iso, pick.work) for pick in entered[1]]
            self.picked += [each for each, _, _ in new]
            for side in self.sides:
                self.run(side.learn(club.key, new))

    @precondition(lambda self: self.lists)
    @rule(name=names, admin=mostly, data=st.data())
    def undo_backfill(self, name: str, admin: bool, data: st.DataObject) -> None:
        key, number = data.draw(st.sampled_from(self.lists[-2:]), "list")
        place = key if key in GROUPS else "own"
        if place == "own" and (key != name or key not in self.model.clubs):
            return
        self.act(
            place,
            name,
            lambda club, _: self.model.undo_backfill(club, number, admin=admin),
            lambda side: side.backfill.undo(side.club, side.backfills[number], admin=admin),
        )
