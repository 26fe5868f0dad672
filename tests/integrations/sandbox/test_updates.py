from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from telegram import Update

from tests.fakes import settle
from tests.integrations.sandbox.stage import keyboard

if TYPE_CHECKING:
    from tests.integrations.sandbox.stage import Stage


def kinds(updates: list[dict[str, object]]) -> list[str]:
    return [next(key for key in update if key != "update_id") for update in updates]


async def test_an_offset_confirms_everything_before_it(stage: Stage) -> None:
    for number in range(3):
        stage.ana.write(stage.group, f"/c{number}")
    first = await stage.ok("getUpdates")
    assert await stage.ok("getUpdates") == first
    rest = await stage.ok("getUpdates", offset=first[2]["update_id"])
    assert rest == first[2:]
    assert await stage.ok("getUpdates", offset=rest[-1]["update_id"] + 1) == []
    assert stage.sandbox.pending_updates == 0


async def test_a_limit_and_a_negative_offset(stage: Stage) -> None:
    for number in range(3):
        stage.ana.write(stage.group, f"/c{number}")
    everything = await stage.ok("getUpdates")
    assert await stage.ok("getUpdates", limit=2) == everything[:2]
    assert await stage.ok("getUpdates", limit=0) == everything
    assert await stage.ok("getUpdates", offset=-1) == everything[-1:]
    assert await stage.ok("getUpdates") == everything[-1:]


async def test_a_long_poll_ends_with_the_first_update(stage: Stage) -> None:
    await stage.updates()
    poll = asyncio.create_task(stage.ok("getUpdates", timeout=50))
    await settle()
    assert stage.sandbox.polling
    stage.ana.write(stage.group, "/week")
    assert kinds(await poll) == ["message"]
    assert not stage.sandbox.polling


async def test_a_long_poll_ends_empty_after_its_time(stage: Stage) -> None:
    await stage.updates()
    poll = asyncio.create_task(stage.ok("getUpdates", timeout=500))
    await stage.clock.advance(49)
    assert not poll.done()
    await stage.clock.advance(1)
    assert await poll == []


async def test_a_second_poller_throws_the_first_out(stage: Stage) -> None:
    await stage.updates()
    first = asyncio.create_task(stage.refused("getUpdates", timeout=50))
    await settle()
    second = asyncio.create_task(stage.ok("getUpdates", timeout=50))
    assert await first == (
        "409 Conflict: terminated by other getUpdates request;"
        " make sure that only one bot instance is running"
    )
    stage.ana.write(stage.group, "/week")
    assert len(await second) == 1


async def test_no_polling_while_a_webhook_is_set(stage: Stage) -> None:
    await stage.ok("setWebhook", url="https://a.b/hook", drop_pending_updates=True)
    assert await stage.refused("getUpdates") == (
        "409 Conflict: can't use getUpdates method while webhook is active;"
        " use deleteWebhook to delete the webhook first"
    )
    stage.ana.write(stage.group, "/week")
    info = await stage.ok("getWebhookInfo")
    assert (info["url"], info["pending_update_count"]) == ("https://a.b/hook", 1)
    await stage.ok("deleteWebhook")
    assert kinds(await stage.ok("getUpdates")) == ["message"]
    assert (await stage.refused("setWebhook", url="http://a.b")).startswith("400 Bad Request: bad webhook")


async def test_members_and_reactions_only_for_those_who_ask_and_administer(stage: Stage) -> None:
    stage.ana.promote(stage.group)
    message = stage.ana.write(stage.group, "/week")
    carl = stage.sandbox.create_person("Carl")
    await stage.updates()

    stage.ben.react(message, "🔥")
    carl.join(stage.group)
    assert kinds(await stage.updates()) == ["message"]

    wanted = ["message", "chat_member", "message_reaction"]
    await stage.ok("getUpdates", allowed_updates=wanted)
    stage.ben.react(message, "👍")
    carl.leave(stage.group)
    found = await stage.updates()
    assert kinds(found) == ["message_reaction", "message", "chat_member"]
    assert found[0]["message_reaction"]["old_reaction"] == [{"type": "emoji", "emoji": "🔥"}]

    stage.ana.demote(stage.group)
    stage.ben.react(message)
    assert await stage.updates() == []


async def test_the_choice_of_updates_is_kept_until_the_next(stage: Stage) -> None:
    await stage.updates(allowed_updates=["callback_query"])
    stage.ana.write(stage.group, "/week")
    assert await stage.updates() == []
    await stage.updates(allowed_updates=[])
    stage.ana.write(stage.group, "/week")
    assert kinds(await stage.updates()) == ["message"]


async def test_presses_wait_150_seconds_other_updates_a_day(stage: Stage) -> None:
    await stage.updates()
    await stage.say(reply_markup=keyboard([("Go", "x")]))
    stage.ana.write(stage.group, "/week")
    stage.ben.press(stage.last() if stage.last().buttons else stage.sandbox.messages(stage.group)[-2], "Go")
    assert kinds(await stage.ok("getUpdates")) == ["message", "callback_query"]
    await stage.clock.advance(150)
    assert kinds(await stage.ok("getUpdates")) == ["message"]
    await stage.clock.advance(24 * 3600)
    assert await stage.ok("getUpdates") == []


async def test_a_duplicate_comes_again_after_it_was_confirmed(stage: Stage) -> None:
    await stage.updates()
    stage.sandbox.duplicate_update()
    stage.ana.write(stage.group, "/week")
    (first,) = await stage.ok("getUpdates")
    assert await stage.ok("getUpdates", offset=first["update_id"] + 1) == [first]
    assert await stage.ok("getUpdates", offset=first["update_id"] + 1) == []


async def test_a_malformed_update_cannot_be_parsed(stage: Stage) -> None:
    await stage.updates()
    update_id = stage.sandbox.malformed_update()
    (update,) = await stage.ok("getUpdates")
    assert update["update_id"] == update_id
    with pytest.raises((TypeError, ValueError, AttributeError, KeyError)):
        Update.de_json(update, None)


async def test_every_kind_of_update_can_be_parsed_by_a_client(stage: Stage) -> None:
    await stage.ok(
        "getUpdates",
        allowed_updates=[
            "message",
            "edited_message",
            "callback_query",
            "my_chat_member",
            "chat_member",
            "message_reaction",
        ],
    )
    stage.ana.promote(stage.group)
    said = stage.ben.write(stage.group, "/week")
    stage.ben.edit(said, "/weeks")
    stage.ben.react(said, "🔥")
    await stage.say(reply_markup=keyboard([("Go", "x")]))
    stage.ben.press(stage.last(), "Go")
    stage.ben.forge(stage.group, 999, "old")
    stage.ben.leave(stage.group)
    stage.ana.rename(stage.group, "Cinema")
    stage.ben.start_bot("club")
    stage.ben.block()
    new = stage.ana.migrate(stage.group)
    stage.ana.write(new, "/week", anonymous=True)
    stage.ana.restrict_bot(new)
    stage.ana.kick_bot(new)
    for update in await stage.updates():
        parsed = Update.de_json(update, None)
        assert parsed.to_dict()["update_id"] == update["update_id"]
        assert parsed.api_kwargs == {}
        message = parsed.effective_message
        assert message is None or not getattr(message, "api_kwargs", None)
