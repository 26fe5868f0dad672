"""The whole table of what the bot reacts to, in order; what nothing matches falls to `hint`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from bot import taps
from bot.handlers import (
    backfill,
    backups,
    clubs,
    digest,
    exports,
    history,
    imports,
    members,
    people,
    picks,
    ratings,
    schedule,
    search,
    settings,
    start,
    turns,
    weeks,
    works,
    zones,
)

if TYPE_CHECKING:
    from bot.context import Context

Handler = Callable[["Context"], Awaitable[None]]
TapHandler = Callable[["Context", Any], Awaitable[None]]

COMMANDS: dict[str, Handler] = {
    "start": start.start,
    "help": start.help_,
    "movie": search.movie,
    "album": search.album,
    "week": weeks.week,
    "history": history.history,
    "top": history.top,
    "me": history.me,
    "backfill": backfill.backfill,
    "note": weeks.note,
    "reveal": weeks.reveal,
    "remove": picks.removable,
    "add": works.add,
    "join": clubs.join,
    "leave": clubs.leave,
    "roster": clubs.roster,
    "turns": turns.turns,
    "language": settings.language,
    "settings": settings.settings,
    "digest": digest.digest,
    "export": exports.export,
    "import": imports.import_,
    "privacy": people.privacy,
    "mydata": people.mine,
    "forget_me": people.forget,
    "backup": backups.backup,
}

TAPS: dict[type[taps.Tap], TapHandler] = {
    taps.HistoryTap: history.page,
    taps.PastTap: history.open_week,
    taps.BestTap: history.turn_top,
    taps.BackfillTap: backfill.show,
    taps.BackfillHitTap: backfill.hit,
    taps.BackfillHandTap: backfill.by_hand,
    taps.BackfillSkipTap: backfill.skip,
    taps.BackfillNameTap: backfill.name,
    taps.BackfillRetryTap: backfill.retry,
    taps.BackfillStoreTap: backfill.store,
    taps.BackfillDropTap: backfill.drop,
    taps.BackfillUndoTap: backfill.undo,
    taps.PageTap: search.page,
    taps.OpenTap: works.open_hit,
    taps.WorkTap: works.turn,
    taps.AddTap: works.add_searched,
    taps.PickTap: picks.pick,
    taps.RemoveTap: picks.remove,
    taps.KeepTap: picks.keep,
    taps.UndoTap: picks.undo,
    taps.RateTap: ratings.rate,
    taps.SkipTap: ratings.skip,
    taps.MineTap: ratings.mine,
    taps.AboutTap: ratings.about,
    taps.TakeTap: ratings.take_about,
    taps.JoinTap: clubs.join_tap,
    taps.ForgetTap: clubs.forget,
    taps.LanguageTap: settings.speak,
    taps.SettingsTap: settings.choices,
    taps.SetTap: settings.set_,
    taps.AreaTap: zones.area,
    taps.ZoneTap: zones.choose,
    taps.FirstZoneTap: zones.choose_first,
    taps.ZonesTap: zones.others,
    taps.AskZoneTap: zones.prompt,
    taps.PostTap: schedule.post,
    taps.TimingTap: schedule.time,
    taps.MemberTap: members.member,
    taps.MoveTap: members.move,
    taps.ExpelTap: members.expel,
    taps.ReadmitTap: members.readmit,
    taps.TurnsTap: turns.line,
    taps.PassTap: turns.pass_on,
    taps.SwapMenuTap: turns.swap_menu,
    taps.SwapTap: turns.swap,
    taps.SwapAnswerTap: turns.answer_swap,
    taps.AwayMenuTap: turns.away_menu,
    taps.AwayTap: turns.away,
    taps.SkipTurnTap: turns.skip,
    taps.HoldTap: turns.hold,
    taps.DigestTap: digest.want,
    taps.ImportStoreTap: imports.store,
    taps.ExportTap: exports.own_tap,
    taps.CopyTap: people.copy,
    taps.ForgetMeTap: people.forget_tap,
    taps.NoForgetTap: people.no,
    taps.StayTap: people.stay,
}

REPLIES: dict[str, Handler] = {
    "card": ratings.take,
    "list": start.hint,
    "ask-backfill": backfill.backfill,
    "ask-import": imports.import_,
    "ask-movie": search.movie,
    "ask-album": search.album,
    "ask-note": weeks.note,
    "ask-add": works.add,
    "ask-zone": zones.typed,
}
"""By the purpose of the message that is replied to; the reply's text stands in for the command's words."""

SLOW: frozenset[Callable[..., Awaitable[None]]] = frozenset({search.movie, search.album, works.open_hit})
"""What asks a catalogue and changes nothing in the club: the chat's next updates do not wait for it."""

QUESTION = "ask-"
"""What the purpose of a message that asks for words begins with."""

UPLOADS = frozenset({"ask-import"})
"""Questions whose answer is a file."""

JOINED: Handler = start.added
MIGRATED: TapHandler = start.migrated
HINT: Handler = start.hint
