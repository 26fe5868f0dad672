"""The methods about the bot itself, its updates and menus, and about chats and their people."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from .model import Member
from .wire import JsonObject, bad_request

if TYPE_CHECKING:
    from .calling import Call, Method

_COMMAND: Final = re.compile(r"[a-z0-9_]{1,32}")
_COMMANDS_LIMIT: Final = 100
_DESCRIPTION_LIMIT: Final = 256
_SCOPES: Final = frozenset(
    [
        "default",
        "all_private_chats",
        "all_group_chats",
        "all_chat_administrators",
        "chat",
        "chat_administrators",
        "chat_member",
    ]
)


async def get_me(call: Call) -> JsonObject:
    """`getMe`."""
    return {
        **call.world.bot.json(),
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


async def get_updates(call: Call) -> list[JsonObject]:
    """`getUpdates`."""
    return await call.world.updates.fetch(call.params)


async def set_webhook(call: Call) -> bool:
    """`setWebhook`: from then on polling is refused; nothing is posted to the address."""
    url = call.params.get("url", "")
    if url and not url.startswith("https://"):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    updates = call.world.updates
    updates.webhook_url = url
    updates.allow(call.params.get("allowed_updates"))
    if call.params.get("drop_pending_updates"):
        updates.forget()
    return True


async def delete_webhook(call: Call) -> bool:
    """`deleteWebhook`."""
    call.world.updates.webhook_url = ""
    if call.params.get("drop_pending_updates"):
        call.world.updates.forget()
    return True


async def get_webhook_info(call: Call) -> JsonObject:
    """`getWebhookInfo`."""
    updates = call.world.updates
    info: JsonObject = {
        "url": updates.webhook_url,
        "has_custom_certificate": False,
        "pending_update_count": updates.pending,
    }
    if updates.allowed:
        info["allowed_updates"] = sorted(updates.allowed)
    return info


def _scope(call: Call) -> tuple[str, str]:
    scope = call.params.get("scope") or {"type": "default"}
    if str(scope.get("type")) not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    language = call.params.get("language_code", "")
    if language and not re.fullmatch("[a-z]{2}", language):
        raise bad_request("invalid language code specified")
    if "chat_id" in scope:
        call.world.chat(scope["chat_id"])
    return json.dumps(scope, sort_keys=True), language


async def set_my_commands(call: Call) -> bool:
    """`setMyCommands`."""
    commands = call.reader.objects("BotCommand", call.params.get("commands", []))
    key = _scope(call)
    if len(commands) > _COMMANDS_LIMIT:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not _COMMAND.fullmatch(str(command.get("command", "")).removeprefix("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(str(command.get("description", ""))) <= _DESCRIPTION_LIMIT:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    call.world.commands[key] = commands
    call.world.emit("commands", None)
    return True


async def get_my_commands(call: Call) -> list[JsonObject]:
    """`getMyCommands`."""
    return call.world.commands.get(_scope(call), [])


async def delete_my_commands(call: Call) -> bool:
    """`deleteMyCommands`."""
    call.world.commands.pop(_scope(call), None)
    call.world.emit("commands", None)
    return True


async def get_chat(call: Call) -> JsonObject:
    """`getChat`."""
    chat = call.chat()
    value = {
        **chat.json(),
        "accent_color_id": chat.id % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(
            (
                "unlimited_gifts",
                "limited_gifts",
                "unique_gifts",
                "premium_subscription",
                "gifts_from_channels",
            ),
            False,
        ),
    }
    if chat.type != "private":
        value["permissions"] = {"can_send_messages": True, "can_pin_messages": False}
    if chat.pinned:
        value["pinned_message"] = chat.messages[chat.pinned[-1]].json(with_reply=False)
    return value


async def get_chat_member(call: Call) -> JsonObject:
    """`getChatMember`: whoever was never there counts as having left."""
    chat = call.chat()
    user = call.world.users.get(call.params.get("user_id", 0))
    if user is None:
        raise bad_request("invalid user_id specified")
    return chat.members.get(user.id, Member(user, "left")).json()


async def get_chat_member_count(call: Call) -> int:
    """`getChatMemberCount`, the bot included."""
    return sum(member.present for member in call.chat().members.values())


async def get_chat_administrators(call: Call) -> list[JsonObject]:
    """`getChatAdministrators`: without other bots; refused in private chats."""
    chat = call.chat()
    if chat.type == "private":
        raise bad_request("there are no administrators in the private chat")
    return [
        member.json()
        for member in chat.members.values()
        if member.is_admin and (not member.user.is_bot or member.user is call.world.bot)
    ]


async def get_file(call: Call) -> JsonObject:
    """`getFile`: the path is good for the file host."""
    file_id = call.params.get("file_id", "")
    picture = call.world.file(file_id)
    if picture is None:
        raise bad_request("invalid file_id")
    return {
        "file_id": file_id,
        "file_unique_id": f"u{file_id}",
        "file_size": len(picture.content),
        "file_path": f"files/{picture.file_id}",
    }


async def leave_chat(call: Call) -> bool:
    """`leaveChat`: groups only."""
    chat = call.chat()
    if chat.type == "private":
        raise bad_request("chat member status can't be changed in private chats")
    bot = call.world.bot
    before = chat.members[bot.id]
    chat.members[bot.id] = Member(bot, "left")
    call.world.add_message(chat, bot, service={"left_chat_member": bot.json()})
    call.world.updates.put(
        "my_chat_member",
        {
            "chat": chat.json(),
            "from": bot.json(),
            "date": call.world.timestamp(),
            "old_chat_member": before.json(),
            "new_chat_member": chat.members[bot.id].json(),
        },
    )
    call.world.emit("chat", chat)
    return True


ASKING: Final[Mapping[str, Method]] = MappingProxyType(
    {
        "getMe": get_me,
        "getUpdates": get_updates,
        "setWebhook": set_webhook,
        "deleteWebhook": delete_webhook,
        "getWebhookInfo": get_webhook_info,
        "setMyCommands": set_my_commands,
        "getMyCommands": get_my_commands,
        "deleteMyCommands": delete_my_commands,
        "getChat": get_chat,
        "getChatMember": get_chat_member,
        "getChatMemberCount": get_chat_member_count,
        "getChatAdministrators": get_chat_administrators,
        "getFile": get_file,
        "leaveChat": leave_chat,
    }
)
