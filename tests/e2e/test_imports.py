"""Bringing a club's file in, into an empty club and a living one."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from integrations.sandbox.telegram.wire import Upload
from storage.repositories.imports import SqlImports
from tests.e2e import documents

if TYPE_CHECKING:
    from integrations.sandbox.telegram import Chat, MessageView, Person
    from tests.e2e.world import Errors, World

DAY = timedelta(days=1).total_seconds()


async def club_with_a_past(world: World) -> World:
    """Everybody is on the roster, three weeks are behind, one pick is under way."""
    for person in (world.ana, world.ben, world.cleo):
        await world.say(person, "/join")
    preview = await world.ask(
        world.ana,
        "/backfill 2024-W07 movie Heat (1995) 4.5 by Ana\n2024-W07 movie Heat (1995) 3.5 by Ben\n"
        "2024-W07 album Miles Davis – Kind of Blue (1959) 5 by Ben\n2024-W08 movie Dune (2021) 2 by Cleo",
    )
    await world.press(world.ana, preview, "Store")
    card = await world.pick(world.ben, "/movie parasite", "Parasite")
    for person, answer in ((world.ana, "5"), (world.ben, "4"), (world.cleo, "Didn't")):
        await world.press(person, card, answer)
    await world.say(world.ben, "Stairs, stairs, stairs", reply_to=card)
    await world.say(world.ana, "/note Bring crisps")
    return world


@pytest.fixture
async def friends(club: World) -> World:
    return await club_with_a_past(club)


@pytest.fixture
async def file(friends: World) -> bytes:
    """The group's export."""
    messages = await friends.say(friends.ana, "/export")
    return documents.content(friends, messages[1])


async def another_group(world: World, *people: Person) -> Chat:
    """A new group with the bot in it; the first is its founder."""
    group = world.telegram.create_group("Second club", list(people))
    people[0].add_bot(group)
    await world.settle()
    return group


async def send(
    world: World, person: Person, content: bytes, chat: Chat | None = None, text: str = "/import", **more: Any
) -> MessageView:
    """Send a file with a caption; the bot's one answer."""
    upload = Upload("export.zip", content)
    return await world.ask(person, text, chat, document=upload, **more)


def stored(world: World) -> dict[str, list[tuple[Any, ...]]]:
    """The rows that make up clubs."""
    path = Path(world.settings.database_url.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(path)) as connection:
        return {
            table: connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608
            for table in ("users", "members", "weeks", "picks", "ratings", "attendances", "aliases")
        }


async def export_of(world: World, person: Person, chat: Chat) -> dict[str, Any]:
    return documents.export(world, await world.say(person, "/export", chat))


def content_of(export: dict[str, Any]) -> dict[str, Any]:
    """What is the same however often it went out and in."""
    ordered = {name: sorted(export[name], key=json.dumps) for name in ("people", "works", "weeks", "ratings")}
    for week in ordered["weeks"]:
        week["picks"] = [{**pick, "absent": sorted(pick["absent"])} for pick in week["picks"]]
    return ordered


async def test_a_club_moves_to_another_group_whole(friends: World, file: bytes) -> None:
    before = await export_of(friends, friends.ana, friends.group)
    group = await another_group(friends, friends.olga)
    preview = await send(friends, friends.olga, file, group)
    assert "Film club, written down on 2 March." in preview.text
    assert "To be stored: 4 picks, 6 scores, in 3 weeks." in preview.text
    assert "Not on the roster, so their scores come under the name alone: Ana, Ben, Cleo." in preview.text
    await friends.press(friends.olga, preview, "Store")
    assert friends.now(preview).text == "Stored: 4 picks, 6 scores. Undo works for a day."
    assert content_of(await export_of(friends, friends.olga, group)) == content_of(before)
    card = (await friends.ask(friends.olga, "/week 2024-W07", group)).text
    assert "Ana 4½, Ben 3½" in card
    assert "0/0 scored" in card


async def test_who_is_on_the_roster_is_known_by_name_and_gets_their_own(friends: World, file: bytes) -> None:
    group = await another_group(friends, friends.olga, friends.ben)
    preview = await send(friends, friends.olga, file, group)
    await friends.say(friends.ben, "/join", group)
    again = await send(friends, friends.olga, file, group)
    assert "Taken for those of that name on the roster: Ben." in again.text
    await friends.press(friends.olga, preview, "Store")
    scores = await friends.ask(friends.ben, "/me", group)
    assert "Parasite" in scores.text
    third = await send(friends, friends.olga, file, group)
    assert "The club has all of this already." in third.text


async def test_twice_is_once(friends: World, file: bytes) -> None:
    assert "has all of this already" in (await send(friends, friends.ana, file)).text
    group = await another_group(friends, friends.olga)
    first, second = [await send(friends, friends.olga, file, group) for _ in range(2)]
    await friends.press(friends.olga, first, "Store")
    once = stored(friends)
    press = await friends.press(friends.olga, second, "Store")
    assert press.toast == "Nothing of this is left to store."
    assert stored(friends) == once
    press = await friends.press(friends.olga, friends.now(first), "Past weeks")
    assert not press.alert
    assert "has all of this already" in (await send(friends, friends.olga, file, group)).text
    assert stored(friends) == once


async def test_undo_takes_back_all_of_it_and_nothing_else(friends: World, file: bytes) -> None:
    group = await another_group(friends, friends.olga, friends.ben)
    before = stored(friends)
    preview = await send(friends, friends.olga, file, group)
    await friends.press(friends.olga, preview, "Store")
    assert stored(friends) != before
    await friends.press(friends.olga, preview, "Undo")
    assert friends.now(preview).text == "Taken back: 4 picks, 6 scores."
    assert stored(friends) == before


async def test_undo_leaves_what_grew_upon_it(friends: World, file: bytes) -> None:
    group = await another_group(friends, friends.olga, friends.ben)
    preview = await send(friends, friends.olga, file, group)
    await friends.press(friends.olga, preview, "Store")
    added = await friends.ask(friends.ben, "/add album Us – Ours (2020)", group)
    await friends.press(friends.ben, added, "Pick")
    await friends.press(friends.olga, preview, "Undo")
    found = await export_of(friends, friends.olga, group)
    assert [week["week"] for week in found["weeks"]] == ["2026-W10"]
    assert [person["name"] for person in found["people"]] == ["Ben"]


async def test_undo_is_over_after_a_day_and_only_for_admins(friends: World, file: bytes) -> None:
    group = await another_group(friends, friends.olga, friends.ben)
    preview = await send(friends, friends.olga, file, group)
    assert (await friends.press(friends.ben, preview, "Store")).alert
    await friends.press(friends.olga, preview, "Store")
    done = friends.now(preview)
    assert (await friends.press(friends.ben, done, "Undo")).alert
    await friends.clock.leap(DAY + 1)
    await friends.settle()
    press = await friends.press(friends.olga, done, "Undo")
    assert press.toast == "Too late: undo works for 24 hours."


async def test_a_living_club_keeps_what_it_has(friends: World, file: bytes) -> None:
    """The same file with other scores: what is there stays, and is named; what is not there comes."""
    text = documents.unzipped(file)[documents.JSON]
    document = json.loads(text)
    ana = next(person["id"] for person in document["people"] if person["name"] == "Ana")
    for rating in document["ratings"]:
        if rating["person"] == ana and rating["work"] == "tmdb:949":
            rating["score"] = 1
    heat = document["weeks"][0]["picks"][0]
    dune = next(week for week in document["weeks"] if week["week"] == "2024-W08")
    dune["picks"] += [{**heat, "position": 1}]
    document["ratings"].append({**document["ratings"][0], "person": ana, "work": dune["picks"][0]["work"]})
    preview = await send(friends, friends.ana, json.dumps(document).encode())
    assert "To be stored: 1 pick, 1 score, in 1 week." in preview.text
    assert "Ana gave Heat (1995) 4½ already." in preview.text
    await friends.press(friends.ana, preview, "Store")
    assert "Ana 4½" in (await friends.ask(friends.ana, "/week 2024-W07")).text
    fight = {**document["works"][0], "id": "tmdb:550", "tmdb": 550, "title": "Fight Club", "imdb": None,
             "year": 1999, "released": "1999", "original_title": None}  # fmt: skip
    document["works"].append(fight)
    dune["picks"][1] = {**heat, "work": "tmdb:550", "position": 1}
    full = await send(friends, friends.ana, json.dumps(document).encode())
    assert "2024-W08 has no room left for Fight Club (1999)." in full.text


async def test_it_is_all_or_nothing(
    friends: World, file: bytes, errors: Errors, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = await another_group(friends, friends.olga)
    preview = await send(friends, friends.olga, file, group)
    before = stored(friends)

    async def full(*_: object) -> None:
        raise OSError("no space left on device")

    whole = SqlImports._insert

    async def half(self: SqlImports, table: Any, rows: Any) -> None:
        await (full() if table.name == "ratings" else whole(self, table, rows))

    with monkeypatch.context() as patch:
        patch.setattr(SqlImports, "_insert", half)
        press = await friends.press(friends.olga, preview, "Store")
    assert press.toast is not None
    assert "Something broke on my side" in press.toast
    assert stored(friends) == before
    errors.messages.clear()
    await friends.press(friends.olga, preview, "Store")
    assert "Stored: 4 picks" in friends.now(preview).text


async def test_somebody_forgotten_is_not_revived_here_nor_in_another_club(
    friends: World, file: bytes
) -> None:
    friends.ben.start_bot()
    await friends.settle()
    asked = await friends.ask(friends.ben, "/forget_me", friends.ben.private)
    await friends.press(friends.ben, asked, "Forget me")
    await friends.press(friends.ben, asked, "Yes, forget me")
    await friends.clock.advance(31)
    await friends.settle()
    here = await send(friends, friends.ana, file)
    assert "1 of them asked me to forget them: no name, no takes." in here.text
    group = await another_group(friends, friends.olga)
    preview = await send(friends, friends.olga, file, group)
    await friends.press(friends.olga, preview, "Store")
    for person, chat in ((friends.ana, friends.group), (friends.olga, group)):
        found = await export_of(friends, person, chat)
        assert sorted(str(one["name"]) for one in found["people"]) == ["Ana", "Cleo", "None"]
        assert "Stairs" not in json.dumps(found)
        assert "Ben" not in json.dumps(found)
        assert len(found["ratings"]) == 6
    assert "Ana 4½, Somebody 3½" in (await friends.ask(friends.olga, "/week 2024-W07", group)).text


async def test_somebody_known_by_name_and_then_forgotten_is_not_revived_by_the_same_file(
    friends: World, file: bytes
) -> None:
    """The file's key is not the club's own: it is remembered whose it was."""
    document = json.loads(documents.unzipped(file)[documents.JSON])
    text = json.dumps(document)
    for number, person in enumerate(document["people"]):
        text = text.replace(person["id"], f"elsewhere{number}")
    foreign = text.encode()
    group = await another_group(friends, friends.olga, friends.ben)
    await friends.say(friends.ben, "/join", group)
    preview = await send(friends, friends.olga, foreign, group)
    assert "Taken for those of that name on the roster: Ben." in preview.text
    await friends.press(friends.olga, preview, "Store")
    friends.ben.start_bot()
    await friends.settle()
    asked = await friends.ask(friends.ben, "/forget_me", friends.ben.private)
    await friends.press(friends.ben, asked, "Forget me")
    await friends.press(friends.ben, asked, "Yes, forget me")
    await friends.clock.advance(31)
    await friends.settle()
    again = await send(friends, friends.olga, foreign, group)
    assert "1 of them asked me to forget them" in again.text
    assert "Ben" not in json.dumps(await export_of(friends, friends.olga, group))


async def test_the_question_takes_a_file_and_so_does_a_reply_to_one(friends: World, file: bytes) -> None:
    question = await friends.ask(friends.ana, "/import")
    assert question.force_reply
    answer = await friends.ask(friends.ana, "", reply_to=question, document=Upload("export.zip", file))
    assert "has all of this already" in answer.text
    sent = next(m for m in friends.telegram.messages(friends.group) if m.document and m.sender != "Ana")
    assert "has all of this already" in (await friends.ask(friends.ana, "/import", reply_to=sent)).text


async def test_it_is_for_admins(friends: World, file: bytes) -> None:
    assert "Only this group's admins" in (await send(friends, friends.ben, file)).text
    assert "Only this group's admins" in (await friends.ask(friends.ben, "/import")).text


async def test_throwing_away_keeps_nothing(friends: World, file: bytes) -> None:
    group = await another_group(friends, friends.olga)
    preview = await send(friends, friends.olga, file, group)
    await friends.press(friends.olga, preview, "Throw away")
    assert "nothing was stored" in friends.now(preview).text
    forged = friends.olga.forge(group, preview.id, "xi:2")
    await friends.settle()
    assert forged.alert


async def test_a_file_of_another_club_cannot_be_stored_by_its_number(friends: World, file: bytes) -> None:
    group = await another_group(friends, friends.olga)
    await send(friends, friends.olga, file, group)
    forged = friends.ana.forge(friends.group, friends.last().id, "xi:2")
    await friends.settle()
    assert forged.toast is not None
    assert "no longer have these lines" in forged.toast


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"hello", "damaged"),
        (b"{}", "no file that /export wrote"),
        (b'{"format": "wrong-opinions-export", "version": 2}', "newer version"),
        (b'{"format": "wrong-opinions-export", "version": 1, "about": "person"}', "somebody's own data"),
        (b" " * 20_000_001, "more than 20 MB"),
    ],
)
async def test_what_cannot_be_imported_is_refused_with_a_sentence(
    club: World, content: bytes, sentence: str
) -> None:
    assert sentence in (await send(club, club.ana, content)).text


async def test_what_becomes_of_a_file_is_not_left_in_the_database(friends: World, file: bytes) -> None:
    group = await another_group(friends, friends.olga)
    path = Path(friends.settings.database_url.removeprefix("sqlite:///"))

    def kept() -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(path)) as connection:
            return connection.execute("SELECT id FROM backfills WHERE file IS NOT NULL").fetchall()

    preview = await send(friends, friends.olga, file, group)
    assert len(kept()) == 1
    await friends.press(friends.olga, preview, "Store")
    assert kept() == []


async def test_a_work_from_a_file_is_looked_up_when_somebody_opens_it(friends: World, file: bytes) -> None:
    document = json.loads(documents.unzipped(file)[documents.JSON])
    work = next(work for work in document["works"] if work["id"] == "tmdb:949")
    heat = next(pick for week in document["weeks"] for pick in week["picks"] if pick["work"] == "tmdb:949")
    lie = {**work, "id": "tmdb:550", "tmdb": 550, "title": "Everybody is stupid", "imdb": None,
           "original_title": None}  # fmt: skip
    document |= {"works": [lie], "ratings": []}
    document["weeks"] = [
        {"week": "2020-W01", "owner": None, "note": "", "picks": [{**heat, "work": "tmdb:550", "absent": []}]}
    ]
    preview = await send(friends, friends.ana, json.dumps(document).encode())
    await friends.press(friends.ana, preview, "Store")
    assert "Everybody is stupid" in (await friends.ask(friends.ana, "/week 2020-W01")).text
    hits = await friends.ask(friends.ana, "/movie fight club")
    await friends.press(friends.ana, hits, "Fight Club")
    assert "Fight Club" in (await friends.ask(friends.ana, "/week 2020-W01")).text
