"""What can be seen of the model, as `Side.look` says it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from domain.isoweek import IsoWeek
    from tests.storage.rules.posts import Rules
    from tests.storage.rules.state import Club, Person, Pick


def look(rules: Rules, key: str, weeks: Iterable[IsoWeek], name: str) -> dict[str, Any]:
    """All that can be seen of a club: of some weeks, and of one person."""
    club = rules.clubs.get(key)
    if club is None:
        return {}
    person = rules.accounts.get(name)
    return {
        "settings": (
            club.zone, club.scale, club.slots, club.blind, club.turns, club.times, club.paused_until,
            club.asleep,
        ),
        "members": [
            (person.number, member.joined, member.left, member.nameless, member.away_until)
            for person, member in sorted(club.members.items(), key=lambda each: each[0].number)
        ],
        "line": [person.number for person in club.line],
        "posts": {key: (post.due, post.state, post.attempt, post.lease) for key, post in club.posts.items()},
        "weeks": {iso: seen for iso in weeks if any(seen := _week(rules, club, iso))},
        "history": [
            (iso, [(pick.work, _average(rules, club, pick)) for pick in club.standing(iso)])
            for iso in club.weeks()
            if iso < club.week(rules.now) and club.standing(iso)
        ][:8],
        "best": _best(rules, club),
        "mine": None if person is None else _mine(rules, club, person),
        "held": None if person is None else _held(rules, person),
    }  # fmt: skip


def _week(rules: Rules, club: Club, iso: IsoWeek) -> tuple[int | None, str, list[Any]]:
    owner = club.owners.get(iso)
    picks = [_pick(rules, club, pick) for pick in club.standing(iso)]
    return None if owner is None else owner.number, club.notes.get(iso, ""), picks


def _pick(rules: Rules, club: Club, pick: Pick) -> tuple[Any, ...]:
    said, scores = rules.answers(club, pick), list(rules.scores(club, pick).values())
    seen = scores if pick.revealed or not club.blind else []
    answers = {}
    for person, (score, absent) in said.items() if pick.revealed else ():
        rating = rules.ratings.get((person, pick.work))
        take, spoiler = ("", False) if rating is None else (rating.take, rating.spoiler)
        answers[person.number] = (score, absent, take, spoiler)
    return (
        pick.work,
        pick.position,
        pick.by.number,
        pick.revealed,
        len(set(said) & set(club.line)),
        len(club.line),
        _mean(seen),
        min(seen, default=None),
        max(seen, default=None),
        answers,
    )


def _visible(club: Club) -> list[Pick]:
    return [p for p in club.picks if p.removed is None and (p.revealed or not club.blind)]


def _average(rules: Rules, club: Club, pick: Pick) -> float | None:
    return _mean(list(rules.scores(club, pick).values())) if pick in _visible(club) else None


def _best(rules: Rules, club: Club) -> set[Any]:
    """The newest visible pick of each work, with enough scores: there are fewer works than fit a page."""
    newest: dict[str, Pick] = {}
    for pick in sorted(_visible(club), key=lambda pick: pick.iso):
        newest[pick.work] = pick
    found = set()
    for work, pick in newest.items():
        scores = list(rules.scores(club, pick).values())
        if len(scores) >= (1 if club.private else 2):
            found.add((work, pick.iso, _mean(scores), len(scores)))
    return found


def _mine(rules: Rules, club: Club, person: Person) -> tuple[int, float | None, float | None]:
    """How many scores, their average, and the club's on the same picks."""
    given = [scores for p in _visible(club) if person in (scores := rules.scores(club, p))]
    everybodys = [score for scores in given for score in scores.values()]
    return len(given), _mean([scores[person] for scores in given]), _mean(everybodys)


def _held(rules: Rules, person: Person) -> tuple[int, int, int, int]:
    clubs = rules.clubs.values()
    mine = [rating for (who, _), rating in rules.ratings.items() if who is person]
    picked = sum(pick.by is person and pick.removed is None for club in clubs for pick in club.picks)
    return (
        sum(person in club.members for club in clubs),
        len(mine),
        sum(rating.take != "" for rating in mine),
        picked,
    )


def _mean(scores: list[int]) -> float | None:
    return round(sum(scores) / len(scores), 6) if scores else None
