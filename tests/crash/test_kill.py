"""`kill -9` at any moment: no acknowledged score is lost, none is applied twice, the file stays whole.

What a person pressed, in order, is held against what the database did, in order: triggers on the bot's tables
write down every score and every note it stores.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import sqlite3
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from domain.scores import Scale
from tests.proofs import repeats

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from integrations.sandbox.telegram import MessageView, Person, Press
    from tests.crash.stage import BotProcess, Stage

SCALE = Scale.HALF_STARS
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
  INSERT INTO audit (kind, person, thing, value) VALUES ('pick', 0, NEW.work_id, '');
END;
"""

Key = tuple[int, int]
Pressed = dict[Key, list["Scored"]]
"""What each person pressed for each work, in order, by the bot's ids of both."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A press of a score button."""

    score: int
    press: Press

    @property
    def acknowledged(self) -> bool:
        """Whether its toast came."""
        if not self.press.answered:
            return False
        toast = self.press.toast or ""
        assert toast.split(",")[0] == f"Recorded: {SCALE.label(self.score)}", toast
        return True


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody before a card they score on."""

    person: Person
    key: Key
    card: MessageView


@dataclass(slots=True)
class Evening:
    """Five friends in a group, three of them with a private club too, who never stop scoring."""

    scene: Stage
    chance: random.Random
    people: list[Person]
    seats: list[Seat]
    album: MessageView
    pressed: Pressed = field(default_factory=lambda: defaultdict(list))
    notes: list[str] = field(default_factory=list)
    kills: int = 0

    @property
    def scored(self) -> list[Scored]:
        """Every press of a score so far."""
        return [scored for presses in self.pressed.values() for scored in presses]

    def score(self, seat: Seat) -> Press:
        """Press another score than the last time."""
        before = self.pressed[seat.key]
        last = before[-1].score if before else 0
        score = self.chance.choice([s for s in SCALE.scores if s != last])
        button = seat.card.find_button(SCALE.label(score)).callback_data
        press = seat.person.press(seat.card, lambda shown: shown.callback_data == button)
        before.append(Scored(score, press))
        return press

    async def sit(self, seat: Seat) -> None:
        """Score for ever: up to three presses, then wait for the toasts, or until the bot is gone."""
        while True:
            presses = [self.score(seat) for _ in range(self.chance.randint(1, 3))]
            await self.scene.news.until(partial(self._over, presses, self.kills), "the toasts")

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
    """Found the clubs and pick what is scored; the bot that did it was stopped."""
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
    for person in people[:3]:
        await scene.ask(bot, person, "/start", person.private)
        cards.append((person, await picked(scene, bot, person, f"/add movie {person.name} 1999", None)))
    shared = await picked(scene, bot, people[0], "/add movie Heat (1995)", group.id)
    cards += [(person, shared) for person in people]
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
    seats = [Seat(person, (users[person.id], works[card.chat_id]), card) for person, card in cards]
    return Evening(scene, chance, people, seats, album)


async def picked(
    scene: Stage, bot: BotProcess, person: Person, command: str, group: int | None
) -> MessageView:
    """Add a work and pick it; the week's card."""
    chat = person.private if group is None else scene.telegram.chat(group)
    card = await scene.ask(bot, person, command, chat)
    person.press(card, "Pick")
    return await scene.answer(bot, chat, card.id)


async def one_round(scene: Stage, chance: random.Random, start_seconds: float) -> None:
    """Start the bot, and kill it while it starts or at one of its calls, before or after that had effect."""
    calls = 0
    struck = asyncio.Event()
    moment = chance.choices(["start", "recovery", "stream"], [1, 1, 3])[0]
    last_call = {"start": 0, "recovery": chance.randint(1, 25), "stream": chance.randint(26, 80)}[moment]
    bot = await scene.start()

    def strike() -> None:
        bot.strike()
        struck.set()

    def count() -> None:
        nonlocal calls
        calls += 1
        if calls == last_call:
            if chance.random() < 0.5:
                strike()
            else:
                asyncio.get_running_loop().call_later(chance.uniform(0, 0.01), strike)

    if moment == "start":
        asyncio.get_running_loop().call_later(chance.uniform(0, start_seconds), strike)
    scene.telegram.on_call = count
    try:
        await scene.news.until(lambda: struck.is_set() or not bot.running, f"call {last_call}")
    finally:
        scene.telegram.on_call = lambda: None
    assert struck.is_set(), f"the bot ended by itself:\n{bot.output}"
    await bot.kill()
    assert "[error]" not in bot.output, bot.output


def audit(database: Path, copy: Path) -> list[Any]:
    """What the file says, and that it is whole; a copy is asked, so that the bot mends its file itself."""
    for suffix in ("", "-wal"):
        source = database.with_name(database.name + suffix)
        if source.exists():
            shutil.copy(source, copy.with_name(copy.name + suffix))
        else:
            copy.with_name(copy.name + suffix).unlink(missing_ok=True)
    copy.with_name(f"{copy.name}-shm").unlink(missing_ok=True)
    with closing(sqlite3.connect(copy)) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert file.execute("PRAGMA foreign_key_check").fetchall() == []
        return file.execute("SELECT kind, person, thing, value FROM audit ORDER BY number").fetchall()


def applied(log: list[Any]) -> dict[Key, list[int]]:
    """The scores that were stored, by person and work, in order."""
    scores: dict[Key, list[int]] = defaultdict(list)
    for kind, person, thing, value in log:
        if kind == "score":
            scores[person, thing].append(int(value))
    return scores


def check_so_far(pressed: Pressed, log: list[Any]) -> None:
    """Scores are stored in the order of their presses, none twice, and all that was acknowledged is there."""
    stored = applied(log)
    for key, presses in pressed.items():
        done = stored[key]
        assert done == [scored.score for scored in presses[: len(done)]], key
        assert not any(scored.acknowledged for scored in presses[len(done) :]), key


@pytest.mark.proof
async def test_nothing_acknowledged_is_lost_and_nothing_is_applied_twice(
    scene: Stage, tmp_path: Path
) -> None:
    seed = int(os.environ.get("CRASH_SEED", random.SystemRandom().randrange(10**6)))
    print(f"CRASH_SEED={seed} repeats the moments of this run")  # noqa: T201 - shown when it fails
    chance = random.Random(seed)
    rounds = repeats(50, 1000)
    story = await evening(scene, chance)

    loop = asyncio.get_running_loop()
    began = loop.time()
    bot = await scene.listening()
    start_seconds = loop.time() - began
    await bot.kill()

    friends = [asyncio.ensure_future(story.sit(seat)) for seat in story.seats]
    try:
        for _ in range(rounds):
            story.chat()
            await one_round(scene, chance, start_seconds)
            check_so_far(story.pressed, audit(scene.database, tmp_path / "copy.db"))
            story.kills += 1
            scene.news.tell()
            assert not any(friend.done() for friend in friends)
    finally:
        for friend in friends:
            friend.cancel()
        await asyncio.gather(*friends, return_exceptions=True)

    bot = await scene.listening()
    await scene.handled(bot)
    assert await bot.stop() == 0, bot.output
    assert "[error]" not in bot.output, bot.output

    log = audit(scene.database, tmp_path / "copy.db")
    check_so_far(story.pressed, log)
    assert applied(log) == {key: [s.score for s in presses] for key, presses in story.pressed.items()}
    assert [value for kind, *_, value in log if kind == "note"] == story.notes
    assert sum(kind == "pick" for kind, *_ in log) <= 1
    assert scene.rows("SELECT update_id, raw, error_id FROM inbox WHERE state != 'done'") == []
    assert scene.telegram.world.complaints == []
    scored = story.scored
    lost = sum(not each.acknowledged for each in scored)
    print(f"{rounds} kills, {len(scored)} scores pressed and applied, {lost} toasts lost")  # noqa: T201 - for `pytest -s`
    assert lost < len(scored)
