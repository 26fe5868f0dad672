"""Friends who never stop scoring and picking while their bot is killed, and what they pressed."""

from __future__ import annotations

import random
import sqlite3
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from itertools import takewhile
from typing import TYPE_CHECKING

from domain.scores import Scale

if TYPE_CHECKING:
    from collections.abc import Sequence

    from integrations.sandbox.telegram import Chat, MessageView, Person, Press
    from tests.crash.stage import BotProcess, Stage

SCALE = Scale.HALF_STARS
MOVIES = (
    "Blade Runner (1982)",
    "Casablanca (1943)",
    "Interstellar (2014)",
    "Psycho (1960)",
    "Seven Samurai (1954)",
    "The Dark Knight (2008)",
    "The Matrix (1999)",
    "The Shawshank Redemption (1994)",
)
AUDIT = """
CREATE TABLE audit (number INTEGER PRIMARY KEY, kind TEXT, person INTEGER, thing INTEGER, value TEXT);
CREATE TRIGGER rated_first AFTER INSERT ON ratings BEGIN
  INSERT INTO audit (kind, person, thing, value) VALUES ('score', NEW.user_id, NEW.work_id, NEW.score);
END;
CREATE TRIGGER rated_again AFTER UPDATE OF score ON ratings BEGIN
  INSERT INTO audit (kind, person, thing, value) VALUES ('score', NEW.user_id, NEW.work_id, NEW.score);
END;
CREATE TRIGGER noted AFTER UPDATE OF note ON weeks BEGIN
  INSERT INTO audit (kind, person, thing, value) VALUES ('note', 0, 0, NEW.note);
END;
CREATE TRIGGER picked AFTER INSERT ON picks BEGIN
  INSERT INTO audit (kind, person, thing, value)
  SELECT NEW.kind, NEW.picked_by, 0, title || ' (' || year || ')' FROM works WHERE id = NEW.work_id;
END;
"""

Key = tuple[str, int, int]
"""What is done, by whom and to what: the bot's ids."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A press that changes something to `value`, and begins its toast with `toast`."""

    value: str
    toast: str
    press: Press

    @property
    def acknowledged(self) -> bool:
        """Whether its toast came."""
        if not self.press.answered:
            return False
        said = self.press.toast or ""
        assert said.split(",")[0] == self.toast, said
        return True


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody before a card they score on."""

    person: Person
    key: Key
    card: MessageView


@dataclass(slots=True)
class Evening:
    """Five friends in a group, each with a private club too.

    Everybody scores the group's movie. Ana, Ben and Cleo score one at home as well, where Dora and Emil pick
    one movie after the other.
    """

    scene: Stage
    chance: random.Random
    people: list[Person]
    seats: list[Seat]
    pickers: list[tuple[Person, Key]]
    album: MessageView
    pressed: dict[Key, list[Asked]] = field(default_factory=lambda: defaultdict(list))
    notes: list[str] = field(default_factory=list)
    kills: int = 0

    async def sit(self, seat: Seat) -> None:
        """Score for ever: up to three presses, then wait for the toasts, or until the bot is gone.

        The more presses without an answer, the more ends of the bot are sat out, so that it can keep up.
        """
        while True:
            presses = [self.score(seat) for _ in range(self.chance.randint(1, 3))]
            unanswered = takewhile(lambda asked: not asked.press.answered, reversed(self.pressed[seat.key]))
            kills = self.kills + sum(1 for _ in unanswered) // 2
            await self.scene.news.until(partial(self._over, presses, kills), "the toasts")

    def score(self, seat: Seat) -> Press:
        """Press another score than the last time."""
        before = self.pressed[seat.key]
        last = before[-1].value if before else ""
        score = self.chance.choice([s for s in SCALE.scores if str(s) != last])
        label = SCALE.label(score)
        button = seat.card.find_button(label).callback_data
        press = seat.person.press(seat.card, lambda shown: shown.callback_data == button)
        before.append(Asked(str(score), f"Recorded: {label}", press))
        return press

    async def look(self, person: Person, key: Key) -> None:
        """Pick for ever: search, open the hit, pick it, put it in the place of the one before.

        Each step waits for the bot, however often that is killed; the last one, once it is pressed, for its
        toast or the end of the bot. Some fingers press twice.
        """
        while True:
            before = self.pressed[key]
            last = before[-1].value if before else ""
            movie = self.chance.choice([movie for movie in MOVIES if movie != last])
            asked = person.write(person.private, f"/movie {movie.replace('(', '').replace(')', '')}")
            for step in (movie, "Pick for this week"):
                person.press(await self._shown(person.private, asked.id, step), step)
            shown = await self._shown(person.private, asked.id, "Replace ")
            press = person.press(shown, "Replace ")
            before.append(Asked(movie, "Picked.", press))
            if self.chance.random() < 0.2:
                person.forge(person.private, shown.id, press.data or "")
            await self.scene.news.until(partial(self._over, [press], self.kills), "the toast of a pick")

    async def _shown(self, chat: Chat, after: int, label: str) -> MessageView:
        """The newest message since another one that has a button with this label."""
        found: list[MessageView] = []

        def there() -> bool:
            for message in self.scene.newest(chat):
                if message.id <= after:
                    return False
                if any(label in button.text for row in message.buttons for button in row):
                    found.append(message)
                    return True
            return False

        await self.scene.news.until(there, f"a button “{label}”")
        return found[0]

    def _over(self, presses: Sequence[Press], kills: int) -> bool:
        return self.kills > kills or all(press.answered for press in presses)

    def chat(self) -> None:
        """One of the things people do between scores."""
        group = self.scene.telegram.chat(self.album.chat_id)
        person = self.chance.choice(self.people)
        match self.chance.choice(["join", "note", "week", "pick"]):
            case "join":
                person.write(group, "/join")
            case "note":
                self.notes.append(f"note {len(self.notes)}")
                self.people[0].write(group, f"/note {self.notes[-1]}")
            case "week":
                self.people[0].write(self.people[0].private, "/week")
            case "pick":
                # Its button is gone once one press went through; fingers were quicker.
                person.forge(group, self.album.id, self.album.find_button("Pick").callback_data or "")


async def evening(scene: Stage, chance: random.Random) -> Evening:
    """Found the clubs and pick what is scored; the bot that did it was stopped, its database keeps a log."""
    telegram = scene.telegram
    people = [
        telegram.create_person(name, language_code="en") for name in ("Ana", "Ben", "Cleo", "Dora", "Emil")
    ]
    group = telegram.create_group("Film club", people)
    bot = await scene.listening()
    people[0].add_bot(group)
    introduction = await scene.answer(bot, group, 0)
    for person in people:
        person.press(introduction, "I'm in")
    cards = []
    for person in people:
        await scene.ask(bot, person, "/start", person.private)
        cards.append((person, await picked(scene, bot, person, f"/add movie {person.name} 1999", None)))
    shared = await picked(scene, bot, people[0], "/add movie Heat (1995)", group.id)
    cards = cards[:3] + [(person, shared) for person in people]
    album = await scene.ask(bot, people[1], "/add album Kind of Blue (1959)", group)
    await scene.handled(bot)
    assert await bot.stop() == 0, bot.output
    users = dict(scene.rows("SELECT telegram_id, id FROM users"))
    works = dict(
        scene.rows(
            "SELECT c.chat_id, p.work_id FROM picks p"
            " JOIN weeks w ON w.id = p.week_id JOIN clubs c ON c.id = w.club_id"
        )
    )
    with closing(sqlite3.connect(scene.database)) as file:
        file.executescript(AUDIT)
    seats = [Seat(person, ("score", users[person.id], works[card.chat_id]), card) for person, card in cards]
    pickers = [(person, ("movie", users[person.id], 0)) for person in people[3:]]
    return Evening(scene, chance, people, seats, pickers, album)


async def picked(
    scene: Stage, bot: BotProcess, person: Person, command: str, group: int | None
) -> MessageView:
    """Add a work and pick it; the week's card."""
    chat = person.private if group is None else scene.telegram.chat(group)
    card = await scene.ask(bot, person, command, chat)
    person.press(card, "Pick")
    return await scene.answer(bot, chat, card.id)
