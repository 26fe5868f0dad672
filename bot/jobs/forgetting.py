"""Forgets people who asked for it, once they can no longer take it back."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from telegram.error import TelegramError

from bot.send import Address, Sent
from bot.views import people as views
from bot.views import weeks as week_views

if TYPE_CHECKING:
    from bot.jobs.copies import Copies
    from bot.send import Sender
    from bot.texts import Languages
    from bot.view import View
    from domain.clock import Clock
    from domain.clubs import Club, User
    from domain.services.people import PeopleService
    from domain.services.weeks import WeekService

log = logging.getLogger(__name__)


class ForgettingJob:
    """Asleep until the next one is due; with nobody waiting it does not run at all."""

    def __init__(
        self,
        people: PeopleService,
        weeks: WeekService,
        copies: Copies,
        sender: Sender,
        languages: Languages,
        clock: Clock,
    ) -> None:
        self._people = people
        self._weeks = weeks
        self._copies = copies
        self._sender = sender
        self._languages = languages
        self._clock = clock
        self._loop: asyncio.Task[None] | None = None
        self._asleep = False

    @property
    def busy(self) -> bool:
        """Whether it is at work, and not waiting for somebody's time to come."""
        return self._loop is not None and not self._loop.done() and not self._asleep

    async def wake(self) -> None:
        """Start where it does not run: at the start, when somebody asks, and once a minute to be sure."""
        if self._loop is None or self._loop.done():
            self._loop = asyncio.ensure_future(self._run())

    async def close(self) -> None:
        """Leave the rest for the next start."""
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)

    async def _run(self) -> None:
        try:
            while (due := await self._people.next_due()) is not None:
                self._asleep = True
                await self._clock.sleep((due - self._clock.now()).total_seconds())
                self._asleep = False
                forgotten = await self._people.forget_due()
                if forgotten:
                    await self._copies.renew()
                for one in forgotten:
                    await self._tell(one.user)
                    for club in one.clubs:
                        await self._renew_card(club)
        except Exception:
            log.exception("somebody could not be forgotten; it is tried again in a minute")
        finally:
            self._asleep = False

    async def _tell(self, user: User) -> None:
        if user.telegram_id is None:
            return
        t = self._languages.match(user.language, user.spoken)
        try:
            await self._sender.send(Address(user.telegram_id), views.forgotten(t))
        except TelegramError as error:
            log.info("somebody could not be told that they are forgotten: %s", type(error).__name__)

    async def _renew_card(self, club: Club) -> None:
        """Take the name off the card that hangs in the group."""
        week_id = (await self._weeks.current(club)).id
        latest = await self._weeks.latest_card(week_id) if week_id is not None else None
        if latest is None or week_id is None:
            return

        async def render() -> View:
            t = self._languages.match(club.settings.language)
            return week_views.card(t, club, await self._weeks.card(club, week_id))

        self._sender.refresh(Sent(latest.chat_id, latest.message_id), render)
