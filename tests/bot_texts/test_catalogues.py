"""Every text stands in every language, whole."""

from __future__ import annotations

import ast
import re
from html.parser import HTMLParser
from string import Formatter

import pytest
from babel.messages.plurals import get_plural

from bot.texts import Languages
from tests.bot_texts.messages import (
    LOCALES,
    NAMES,
    ROOT,
    SOURCES,
    Call,
    calls,
    catalogue,
    in_code,
    in_f_strings,
    keys,
    languages,
)
from tests.bot_texts.update import updated

TAGS = frozenset({"b", "i", "u", "s", "code", "pre", "blockquote", "tg-spoiler"})
"""Of Telegram's tags, those a text may hold; links and their addresses are the code's."""
TOAST = 200

USED = tuple(calls())
HTML = {text for call in USED if call.how != "plain" for text in call.texts}
PLAIN = {text for call in USED if call.how == "plain" for text in call.texts}


class Markup(HTMLParser):
    """Collects tags and refuses what is not nested."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == [], f"never closed in {text!r}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS
        assert not attrs
        self.tags.append(tag)
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open.pop() == tag


def placeholders(text: str) -> set[str]:
    """The names in braces; a format, a conversion or a path into an argument is refused."""
    names = set()
    for _, name, form, conversion in Formatter().parse(text):
        if name is not None:
            assert name.isidentifier(), f"{{{name}}} in {text!r}"
            assert not form
            assert conversion is None
            names.add(name)
    return names


def pairs(language: str) -> list[tuple[str, str]]:
    """Every message with each of its translations; plural forms stand beside the English plural."""
    return [
        (source if isinstance(source, str) else source[-1], said)
        for source, translations in keys(catalogue(language)).items()
        for said in translations
    ]


@pytest.mark.parametrize("call", USED, ids=lambda call: call.where)
def test_a_message_is_always_written_out_where_it_is_used(call: Call) -> None:
    assert call.literal, f"{call.where}: Babel finds no message that is put together or looked up"


def test_texts_are_called_by_the_names_babel_looks_for() -> None:
    strange = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            named: list[tuple[str, ast.expr]] = []
            if isinstance(node, ast.arg) and node.annotation is not None:
                named = [(node.arg, node.annotation)]
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                named = [(node.target.id, node.annotation)]
            elif isinstance(node, ast.Assign) and ast.unparse(node.value).startswith(
                ("self.languages.match(", "ctx.languages.match(")
            ):
                named = [(ast.unparse(target), ast.Name("Texts")) for target in node.targets]
            strange += [
                f"{path.relative_to(ROOT)}:{node.lineno} {name}"  # type: ignore[attr-defined]
                for name, annotation in named
                if ast.unparse(annotation).strip("'\"") == "Texts" and name not in NAMES
            ]
    assert strange == []


def test_no_message_stands_inside_an_f_string() -> None:
    assert in_f_strings() == []


def test_babel_finds_what_the_code_says() -> None:
    """On some Pythons a message inside an f-string is invisible to it."""
    said = {call.texts if call.how == "plural" else call.texts[0] for call in USED}
    assert set(keys(in_code())) == said


def test_german_is_there() -> None:
    assert languages() == ["de"]
    assert set(Languages.load().texts) == {"en", *languages()}


@pytest.mark.parametrize("language", languages())
class TestCatalogue:
    def test_has_every_message_and_no_other(self, language: str) -> None:
        assert set(keys(catalogue(language))) == set(keys(in_code()))
        assert not catalogue(language).obsolete

    def test_is_written_as_the_update_writes_it(self, language: str) -> None:
        written = (LOCALES / language / "messages.po").read_text("utf-8")
        assert written == updated(language, catalogue(language)).decode(), (
            "run python -m tests.bot_texts.update"
        )

    def test_leaves_nothing_open(self, language: str) -> None:
        assert [source for source, said in pairs(language) if not said.strip()] == []
        assert [message.id for message in catalogue(language) if message.id and message.fuzzy] == []

    def test_has_a_complete_header(self, language: str) -> None:
        read = catalogue(language)
        headers = dict(read.mime_headers)
        assert str(read.locale) == language
        assert headers["Language"] == language
        assert headers["Content-Type"] == "text/plain; charset=utf-8"
        assert headers["Plural-Forms"] == str(get_plural(language))
        assert "EMAIL@ADDRESS" not in (LOCALES / language / "messages.po").read_text("utf-8")

    def test_has_a_translation_for_each_plural_form(self, language: str) -> None:
        forms = get_plural(language).num_plurals
        for source, said in keys(catalogue(language)).items():
            assert len(said) == (forms if isinstance(source, tuple) else 1), source

    def test_keeps_the_placeholders(self, language: str) -> None:
        for source, said in pairs(language):
            assert placeholders(said) == placeholders(source), said

    def test_keeps_the_markup(self, language: str) -> None:
        for source, said in pairs(language):
            if source in HTML:
                assert sorted(Markup(said).tags) == sorted(Markup(source).tags), said

    def test_keeps_the_commands(self, language: str) -> None:
        for source, said in pairs(language):
            assert sorted(commands(said)) == sorted(commands(source)), said

    def test_keeps_the_lines(self, language: str) -> None:
        for source, said in pairs(language):
            assert said.count("\n") == source.count("\n"), said
            assert said == said.strip(), said

    def test_leaves_room_in_a_toast(self, language: str) -> None:
        """Telegram cuts nothing: it refuses an answer over 200 characters."""
        for source, said in pairs(language):
            if source in PLAIN:
                assert len(re.sub(r"\{\w+\}", "1995", said)) <= TOAST, said

    def test_has_a_pick_button_that_says_pick(self, language: str) -> None:
        assert "Pick" in Languages.load().texts[language].plain("Pick for this week")


def test_german_uses_german_quotation_marks() -> None:
    wrong = [
        said for _, said in pairs("de") if set(said) & set("\"'`”") or said.count("„") != said.count("“")
    ]
    assert wrong == []


def test_numbers_are_counted_in_german() -> None:
    t = Languages.load().texts["de"]
    assert t.plural("… and {n} more take", "… and {n} more takes", 1) == "… und noch 1 Kommentar"
    assert t.plural("… and {n} more take", "… and {n} more takes", 2) == "… und noch 2 Kommentare"


def test_english_is_whole() -> None:
    for text in HTML:
        Markup(text)
        placeholders(text)
    for text in PLAIN - HTML:
        assert "<" not in text
        assert "&" not in text
        placeholders(text)
        assert len(re.sub(r"\{\w+\}", "1995", text)) <= TOAST, text


def test_a_plural_counts_in_both_forms() -> None:
    for call in USED:
        if call.how == "plural":
            one, many = call.texts
            assert placeholders(one) == placeholders(many)
            assert "n" in placeholders(many)


def commands(text: str) -> list[str]:
    """The commands named in a text; a slash between two words is none."""
    return re.findall(r"(?<![\w<}])/[a-z]+", text)
