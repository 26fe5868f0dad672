"""Trouble ordered from the demo's page, and how the bot copes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.compose_doctor import examine
from bot.send import ATTEMPTS
from integrations.sandbox.server import create_app
from integrations.sandbox.telegram.wire import Upload
from tests.e2e.world import running
from tests.fakes import RunningClock
from tests.integrations.sandbox.visits import KEY, get, post

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from starlette.applications import Starlette

    from tests.e2e.world import Errors, World


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with running(tmp_path) as world:
        await world.found_club()
        yield world


@pytest.fixture
def app(world: World) -> Starlette:
    return create_app(world.telegram, key=KEY, catalogues=world.catalogues)


@pytest.mark.parametrize("kind", ["telegram-429", "telegram-slow"])
async def test_what_telegram_delays_arrives_once(world: World, app: Starlette, kind: str) -> None:
    await post(app, "faults", {"kind": kind, "times": 1})
    answer = await world.ask(world.ana, "/help")
    assert "/movie" in answer.words
    assert kind in [call["fault"] for call in (await get(app, "calls"))["calls"]]


async def test_a_message_whose_answer_is_lost_is_not_sent_twice(world: World, app: Starlette) -> None:
    await post(app, "faults", {"kind": "telegram-timeout-after-effect"})
    assert len(await world.say(world.ana, "/help")) == 1
    assert (await get(app, "faults"))["ordered"] == []


async def test_an_error_of_telegram_s_costs_at_most_one_message(world: World, app: Starlette) -> None:
    await post(app, "faults", {"kind": "telegram-500"})
    assert await world.say(world.ana, "/help") == []
    assert "/movie" in (await world.ask(world.ana, "/help")).words


async def test_tmdb_is_down_until_it_is_not(world: World, app: Starlette) -> None:
    await post(app, "faults", {"kind": "tmdb-down"})
    apology = await world.ask(world.ana, "/movie heat 1995")
    assert "TMDB" in apology.words
    await post(app, "faults", {"cancel": "all"})
    hits = await world.ask(world.ana, "/movie heat 1995")
    assert hits.find_button("Heat (1995)")


@pytest.mark.parametrize(
    ("kind", "times"), [("musicbrainz-503", 2), ("musicbrainz-slow", 1), ("coverart-down", 20)]
)
async def test_albums_are_found_in_spite_of(world: World, app: Starlette, kind: str, times: int) -> None:
    await post(app, "faults", {"kind": kind, "times": times})
    hits = await world.ask(world.ana, "/album kind of blue")
    await world.press(world.ana, hits, "Miles Davis – Kind of Blue (1959)")
    assert world.now(hits).find_button("Pick")
    assert kind in [call["fault"] for call in (await get(app, "calls"))["calls"]]


@pytest.mark.parametrize("kind", ["tmdb-429", "omdb-limit"])
async def test_movies_are_found_in_spite_of(world: World, app: Starlette, kind: str) -> None:
    await post(app, "faults", {"kind": kind, "times": 1})
    hits = await world.ask(world.ana, "/movie heat 1995")
    await world.press(world.ana, hits, "Heat (1995)")
    assert world.now(hits).find_button("Pick")
    assert kind in [call["fault"] for call in (await get(app, "calls"))["calls"]]


async def test_a_press_that_is_answered_too_late_counts_all_the_same(world: World, app: Starlette) -> None:
    hits = await world.ask(world.ana, "/movie heat 1995")
    await post(app, "faults", {"kind": "telegram-press-expired"})
    press = await world.press(world.ana, hits, "Heat (1995)")
    press.excuse()
    assert world.now(hits).find_button("Pick")


async def test_while_telegram_does_not_say_who_is_an_admin_it_is_said_so(
    world: World, errors: Errors
) -> None:
    world.telegram.faults.drop_before("getChatMember", times=ATTEMPTS)
    assert "whether you're an admin" in (await world.ask(world.ana, "/import")).text
    assert (await world.ask(world.ana, "/import")).force_reply
    assert errors.messages == []


@pytest.mark.parametrize(
    ("times", "said"),
    [(ATTEMPTS, "isn't handing me that file"), (ATTEMPTS - 1, "no file that /export wrote")],
)
async def test_a_file_that_telegram_keeps_is_asked_for_again(
    world: World, times: int, said: str, errors: Errors
) -> None:
    world.telegram.faults.drop_before("getFile", times=times)
    answer = await world.ask(world.ana, "/import", document=Upload("export.zip", b"{}"))
    assert said in world.now(answer).text
    assert errors.messages == []


async def test_a_file_whose_arrival_is_not_confirmed_is_sent_once_and_said_to_be_so(
    world: World, errors: Errors
) -> None:
    world.telegram.faults.drop_after("sendDocument", timed_out=True)
    progress, file = await world.say(world.ana, "/export")
    assert "didn't confirm the file" in progress.text
    assert file.document
    assert errors.messages == []


async def test_the_doctor_takes_no_fault_of_the_network_for_an_owner_who_never_pressed_start(
    world: World,
) -> None:
    world.telegram.faults.drop_before("getChat")
    found = await examine(world.settings, clock=RunningClock(), transport=world.transport)
    (line,) = [finding for finding in found if finding.subject == "OWNER_ID"]
    assert line.advice == "Try again later"
