"""A work's card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.taps import AddTap, PageTap, PickTap, WorkTap
from bot.texts import Html, shorten, tidy, visible
from bot.view import CAPTION_LIMIT, Button, View
from bot.views.common import ICONS, title
from bot.views.search import stale
from domain.works import AlbumFacts, Kind, MovieFacts, Role

if TYPE_CHECKING:
    from bot.texts import Texts
    from bot.view import Rows
    from domain.search import Search
    from domain.works import WorkCard

FIRST_CAST = 4
OVERVIEW_LEAST = 40
CREW_JOBS = (
    "Director",
    "Screenplay",
    "Writer",
    "Original Music Composer",
    "Director of Photography",
    "Editor",
)


def card(t: Texts, card: WorkCard, search_id: int = 0) -> View:
    """Facts, picture, and the buttons to pick it or to see who made it. `search_id` leads to its hits."""
    facts = card.facts
    lines = [_heading(t, card)]
    lines += _movie(t, facts) if isinstance(facts, MovieFacts) else _album(t, facts)
    link = _link(facts)
    if card.stale:
        lines.append(stale(t))
    lines = [line for line in lines if line]
    overview = facts.overview if isinstance(facts, MovieFacts) else ""
    room = CAPTION_LIMIT - visible("\n".join([*lines, link])) - 8
    if overview and room >= OVERVIEW_LEAST:
        lines.append("\n" + t.data(shorten(overview, min(room, 300))) + ("\n" if link else ""))
    if link:
        lines.append(link)
    return View("\n".join(lines), _buttons(t, card, search_id, people=False), photo=card.work.image)


def people(t: Texts, card: WorkCard, search_id: int) -> View:
    """Cast and crew, in place of the facts and under the same picture."""
    lines: list[str] = [_heading(t, card)]
    if isinstance(card.facts, MovieFacts):
        crew = [credit for credit in card.facts.credits if credit.role is Role.CREW]
        for job in CREW_JOBS:
            names = ", ".join(credit.name for credit in crew if credit.job == job)
            if names:
                lines.append(f"<b>{_job(t, job)}</b>: {t.verbatim(tidy(names, 90))}")
        if card.facts.cast:
            lines += ["", t("<b>Cast</b>")]
        for credit in card.facts.cast:
            line = t.verbatim(tidy(credit.name, 60))
            if credit.character:
                line = Html(f"{line} · {t.verbatim(tidy(credit.character, 60))}")
            if visible("\n".join([*lines, line])) > CAPTION_LIMIT:
                break
            lines.append(line)
    return View("\n".join(lines), _buttons(t, card, search_id, people=True))


def which_kind(t: Texts, movie: Search, album: Search) -> View:
    """Ask what a title to be added is."""
    text = t("Add “{title}” as what?", title=movie.text)
    return View(
        text,
        ((Button(t.plain("🎬 Movie"), AddTap(movie.id)), Button(t.plain("💿 Album"), AddTap(album.id))),),
    )


def ask_title(t: Texts) -> View:
    """Ask what to add, by force-reply."""
    return View(t("What should I add? Reply like: movie Heat (1995)"), ask=t.plain("movie Heat (1995)"))


def _heading(t: Texts, card: WorkCard) -> str:
    return f"{ICONS[card.work.kind]} " + t("<b>{title}</b>", title=title(card.work))


def _movie(t: Texts, facts: MovieFacts) -> list[str]:
    lines: list[str] = []
    if facts.original_title and facts.original_title != facts.title:
        lines.append(t("<i>{title}</i>", title=shorten(facts.original_title, 150)))
    details: list[str] = [_runtime(t, facts.runtime)] if facts.runtime else []
    if facts.genres:
        details.append(t.verbatim(tidy(", ".join(facts.genres), 100)))
    lines.append(" · ".join(details))
    if facts.directors:
        lines.append(t("Directed by {names}", names=shorten(", ".join(facts.directors), 120)))
    if facts.cast:
        names = ", ".join(credit.name for credit in facts.cast[:FIRST_CAST])
        lines.append(t("With {names}", names=shorten(names, 160)))
    critics = " · ".join(f"{rating.source} {rating.value}" for rating in facts.critics)
    lines.append(t.verbatim(tidy(critics, 120)))
    return lines


def _album(t: Texts, facts: AlbumFacts) -> list[str]:
    types = [facts.primary_type, *facts.secondary_types]
    details = t.verbatim(tidy(" + ".join(kind for kind in types if kind), 100))
    released = facts.released
    # A bare year is in the heading already.
    day = t.partial_day(released) if released is not None and released.month is not None else ""
    lines = [" · ".join(filter(None, [details, day]))]
    if facts.genres:
        lines.append(t.verbatim(tidy(", ".join(facts.genres), 160)))
    return lines


def _runtime(t: Texts, minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if hours and rest:
        return t("{hours} h {minutes} min", hours=hours, minutes=rest)
    return t("{hours} h", hours=hours) if hours else t("{minutes} min", minutes=rest)


def _job(t: Texts, job: str) -> str:
    return {
        "Director": t("Director"),
        "Screenplay": t("Screenplay"),
        "Writer": t("Writer"),
        "Original Music Composer": t("Music"),
        "Director of Photography": t("Cinematography"),
        "Editor": t("Editing"),
    }[job]


def _link(facts: MovieFacts | AlbumFacts) -> str:
    if isinstance(facts, MovieFacts):
        if facts.tmdb_id is None:
            return ""
        return f'<a href="https://www.themoviedb.org/movie/{facts.tmdb_id}">TMDB</a>'
    if facts.mbid is None:
        return ""
    return f'<a href="https://musicbrainz.org/release-group/{facts.mbid}">MusicBrainz</a>'


def _buttons(t: Texts, card: WorkCard, search_id: int, *, people: bool) -> Rows:
    pick = Button(
        t.plain("Pick for this week"), PickTap(card.work.id, again=False, replacing=0), style="primary"
    )
    turns = []
    if people:
        turns.append(Button(t.plain("‹ Facts"), WorkTap(card.work.id, people=False, search=search_id)))
    elif card.work.kind is Kind.MOVIE and isinstance(card.facts, MovieFacts) and card.facts.credits:
        turns.append(Button(t.plain("Cast and crew"), WorkTap(card.work.id, people=True, search=search_id)))
    if search_id:
        turns.append(Button(t.plain("‹ All hits"), PageTap(search_id, 0)))
    return ((pick,), tuple(turns)) if turns else ((pick,),)
