"""Past weeks entered as a list: how far the matching is, what to settle, the preview, the result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.taps import (
    BackfillDropTap,
    BackfillHandTap,
    BackfillHitTap,
    BackfillNameTap,
    BackfillRetryTap,
    BackfillSkipTap,
    BackfillStoreTap,
    BackfillTap,
    BackfillUndoTap,
    HistoryTap,
)
from bot.texts import Html, shorten, tidy, visible
from bot.view import TEXT_LIMIT, Button, View
from bot.views.common import ICONS, button_title, person, title
from domain.backfill import Problem
from domain.drafts import Clash

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.texts import Texts
    from bot.view import Rows
    from domain.backfill import BadLine, Entry, Said
    from domain.clubs import Club, Member
    from domain.drafts import Conflict, Draft, Preview
    from domain.services.backfill import Entered, Progress

HITS = 6
MEMBERS = 40
NAMES = 12
TITLE = 80
LINE = 50
PAGE = TEXT_LIMIT - 1100
"""Code points of a preview's page, which leaves room for its heading and its last line."""


def ask(t: Texts) -> View:
    """Ask for the lines, by force-reply."""
    return View(
        t(
            "Reply with past weeks, a line per score. Whoever comes first picked it:\n"
            "<code>2024-W07 movie Heat (1995) 4.5 by Ana</code>\n"
            "<code>2024-W07 movie Heat (1995) 4 by Ben</code>\n"
            "<code>2024-W07 album Miles Davis – Kind of Blue (1959) 5 by Ben</code>"
        ),
        ask="2024-W07 movie Heat (1995) 4.5 by Ana",
    )


def progress(t: Texts, progress: Progress) -> View:
    """While the catalogues are asked."""
    return View(t("Looking things up: {done} of {total} …", done=progress.done, total=progress.total))


def unusable(t: Texts, bad: Sequence[BadLine]) -> View:
    """No line could be used."""
    if not bad:
        return View(t("There is no line in that. /backfill alone shows how to write them."))
    lines = [t("Nothing of this could be used:"), *(_bad(t, one) for one in bad)]
    return View("\n".join(_that_fit(t, lines)))


def preview(t: Texts, club: Club, preview: Preview, page: int = 0) -> View:
    """The next open question, or, with none left, what storing would do."""
    draft = preview.backfill.draft
    if draft.unnamed:
        return _whose(t, preview, draft.unnamed[0])
    if draft.untitled:
        return _which(t, preview, draft.untitled[0])
    return _summary(t, club, preview, page)


def stored(t: Texts, entered: Entered) -> View:
    """Done, and for a day to be undone."""
    text: str = t(
        "Stored: {picks}, {scores}.",
        picks=t.plural("{n} pick", "{n} picks", entered.picks),
        scores=t.plural("{n} score", "{n} scores", entered.ratings),
    )
    text += " " + t("Undo works for a day.")
    undo = Button(t.plain("Undo"), BackfillUndoTap(entered.backfill_id))
    return View(text, ((undo, Button(t.plain("Past weeks"), HistoryTap(0, 0, newer=False))),))


def undone(t: Texts, entered: Entered) -> View:
    """Taken back."""
    return View(
        t(
            "Taken back: {picks}, {scores}.",
            picks=t.plural("{n} pick", "{n} picks", entered.picks),
            scores=t.plural("{n} score", "{n} scores", entered.ratings),
        )
    )


def dropped(t: Texts) -> View:
    """Thrown away."""
    return View(t("Thrown away; nothing was stored."))


def _whose(t: Texts, preview: Preview, said: Said) -> View:
    backfill = preview.backfill
    text = _open(t, backfill.draft) + t(
        "Line {line}: who is <b>{name}</b>?", line=said.line, name=shorten(said.name, TITLE)
    )
    first = sorted(preview.members, key=lambda member: not member.active)[:MEMBERS]
    buttons = [
        Button(_member(t, member), BackfillNameTap(backfill.id, said.line, member.user.id))
        for member in first
    ]
    rows = [tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2)]
    rows.append((Button(t.plain("Leave their lines out"), BackfillNameTap(backfill.id, said.line, 0)),))
    return View(text, (*rows, (_drop(t, backfill.id),)))


def _which(t: Texts, preview: Preview, place: int) -> View:
    backfill, search = preview.backfill, preview.search
    entry = backfill.draft.entries[place]
    hits = search.hits[:HITS] if search is not None else ()
    named = t("<b>{title}</b>", title=shorten(entry.text, TITLE))
    what = Html(f"{ICONS[entry.kind]} {named}")
    text = _open(t, backfill.draft)
    if hits:
        text += t("Line {line}: which one is {title}?", line=entry.line, title=what)
    elif search is not None:
        text += t("Line {line}: no catalogue knows {title}.", line=entry.line, title=what)
    else:
        text += t("Line {line}: the catalogue didn't answer for {title}.", line=entry.line, title=what)
    rows: list[tuple[Button, ...]] = [
        (Button(button_title(hit), BackfillHitTap(backfill.id, place, position)),)
        for position, hit in enumerate(hits)
    ]
    if search is None:
        rows.append((Button(t.plain("Look again"), BackfillRetryTap(backfill.id), style="primary"),))
    by_hand = Button(t.plain("Add it by hand"), BackfillHandTap(backfill.id, place, rest=False))
    rows.append((by_hand, Button(t.plain("Leave it out"), BackfillSkipTap(backfill.id, place))))
    alike = len(backfill.draft.unfound)
    if alike > 1 and not hits:
        every = t.plain("Add all {n} that weren't found by hand", n=alike)
        rows.append((Button(every, BackfillHandTap(backfill.id, place, rest=True)),))
    return View(text, (*rows, (_drop(t, backfill.id),)))


def _summary(t: Texts, club: Club, preview: Preview, page: int) -> View:
    backfill, plan = preview.backfill, preview.plan
    names = {member.user.id: person(t, member.user) for member in preview.members}
    lines = []
    if backfill.draft.bad:
        lines += [t("<b>Cannot be used</b>"), *(_bad(t, bad) for bad in backfill.draft.bad), ""]
    if plan.conflicts:
        lines += [
            t("<b>Stays as it is</b>"),
            *(_conflict(t, club, preview, conflict) for conflict in plan.conflicts),
            "",
        ]
    left_out = [entry for entry in backfill.draft.entries if entry.left_out]
    if left_out:
        lines += [t("<b>Left out</b>"), *(_entry(t, club, preview, entry, names) for entry in left_out), ""]
    lines.append(t("<b>As read</b>"))
    lines += [
        _entry(t, club, preview, entry, names) for entry in backfill.draft.entries if not entry.left_out
    ]
    pages = _pages(lines)
    page = min(page, len(pages) - 1)
    heading: str = (
        t("There is nothing in this to store.")
        if plan.empty
        else t(
            "To be stored: {picks}, {scores}, in {weeks}.",
            picks=t.plural("{n} pick", "{n} picks", len(plan.picks)),
            scores=t.plural("{n} score", "{n} scores", len(plan.ratings)),
            weeks=t.plural("{n} week", "{n} weeks", plan.weeks),
        )
    )
    if len(pages) > 1:
        heading += " · " + t("page {page} of {pages}", page=page + 1, pages=len(pages))
    turns = []
    if page > 0:
        turns.append(Button(t.plain("‹ Back"), BackfillTap(backfill.id, page - 1)))
    if page < len(pages) - 1:
        turns.append(Button(t.plain("More ›"), BackfillTap(backfill.id, page + 1)))
    last = [] if plan.empty else [Button(t.plain("Store"), BackfillStoreTap(backfill.id), style="primary")]
    last.append(_drop(t, backfill.id))
    rows: Rows = tuple(tuple(row) for row in (turns, last) if row)
    return View("\n".join([heading, "", *pages[page]]), rows)


def _open(t: Texts, draft: Draft) -> str:
    return t.plural("{n} thing to settle", "{n} things to settle", draft.to_settle) + "\n\n"


def _drop(t: Texts, backfill_id: int) -> Button:
    return Button(t.plain("Throw away"), BackfillDropTap(backfill_id), style="danger")


def _member(t: Texts, member: Member) -> str:
    name = person(t, member.user)
    return name if member.active else t.plain("{name} (left)", name=name)


def _entry(t: Texts, club: Club, preview: Preview, entry: Entry, names: Mapping[int, str]) -> str:
    said = []
    for one in entry.heard[:NAMES]:
        name = names.get(one.user_id or 0) or t.plain("Somebody")
        if one.score is None:
            said.append(t.verbatim(tidy(name)))
        else:
            score = club.settings.scale.label(one.score)
            said.append(t("{name} <b>{score}</b>", name=name, score=score))
    week = t.plain("W{week} {year}", week=f"{entry.week.week:02d}", year=entry.week.year)
    shown = ", ".join(said) + (" …" if len(entry.heard) > NAMES else "")
    return f"{t.verbatim(week)} {ICONS[entry.kind]} {_title(t, preview, entry)} · {shown}"


def _title(t: Texts, preview: Preview, entry: Entry) -> Html:
    work = preview.works.get(entry.work_id or 0)
    return t.verbatim(tidy(title(work, TITLE) if work is not None else shorten(entry.text, TITLE)))


def _conflict(t: Texts, club: Club, preview: Preview, conflict: Conflict) -> str:
    name = _title(t, preview, conflict.entry)
    line = conflict.line
    if conflict.clash is Clash.PICKED:
        return t("Line {line}: {title} is a pick of that week already.", line=line, title=name)
    if conflict.clash is Clash.FULL:
        return t("Line {line}: that week has no room left for {title}.", line=line, title=name)
    score = club.settings.scale.label(conflict.score or 0)
    return t(
        "Line {line}: {name} gave {title} {score} already.",
        line=line,
        name=shorten(conflict.name, LINE),
        title=name,
        score=score,
    )


def _bad(t: Texts, bad: BadLine) -> str:
    text = shorten(bad.text, LINE)
    return {
        Problem.WEEK: lambda: t(
            "Line {line}: it must begin with a week, like 2024-W07: “{text}”", line=bad.number, text=text
        ),
        Problem.NOT_PAST: lambda: t(
            "Line {line}: that week isn't over yet: “{text}”", line=bad.number, text=text
        ),
        Problem.KIND: lambda: t(
            "Line {line}: after the week comes movie or album: “{text}”", line=bad.number, text=text
        ),
        Problem.PERSON: lambda: t(
            "Line {line}: it must end with by and a name: “{text}”", line=bad.number, text=text
        ),
        Problem.SCORE: lambda: t(
            "Line {line}: before the name there must be a score this club can give: “{text}”",
            line=bad.number,
            text=text,
        ),
        Problem.TITLE: lambda: t("Line {line}: there is no title: “{text}”", line=bad.number, text=text),
        Problem.TITLE_TOO_LONG: lambda: t(
            "Line {line}: the title is too long: “{text}”", line=bad.number, text=text
        ),
        Problem.YEAR: lambda: t(
            "Line {line}: the year in brackets can't be: “{text}”", line=bad.number, text=text
        ),
        Problem.TWICE: lambda: t(
            "Line {line}: that name has a line for this already: “{text}”", line=bad.number, text=text
        ),
    }[bad.problem]()


def _pages(lines: Sequence[str]) -> list[list[str]]:
    pages: list[list[str]] = [[]]
    used = 0
    for line in lines:
        used += visible(line) + 1
        if pages[-1] and used > PAGE:
            pages.append([])
            used = visible(line) + 1
        pages[-1].append(line)
    return pages


def _that_fit(t: Texts, lines: Sequence[str]) -> list[str]:
    first = _pages(lines)[0]
    left = len(lines) - len(first)
    return [*first, t.plural("… and {n} more line", "… and {n} more lines", left)] if left else first
