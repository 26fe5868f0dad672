"""Behind the scenes: what the page shows of the bot's calls, and the trouble it can order."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from integrations.sandbox.catalogues import Catalogues
from integrations.sandbox.journal import KEPT, TELEGRAM_AGENT
from integrations.sandbox.server import create_app
from integrations.sandbox.telegram import ConnectionDropped, Upload
from integrations.sandbox.trouble import KINDS
from tests.fakes import settle
from tests.integrations.sandbox.stage import png
from tests.integrations.sandbox.visits import KEY, get, post, refusal

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from tests.integrations.sandbox.stage import Stage

ADDRESS = "http://127.0.0.1:8080"


@pytest.fixture
def catalogues(stage: Stage) -> Catalogues:
    return Catalogues(ADDRESS, stage.clock)


@pytest.fixture
def app(stage: Stage, catalogues: Catalogues) -> Starlette:
    keys = (catalogues.settings()["TMDB_API_KEY"], catalogues.settings()["OMDB_API_KEY"])
    return create_app(stage.sandbox, key=KEY, catalogues=catalogues, secrets=keys)


async def calls(app: Starlette) -> Any:
    return (await get(app, "calls"))["calls"]


async def ask(catalogues: Catalogues, path: str, agent: str = "WrongOpinions/1", **query: str) -> int:
    request = httpx.Request("GET", f"{ADDRESS}{path}", params=query, headers={"User-Agent": agent})
    return (await catalogues.handle(request)).status_code


async def test_a_call_is_shown_with_what_came_of_it(app: Starlette, stage: Stage) -> None:
    before = stage.clock.now().isoformat()
    sent = await stage.ok("sendMessage", chat_id=stage.group_id, text="hello")
    (call,) = await calls(app)
    assert call == {
        "id": 1,
        "at": before,
        "service": "telegram",
        "method": "sendMessage",
        "chat": stage.group_id,
        "parameters": {"chat_id": stage.group_id, "text": "hello"},
        "status": 200,
        "answer": {"ok": True, "result": sent},
        "milliseconds": 0,
        "fault": None,
        "flood": {"used": 1, "limit": 20},
    }
    (_, kind, data) = app.state.stream.remembered[-1]
    assert (kind, json.loads(data)) == ("call", call)


async def test_flood_control_is_seen_filling_up(app: Starlette, stage: Stage) -> None:
    for _ in range(3):
        await stage.say()
    await stage.clock.advance(61)
    await stage.say()
    await stage.ok("getMe")
    stage.ben.start_bot()
    await stage.ok("sendMessage", chat_id=stage.ben.id, text="hi")
    floods = [call["flood"] for call in await calls(app)]
    assert [flood and flood["used"] for flood in floods] == [1, 2, 3, 1, None, 1]
    assert floods[-1] == {"used": 1, "limit": None}


async def test_files_are_named_and_long_answers_cut(app: Starlette, stage: Stage) -> None:
    await stage.ok("sendPhoto", {"photo": Upload("week.png", png())}, chat_id=stage.group_id)
    await stage.say("x" * 4000)
    photo, long = await calls(app)
    assert photo["parameters"]["photo"] == {"file": "week.png", "bytes": len(png())}
    assert long["answer"].startswith('{"ok": true, "result": {"message_id"')
    assert len(long["answer"]) == 4001


async def test_polls_for_news_are_left_out_unless_they_fail(app: Starlette, stage: Stage) -> None:
    await stage.ok("getUpdates")
    stage.sandbox.faults.fail("getUpdates", 502, "Bad Gateway")
    await stage.refused("getUpdates")
    assert [(call["method"], call["status"]) for call in await calls(app)] == [("getUpdates", 502)]


async def test_catalogues_are_shown_without_keys(
    app: Starlette, stage: Stage, catalogues: Catalogues
) -> None:
    keys = catalogues.settings()
    key = keys["TMDB_API_KEY"]
    await ask(catalogues, "/tmdb/3/search/movie", api_key=key, query="heat")
    await ask(catalogues, "/tmdb/3/search/movie", api_key="wrong", query=key)
    await ask(catalogues, "/omdb/", apikey=keys["OMDB_API_KEY"], i="tt0113277")
    await ask(catalogues, "/images/t/p/w500/none.jpg")
    await ask(catalogues, "/coverart/release-group/x/front", TELEGRAM_AGENT)
    await stage.say(f"my token is {stage.sandbox.token}")
    shown = await calls(app)
    assert [(call["service"], call["method"], call["status"]) for call in shown] == [
        ("tmdb", "GET /3/search/movie", 200),
        ("tmdb", "GET /3/search/movie", 401),
        ("omdb", "GET /", 200),
        ("telegram", "sendMessage", 200),
    ]
    assert shown[0]["parameters"] == {"query": "heat"}
    everything = json.dumps([shown, *(data for _, _, data in app.state.stream.remembered[:-1])])
    for secret in (key, keys["OMDB_API_KEY"]):
        assert secret not in everything
    assert stage.sandbox.token not in json.dumps(shown)


async def test_only_the_last_calls_are_kept(app: Starlette, stage: Stage) -> None:
    for _ in range(KEPT + 3):
        await stage.ok("getMe")
    shown = await calls(app)
    assert (len(shown), shown[0]["id"], shown[-1]["id"]) == (KEPT, 4, KEPT + 3)


async def test_trouble_is_ordered_strikes_and_is_over(app: Starlette, stage: Stage) -> None:
    assert (await get(app, "faults"))["ordered"] == []
    await post(app, "faults", {"kind": "telegram-429", "times": 2})
    assert (await get(app, "faults"))["ordered"] == [{"id": 1, "kind": "telegram-429", "left": 2}]
    assert "retry after 5" in await stage.refused("sendMessage", chat_id=stage.group_id, text="a")
    assert (await get(app, "faults"))["ordered"] == [{"id": 1, "kind": "telegram-429", "left": 1}]
    (_, kind, data) = app.state.stream.remembered[-1]
    assert (kind, json.loads(data)["ordered"][0]["left"]) == ("faults", 1)
    await stage.refused("editMessageText", chat_id=stage.group_id, message_id=1, text="b")
    assert (await get(app, "faults"))["ordered"] == []
    await stage.say()
    assert [call["fault"] for call in await calls(app)] == ["telegram-429", "telegram-429", None]


async def test_a_message_arrives_and_its_answer_does_not(app: Starlette, stage: Stage) -> None:
    await post(app, "faults", {"kind": "telegram-timeout-after-effect"})
    with pytest.raises(ConnectionDropped):
        await stage.say("there all the same")
    assert stage.last().text == "there all the same"
    (call,) = await calls(app)
    assert (call["status"], call["fault"]) == (None, "telegram-timeout-after-effect")


async def test_what_lasts_ends_when_it_is_cancelled(
    app: Starlette, stage: Stage, catalogues: Catalogues
) -> None:
    search = {"path": "/tmdb/3/search/movie", "api_key": catalogues.settings()["TMDB_API_KEY"], "query": "x"}
    down = (await post(app, "faults", {"kind": "tmdb-down"}))["ordered"][0]
    assert down["left"] is None
    assert [await ask(catalogues, **search) for _ in range(3)] == [502, 502, 502]
    assert (await post(app, "faults", {"cancel": down["id"]}))["ordered"] == []
    assert await ask(catalogues, **search) == 200
    assert await refusal(app, "faults", {"cancel": down["id"]}) == "This trouble is over already."

    await post(app, "faults", {"kind": "telegram-slow"})
    await post(app, "faults", {"kind": "telegram-500"})
    assert (await post(app, "faults", {"cancel": "all"}))["ordered"] == []
    await stage.say()


async def test_slowness_is_measured(app: Starlette, stage: Stage) -> None:
    await post(app, "faults", {"kind": "telegram-slow"})
    saying = asyncio.ensure_future(stage.say())
    await settle()
    await stage.clock.advance(5)
    await saying
    (call,) = await calls(app)
    assert (call["milliseconds"], call["fault"]) == (5000, "telegram-slow")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
async def test_every_kind_strikes_its_service(
    app: Starlette, stage: Stage, catalogues: Catalogues, kind: Any
) -> None:
    await post(app, "faults", {"kind": kind.id, "times": 1})

    async def strike() -> None:
        match kind.service:
            case "telegram":
                message = {"chat_id": stage.group_id, "text": "x"}
                with contextlib.suppress(ConnectionDropped):
                    await stage.sandbox.call(stage.sandbox.token, "sendMessage", message)
                    await stage.sandbox.call(stage.sandbox.token, "answerCallbackQuery", {})
            case _:
                await ask(catalogues, f"/{kind.service}/x")

    striking = asyncio.ensure_future(strike())
    await settle()
    await stage.clock.advance(10)
    await striking
    assert kind.id in [call["fault"] for call in await calls(app)]
    assert (await get(app, "faults"))["ordered"] == []


async def test_nonsense_is_refused(app: Starlette) -> None:
    assert await refusal(app, "faults", {"kind": "rain"}) == "There is no such trouble to order."
    many = await refusal(app, "faults", {"kind": "tmdb-down", "times": 101})
    assert many == "Trouble can be ordered 1 to 100 times."
    assert (await get(app, "faults"))["kinds"][0].keys() == {"id", "title", "service"}
