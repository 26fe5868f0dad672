"""The only writer to Telegram.

Each chat has a lane: messages and edits that somebody waits for go in order, then posts, and refreshes of
cards come last. Posts enter their lanes one by one, while nothing else keeps the bot busy, so that thousands
of them delay nobody, and after the last of them the refreshes they cause. Answers to taps pass all lanes,
since Telegram does not limit them.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from telegram import (
    ChatMember,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    InputMediaPhoto,
    LinkPreviewOptions,
    ReactionTypeEmoji,
    ReplyParameters,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.limits import GLOBAL_INTERVAL
from bot.request import never_sent, seconds
from bot.view import TOAST_LIMIT
from domain.errors import FileTooLarge, FileUnavailable, StandingUnknown

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from telegram import Bot, Message

    from bot.limits import Limiter
    from bot.view import Rows, View
    from domain.clock import Clock

REFRESH_INTERVAL = 3.0
"""Seconds between two refreshes of one message."""
ATTEMPTS = 5
DOCUMENT_PATIENCE = 60.0
"""Seconds Telegram may take to answer once it has a whole document, or for the next piece of one."""
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_BAD_PHOTO = (
    "failed to get http url content",
    "wrong type of the web page content",
    "webpage_",
    "photo_invalid",
)
_DONE_ALREADY = ("message is not modified", "query is too old")
_NO_TOPIC = ("thread not found", "topic_closed", "topic_deleted")
_CLOSED = (
    "chat not found",
    "not enough rights to send",
    "have no rights to send",
    "chat_write_forbidden",
    "chat_restricted",
)

T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message goes. `thread` is a forum topic's id, None for none or the General topic."""

    chat_id: int
    thread: int | None = None
    reply_to: int | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A message of the bot in a chat. `photo` where it is a picture with a caption."""

    chat_id: int
    message_id: int
    photo: bool = False


class NotSent(Exception):
    """A post surely did not reach Telegram: its time was over before its turn came, or the bot stops."""


@dataclass(slots=True)
class _Job:
    run: Callable[[int], Awaitable[Sent | None]]
    repeatable: bool
    done: asyncio.Future[Sent | None]
    post: bool = False

    def drop(self) -> None:
        """It will never be begun."""
        if self.post and not self.done.done():
            self.done.set_exception(NotSent())
        else:
            self.done.cancel()


@dataclass(slots=True)
class _Lane:
    messages: deque[_Job] = field(default_factory=deque)
    posts: deque[_Job] = field(default_factory=deque)
    refreshes: deque[_Job] = field(default_factory=deque)

    @property
    def first(self) -> deque[_Job]:
        """Those whose turn it is; empty with nothing left to do."""
        return self.messages or self.posts or self.refreshes


@dataclass(frozen=True, slots=True, eq=False)
class _Turn:
    """A refresh that waits; a `late` one gives way to posts."""

    late: bool


class Sender:
    """Sends views. Every method raises TelegramError where Telegram finally refuses."""

    def __init__(
        self,
        bot: Bot,
        clock: Clock,
        limiter: Limiter,
        migrated: Callable[[int, int], Awaitable[None]],
    ) -> None:
        """`migrated(old, new)` is called when a chat turns out to have become a supergroup."""
        self._bot = bot
        self._clock = clock
        self._limiter = limiter
        self._migrated = migrated
        self._lanes: dict[int, _Lane] = {}
        self._refreshing: dict[tuple[int, int], _Turn] = {}
        self._refreshed_at: dict[tuple[int, int], float] = {}
        self._tasks: set[asyncio.Task[object]] = set()
        self._posts: deque[tuple[int, _Job]] = deque()
        self._late: deque[tuple[int, _Job]] = deque()
        self._admitting = False

    async def send(self, to: Address, view: View) -> Sent:
        """Send a new message. One that may have arrived is never sent again."""
        sent = await self._enqueue(
            to.chat_id, lambda chat_id: self._send(chat_id, to, view), repeatable=False
        )
        assert sent is not None  # noqa: S101 - _send returns what it sent
        return sent

    async def post(self, to: Address, view: View, *, within: float) -> Sent:
        """Send a message nobody waits for, once there is room, and begin with it in so many seconds.

        One that may have arrived is never sent again. NotSent where it was never begun.
        """
        until = self._clock.monotonic() + within

        async def run(chat_id: int) -> Sent:
            if self._clock.monotonic() > until:
                raise NotSent
            return await self._send(chat_id, to, view)

        job = _Job(run, repeatable=False, done=asyncio.get_running_loop().create_future(), post=True)
        self._posts.append((to.chat_id, job))
        self._begin_to_admit()
        sent = await job.done
        assert sent is not None  # noqa: S101 - _send returns what it sent
        return sent

    async def edit(self, message: Sent, view: View) -> Sent:
        """Change a message somebody is looking at; a picture is put in place where the view has one.

        A refresh of it that still waits is dropped: it would bring back what stood there before.
        """
        self._refreshing.pop((message.chat_id, message.message_id), None)
        edited = await self._enqueue(message.chat_id, lambda chat_id: self._edit(chat_id, message, view))
        return edited or message

    async def react(self, chat_id: int, message_id: int, emoji: str) -> None:
        """Put the bot's reaction under somebody's message."""

        async def run(chat_id: int) -> None:
            await self._bot.set_message_reaction(chat_id, message_id, ReactionTypeEmoji(emoji))

        await self._enqueue(chat_id, run)

    async def answer(self, tap_id: str, text: str, *, alert: bool) -> None:
        """Answer a tap with a toast, or an alert to be closed; at once, whatever else is waiting."""
        shown = text[:TOAST_LIMIT] or None
        await self._at_once(lambda: self._bot.answer_callback_query(tap_id, shown, show_alert=alert))

    async def standing(self, chat_id: int, user_id: int) -> str:
        """What somebody is in a chat (Bot API, ChatMember); `left` where Telegram does not know.

        StandingUnknown where it does not answer.
        """
        try:
            member = await self._at_once(lambda: self._bot.get_chat_member(chat_id, user_id))
        except (BadRequest, Forbidden):
            return ChatMember.LEFT
        except (NetworkError, RetryAfter) as error:
            raise StandingUnknown from error
        return ChatMember.LEFT if member is None else member.status

    async def fetch(self, file_id: str, limit: int) -> bytes:
        """The content of a file somebody sent, whole. FileTooLarge where Telegram does not hand it out.

        FileUnavailable where it does not answer.
        """

        async def download() -> bytes:
            content = await file.download_as_bytearray(read_timeout=DOCUMENT_PATIENCE)
            if file.file_size is not None and len(content) != file.file_size:
                raise NetworkError("a file is not as large as Telegram says")
            return bytes(content)

        try:
            found = await self._at_once(lambda: self._bot.get_file(file_id))
            assert found is not None  # noqa: S101 - only what was done already gives nothing
            file = found
            return await self._at_once(download) or b""
        except BadRequest as error:
            raise FileTooLarge(limit=limit) from error
        except (NetworkError, RetryAfter) as error:
            raise FileUnavailable from error

    async def _at_once(self, call: Callable[[], Awaitable[T]]) -> T | None:
        """Make a call that Telegram does not limit, and repeat it; None where it was done already."""
        for attempt in range(ATTEMPTS):
            last = attempt == ATTEMPTS - 1
            try:
                return await call()
            except RetryAfter as error:
                if last:
                    raise
                await self._clock.sleep(seconds(error.retry_after))
            except NetworkError as error:
                if _is_done_already(error):
                    return None
                if last or isinstance(error, BadRequest):
                    raise
                await self._clock.sleep(_backoff(attempt))
        return None

    def refresh(self, message: Sent, render: Callable[[], Awaitable[View]], *, late: bool = False) -> None:
        """Bring a card up to date soon: at most one edit in `REFRESH_INTERVAL`, rendered when it is sent.

        A `late` one, which nobody waits for, comes once no post waits.
        """
        key = (message.chat_id, message.message_id)
        waiting = self._refreshing.get(key)
        if waiting is None or (waiting.late and not late):
            turn = self._refreshing[key] = _Turn(late)
            self._start(self._refresh(key, turn, message, render))

    @property
    def busy(self) -> bool:
        """Whether anything is yet to be sent."""
        return bool(self._lanes) or bool(self._tasks)

    @property
    def waiting(self) -> int:
        """How many messages, edits and posts are yet to be begun."""
        lanes = self._lanes.values()
        return (
            len(self._posts)
            + len(self._late)
            + sum(len(queue) for lane in lanes for queue in (lane.messages, lane.posts, lane.refreshes))
        )

    async def drain(self) -> None:
        """Return when everything asked for so far is sent."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self) -> None:
        """Give up what is still waiting."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _refresh(
        self, key: tuple[int, int], turn: _Turn, message: Sent, render: Callable[[], Awaitable[View]]
    ) -> None:
        await self._clock.sleep(self._refreshed_at.get(key, 0.0) - self._clock.monotonic())

        begun = False

        async def run(chat_id: int) -> Sent | None:
            nonlocal begun
            if not begun and self._refreshing.get(key) is not turn:
                return None
            begun = True
            self._end_turn(key, turn)
            self._refreshed_at[key] = self._clock.monotonic() + REFRESH_INTERVAL
            return await self._edit(chat_id, message, await render())

        try:
            job = _Job(run, repeatable=True, done=asyncio.get_running_loop().create_future())
            if turn.late:
                self._late.append((message.chat_id, job))
                self._begin_to_admit()
            else:
                self._lane(message.chat_id).refreshes.append(job)
            await job.done
        except TelegramError as error:
            log.info("a card could not be refreshed: %s", error)
        except Exception:
            log.exception("a card could not be rendered for its refresh")
        finally:
            self._end_turn(key, turn)
            self._forget_old_refreshes()

    def _end_turn(self, key: tuple[int, int], turn: _Turn) -> None:
        """What changes from now on needs another refresh; one that waits already is left alone."""
        if self._refreshing.get(key) is turn:
            del self._refreshing[key]

    def _forget_old_refreshes(self) -> None:
        now = self._clock.monotonic()
        self._refreshed_at = {key: at for key, at in self._refreshed_at.items() if at > now}

    async def _enqueue(
        self,
        chat_id: int,
        run: Callable[[int], Awaitable[Sent | None]],
        *,
        repeatable: bool = True,
    ) -> Sent | None:
        job = _Job(run, repeatable, asyncio.get_running_loop().create_future())
        self._lane(chat_id).messages.append(job)
        return await job.done

    def _begin_to_admit(self) -> None:
        if not self._admitting:
            self._admitting = True
            self._start(self._admit())

    async def _admit(self) -> None:
        """Let posts, then late refreshes into their chats' lanes, in order and at Telegram's pace."""
        try:
            while self._posts or self._late:
                busy = self._limiter.backlog(self._clock.monotonic())
                if busy > 0:
                    await self._clock.sleep(busy)
                    continue
                if self._posts:
                    chat_id, job = self._posts.popleft()
                    self._lane(chat_id).posts.append(job)
                else:
                    chat_id, job = self._late.popleft()
                    self._lane(chat_id).refreshes.append(job)
                await self._clock.sleep(GLOBAL_INTERVAL)
        finally:
            self._admitting = False
            for _, job in (*self._posts, *self._late):
                job.drop()
            self._posts.clear()
            self._late.clear()

    def _lane(self, chat_id: int) -> _Lane:
        """A chat's lane, at work; something must be put into it at once."""
        lane = self._lanes.get(chat_id)
        if lane is None:
            lane = self._lanes[chat_id] = _Lane()
            self._start(self._work(chat_id, lane))
        return lane

    async def _work(self, chat_id: int, lane: _Lane) -> None:
        try:
            while lane.first:
                refreshes = lane.first is lane.refreshes
                wait = self._limiter.wait(chat_id, self._clock.monotonic(), edit=refreshes)
                if wait > 0:
                    await self._clock.sleep(min(wait, 1.0))
                    continue
                queue = lane.first
                await self._clock.sleep(self._limiter.take(chat_id, self._clock.monotonic()))
                await self._perform(chat_id, queue.popleft())
        finally:
            del self._lanes[chat_id]
            for job in (*lane.messages, *lane.posts, *lane.refreshes):
                job.drop()
            self._limiter.forget_idle(self._clock.monotonic())

    async def _perform(self, chat_id: int, job: _Job) -> None:
        try:
            result = await self._attempt(chat_id, job)
        except asyncio.CancelledError:
            job.done.cancel()
            raise
        except Exception as error:  # noqa: BLE001 - whoever waits for the job is told
            if not job.done.cancelled():
                job.done.set_exception(error)
        else:
            if not job.done.cancelled():
                job.done.set_result(result)

    async def _attempt(self, chat_id: int, job: _Job) -> Sent | None:
        for attempt in range(ATTEMPTS):
            last = attempt == ATTEMPTS - 1
            try:
                return await job.run(chat_id)
            except RetryAfter as error:
                if last:
                    raise
                now = self._clock.monotonic()
                self._limiter.pause(chat_id, now, seconds(error.retry_after))
                await self._clock.sleep(self._limiter.wait(chat_id, now, edit=False))
            except ChatMigrated as error:
                if last:
                    raise
                await self._migrated(chat_id, error.new_chat_id)
                chat_id = error.new_chat_id
            except BadRequest as error:
                if _is_done_already(error):
                    return None
                raise
            except NetworkError as error:
                if last or not (job.repeatable or never_sent(error)):
                    raise
                await self._clock.sleep(_backoff(attempt))
        return None

    async def _send(self, chat_id: int, to: Address, view: View) -> Sent:
        reply = None
        if to.reply_to is not None:
            reply = ReplyParameters(to.reply_to, allow_sending_without_reply=True)
        markup = (
            ForceReply(selective=True, input_field_placeholder=view.ask) if view.ask else _keyboard(view.rows)
        )
        if view.photo is not None:
            with _unless_bad_photo():
                message = await self._bot.send_photo(
                    chat_id,
                    view.photo,
                    view.text,
                    parse_mode=ParseMode.HTML,
                    message_thread_id=to.thread,
                    reply_parameters=reply,
                    reply_markup=markup,
                )
                return _sent(message)
        if view.document is not None:
            with view.document.path.open("rb") as file:
                message = await self._bot.send_document(
                    chat_id,
                    InputFile(file, view.document.name, read_file_handle=False),
                    view.text,
                    parse_mode=ParseMode.HTML,
                    message_thread_id=to.thread,
                    reply_parameters=reply,
                    reply_markup=markup,
                    read_timeout=DOCUMENT_PATIENCE,
                )
            return _sent(message)
        message = await self._bot.send_message(
            chat_id,
            view.text,
            parse_mode=ParseMode.HTML,
            message_thread_id=to.thread,
            reply_parameters=reply,
            reply_markup=markup,
            link_preview_options=_NO_PREVIEW,
        )
        return _sent(message)

    async def _edit(self, chat_id: int, message: Sent, view: View) -> Sent:
        keyboard = _keyboard(view.rows)
        message_id = message.message_id
        if view.photo is not None:
            media = InputMediaPhoto(view.photo, view.text, parse_mode=ParseMode.HTML)
            with _unless_bad_photo():
                await self._bot.edit_message_media(media, chat_id, message_id, reply_markup=keyboard)
                return Sent(chat_id, message_id, photo=True)
        if message.photo:
            await self._bot.edit_message_caption(
                chat_id, message_id, caption=view.text, parse_mode=ParseMode.HTML, reply_markup=keyboard
            )
        else:
            await self._bot.edit_message_text(
                view.text,
                chat_id,
                message_id,
                parse_mode=ParseMode.HTML,
                reply_markup=keyboard,
                link_preview_options=_NO_PREVIEW,
            )
        return Sent(chat_id, message_id, photo=message.photo)

    def _start(self, work: Awaitable[object]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def unreachable(error: TelegramError) -> bool:
    """Whether the bot may not write to a chat (any more): kicked, blocked, silenced, or the chat is gone."""
    return isinstance(error, Forbidden) or any(reason in str(error).lower() for reason in _CLOSED)


def no_topic(error: TelegramError) -> bool:
    """Whether the topic a message was for is gone or closed, while the chat may be there."""
    return any(reason in str(error).lower() for reason in _NO_TOPIC)


@contextlib.contextmanager
def _unless_bad_photo() -> Iterator[None]:
    """Let the text go alone where Telegram cannot fetch the picture."""
    try:
        yield
    except BadRequest as error:
        if not any(reason in str(error).lower() for reason in _BAD_PHOTO):
            raise
        log.info("Telegram could not use a picture: %s", error)


def _sent(message: Message) -> Sent:
    return Sent(message.chat_id, message.message_id, photo=bool(message.photo))


def _keyboard(rows: Rows) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(
                    button.text,
                    url=button.url,
                    callback_data=button.tap.wire() if button.tap is not None else None,
                    api_kwargs={"style": button.style} if button.style is not None else None,
                )
                for button in row
            ]
            for row in rows
        ]
    )


def _is_done_already(error: TelegramError) -> bool:
    return any(reason in str(error).lower() for reason in _DONE_ALREADY)


def _backoff(attempt: int) -> float:
    return 0.5 * 2.0**attempt
