from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from integrations.sandbox.telegram.parameters import METHODS, OBJECTS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integrations.sandbox.stage import Stage

_TYPES = {"i": "Integer", "b": "Boolean", "s": "String", "c": "Integer|String", "f": "InputFile"}


@pytest.fixture(scope="module")
def specification(fixtures_dir: Path) -> dict[str, Any]:
    files = sorted((fixtures_dir / "telegram-bot-api").glob("*.json"))
    found: dict[str, Any] = json.loads(files[-1].read_text())
    return found


def _fits(kind: str, types: list[str]) -> bool:
    if kind == "l":
        return all(each.startswith("Array of") for each in types)
    if kind == "o":
        return not set(types) & {"Integer", "String", "Boolean"}
    return _TYPES[kind] in "|".join(types)


def test_every_method_has_the_parameters_of_the_specification(specification: dict[str, Any]) -> None:
    for method, ours in METHODS.items():
        theirs = {
            field["name"]: field["types"] for field in specification["methods"][method].get("fields", [])
        }
        assert set(ours) == set(theirs), method
        assert [n for n, kind in ours.items() if not _fits(kind, theirs[n])] == [], method


def test_every_object_has_the_fields_of_the_specification(specification: dict[str, Any]) -> None:
    for name, ours in OBJECTS.items():
        theirs = {field["name"] for field in specification["types"][name]["fields"]}
        assert ours == theirs, name


async def test_an_unknown_parameter_is_ignored_but_complained_about(stage: Stage) -> None:
    await stage.say(reply_to_message_id="1")
    assert stage.sandbox.complaints() == ["sendMessage: unknown parameter 'reply_to_message_id'"]


async def test_an_unknown_field_of_a_button_is_complained_about(stage: Stage) -> None:
    button = {"text": "Go", "callback_data": "x", "colour": "red"}
    await stage.say(reply_markup=json.dumps({"inline_keyboard": [[button]]}))
    assert stage.sandbox.complaints() == ["sendMessage: unknown field 'colour' of InlineKeyboardButton"]


@pytest.mark.parametrize(
    ("params", "refusal"),
    [
        ({"message_id": "x"}, '400 Bad Request: invalid parameter "message_id" value specified'),
        ({"reply_markup": "{"}, "400 Bad Request: can't parse reply markup JSON object"),
        ({"reply_markup": "[]"}, "400 Bad Request: object expected as reply markup"),
        ({"reply_markup": {"unheard": 1}}, "400 Bad Request: object expected as reply markup"),
    ],
)
async def test_unreadable_values_are_refused_first(stage: Stage, params: Any, refusal: str) -> None:
    assert await stage.refused("editMessageReplyMarkup", chat_id="", **params) == refusal


async def test_tokens_come_before_methods_and_methods_before_all_else(stage: Stage) -> None:
    answer = await stage.sandbox.call("1:wrong", "unheardOf", {})
    assert (answer.status, answer.body["description"]) == (401, "Unauthorized")
    assert await stage.refused("unheardOf") == "404 Not Found: method not found"
    assert await stage.refused("sendVideo", chat_id=stage.group_id) == "404 Not Found: method not found"


async def test_method_names_ignore_case(stage: Stage) -> None:
    assert (await stage.ok("GETME"))["username"] == "WrongOpinionsBot"


async def test_values_come_as_texts_or_as_json(stage: Stage) -> None:
    for chat in (stage.group_id, str(stage.group_id)):
        for markup in ({"force_reply": True}, '{"force_reply": true}'):
            await stage.ok("sendMessage", chat_id=chat, text="x", reply_markup=markup)
            assert stage.last().force_reply
