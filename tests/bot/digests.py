"""Digests to show and to draw: a club of any size that has just revealed its week."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from random import Random

from PIL import Image, ImageDraw

from domain.clubs import Club, Member, Settings, User
from domain.digest import Digest, leans
from domain.isoweek import IsoWeek
from domain.rarities import FactKind, RareFact
from domain.weeks import Answer, Pick, PickCard, Week, WeekCard, tally
from domain.works import Kind, Work

NOW = datetime(2026, 3, 8, 20, 0, tzinfo=UTC)
WEEK = Week(4, 1, IsoWeek(2026, 10))
NAMES = (
    "Ana", "Ben", "Cleo", "Dimitris", "Éloïse", "Fatima Zahra", "Grzegorz", "Hanna-Sophie",
    "Ивана", "José", "Kim", "Lou"
)  # fmt: skip
HEAT = Work(1, Kind.MOVIE, "Heat", 1995)
BLUE = Work(2, Kind.ALBUM, "Kind of Blue", 1959, artist="Miles Davis")


def people(count: int, names: tuple[str, ...] = NAMES) -> tuple[Member, ...]:
    return tuple(
        Member(User(n + 1, n + 11, names[n % len(names)]), NOW - timedelta(days=100 - n))
        for n in range(count)
    )


def pick(work: Work, number: int = 0, by: User | None = None, *, revealed: bool = True) -> Pick:
    return Pick(
        10 * work.id,
        WEEK,
        work.kind,
        number,
        work,
        by or people(1)[0].user,
        NOW - timedelta(days=6),
        revealed_at=NOW if revealed else None,
    )


def card(
    pick: Pick,
    members: tuple[Member, ...],
    scores: tuple[int | None, ...],
    takes: dict[int, str] | None = None,
) -> PickCard:
    """`scores` in half-stars, in the order of members; None for not having watched."""
    answers = tuple(
        Answer(member, score, absent=score is None, take=(takes or {}).get(member.user.id, ""))
        for member, score in zip(members, scores, strict=False)
    )
    return PickCard(pick, tally(pick, members, answers, blind=True))


def some_scores(count: int, seed: int) -> tuple[int | None, ...]:
    random = Random(seed)
    return tuple(random.choice((None, *range(2, 11), *range(5, 11))) for _ in range(count))


def digest(*cards: PickCard, club: Club | None = None, fact: RareFact | None = None) -> Digest:
    generous, harsh = leans(cards)
    return Digest(
        club or Club(1, -100, "Film club", private=False, settings=Settings()),
        WeekCard(WEEK.id, WEEK.iso, None, "", cards),
        fact=fact or RareFact(FactKind.OLDEST, cards[0].pick.id, cards[0].pick.work, number=1959, than=1960),
        generous=generous,
        harsh=harsh,
    )


def a_picture(size: tuple[int, int], seed: int) -> bytes:
    """Something to stand for a poster: the same bytes' worth of shapes for a seed."""
    random = Random(seed)
    image = Image.new("RGB", size, tuple(random.randrange(40, 220) for _ in range(3)))
    draw = ImageDraw.Draw(image)
    for _ in range(9):
        x, y, reach = random.randrange(size[0]), random.randrange(size[1]), random.randrange(40, 160)
        ink = tuple(random.randrange(30, 250) for _ in range(3))
        draw.ellipse((x - reach, y - reach, x + reach, y + reach), fill=ink)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
