"""Texts in people's languages: gettext catalogues, plurals, numbers and dates.

The only place where HTML is escaped: what is put into a text is data, whoever wrote it.
"""

from __future__ import annotations

import gettext
import html
import io
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, time
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, get_day_names, get_timezone_location
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

if TYPE_CHECKING:
    from datetime import datetime

    from domain.works import PartialDate

DEFAULT = "en"
"""The language the texts are written in, and the fallback."""

ARGUMENT_LIMIT = 300
"""Code points of one argument; longer ones are cut before they are escaped."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""Unicode's category Cc, the end of a line among them."""
_DROPPED = re.compile(
    r"[\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c"  # bidirectional marks
    r"\ud800-\udfff"  # Cs, halves of a character
    r"\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]"  # Co, private use
)
_TAG = re.compile(r"<[^>]*>")
_ISOLATE, _POP = "\u2068", "\u2069"
_JOINER = "\u200d"
_LOCALES = {"en": "en_GB"}
"""Whose numbers and dates a language follows, where it is not the language's own default."""


class Html(str):
    """Text that is HTML already and is put into other texts as it is."""

    __slots__ = ()


def clean(value: str, limit: int = ARGUMENT_LIMIT) -> str:
    """One line of plain text, without control characters and bidirectional marks, with single spaces.

    Empty where nothing in it can be seen.
    """
    line = _DROPPED.sub("", _CONTROL.sub(" ", value))
    seen = any(unicodedata.category(char)[0] in "LNPS" for char in line)
    return shorten(" ".join(line.split()), limit) if seen else ""


def tidy(value: str, limit: int = ARGUMENT_LIMIT) -> str:
    """A `clean` line that stands for itself in any message.

    Right-to-left letters are isolated (Unicode UAX #9, FSI … PDI) so that they turn nothing around them.
    """
    line = clean(value, limit)
    if any(unicodedata.bidirectional(char) in {"R", "AL"} for char in line):
        return f"{_ISOLATE}{line}{_POP}"
    return line


def bare(text: str) -> str:
    """What an HTML text shows where there is no HTML."""
    return html.unescape(_TAG.sub("", text))


def visible(text: str) -> int:
    """How many code points Telegram counts of an HTML text: its tags are not among them."""
    return len(bare(text))


def shorten(text: str, limit: int) -> str:
    """The text, cut with an ellipsis where it is longer than `limit` (from 1) code points.

    The cut is not made inside a letter with its marks or inside a joined emoji, if they leave another place.
    """
    if len(text) <= limit:
        return text
    end = limit - 1
    while end > 0 and (_continues(text[end]) or text[end - 1] == _JOINER):
        end -= 1
    return text[: end or limit - 1].rstrip() + "…"


def _continues(char: str) -> bool:
    """Whether a character is part of what stands before it: accents, variation selectors, skin tones."""
    return (
        unicodedata.category(char) in {"Mn", "Mc", "Me"}
        or char == _JOINER
        or "\U0001f3fb" <= char <= "\U0001f3ff"
    )


@cache
def _city(zone: str, locale: str) -> str:
    return str(get_timezone_location(zone, locale, return_city=True)).rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Texts:
    """One language. Messages are written in English in the code and looked up by it."""

    language: str
    catalogue: gettext.NullTranslations

    def __call__(self, message: str, **arguments: str | int) -> Html:
        """A message as HTML, its arguments escaped."""
        return Html(self.catalogue.gettext(message).format_map(_escaped(arguments)))

    def plural(self, one: str, many: str, n: int, **arguments: str | int) -> Html:
        """A message that depends on a number, `{n}` in it, as HTML."""
        message = self.catalogue.ngettext(one, many, n)
        return Html(message.format_map(_escaped({**arguments, "n": n})))

    def plain(self, message: str, **arguments: str | int) -> str:
        """A message for where there is no HTML: buttons, toasts, placeholders."""
        return self.catalogue.gettext(message).format_map(
            {key: tidy(value) if isinstance(value, str) else value for key, value in arguments.items()}
        )

    def data(self, value: str) -> Html:
        """What somebody else wrote, by itself, as HTML: escaped as an argument is."""
        return Html(html.escape(tidy(value), quote=False))

    def verbatim(self, text: str) -> Html:
        """Plain text of ours as HTML."""
        return Html(html.escape(text, quote=False))

    def number(self, value: float) -> str:
        """A number with at most one digit after the point, halves rounded up."""
        rounded = Decimal(str(value)).quantize(Decimal("0.1"), ROUND_HALF_UP)
        return str(format_decimal(rounded, format="#,##0.#", locale=self._locale))

    def day(self, day: date) -> str:
        """A day of the year, without the year: `2 March`."""
        return str(format_skeleton("MMMMd", day, locale=self._locale))

    def weekday(self, day: int, *, short: bool = False) -> str:
        """A day of the week, 1 for Monday to 7: `Monday`, or `Mon`."""
        width: Literal["abbreviated", "wide"] = "abbreviated" if short else "wide"
        return str(get_day_names(width, "stand-alone", self._locale)[day - 1])

    def time(self, minute: int) -> str:
        """A time of the day from its minute: `09:00`."""
        return str(format_time(time(*divmod(minute, 60)), "short", locale=self._locale))

    def moment(self, local: datetime) -> str:
        """A moment of the clocks it is given in: `Monday, 2 March, 09:00`."""
        clock = self.time(local.hour * 60 + local.minute)
        return f"{self.weekday(local.isoweekday())}, {self.day(local.date())}, {clock}"

    def city(self, zone: str) -> str:
        """What a time zone's city is called, by the zone's name in the tz database: `Vienna`."""
        return _city(zone, self._locale)

    def partial_day(self, day: PartialDate) -> str:
        """A date as far as it is known: `17 August 1959`, `August 1959`, `1959`."""
        known = date(day.year, day.month or 1, day.day or 1)
        if day.day:
            return str(format_date(known, format="long", locale=self._locale))
        return str(format_skeleton("yMMMM" if day.month else "y", known, locale=self._locale))

    @property
    def _locale(self) -> str:
        return _LOCALES.get(self.language, self.language)

    def language_name(self, code: str) -> str:
        """A language's name for itself."""
        return (Locale.parse(code).get_display_name(code) or code).capitalize()

    def territory(self, code: str) -> str:
        """A country's name by its two letters (ISO 3166-1); the letters where it has none."""
        return str(Locale.parse(self._locale).territories.get(code, code))


def _escaped(arguments: dict[str, str | int]) -> dict[str, str | int]:
    return {
        key: value if isinstance(value, int | Html) else html.escape(tidy(value), quote=False)
        for key, value in arguments.items()
    }


@cache
def _compiled(path: Path) -> gettext.GNUTranslations:
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=path.parent.name, abort_invalid=True))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@dataclass(frozen=True, slots=True)
class Languages:
    """Every language the bot speaks."""

    texts: dict[str, Texts]

    @classmethod
    def load(cls) -> Languages:
        """Read the catalogues in `bot/locales` and compile them in memory."""
        found = {DEFAULT: Texts(DEFAULT, gettext.NullTranslations())}
        for path in sorted((Path(__file__).parent / "locales").glob("*/messages.po")):
            language = path.parent.name
            found[language] = Texts(language, _compiled(path))
        return cls(found)

    def match(self, *tags: str | None) -> Texts:
        """The texts for the first tag (IETF, such as `de-AT`) that is spoken; English for none."""
        return self.texts[self.code(*tags)]

    def code(self, *tags: str | None) -> str:
        """As `match`, the language's code: a tag's first subtag (RFC 5646, 2.1)."""
        for tag in tags:
            language = re.split("[-_]", tag)[0].lower() if tag else None
            if language in self.texts:
                return language
        return DEFAULT
