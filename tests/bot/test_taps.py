"""Buttons keep working for ever, and no press can break the bot."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import taps
from bot.taps import TAPS, BadTap, Tap, decode

LARGEST = 2**63 - 1

# Messages with these wires are out there. A line may be added; one that is here never changes or goes.
GOLDEN: dict[str, Tap] = {
    "s:12:3": taps.PageTap(search=12, page=3),
    "o:12:5": taps.OpenTap(search=12, position=5),
    "a:12": taps.AddTap(search=12),
    "w:7:1:12": taps.WorkTap(work=7, people=True, search=12),
    "w:7:0:0": taps.WorkTap(work=7, people=False, search=0),
    "p:7:0:0": taps.PickTap(work=7, again=False, replacing=0),
    "p:7:1:17": taps.PickTap(work=7, again=True, replacing=17),
    "x:17:0": taps.RemoveTap(pick=17, sure=False),
    "x:17:1": taps.RemoveTap(pick=17, sure=True),
    "k:17": taps.KeepTap(pick=17),
    "u:17": taps.UndoTap(pick=17),
    "r:17:9": taps.RateTap(pick=17, score=9),
    "n:17": taps.SkipTap(pick=17),
    "m:4": taps.MineTap(week=4),
    "i:17": taps.AboutTap(pick=17),
    "t:17": taps.TakeTap(pick=17),
    "j": taps.JoinTap(),
    "f:3": taps.ForgetTap(user=3),
    "l:de": taps.LanguageTap(language="de"),
    "l:auto": taps.LanguageTap(language="auto"),
    "c:menu": taps.SettingsTap(setting="menu"),
    "h:0:0:0": taps.HistoryTap(year=0, week=0, newer=False),
    "h:2026:202607:1": taps.HistoryTap(year=2026, week=202607, newer=True),
    "hw:4": taps.PastTap(week=4),
    "ht:all:0:0": taps.BestTap(kind="all", year=0, page=0),
    "ht:movie:2026:2": taps.BestTap(kind="movie", year=2026, page=2),
    "b:5:1": taps.BackfillTap(backfill=5, page=1),
    "bh:5:0:2": taps.BackfillHitTap(backfill=5, place=0, position=2),
    "ba:5:0:1": taps.BackfillHandTap(backfill=5, place=0, rest=True),
    "bx:5:0": taps.BackfillSkipTap(backfill=5, place=0),
    "bn:5:3:0": taps.BackfillNameTap(backfill=5, line=3, user=0),
    "br:5": taps.BackfillRetryTap(backfill=5),
    "bs:5": taps.BackfillStoreTap(backfill=5),
    "bd:5": taps.BackfillDropTap(backfill=5),
    "bu:5": taps.BackfillUndoTap(backfill=5),
    "e:scale:half_stars": taps.SetTap(setting="scale", value="half_stars"),
    "za:europe:1": taps.AreaTap(area="europe", page=1),
    "zz:america:port_au_prince": taps.ZoneTap(area="america", city="port_au_prince"),
    "zi:europe:berlin": taps.FirstZoneTap(area="europe", city="berlin"),
    "zo": taps.ZonesTap(),
    "zq": taps.AskZoneTap(),
    "zp:score_reminder": taps.PostTap(kind="score_reminder"),
    "zs:digest:hour:20": taps.TimingTap(kind="digest", part="hour", value=20),
    "zm:3": taps.MemberTap(user=3),
    "zv:3:1": taps.MoveTap(user=3, up=True),
    "zx:3": taps.ExpelTap(user=3),
    "zu:3": taps.ReadmitTap(user=3),
    "d:1": taps.DigestTap(wanted=True),
    "xi:7": taps.ImportStoreTap(backfill=7),
    "xe": taps.ExportTap(),
    "xc:1": taps.CopyTap(wanted=True),
    "xf:0": taps.ForgetMeTap(sure=False),
    "xf:1": taps.ForgetMeTap(sure=True),
    "xn": taps.NoForgetTap(),
    "xs": taps.StayTap(),
    "q": taps.TurnsTap(),
    "qp:0": taps.PassTap(sure=False),
    "qp:1": taps.PassTap(sure=True),
    "qs": taps.SwapMenuTap(),
    "qo:3": taps.SwapTap(user=3),
    "qy:1": taps.SwapAnswerTap(agreed=True),
    "qy:0": taps.SwapAnswerTap(agreed=False),
    "qa": taps.AwayMenuTap(),
    "qw:2": taps.AwayTap(weeks=2),
    "qk:3:0": taps.SkipTurnTap(user=3, sure=False),
    "qk:3:1": taps.SkipTurnTap(user=3, sure=True),
    "qh": taps.HoldTap(),
}

VALUES = {
    "int": st.integers(min_value=0, max_value=LARGEST),
    "bool": st.booleans(),
    "str": st.from_regex(r"[a-z0-9_]{1,24}", fullmatch=True),
}
ANY_TAP = st.one_of(
    *(st.builds(tap, **{field.name: VALUES[str(field.type)] for field in fields(tap)}) for tap in TAPS)
)


def subclasses(kind: type[Tap]) -> set[type[Tap]]:
    # slots=True makes a second class of each; the first one is garbage that may not be collected yet.
    direct = {found for found in kind.__subclasses__() if getattr(taps, found.__name__) is found}
    return direct.union(*(subclasses(found) for found in direct))


@pytest.mark.parametrize(("wire", "tap"), GOLDEN.items(), ids=GOLDEN)
def test_a_wire_means_what_it_has_always_meant(wire: str, tap: Tap) -> None:
    assert decode(wire) == tap
    assert tap.wire() == wire


def test_every_tap_is_known_and_frozen_above() -> None:
    assert subclasses(Tap) == set(TAPS) == {type(tap) for tap in GOLDEN.values()}


def test_no_two_taps_share_a_prefix() -> None:
    assert len({tap.prefix for tap in TAPS}) == len(TAPS)
    assert not any(":" in tap.prefix for tap in TAPS)


def test_taps_carry_ids_flags_and_words_only() -> None:
    assert {str(field.type) for tap in TAPS for field in fields(tap)} <= set(VALUES)


@given(ANY_TAP)
def test_every_tap_survives_the_wire(tap: Tap) -> None:
    assert decode(tap.wire()) == tap


@given(ANY_TAP)
def test_no_wire_is_longer_than_telegram_allows(tap: Tap) -> None:
    assert 1 <= len(tap.wire().encode()) <= taps.LIMIT


@given(
    st.one_of(
        st.text(),
        st.lists(st.sampled_from([*(tap.prefix for tap in TAPS), ":", "0", "1", "٣", "-", "\n", "a"])).map(
            "".join
        ),
    )
)
def test_whatever_is_not_a_wire_of_ours_is_a_bad_tap(data: str) -> None:
    try:
        tap = decode(data)
    except BadTap:
        return
    assert tap.wire() == data


@pytest.mark.parametrize(
    "forged",
    [
        "",
        ":",
        "r",
        "r:17",
        "r:17:9:1",
        "r:017:9",
        "r:+17:9",
        "r:-1:9",
        "r: 17:9",
        "r:17:9\n",
        "r:1_7:9",
        "r:١٧:9",
        "r:1e3:9",
        "r:17.0:9",
        f"r:{LARGEST + 1}:9",
        "r:" + "9" * 5000 + ":9",
        "R:17:9",
        "x:17:2",
        "x:17:True",
        "l:",
        "l:DE",
        "l:de-AT",
        "l:" + "a" * 25,
        "z:1",
        "j:",
        "j:1",
    ],
)
def test_a_forged_press_is_a_bad_tap(forged: str) -> None:
    with pytest.raises(BadTap):
        decode(forged)
