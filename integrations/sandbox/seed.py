"""The club the demo opens with: four friends and three weeks behind them, lived through the bot itself."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from .clock import MovableClock
    from .telegram import Button, Chat, MessageView, Person, TelegramSandbox

PATIENCE = 60.0
"""Seconds until a bot that does not answer is given up."""
SKIPPED = "–"


@dataclass(frozen=True, slots=True)
class _Pick:
    """What one of the four (by number) picked, what each then said of it, and the takes of some.

    A take between double bars is hidden, as people write it in the app.
    """

    by: int
    command: str
    hit: str
    scores: tuple[str, str, str, str]
    takes: tuple[tuple[int, str], ...] = ()


WEEKS = (
    (
        _Pick(
            0,
            "/movie heat 1995",
            "Heat (1995)",
            ("5", "4½", "2", "4"),
            ((2, "Three hours of men not calling home."), (0, "The diner. That is all.")),
        ),
        _Pick(
            1,
            "/album kind of blue",
            "Miles Davis – Kind of Blue (1959)",
            ("4", "5", "4½", "3½"),
            ((1, "The only record my father and I own twice."),),
        ),
    ),
    (
        _Pick(
            2,
            "/movie amelie",
            "Amélie (2001)",
            ("2½", "3", "5", "4"),
            (
                (0, "I was charmed for forty minutes and then I was tired."),
                (2, "||She tells him. With a motorbike. I wept.||"),
            ),
        ),
        _Pick(
            3,
            "/album ok computer",
            "Radiohead – OK Computer (1997)",
            ("3", "4½", SKIPPED, "5"),
            ((0, "Beautiful, and I need to lie down."),),
        ),
    ),
    (
        _Pick(
            1,
            "/movie 2001 a space odyssey",
            "2001: A Space Odyssey (1968)",
            ("5", "½", "3½", SKIPPED),
            ((1, "I picked it, so I may say it: half a star, for the monkeys."), (0, "Ben. No.")),
        ),
        _Pick(
            3,
            "/album nevermind",
            "Nirvana – Nevermind (1991)",
            ("4", "4", "2½", "4½"),
            ((3, "Still annoys the neighbours."),),
        ),
    ),
)
NAMES = ("Ana", "Ben", "Chiara", "Deniz")
PICK_AT, SCORE_AT, DIGEST_AT, NEXT_WEEK_AT = (
    timedelta(hours=10),
    timedelta(days=3, hours=19),
    timedelta(days=6, hours=20, minutes=1),
    timedelta(days=7, hours=9, minutes=1),
)
"""When things happen in a week of theirs, counted from its Monday in UTC, where a new club lives."""


def first_monday(now: datetime) -> datetime:
    """The last Monday, at midnight, from which the friends' story is over when a demo opens `now`."""
    over = now.astimezone(UTC) - PICK_AT
    return datetime.combine(over.date() - timedelta(weeks=len(WEEKS), days=over.weekday()), time(), UTC)


def gather(telegram: TelegramSandbox) -> Chat:
    """The friends and their group, in which nothing has happened yet."""
    people = [telegram.create_person(name, language_code="en", username=name.lower()) for name in NAMES]
    return telegram.create_group("Film & Vinyl", people)


async def live(telegram: TelegramSandbox, group: Chat, clock: MovableClock, now: datetime) -> None:
    """Let the friends found their club and live through its first weeks, until `now`.

    The bot must be running, and the clock be at `first_monday(now)`. TimeoutError where it does not answer.
    """
    monday = first_monday(now)
    people = telegram.people
    friends = _Friends(telegram, clock, group, people)
    clock.advance(max(0.0, (monday + PICK_AT - clock.now()).total_seconds()))
    people[0].add_bot(group)
    introduction = await friends.answer(lambda message: _has(message, "I'm in"))
    for person in people:
        await person.press(introduction, "I'm in").wait()
    for number, picks in enumerate(WEEKS):
        begin = monday + timedelta(weeks=number)
        for pick in picks:
            await friends.pick(pick)
        friends.wait_until(begin + SCORE_AT)
        for pick in picks:
            await friends.score(pick)
        friends.wait_until(begin + DIGEST_AT)
        await friends.answer(lambda message: message.photo is not None)
        friends.wait_until(begin + NEXT_WEEK_AT)
        await friends.answer(lambda message: message.photo is None)
        friends.wait_until(begin + timedelta(weeks=1) + PICK_AT)
    friends.wait_until(now)


@dataclass(slots=True)
class _Friends:
    telegram: TelegramSandbox
    clock: MovableClock
    group: Chat
    people: list[Person]
    read: int = 0

    async def pick(self, pick: _Pick) -> None:
        person = self.people[pick.by]
        self._write(person, pick.command)
        hits = await self.answer(lambda message: _has(message, pick.hit))
        await person.press(hits, pick.hit).wait()
        await self._until(lambda: _has(self.telegram.look(hits), "Pick"))
        await person.press(hits, "Pick").wait()
        await self.answer(lambda message: _has(message, "My score"))

    async def score(self, pick: _Pick) -> None:
        for person, score in zip(self.people, pick.scores, strict=True):
            card = self._card()
            button = "Didn't" if score == SKIPPED else score
            await person.press(card, _under(card, pick.hit, button)).wait()
            self.clock.advance(600)
        for number, take in pick.takes:
            card = self._card()
            spoiler = take.startswith("||")
            said = self._write(self.people[number], take.strip("|"), card, spoiler=spoiler)
            await self._until(lambda: self.telegram.pending_updates == 0)
            question = await self._question(said)
            if question is not None:
                await self.people[number].press(question, pick.hit).wait()
            self.clock.advance(600)

    def wait_until(self, moment: datetime) -> None:
        """Let the time pass that is left until then, if any is."""
        self.clock.advance(max(0.0, (moment - self.clock.now()).total_seconds()))

    async def answer(self, wanted: Callable[[MessageView], bool]) -> MessageView:
        """The bot's next message that is wanted, once it is there; posts may come between."""
        await self._until(lambda: self._unread(wanted) is not None)
        message = self._unread(wanted)
        assert message is not None  # noqa: S101 - just waited for
        self.read = message.id
        self.clock.advance(60)
        return message

    def _write(
        self, person: Person, text: str, reply_to: MessageView | None = None, *, spoiler: bool = False
    ) -> MessageView:
        hidden = [{"type": "spoiler", "offset": 0, "length": len(text)}] if spoiler else []
        written = person.write(self.group, text, reply_to=reply_to, entities=hidden)
        self.read = written.id
        return written

    async def _question(self, said: MessageView) -> MessageView | None:
        """What the bot asks about a take, or None once it has put its reaction under it."""

        def asks(message: MessageView) -> bool:
            return message.reply_to == said.id

        await self._until(lambda: self._unread(asks) is not None or bool(self.telegram.look(said).reactions))
        return await self.answer(asks) if self._unread(asks) is not None else None

    def _unread(self, wanted: Callable[[MessageView], bool]) -> MessageView | None:
        bot = self.telegram.bot.id
        messages = self.telegram.messages(self.group)
        return next((m for m in messages if m.id > self.read and m.sender_id == bot and wanted(m)), None)

    def _card(self) -> MessageView:
        return next(m for m in reversed(self.telegram.messages(self.group)) if "My score" in str(m.buttons))

    async def _until(self, there: Callable[[], bool]) -> None:
        happened = asyncio.Event()
        unsubscribe = self.telegram.subscribe(lambda _: happened.set())
        try:
            async with asyncio.timeout(PATIENCE):
                while not there():
                    happened.clear()
                    await happened.wait()
        finally:
            unsubscribe()


def _buttons(message: MessageView) -> list[Button]:
    return [button for row in message.buttons for button in row]


def _has(message: MessageView, text: str) -> bool:
    """Whether a message has a button with this in its text."""
    return any(text in button.text for button in _buttons(message))


def _under(card: MessageView, title: str, text: str) -> Callable[[Button], bool]:
    """The button with a text among those under a title's, where there are several picks."""
    buttons = _buttons(card)
    start = next((n for n, button in enumerate(buttons) if title in button.text), 0)
    wanted = next(
        b for b in buttons[start:] if b.text == text or (text == "Didn't" and b.text.startswith(text))
    )
    return lambda button: button == wanted
