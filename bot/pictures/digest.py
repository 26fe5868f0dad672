"""The digest's picture: the week's posters with their averages, and under each who gave what.

A row for each person, a column for each pick; in it a dot where their score lies, and a line to it from the
average: the longer the line, the wronger the opinion. One dark card, so that it reads on light and on dark.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from bot.pictures.lettering import Pen, drawable, shortened, width, wrapped
from bot.pictures.posters import poster
from domain.scores import Scale
from domain.works import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.texts import Texts
    from domain.digest import Digest
    from domain.weeks import Answer, PickCard
    from domain.works import Work

WIDTH = 1080
MOST_ROWS = 24
QUALITY = 90

_FINE = 2
"""Everything is drawn at twice its size and then reduced, since Pillow draws shapes with hard edges."""

_MARGIN, _GAP, _NAMES = 48, 28, 232
_POSTERS, _TITLES, _ROW, _DOT = 400, 132, 76, 29
_CORNER, _SMALLEST_NAME = 22, 28
_GROUND, _PANEL, _STRIPE, _TRACK = "#12141c", "#191c27", "#1e2230", "#363c50"
_INK, _MUTED, _DARK = "#f2f3f7", "#9aa1b5", "#12141c"
_COLOURS = {
    (Kind.MOVIE, 0): "#ffb84d",
    (Kind.ALBUM, 0): "#4fd6be",
    (Kind.MOVIE, 1): "#ff8095",
    (Kind.ALBUM, 1): "#a99bff",
}


@dataclass(frozen=True, slots=True)
class _Column:
    """Where a pick stands, in pixels of the finished picture."""

    card: PickCard
    left: int
    right: int
    colour: str

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2

    def at(self, half_stars: float, scale: Scale) -> float:
        """Where a score lies; scores below the scale, from before it changed, at its start."""
        low, high = scale.scores[0], scale.scores[-1]
        share = max(0.0, (half_stars - low) / (high - low))
        first, last = self.left + _DOT + 6, self.right - _DOT - 6
        return first + share * (last - first)


def draw(t: Texts, digest: Digest, posters: Mapping[int, bytes]) -> bytes:
    """The picture as JPEG, 1080 pixels wide; `posters` are images by the work's id, where there are any.

    Takes some hundred milliseconds of computing: call it in a thread.
    """
    return _Drawing(t, digest, posters).jpeg()


class _Drawing:
    def __init__(self, t: Texts, digest: Digest, posters: Mapping[int, bytes]) -> None:
        self._t = t
        self._digest = digest
        self._posters = posters
        self._scale = digest.club.settings.scale
        self._columns = _columns(digest.week.picks)
        people = _people(digest.week.picks)
        self._people = people[:MOST_ROWS]
        self._left_out = len(people) - len(self._people)
        self._chart = _MARGIN + _POSTERS + (_TITLES if len(self._columns) > 1 else _MARGIN)
        rows = max(1, len(self._people) + bool(self._left_out))
        height = self._chart + 20 + rows * _ROW + 44 + _MARGIN
        self._image = Image.new("RGB", (WIDTH * _FINE, height * _FINE), _GROUND)
        self._pen = Pen(self._image)

    def jpeg(self) -> bytes:
        self._week()
        for column in self._columns:
            self._pick(column)
        self._rows()
        file = io.BytesIO()
        self._image.reduce(_FINE).save(file, "JPEG", quality=QUALITY)
        return file.getvalue()

    # -- the parts

    def _week(self) -> None:
        """On the left: the club and which week this is."""
        iso = self._digest.week.iso
        room = _NAMES - 12
        number = str(iso.week)
        self._write((_MARGIN, _MARGIN + 34), self._t.plain("Week").upper(), 30, _MUTED, bold=True)
        self._write((_MARGIN - 6, _MARGIN + 174), number, 168, _INK, bold=True)
        first, last = self._t.day(iso.monday), self._t.day(iso.monday + timedelta(days=6))
        y = _MARGIN + 236
        for line in (f"{first} –", last, str(iso.year)):
            self._write((_MARGIN, y), shortened(line, 28, room), 28, _MUTED)
            y += 38
        club = drawable(self._digest.club.title)
        for line in wrapped(club, 32, room, 3, bold=True):
            self._write((_MARGIN, y + 22), line, 32, _INK, bold=True)
            y += 40

    def _pick(self, column: _Column) -> None:
        work = column.card.pick.work
        across = column.right - column.left
        if len(self._columns) == 1:
            size = _poster_size(work, across // 2)
            left = column.left
            text, room, rows, title_size = (left + size[0] + 64, column.right, 5, 44)
            baseline = _MARGIN + 60
        else:
            size = _poster_size(work, across)
            left = round(column.middle - size[0] / 2)
            text, room, rows = column.left, column.right, 2
            title_size = 34 if len(self._columns) == 2 else 27
            baseline = _MARGIN + _POSTERS + 48
        top = _MARGIN + _POSTERS - size[1]
        self._paste(work, (left, top), size, column)
        self._badge(column, (left + size[0] - 22, top + 26))
        title = self._title(work)
        lines = wrapped(title, title_size, room - text, rows, bold=True)
        centred = len(self._columns) > 1
        x, anchor = (column.middle, "ms") if centred else (text, "ls")
        for line in lines:
            self._write((x, baseline), line, title_size, _INK, bold=True, anchor=anchor)
            baseline += round(title_size * 1.22)
        small = 27 if len(self._columns) < 3 else 23
        line = self._below_title(work, title, small, room - text)
        self._write((x, baseline + 2), line, small, _MUTED, anchor=anchor)
        if not centred and (picker := drawable(column.card.pick.picked_by.name)):
            by = self._t.plain("picked by {name}", name=picker)
            self._write((x, baseline + 44), shortened(by, 27, room - text), 27, _MUTED, anchor=anchor)

    def _title(self, work: Work) -> str:
        """What can be written of it: its title, else who it is by, else what it is."""
        kind = self._t.plain("Movie") if work.kind is Kind.MOVIE else self._t.plain("Album")
        return drawable(work.title) or drawable(work.artist or "") or kind

    def _below_title(self, work: Work, title: str, size: int, room: float) -> str:
        """By whom and from when; the name is cut where there is no room for both."""
        year = str(work.year or "")
        artist = drawable(work.artist or "")
        if not artist or artist == title:
            return year
        end = f" · {year}" if year else ""
        return shortened(artist, size, room - width(end, size)) + end

    def _paste(self, work: Work, at: tuple[int, int], size: tuple[int, int], column: _Column) -> None:
        fine = (size[0] * _FINE, size[1] * _FINE)
        picture = poster(self._posters.get(work.id), work, size, column.colour, enlarged=_FINE)
        mask = Image.new("L", fine, 0)
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, fine[0] - 1, fine[1] - 1), 18 * _FINE, fill=255)
        self._image.paste(picture, (at[0] * _FINE, at[1] * _FINE), mask)

    def _badge(self, column: _Column, middle: tuple[int, int]) -> None:
        """The average, on the poster's corner."""
        average = column.card.tally.average
        text = "–" if average is None else self._t.number(self._scale.convert(average))
        radius = 54 if len(self._columns) < 3 else 44
        self._disc(middle, radius + 7, _GROUND)
        self._disc(middle, radius, column.colour)
        size = round(radius * (0.86 if len(text) <= 3 else 0.70))
        self._write(middle, text, size, _DARK, bold=True, anchor="mm")

    def _rows(self) -> None:
        top = self._chart + 20
        bottom = top + max(1, len(self._people) + bool(self._left_out)) * _ROW
        self._box((_MARGIN - 24, top, WIDTH - _MARGIN + 24, bottom), _PANEL, _CORNER)
        for number, (user_id, name) in enumerate(self._people):
            y = top + number * _ROW + _ROW // 2
            if number % 2:
                self._stripe(y, last=y + _ROW // 2 == bottom)
            self._name((_MARGIN, y), drawable(name) or f"№ {number + 1}")
            for column in self._columns:
                self._answer(column, y, _answer_of(column.card, user_id))
        if self._left_out:
            more = self._t.catalogue.ngettext("… and {n} more", "… and {n} more", self._left_out)
            y = bottom - _ROW // 2
            self._write((_MARGIN, y), more.format(n=self._left_out), 30, _MUTED, anchor="lm")
        if not self._people:
            self._write((_MARGIN, top + _ROW // 2), self._t.plain("Nobody scored."), 32, _MUTED, anchor="lm")
        low, high = (self._scale.label(self._scale.scores[end]) for end in (0, -1))
        for column in self._columns:
            if column.card.tally.average is not None and self._people:
                x = column.at(column.card.tally.average, self._scale)
                self._tick(x, top, column.colour)
            for score, label in ((self._scale.scores[0], low), (self._scale.scores[-1], high)):
                at = (column.at(score, self._scale), bottom + 36)
                self._write(at, label, 26, _MUTED, anchor="ms")

    def _name(self, at: tuple[float, float], name: str) -> None:
        size = next(
            (size for size in (34, 31, 28) if width(name, size, bold=True) <= _NAMES - 16), _SMALLEST_NAME
        )
        name = shortened(name, size, _NAMES - 16, bold=True)
        self._write(at, name, size, _INK, bold=True, anchor="lm")

    def _answer(self, column: _Column, y: int, answer: Answer | None) -> None:
        ends = column.at(0, self._scale), column.at(self._scale.scores[-1], self._scale)
        if answer is None or answer.score is None or answer.absent:
            self._line(ends[0], ends[1], y, _TRACK, 2)
            if answer is not None:
                self._absent(column, y)
            return
        self._line(ends[0], ends[1], y, _TRACK, 4)
        x = column.at(answer.score, self._scale)
        average = column.card.tally.average
        if average is not None:
            self._line(column.at(average, self._scale), x, y, column.colour, 8)
        self._disc((x, y), _DOT, column.colour)
        label = self._scale.label(answer.score)
        self._write((x, y), label, 28 if len(label) < 3 else 24, _DARK, bold=True, anchor="mm")

    def _absent(self, column: _Column, y: int) -> None:
        """Did not watch or listen: a bare ring in the middle."""
        self._disc((column.middle, y), 15, _TRACK)
        self._disc((column.middle, y), 9, _PANEL)

    # -- the strokes, in pixels of the finished picture

    def _write(
        self,
        at: tuple[float, float],
        text: str,
        size: int,
        ink: str,
        *,
        bold: bool = False,
        anchor: str = "ls",
    ) -> None:
        self._pen.write((at[0] * _FINE, at[1] * _FINE), text, size * _FINE, ink, bold=bold, anchor=anchor)

    def _disc(self, middle: tuple[float, float], radius: float, ink: str) -> None:
        x, y = middle[0] * _FINE, middle[1] * _FINE
        reach = radius * _FINE
        ImageDraw.Draw(self._image).ellipse((x - reach, y - reach, x + reach, y + reach), fill=ink)

    def _line(self, left: float, right: float, y: float, ink: str, thickness: float) -> None:
        left, right = sorted((left, right))
        self._box((left, y - thickness / 2, right, y + thickness / 2), ink, thickness / 2)

    def _tick(self, x: float, top: float, ink: str) -> None:
        ImageDraw.Draw(self._image).polygon(
            [
                (value * _FINE, height * _FINE)
                for value, height in ((x - 11, top - 12), (x + 11, top - 12), (x, top + 4))
            ],
            fill=ink,
        )

    def _stripe(self, y: float, *, last: bool) -> None:
        box = (_MARGIN - 24, y - _ROW // 2, WIDTH - _MARGIN + 24, y + _ROW // 2)
        fine = tuple(round(value * _FINE) for value in box)
        ImageDraw.Draw(self._image).rounded_rectangle(
            fine, _CORNER * _FINE, fill=_STRIPE, corners=(False, False, last, last)
        )

    def _box(self, box: tuple[float, float, float, float], ink: str, radius: float) -> None:
        fine = tuple(round(value * _FINE) for value in box)
        ImageDraw.Draw(self._image).rounded_rectangle(fine, radius * _FINE, fill=ink)


def _columns(picks: tuple[PickCard, ...]) -> tuple[_Column, ...]:
    left = _MARGIN + _NAMES
    across = (WIDTH - _MARGIN - left - _GAP * (len(picks) - 1)) // max(1, len(picks))
    return tuple(
        _Column(
            card,
            left + number * (across + _GAP),
            left + number * (across + _GAP) + across,
            _COLOURS[card.pick.kind, card.pick.position],
        )
        for number, card in enumerate(picks)
    )


def _poster_size(work: Work, across: int) -> tuple[int, int]:
    """Covers are square, posters two by three; as large as there is room."""
    if work.kind is Kind.ALBUM:
        side = min(across, _POSTERS)
        return side, side
    wide = min(across, _POSTERS * 2 // 3)
    return wide, wide * 3 // 2


def _people(picks: tuple[PickCard, ...]) -> list[tuple[int, str]]:
    """Whoever answered something, in the order of joining, by id and name; empty names were taken back."""
    members = {answer.member.user.id: answer.member for card in picks for answer in card.tally.answers}
    ordered = sorted(members.values(), key=lambda member: (member.joined, member.user.id))
    return [(member.user.id, "" if member.nameless else member.user.name) for member in ordered]


def _answer_of(card: PickCard, user_id: int) -> Answer | None:
    return next((answer for answer in card.tally.answers if answer.member.user.id == user_id), None)
