"""Many clubs in zones whose clocks change at different times of the year, and what their people do."""

from __future__ import annotations

import contextlib
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from domain.clubs import Picking
from domain.isoweek import IsoWeek
from domain.schedule import PostKind, PostState, Schedule
from domain.scores import Scale
from tests.e2e.steady import rows
from tests.e2e.weekly import club_of, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path
    from random import Random

    from integrations.sandbox.telegram import Button, Chat, MessageView, Person, Press
    from tests.e2e.world import World

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "America/Santiago",
    "Africa/Casablanca",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
)
"""The north's summer time with two dates of change, the south's, one that pauses in Ramadan, one of half an
hour, and none."""
PEOPLE = 4
SAYS = {
    PostKind.NEW_WEEK: " begins.",
    PostKind.PICK_REMINDER: "This week has room",
    PostKind.HANDOVER: "takes over",
    PostKind.SCORE_REMINDER: "Still to answer: ",
}
LOOKS = ("/week", "/history", "/top", "/top albums", "/me", "/roster", "/turns", "/settings", "/help")
OF_WEEK = """
    SELECT chat_id, kind, state FROM posts JOIN clubs ON clubs.id = club_id
    WHERE iso_year = ? AND iso_week = ?
"""
SETTLED = (PostState.SENT, PostState.SKIPPED)
KEPT = 8
"""Messages that stay in a chat when a week is over."""

Occurrence = tuple[PostKind, IsoWeek]


@dataclass
class House:
    """A club and who is in its group. `picked` are the weeks that have a pick."""

    group: Chat
    people: list[Person]
    zone: ZoneInfo
    by_turns: bool
    outside: Person | None = None
    card: MessageView | None = None
    picked: set[IsoWeek] = field(default_factory=set)
    arrived: Counter[Occurrence] = field(default_factory=Counter)

    @property
    def founder(self) -> Person:
        """Its admin, who never leaves."""
        return self.people[0]

    @property
    def inside(self) -> list[Person]:
        """Who is in the group now."""
        return [person for person in self.people if person is not self.outside]


@dataclass
class Fleet:
    """All of them. Everybody does something, then all of it is waited for: one wait for a whole fleet."""

    world: World
    chance: Random
    houses: list[House] = field(default_factory=list)
    presses: list[Press] = field(default_factory=list)
    counted: dict[int, int] = field(default_factory=dict)

    async def found(self, count: int) -> None:
        """The groups, their rosters and zones; every third picks by turns, every fifth sees the scores."""
        for number in range(count):
            people = [
                self.world.telegram.create_person(f"{name} {number}", language_code="en")
                for name in ("Ana", "Ben", "Cleo", "Dana")
            ]
            group = self.world.telegram.create_group(f"Club {number}", people)
            zone = ZoneInfo(ZONES[number % len(ZONES)])
            house = House(group, people, zone, by_turns=number % 3 == 0)
            self.houses.append(house)
            house.founder.add_bot(group)
        await self.world.settle()
        for turn in range(PEOPLE):
            for house in self.houses:
                house.people[turn].write(house.group, "/join")
            await self.world.settle()
        for number, house in enumerate(self.houses):
            club = await club_of(self.world, house.group)
            settings = replace(
                club.settings,
                zone=house.zone,
                scale=list(Scale)[number % 3],
                blind=number % 5 != 4,
                picking=Picking.TURNS if house.by_turns else Picking.OPEN,
            )
            await self.world.app.services().clubs.change(club, settings, admin=True)
        for house in self.some(0.25):
            house.founder.start_bot()
        await self.world.settle()
        for house in self.some(0.25):
            if house.founder.private.started:
                house.founder.write(house.founder.private, "/digest")
        await self.world.settle()

    def some(self, share: float) -> list[House]:
        """A part of the clubs, by chance."""
        return [house for house in self.houses if self.chance.random() < share]

    async def until(self, moment: datetime) -> None:
        """Go on to a moment, stopping wherever something is due on the way."""
        now, schedule = self.world.clock.now(), Schedule()
        weeks = {IsoWeek.at(at + timedelta(days=days), UTC) for at in (now, moment) for days in (-1, 0, 1)}
        zones = {house.zone for house in self.houses}
        due = {schedule.of(kind).due(week, zone) for kind in PostKind for week in weeks for zone in zones}
        for stop in sorted(each for each in {*due, moment} if now < each <= moment):
            if stop > self.world.clock.now():
                await until(self.world, stop)

    # -- what people do

    async def pick(self, command: str, titles: Sequence[str], share: float, week: IsoWeek) -> None:
        """Some look for a work, open the first hit and pick it; a catalogue may be down, a slot full."""
        houses = self.some(share)
        hits = await self.ask({id(h): f"{command} {self.chance.choice(titles)}" for h in houses}, houses)
        await self.press(hits, lambda button: bool(button.callback_data and button.callback_data[:2] == "o:"))
        before = {id(house): self._newest(house) for house, _ in hits}
        await self.press(hits, "Pick")
        again = [(house, message) for house, message in hits if self._newest(house) == before[id(house)]]
        await self.press(again, "Pick it again")
        for house, _ in hits:
            last = self.world.last(house.group)
            if last.id != before[id(house)] and any(
                button.callback_data and button.callback_data.startswith("r:")
                for row in last.buttons
                for button in row
            ):
                house.card = last
                house.picked.add(week)

    async def score(self, share: float) -> None:
        """In every club that has a card each of the people scores, or says that they did not watch."""
        for turn in range(PEOPLE):
            for house in self.houses:
                if house.card is None or self.chance.random() > share:
                    continue
                person, card = house.people[turn], self.world.now(house.card)
                wires = [b.callback_data for row in card.buttons for b in row if b.callback_data]
                wires = [wire for wire in wires if wire[:2] in {"r:", "n:"}]
                if wires and person is not house.outside:
                    self._press(person, card, self.chance.choice(wires))
            await self.world.settle()

    async def take(self, share: float) -> None:
        """Somebody says why."""
        for house in self.some(share):
            if house.card is not None:
                text = f"It reminds me of number {self.chance.randrange(1000)}."
                self.chance.choice(house.inside).write(house.group, text, reply_to=house.card)
        await self.world.settle()

    async def look(self, share: float) -> None:
        """People look at this and that, and turn a page."""
        houses = self.some(share)
        shown = await self.ask({id(house): self.chance.choice(LOOKS) for house in houses}, houses)
        await self.press(shown, lambda button: bool(button.callback_data and button.callback_data[0] == "h"))
        for house in self.some(0.05):
            house.founder.write(house.group, f"/note Bring crisps, {self.chance.randrange(1000)} of them")
        for house in self.some(0.05):
            house.founder.write(house.group, "/export")
        await self.world.settle()

    async def come_and_go(self, share: float) -> None:
        """Some leave the group or are back, some are forgotten and begin anew."""
        for house in self.some(share):
            if house.outside is None:
                house.outside = self.chance.choice(house.people[1:])
                house.outside.leave(house.group)
            else:
                back, house.outside = house.outside, None
                back.join(house.group)
                back.write(house.group, "/join")
        await self.world.settle()
        for house in self.some(share / 5):
            person = self.chance.choice(house.inside)
            person.start_bot()
            await self.world.settle()
            for words in ("/forget_me", "Forget me", "Yes, forget me"):
                if words.startswith("/"):
                    person.write(person.private, words)
                else:
                    self.presses.append(person.press(self.world.last(person.private), words))
                await self.world.settle()

    async def lose_and_find(self, share: float) -> None:
        """Some groups throw the bot out, and take it in again a day later."""
        houses = self.some(share)
        for house in houses:
            house.founder.kick_bot(house.group)
        await self.world.settle()
        await self.until(self.world.clock.now() + timedelta(days=1))
        for house in houses:
            house.founder.add_bot(house.group)
        await self.world.settle()

    def trouble(self) -> None:
        """Some of what goes wrong on the way to Telegram and the catalogues, never with a doubtful end."""
        telegram, catalogues = self.world.telegram, self.world.catalogues
        orders: list[Callable[[], object]] = [
            lambda: telegram.faults.flood("sendMessage", 3, times=2),
            lambda: telegram.faults.fail("editMessageText", 500, "Internal Server Error", times=2),
            lambda: telegram.faults.drop_before("send*", times=2),
            lambda: telegram.faults.drop_after("answerCallbackQuery", times=2),
            lambda: telegram.faults.fail("answerCallbackQuery", 502, "Bad Gateway", times=2),
            lambda: telegram.faults.drop_before("getUpdates"),
            lambda: telegram.faults.fail("getUpdates", 502, "Bad Gateway"),
            lambda: telegram.duplicate_update(3),
            lambda: catalogues.faults.refuse("tmdb", times=4),
            lambda: catalogues.faults.html("tmdb", 502, times=4),
            lambda: catalogues.faults.busy("musicbrainz", times=4),
            lambda: catalogues.faults.time_out("coverart", times=2),
        ]
        for order in self.chance.sample(orders, 3):
            order()

    async def ask(self, commands: dict[int, str], houses: Iterable[House]) -> list[tuple[House, MessageView]]:
        """The founders of some clubs write; what the bot then showed each of them last."""
        houses = list(houses)
        before = {id(house): self._newest(house) for house in houses}
        for house in houses:
            house.founder.write(house.group, commands[id(house)])
        await self.world.settle()
        bot = self.world.telegram.bot.id
        shown = [(house, self.world.last(house.group)) for house in houses]
        return [(h, m) for h, m in shown if m.sender_id == bot and m.id != before[id(h)]]

    async def press(
        self, shown: Iterable[tuple[House, MessageView]], button: str | Callable[[Button], bool]
    ) -> None:
        """The founders press a button where it is there."""
        for house, message in shown:
            with contextlib.suppress(LookupError):
                self.presses.append(house.founder.press(message, button))
        await self.world.settle()

    def _press(self, person: Person, message: MessageView, wire: str) -> None:
        self.presses.append(person.press(message, lambda button: button.callback_data == wire))

    def _newest(self, house: House) -> int:
        return next(reversed(house.group.messages), 0)

    # -- what came of it

    def count_posts(self) -> None:
        """Count what was posted into the groups since the last time, and that none came before its time."""
        schedule, bot = Schedule(), self.world.telegram.bot.id
        for house in self.houses:
            since = self.counted.get(house.group.id, 0)
            for message in self.world.telegram.messages(house.group):
                if message.id <= since or message.sender_id != bot:
                    continue
                self.counted[house.group.id] = message.id
                moment = datetime.fromtimestamp(message.date, UTC)
                week = IsoWeek.at(moment, house.zone)
                kinds = [kind for kind, words in SAYS.items() if words in message.text]
                if message.photo is not None and message.photo.url is None:
                    kinds = [PostKind.DIGEST]
                for kind in kinds:
                    assert moment >= schedule.of(kind).due(week, house.zone), message
                    house.arrived[kind, week] += 1

    def check_posts(self, week: IsoWeek, database: Path) -> Counter[PostKind]:
        """Every club got in a week that is over what it should, once; how many of each kind came."""
        held: dict[int, Counter[tuple[str, str]]] = defaultdict(Counter)
        for chat_id, kind, state in rows(database, OF_WEEK, week.year, week.week):
            held[chat_id][kind, state] += 1
        came: Counter[PostKind] = Counter()
        for house in self.houses:
            for kind in PostKind:
                sent, skipped = (held[house.group.id][kind, state] for state in SETTLED)
                wanted = kind is not PostKind.HANDOVER or house.by_turns
                assert sent + skipped == wanted, (house.group.title, week, kind, held[house.group.id])
                assert house.arrived.pop((kind, week), 0) == sent, (house.group.title, week, kind)
                came[kind] += sent
                if kind is PostKind.NEW_WEEK:
                    assert sent, (house.group.title, week)
                if kind is PostKind.DIGEST:
                    assert sent == (week in house.picked), (house.group.title, week)
            house.picked.discard(week)
        return came

    def forget(self) -> None:
        """Let the people's side of the world forget what is over: the bot's memory is looked at."""
        telegram = self.world.telegram
        complaints = telegram.complaints()
        assert complaints == []
        assert all(press.answered for press in self.presses)
        self.presses.clear()
        telegram.world.presses.clear()
        telegram.log.clear()
        telegram.world.actions.clear()
        telegram.world.files.clear()
        self.world.catalogues.calls.clear()
        for chat in telegram.world.chats.values():
            for number in list(chat.messages)[:-KEPT]:
                del chat.messages[number]
        for house in self.houses:
            if house.card is not None and house.card.id not in house.group.messages:
                house.card = None
