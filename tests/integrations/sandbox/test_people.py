from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.integrations.sandbox.stage import keyboard

if TYPE_CHECKING:
    from tests.integrations.sandbox.stage import Stage


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("/week", True),
        ("/week@WrongOpinionsBot now", True),
        ("/week@wrongopinionsbot", True),
        ("/week@OtherBot", False),
        ("hello there", False),
        ("see /week", False),
        ("/", False),
    ],
)
async def test_privacy_mode_lets_commands_through(stage: Stage, text: str, heard: bool) -> None:
    await stage.updates()
    stage.ben.write(stage.group, text)
    assert bool(await stage.updates()) is heard
    assert stage.last().text == text


async def test_privacy_mode_lets_replies_to_the_bot_through(stage: Stage) -> None:
    asked = await stage.say(reply_markup={"force_reply": True, "selective": True})
    others = stage.ana.write(stage.group, "something").id
    await stage.updates()
    stage.ben.write(stage.group, "to Ana", reply_to=others)
    stage.ben.write(stage.group, "Heat", reply_to=asked)
    (update,) = await stage.updates()
    assert update["message"]["text"] == "Heat"
    assert update["message"]["reply_to_message"]["message_id"] == asked


async def test_an_administering_bot_and_a_private_chat_hear_everything(stage: Stage) -> None:
    stage.ana.promote(stage.group)
    await stage.updates()
    stage.ben.write(stage.group, "plain")
    stage.ben.start_bot("club_7")
    stage.ben.write(stage.ben.private, "plain")
    assert [u["message"]["text"] for u in await stage.updates()] == ["plain", "/start club_7", "plain"]


async def test_a_command_is_marked_as_one(stage: Stage) -> None:
    await stage.updates()
    stage.ben.write(stage.group, "/movie 𝒳")
    (update,) = await stage.updates()
    assert update["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert update["message"]["from"]["language_code"] == "de"


async def test_a_spoiler_is_given_by_the_person(stage: Stage) -> None:
    asked = await stage.say()
    await stage.updates()
    spoiler = {"type": "spoiler", "offset": 0, "length": 3}
    seen = stage.ben.write(stage.group, "He dies", reply_to=asked, entities=[spoiler])
    assert seen.html == "<tg-spoiler>He </tg-spoiler>dies"
    assert (await stage.updates())[0]["message"]["entities"] == [spoiler]


async def test_a_press_takes_the_button_as_it_is_shown(stage: Stage) -> None:
    await stage.say(reply_markup=keyboard([("Pick this", "p:1"), ("4", "r:4"), ("4½", "r:9")]))
    await stage.updates()
    card = stage.last()
    assert stage.ben.press(card, "Pick").data == "p:1"
    assert stage.ben.press(card, "4").data == "r:4"
    assert stage.ben.press(card, lambda b: b.callback_data == "r:9").data == "r:9"
    (update, *_) = await stage.updates()
    query = update["callback_query"]
    assert (query["from"]["id"], query["data"]) == (stage.ben.id, "p:1")
    assert query["message"]["reply_markup"]["inline_keyboard"][0][0]["text"] == "Pick this"
    with pytest.raises(LookupError, match=r"no button 'Skip'.*Pick this"):
        stage.ben.press(card, "Skip")


async def test_a_link_button_opens_at_once(stage: Stage) -> None:
    await stage.say(reply_markup={"inline_keyboard": [[{"text": "More", "url": "https://a.b/c"}]]})
    press = stage.ben.press(stage.last(), "More")
    assert (press.answered, press.url) == (True, "https://a.b/c")
    assert stage.sandbox.complaints() == []


async def test_a_forged_press_may_name_any_data_and_message(stage: Stage) -> None:
    message = await stage.say()
    await stage.updates()
    stage.ben.forge(stage.group, message, "r:1:99")
    stage.ben.forge(stage.group, 999, "x").excuse()
    first, second = await stage.updates()
    assert first["callback_query"]["data"] == "r:1:99"
    assert second["callback_query"]["message"] == {
        "chat": stage.group.json(),
        "message_id": 999,
        "date": 0,
    }
    assert stage.sandbox.complaints() == ["Ben's press of 'r:1:99' was never answered"]


async def test_anonymous_admins_write_as_the_group_and_press_as_themselves(stage: Stage) -> None:
    group = stage.ana.migrate(stage.group)
    await stage.updates()
    stage.ana.write(group, "/week", anonymous=True)
    await stage.ok("sendMessage", chat_id=group.id, text="x", reply_markup=keyboard([("Go", "x")]))
    stage.ana.press(stage.sandbox.messages(group)[-1], "Go")
    message, press = await stage.updates()
    assert message["message"]["from"]["id"] == 1087968824
    assert message["message"]["sender_chat"]["id"] == group.id
    assert press["callback_query"]["from"]["id"] == stage.ana.id
    with pytest.raises(ValueError, match="anonymous"):
        stage.ben.write(group, "/week", anonymous=True)


async def test_the_bot_hears_that_it_was_added_and_kicked(stage: Stage) -> None:
    added, service = await stage.updates()
    change = added["my_chat_member"]
    assert (change["old_chat_member"]["status"], change["new_chat_member"]["status"]) == ("left", "member")
    assert change["from"]["id"] == stage.ana.id
    assert service["message"]["new_chat_members"][0]["is_bot"] is True

    stage.ana.kick_bot(stage.group)
    kicked = (await stage.updates())[-1]["my_chat_member"]
    assert kicked["new_chat_member"]["status"] == "kicked"
    stage.ben.write(stage.group, "/week")
    assert await stage.updates() == []
    assert await stage.refused("sendMessage", chat_id=stage.group_id, text="x") == (
        "403 Forbidden: bot was kicked from the group chat"
    )
    stage.ana.add_bot(stage.group)
    await stage.say()


async def test_a_bot_that_left_is_no_member(stage: Stage) -> None:
    group = stage.ana.migrate(stage.group)
    assert await stage.ok("leaveChat", chat_id=group.id) is True
    assert await stage.refused("sendMessage", chat_id=group.id, text="x") == (
        "403 Forbidden: bot is not a member of the supergroup chat"
    )
    stage.ana.add_bot(group)
    stage.ana.kick_bot(group)
    assert await stage.refused("getChat", chat_id=group.id) == (
        "403 Forbidden: bot was kicked from the supergroup chat"
    )


async def test_migration_gives_the_group_a_new_id(stage: Stage) -> None:
    old_message = await stage.say()
    await stage.updates()
    new = stage.ana.migrate(stage.group)
    gone, come = await stage.updates()
    assert (gone["message"]["chat"]["id"], gone["message"]["migrate_to_chat_id"]) == (stage.group_id, new.id)
    assert (come["message"]["chat"]["id"], come["message"]["migrate_from_chat_id"]) == (
        new.id,
        stage.group_id,
    )
    assert str(new.id).startswith("-100")

    answer = await stage.sandbox.call(
        stage.sandbox.token, "sendMessage", {"chat_id": stage.group_id, "text": "x"}
    )
    assert answer.status == 400
    assert answer.body["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
    assert answer.body["parameters"] == {"migrate_to_chat_id": new.id}
    assert await stage.refused("editMessageText", chat_id=new.id, message_id=old_message, text="x") == (
        "400 Bad Request: message to edit not found"
    )
    with pytest.raises(ValueError, match="became a supergroup"):
        stage.ben.write(stage.group, "/week")
    stage.ben.write(new, "/week")


async def test_who_never_pressed_start_cannot_be_written_to(stage: Stage) -> None:
    assert await stage.refused("sendMessage", chat_id=stage.ben.id, text="x") == (
        "403 Forbidden: bot can't initiate conversation with a user"
    )
    stranger = stage.sandbox.create_person("Carl")
    assert await stage.refused("sendMessage", chat_id=stranger.id, text="x") == (
        "400 Bad Request: chat not found"
    )
    stage.ben.start_bot()
    await stage.ok("sendMessage", chat_id=stage.ben.id, text="x")


async def test_who_blocked_the_bot_cannot_be_written_to(stage: Stage) -> None:
    stage.ben.start_bot()
    await stage.updates()
    stage.ben.block()
    assert await stage.refused("sendMessage", chat_id=stage.ben.id, text="x") == (
        "403 Forbidden: bot was blocked by the user"
    )
    stage.ben.start_bot()
    statuses = [
        u["my_chat_member"]["new_chat_member"]["status"]
        for u in await stage.updates()
        if "my_chat_member" in u
    ]
    assert statuses == ["kicked", "member"]
    await stage.ok("sendMessage", chat_id=stage.ben.id, text="x")


async def test_members_are_asked_for_one_by_one(stage: Stage) -> None:
    async def status(user_id: int) -> str:
        found: dict[str, Any] = await stage.ok("getChatMember", chat_id=stage.group_id, user_id=user_id)
        return str(found["status"])

    carl = stage.sandbox.create_person("Carl")
    assert [await status(p.id) for p in (stage.ana, stage.ben, carl)] == ["creator", "member", "left"]
    stage.ana.promote(stage.group, stage.ben, rights=["can_pin_messages"])
    assert await status(stage.ben.id) == "administrator"
    stage.ana.demote(stage.group, stage.ben)
    stage.ana.kick(stage.group, stage.ben)
    assert await status(stage.ben.id) == "kicked"
    assert await stage.ok("getChatMemberCount", chat_id=stage.group_id) == 2
    admins = await stage.ok("getChatAdministrators", chat_id=stage.group_id)
    assert [a["user"]["first_name"] for a in admins] == ["Ana"]
    assert await stage.refused("getChatMember", chat_id=stage.group_id, user_id=5) == (
        "400 Bad Request: invalid user_id specified"
    )


async def test_people_cannot_do_what_the_app_would_not_let_them(stage: Stage) -> None:
    carl = stage.sandbox.create_person("Carl")
    with pytest.raises(ValueError, match="Carl is not in Film club"):
        carl.write(stage.group, "/week")
    with pytest.raises(ValueError, match="cannot see"):
        carl.write(stage.ben.private, "/week")
    with pytest.raises(ValueError, match="Ben does not administer"):
        stage.ben.kick_bot(stage.group)
    with pytest.raises(ValueError, match="nothing to send"):
        stage.ben.write(stage.group, " ")
    with pytest.raises(ValueError, match="several messages"):
        stage.ben.write(stage.group, "x" * 4097)
    with pytest.raises(ValueError, match="no topics"):
        stage.ana.open_topic(stage.group, "Albums")


async def test_menus_are_kept_per_scope_and_language(stage: Stage) -> None:
    commands = [{"command": "week", "description": "This week"}]
    scope = {"type": "all_group_chats"}
    await stage.ok("setMyCommands", commands=commands, scope=scope, language_code="de")
    assert await stage.ok("getMyCommands", scope=scope, language_code="de") == commands
    assert await stage.ok("getMyCommands", scope=scope) == []
    await stage.ok("deleteMyCommands", scope=scope, language_code="de")
    assert await stage.ok("getMyCommands", scope=scope, language_code="de") == []
    for wrong, error in (
        ([{"command": "Wéek", "description": "x"}], "BOT_COMMAND_INVALID"),
        ([{"command": "week", "description": ""}], "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([{"command": "week", "description": "x"}] * 101, "BOT_COMMANDS_TOO_MUCH"),
    ):
        assert await stage.refused("setMyCommands", commands=wrong) == f"400 Bad Request: {error}"
