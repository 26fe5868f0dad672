"""Sends what is due. The database is the schedule; in memory there is only the loop that asks it."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from enum import Enum, auto
from typing import TYPE_CHECKING, assert_never

from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError

from bot.pictures.digest import draw
from bot.request import never_sent
from bot.send import Address, NotSent, Sent, no_topic, unreachable
from bot.texts import visible
from bot.view import CAPTION_LIMIT, View
from bot.views import digest as digest_views
from bot.views import posts as views
from bot.views import weeks as week_views
from domain.digest import Digest
from domain.schedule import PostKind, PostState
from domain.services.owners import Handover
from domain.services.posts import LEASE, NewWeek, OwnDigests, PickReminder, ScoreReminder

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from bot.metrics import Metrics
    from bot.send import Sender
    from bot.texts import Languages, Texts
    from domain.clock import Clock
    from domain.clubs import Club, User
    from domain.ports import Posters
    from domain.schedule import Post
    from domain.services.posts import Claimed, PostService
    from domain.services.weeks import WeekService

AT_ONCE = 32
"""Clubs whose posts are worked on at the same time."""

SHORTEST_SLEEP, LONGEST_SLEEP = 0.05, 60.0
"""Seconds after which the database is asked again; the longest also where nothing is due for days, since
another process may have changed that."""

GIVING_BACK = 1.0
"""Real seconds in which posts that were not sent are given back when the bot stops."""

BEGIN_WITHIN = LEASE.total_seconds() * 0.8
"""Seconds in which a claimed post must be begun: the rest of its lease is for the sending itself."""

log = logging.getLogger(__name__)


class _Outcome(Enum):
    """What became of a post in this round. LEFT waits for the next one, DOWN is a Telegram out of reach."""

    DONE = auto()
    LEFT = auto()
    DOWN = auto()


class PostsJob:
    """The loop."""

    def __init__(
        self,
        posts: PostService,
        weeks: WeekService,
        sender: Sender,
        languages: Languages,
        clock: Clock,
        posters: Posters,
        metrics: Metrics,
    ) -> None:
        self._posts = posts
        self._weeks = weeks
        self._sender = sender
        self._languages = languages
        self._clock = clock
        self._posters = posters
        self._metrics = metrics
        self._loop: asyncio.Task[None] | None = None
        self._working: dict[int, asyncio.Task[_Outcome]] = {}
        self._looking = False
        self._turn = asyncio.Lock()
        # One transaction and one picture at a time: a tap waits behind that one, not behind all under way.
        self._desk = asyncio.Lock()
        self._brush = asyncio.Lock()

    async def wake(self) -> None:
        """Start the loop where it does not run. The scheduler calls this once a minute."""
        if self._loop is None or self._loop.done():
            self._looking = True
            self._loop = asyncio.ensure_future(self._run())

    @property
    def busy(self) -> bool:
        """Whether something due is being worked off."""
        return self._looking or bool(self._working)

    async def run_due(self) -> None:
        """Work off what is due, the longest due first; returns when there is nothing left to be done now.

        What cannot be sent now is left for the next time. Called twice, the second waits for the first.
        """
        async with self._turn:
            await self._work_off()

    async def _work_off(self) -> None:
        left: set[int] = set()
        down = False
        while True:
            if not down:
                await self._begin_some(left)
            if not self._working:
                return
            await asyncio.wait(self._working.values(), return_when=asyncio.FIRST_COMPLETED)
            for club_id, task in list(self._working.items()):
                if task.done():
                    del self._working[club_id]
                    outcome = _Outcome.DOWN if task.cancelled() else task.result()
                    down = down or outcome is _Outcome.DOWN
                    if outcome is _Outcome.LEFT:
                        left.add(club_id)

    async def _begin_some(self, left: set[int]) -> None:
        """Begin with as many posts as there are places; of a club one at a time, of those `left` none."""
        if len(self._working) == AT_ONCE:
            return
        for post in await self._posts.due(2 * AT_ONCE + len(left)):
            if post.club_id not in self._working and post.club_id not in left:
                self._working[post.club_id] = asyncio.ensure_future(self._work(post))
            if len(self._working) == AT_ONCE:
                return

    def halt(self) -> None:
        """Begin nothing new."""
        if self._loop is not None:
            self._loop.cancel()

    async def drain(self) -> None:
        """Return when what was begun is settled."""
        while tasks := [task for task in self._working.values() if not task.done()]:
            await asyncio.wait(tasks)

    async def close(self) -> None:
        """Give up what is still under way: its claim stays until its lease is over.

        The sender is closed by now, and what it never began gets the time to be given back.
        """
        tasks = [*self._working.values(), *([self._loop] if self._loop is not None else [])]
        if tasks:
            await asyncio.wait(tasks, timeout=GIVING_BACK)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._working.clear()

    async def _run(self) -> None:
        taken_up = False
        while True:
            self._looking = True
            following = None
            try:
                if not taken_up:
                    await self._posts.take_up()
                    taken_up = True
                await self.run_due()
                following = await self._posts.next_due()
            except Exception:
                log.exception("the schedule could not be worked off, and is asked again soon")
            self._looking = False
            wait = LONGEST_SLEEP
            if following is not None:
                wait = min(wait, (following - self._clock.now()).total_seconds())
            await self._clock.sleep(max(wait, SHORTEST_SLEEP))

    async def _work(self, post: Post) -> _Outcome:
        """Send one post and note what became of it."""
        try:
            async with self._desk:
                claimed = await self._posts.claim(post)
        except Exception:
            log.exception("post %d has nothing that could be sent", post.id)
            await self._noted(post, self._posts.give_up(post))
            return _Outcome.LEFT
        if claimed is None:
            return _Outcome.DONE
        try:
            message_id = await self._send(claimed)
        except NotSent:
            await self._noted(post, self._posts.release(claimed))
        except TelegramError as error:
            return await self._refused(claimed, error)
        except Exception:
            log.exception("post %d could not be shown", post.id)
            await self._noted(post, self._posts.give_up(post))
        else:
            self._metrics.sent(post, self._clock.now())
            await self._noted(post, self._posts.settle(claimed, PostState.SENT, message_id))
            return _Outcome.DONE
        return _Outcome.LEFT

    async def _refused(self, claimed: Claimed, error: TelegramError) -> _Outcome:
        post = claimed.post
        if unreachable(error):
            log.info("chat %d is closed to me; its club sleeps: %s", claimed.club.chat_id, error)
            await self._noted(post, self._posts.sleep(claimed))
        elif isinstance(error, RetryAfter):
            await self._noted(post, self._posts.release(claimed))
        elif isinstance(error, NetworkError) and not isinstance(error, BadRequest):
            if never_sent(error):
                await self._noted(post, self._posts.release(claimed))
                return _Outcome.DOWN
            if post.kind is not PostKind.DIGEST:
                await self._noted(post, self._posts.settle(claimed, PostState.SENT))
            log.warning("post %d may or may not have arrived: %s", post.id, error)
        else:
            log.error("post %d was refused: %s", post.id, error)
            await self._noted(post, self._posts.give_up(post))
        return _Outcome.LEFT

    async def _noted(self, post: Post, noting: Awaitable[None]) -> None:
        try:
            async with self._desk:
                await noting
        except Exception:
            log.exception("what became of post %d could not be noted; its lease ends soon", post.id)

    async def _send(self, claimed: Claimed) -> int:
        """Send what a claim says; the message's id."""
        club, content = claimed.club, claimed.content
        t = self._languages.match(club.settings.language)
        match content:
            case Digest():
                return (await self._send_digest(t, club, content)).message_id
            case OwnDigests():
                mine = self._languages.match(content.user.language, content.user.spoken)
                view = digest_views.private(mine, content.digests)
            case NewWeek():
                told = await self._tell_following(claimed, content.following)
                view = views.new_week(t, club, content, told=told)
            case PickReminder():
                view = views.pick_reminder(t, content)
            case Handover():
                told = await self._tell_following(claimed, content.following)
                view = views.handover(t, content, told=told)
            case ScoreReminder():
                view = views.score_reminder(t, content)
            case _:
                assert_never(content)
        return (await self._post(club, view)).message_id

    async def _send_digest(self, t: Texts, club: Club, digest: Digest) -> Sent:
        """The picture with the message below it, or, where that is too long for one, after it."""
        view = digest_views.message(t, digest)
        picture = await self._picture(t, digest)
        if picture is not None and visible(view.text) <= CAPTION_LIMIT:
            sent = await self._post(club, replace(view, photo=picture))
        else:
            if picture is not None:
                await self._post(club, View(digest_views.caption(t, digest), photo=picture))
            sent = await self._post(club, view)
        await self._refresh_card(t, club, digest)
        return sent

    async def _picture(self, t: Texts, digest: Digest) -> bytes | None:
        try:
            works = [card.pick.work for card in digest.week.picks]
            found = await asyncio.gather(*(self._posters.fetch(work.image) for work in works if work.image))
            pictured = (work.id for work in works if work.image)
            posters = {work_id: image for work_id, image in zip(pictured, found, strict=True) if image}
            async with self._brush:
                return await asyncio.to_thread(draw, t, digest, posters)
        except Exception:
            log.exception("a digest's picture could not be drawn; it goes without")
            return None

    async def _refresh_card(self, t: Texts, club: Club, digest: Digest) -> None:
        """Let the week's card show what is revealed."""
        week_id = digest.week.id
        latest = await self._weeks.latest_card(week_id) if week_id is not None else None
        if latest is None or week_id is None:
            return

        async def render() -> View:
            return week_views.card(t, club, await self._weeks.card(club, week_id))

        self._sender.refresh(Sent(latest.chat_id, latest.message_id), render, late=True)

    async def _tell_following(self, claimed: Claimed, user: User | None) -> bool:
        """Tell the next picker in private; False where they must be told in the group."""
        club = claimed.club
        if user is None or user.telegram_id is None or not user.reachable or club.private:
            return False
        t = self._languages.match(user.language, user.spoken, club.settings.language)
        view = views.next_turn(t, club, claimed.post.week.next())
        try:
            await self._sender.post(Address(user.telegram_id), view, within=BEGIN_WITHIN)
        except TelegramError as error:
            if unreachable(error):
                await self._posts.unreachable(user)
            log.info("somebody could not be told of their turn in private: %s", error)
            return False
        return True

    async def _post(self, club: Club, view: View) -> Sent:
        """Post into the club's topic; into the group where that topic is gone."""
        to = Address(club.chat_id, club.settings.thread)
        try:
            return await self._sender.post(to, view, within=BEGIN_WITHIN)
        except BadRequest as error:
            if to.thread is None or not no_topic(error):
                raise
            return await self._sender.post(replace(to, thread=None), view, within=BEGIN_WITHIN)
