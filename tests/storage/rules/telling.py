"""How a step of a story is taken: in the model, in the databases, and then all are looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from domain.errors import DomainError
from domain.isoweek import IsoWeek
from domain.scores import Scale
from domain.works import Kind
from tests.storage.rules.databases import Databases
from tests.storage.rules.look import look
from tests.storage.rules.posts import Rules
from tests.storage.rules.side import NAMES, Side
from tests.storage.rules.state import WORKS, Person, Pick

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.storage.rules.posts import Key
    from tests.storage.rules.state import Club


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


class Telling(RuleBasedStateMachine):
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

    @rule(seconds=st.sampled_from(PAUSES))
    def time_passes(self, seconds: float) -> None:
        self.run(self.clock.leap(seconds))
        self.model.now = self.clock.now()
        due = set(self.model.due())
        for side in self.sides:
            assert self.run(side.due()) == due, side.name
