"""Sees to it that the daily backup is made, and that its owner hears of what they must know."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.errors import describe
from bot.views import backups as views
from domain.backups import Reason
from domain.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.owner import Owner
    from bot.texts import Texts
    from bot.view import View
    from domain.backups import Backup
    from domain.clock import Clock
    from domain.notices import Notice
    from domain.services.backups import BackupService, Done

AGAIN = timedelta(hours=1)
"""After which a backup that failed is tried again."""

log = logging.getLogger(__name__)


class BackupsJob:
    """Makes what is due. In memory is only when to try again."""

    def __init__(self, backups: BackupService, owner: Owner, clock: Clock) -> None:
        self._backups = backups
        self._owner = owner
        self._clock = clock
        self._working: asyncio.Task[None] | None = None
        self._not_before: datetime | None = None

    async def wake(self) -> None:
        """Begin with what is due, if nothing is under way. The scheduler calls this once a minute."""
        if not self.busy:
            self._working = asyncio.ensure_future(self._run_due())

    @property
    def busy(self) -> bool:
        """Whether something is under way."""
        return self._working is not None and not self._working.done()

    async def close(self) -> None:
        """Give up what is under way; nothing of it stays."""
        if self._working is not None:
            self._working.cancel()
            await asyncio.gather(self._working, return_exceptions=True)

    async def _run_due(self) -> None:
        """The daily backup, where its time has come or went by unused; with a week's first the rehearsal."""
        now = self._clock.now()
        if self._not_before is not None and now < self._not_before:
            return
        try:
            if await self._backups.due():
                rehearse = await self._backups.week_begins()
                await self._done(await self._backups.make(Reason.DAILY))
                if rehearse:
                    await self._rehearse()
        except DomainError as error:
            log.warning("the daily backup failed: %r", error)
            self._not_before = now + AGAIN
            await self._complain("backup", views.failed, error)
        except Exception:
            log.exception("the daily backup failed")
            self._not_before = now + AGAIN

    async def _done(self, done: Done) -> None:
        log.info("daily backup made: %s", done.made.backup.name)
        await self._owner.over("backup", views.works_again)
        if done.problem is None:
            await self._owner.over("backup-rest", views.works_again)
        else:
            log.warning("the daily backup is there, but: %r", done.problem)
            await self._complain("backup-rest", views.half_done, done.problem)
        await self._enclose(done.made.backup)

    async def _enclose(self, backup: Backup) -> None:
        """Send the backup itself, if that is wanted; that it is too large is said once."""
        path = self._backups.enclosure(backup)
        if path is None:
            return
        if views.too_large(backup):
            await self._owner.tell("backup-size", lambda t, _: views.enclosed(t, backup, path))
        else:
            await self._owner.say(partial(views.enclosed, backup=backup, path=path))

    async def _rehearse(self) -> None:
        try:
            rehearsed = await self._backups.rehearse()
        except DomainError as error:
            log.warning("the newest backup could not be rehearsed: %r", error)
            reason = error
            await self._owner.say(lambda t: views.not_rehearsed(t, describe(reason, t)))
        else:
            await self._owner.say(partial(views.rehearsed, rehearsed=rehearsed))

    async def _complain(self, key: str, render: Callable[[Texts, str], View], error: DomainError) -> None:
        def rendered(t: Texts, _: Notice) -> View:
            return render(t, describe(error, t))

        await self._owner.tell(key, rendered)
