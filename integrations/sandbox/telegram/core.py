"""The stand-in itself: calls in, answers out, and people to play."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from .asking import ASKING
from .calling import Call, Method
from .changing import CHANGING
from .faults import Faults, Order
from .flood import FloodLimits
from .model import Chat, Member, Message, User
from .parameters import KNOWN, decode
from .people import Person
from .sending import SENDING
from .views import MessageView, view
from .wire import Answer, ConnectionDropped, JsonObject, Refusal, Upload
from .world import Event, ImageFetcher, World

if TYPE_CHECKING:
    from datetime import datetime

    from domain.clock import Clock

_METHODS: Final[Mapping[str, Method]] = MappingProxyType({**ASKING, **SENDING, **CHANGING})


@dataclass(frozen=True, slots=True)
class LoggedCall:
    """A call that was answered or dropped. `status` is None for a dropped one; `seconds` are of the clock.

    `fault` names the order that struck it. `used` counts what its chat's last minute holds for flood control,
    of `limit`, where there is one.
    """

    method: str
    params: JsonObject
    status: int | None
    body: JsonObject
    at: datetime
    seconds: float
    files: Mapping[str, Upload] = field(default_factory=dict)
    fault: str | None = None
    used: int | None = None
    limit: int | None = None

    @property
    def flooded(self) -> bool:
        """Whether flood control (or an ordered fault) refused it."""
        return self.status == 429


class TelegramSandbox:
    """A strict Telegram server for one bot, in memory, without I/O; time is the clock's.

    The bot talks to it through `call` (see `integrations.sandbox.transport` and `.server`), people through
    `create_person` and `Person`. It refuses what Telegram refuses, in Telegram's words and order.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        token: str = "123456:sandbox-token",  # noqa: S107 - no secret, it opens nothing
        username: str = "WrongOpinionsBot",
        fetch_image: ImageFetcher | None = None,
        flood: FloodLimits | None = None,
    ) -> None:
        """`fetch_image` gets photos sent by address (None: not there); without it any address is a photo.

        `log` holds the calls but getUpdates; `watchers` are told of each, and of a getUpdates that failed.
        """
        bot = User(int(token.partition(":")[0]), "Wrong Opinions", username=username, is_bot=True)
        self.world = World.start(clock, token, bot, flood or FloodLimits())
        self.world.fetch_image = fetch_image
        self.clock = clock
        self.faults = Faults()
        self.log: list[LoggedCall] = []
        self.watchers: list[Callable[[LoggedCall], None]] = []
        self.people: list[Person] = []

    @property
    def token(self) -> str:
        """The one token that is accepted."""
        return self.world.token

    @property
    def bot(self) -> User:
        """The bot's user."""
        return self.world.bot

    @property
    def fetch_image(self) -> ImageFetcher | None:
        """How photos sent by address are fetched."""
        return self.world.fetch_image

    @fetch_image.setter
    def fetch_image(self, fetch: ImageFetcher | None) -> None:
        self.world.fetch_image = fetch

    # -- the bot's side

    async def call(
        self,
        token: str,
        method: str,
        params: Mapping[str, Any] | None = None,
        files: Mapping[str, Upload] | None = None,
    ) -> Answer:
        """One Bot API call. Raises `ConnectionDropped` where a fault was ordered, nothing else."""
        if token != self.token:
            return Refusal(401, "Unauthorized").answer()
        method = _canonical(method)
        if method not in KNOWN:
            return Refusal(404, "Not Found: method not found").answer()
        started, at = self.clock.monotonic(), self.clock.now()
        decoded: JsonObject = dict(params or {})
        answer: Answer | None = None
        struck: list[Order] = []
        try:
            decoded, complaints = decode(method, params or {})
            self.world.complaints.extend(complaints)
            struck = self.faults.take(method, decoded)
            answer = await self._perform(Call(self.world, method, decoded, files or {}), struck)
        except Refusal as refusal:
            answer = refusal.answer()
        finally:
            logged = LoggedCall(
                method,
                decoded,
                answer.status if answer else None,
                answer.body if answer else {},
                at,
                self.clock.monotonic() - started,
                files or {},
                " and ".join(order.name for order in struck if order.name) or None,
                *self._flood(decoded.get("chat_id")),
            )
            if method != "getUpdates":
                self.log.append(logged)
            if method != "getUpdates" or logged.status != 200:
                for watcher in self.watchers:
                    watcher(logged)
        return answer

    def _flood(self, chat_id: object) -> tuple[int | None, int | None]:
        """What a chat has used up of its minute, and how much there is of it."""
        chat = self.world.chats.get(chat_id) if isinstance(chat_id, int) else None
        if chat is None:
            return None, None
        flood = self.world.flood
        limit = flood.limits.per_group_minute if chat.type != "private" else None
        return flood.used(chat.id, self.clock.monotonic()), limit

    async def _perform(self, call: Call, orders: list[Order]) -> Answer:
        after: ConnectionDropped | None = None
        for order in orders:
            match order.kind:
                case "delay":
                    await self.clock.sleep(order.seconds)
                case "refuse" if order.refusal:
                    return order.refusal.answer()
                case "drop_before":
                    raise ConnectionDropped(applied=False)
                case "drop_after":
                    after = ConnectionDropped(applied=True, timed_out=order.timed_out)
        result = await _METHODS[call.method](call)
        if after is not None:
            raise after
        return Answer(200, {"ok": True, "result": result})

    def file(self, token: str, path: str) -> bytes | None:
        """The content behind the `file_path` that getFile gave, None when there is none."""
        picture = self.world.files.get(path.removeprefix("files/")) if token == self.token else None
        return picture.content if picture else None

    @property
    def pending_updates(self) -> int:
        """Updates the bot has not confirmed."""
        return self.world.updates.pending

    @property
    def polling(self) -> bool:
        """Whether the bot's long poll waits for an update right now."""
        return self.world.updates.polling

    def duplicate_update(self, times: int = 1) -> None:
        """Order that each of the next updates comes once more after it was confirmed, under the same id."""
        self.world.updates.duplicates_ordered += times

    def malformed_update(self, update: JsonObject | None = None) -> int:
        """Queue an update no client library can parse; returns its id."""
        update_id = self.world.updates.next_id
        self.world.updates.put_raw(update or {"message": {"message_id": "x", "chat": 7}})
        return update_id

    # -- the people's side

    def create_person(
        self,
        first_name: str,
        *,
        language_code: str | None = None,
        username: str | None = None,
        last_name: str | None = None,
    ) -> Person:
        """Somebody with the app, in no group and with no private chat with the bot yet."""
        user = User(self.world.count("users", 1001), first_name, last_name, username, language_code)
        self.world.users[user.id] = user
        person = Person(self.world, user)
        self.people.append(person)
        self.world.emit("chat", person.private)
        return person

    def create_group(
        self,
        title: str,
        members: Iterable[Person],
        *,
        supergroup: bool = False,
        forum: bool = False,
    ) -> Chat:
        """A group of people, the first of whom created it; the bot is not in it yet (`Person.add_bot`)."""
        people = list(members)
        supergroup = supergroup or forum
        number = self.world.count(
            "supergroups" if supergroup else "groups", 2_000_000_001 if supergroup else 501
        )
        chat_id = -1_000_000_000_000 - number if supergroup else -number
        chat = Chat(chat_id, "supergroup" if supergroup else "group", title, is_forum=forum)
        for person in people:
            chat.members[person.id] = Member(person.user, "member" if chat.members else "creator")
        self.world.chats[chat.id] = chat
        self.world.emit("chat", chat)
        return chat

    # -- looking at it

    def chat(self, chat_id: int) -> Chat:
        """A chat by its id."""
        return self.world.chats[chat_id]

    def messages(self, chat: Chat, *, deleted: bool = False, thread: int | None = None) -> list[MessageView]:
        """What a person sees in a chat, oldest first; of one topic if `thread` is given."""
        return [
            view(message)
            for message in chat.messages.values()
            if (deleted or not message.deleted)
            and (thread is None or (message.is_topic and message.thread == thread))
        ]

    def look(self, message: MessageView) -> MessageView:
        """The same message as it is now."""
        return view(self._find(message))

    def _find(self, message: MessageView) -> Message:
        return self.world.chats[message.chat_id].messages[message.id]

    def subscribe(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        """Call `listener` with every `Event` from now on; returns what ends it."""
        self.world.listeners.append(listener)
        return lambda: self.world.listeners.remove(listener)

    def complaints(self) -> list[str]:
        """Unknown parameters, which Telegram would ignore, and unanswered presses, which people notice."""
        unanswered = [
            f"{press.person.first_name}'s press of {press.data!r} was never answered"
            for press in self.world.presses.values()
            if not press.answered and not press.excused
        ]
        return [*self.world.complaints, *unanswered]


def _canonical(method: str) -> str:
    """Method names are not case-sensitive."""
    if method in KNOWN:
        return method
    lowered = method.lower()
    return next((name for name in KNOWN if name.lower() == lowered), method)
