"""Composes what `bot doctor` looks at. It changes nothing: a database that is not there is not made."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

from bot import doctor
from bot.compose import App
from bot.compose_backups import backups
from bot.settings import BadSettings
from storage.inspection import inspect

if TYPE_CHECKING:
    import httpx

    from bot.doctor import Finding
    from bot.settings import Settings
    from domain.clock import Clock


async def examine(
    settings: Settings, *, clock: Clock | None = None, transport: httpx.AsyncBaseTransport | None = None
) -> list[Finding]:
    """What the doctor says. BadSettings for a database that cannot be one."""
    try:
        facts = await inspect(settings.database_url)
    except ValueError as error:
        raise BadSettings(f"DATABASE_URL: {error}") from error
    with tempfile.TemporaryDirectory() as scratch:
        changes = {}
        if not (facts.exists and facts.writable and facts.trouble is None):
            changes["database_url"] = f"sqlite:///{scratch}/none.db"
        app = App(settings.model_copy(update=changes), clock=clock, transport=transport)
        try:
            found = await app.examine(facts)
        finally:
            await app.aclose()
    made = backups(settings, app.clock)
    return [*found, doctor.backups(await made.standing(), app.clock.now())] if made.possible else found
