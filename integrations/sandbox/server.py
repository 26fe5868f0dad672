r"""The sandbox over real HTTP, for the demo: the Bot API, the catalogues, and an API for the page.

Everything listens on the loopback interface unless another host is asked for. The page and `/api/` open for
whoever has the key: the first visit is `/?key=<key>`, which sets a cookie and goes on to `/`. Requests whose
Host is not the one that is served, or whose Origin is another site, are refused.

- `/bot<token>/<method>`: the Bot API; `/file/bot<token>/<path>`: its files
- `/tmdb/`, `/musicbrainz/`, `/coverart/`, `/omdb/`, `/images/`: the look-alike catalogues
- `/`: the page's files

The page's API (JSON; errors are 400 `{"error": "a sentence"}`, 403 without the key):

`GET /api/state` ->
  `world` (an id: another one is another world), `now` (ISO 8601), `bot` {id, name, username},
  `people` [{id, name, username, language, private_chat}],
  `chats` [Chat], `messages` {"<chat id>": [Message] oldest first},
  `commands` [{scope: JSON text, language, commands: [{command, description}]}], `last_event` (int)

  Chat: {id, type: private|group|supergroup, title, is_forum, zone (IANA name, "UTC" where the bot knows
  none), bot_present, bot_status: administrator|member|restricted|kicked|left, started, blocked, migrated_to,
  pinned: [message id], topics: [{id, name}], members: [{id, name, username, is_bot, status, anonymous}]};
  a person's private chat with the bot has the person's id and no members.

  Message: {id, chat, sender: {id, name, is_bot, chat: the title of the group it speaks for | null},
  date (Unix seconds), text, entities (the Bot API's), html (safe: only Telegram's tags, everything else
  escaped; `\n` is a line break), photo: {src, width, height, spoiler} | null,
  document: {src, name, size (bytes), mime} | null, media_group: album id | null,
  poll: Telegram's Poll and {chosen: {"<user id>": [option]}, hides_results, correct: [option]} | null,
  buttons: [[{text, url | null, pressable, style: danger|success|primary|null}]], edited, deleted,
  reply_to: id | null, thread: id | null, pinned, force_reply: {placeholder, selective} | null,
  reactions: [{emoji, people: [user id]}], service: {kind, about} | null,
  only_for: the user id of the one person who sees it | null; the ids of such messages are negative}

`GET /api/events[?after=<id>]` -> server-sent events, each with an id; go on after a break with the header
  Last-Event-ID. Kinds: `message` (Message: new, edited or deleted; put it in place by chat and id),
  `chat` (Chat: new or changed), `action` {chat, action: what the bot does there, "typing"},
  `answer` {person, chat, message, answered, toast, alert, url}, `commands` {}, `clock` {now},
  and `reset` {}: too much was missed, fetch the state again.

`POST /api/write`  {person, chat, text, reply_to?, thread?, anonymous?} -> {message: Message}. In a private
  chat that is not started only `/start [payload]` is taken; it starts it. `anonymous`: as the group itself.
`POST /api/upload`  a form: person, chat, reply_to?, thread?, text?, file -> {message: Message}
`POST /api/press`  {person, chat, message, row, column} -> answered at once or within 30 s:
  {person, chat, message, answered, toast, alert, url}
`POST /api/react`  {person, chat, message, emoji: [..]} -> {}
`POST /api/vote`  {person, chat, message, options: [index]} -> {}; none takes the vote back
`POST /api/admin`  {do, chat, ...} -> {}; `do` is promote|demote|join|leave {person}, kick_bot,
  add_bot {person}, migrate, open_topic {person, name} (a supergroup becomes a forum), block|unblock {person}
`POST /api/clock`  {seconds} or {to: a moment's name} -> {now}
`GET /api/media/<file id>` -> the picture or document

Behind the scenes:

`GET /api/calls` -> {calls: [Call]}, the last 500, oldest first; events `call` bring each new one.
  Call: {id, at (ISO 8601, the bot's clock), service: telegram|tmdb|musicbrainz|coverart|omdb,
  method ("sendMessage", "GET /3/search/movie"), chat: id | null, parameters (JSON; files as
  {file: name, bytes}; no token, no key), status: HTTP's | null for a connection that was dropped,
  answer (JSON, or the beginning of a long one as text), milliseconds, fault: kind | null,
  flood: {used: messages and edits in the chat's last minute, limit: 20 | null} | null}.
  getUpdates is left out unless it failed.
`GET /api/faults` -> {kinds: [{id, title, service}], ordered: [{id, kind, left: int | null}]}
`POST /api/faults`  {kind, times?: 1..100} or {cancel: id | "all"} -> {ordered}; event `faults` {ordered}
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from .admin import AdminTools
from .behind import BehindTheScenes
from .catalogues import Faults as CatalogueFaults
from .guard import Guard
from .journal import Journal
from .page_api import Advance, Moment, PageApi
from .requests import after, kept, told
from .services import Services
from .serving import RunningServer, serve
from .stream import EventStream
from .telegram import screen
from .trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from starlette.responses import Response
    from starlette.types import Scope

    from .catalogues import Catalogues
    from .telegram.core import TelegramSandbox
    from .telegram.world import Event
__all__ = ["Advance", "EventStream", "Moment", "RunningServer", "create_app", "serve", "tell_time"]

CATALOGUE_PATHS: Final = ("tmdb", "musicbrainz", "coverart", "omdb", "images")
_POLICY: Final = (
    "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)


class _Files(StaticFiles):
    """The page's files, under a policy that lets in nothing from elsewhere."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        answer.headers["Content-Security-Policy"] = _POLICY
        answer.headers["Cache-Control"] = "no-cache"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer


def create_app(
    telegram: TelegramSandbox,
    *,
    key: str,
    host: str = "127.0.0.1",
    catalogues: Catalogues | None = None,
    page: Path | None = None,
    advance: Advance | None = None,
    moments: Mapping[str, Moment] | None = None,
    zones: screen.Zones = screen.utc,
    secrets: Sequence[str] = (),
    keep: Callable[[], None] | None = None,
    ready: Callable[[], Awaitable[object]] | None = None,
) -> Starlette:
    """The whole site, for requests to `host`. `page` is the directory of the page's files.

    `advance` moves the clock by seconds; `moments` are what it can be moved to by name, and one that gives
    None lies nowhere ahead. `zones` tells which zone a chat's club keeps. `secrets` are struck out of what is
    shown of the bot's calls. `keep` is called before anybody is answered who may have changed something.
    What people do waits for `ready`; looking does not.
    """
    # Milliseconds since 1970 lie behind every id that a server before this one gave.
    stream = EventStream(time.time_ns() // 1_000_000)
    journal = Journal((telegram.token, *secrets))
    trouble = Trouble(telegram.faults, catalogues.faults if catalogues else CatalogueFaults(telegram.clock))
    behind = BehindTheScenes(journal, trouble, stream)
    services = Services(telegram, catalogues.handle if catalogues else None)
    api = PageApi(telegram, stream, zones, advance, moments or {})
    tools = AdminTools(telegram)

    def show(event: Event) -> None:
        stream.put(event.kind, screen.event_json(telegram, event, zones))

    telegram.subscribe(show)
    telegram.watchers.append(lambda call: behind.tell(journal.add_telegram(call)))
    if catalogues is not None:
        catalogues.watchers.append(lambda call, answer: behind.tell(journal.add_catalogue(call, answer)))
    every = ["GET", "POST", "HEAD"]
    posts = {
        "write": api.write,
        "upload": api.upload,
        "press": api.press,
        "react": api.react,
        "vote": api.vote,
        "clock": api.clock,
        "admin": tools.admin,
        "faults": behind.order,
    }
    routes: list[Route | Mount] = [
        Route("/bot{rest:path}", kept(services.bot_api, keep), methods=every),
        Route("/file/{rest:path}", services.bot_api),
        *(Route(f"/{name}/{{rest:path}}", services.catalogue, methods=every) for name in CATALOGUE_PATHS),
        Route("/api/state", api.state),
        Route("/api/events", api.events),
        Route("/api/media/{file_id}", api.media),
        Route("/api/calls", behind.calls),
        Route("/api/faults", behind.faults, methods=["GET"]),
        *(
            Route(f"/api/{name}", kept(told(after(post, ready)), keep), methods=["POST"])
            for name, post in posts.items()
        ),
    ]
    if page is not None:
        routes.append(Mount("/", _Files(directory=page, html=True)))
    app = Starlette(routes=routes)
    app.add_middleware(Guard, host=host, key=key, open_paths=("bot", "file", *CATALOGUE_PATHS))
    app.state.stream = stream
    return app


def tell_time(app: Starlette, now: datetime) -> None:
    """Tell the pages that follow an app what the clock shows after a move."""
    app.state.stream.put("clock", {"now": now.isoformat()})
