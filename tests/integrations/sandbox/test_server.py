from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from telegram import Bot
from telegram.error import NetworkError
from telegram.request import HTTPXRequest

from integrations.sandbox.catalogues import Catalogues
from integrations.sandbox.server import create_app, serve
from integrations.sandbox.stream import EventStream
from tests.fakes import settle
from tests.integrations.sandbox.stage import keyboard, png
from tests.integrations.sandbox.visits import KEY, visitor

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from starlette.applications import Starlette

    from integrations.sandbox.server import Moment
    from tests.integrations.sandbox.stage import Stage


ANYWHERE = "0.0.0.0"  # noqa: S104 - that somebody asks for


@pytest.fixture
def app(stage: Stage, tmp_path: Path) -> Starlette:
    (tmp_path / "index.html").write_text("<p>the page</p>")
    return create_app(
        stage.sandbox,
        key=KEY,
        catalogues=Catalogues("http://127.0.0.1:8080", stage.clock),
        page=tmp_path,
        advance=stage.clock.advance,
        moments=_moments(stage),
    )


def _moments(stage: Stage) -> dict[str, Moment]:
    async def soon() -> datetime | None:
        return stage.clock.now() + timedelta(hours=1)

    async def never() -> datetime | None:
        return None

    return {"soon": soon, "never": never}


async def test_the_first_visit_brings_the_key_and_gets_a_cookie(app: Starlette) -> None:
    async with visitor(app, key=None) as http:
        assert (await http.get("/")).status_code == 403
        assert (await http.get("/api/state")).status_code == 403
        assert (await http.get("/", params={"key": "wrong"})).status_code == 403
        answer = await http.get("/", params={"key": KEY})
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        cookie = set(answer.headers["set-cookie"].split("; "))
        assert {f"sandbox_key_8080={KEY}", "HttpOnly", "SameSite=strict"} <= cookie
        page = await http.get("/")
        assert page.text == "<p>the page</p>"
        assert "default-src 'self'" in page.headers["content-security-policy"]


async def test_other_hosts_and_other_sites_are_refused(app: Starlette) -> None:
    async with visitor(app) as http:
        assert (await http.get("/", headers={"Host": "evil.example"})).status_code == 421
        assert (await http.get("/botx/getMe", headers={"Host": "evil.example:8080"})).status_code == 421
        other = {"Origin": "http://127.0.0.1:9999"}
        assert (await http.post("/api/clock", json={"seconds": 1}, headers=other)).status_code == 403
        own = {"Origin": "http://127.0.0.1:8080"}
        assert (await http.post("/api/clock", json={"seconds": 1}, headers=own)).status_code == 200


async def test_the_state_shows_everybody_and_everything(app: Starlette, stage: Stage) -> None:
    await stage.ok(
        "sendPhoto",
        chat_id=stage.group_id,
        photo="https://a.b/c.jpg",
        caption="<b>Heat</b>",
        parse_mode="HTML",
        reply_markup=keyboard([("4½", "r:9")]),
    )
    async with visitor(app) as http:
        state = (await http.get("/api/state")).json()
    assert [p["name"] for p in state["people"]] == ["Ana", "Ben"]
    group = next(chat for chat in state["chats"] if chat["id"] == stage.group_id)
    assert (group["title"], group["bot_present"], len(group["members"])) == ("Film club", True, 3)
    service, card = state["messages"][str(stage.group_id)]
    assert service["service"] == {"kind": "new_chat_members", "about": "Wrong Opinions"}
    assert card["html"] == "<b>Heat</b>"
    assert card["buttons"] == [[{"text": "4½", "url": None, "pressable": True, "style": None}]]
    assert card["sender"] == {
        "id": stage.sandbox.bot.id,
        "name": "Wrong Opinions",
        "is_bot": True,
        "chat": None,
    }


async def test_writing_and_starting(app: Starlette, stage: Stage) -> None:
    async with visitor(app) as http:
        body = {"person": stage.ben.id, "chat": stage.group_id, "text": "/week"}
        written = (await http.post("/api/write", json=body)).json()["message"]
        assert (written["text"], written["sender"]["name"]) == ("/week", "Ben")

        private = {"person": stage.ben.id, "chat": stage.ben.id}
        early = await http.post("/api/write", json={**private, "text": "hi"})
        assert (early.status_code, early.json()) == (400, {"error": "Press Start first."})
        await http.post("/api/write", json={**private, "text": "/start club_7"})
        assert stage.sandbox.messages(stage.ben.private)[-1].text == "/start club_7"
        answer = await http.post("/api/write", json={**private, "text": "hi", "reply_to": 999})
        assert answer.status_code == 400
        wrongs: list[Any] = [{"person": 1}, {"person": stage.ben.id, "chat": 5}, [], "x"]
        for wrong in wrongs:
            assert (await http.post("/api/write", json=wrong)).status_code == 400


async def test_a_press_waits_for_its_answer(app: Starlette, stage: Stage) -> None:
    message = await stage.say(reply_markup=keyboard([("Go", "x")], [("Never", "y")]))
    await stage.updates()
    body = {"person": stage.ben.id, "chat": stage.group_id, "message": message, "row": 0, "column": 0}
    async with visitor(app) as http:
        pressing = asyncio.create_task(http.post("/api/press", json=body))
        await settle()
        (update,) = await stage.updates()
        await stage.ok("answerCallbackQuery", callback_query_id=update["callback_query"]["id"], text="Done")
        pressed = (await pressing).json()
        assert (pressed["answered"], pressed["toast"], pressed["alert"]) == (True, "Done", False)

        pressing = asyncio.create_task(http.post("/api/press", json={**body, "row": 1}))
        await stage.clock.advance(30)
        assert (await pressing).json()["answered"] is False
        assert (await http.post("/api/press", json={**body, "row": 7})).status_code == 400
        assert (await http.post("/api/press", json={**body, "message": 99})).json() == {
            "error": "This message is gone."
        }


async def test_a_link_button_gives_its_address(app: Starlette, stage: Stage) -> None:
    message = await stage.say(reply_markup={"inline_keyboard": [[{"text": "More", "url": "https://a.b/"}]]})
    body = {"person": stage.ben.id, "chat": stage.group_id, "message": message, "row": 0, "column": 0}
    async with visitor(app) as http:
        assert (await http.post("/api/press", json=body)).json()["url"] == "https://a.b/"


async def test_reactions_media_and_the_clock(app: Starlette, stage: Stage) -> None:
    async def fetch(_: str) -> bytes | None:
        return png()

    await stage.ok("sendPhoto", chat_id=stage.group_id, photo="https://a.b/seen.jpg")
    stage.sandbox.fetch_image = fetch
    await stage.ok("sendPhoto", chat_id=stage.group_id, photo="https://a.b/fetched.jpg")
    message = stage.last()
    async with visitor(app) as http:
        body = {"person": stage.ben.id, "chat": stage.group_id, "message": message.id, "emoji": ["🔥"]}
        assert (await http.post("/api/react", json=body)).json() == {}
        assert stage.last().reactions == (("🔥", 1),)
        assert (await http.post("/api/react", json={**body, "message": 99})).status_code == 400

        linked, stored = (await http.get("/api/state")).json()["messages"][str(stage.group_id)][-2:]
        picture = await http.get(stored["photo"]["src"])
        assert (picture.headers["content-type"], picture.content) == ("image/png", png())
        assert (await http.get(linked["photo"]["src"])).headers["location"] == "https://a.b/seen.jpg"
        assert (await http.get("/api/media/none")).status_code == 404

        before = stage.clock.now()
        answer = (await http.post("/api/clock", json={"seconds": 60})).json()
        assert (stage.clock.now() - before).total_seconds() == 60
        assert answer == {"now": stage.clock.now().isoformat()}
        assert (await http.post("/api/clock", json={"seconds": -1})).status_code == 400
        soon = stage.clock.now() + timedelta(hours=1)
        assert (await http.post("/api/clock", json={"to": "soon"})).json() == {"now": soon.isoformat()}
        assert (await http.post("/api/clock", json={"to": "never"})).status_code == 400
        assert (await http.post("/api/clock", json={"to": "elsewhere"})).status_code == 400


async def test_events_go_on_after_a_break() -> None:
    stream = EventStream()
    stream.put("clock", {"now": "1"})
    follower = stream.follow(0)
    assert await anext(follower) == 'id: 1\nevent: clock\ndata: {"now": "1"}\n\n'
    waiting = asyncio.ensure_future(anext(follower))
    await settle()
    assert not waiting.done()
    stream.put("clock", {"now": "2"})
    assert (await waiting).startswith("id: 2\n")
    assert (await anext(stream.follow(1))).startswith("id: 2\n")
    assert (await anext(stream.follow(99))) == "id: 2\nevent: reset\ndata: {}\n\n"
    stream.close()
    assert [event async for event in follower] == []


async def test_who_missed_too_much_is_told_to_start_over() -> None:
    stream = EventStream()
    for number in range(3000):
        stream.put("clock", {"now": number})
    assert await anext(stream.follow(5)) == "id: 3000\nevent: reset\ndata: {}\n\n"
    assert (await anext(stream.follow(2999))).startswith("id: 3000\nevent: clock")


async def test_over_real_http(app: Starlette, stage: Stage) -> None:
    server = await serve(app)
    address = f"http://127.0.0.1:{server.port}"
    try:
        bot = Bot(
            stage.sandbox.token,
            base_url=f"{address}/bot",
            base_file_url=f"{address}/file/bot",
            request=HTTPXRequest(),
            get_updates_request=HTTPXRequest(),
        )
        async with bot, httpx.AsyncClient(base_url=address, cookies={"sandbox_key": KEY}) as http:
            async with http.stream("GET", "/api/events") as events:
                sent = await bot.send_photo(stage.group_id, png(), caption="Heat")
                lines = events.aiter_lines()
                # The message is told first, then the call that brought it.
                message_event = app.state.stream.last_id - 1
                assert [await anext(lines) for _ in range(2)] == [f"id: {message_event}", "event: message"]
                shown = json.loads((await anext(lines)).removeprefix("data: "))
                assert (shown["id"], shown["text"]) == (sent.message_id, "Heat")
            file = await bot.get_file(sent.photo[-1].file_id)
            assert bytes(await file.download_as_bytearray()) == png()
            stage.sandbox.faults.drop_after("sendMessage")
            with pytest.raises(NetworkError):
                await bot.send_message(stage.group_id, "arrived all the same")
            assert stage.last().text == "arrived all the same"
            agent = {"User-Agent": "WrongOpinions/1 ( test@wrong-opinions.example )"}
            found = await http.get(
                "/musicbrainz/ws/2/release-group", params={"query": "nevermind", "fmt": "json"}, headers=agent
            )
            assert "Nevermind" in [group["title"] for group in found.json()["release-groups"]]
            await http.post("/api/faults", json={"kind": "tmdb-down"})
            assert (await http.get("/tmdb/3/search/movie")).status_code == 502
    finally:
        await server.stop()
    async with httpx.AsyncClient() as http:
        with pytest.raises(httpx.ConnectError):
            await http.get(address)


async def test_stopping_ends_open_streams(app: Starlette) -> None:
    server = await serve(app)
    async with (
        httpx.AsyncClient(cookies={"sandbox_key": KEY}) as http,
        http.stream("GET", f"http://127.0.0.1:{server.port}/api/events") as events,
    ):
        await server.stop()
        assert [line async for line in events.aiter_lines()] == []


@pytest.mark.parametrize(
    ("served", "asked", "status"),
    [
        ("127.0.0.1", "localhost:8080", 200),
        ("127.0.0.1", "192.0.2.7:8080", 421),
        ("127.0.0.1", "[bad", 421),
        ("127.0.0.1", "localhost:x", 421),
        ("192.0.2.7", "192.0.2.7:8080", 200),
        ("192.0.2.7", "127.0.0.1:8080", 421),
        ("192.0.2.7", "evil.example", 421),
        ("club.example", "Club.example:8080", 200),
        (ANYWHERE, "192.0.2.7:8080", 200),
        (ANYWHERE, "localhost:8080", 200),
        (ANYWHERE, "evil.example:8080", 421),
        ("::", "[2001:db8::7]:8080", 200),
        ("::", "evil.example", 421),
    ],
)
async def test_only_requests_for_the_host_that_is_served_are_taken(
    stage: Stage, served: str, asked: str, status: int
) -> None:
    app = create_app(stage.sandbox, key=KEY, host=served)
    async with visitor(app) as http:
        assert (await http.get("/api/state", headers={"Host": asked})).status_code == status


async def test_what_people_do_waits_until_all_is_ready(stage: Stage) -> None:
    ready = asyncio.Event()
    app = create_app(stage.sandbox, key=KEY, ready=ready.wait)
    async with visitor(app) as http:
        body = {"person": stage.ben.id, "chat": stage.group_id, "text": "/week"}
        writing = asyncio.create_task(http.post("/api/write", json=body))
        await settle()
        assert stage.last().text != "/week"
        assert (await http.get("/api/state")).status_code == 200
        ready.set()
        assert (await writing).status_code == 200


async def test_another_demo_on_another_port_leaves_a_tab_its_key(app: Starlette) -> None:
    cookies = {"sandbox_key_8080": KEY, "sandbox_key_8081": "another"}
    async with visitor(app, key=None) as http:
        http.cookies.update(cookies)
        assert (await http.get("/api/state")).status_code == 200
