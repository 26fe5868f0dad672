"""Throws away what nobody will ask for again."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from bot.inbox import Inbox
    from bot.jobs.copies import Copies
    from domain.clock import Clock
    from domain.services.backfill import BackfillService
    from domain.services.notices import NoticeService

KEEP_ANSWERS = timedelta(days=180)
"""How long after its expiry a catalogue's answer may still stand in for a source that is down."""

log = logging.getLogger(__name__)


class Answers(Protocol):
    """The catalogues' cached answers."""

    async def purge(self, before: datetime) -> None:
        """Drop answers that expired before a moment."""


@dataclass(frozen=True, slots=True)
class Housekeeping:
    """The hourly round."""

    inbox: Inbox
    answers: Answers
    backfills: BackfillService
    copies: Copies
    notices: NoticeService
    clock: Clock

    async def run(self) -> None:
        """Drop updates done days ago, answers expired for half a year, and drafts nobody came back to.

        Errors that were not seen for a day are over, for the owner. Once a day renew the readable copies.
        """
        await self.inbox.clean()
        await self.backfills.clean()
        await self.answers.purge(self.clock.now() - KEEP_ANSWERS)
        await self.notices.forget_quiet_errors()
        await self.copies.run()
