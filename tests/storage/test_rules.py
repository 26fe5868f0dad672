"""The services on SQLite, on PostgreSQL, and the rules a second time: whatever people do, all see the same.

Hypothesis makes the stories up. After each step everything a club can see is compared, and a use case that is
refused is refused in all with the same error.
"""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from domain.errors import DomainError
from domain.isoweek import IsoWeek
from domain.schedule import PostKind
from domain.scores import Scale
from domain.works import Kind
from storage.database import create
from storage.tables import metadata
from tests.databases import fresh_database
from tests.fakes import FakeClock
from tests.proofs import repeats
from tests.storage.conftest import POSTGRES
from tests.storage.rules.look import look
from tests.storage.rules.posts import Rules
from tests.storage.rules.side import CHATS, GROUPS, NAMES, Side
from tests.storage.rules.state import WORKS, Person, Pick

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from storage.database import Database
    from tests.storage.rules.posts import Key
    from tests.storage.rules.state import Club

pytestmark = pytest.mark.proof

ZONES = ("UTC", "Europe/Berlin", "Pacific/Auckland", "America/Los_Angeles")
STEPS = 50
PAUSES = (1, 20, 40, 600, 3 * 3600, 9 * 3600, 86400, 86400, 3 * 86400, 7 * 86400, 22 * 86400)
TAKES = ("Too long.", "Again!", " ", "x" * 280, "x" * 281)
BECOMES = ("sent", "sent", "sent", "failed", "due", "asleep", "crash")

names = st.sampled_from(NAMES)
places = st.sampled_from(["film", "film", "film", "book", "own"])
groups = st.sampled_from(["film", "film", "book"])
admins = st.booleans()
mostly = st.sampled_from([True, True, True, False])
works = st.sampled_from([*WORKS, "Nothing"])
SETTINGS: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.fixed_dictionaries({"turns": st.booleans()}),
    st.fixed_dictionaries({"blind": st.booleans()}),
    st.fixed_dictionaries({"scale": st.sampled_from([scale.value for scale in Scale])}),
    st.fixed_dictionaries({"zone": st.sampled_from(ZONES)}),
    st.fixed_dictionaries({"slots": st.fixed_dictionaries({kind: st.integers(0, 2) for kind in Kind})}),
)
LINES = st.lists(
    st.tuples(st.integers(1, 5), st.sampled_from(list(WORKS)), st.integers(1, 10), st.sampled_from(NAMES)),
    min_size=1,
    max_size=4,
    unique_by=lambda line: (line[0], line[1], line[3]),
)


class Databases:
    """A new SQLite file for every story; on PostgreSQL, where it is there, a database of its own, emptied."""

    def __init__(self, folder: Path, clock: FakeClock) -> None:
        self.folder = folder
        self.clock = clock
        self.runner = asyncio.Runner()
        self.sqlite: Database | None = None
        self.postgresql: Database | None = None
        self._name = f"rules_{os.getpid()}"

    async def prepare(self) -> None:
        """Make the server's database."""
        if POSTGRES is not None:
            await self._on_server(f"CREATE DATABASE {self._name}")
            url = make_url(POSTGRES).set(database=self._name)
            self.postgresql = create(url.render_as_string(hide_password=False), self.clock)
            await self.postgresql.migrate()

    async def fresh(self) -> list[Side]:
        """Both without a row."""
        await self.drop()
        self.sqlite = await fresh_database(self.folder, self.clock)
        sides = [Side("SQLite", self.sqlite, self.clock)]
        if self.postgresql is not None:
            tables = ", ".join(f'"{name}"' for name in metadata.tables)
            async with self.postgresql._engines.migrator.begin() as connection:
                await connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
            sides.append(Side("PostgreSQL", self.postgresql, self.clock))
        for side in sides:
            await side.begin()
        return sides

    async def drop(self) -> None:
        """Close the SQLite file and take it away."""
        if self.sqlite is not None:
            await self.sqlite.close()
            self.sqlite = None
        for path in self.folder.glob("wrong-opinions.db*"):
            path.unlink()

    async def close(self) -> None:
        """Close what is open, and leave nothing on the server."""
        await self.drop()
        if self.postgresql is not None:
            await self.postgresql.close()
            await self._on_server(f"DROP DATABASE {self._name}")

    async def _on_server(self, statement: str) -> None:
        engine = create_async_engine(make_url(str(POSTGRES)).set(drivername="postgresql+asyncpg"))
        async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            await connection.execute(text(statement))
        await engine.dispose()


class Stories(RuleBasedStateMachine):
    """One story. Steps name people, clubs and works; picks, offers and lists by the model's numbers."""

    def __init__(self, databases: Databases) -> None:
        super().__init__()
        self.databases = databases
        self.run = databases.runner.run
        self.sides: list[Side] = []
        self.clock = databases.clock
        self.model: Rules = Rules(self.clock.now())
        self.claimed: dict[int, tuple[Key, int, tuple[int, int] | None]] = {}
        self.lists: list[tuple[str, int]] = []
        self.offers: list[int] = []
        self.picked: list[int] = []
        self.steps = 0
        self.expelled = 0

    # -- how a step is taken

    def act(
        self,
        place: str,
        name: str,
        told: Callable[[Club, Person], Any],
        done: Callable[[Side], Awaitable[Any]],
        *,
        answers: bool = False,
    ) -> Any:
        """Somebody does something: in the model, and then in the databases; what the model says of it."""
        key = name if place == "own" else place
        club, person = self.model.meet(key, name)
        for side in self.sides:
            self.run(side.meet(key, name, person.number))
        self.model.lasting()
        result, expected = None, ""
        try:
            result = told(club, person)
        except DomainError as error:
            expected = type(error).__name__
            saved = self.model.checkpoint
            assert saved is not None
            self.model = saved
        self.model.checkpoint = None
        for side in self.sides:
            refused, given = self.run(side.trying(done))
            assert refused == expected, (side.name, refused, expected)
            if answers:
                assert given == result, (side.name, given, result)
        if self.model.unsaid is not None:
            self.adopt_line(self.model.unsaid)
        self.compare(key, name)
        return result

    def by_the_rules(self, name: str) -> Callable[[Club, Person], Any]:
        """What the model makes of it, as it is when it is asked."""

        def told(club: Club, person: Person) -> Any:
            return getattr(self.model, name)(club, person)

        return told

    def adopt_line(self, key: str) -> None:
        """Who came back to a line that moved may stand anywhere, as long as the others kept their order."""
        club = self.model.clubs[key]
        (line,) = {tuple(self.run(side.line(key))) for side in self.sides}
        back = club.line[-1].number
        others = [person.number for person in club.line[:-1]]
        assert [number for number in line if number != back] == others
        club.line[:] = [self.model.people[number] for number in line]
        self.model.unsaid = None

    def compare(self, key: str, name: str, *, whole: bool = False) -> None:
        """All see the same of a club: of this week and the last, every few steps of all weeks."""
        self.steps += 1
        club = self.model.clubs.get(key)
        weeks: set[IsoWeek] = set()
        if club is not None:
            now = club.week(self.model.now)
            weeks = {now, now.previous()}
            if whole or self.steps % 8 == 0:
                weeks |= {pick.iso for pick in club.picks} | set(club.owners) | set(club.notes)
        expected = look(self.model, key, weeks, name)
        for side in self.sides:
            found = self.run(side.look(key, sorted(weeks), name))
            found["weeks"] = {iso: seen for iso, seen in found.get("weeks", {}).items() if any(seen)}
            expected.setdefault("weeks", {})
            for part, value in expected.items():
                assert found[part] == value, (side.name, key, part, found[part], value)

    def find(self, number: int | None) -> Any:
        """A pick there is, or was; None for None, and one no club has where nothing of it is left."""
        every = (pick for club in self.model.clubs.values() for pick in club.picks)
        gone = Pick(0, IsoWeek(1900, 1), 0, "", Person(-1, ""))
        return None if number is None else next((pick for pick in every if pick.number == number), gone)

    def old_pick(self, data: st.DataObject) -> int:
        """Any pick there ever was: its buttons stand in the chat."""
        return int(data.draw(st.sampled_from(self.picked[-3:]) | st.sampled_from(self.picked), "pick"))

    def somebody(self, data: st.DataObject) -> int:
        """Somebody of the film club mostly, else anybody there ever was; by number."""
        line = [person.number for person in self.model.clubs["film"].line]
        everybody = list(range(len(self.model.people)))
        return int(data.draw(st.sampled_from(line or everybody) | st.sampled_from(everybody), "person"))

    # -- the steps

    @initialize(turns=st.booleans(), blind=st.booleans())
    def found(self, turns: bool, blind: bool) -> None:
        """A clean start, and a club of three."""
        self.clock._elapsed = 0.0
        self.model = Rules(self.clock.now())
        self.sides = self.run(self.databases.fresh())
        for name in NAMES[:3]:
            self.join("film", name)
        self.change("film", "Ana", turns=turns, blind=blind, zone="Europe/Berlin")
        self.nominate("film", "Ana", "Heat", admin=True)

    @rule(seconds=st.sampled_from(PAUSES))
    def time_passes(self, seconds: float) -> None:
        self.run(self.clock.leap(seconds))
        self.model.now = self.clock.now()
        due = set(self.model.due())
        for side in self.sides:
            assert self.run(side.due()) == due, side.name

    # people

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

    # picks and scores

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

    # turns

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

    # settings

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

    # posts

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

    # past weeks

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

    def teardown(self) -> None:
        """In the end all weeks of all clubs are compared."""
        for key in self.model.clubs:
            for name in NAMES:
                self.compare(key, name, whole=True)


@pytest.fixture
def databases(tmp_path: Path) -> Iterator[Databases]:
    found = Databases(tmp_path, FakeClock())
    found.runner.run(found.prepare())
    yield found
    found.runner.run(found.close())
    found.runner.close()


def test_whatever_people_do_the_rules_hold_on_sqlite_and_postgresql(databases: Databases) -> None:
    make: Any = lambda: Stories(databases)  # noqa: E731 - its type is said to be a class
    run_state_machine_as_test(
        make,
        settings=settings(
            max_examples=repeats(20, 500),
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.skipif(POSTGRES is None, reason="POSTGRES_TEST_URL is not set: the rules held on SQLite alone")
def test_the_rules_were_held_against_postgresql_too() -> None:
    assert str(POSTGRES).startswith("postgresql")
