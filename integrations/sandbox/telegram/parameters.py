"""The methods the stand-in knows, their parameters and how these are decoded.

Facts of the Bot API, held against its machine-readable specification by a contract test. Values come
form-encoded (nested ones as JSON texts, as python-telegram-bot sends them) or as a JSON body.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from .wire import JsonObject, bad_request


def _table(text: str) -> Mapping[str, str]:
    """`name:kind …`; kinds: i integer, b boolean, s string, c chat, o object, l list, f file or text."""
    return MappingProxyType({name: kind for name, _, kind in (word.partition(":") for word in text.split())})


_SEND: Final = (
    " business_connection_id:s chat_id:c message_thread_id:i disable_notification:b protect_content:b"
    " allow_paid_broadcast:b message_effect_id:s reply_parameters:o"
)
_SEND_ONE: Final = _SEND + " direct_messages_topic_id:i suggested_post_parameters:o reply_markup:o"
_CAPTION: Final = " caption:s parse_mode:s caption_entities:l"
_EDIT: Final = " business_connection_id:s chat_id:c message_id:i inline_message_id:s reply_markup:o"

METHODS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "getMe": _table(""),
        "getUpdates": _table("offset:i limit:i timeout:i allowed_updates:l"),
        "setWebhook": _table(
            "url:s certificate:f ip_address:s max_connections:i allowed_updates:l drop_pending_updates:b"
            " secret_token:s"
        ),
        "deleteWebhook": _table("drop_pending_updates:b"),
        "getWebhookInfo": _table(""),
        "sendMessage": _table("text:s parse_mode:s entities:l link_preview_options:o" + _SEND_ONE),
        "sendPhoto": _table("photo:f show_caption_above_media:b has_spoiler:b" + _CAPTION + _SEND_ONE),
        "sendDocument": _table(
            "document:f thumbnail:f disable_content_type_detection:b" + _CAPTION + _SEND_ONE
        ),
        "sendMediaGroup": _table("media:l direct_messages_topic_id:i" + _SEND),
        "sendPoll": _table(
            "question:s question_parse_mode:s question_entities:l options:l is_anonymous:b type:s"
            " allows_multiple_answers:b allows_revoting:b shuffle_options:b allow_adding_options:b"
            " hide_results_until_closes:b members_only:b country_codes:l correct_option_ids:l explanation:s"
            " explanation_parse_mode:s explanation_entities:l explanation_media:o open_period:i close_date:i"
            " is_closed:b description:s description_parse_mode:s description_entities:l media:o"
            " reply_markup:o" + _SEND
        ),
        "stopPoll": _table("business_connection_id:s chat_id:c message_id:i reply_markup:o"),
        "sendChatAction": _table("business_connection_id:s chat_id:c message_thread_id:i action:s"),
        "editMessageText": _table(
            "text:s parse_mode:s entities:l link_preview_options:o rich_message:o" + _EDIT
        ),
        "editMessageCaption": _table("show_caption_above_media:b" + _CAPTION + _EDIT),
        "editMessageMedia": _table("media:o" + _EDIT),
        "editMessageReplyMarkup": _table(_EDIT),
        "deleteMessage": _table("chat_id:c message_id:i"),
        "deleteMessages": _table("chat_id:c message_ids:l"),
        "pinChatMessage": _table("business_connection_id:s chat_id:c message_id:i disable_notification:b"),
        "unpinChatMessage": _table("business_connection_id:s chat_id:c message_id:i"),
        "unpinAllChatMessages": _table("chat_id:c"),
        "answerCallbackQuery": _table("callback_query_id:s text:s show_alert:b url:s cache_time:i"),
        "setMessageReaction": _table("chat_id:c message_id:i reaction:l is_big:b"),
        "getChat": _table("chat_id:c"),
        "getChatMember": _table("chat_id:c user_id:i"),
        "getChatMemberCount": _table("chat_id:c"),
        "getChatAdministrators": _table("chat_id:c return_bots:b"),
        "getFile": _table("file_id:s"),
        "setMyCommands": _table("commands:l scope:o language_code:s"),
        "getMyCommands": _table("scope:o language_code:s"),
        "deleteMyCommands": _table("scope:o language_code:s"),
        "leaveChat": _table("chat_id:c"),
    }
)

_EPHEMERAL: Final = " chat_id:c receiver_user_id:i ephemeral_message_id:i reply_markup:o"
_TO_ONE: Final = "receiver_user_id:i callback_query_id:s"

# What Bot API 10.2 added for messages that one person sees; the specification at hand is older.
EPHEMERAL_METHODS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "sendMessage": _table(_TO_ONE),
        "sendPhoto": _table(_TO_ONE),
        "sendDocument": _table(_TO_ONE),
        "editEphemeralMessageText": _table(
            "text:s parse_mode:s entities:l link_preview_options:o rich_message:o" + _EPHEMERAL
        ),
        "editEphemeralMessageCaption": _table(_CAPTION + _EPHEMERAL),
        "editEphemeralMessageMedia": _table("media:o" + _EPHEMERAL),
        "editEphemeralMessageReplyMarkup": _table(_EPHEMERAL),
        "deleteEphemeralMessage": _table("chat_id:c receiver_user_id:i ephemeral_message_id:i"),
    }
)
KNOWN: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        method: {**METHODS.get(method, {}), **EPHEMERAL_METHODS.get(method, {})}
        for method in (*METHODS, *EPHEMERAL_METHODS)
    }
)

# Fields of the nested objects the stand-in reads, under their names in the specification.
OBJECTS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        name: frozenset(fields.split())
        for name, fields in {
            "ReplyParameters": "message_id chat_id allow_sending_without_reply quote quote_parse_mode"
            " quote_entities quote_position checklist_task_id poll_option_id",
            "LinkPreviewOptions": "is_disabled url prefer_small_media prefer_large_media show_above_text",
            "InlineKeyboardMarkup": "inline_keyboard",
            "InlineKeyboardButton": "text icon_custom_emoji_id style url callback_data web_app login_url"
            " switch_inline_query switch_inline_query_current_chat switch_inline_query_chosen_chat copy_text"
            " callback_game pay",
            "ForceReply": "force_reply input_field_placeholder selective",
            "ReplyKeyboardMarkup": "keyboard is_persistent resize_keyboard one_time_keyboard"
            " input_field_placeholder selective",
            "ReplyKeyboardRemove": "remove_keyboard selective",
            "MessageEntity": "type offset length url user language custom_emoji_id unix_time"
            " date_time_format",
            "InputMediaPhoto": "type media caption parse_mode caption_entities"
            " show_caption_above_media has_spoiler",
            "InputMediaDocument": "type media thumbnail caption parse_mode caption_entities"
            " disable_content_type_detection",
            "InputPollOption": "text text_parse_mode text_entities media",
            "BotCommand": "command description",
            "ReactionTypeEmoji": "type emoji",
        }.items()
    }
)


def decode(method: str, given: Mapping[str, Any]) -> tuple[JsonObject, list[str]]:
    """The parameters of a call with their proper types, and a complaint for each unknown one.

    Raises `Refusal` 400 where a value cannot be read.
    """
    table = KNOWN[method]
    values: JsonObject = {}
    complaints = []
    for name, raw in given.items():
        kind = table.get(name)
        if kind is None:
            complaints.append(f"{method}: unknown parameter {name!r}")
        elif raw is not None:
            values[name] = _decode(name, kind, raw)
    return values, complaints


def _decode(name: str, kind: str, raw: Any) -> Any:
    match kind:
        case "i":
            return integer(name, raw)
        case "b":
            return raw is True or str(raw).lower() in {"true", "yes", "1"}
        case "c":
            text = str(raw).strip()
            return int(text) if text.lstrip("-").isdigit() else text
        case "o" | "l":
            return _nested(name, dict if kind == "o" else list, raw)
        case _:
            return _text(raw if isinstance(raw, str) else str(raw))


def integer(name: str, raw: Any) -> int:
    """A whole number, as such or as text."""
    try:
        return int(raw)
    except (TypeError, ValueError):
        raise bad_request(f'invalid parameter "{name}" value specified') from None


def _text(value: str) -> str:
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise bad_request("strings must be encoded in UTF-8")
    return value


def _nested(name: str, wanted: type, raw: Any) -> Any:
    value = raw
    if isinstance(raw, str):
        if not raw:
            return wanted()
        try:
            value = json.loads(raw)
        except json.JSONDecodeError:
            raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None
    if not isinstance(value, wanted):
        raise bad_request(
            "object expected as " + name.replace("_", " ") if wanted is dict else f"{name} expected"
        )
    return value


def unknown_fields(method: str, kind: str, value: Mapping[str, Any]) -> Iterator[str]:
    """A complaint for each field of a nested object that the Bot API does not know."""
    for field in value:
        if field not in OBJECTS[kind]:
            yield f"{method}: unknown field {field!r} of {kind}"
