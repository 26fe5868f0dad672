"""What friends do on the page besides writing and pressing, and what the page is told of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from integrations.sandbox.page_api import UPLOAD_LIMIT
from integrations.sandbox.server import create_app
from integrations.sandbox.telegram import Upload
from tests.integrations.sandbox.stage import png
from tests.integrations.sandbox.visits import KEY, get, post, refusal, visitor

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from tests.integrations.sandbox.stage import Stage


@pytest.fixture
def app(stage: Stage) -> Starlette:
    return create_app(stage.sandbox, key=KEY, zones=lambda chat: "Europe/Rome" if chat < 0 else "UTC")


def happened(app: Starlette) -> list[tuple[str, Any]]:
    """The kinds and data of what was to be seen so far."""
    return [(kind, json.loads(data)) for _, kind, data in app.state.stream.remembered if kind != "call"]


async def group_of(app: Starlette, stage: Stage) -> Any:
    chats = (await get(app, "state"))["chats"]
    return next(chat for chat in chats if chat["id"] == stage.group_id)


async def messages(app: Starlette, chat: int) -> Any:
    return (await get(app, "state"))["messages"][str(chat)]


async def test_a_world_has_an_id_and_its_chats_a_zone(app: Starlette, stage: Stage) -> None:
    state = await get(app, "state")
    assert state["world"] == stage.sandbox.world.id
    assert {chat["id"]: chat["zone"] for chat in state["chats"]} == {
        stage.group_id: "Europe/Rome",
        stage.ana.id: "UTC",
        stage.ben.id: "UTC",
    }


async def test_the_bot_is_seen_typing(app: Starlette, stage: Stage) -> None:
    await stage.ok("sendChatAction", chat_id=stage.group_id, action="typing")
    assert happened(app) == [("action", {"chat": stage.group_id, "action": "typing"})]


async def test_an_album_is_one_and_a_document_can_be_downloaded(app: Starlette, stage: Stage) -> None:
    files = {"a": Upload("a.png", png()), "b": Upload("b.png", png())}
    media = [{"type": "photo", "media": f"attach://{name}"} for name in files]
    await stage.ok("sendMediaGroup", files, chat_id=stage.group_id, media=json.dumps(media))
    table = Upload("Ratings – 2026.csv", b"a,b", "text/csv")
    await stage.ok("sendDocument", {"document": table}, chat_id=stage.group_id, caption="All of it")
    _, first, second, last = await messages(app, stage.group_id)
    assert first["media_group"] == second["media_group"] is not None
    assert last["media_group"] is None
    document = last["document"]
    assert (document["name"], document["size"], document["mime"]) == ("Ratings – 2026.csv", 3, "text/csv")
    async with visitor(app) as http:
        file = await http.get(document["src"])
    assert (file.content, file.headers["content-type"]) == (b"a,b", "application/octet-stream")
    assert file.headers["content-disposition"].startswith("attachment; filename*=UTF-8''Ratings%20")


async def test_a_document_is_never_shown_as_a_page_of_ours(app: Starlette, stage: Stage) -> None:
    pretender = Upload("cute.png", png() + b"<script>", "text/html")
    await stage.ok("sendDocument", {"document": pretender}, chat_id=stage.group_id)
    (*_, sent) = await messages(app, stage.group_id)
    async with visitor(app) as http:
        file = await http.get(sent["document"]["src"])
    assert file.headers["content-type"] == "application/octet-stream"
    assert file.headers["x-content-type-options"] == "nosniff"


async def test_friends_vote_and_the_bot_hears_of_it(app: Starlette, stage: Stage) -> None:
    await stage.updates(allowed_updates=["message", "poll", "poll_answer"])
    await stage.ok(
        "sendPoll",
        chat_id=stage.group_id,
        question="Which one?",
        options=["Heat", "Ronin"],
        is_anonymous=False,
        hide_results_until_closes=True,
    )
    poll = stage.last()
    vote = {"chat": stage.group_id, "message": poll.id}
    await post(app, "vote", {**vote, "person": stage.ana.id, "options": [1]})
    await post(app, "vote", {**vote, "person": stage.ben.id, "options": [0]})
    await post(app, "vote", {**vote, "person": stage.ben.id, "options": [1]})
    (*_, shown) = await messages(app, stage.group_id)
    assert [option["voter_count"] for option in shown["poll"]["options"]] == [0, 2]
    assert shown["poll"]["chosen"] == {str(stage.ana.id): [1], str(stage.ben.id): [1]}
    assert shown["poll"]["hides_results"] is True
    heard = [update for update in await stage.updates() if "poll_answer" in update]
    assert [update["poll_answer"]["option_ids"] for update in heard] == [[1], [0], [1]]

    await post(app, "vote", {**vote, "person": stage.ana.id, "options": []})
    await stage.ok("stopPoll", chat_id=stage.group_id, message_id=poll.id)
    (*_, shown) = await messages(app, stage.group_id)
    assert (shown["poll"]["total_voter_count"], shown["poll"]["hides_results"]) == (1, False)
    closed = await refusal(app, "vote", {**vote, "person": stage.ana.id, "options": [0]})
    assert closed == "this poll is closed"


@pytest.mark.parametrize(
    ("options", "why"),
    [([2], "there is no such option"), ([0, 1], "this poll takes one answer")],
)
async def test_votes_the_app_does_not_take(
    app: Starlette, stage: Stage, options: list[int], why: str
) -> None:
    await stage.ok("sendPoll", chat_id=stage.group_id, question="Which?", options=["Heat", "Ronin"])
    vote = {"person": stage.ana.id, "chat": stage.group_id, "message": stage.last().id}
    assert await refusal(app, "vote", {**vote, "options": options}) == why


async def test_a_quiz_is_answered_once_and_words_are_no_poll(app: Starlette, stage: Stage) -> None:
    words = await stage.say()
    await stage.ok(
        "sendPoll",
        chat_id=stage.group_id,
        question="Who directed Heat?",
        options=["Mann", "Scott"],
        type="quiz",
        correct_option_ids=[0],
    )
    vote = {"person": stage.ana.id, "chat": stage.group_id, "options": [1]}
    quiz = {**vote, "message": stage.last().id}
    await post(app, "vote", quiz)
    assert await refusal(app, "vote", quiz) == "this poll takes no second vote"
    assert await refusal(app, "vote", {**vote, "message": words}) == "this is no poll"
    (*_, shown) = await messages(app, stage.group_id)
    assert shown["poll"]["correct"] == [0]


async def upload(app: Starlette, name: str, content: bytes, **fields: object) -> Any:
    async with visitor(app) as http:
        answer = await http.post(
            "/api/upload",
            data={field: str(value) for field, value in fields.items()},
            files={"file": (name, content, "text/csv")},
        )
    return answer.json()


async def test_files_are_attached(app: Starlette, stage: Stage) -> None:
    question = await stage.say(reply_markup={"force_reply": True})
    await stage.updates()
    sent = await upload(
        app,
        "ratings.csv",
        b"Title,Rating\n",
        person=stage.ben.id,
        chat=stage.group_id,
        reply_to=question,
        text="mine",
    )
    shown = sent["message"]
    assert (shown["text"], shown["reply_to"], shown["document"]["name"]) == ("mine", question, "ratings.csv")
    (update,) = await stage.updates()
    document = update["message"]["document"]
    assert (document["file_name"], document["mime_type"]) == ("ratings.csv", "text/csv")
    path = (await stage.ok("getFile", file_id=document["file_id"]))["file_path"]
    assert stage.sandbox.file(stage.sandbox.token, path) == b"Title,Rating\n"

    picture = await upload(app, "cat.png", png(), person=stage.ana.id, chat=stage.group_id)
    assert picture["message"]["photo"]["height"] == 750
    nothing = await upload(app, "empty.txt", b"", person=stage.ana.id, chat=stage.group_id)
    assert nothing == {"error": "There is no file, or nothing in it."}
    early = await upload(app, "a.txt", b"a", person=stage.ana.id, chat=stage.ana.id)
    assert early == {"error": "Press Start first."}
    big = await upload(app, "a.bin", b"a" * UPLOAD_LIMIT, person=stage.ana.id, chat=stage.group_id)
    assert big == {"error": "A bot cannot read files over 20 MB."}


async def test_an_admin_writes_as_the_group(app: Starlette, stage: Stage) -> None:
    said = {"person": stage.ana.id, "chat": stage.group_id, "text": "/week", "anonymous": True}
    assert "only an administrator of a supergroup" in await refusal(app, "write", said)
    await post(app, "admin", {"do": "migrate", "chat": stage.group_id})
    moved = stage.group.migrated_to
    written = (await post(app, "write", {**said, "chat": moved}))["message"]
    assert written["sender"] == {
        "id": 1087968824,
        "name": "Film club",
        "is_bot": True,
        "chat": "Film club",
    }
    assert "administrator" in await refusal(app, "write", {**said, "chat": moved, "person": stage.ben.id})


async def test_ranks_change_and_people_come_and_go(app: Starlette, stage: Stage) -> None:
    async def do(tool: str, person: int) -> None:
        await post(app, "admin", {"do": tool, "chat": stage.group_id, "person": person})

    async def statuses() -> dict[str, str]:
        return {m["name"]: m["status"] for m in (await group_of(app, stage))["members"]}

    await do("promote", stage.ben.id)
    await do("promote", stage.sandbox.bot.id)
    assert await statuses() == {"Ana": "creator", "Ben": "administrator", "Wrong Opinions": "administrator"}
    assert (await group_of(app, stage))["bot_status"] == "administrator"
    await do("demote", stage.ben.id)
    await do("leave", stage.ben.id)
    assert "Ben" not in await statuses()
    gone = {"chat": stage.group_id, "person": stage.ben.id}
    assert await refusal(app, "admin", {**gone, "do": "promote"}) == "Ben is not in Film club."
    await do("join", stage.ben.id)
    assert (await statuses())["Ben"] == "member"
    creator = {"do": "demote", "chat": stage.group_id, "person": stage.ana.id}
    assert "stays in charge" in await refusal(app, "admin", creator)
    assert ("chat", await group_of(app, stage)) in happened(app)


async def test_the_bot_is_kicked_and_added_again(app: Starlette, stage: Stage) -> None:
    group = {"chat": stage.group_id}
    await post(app, "admin", {**group, "do": "kick_bot"})
    seen = await group_of(app, stage)
    assert (seen["bot_present"], seen["bot_status"]) == (False, "kicked")
    assert await refusal(app, "admin", {**group, "do": "kick_bot"}) == "The bot is not in this group."
    await post(app, "admin", {**group, "do": "add_bot", "person": stage.ben.id})
    assert (await group_of(app, stage))["bot_status"] == "member"
    again = {**group, "do": "add_bot", "person": stage.ben.id}
    assert await refusal(app, "admin", again) == "The bot is there already."


async def test_a_topic_is_opened_in_what_became_a_forum(app: Starlette, stage: Stage) -> None:
    topic = {"do": "open_topic", "person": stage.ben.id, "name": "Albums"}
    assert await refusal(app, "admin", {**topic, "chat": stage.group_id}) == "only a supergroup has topics"
    await post(app, "admin", {"do": "migrate", "chat": stage.group_id})
    moved = stage.group.migrated_to
    await post(app, "admin", {**topic, "chat": moved})
    chats = {chat["id"]: chat for chat in (await get(app, "state"))["chats"]}
    assert chats[stage.group_id]["migrated_to"] == moved
    assert chats[moved]["is_forum"]
    (opened,) = chats[moved]["topics"]
    assert opened["name"] == "Albums"
    said = {"person": stage.ana.id, "chat": moved, "text": "hi", "thread": opened["id"]}
    assert (await post(app, "write", said))["message"]["thread"] == opened["id"]


async def test_a_person_blocks_the_bot_and_lets_it_back(app: Starlette, stage: Stage) -> None:
    own = {"chat": stage.ben.id, "person": stage.ben.id}
    assert await refusal(app, "admin", {**own, "do": "block"}) == "Ben has not started this chat."
    await post(app, "write", {**own, "text": "/start"})
    await post(app, "admin", {**own, "do": "block"})
    assert "blocked by the user" in await stage.refused("sendMessage", chat_id=stage.ben.id, text="hello?")
    await post(app, "admin", {**own, "do": "unblock"})
    await stage.ok("sendMessage", chat_id=stage.ben.id, text="hello!")
    other = {"do": "block", "chat": stage.ben.id, "person": stage.ana.id}
    assert await refusal(app, "admin", other) == "Ana has not started this chat."
    assert await refusal(app, "admin", {"do": "paint", "chat": stage.ben.id}) == "There is no such tool."


async def test_pins_are_told(app: Starlette, stage: Stage) -> None:
    stage.ana.promote(stage.group)
    message = await stage.say()
    await stage.ok("pinChatMessage", chat_id=stage.group_id, message_id=message)
    assert happened(app)[-1][1]["pinned"] == [message]
    await stage.ok("unpinAllChatMessages", chat_id=stage.group_id)
    assert happened(app)[-1][1]["pinned"] == []
