"""Folding and cutting text into words, as the search of the real catalogues does."""

from __future__ import annotations

import re
import unicodedata

_UNDECOMPOSED = str.maketrans(
    {"ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
_WORD = re.compile(r"[^\W_]+")
_SYMBOL = re.compile(r"\S")
_APOSTROPHES = re.compile("['’ʼ]")


def fold(text: str) -> str:
    """The text without case, accents and compatibility forms: "Amélie" and "AMELIE" become equal."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return unicodedata.normalize("NFC", bare.casefold().translate(_UNDECOMPOSED))


def words(text: str) -> tuple[str, ...]:
    """The folded words of a text; one without any, "( )", yields its symbols instead, so it can be found."""
    folded = _APOSTROPHES.sub("", fold(text))
    return tuple(_WORD.findall(folded)) or tuple(_SYMBOL.findall(folded))
