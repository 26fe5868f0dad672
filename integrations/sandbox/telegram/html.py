"""Telegram's HTML: text with tags -> plain text and entities, with Telegram's own error texts.

Offsets and lengths of entities count UTF-16 code units, offsets in errors count UTF-8 bytes. The oracle is
`parseTextEntities` of Telegram's own client library (see the property test).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from .links import link_entity
from .wire import JsonObject, Refusal, bad_request

_SIMPLE: Final = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
}
_TAGS: Final = frozenset(_SIMPLE) | {"a", "code", "pre", "blockquote", "tg-emoji", "tg-time"}
_NAMED: Final = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_SPACE: Final = " \t\r\n\0\v"
_REFERENCE: Final = re.compile(r"&(?:#x([0-9a-fA-F]*)|#([0-9]*)|([a-zA-Z]*))(;?)")
_TOKEN: Final = re.compile(r"[a-zA-Z0-9.\-]*")
_DATE_FORMAT: Final = re.compile(r"[wdDtT]*|r", re.IGNORECASE)
_INT_BITS: Final = 32
_INT_SIGN: Final = 1 << (_INT_BITS - 1)

# Entities that cover the same characters are ordered by these.
_PRIORITY: Final = {
    "blockquote": 0,
    "expandable_blockquote": 0,
    "pre": 11,
    "code": 20,
    "date_time": 48,
    "text_link": 49,
    "text_mention": 49,
    "bold": 90,
    "italic": 91,
    "underline": 92,
    "strikethrough": 93,
    "spoiler": 94,
    "custom_emoji": 99,
}


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text) + sum(1 for character in text if character > "\uffff")


def entity_order(entity: JsonObject) -> tuple[int, int, int]:
    """The sort key of entities in a message: by start, longer first, then by kind."""
    return entity["offset"], -entity["length"], _PRIORITY.get(entity["type"], 50)


@dataclass(slots=True)
class _Open:
    name: str
    argument: str
    offset: int
    start: int


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.text: list[str] = []
        self.length = 0
        self.stack: list[_Open] = []
        self.entities: list[JsonObject] = []

    def parse(self) -> tuple[str, list[JsonObject]]:
        source = self.source
        size = len(source)
        while self.at < size:
            character = source[self.at]
            if character == "&":
                self._emit(self._reference())
            elif character == "<":
                if source.startswith("</", self.at):
                    self._end_tag()
                else:
                    self._start_tag()
            else:
                end = self.at + 1
                while end < size and source[end] not in "&<":
                    end += 1
                self._emit(source[self.at : end])
                self.at = end
        if self.stack:
            raise _error(f'Can\'t find end tag corresponding to start tag "{self.stack[-1].name}"')
        text = "".join(self.text)
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise _error(
                "Text contains invalid Unicode characters after decoding HTML entities, "
                "check for unmatched surrogate code units"
            )
        return text, _join_code_blocks(sorted(self.entities, key=entity_order))

    def _emit(self, piece: str) -> None:
        self.text.append(piece)
        self.length += utf16_length(piece)

    def _reference(self) -> str:
        """The character a reference at the cursor stands for, or the ampersand itself."""
        match = _REFERENCE.match(self.source, self.at)
        if match is None:
            self.at += 1
            return "&"
        hexadecimal, decimal, name, _ = match.groups()
        found: str | None = None
        if name is not None:
            found = _NAMED.get(name)
        else:
            digits, base = (hexadecimal, 16) if hexadecimal is not None else (decimal, 10)
            code = int(digits, base) if digits else 0
            if 0 < code < 0x10FFFF and len(digits) + (2 if base == 10 else 3) < 10:
                found = chr(code)
        if found is None:
            self.at += 1
            return "&"
        self.at = match.end()
        return found

    def _byte(self, position: int) -> int:
        return len(self.source[:position].encode("utf-8", "surrogatepass"))

    def _fail(self, text: str, position: int, tail: str = "") -> Refusal:
        return _error(f"{text} at byte offset {self._byte(position)}{tail}")

    def _skip(self, until: Callable[[str], bool]) -> None:
        while self.at < len(self.source) and not until(self.source[self.at]):
            self.at += 1

    def _peek(self) -> str:
        return self.source[self.at] if self.at < len(self.source) else ""

    def _start_tag(self) -> None:
        begin = self.at
        self.at += 1
        self._skip(lambda c: c in _SPACE or c == ">")
        if not self._peek():
            raise self._fail("Unclosed start tag", begin)
        name = _lower(self.source[begin + 1 : self.at])
        if name not in _TAGS:
            raise self._fail(f'Unsupported start tag "{name}"', begin)
        argument = ""
        while self._peek() != ">":
            self._skip(lambda c: c not in _SPACE)
            if self._peek() == ">":
                break
            attribute, value = self._attribute(name, begin)
            argument = self._argument(name, attribute, value, argument)
        if name == "span" and not argument:
            raise self._fail('Tag "span" must have class "tg-spoiler"', begin)
        self.at += 1
        self.stack.append(_Open(name, argument, self.length, len(self.text)))

    def _attribute(self, tag: str, begin: int) -> tuple[str, str]:
        start = self.at
        self._skip(lambda c: c in _SPACE or c in "=>/\"'")
        attribute = _lower(self.source[start : self.at])
        if not attribute:
            raise self._fail(f'Empty attribute name in the tag "{tag}"', begin)
        self._skip(lambda c: c not in _SPACE)
        if not self._peek():
            raise self._fail(f'Unclosed start tag "{tag}"', begin)
        if self._peek() != "=":
            return attribute, ""
        self.at += 1
        self._skip(lambda c: c not in _SPACE)
        if not self._peek():
            raise self._fail(f'Unclosed start tag "{tag}"', begin)
        if self._peek() not in "'\"":
            return attribute, self._token(begin)
        return attribute, self._quoted(begin)

    def _token(self, begin: int) -> str:
        start = self.at
        match = _TOKEN.match(self.source, self.at)
        self.at = match.end() if match else self.at
        if not self._peek():
            raise self._fail("Unclosed start tag", begin)
        if self._peek() not in _SPACE and self._peek() != ">":
            raise self._fail("Unexpected end of name token", start)
        return _lower(self.source[start : self.at])

    def _quoted(self, begin: int) -> str:
        quote = self._peek()
        self.at += 1
        value: list[str] = []
        while self._peek() and self._peek() != quote:
            if self._peek() == "&":
                value.append(self._reference())
            else:
                value.append(self._peek())
                self.at += 1
        self.at += 1
        if not self._peek():
            raise self._fail("Unclosed start tag", begin)
        return "".join(value)

    def _argument(self, tag: str, attribute: str, value: str, current: str) -> str:
        """What of an attribute a tag keeps."""
        wanted = {
            ("a", "href"): value,
            ("tg-emoji", "emoji-id"): value,
            ("blockquote", "expandable"): "expandable",
        }
        if (tag, attribute) in wanted:
            return wanted[tag, attribute]
        if tag == "code" and attribute == "class" and value.startswith("language-"):
            return value.removeprefix("language-")
        if tag == "span" and attribute == "class" and value == "tg-spoiler":
            return value
        if tag == "tg-time" and attribute in {"unix", "format"}:
            unix, _, form = current.partition("|")
            return f"{value}|{form}" if attribute == "unix" else f"{unix}|{value}"
        return current

    def _end_tag(self) -> None:
        begin = self.at
        if not self.stack:
            raise self._fail("Unexpected end tag", begin)
        self.at += 2
        start = self.at
        self._skip(lambda c: c in _SPACE or c == ">")
        name = _lower(self.source[start : self.at])
        self._skip(lambda c: c not in _SPACE)
        if self._peek() != ">":
            raise self._fail("Unclosed end tag", begin)
        self.at += 1
        tag = self.stack.pop()
        if name and name != tag.name:
            raise self._fail("Unmatched end tag", begin, f', expected "</{tag.name}>", found "</{name}>"')
        length = self.length - tag.offset
        if length > 0:
            entity = _entity(tag, "".join(self.text[tag.start :]))
            if entity is not None:
                self.entities.append({**entity, "offset": tag.offset, "length": length})


def _entity(tag: _Open, inner: str) -> JsonObject | None:
    """What a closed tag means, without its place; None when Telegram drops it silently."""
    if tag.name in _SIMPLE:
        return {"type": _SIMPLE[tag.name]}
    if tag.name == "a":
        return link_entity(tag.argument or inner)
    if tag.name == "blockquote":
        return {"type": "expandable_blockquote" if tag.argument else "blockquote"}
    if tag.name == "tg-emoji":
        if not re.fullmatch(r"-?\d{1,19}", tag.argument) or int(tag.argument) == 0:
            raise _error("Invalid custom emoji identifier specified")
        return {"type": "custom_emoji", "custom_emoji_id": tag.argument}
    if tag.name == "tg-time":
        return _date_time(tag.argument)
    return {"type": tag.name, "language": tag.argument} if tag.argument else {"type": tag.name}


def _date_time(argument: str) -> JsonObject | None:
    unix, _, form = argument.partition("|")
    if not _DATE_FORMAT.fullmatch(form):
        raise _error("Invalid date format used")
    match = re.match(r"-?\d+", unix)
    seconds = int(match.group()) if match else 0
    seconds = (seconds + _INT_SIGN) % (1 << _INT_BITS) - _INT_SIGN
    if seconds <= 0:
        return None
    entity: JsonObject = {"type": "date_time", "unix_time": seconds}
    return {**entity, "date_time_format": form} if form else entity


def _join_code_blocks(entities: list[JsonObject]) -> list[JsonObject]:
    """`<pre><code class="language-x">` over the same characters is one `pre` with a language."""
    result: list[JsonObject] = []
    for entity in entities:
        previous = result[-1] if result else None
        if (
            previous
            and (previous["type"], entity["type"]) == ("pre", "code")
            and (entity["offset"], entity["length"]) == (previous["offset"], previous["length"])
            and entity.get("language")
        ):
            result[-1] = {**previous, "language": entity["language"]}
            continue
        result.append(dict(entity))
    for entity in result:
        if entity["type"] == "code":
            entity.pop("language", None)
    return result


def _lower(text: str) -> str:
    """Lower case of ASCII letters only."""
    return "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in text)


def _error(text: str) -> Refusal:
    return bad_request(f"can't parse entities: {text}")


def parse_html(source: str) -> tuple[str, list[JsonObject]]:
    """Plain text and entities of a text with Telegram's HTML tags.

    Raises `Refusal` with the text Telegram gives. Nothing is trimmed here (see `messages.tidy`).
    """
    return _Parser(source).parse()
