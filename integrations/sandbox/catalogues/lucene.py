"""The part of Lucene's query language that MusicBrainz clients use.

Words, "phrases", `field:word`, `field:"phrase"`, `field:(group)`, AND/OR/NOT and `&& || ! + -`, `^boost`,
`~` (fuzzy words, phrase slop), a trailing `*`, `[from TO to]` and backslash escapes. As in the classic parser
AND makes the clauses on both its sides required, and what is neither required nor excluded is optional.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from integrations.sandbox.catalogues.text import fold, words

if TYPE_CHECKING:
    from collections.abc import Mapping

Fields = dict[str, list[tuple[str, ...]]]
"""A document: the words of each value of each field."""


class QuerySyntaxError(ValueError):
    """The query cannot be parsed (an unescaped bracket, quote or slash) or names no known field."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One thing to look for; `fields` are the document's fields it may be in."""

    fields: tuple[str, ...]
    kind: Literal["word", "phrase", "prefix", "range", "any"]
    terms: tuple[str, ...]
    slack: int = 0
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a group and whether it must, should or must not match."""

    occur: Literal["must", "should", "not"]
    node: Leaf | Group


@dataclass(frozen=True, slots=True)
class Group:
    """Clauses in one bracket, or the whole query."""

    clauses: tuple[Clause, ...]
    boost: float = 1.0


_TOKEN = re.compile(
    r"""\s*(?:
        (?P<phrase>"(?:[^"\\]|\\.)*") |
        (?P<range>[\[{][^\]}]*[\]}]) |
        (?P<sign>&&|\|\||[()!]|[+-](?=\S)) |
        (?P<field>[A-Za-z_]+:(?=\S)) |
        (?P<word>(?:[^\s()\[\]{}"^~:/\\]|\\.)+) |
        (?P<boost>\^\d+(?:\.\d+)?) |
        (?P<fuzz>~\d*(?:\.\d+)?)
    )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def parse(query: str, known: Mapping[str, tuple[str, ...]]) -> Group:
    """The query as a tree; `known` maps its field names to the document's, "" being the default.

    Raises QuerySyntaxError.
    """
    parser = _Parser(query, known)
    group = parser.group(known[""])
    if parser.peek()[0]:
        raise QuerySyntaxError(query)
    return group


def relevance(node: Leaf | Group, document: Fields) -> float | None:
    """How well a document matches (more is better), None where it does not."""
    if isinstance(node, Leaf):
        return node.boost if _matches(node, document) else None
    required = [relevance(c.node, document) for c in node.clauses if c.occur == "must"]
    optional = [relevance(c.node, document) for c in node.clauses if c.occur == "should"]
    excluded = any(relevance(c.node, document) is not None for c in node.clauses if c.occur == "not")
    hits = [value for value in required + optional if value is not None]
    if excluded or None in required or not (hits or not (required or optional)):
        return None
    return sum(hits) * node.boost


class _Parser:
    def __init__(self, query: str, known: Mapping[str, tuple[str, ...]]) -> None:
        self._known = known
        self._tokens = list(_tokens(query))
        self._position = 0
        self._query = query

    def peek(self) -> tuple[str, str]:
        return self._tokens[self._position] if self._position < len(self._tokens) else ("", "")

    def _take(self) -> tuple[str, str]:
        token = self.peek()
        self._position += 1
        return token

    def _accept(self, *texts: str) -> str:
        kind, text = self.peek()
        if kind in {"sign", "word"} and text in texts:
            self._position += 1
            return text
        return ""

    def group(self, fields: tuple[str, ...]) -> Group:
        clauses: list[Clause] = []
        start = self._position
        while self.peek()[0] and self.peek() != ("sign", ")"):
            joined = self._accept("AND", "&&") and "and"
            joined = joined or (self._accept("OR", "||") and "or")
            if joined and self._position == start + 1:
                raise QuerySyntaxError(self._query)
            sign = self._accept("NOT", "!", "-", "+")
            if not self.peek()[0] or self.peek()[1] in {"AND", "OR", "&&", "||", ")"}:
                raise QuerySyntaxError(self._query)
            occur: Literal["must", "should", "not"] = "should"
            if sign in {"NOT", "!", "-"}:
                occur = "not"
            elif sign == "+" or joined == "and":
                occur = "must"
            if joined == "and" and clauses and clauses[-1].occur == "should":
                clauses[-1] = replace(clauses[-1], occur="must")
            node = self._node(fields)
            if node is not None:
                clauses.append(Clause(occur, node))
        return Group(tuple(clauses))

    def _node(self, fields: tuple[str, ...]) -> Leaf | Group | None:
        kind, text = self._take()
        if kind == "field":
            name = text[:-1].lower()
            if name not in self._known:
                raise QuerySyntaxError(f"undefined field {name}")
            return self._node(self._known[name])
        if (kind, text) == ("sign", "("):
            group = self.group(fields)
            if self._take() != ("sign", ")"):
                raise QuerySyntaxError(self._query)
            return replace(group, boost=self._boost()) if group.clauses else None
        leaf = self._leaf(kind, text, fields)
        slack = 0
        if self.peek()[0] == "fuzz":
            given = self._take()[1][1:].partition(".")[0]
            slack = int(given) if given and given != "0" else 2
        if leaf is None:
            self._boost()
            return None
        return replace(leaf, slack=slack, boost=self._boost())

    def _leaf(self, kind: str, text: str, fields: tuple[str, ...]) -> Leaf | None:
        if kind == "phrase":
            terms = words(_ESCAPE.sub(r"\1", text[1:-1]))
            return Leaf(fields, "phrase", terms) if terms else None
        if kind == "range":
            bounds = re.fullmatch(r"\s*(\S+)\s+TO\s+(\S+)\s*", text[1:-1])
            if bounds is None:
                raise QuerySyntaxError(self._query)
            return Leaf(fields, "range", bounds.groups())
        if kind != "word":
            raise QuerySyntaxError(self._query)
        if text == "*":
            return Leaf(fields, "any", ())
        if text.endswith("*") and not text.endswith("\\*"):
            return Leaf(fields, "prefix", (fold(_ESCAPE.sub(r"\1", text[:-1])),))
        terms = words(_ESCAPE.sub(r"\1", text))
        return Leaf(fields, "word" if len(terms) == 1 else "phrase", terms) if terms else None

    def _boost(self) -> float:
        return float(self._take()[1][1:]) if self.peek()[0] == "boost" else 1.0


def _tokens(query: str) -> list[tuple[str, str]]:
    tokens = []
    position, end = 0, len(query.rstrip())
    while position < end:
        match = _TOKEN.match(query, position)
        if match is None or match.lastgroup is None:
            raise QuerySyntaxError(query)
        tokens.append((match.lastgroup, match[match.lastgroup]))
        position = match.end()
    return tokens


def _matches(leaf: Leaf, document: Fields) -> bool:
    values = [value for name in leaf.fields for value in document.get(name, [])]
    match leaf.kind:
        case "any":
            return bool(values)
        case "prefix":
            return any(word.startswith(leaf.terms[0]) for value in values for word in value)
        case "range":
            low, high = leaf.terms
            return any(
                (low == "*" or low <= _date(v)) and (high == "*" or _date(v)[: len(high)] <= high)
                for v in values
            )
        case "phrase":
            return any(_holds_phrase(value, leaf.terms, leaf.slack) for value in values)
        case _:
            return any(_near(word, leaf.terms[0], leaf.slack) for value in values for word in value)


def _date(value: tuple[str, ...]) -> str:
    return "-".join(value)


def _holds_phrase(value: tuple[str, ...], terms: tuple[str, ...], slack: int) -> bool:
    size = len(terms)
    if not slack:
        return any(value[start : start + size] == terms for start in range(len(value) - size + 1))
    windows = (value[start : start + size + slack] for start in range(max(1, len(value) - size - slack + 1)))
    return any(all(term in window for term in terms) for window in windows)


def _near(word: str, wanted: str, distance: int) -> bool:
    if not distance or abs(len(word) - len(wanted)) > distance:
        return word == wanted
    row = list(range(len(wanted) + 1))
    for index, char in enumerate(word, 1):
        previous, row[0] = row[0], index
        for column, other in enumerate(wanted, 1):
            step = previous + (char != other)
            previous, row[column] = row[column], min(step, row[column] + 1, row[column - 1] + 1)
    return row[-1] <= distance
