"""Typed callback data: what a button says when it is pressed.

A wire is a prefix and the fields, joined by colons: `r:17:9`. It holds ids only and at most 64 bytes
(Bot API, InlineKeyboardButton). Buttons live as long as their messages, so a wire never changes its
meaning: a changed shape gets a new prefix, and a golden test freezes them all.
"""

from __future__ import annotations

import re
from dataclasses import astuple, dataclass, fields
from typing import ClassVar

LIMIT = 64
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
_WORD = re.compile(r"[a-z0-9_]{1,24}")


class BadTap(Exception):
    """Callback data that no button of ours carries."""


@dataclass(frozen=True, slots=True)
class Tap:
    """A decoded press of an inline button."""

    prefix: ClassVar[str]

    def wire(self) -> str:
        """The callback data of this tap."""
        values = (str(int(v)) if isinstance(v, int) else v for v in astuple(self))
        return ":".join((self.prefix, *values))


@dataclass(frozen=True, slots=True)
class PageTap(Tap):
    """Show a page of a search's hits, counted from 0."""

    prefix = "s"
    search: int
    page: int


@dataclass(frozen=True, slots=True)
class OpenTap(Tap):
    """Open a search's hit, counted from 0 over all its pages."""

    prefix = "o"
    search: int
    position: int


@dataclass(frozen=True, slots=True)
class AddTap(Tap):
    """Add by hand what a search was for."""

    prefix = "a"
    search: int


@dataclass(frozen=True, slots=True)
class WorkTap(Tap):
    """Turn a work's card to its facts or to its cast and crew. `search` is the one it came from, or 0."""

    prefix = "w"
    work: int
    people: bool
    search: int


@dataclass(frozen=True, slots=True)
class PickTap(Tap):
    """Pick a work for this week. `again` confirms a repeat; `replacing` is a pick's id, or 0."""

    prefix = "p"
    work: int
    again: bool
    replacing: int


@dataclass(frozen=True, slots=True)
class RemoveTap(Tap):
    """Ask whether a pick should go, then, `sure`, take it out of its week."""

    prefix = "x"
    pick: int
    sure: bool


@dataclass(frozen=True, slots=True)
class KeepTap(Tap):
    """Leave a pick where it is after all."""

    prefix = "k"
    pick: int


@dataclass(frozen=True, slots=True)
class UndoTap(Tap):
    """Bring a removed or replaced pick back."""

    prefix = "u"
    pick: int


@dataclass(frozen=True, slots=True)
class RateTap(Tap):
    """Score a pick, in half-stars."""

    prefix = "r"
    pick: int
    score: int


@dataclass(frozen=True, slots=True)
class SkipTap(Tap):
    """Did not watch or listen."""

    prefix = "n"
    pick: int


@dataclass(frozen=True, slots=True)
class MineTap(Tap):
    """What did I say to this week's picks?"""

    prefix = "m"
    week: int


@dataclass(frozen=True, slots=True)
class AboutTap(Tap):
    """Which pick do the buttons below belong to, who picked it, how far is it?"""

    prefix = "i"
    pick: int


@dataclass(frozen=True, slots=True)
class TakeTap(Tap):
    """The take this question is a reply to is about this pick."""

    prefix = "t"
    pick: int


@dataclass(frozen=True, slots=True)
class JoinTap(Tap):
    """Put me on the roster."""

    prefix = "j"


@dataclass(frozen=True, slots=True)
class ForgetTap(Tap):
    """I left; drop my name too. `user` is the one who left, by our id."""

    prefix = "f"
    user: int


@dataclass(frozen=True, slots=True)
class LanguageTap(Tap):
    """Speak this language to me; `auto` follows Telegram."""

    prefix = "l"
    language: str


@dataclass(frozen=True, slots=True)
class SettingsTap(Tap):
    """Show one setting's choices; `menu` shows them all."""

    prefix = "c"
    setting: str


@dataclass(frozen=True, slots=True)
class SetTap(Tap):
    """Set one of the club's settings."""

    prefix = "e"
    setting: str
    value: str


@dataclass(frozen=True, slots=True)
class TurnsTap(Tap):
    """Show whose turn it is and who comes next."""

    prefix = "q"


@dataclass(frozen=True, slots=True)
class PassTap(Tap):
    """Ask whether I want to pass my week on, then, `sure`, do it."""

    prefix = "qp"
    sure: bool


@dataclass(frozen=True, slots=True)
class SwapMenuTap(Tap):
    """With whom could I swap?"""

    prefix = "qs"


@dataclass(frozen=True, slots=True)
class SwapTap(Tap):
    """Offer somebody, by our id, to swap turns with me."""

    prefix = "qo"
    user: int


@dataclass(frozen=True, slots=True)
class SwapAnswerTap(Tap):
    """Agree to the swap this message offers, or drop it."""

    prefix = "qy"
    agreed: bool


@dataclass(frozen=True, slots=True)
class AwayMenuTap(Tap):
    """For how long will I be away?"""

    prefix = "qa"


@dataclass(frozen=True, slots=True)
class AwayTap(Tap):
    """I am away for so many weeks; 0 for being back."""

    prefix = "qw"
    weeks: int


@dataclass(frozen=True, slots=True)
class SkipTurnTap(Tap):
    """Ask whether to skip the one whose week it is, by our id, then, `sure`, do it."""

    prefix = "qk"
    user: int
    sure: bool


@dataclass(frozen=True, slots=True)
class HoldTap(Tap):
    """Give the one whose week it is the next one too."""

    prefix = "qh"


@dataclass(frozen=True, slots=True)
class DigestTap(Tap):
    """Send me my clubs' digests in private, or no longer."""

    prefix = "d"
    wanted: bool


@dataclass(frozen=True, slots=True)
class AreaTap(Tap):
    """Show a page, counted from 0, of a part of the world's time zones."""

    prefix = "za"
    area: str
    page: int


@dataclass(frozen=True, slots=True)
class ZoneTap(Tap):
    """Set the club's time zone; the two words are `domain.zones.words`."""

    prefix = "zz"
    area: str
    city: str


@dataclass(frozen=True, slots=True)
class FirstZoneTap(Tap):
    """The same, below the introduction."""

    prefix = "zi"
    area: str
    city: str


@dataclass(frozen=True, slots=True)
class ZonesTap(Tap):
    """Show all ways to the time zone in a new message."""

    prefix = "zo"


@dataclass(frozen=True, slots=True)
class AskZoneTap(Tap):
    """Ask for the city the club is in."""

    prefix = "zq"


@dataclass(frozen=True, slots=True)
class PostTap(Tap):
    """Show when a kind of post comes."""

    prefix = "zp"
    kind: str


@dataclass(frozen=True, slots=True)
class TimingTap(Tap):
    """Set a part of when a kind of post comes: `day` 1 to 7, `hour`, `minute`, or `on` 0 or 1."""

    prefix = "zs"
    kind: str
    part: str
    value: int


@dataclass(frozen=True, slots=True)
class MemberTap(Tap):
    """What an admin can do about somebody on the roster, by our id."""

    prefix = "zm"
    user: int


@dataclass(frozen=True, slots=True)
class MoveTap(Tap):
    """Move somebody up or down in the order of turns."""

    prefix = "zv"
    user: int
    up: bool


@dataclass(frozen=True, slots=True)
class ExpelTap(Tap):
    """Take somebody off the roster."""

    prefix = "zx"
    user: int


@dataclass(frozen=True, slots=True)
class ReadmitTap(Tap):
    """Put somebody back on the roster who was just taken off it."""

    prefix = "zu"
    user: int


@dataclass(frozen=True, slots=True)
class HistoryTap(Tap):
    """List past weeks of a year, or of all (0): those before a week or, `newer`, after it.

    The week is its year times 100 and its number, or 0 for the newest weeks there are.
    """

    prefix = "h"
    year: int
    week: int
    newer: bool


@dataclass(frozen=True, slots=True)
class PastTap(Tap):
    """Open a past week's card, by our id."""

    prefix = "hw"
    week: int


@dataclass(frozen=True, slots=True)
class BestTap(Tap):
    """List the best works, `kind` or `all`, of a year or of all (0); pages count from 0."""

    prefix = "ht"
    kind: str
    year: int
    page: int


@dataclass(frozen=True, slots=True)
class BackfillTap(Tap):
    """Show a page, counted from 0, of a backfill's preview, or its next open question."""

    prefix = "b"
    backfill: int
    page: int


@dataclass(frozen=True, slots=True)
class BackfillHitTap(Tap):
    """A backfill's entry is this hit of its search; places and positions count from 0."""

    prefix = "bh"
    backfill: int
    place: int
    position: int


@dataclass(frozen=True, slots=True)
class BackfillHandTap(Tap):
    """Add a backfill's entry by hand; with `rest` all that have no hits."""

    prefix = "ba"
    backfill: int
    place: int
    rest: bool


@dataclass(frozen=True, slots=True)
class BackfillSkipTap(Tap):
    """Leave an entry of a backfill out."""

    prefix = "bx"
    backfill: int
    place: int


@dataclass(frozen=True, slots=True)
class BackfillNameTap(Tap):
    """The name in a backfill's line is this person's, by our id; 0 leaves its lines out."""

    prefix = "bn"
    backfill: int
    line: int
    user: int


@dataclass(frozen=True, slots=True)
class BackfillRetryTap(Tap):
    """Ask the catalogues again for what they did not answer."""

    prefix = "br"
    backfill: int


@dataclass(frozen=True, slots=True)
class BackfillStoreTap(Tap):
    """Store a backfill."""

    prefix = "bs"
    backfill: int


@dataclass(frozen=True, slots=True)
class BackfillDropTap(Tap):
    """Throw a backfill away before it is stored."""

    prefix = "bd"
    backfill: int


@dataclass(frozen=True, slots=True)
class BackfillUndoTap(Tap):
    """Take back what a backfill stored."""

    prefix = "bu"
    backfill: int


@dataclass(frozen=True, slots=True)
class ImportStoreTap(Tap):
    """Store a file that waits as a backfill."""

    prefix = "xi"
    backfill: int


@dataclass(frozen=True, slots=True)
class ExportTap(Tap):
    """Send me all that is known of me."""

    prefix = "xe"


@dataclass(frozen=True, slots=True)
class CopyTap(Tap):
    """Keep a readable copy of my data beside the backups, or no longer."""

    prefix = "xc"
    wanted: bool


@dataclass(frozen=True, slots=True)
class ForgetMeTap(Tap):
    """Ask whether I really want to be forgotten, then, `sure`, do it."""

    prefix = "xf"
    sure: bool


@dataclass(frozen=True, slots=True)
class NoForgetTap(Tap):
    """Do not forget me; nothing was asked yet."""

    prefix = "xn"


@dataclass(frozen=True, slots=True)
class StayTap(Tap):
    """Do not forget me after all."""

    prefix = "xs"


TAPS: tuple[type[Tap], ...] = (
    HistoryTap,
    PastTap,
    BestTap,
    BackfillTap,
    BackfillHitTap,
    BackfillHandTap,
    BackfillSkipTap,
    BackfillNameTap,
    BackfillRetryTap,
    BackfillStoreTap,
    BackfillDropTap,
    BackfillUndoTap,
    PageTap,
    OpenTap,
    AddTap,
    WorkTap,
    PickTap,
    RemoveTap,
    KeepTap,
    UndoTap,
    RateTap,
    SkipTap,
    MineTap,
    AboutTap,
    TakeTap,
    JoinTap,
    ForgetTap,
    LanguageTap,
    SettingsTap,
    SetTap,
    AreaTap,
    ZoneTap,
    FirstZoneTap,
    ZonesTap,
    AskZoneTap,
    PostTap,
    TimingTap,
    MemberTap,
    MoveTap,
    ExpelTap,
    ReadmitTap,
    TurnsTap,
    PassTap,
    SwapMenuTap,
    SwapTap,
    SwapAnswerTap,
    AwayMenuTap,
    AwayTap,
    SkipTurnTap,
    HoldTap,
    DigestTap,
    ImportStoreTap,
    ExportTap,
    CopyTap,
    ForgetMeTap,
    NoForgetTap,
    StayTap,
)
_KINDS = {tap.prefix: (tap, tuple(str(field.type) for field in fields(tap))) for tap in TAPS}


def decode(data: str) -> Tap:
    """Read callback data. BadTap for anything that `wire` does not write: forged, foreign or retired."""
    prefix, *values = data.split(":")
    if prefix not in _KINDS or len(values) != len(_KINDS[prefix][1]):
        raise BadTap(data)
    kind, types = _KINDS[prefix]
    return kind(*map(_read, types, values))


def _read(kind: str, value: str) -> int | bool | str:
    if kind == "str" and _WORD.fullmatch(value):
        return value
    if kind == "bool" and value in {"0", "1"}:
        return value == "1"
    if kind == "int" and _NUMBER.fullmatch(value) and int(value) < 2**63:
        return int(value)
    raise BadTap(value)
