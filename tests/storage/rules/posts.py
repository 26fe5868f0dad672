"""The model's posts: claimed, said or left out, settled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from domain.schedule import PostKind
from domain.works import Kind
from tests.storage.rules import schedule
from tests.storage.rules.people import People
from tests.storage.rules.state import WORKS

if TYPE_CHECKING:
    from domain.isoweek import IsoWeek
    from tests.storage.rules.state import Club, Person, Post

TOO_LATE = timedelta(hours=6)
LEASE = timedelta(minutes=10)
CLAIMS = 3

Key = tuple[str, PostKind, "IsoWeek"]


@dataclass
class Rules(People):
    """The model whole."""

    def due(self) -> list[Key]:
        """What is to be sent now: of awake clubs, and held by nobody."""
        found = [
            (post.due, club.key, kind, iso)
            for club in self.clubs.values()
            if not club.asleep
            for (kind, iso), post in club.posts.items()
            if self._free(post)
        ]
        return [(key, kind, iso) for _, key, kind, iso in sorted(found)]

    def claim(self, key: Key) -> str | None:
        """What is said: None where it is nothing."""
        club, kind, iso = self.clubs[key[0]], key[1], key[2]
        post = club.posts[kind, iso]
        if not self._free(post):
            return None
        cut_off = post.state == "sending"
        post.state, post.lease, post.attempt = "sending", self.now + LEASE, post.attempt + 1
        says = None
        if kind is PostKind.DIGEST:
            if cut_off and post.attempt > CLAIMS:
                self.settle(key, "failed")
                return None
            says = self._digest(club, iso)
        elif cut_off:
            self.settle(key, "sent")
            return None
        elif iso >= club.week(self.now):
            says = self._reminder(club, kind, iso)
            if self.now - post.due > TOO_LATE:
                says = None
        if says is None:
            self.settle(key, "skipped")
        return says

    def settle(self, key: Key, state: str) -> None:
        """What is noted first, stands; the next is on the schedule then."""
        club = self.clubs.get(key[0])
        if club is None:
            return
        post = club.posts[key[1], key[2]]
        if post.state in {"due", "sending"}:
            post.state, post.lease = state, None
            schedule.go_on(club, key[1], key[2], self.now)

    def release(self, key: Key, attempt: int, handover: tuple[Person, Person] | None) -> None:
        """It surely was not sent: as if it had not been claimed."""
        club = self.clubs[key[0]]
        post = club.posts[key[1], key[2]]
        if post.state != "sending" or post.attempt != attempt:
            return
        post.state, post.lease, post.attempt = "due", None, attempt - 1
        if handover is not None:
            self.take_back(club, key[2], *handover)

    def _free(self, post: Post) -> bool:
        over = post.state == "sending" and post.lease is not None and post.lease <= self.now
        return post.due <= self.now and (post.state == "due" or over)

    def _reminder(self, club: Club, kind: PostKind, iso: IsoWeek) -> str | None:
        there = club.standing(iso)
        match kind:
            case PostKind.NEW_WEEK:
                self.begin(club, iso, club.day(self.now))
                return "NewWeek"
            case PostKind.PICK_REMINDER:
                taken = [WORKS[pick.work] for pick in there]
                free = any(taken.count(each) < club.slots[each] for each in Kind)
                return "PickReminder" if free else None
            case PostKind.HANDOVER:
                return "Handover" if self.hand_over(club, iso) else None
            case _:
                hidden = [pick for pick in there if not pick.revealed]
                silent = any(set(club.line) - set(self.answers(club, pick)) for pick in hidden)
                return "ScoreReminder" if silent else None

    def _digest(self, club: Club, iso: IsoWeek) -> str | None:
        """The reveal, and in private all of a person's clubs, where they want that."""
        there = club.standing(iso)
        for pick in there:
            pick.revealed = True
        if not club.private:
            return "Digest" if there else None
        person = self.accounts.get(club.key)
        told = (
            person is not None
            and person.wants_digest
            and any(self._told(each) for each in self.clubs.values() if person in each.line)
        )
        return "OwnDigests" if told else None

    def _told(self, club: Club) -> bool:
        week = club.week(self.now)
        weeks = [club.standing(each) for each in (week, week.previous())]
        shown = any(there and all(pick.revealed for pick in there) for there in weeks)
        return shown and not club.private and not club.asleep
