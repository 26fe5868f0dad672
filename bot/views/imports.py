"""A club's file on its way in: reading it, what storing it would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.taps import BackfillDropTap, ImportStoreTap
from bot.texts import Html, clean, shorten
from bot.view import Button, View
from bot.views.common import title
from domain.drafts import Clash
from domain.import_plan import How
from domain.works import Work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.texts import Texts
    from domain.clubs import Club
    from domain.exports import ExportedPerson, ExportedWork
    from domain.import_plan import ImportPlan, Left
    from domain.services.imports import ImportPreview

NAMES = 12
LINES = 15
TITLE = 80


def ask(t: Texts) -> View:
    """Ask for the file, by force-reply."""
    return View(
        t("Reply to this with the file that /export gave: the zip, or the JSON in it."),
        ask="wrong-opinions.zip",
    )


def reading(t: Texts) -> View:
    """While it is read."""
    return View(t("Reading the file …"))


def preview(t: Texts, club: Club, found: ImportPreview) -> View:
    """What storing would do, and what is doubtful."""
    plan = found.plan
    lines: list[str] = [
        t(
            "<b>{club}</b>, written down on {day}.",
            club=shorten(found.file.title, TITLE) or "…",
            day=t.day(found.file.exported_at.astimezone(club.settings.zone).date()),
        ),
        "",
    ]
    if found.backfill_id is None:
        lines.append(t("The club has all of this already."))
        return View("\n".join([*lines, *_doubts(t, club, plan)]))
    lines.append(
        t(
            "To be stored: {picks}, {scores}, in {weeks}.",
            picks=t.plural("{n} pick", "{n} picks", len(plan.picks)),
            scores=t.plural("{n} score", "{n} scores", len(plan.ratings)),
            weeks=t.plural("{n} week", "{n} weeks", plan.touched),
        )
    )
    store = Button(t.plain("Store"), ImportStoreTap(found.backfill_id), style="primary")
    drop = Button(t.plain("Throw away"), BackfillDropTap(found.backfill_id), style="danger")
    return View("\n".join([*lines, *_doubts(t, club, plan)]), ((store, drop),))


def _doubts(t: Texts, club: Club, plan: ImportPlan) -> list[str]:
    lines: list[str] = []
    if named := plan.found(How.NAME):
        lines.append(t("Taken for those of that name on the roster: {names}.", names=_names(t, named)))
    if guests := plan.found(How.GUEST):
        lines.append(
            t(
                "Not on the roster, so their scores come under the name alone: {names}. Who joins before you "
                "store it gets their own.",
                names=_names(t, guests),
            )
        )
    if forgotten := plan.found(How.FORGOTTEN):
        lines.append(
            t.plural(
                "{n} of them asked me to forget them: no name, no takes.",
                "{n} of them asked me to forget them: no names, no takes.",
                len(forgotten),
            )
        )
    if plan.left:
        lines += ["", t("<b>Stays as it is</b>"), *(_left(t, club, left) for left in plan.left[:LINES])]
    if len(plan.left) > LINES:
        more = len(plan.left) - LINES
        lines.append(t.plural("… and {n} more line", "… and {n} more lines", more))
    return ["", *lines] if lines else []


def _left(t: Texts, club: Club, left: Left) -> Html:
    named = t("<b>{title}</b>", title=title(_shown(left.work), TITLE))
    if left.clash is Clash.FULL and left.week is not None:
        return t("{week} has no room left for {title}.", week=str(left.week), title=named)
    return t(
        "{name} gave {title} {score} already.",
        name=clean(left.name, TITLE) or t.plain("Somebody"),
        title=named,
        score=club.settings.scale.label(left.score),
    )


def _shown(work: ExportedWork) -> Work:
    return Work(0, work.kind, work.title, work.year, work.artist)


def _names(t: Texts, people: Sequence[ExportedPerson]) -> Html:
    names = [clean(person.name or "", TITLE) or t.plain("Somebody") for person in people[:NAMES]]
    listed = ", ".join(t("<b>{name}</b>", name=name) for name in names)
    if len(people) > NAMES:
        listed += " " + t.plural("… and {n} more", "… and {n} more", len(people) - NAMES)
    return Html(listed)
