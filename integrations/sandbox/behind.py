"""Behind the scenes: the calls of the bot, and trouble to order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response

from .requests import json_body
from .trouble import KINDS

if TYPE_CHECKING:
    from starlette.requests import Request

    from .journal import Entry, Journal
    from .stream import EventStream
    from .trouble import Trouble


@dataclass(frozen=True, slots=True)
class BehindTheScenes:
    """The endpoints."""

    journal: Journal
    trouble: Trouble
    stream: EventStream

    async def calls(self, _: Request) -> Response:
        """The last calls."""
        return JSONResponse({"calls": self.journal.entries})

    async def faults(self, _: Request) -> Response:
        """What can be ordered, and what is."""
        kinds = [{"id": kind.id, "title": kind.title, "service": kind.service} for kind in KINDS]
        return JSONResponse({"kinds": kinds, "ordered": self.trouble.ordered})

    async def order(self, request: Request) -> Response:
        """Order trouble, or cancel it."""
        body = await json_body(request)
        if "cancel" in body:
            if body["cancel"] == "all":
                self.trouble.cancel_all()
            else:
                self.trouble.cancel(int(body["cancel"]))
        else:
            times = body.get("times")
            self.trouble.order(str(body.get("kind")), None if times is None else int(times))
        ordered = {"ordered": self.trouble.ordered}
        self.stream.put("faults", ordered)
        return JSONResponse(ordered)

    def tell(self, entry: Entry | None) -> None:
        """Tell the page of a call, and of the trouble that is left where some struck."""
        if entry is None:
            return
        self.stream.put("call", entry)
        if entry["fault"] is not None:
            self.stream.put("faults", {"ordered": self.trouble.ordered})
