"""Nothing that somebody types can break a message, and every language says things its own way."""

from __future__ import annotations

import gettext
import unicodedata
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.texts import (
    ARGUMENT_LIMIT,
    DEFAULT,
    Html,
    Languages,
    Texts,
    clean,
    shorten,
    tidy,
    visible,
)
from domain.works import PartialDate
from tests.bot.html_oracle import parsed

ENGLISH = Texts(DEFAULT, gettext.NullTranslations())
LANGUAGES = Languages({code: Texts(code, gettext.NullTranslations()) for code in ("en", "de")})

HOSTILE = {
    "a tag": "<b>",
    "an end tag": "</b>",
    "an entity": "&amp;&lt;&#60;&copy;",
    "a lone ampersand": "AT&T & Co",
    "quotes": "\"double\" and 'single'",
    "a link": '<a href="tg://user?id=1">x</a>',
    "an override": "\u202egnp.exe",
    "marks": "\u200f\u200eTitle\u061c",
    "isolates": "\u2066a\u2067b\u2068c\u2069d",
    "an unclosed embedding": "\u202aabc\u202b",
    "4,000 emoji": "🎬" * 4000,
    "4,000 joined emoji": "👩‍👩‍👧‍👦" * 1000,
    "zalgo": "H" + "\u0336\u0322" * 2000,
    "control characters": "a\x00b\x1b[31mc\x7fd\x85e",
    "lone surrogates": "\ud800x\udfff",
    "newlines": "one\ntwo\r\nthree\u2028four\u2029five",
    "blanks": " \t\u00a0\u3000 a \x00 b ",
    "nothing": "",
    "braces": "{0.__class__} {name!r} {} }{ %s %(name)s",
    "private use": "\ue000\U000f0000",
    "arabic": "فيلم <i>",
    "hebrew": "מציצים",
}
STRANGE = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.characters(categories=["Cc", "Cf", "Cs", "Co", "Mn", "Zs", "Zl", "Zp"]),
        st.sampled_from("<>&;\"'{}/ab \u05d0\u0627\u202e\u2069\u200d"),
    )
)
TEMPLATES = (
    "{x}",
    "<b>{x}</b>",
    "<b>{x}</b> · picked by {y}",
    "<i>{x}</i>\n<tg-spoiler>“{y}”</tg-spoiler> – {x}",
    '<a href="https://example.org">{x}</a> {y}',
)


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("template", TEMPLATES)
def test_what_is_put_into_a_message_stays_text(template: str, hostile: str) -> None:
    html = ENGLISH(template, x=hostile, y="Ana")
    plain = template
    for tag in ("b", "i", "tg-spoiler", "a"):
        plain = plain.replace(f"<{tag}>", "").replace(f"</{tag}>", "")
    plain = plain.replace('<a href="https://example.org">', "")
    assert parsed(html) == plain.replace("{y}", "Ana").replace("{x}", tidy(hostile))


@given(st.sampled_from(TEMPLATES), STRANGE, STRANGE)
@example("<b>{x}</b>", "{y}", "{x}")
def test_any_two_strings_stay_text_side_by_side(template: str, x: str, y: str) -> None:
    html = ENGLISH(template, x=x, y=y)
    plain = parsed(html)
    assert tidy(x) in plain
    assert visible(html) == len(plain)
    if "{y}" in template:
        assert tidy(y) in plain


@given(STRANGE)
def test_plain_texts_take_arguments_as_they_take_html_ones(x: str) -> None:
    assert ENGLISH.plain("“{x}”", x=x) == parsed(ENGLISH("“{x}”", x=x)) == f"“{tidy(x)}”"


@given(STRANGE)
def test_verbatim_text_is_text(x: str) -> None:
    assert parsed(ENGLISH.verbatim(clean(x))) == clean(x)


def test_html_put_into_html_is_not_escaped_again() -> None:
    inner = ENGLISH("<b>{x}</b>", x="R&B")
    assert ENGLISH("{inner}!", inner=inner) == "<b>R&amp;B</b>!"
    assert isinstance(inner, Html)


@given(STRANGE)
def test_tidy_text_is_one_clean_line(x: str) -> None:
    line = tidy(x)
    inner = line.removeprefix("\u2068").removesuffix("\u2069")
    assert len(inner) <= ARGUMENT_LIMIT
    assert inner == " ".join(inner.split())
    assert not {unicodedata.category(char) for char in inner} & {"Cc", "Cs", "Co", "Zl", "Zp"}
    assert not set(inner) & set("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert line.encode().decode() == line
    assert clean(inner) == inner


@given(STRANGE)
def test_right_to_left_text_is_isolated_and_only_that(x: str) -> None:
    turns = any(unicodedata.bidirectional(char) in {"R", "AL"} for char in clean(x))
    assert tidy(x) == (f"\u2068{clean(x)}\u2069" if turns else clean(x))


def test_blanks_and_controls_between_words_become_one_space() -> None:
    assert tidy(" a \x00 \x07 b\n\n c ") == "a b c"
    assert tidy("\x00 a") == "a"


@given(STRANGE, st.integers(min_value=1, max_value=40))
def test_shortened_text_fits_and_begins_as_the_text_does(text: str, limit: int) -> None:
    cut = shorten(text, limit)
    assert len(cut) <= limit
    if len(text) > limit:
        assert cut.endswith("…")
        assert text.startswith(cut[:-1])
    else:
        assert cut == text


CLUSTERS = st.lists(
    st.sampled_from(["a", "é", "e\u0301", "👩‍👩‍👧‍👦", "👍🏽", "❤\ufe0f", "न\u093f", "1\ufe0f\u20e3"]),
    min_size=8,
)


@given(CLUSTERS, st.integers(min_value=9, max_value=40))
def test_a_cut_never_goes_through_a_letter_or_an_emoji(clusters: list[str], limit: int) -> None:
    cut = shorten("".join(clusters), limit)
    rest = cut.removesuffix("…")
    for cluster in clusters:
        if not rest:
            break
        assert rest.startswith(cluster)
        rest = rest.removeprefix(cluster)
    assert not rest


def test_what_cannot_be_cut_well_is_cut_all_the_same() -> None:
    assert shorten("H" + "\u0336" * 50, 10) == "H" + "\u0336" * 8 + "…"


@given(st.lists(st.sampled_from(["<b>", "</b>", "a", "&amp;", "&lt;", "&quot;", "&#38;", "é", "👩‍👧", "\n"])))
def test_visible_counts_code_points_after_parsing(parts: list[str]) -> None:
    # Telegram trims nothing here, and a balanced text is all that ever reaches it.
    text = "".join(part for part in parts if part not in {"<b>", "</b>"})
    assert visible(f"<b>x{text}x</b>") == len(parsed(f"<b>x{text}x</b>"))


@pytest.mark.parametrize(("n", "said"), [(0, "0 takes"), (1, "1 take"), (2, "2 takes"), (1000, "1000 takes")])
def test_plurals(n: int, said: str) -> None:
    assert ENGLISH.plural("{n} take", "{n} takes", n) == said


def test_a_plurals_arguments_are_escaped() -> None:
    assert ENGLISH.plural("{n} by {who}", "{n} by {who}", 2, who="<i>") == "2 by &lt;i&gt;"


@pytest.mark.parametrize(
    ("value", "english", "german"),
    [
        (4.0, "4", "4"),
        (3.75, "3.8", "3,8"),
        (3.25, "3.3", "3,3"),
        (0.5, "0.5", "0,5"),
        (10 / 3, "3.3", "3,3"),
        (1234.5, "1,234.5", "1.234,5"),
    ],
)
def test_numbers_are_written_as_the_language_writes_them(value: float, english: str, german: str) -> None:
    assert LANGUAGES.match("en").number(value) == english
    assert LANGUAGES.match("de").number(value) == german


def test_days_are_written_as_the_language_writes_them() -> None:
    day = date(2026, 3, 2)
    assert LANGUAGES.match("en").day(day) == "2 March"
    assert LANGUAGES.match("de").day(day) == "2. März"


@pytest.mark.parametrize(
    ("day", "english", "german"),
    [
        (PartialDate(1959, 8, 17), "17 August 1959", "17. August 1959"),
        (PartialDate(1959, 8), "August 1959", "August 1959"),
        (PartialDate(1959, 3), "March 1959", "März 1959"),
        (PartialDate(1959), "1959", "1959"),
        (PartialDate(1, 1, 1), "1 January 1", "1. Januar 1"),
    ],
)
def test_dates_are_written_as_far_as_they_are_known(day: PartialDate, english: str, german: str) -> None:
    assert LANGUAGES.match("en").partial_day(day) == english
    assert LANGUAGES.match("de").partial_day(day) == german


def test_languages_call_themselves_by_their_own_names() -> None:
    assert LANGUAGES.match("de").language_name("en") == "English"
    assert LANGUAGES.match("en").language_name("de") == "Deutsch"


@pytest.mark.parametrize(
    ("tags", "spoken"),
    [
        ((), "en"),
        ((None,), "en"),
        (("",), "en"),
        (("de",), "de"),
        (("de-AT",), "de"),
        (("DE-at",), "de"),
        (("de-Latn-CH-1996",), "de"),
        (("de-x-private",), "de"),
        (("pt-br",), "en"),
        (("en-GB", "de"), "en"),
        (("pt-br", "de"), "de"),
        ((None, "de"), "de"),
        (("fr", None, "", "de-DE"), "de"),
        (("xx-not-a-language",), "en"),
        (("-",), "en"),
        (("de_AT",), "de"),
        (("../../etc/passwd",), "en"),
        (("d" * 5000,), "en"),
    ],
)
def test_the_first_spoken_language_is_chosen(tags: tuple[str | None, ...], spoken: str) -> None:
    assert LANGUAGES.code(*tags) == spoken
    assert LANGUAGES.match(*tags).language == spoken


@given(
    st.lists(st.none() | STRANGE | st.from_regex(r"[a-zA-Z]{1,8}([-_][a-zA-Z0-9]{1,8}){0,4}", fullmatch=True))
)
def test_whatever_telegram_calls_a_language_the_bot_speaks_one(tags: list[str | None]) -> None:
    assert LANGUAGES.code(*tags) in LANGUAGES.texts


def test_a_language_without_a_translation_of_a_message_says_it_in_english() -> None:
    assert LANGUAGES.match("de")("Nobody has translated this, {name}.", name="<b>") == (
        "Nobody has translated this, &lt;b&gt;."
    )
