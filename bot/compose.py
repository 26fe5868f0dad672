"""The composition root: the only module, with the demo's, that knows storage and integrations."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from telegram import Bot
from telegram.error import BadRequest, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot import doctor, menus, status
from bot.clock import SystemClock
from bot.compose_backups import backups, readable_folder
from bot.compose_catalogues import catalogues, reachable
from bot.context import Services
from bot.dispatch import Dispatcher
from bot.inbox import Inbox
from bot.jobs.backups import BackupsJob
from bot.jobs.copies import Copies
from bot.jobs.forgetting import ForgettingJob
from bot.jobs.housekeeping import Housekeeping
from bot.jobs.posts import PostsJob
from bot.jobs.rounds import Round
from bot.jobs.watch import Outages, WatchJob
from bot.limits import Limiter
from bot.metrics import Metrics
from bot.owner import Owner
from bot.request import LONG_POLL, build, seconds, server_time
from bot.send import Sender
from bot.settings import BadSettings
from bot.status import Status
from bot.texts import Languages
from domain.backups import Reason
from domain.services.backfill import BackfillService
from domain.services.clubs import ClubService
from domain.services.digest import DigestService
from domain.services.exports import ExportService
from domain.services.history import HistoryService
from domain.services.imports import ImportService
from domain.services.notices import NoticeService
from domain.services.people import PeopleService
from domain.services.posts import PostService
from domain.services.ratings import RatingService
from domain.services.turns import TurnService
from domain.services.weeks import WeekService
from domain.services.works import WorkService
from integrations.posters import HttpPosters
from storage.database import create

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    import httpx

    from bot.doctor import Finding
    from bot.settings import Settings
    from domain.clock import Clock
    from domain.clubs import Club
    from domain.health import DatabaseFacts

DRAIN = 8.0
"""Seconds that what is under way gets to finish when the bot stops."""

log = logging.getLogger(__name__)


class App:
    """The whole bot. `transport` and `clock` stand in for the network and for time in tests and the demo."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.clock: Clock = clock or SystemClock()
        self._settings = settings
        self._transport = transport
        try:
            self.database = create(settings.database_url, self.clock)
        except (OSError, ValueError) as error:
            raise BadSettings(f"DATABASE_URL: {error}") from error
        self.languages = Languages.load()
        self.metrics = Metrics(self.clock)
        self.outages = Outages(self.metrics, self.clock)
        polling = build(transport, self.metrics, read_timeout=LONG_POLL + 10)
        calls = build(transport, self.metrics)
        self._requests = (polling, calls)
        self._bot = Bot(
            settings.telegram_token.get_secret_value(),
            base_url=f"{settings.telegram_base_url}/bot",
            base_file_url=f"{settings.telegram_base_url}/file/bot",
            request=calls,
            get_updates_request=polling,
        )
        self.sender = Sender(self._bot, self.clock, Limiter(), self._migrated)
        notices = NoticeService(self.database.store(), self.clock)
        self.owner = Owner(settings.owner_id, notices, self.sender, self.languages, self.clock)
        self.catalogues = catalogues(
            settings, self.clock, self.database.answer_cache, self.outages, transport
        )
        self.posters = HttpPosters(transport)
        copies = Copies(
            ExportService(self.database.store(), self.clock), readable_folder(settings), self.clock
        )
        people = PeopleService(self.database.store(), self.clock)
        self.forgetting = ForgettingJob(
            people,
            WeekService(self.database.store(), self.clock),
            copies,
            self.sender,
            self.languages,
            self.clock,
        )
        dispatcher = Dispatcher(self._bot, self.sender, self.languages, self.services)
        self.inbox = Inbox(
            self._bot, polling, self.database.inbox, self.clock, dispatcher.handle, self.metrics.arrived
        )
        self.backups = backups(settings, self.clock)
        services = self.services()
        self._housekeeping = Housekeeping(
            self.inbox, self.database.answer_cache, services.backfill, copies, notices, self.clock
        )
        probes = {source: catalogue.probe for source, catalogue in reachable(self.catalogues).items()}
        self.watch = WatchJob(self.owner, self.database, self.outages, probes, self.clock)
        self.posts = PostsJob(
            services.posts,
            services.weeks,
            self.sender,
            self.languages,
            self.clock,
            self.posters,
            self.metrics,
        )
        self.backups_job = BackupsJob(self.backups, self.owner, self.clock)
        self._looking = Round("the minutely look", self.watch.run)
        self._cleaning = Round("the hourly housekeeping", self._housekeeping.run)
        self._scheduler = self._schedule()

    def services(self, update_id: int | None = None) -> Services:
        """The use cases; their changes mark the update done, if there is one."""
        store = self.database.store(update_id)
        works = WorkService(store, self.clock, self.catalogues)
        return Services(
            clubs=ClubService(store, self.clock),
            works=works,
            weeks=WeekService(store, self.clock),
            ratings=RatingService(store, self.clock),
            turns=TurnService(store, self.clock),
            digest=DigestService(store, self.clock),
            posts=PostService(store, self.clock),
            history=HistoryService(store, self.clock),
            backfill=BackfillService(store, self.clock, works),
            exports=ExportService(store, self.clock),
            imports=ImportService(store, self.clock),
            people=PeopleService(store, self.clock),
            forgetting=self.forgetting,
            backups=self.backups,
        )

    async def run(self) -> None:
        """Run until cancelled, then let what is under way finish.

        InvalidToken where Telegram refuses it, AlreadyRunning where another process runs on this database.
        """
        try:
            async with self.database.alone(), self._status():
                with self.owner.hearing_of_errors():
                    await self._run()
        finally:
            await self.aclose()

    async def migrate(self) -> None:
        """Bring the database up to date and close it. AlreadyRunning beside a running bot's old tables."""
        try:
            current, newest = await self.database.revisions()
            if current != newest:
                async with self.database.alone():
                    await self._migrate()
        finally:
            await self.aclose()

    async def examine(self, facts: DatabaseFacts) -> list[Finding]:
        """What `bot doctor` has to say. The database is read only if its tables are those of this program."""
        clubs: tuple[Club, ...] = ()
        if facts.exists and facts.trouble is None and facts.revision == facts.newest:
            async with self.database.store().read() as tx:
                clubs = await tx.clubs.awake()
        for request in self._requests:
            await request.initialize()
        settings, now = self._settings, self.clock.now()
        probes = {source: catalogue.probe for source, catalogue in reachable(self.catalogues).items()}
        return [
            *doctor.settings(settings),
            *doctor.database(facts),
            *await doctor.telegram(self._bot, clubs, settings.owner_id),
            *await doctor.catalogues(settings, probes),
            doctor.clock(now, await server_time(settings.telegram_base_url, self._transport)),
            doctor.zones({str(club.settings.zone) for club in clubs}, now),
        ]

    async def _migrate(self) -> tuple[str | None, str]:
        """Back up what is there, then bring it up to date; its revision before, None for a new one, and now.

        Without the backup nothing is migrated.
        """
        current, newest = await self.database.revisions()
        if current not in {None, newest}:
            if self.backups.possible:
                await self.backups.make(Reason.MIGRATION)
            else:
                log.warning("the tables are migrated without a backup, which on PostgreSQL is pg_dump's work")
        if current != newest:
            await self.database.migrate()
        return current, newest

    async def _run(self) -> None:
        before, now = await self._migrate()
        try:
            await self._connect()
            self._scheduler.start()
            await self.owner.tell_of_release(before, now)
            await self.posts.wake()
            await self.forgetting.wake()
            await self._listen()
        finally:
            if self._scheduler.running:
                await self._wake_no_more()
            await self._stop()

    def _schedule(self) -> AsyncIOScheduler:
        """Whom to wake every minute or hour. A wake begins something and returns at once."""
        scheduler = AsyncIOScheduler(timezone="UTC")
        minutely = {
            "watch": self._looking.wake,
            "posts": self.posts.wake,
            "forgetting": self.forgetting.wake,
            "backups": self.backups_job.wake,
        }
        for name, wake in minutely.items():
            scheduler.add_job(wake, "interval", minutes=1, id=name, misfire_grace_time=None)
        scheduler.add_job(
            self._cleaning.wake, "interval", hours=1, id="housekeeping", misfire_grace_time=None
        )
        return scheduler

    async def _wake_no_more(self) -> None:
        """End the scheduler."""
        self._scheduler.pause()
        # Whom it was waking begins now: cut off, they would be errors in its log, and later, find all closed.
        await asyncio.sleep(0)
        self._scheduler.shutdown(wait=False)

    async def _listen(self) -> None:
        """Work until cancelled, or until somebody else holds our lease."""
        tasks = [asyncio.ensure_future(work) for work in (self.inbox.run(), self.database.lease.guard())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    @asynccontextmanager
    async def _status(self) -> AsyncIterator[None]:
        """Answer machines that ask how we are, where a port is set. BadSettings where it is taken."""
        port = self._settings.health_port
        if port is None:
            yield
            return
        pages = Status(
            self.inbox,
            self.sender,
            self.services().posts,
            self.database,
            self.metrics,
            self.backups,
            self.clock,
        ).pages()
        async with AsyncExitStack() as stack:
            try:
                await stack.enter_async_context(status.serving(port, pages))
            except OSError as error:
                raise BadSettings(f"HEALTH_PORT: {port} cannot be listened on: {error.strerror}") from error
            yield

    async def _connect(self) -> None:
        await self._once_reached(self._bot.initialize)
        try:
            await self._once_reached(lambda: menus.publish(self._bot, self.languages))
        except InvalidToken:
            raise
        except TelegramError as error:
            log.warning("the command menus could not be set: %s", error)
        log.info("ready as @%s", self._bot.username)

    async def _once_reached(self, call: Callable[[], Awaitable[None]]) -> None:
        """Repeat a call until Telegram answers; its refusals are raised, a wait it asks for is kept."""
        failures = 0
        while True:
            try:
                await call()
            except BadRequest:
                raise
            except RetryAfter as error:
                await self.clock.sleep(seconds(error.retry_after))
            except NetworkError as error:
                failures += 1
                log.warning("Telegram cannot be reached yet: %s", error)
                await self.clock.sleep(min(30.0, 2.0 ** min(failures, 5)))
            else:
                return

    async def _stop(self) -> None:
        self.posts.halt()
        await self.backups_job.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN):
                await self.inbox.drain()
                await self.posts.drain()
                await self.sender.drain()
        await self.inbox.close()
        await self._looking.close()
        await self._cleaning.close()
        await self.forgetting.close()
        await self.owner.close()
        await self.sender.close()
        await self.posts.close()

    async def aclose(self) -> None:
        """Close what is open; nothing may be under way."""
        for request in self._requests:  # A bot that was never initialized would leave them open.
            await request.shutdown()
        for catalogue in reachable(self.catalogues).values():
            await catalogue.aclose()
        await self.posters.aclose()
        await self.database.close()

    async def _migrated(self, old_chat_id: int, new_chat_id: int) -> None:
        await self.services().clubs.migrate(old_chat_id, new_chat_id)
