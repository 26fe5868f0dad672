"""One thing that somebody does for each endpoint that the bot calls, and what may come of it in a fault.

A step raises AssertionError where something is wrong whatever the fault was, and says whether what was asked
for was there in the end.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING

from bot.compose_doctor import examine
from domain.services.posts import LEASE
from integrations.sandbox.catalogues.tmdb_json import poster_path
from integrations.sandbox.telegram.wire import Upload
from tests.e2e import documents
from tests.e2e.weekly import until
from tests.fakes import RunningClock
from tests.faults.weather import AFTER_EFFECT, SURELY_NOT_DONE, Fault

if TYPE_CHECKING:
    from integrations.sandbox.telegram import MessageView
    from tests.faults.world import StormyWorld


class Rule(Enum):
    """What is promised of a request that one fault strikes."""

    REPEATED = auto()
    """It is made again until it works, and nobody notices."""
    ONCE = auto()
    """A message: made again only where it surely was not sent; so it is there once, or not at all."""
    RETRIED = auto()
    """A catalogue: made again after what passes; else the person is told, and asks again."""
    DONE_WITHOUT = auto()
    """What it would have brought is left out, and everything else is as ever."""


UNCONFIRMED = "Telegram didn't confirm the file. If it isn't here, ask me for it again."
PASSING = frozenset(
    {
        Fault.CONNECT,
        Fault.RESET_BEFORE,
        Fault.RESET_AFTER,
        Fault.TRUNCATED,
        Fault.FLOOD,
        Fault.ERROR,
        Fault.GATEWAY,
        Fault.BUSY,
    }
)
"""After these a catalogue is asked again at once."""


def expected(rule: Rule, fault: Fault) -> bool | None:
    """Whether what was asked for is there after this fault; None where either will do."""
    match rule:
        case Rule.REPEATED:
            return True
        case Rule.ONCE:
            return fault in AFTER_EFFECT | SURELY_NOT_DONE
        case Rule.RETRIED:
            return fault in PASSING
        case Rule.DONE_WITHOUT:
            return None


@dataclass
class Scene:
    """A club at work: Heat is picked, everybody is on the roster, and there are things to press."""

    world: StormyWorld
    card: MessageView
    hits: MessageView
    file: Upload
    turned: bool = False
    scored: int = 0

    @classmethod
    async def of(cls, world: StormyWorld) -> Scene:
        """Set it up in fair weather."""
        for person in (world.ana, world.ben, world.cleo, world.olga):
            person.start_bot()
            await world.settle()
        for person in (world.ana, world.ben, world.cleo):
            await world.say(person, "/join")
        card = await world.pick(world.ana, "/movie heat 1995", "Heat (1995)")
        await world.press(world.ben, card, lambda button: button.text == "3")
        exported = await world.say(world.ana, "/export")
        file = Upload("export.zip", documents.content(world, exported[1]))
        hits = await world.ask(world.ben, "/movie the")
        return cls(world, card, hits, file)

    # -- Telegram

    async def hear(self) -> bool:
        """Ben speaks; the poll after it is struck, and what is said next is heard all the same."""
        await self.help()
        return await self.help()

    async def help(self) -> bool:
        """A command that is answered with one message."""
        answers = await self.world.say(self.world.ben, "/help")
        assert len(answers) <= 1, "sent twice"
        return len(answers) == 1

    async def take_data(self) -> bool:
        """A file comes."""
        progress, *sent = await self.world.say(self.world.ben, "/export", self.world.ben.private)
        assert len(sent) <= 1, "sent twice"
        assert progress.text in {"Written down.", UNCONFIRMED}, "nobody is told what became of it"
        return len(sent) == 1

    async def turn_page(self) -> bool:
        """A text is edited."""
        before = self.world.now(self.hits).buttons
        await self.world.press(self.world.ben, self.hits, "‹ Back" if self.turned else "More ›")
        self.turned = not self.turned
        return self.world.now(self.hits).buttons != before

    async def open_card(self) -> bool:
        """A text becomes a picture."""
        hits = await self.world.ask(self.world.cleo, "/movie heat 1995")
        await self.world.press(self.world.cleo, hits, "Heat (1995)")
        return self.world.now(hits).photo is not None

    async def show_cast(self) -> bool:
        """A picture's caption is edited."""
        hits = await self.world.ask(self.world.cleo, "/movie heat 1995")
        await self.world.press(self.world.cleo, hits, "Heat (1995)")
        await self.world.press(self.world.cleo, hits, "Cast")
        return "Al Pacino" in self.world.now(hits).caption and self.world.now(hits).photo is not None

    async def have_a_take(self) -> bool:
        """The bot reacts to what somebody wrote."""
        said = self.world.telegram.messages(self.world.group)
        answers = await self.world.say(self.world.ben, "Loud, and long", reply_to=self.card)
        assert answers == []
        (written,) = [m for m in self.world.telegram.messages(self.world.group) if m.id > said[-1].id]
        return written.reactions == (("✍", 1),)

    async def score(self) -> bool:
        """A press is answered, and counts."""
        self.scored = 1 + self.scored % 5
        press = await self.world.press(self.world.ben, self.card, lambda b: b.text == str(self.scored))
        mine = await self.world.press(self.world.ben, self.card, "My score")
        assert f": {self.scored}" in str(mine.toast), mine
        return press.answered and str(press.toast).startswith(f"Recorded: {self.scored}")

    async def ask_for_a_file(self) -> bool:
        """Telegram is asked whether somebody is an admin."""
        (answer,) = await self.world.say(self.world.ana, "/import")
        return answer.force_reply

    async def import_file(self) -> bool:
        """A file is asked for and fetched."""
        answer = await self.world.ask(self.world.ana, "/import", document=self.file)
        return "has all of this already" in self.world.now(answer).text

    async def remove_webhook(self) -> bool:
        """What another program left behind is removed."""
        updates = self.world.telegram.world.updates
        updates.webhook_url = "https://elsewhere.example"
        self.world.ben.write(self.world.group, "/help")
        await self.world.settle()
        return not updates.webhook_url

    async def restart(self) -> bool:
        """The bot asks who it is, and sets its menus."""
        before = sum(
            call.method == "setMyCommands" and call.status == 200 for call in self.world.telegram.log
        )
        await self.world.restart()
        after = sum(call.method == "setMyCommands" and call.status == 200 for call in self.world.telegram.log)
        return after >= before + 6

    async def examine(self) -> bool:
        """The doctor looks at everything, and takes no fault of the network for one of the settings."""
        found = await examine(self.world.settings, clock=RunningClock())
        assert not [str(line) for line in found if "Press Start" in line.advice]
        return len(found) > 8

    # -- the catalogues

    async def search_movie(self) -> bool:
        """Hits, or a sentence."""
        return await self._search("/movie heat", "Heat (1995)", "TMDB isn't answering")

    async def search_album(self) -> bool:
        """Hits, or a sentence."""
        return await self._search("/album kind of blue", "Kind of Blue (1959)", "MusicBrainz isn't answering")

    async def _search(self, command: str, hit: str, apology: str) -> bool:
        self.world.forget_answers()
        answer = await self.world.ask(self.world.ana, command)
        if apology not in answer.text:
            assert answer.find_button(hit)
            return True
        again = await self.world.ask(self.world.ana, command)
        assert again.find_button(hit), "it is asked again as soon as somebody wants to know"
        return False

    async def open_movie(self) -> bool:
        """A card with everything, or with what we know."""
        return await self._open("/movie heat", "Heat (1995)")

    async def open_album(self) -> bool:
        """The same."""
        return await self._open("/album kind of blue", "Kind of Blue (1959)")

    async def _open(self, command: str, hit: str) -> bool:
        hits = await self.world.ask(self.world.cleo, command)
        self.world.forget_answers()
        press = await self.world.press(self.world.cleo, hits, hit)
        assert press.answered
        card = self.world.now(hits)
        assert card.find_button("Pick")
        return "isn't answering" not in card.words

    async def fetch_poster(self) -> bool:
        """A movie's poster, for the digest's picture."""
        return await self._fetch(
            f"{self.world.site}/images/t/p/w500{poster_path(self.world.catalogues.movies[0])}"
        )

    async def fetch_cover(self) -> bool:
        """An album's."""
        index = self.world.catalogues._coverart._index(self.world.catalogues.albums[0])
        return await self._fetch(index["images"][0]["thumbnails"]["500"])

    async def _fetch(self, url: str) -> bool:
        posters = self.world.app.posters
        self.world.forget_answers()
        there = await posters.fetch(url) is not None
        assert await posters.fetch(url) is not None, "the next digest has it"
        return there

    async def get_digest(self) -> bool:
        """A week's result is never left out, and comes twice at worst (decision 10)."""
        world = self.world
        monday = world.clock.now().replace(hour=12) + timedelta(days=7 - world.clock.now().weekday())
        await until(world, monday)
        card = await world.ask(world.ana, f"/add movie Heat of {monday:%d %B} ({monday:%Y})")
        await world.press(world.ana, card, "Pick")
        seen = [message.id for message in world.telegram.messages(world.group)]
        await until(world, monday + timedelta(days=6, hours=8))
        for _ in range(2):
            await until(world, world.clock.now() + LEASE)
        digests = [
            m for m in world.telegram.messages(world.group) if m.id not in seen and m.photo is not None
        ]
        assert len(digests) <= 2
        return len(digests) >= 1


Step = Callable[[Scene], Awaitable[bool]]
GROUPS: dict[str, dict[str, tuple[Step, Rule]]] = {
    "conversation": {
        "getUpdates": (Scene.hear, Rule.REPEATED),
        "sendMessage": (Scene.help, Rule.ONCE),
        "sendDocument": (Scene.take_data, Rule.ONCE),
        "editMessageText": (Scene.turn_page, Rule.REPEATED),
        "editMessageMedia": (Scene.open_card, Rule.REPEATED),
        "editMessageCaption": (Scene.show_cast, Rule.REPEATED),
        "setMessageReaction": (Scene.have_a_take, Rule.REPEATED),
        "answerCallbackQuery": (Scene.score, Rule.REPEATED),
        "getChatMember": (Scene.ask_for_a_file, Rule.REPEATED),
        "getFile": (Scene.import_file, Rule.REPEATED),
        "file download": (Scene.import_file, Rule.REPEATED),
        "deleteWebhook": (Scene.remove_webhook, Rule.REPEATED),
    },
    "start": {
        "getMe": (Scene.restart, Rule.REPEATED),
        "setMyCommands": (Scene.restart, Rule.REPEATED),
    },
    "doctor": {
        "getWebhookInfo": (Scene.examine, Rule.DONE_WITHOUT),
        "getChat": (Scene.examine, Rule.REPEATED),
        "HEAD, for the time": (Scene.examine, Rule.REPEATED),
    },
    "movies": {
        "TMDB search": (Scene.search_movie, Rule.RETRIED),
        "TMDB movie": (Scene.open_movie, Rule.RETRIED),
        "TMDB configuration": (Scene.open_movie, Rule.DONE_WITHOUT),
        "OMDb": (Scene.open_movie, Rule.DONE_WITHOUT),
        "TMDB poster": (Scene.fetch_poster, Rule.DONE_WITHOUT),
    },
    "albums": {
        "MusicBrainz search": (Scene.search_album, Rule.RETRIED),
        "MusicBrainz album": (Scene.open_album, Rule.RETRIED),
        "Cover Art Archive index": (Scene.open_album, Rule.DONE_WITHOUT),
        "archive.org index, on the way": (Scene.open_album, Rule.DONE_WITHOUT),
        "archive.org index": (Scene.open_album, Rule.DONE_WITHOUT),
        "Cover Art Archive cover": (Scene.fetch_cover, Rule.DONE_WITHOUT),
        "archive.org cover, on the way": (Scene.fetch_cover, Rule.DONE_WITHOUT),
        "archive.org cover": (Scene.fetch_cover, Rule.DONE_WITHOUT),
    },
    "digest": {
        "sendPhoto": (Scene.get_digest, Rule.REPEATED),
    },
}
STEPS = {endpoint: step for group in GROUPS.values() for endpoint, step in group.items()}
