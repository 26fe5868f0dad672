"""Reading what a call wants to send: texts with entities, keyboards."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from .html import entity_order, parse_html, utf16_length
from .parameters import unknown_fields
from .wire import JsonObject, bad_request

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT_LIMIT: Final = 4096
CAPTION_LIMIT: Final = 1024
DATA_LIMIT: Final = 64
ROW_LIMIT: Final = 8
BUTTON_LIMIT: Final = 100
_STYLES: Final = frozenset({"danger", "success", "primary"})
_ACTIONS: Final = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
_FOUND: Final = re.compile(
    r"(?P<url>https?://[^\s<>\"]+)"
    r"|(?<![\w/@])(?P<mention>@[a-zA-Z]\w{3,31})"
    r"|(?<![\w/#])(?P<hashtag>#\w*[^\W\d]\w*)"
    r"|(?<![\w/<>])(?P<bot_command>/\w{1,64}(?:@\w{3,32})?)(?![\w/@])",
)
_TRIMMED: Final = " \n"
_NEEDED: Final[dict[str, dict[str, type]]] = {
    "text_link": {"url": str},
    "text_mention": {"user": dict},
    "custom_emoji": {"custom_emoji_id": str},
    "date_time": {"unix_time": int},
}


def find_entities(text: str) -> list[JsonObject]:
    """The entities Telegram finds by itself: commands, mentions, hashtags, links."""
    found = []
    for match in _FOUND.finditer(text):
        kind = str(match.lastgroup)
        offset = utf16_length(text[: match.start()])
        found.append({"type": kind, "offset": offset, "length": utf16_length(match.group())})
    return found


def given_entities(text: str, entities: list[JsonObject]) -> list[JsonObject]:
    """Entities that came with a text: their fields checked, cut to the text, what is outside of it dropped.

    Raises `Refusal` for a missing field and for one that cuts a character of two UTF-16 units in half.
    """
    size = utf16_length(text)
    halves = _second_halves(text)
    kept = []
    for entity in entities:
        for name, kind in {
            "type": str,
            "offset": int,
            "length": int,
            **_NEEDED.get(entity.get("type", ""), {}),
        }.items():
            if not isinstance(entity.get(name), kind):
                raise bad_request(f"can't parse entities: Can't find field \"{name}\"")
        start = max(0, entity["offset"])
        end = min(size, entity["offset"] + entity["length"])
        for place, verb in ((start, "begins"), (end, "ends")):
            if place in halves:
                raise bad_request(
                    f"entity {verb} in a middle of a UTF-16 symbol at byte offset {halves[place]}"
                )
        if start < end:
            kept.append({**entity, "offset": start, "length": end - start})
    return kept


def _second_halves(text: str) -> dict[int, int]:
    """UTF-16 offsets that fall inside a character -> the byte offset of that character."""
    halves = {}
    units = octets = 0
    for character in text:
        if character > "\uffff":
            halves[units + 1] = octets
        units += utf16_length(character)
        octets += len(character.encode())
    return halves


def tidy(text: str, entities: list[JsonObject]) -> tuple[str, list[JsonObject]]:
    """Text and entities as a message keeps them.

    Blanks and newlines at both ends go (in front only up to the first entity), entities are cut to what is
    left, those of blanks alone vanish, touching ones of a kind become one, what Telegram finds is added.
    """
    units = text.encode("utf-16-le", "surrogatepass")

    def piece(start: int, end: int) -> str:
        return units[2 * start : 2 * end].decode("utf-16-le", "surrogatepass")

    kept = [e for e in entities if piece(e["offset"], e["offset"] + e["length"]).strip(_TRIMMED)]
    first = min((e["offset"] for e in kept), default=len(units) // 2)
    head = piece(0, first)
    cut = len(head) - len(head.lstrip(_TRIMMED))
    result = text[cut:].rstrip(_TRIMMED)
    size = utf16_length(result)
    shifted = []
    for entity in kept:
        start = max(0, entity["offset"] - cut)
        end = min(size, entity["offset"] + entity["length"] - cut)
        if end > start:
            shifted.append({**entity, "offset": start, "length": end - start})
    merged = _merge(sorted(shifted, key=entity_order))
    for entity in find_entities(result):
        if not any(_overlap(entity, other) for other in merged if other["type"] in _EXCLUSIVE):
            merged.append(entity)
    return result, sorted(merged, key=entity_order)


_EXCLUSIVE: Final = frozenset(
    {"code", "pre", "text_link", "text_mention", "url", "date_time", "custom_emoji"}
)
_SINGLE: Final = frozenset({"blockquote", "expandable_blockquote", "pre", "custom_emoji", "date_time"})


def _overlap(one: JsonObject, other: JsonObject) -> bool:
    return bool(
        one["offset"] < other["offset"] + other["length"] and other["offset"] < one["offset"] + one["length"]
    )


def _merge(entities: list[JsonObject]) -> list[JsonObject]:
    """Nothing stays inside code; entities of one kind that overlap or touch become one."""
    result: list[JsonObject] = []
    for entity in entities:
        if any(o["type"] in {"code", "pre"} and _overlap(entity, o) for o in entities if o is not entity):
            if entity["type"] not in {"code", "pre", "blockquote", "expandable_blockquote"}:
                continue
            if any(o["type"] in {"code", "pre"} and _overlap(entity, o) for o in result):
                continue
        same = next((o for o in result if _mergeable(o, entity)), None)
        if same is None:
            result.append(dict(entity))
        else:
            end = max(same["offset"] + same["length"], entity["offset"] + entity["length"])
            same["length"] = end - same["offset"]
    return result


def _mergeable(one: JsonObject, other: JsonObject) -> bool:
    extras = [{k: v for k, v in e.items() if k not in {"offset", "length"}} for e in (one, other)]
    if extras[0] != extras[1]:
        return False
    end = one["offset"] + one["length"]
    return bool(other["offset"] < end or (other["offset"] == end and one["type"] not in _SINGLE))


@dataclass(frozen=True, slots=True)
class Markup:
    """A decoded `reply_markup`: either inline buttons or one of the other kinds."""

    rows: list[list[JsonObject]] = field(default_factory=list)
    other: JsonObject | None = None


@dataclass(slots=True)
class Reader:
    """Reads the nested values of one call, noting what the Bot API does not know."""

    method: str
    complain: Callable[[str], None]

    def _note(self, kind: str, value: JsonObject) -> None:
        for complaint in unknown_fields(self.method, kind, value):
            self.complain(complaint)

    def text(self, source: str, parse_mode: str, entities: list[JsonObject]) -> tuple[str, list[JsonObject]]:
        """Tidied text and entities of a text, a caption, a question."""
        mode = parse_mode.lower()
        if mode == "html":
            text, found = parse_html(source)
        elif mode:
            raise bad_request("unsupported parse_mode")
        else:
            text, found = source, given_entities(source, self.objects("MessageEntity", entities))
        return tidy(text, found)

    def markup(self, value: JsonObject | None) -> Markup:
        """A keyboard; raises for what Telegram refuses at this point (its size is checked later)."""
        if not value:
            return Markup()
        if "inline_keyboard" in value:
            self._note("InlineKeyboardMarkup", value)
            return Markup(rows=self._rows(value["inline_keyboard"]))
        for key, kind in (
            ("force_reply", "ForceReply"),
            ("keyboard", "ReplyKeyboardMarkup"),
            ("remove_keyboard", "ReplyKeyboardRemove"),
        ):
            if key in value:
                self._note(kind, value)
                return Markup(other=value)
        raise bad_request("object expected as reply markup")

    def _rows(self, value: object) -> list[list[JsonObject]]:
        if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
            raise bad_request(
                'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'
            )
        return [[self._button(button) for button in row] for row in value if row]

    def _button(self, button: object) -> JsonObject:
        if not isinstance(button, dict):
            raise bad_request("can't parse inline keyboard button: Expected an Object")
        self._note("InlineKeyboardButton", button)
        text = button.get("text")
        if not isinstance(text, str) or not text.strip():
            raise bad_request(
                "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
            )
        if not any(action in button for action in _ACTIONS):
            raise bad_request(
                "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
            )
        if button.get("style", "primary") not in _STYLES:
            raise bad_request("can't parse inline keyboard button: invalid button style specified")
        return dict(button)

    def reply(self, value: JsonObject | None) -> JsonObject:
        """The `reply_parameters`, checked for their fields."""
        if not value:
            return {}
        self._note("ReplyParameters", value)
        return value

    def preview(self, value: JsonObject | None) -> JsonObject:
        """The `link_preview_options`, as they are echoed in a message."""
        if not value:
            return {}
        self._note("LinkPreviewOptions", value)
        return {"link_preview_options": value}

    def objects(self, kind: str, values: list[JsonObject]) -> list[JsonObject]:
        """A list of nested objects of one kind."""
        for value in values:
            if not isinstance(value, dict):
                raise bad_request(f"can't parse {kind} JSON object")
            self._note(kind, value)
        return values


def check_buttons(rows: list[list[JsonObject]]) -> None:
    """The size of a keyboard and of its buttons' data."""
    for row in rows:
        for button in row:
            data = button.get("callback_data")
            if data is not None and not 1 <= len(str(data).encode()) <= DATA_LIMIT:
                raise bad_request("BUTTON_DATA_INVALID")
            url = button.get("url")
            if url is not None and not re.match(r"(https?|tg)://[^\s]+|[^\s/]+\.[^\s]+", str(url)):
                raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    if any(len(row) > ROW_LIMIT for row in rows) or sum(map(len, rows)) > BUTTON_LIMIT:
        raise bad_request("reply markup is too long")
