"""Whoever runs the bot hears of what matters: once, until it is over."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import traceback
from typing import TYPE_CHECKING

from telegram.error import TelegramError

from bot.logs import error_id
from bot.send import Address, Sent
from bot.views import notices as views
from domain.notices import ERROR, RELEASE, Notice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.send import Sender
    from bot.texts import Languages, Texts
    from bot.view import View
    from domain.clock import Clock
    from domain.services.notices import NoticeService

    Render = Callable[[Texts, Notice], View]

OURS = ("bot", "domain", "storage", "integrations")
AT_ONCE = 50
"""Errors that are reported at the same time; what comes beyond is in the log alone."""

log = logging.getLogger(__name__)


class Owner:
    """Tells them. What was told is kept in the database, so that no restart repeats it."""

    def __init__(
        self,
        telegram_id: int | None,
        notices: NoticeService,
        sender: Sender,
        languages: Languages,
        clock: Clock,
    ) -> None:
        """`telegram_id` None for an owner who wants to hear nothing."""
        self._id = telegram_id
        self._notices = notices
        self._sender = sender
        self._languages = languages
        self._clock = clock
        self._telling: set[str] = set()
        self._told_unkept: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def tell(self, key: str, render: Render) -> None:
        """Tell of something, if it was not told; else bring the message up to date. Never raises."""
        if self._id is None:
            return
        notice = await self._counted(key)
        if notice.message_id is not None:
            self._refresh(self._id, notice, render)
            return
        if key in self._telling or key in self._told_unkept:
            return
        self._telling.add(key)
        try:
            sent = await self._sender.send(Address(self._id), render(await self._texts(), notice))
            await self._keep(key, sent.message_id)
        except TelegramError as error:
            log.warning("the owner could not be told: %s", error)
        finally:
            self._telling.discard(key)

    async def over(self, key: str, render: Callable[[Texts], View]) -> None:
        """Say that something is over, if it was told. Never raises."""
        self._told_unkept.discard(key)
        if self._id is None:
            return
        try:
            notice = await self._notices.over(key)
        except Exception as error:  # noqa: BLE001 - reporting this would come back here
            log.warning("that something is over could not be noted: %s", type(error).__name__)
            return
        if notice is not None and notice.message_id:
            with contextlib.suppress(TelegramError):
                await self._sender.send(Address(self._id), render(await self._texts()))

    async def say(self, render: Callable[[Texts], View]) -> None:
        """Tell of something that is news every time. Never raises."""
        if self._id is None:
            return
        try:
            await self._sender.send(Address(self._id), render(await self._texts()))
        except TelegramError as error:
            log.warning("the owner could not be told: %s", error)

    async def tell_of_release(self, before: str | None, now: str) -> None:
        """Tell of tables that a new release has changed, here or by `migrate` since the last start.

        `before` is their revision at this start, None for a new database. How a database without a note of
        its release got where it is, nobody knows: that it is there is noted.
        """
        key = f"{RELEASE}{now}"
        notice = await self._notices.find(key)
        if notice is not None and notice.message_id is not None:
            return
        if before not in {None, now} or await self._notices.any(RELEASE):
            await self.tell(key, lambda t, _: views.migrated(t, now))
        else:
            await self._notices.happened(key)
            await self._notices.told(key, 0)

    @contextlib.contextmanager
    def hearing_of_errors(self) -> Iterator[None]:
        """Meanwhile whatever is logged with an exception is reported: its kind, where, an id, how often."""
        handler = _Reporting(asyncio.get_running_loop(), self._report)
        logging.getLogger().addHandler(handler)
        try:
            yield
        finally:
            logging.getLogger().removeHandler(handler)

    @property
    def busy(self) -> bool:
        """Whether something is on its way to them."""
        return bool(self._tasks)

    async def close(self) -> None:
        """Give up what is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _report(self, known_as: str, kind: str, where: str) -> None:
        if len(self._tasks) < AT_ONCE:
            task = asyncio.ensure_future(
                self.tell(
                    f"{ERROR}{kind}:{where}",
                    lambda t, notice: views.error(t, known_as, kind, where, notice.times),
                )
            )
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _counted(self, key: str) -> Notice:
        """The notice; one made up on the spot where the database, which may be the trouble, takes none."""
        try:
            return await self._notices.happened(key)
        except Exception as error:  # noqa: BLE001 - as above
            log.warning("a notice to the owner could not be kept: %s", type(error).__name__)
            now = self._clock.now()
            return Notice(key, now, now, 1, None)

    async def _keep(self, key: str, message_id: int) -> None:
        try:
            await self._notices.told(key, message_id)
        except Exception as error:  # noqa: BLE001 - as above
            log.warning("that the owner was told could not be kept: %s", type(error).__name__)
            self._told_unkept.add(key)

    def _refresh(self, chat_id: int, notice: Notice, render: Render) -> None:
        if notice.message_id:

            async def current() -> View:
                latest = await self._notices.find(notice.key)
                return render(await self._texts(), latest or notice)

            self._sender.refresh(Sent(chat_id, notice.message_id), current)

    async def _texts(self) -> Texts:
        user = None
        if self._id is not None:
            with contextlib.suppress(Exception):  # Without a database it is said in English.
                user = await self._notices.owner(self._id)
        return self._languages.match(*((user.language, user.spoken) if user is not None else ()))


class _Reporting(logging.Handler):
    """Passes on what an exception was and where, from whichever thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop, report: Callable[[str, str, str], None]) -> None:
        super().__init__(logging.ERROR)
        self._loop = loop
        self._report = report

    def emit(self, record: logging.LogRecord) -> None:
        """See logging.Handler."""
        known_as = error_id(record)
        error = record.exc_info[1] if record.exc_info else None
        if known_as is not None and error is not None:
            self._loop.call_soon_threadsafe(
                self._report, known_as, type(error).__name__, _where(error) or record.name
            )


def _where(error: BaseException) -> str | None:
    """The innermost of our functions that an exception went through; None for none."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    ours = [
        f"{module}.{frame.f_code.co_name}"
        for frame in frames
        if (module := str(frame.f_globals.get("__name__"))).partition(".")[0] in OURS
    ]
    return ours[-1] if ours else None
