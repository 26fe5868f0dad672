"""The messages as they stand in the code, and the catalogues as they stand in their files."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
BOT = ROOT / "bot"
LOCALES = BOT / "locales"
SOURCES = sorted(path for path in BOT.rglob("*.py") if path != BOT / "texts.py")

NAMES = frozenset({"t", "me"})
"""What a `Texts` is called wherever one is used; calling it gives HTML."""
KEYWORDS: dict[str, tuple[int, ...] | None] = {"t": None, "me": None, "plain": None, "plural": (1, 2)}
"""What Babel looks for: a `Texts` itself, and its methods that take messages."""


@dataclass(frozen=True, slots=True)
class Call:
    """A use of a message: `how` is html, plain or plural, `where` a file and line."""

    how: str
    messages: tuple[ast.expr, ...]
    where: str

    @property
    def literal(self) -> bool:
        return bool(self.messages) and all(
            isinstance(message, ast.Constant) and isinstance(message.value, str) for message in self.messages
        )

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(
            message.value
            for message in self.messages
            if isinstance(message, ast.Constant) and isinstance(message.value, str)
        )


def calls() -> Iterator[Call]:
    """Every use of a message in the bot's code."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = _name(node.func)
                where = f"{path.relative_to(ROOT)}:{node.lineno}"
                if name in NAMES:
                    yield Call("html", tuple(node.args[:1]), where)
                elif name == "plain":
                    yield Call("plain", tuple(node.args[:1]), where)
                elif name == "plural":
                    yield Call("plural", tuple(node.args[:2]), where)


def in_f_strings() -> list[str]:
    """Uses of a message inside an f-string, which Babel finds or not as the Python it runs on."""
    return [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.JoinedStr)
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and _name(call.func) in {*NAMES, "plain", "plural"}
    ]


def in_code() -> Catalog:
    """What Babel extracts, in the order of the files; a place is a file, without the line."""
    found = Catalog()
    for path in SOURCES:
        place = (str(path.relative_to(ROOT)), None)
        for _, message, _, _ in extract_from_file("python", path, keywords=KEYWORDS):
            found.add(message, locations=[place])  # type: ignore[list-item]  # read_po makes None of it, too
    return found


def languages() -> list[str]:
    """The languages that have a catalogue."""
    return sorted(path.parent.name for path in LOCALES.glob("*/messages.po"))


def catalogue(language: str) -> Catalog:
    """A language's catalogue."""
    with (LOCALES / language / "messages.po").open("rb") as file:
        return read_po(file, abort_invalid=True)


def keys(messages: Catalog) -> dict[str | tuple[str, ...], tuple[str, ...]]:
    """What is said for each message: one translation, or one for each plural form."""
    return {
        tuple(message.id) if isinstance(message.id, list | tuple) else message.id: (
            (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        )
        for message in messages
        if message.id
    }


def _name(called: ast.expr) -> str:
    if isinstance(called, ast.Attribute):
        return called.attr
    return called.id if isinstance(called, ast.Name) else ""
