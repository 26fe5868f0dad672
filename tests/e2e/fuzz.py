"""Updates as the Bot API specification allows them, with contents nobody would send in good faith."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

from bot import routes, taps

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence
    from pathlib import Path

HOSTILE = (
    "",
    " ",
    "\x00",
    "<b>",
    "</i>&amp;&lt;",
    "& < > \" '",
    "%s {0} {name} %(x)s",
    "'; DROP TABLE ratings; --",
    "../../etc/passwd",
    "\u202e\u2067abc\u2069",
    "e\u0301" * 20,
    "👩‍👩‍👧‍👦" * 300,
    "🎬" * 4096,
    "a" * 4096,
    "\n" * 40,
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "٣٫٥",
    "½",
    "1888",
    "2026-W53",
    "0000-W00",
    "-1",
    "9" * 40,
    "Film – Titel (2019)",
    "2024-W07 movie Heat (1995) 4.5 by Ana",
    "12:99",
)
NUMBERS = (0, 1, 2, 3, 5, 7, 10, 11, 40, -1, 2**31, 2**52, 2**63 - 1)
IDS = (0, 1, -1, 2**31, 2**52 - 1, -(2**52) + 1)
"""Bot API: at most 52 significant bits."""
AMOUNTS = (0, 1, 60, 86_400, 2**31 - 1)
VALUES = {"Integer": AMOUNTS, "Float": (0.0, -1.5, 1e300), "Boolean": (True, False), "True": (True,)}
MOMENTS = (0, 1, 1_772_452_800, 4_102_444_800)


@dataclass(frozen=True)
class Fuzzer:
    """Makes updates out of a machine-readable Bot API. `chats` and `people` exist; many ids do not."""

    types: dict[str, Any]
    chance: random.Random
    chats: Sequence[dict[str, Any]]
    people: Sequence[dict[str, Any]]

    @classmethod
    def of(
        cls,
        specification: Path,
        chance: random.Random,
        chats: Sequence[dict[str, Any]],
        people: Sequence[dict[str, Any]],
    ) -> Fuzzer:
        """From the specification's file."""
        return cls(json.loads(specification.read_text(encoding="utf-8"))["types"], chance, chats, people)

    @cached_property
    def kinds(self) -> list[str]:
        """What an update can be."""
        return [field["name"] for field in self.types["Update"]["fields"] if field["name"] != "update_id"]

    def update(self) -> dict[str, Any]:
        """The next update, without its id."""
        roll = self.chance.random()
        if roll < 0.3:
            return {"message": self._message()}
        if roll < 0.6:
            return {"callback_query": self._press()}
        kind = self.chance.choice([*self.kinds, "message", "message", "my_chat_member", "callback_query"])
        (types,) = (field["types"] for field in self.types["Update"]["fields"] if field["name"] == kind)
        made = self._value(self.chance.choice(types), 0)
        if kind == "callback_query":
            made["id"] = self._press_id()
        return {kind: made}

    def _message(self) -> dict[str, Any]:
        """What somebody might write: a command, its words, a reply to one of the bot's messages."""
        message: dict[str, Any] = {
            "message_id": self.chance.randrange(1, 60),
            "date": 1772452800 + self.chance.randrange(10**6),
            "chat": self._chat(),
            "from": self._person(),
        }
        command = self.chance.choice(
            [*routes.COMMANDS, "cancel", "MOVIE", "week@WrongOpinionsBot", "week@other"]
        )
        words = " ".join(self._text() for _ in range(self.chance.randrange(3)))
        message["text"] = self.chance.choice(
            [f"/{command} {words}", f"/{command}\n{words}", words, f"/ {words}"]
        )[:4096]
        if self.chance.random() < 0.3:
            message["reply_to_message"] = {
                "message_id": self.chance.randrange(1, 60),
                "date": 1772452800,
                "chat": message["chat"],
                "from": {
                    "id": 123456,
                    "is_bot": True,
                    "first_name": "Wrong Opinions",
                    "username": "WrongOpinionsBot",
                },
                "text": "card",
            }
        if self.chance.random() < 0.2:
            message |= {"is_topic_message": True, "message_thread_id": self.chance.choice(NUMBERS)}
        if self.chance.random() < 0.1:
            message["sender_chat"] = message["chat"]
            message["from"] = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
        return message

    def _press(self) -> dict[str, Any]:
        """A press of a button of ours, with ids that may or may not be somebody's."""
        tap = self.chance.choice(taps.TAPS)
        values = [self._field(str(field.type)) for field in fields(tap)]
        wire = ":".join((tap.prefix, *values))
        if self.chance.random() < 0.1:
            wire = self.chance.choice([wire[:-1], wire + ":1", wire.upper(), self._text()[:60], ":" * 5])
        return {
            "id": self._press_id(),
            "from": self._person(),
            "chat_instance": "1",
            "message": {
                "message_id": self.chance.randrange(1, 60),
                "date": self.chance.choice([0, 1772452800]),
                "chat": self._chat(),
                "from": {
                    "id": 123456,
                    "is_bot": True,
                    "first_name": "Wrong Opinions",
                    "username": "WrongOpinionsBot",
                },
                "text": "card",
            },
            "data": wire,
        }

    def _field(self, kind: str) -> str:
        if kind == "bool":
            return self.chance.choice("01")
        if kind == "str":
            words = (
                "scale",
                "stars",
                "half_stars",
                "ten",
                "blind",
                "on",
                "off",
                "language",
                "de",
                "digest",
                "score_reminder",
            )
            return self.chance.choice(words)
        return str(self.chance.choice([*range(1, 9), *NUMBERS]))

    def _press_id(self) -> str:
        return f"fuzz{self.chance.getrandbits(60)}"

    def _text(self) -> str:
        return self.chance.choice(HOSTILE)

    def _chat(self) -> dict[str, Any]:
        chat = dict(self.chance.choice(self.chats))
        if self.chance.random() < 0.1:
            chat["title" if chat["type"] != "private" else "first_name"] = self._text()[:255]
        return chat

    def _person(self) -> dict[str, Any]:
        person = dict(self.chance.choice(self.people))
        if self.chance.random() < 0.1:
            person |= {"first_name": self._text()[:64], "language_code": self._text()[:8]}
        return person

    def _value(self, kind: str, depth: int) -> Any:
        if kind.startswith("Array of "):
            inner = kind.removeprefix("Array of ")
            return [
                self._value(inner, depth + 1) for _ in range(self.chance.randrange(3 if depth < 4 else 1))
            ]
        if kind in {"Chat", "User"} and self.chance.random() < 0.7:
            return self._chat() if kind == "Chat" else self._person()
        if kind not in self.types:
            return self.chance.choice(VALUES.get(kind, HOSTILE))
        described = self.types[kind]
        if "subtypes" in described:
            return self._value(self.chance.choice(described["subtypes"]), depth)
        return {
            field["name"]: self._named(field, depth + 1)
            for field in described.get("fields", ())
            if field["required"] or self.chance.random() < 0.25 / (depth + 1)
        }

    def _named(self, field: dict[str, Any], depth: int) -> Any:
        """A field's value, of a size that its name allows."""
        kind = self.chance.choice(field["types"])
        if kind != "Integer":
            return self._literal(field) or self._value(kind, depth)
        name = field["name"]
        if name.endswith("date"):
            return self.chance.choice(MOMENTS)
        return self.chance.choice(IDS if name.endswith("id") else AMOUNTS)

    def _literal(self, field: dict[str, Any]) -> str | None:
        """The one value that a field of this type always has, where the specification names one."""
        found = re.search(r"(?:always|must be) [“\"]?([a-z_]+)[”\"]?", field["description"])
        return found.group(1) if found and field["types"] == ["String"] else None
