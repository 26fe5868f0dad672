"""People's rights: what is kept, what is known of one, being forgotten."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e import documents
from tests.e2e.weekly import club_of, take_turns

if TYPE_CHECKING:
    from integrations.sandbox.telegram import MessageView
    from tests.e2e.world import Errors, World

NAME = "Quetzalbenedict"
TAKE = "Zirkonflosse glistens"


@pytest.fixture
async def friends(club: World) -> World:
    """Ana, the one with the rare name, and Cleo; Heat is scored and revealed."""
    club.ben.user.first_name = NAME
    for person in (club.ana, club.ben, club.cleo):
        await club.say(person, "/join")
    card = await club.pick(club.ana, "/movie heat 1995", "Heat (1995)")
    await club.press(club.ana, card, "5")
    await club.press(club.ben, card, "2")
    await club.say(club.ben, TAKE, reply_to=card)
    await club.press(club.cleo, card, "Didn't")
    club.ben.start_bot()
    await club.settle()
    return club


async def ask_to_go(world: World) -> MessageView:
    """Ben asks, and is sure twice; the message with the undo."""
    asked = await world.ask(world.ben, "/forget_me", world.ben.private)
    await world.press(world.ben, asked, "Forget me")
    assert "Really?" in world.now(asked).text
    await world.press(world.ben, asked, "Yes, forget me")
    return world.now(asked)


async def forget(world: World) -> None:
    """Ben is forgotten."""
    await ask_to_go(world)
    await world.clock.advance(31)
    await world.settle()


def path(world: World) -> Path:
    """The database's file."""
    return Path(world.settings.database_url.removeprefix("sqlite:///"))


def everything(world: World) -> str:
    """All rows of all tables, as text."""
    with closing(sqlite3.connect(path(world))) as connection:
        tables = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return "\n".join(
            f"{table}: {row}"
            for table in tables
            for row in connection.execute(f"SELECT * FROM {table}")  # noqa: S608
        )


async def test_privacy_is_said_in_the_group_and_in_private(friends: World) -> None:
    for chat in (friends.group, friends.ben.private):
        text = (await friends.ask(friends.ben, "/privacy", chat)).text
        assert "for 3 days" in text
        assert "30 days" in text
        assert "/forget_me" in text


async def test_what_privacy_promises_is_what_housekeeping_does(friends: World) -> None:
    """Nothing anybody wrote is in the inbox once it is handled; numbers go after 3 days, drafts after 30."""
    await friends.say(friends.ana, f"/backfill 2024-W07 movie Heat (1995) 4 by {NAME}x")
    with closing(sqlite3.connect(path(friends))) as connection:
        assert connection.execute("SELECT count(*) FROM inbox WHERE raw <> ''").fetchone() == (0,)
    assert f"{NAME}x" in everything(friends)
    for days, drafts in ((29, 1), (2, 0)):
        await friends.clock.leap(timedelta(days=days).total_seconds())
        await friends.app._housekeeping.run()
        with closing(sqlite3.connect(path(friends))) as connection:
            counts = connection.execute("SELECT count(*) FROM backfills").fetchone()
        assert counts == (drafts,)
    with closing(sqlite3.connect(path(friends))) as connection:
        assert connection.execute("SELECT count(*) FROM inbox").fetchone() == (0,)


async def test_mydata_says_what_is_known_and_sends_it(friends: World) -> None:
    answer = await friends.ask(friends.ben, "/mydata", friends.ben.private)
    assert f"You are {NAME}, Telegram id {friends.ben.id}." in answer.text
    assert "1 club, 1 score, 1 take, 0 picks." in answer.text
    before = {m.id for m in friends.telegram.messages(friends.ben.private)}
    await friends.press(friends.ben, answer, "Send me all of it")
    messages = [m for m in friends.telegram.messages(friends.ben.private) if m.id not in before]
    assert documents.export(friends, messages)["ratings"][0]["take"] == TAKE


async def test_a_copy_beside_the_backups_is_switched_on_and_off(friends: World) -> None:
    answer = await friends.ask(friends.ben, "/mydata", friends.ben.private)
    await friends.press(friends.ben, answer, "Keep a copy")
    assert "A readable copy of it lies beside the backups." in friends.now(answer).text
    await friends.press(friends.ben, answer, "No copy any more")
    assert "If you like" in friends.now(answer).text


async def test_it_is_nobody_elses_business(friends: World) -> None:
    for command in ("/mydata", "/forget_me"):
        assert "in private" in (await friends.ask(friends.ben, command)).text
    for wire in ("xe", "xc:1", "xf:0", "xf:1"):
        press = friends.ana.forge(friends.group, friends.last().id, wire)
        await friends.settle()
        assert press.alert
    assert NAME in everything(friends)


async def test_no_is_no_at_either_question(friends: World) -> None:
    asked = await friends.ask(friends.ben, "/forget_me", friends.ben.private)
    await friends.press(friends.ben, asked, "No")
    assert "Nothing has changed" in friends.now(asked).text
    asked = await friends.ask(friends.ben, "/forget_me", friends.ben.private)
    await friends.press(friends.ben, asked, "Forget me")
    await friends.press(friends.ben, asked, "No")
    await friends.clock.advance(60)
    assert NAME in everything(friends)


async def test_for_half_a_minute_it_can_be_taken_back(friends: World) -> None:
    asked = await ask_to_go(friends)
    await friends.clock.advance(25)
    assert NAME in everything(friends)
    await friends.press(friends.ben, asked, "Undo")
    assert "Nothing has changed" in friends.now(asked).text
    await friends.clock.advance(60)
    await friends.settle()
    assert f"{NAME} 2" in (await friends.ask(friends.ana, "/week")).text


async def test_name_and_takes_go_and_the_scores_stay_in_the_average(friends: World) -> None:
    before = await friends.ask(friends.ana, "/week")
    assert "★ 3.5" in before.text
    assert TAKE in before.text
    await forget(friends)
    assert "I no longer know who you are" in friends.last(friends.ben.private).text
    assert NAME not in friends.now(before).text
    after = (await friends.ask(friends.ana, "/week")).text
    assert "★ 3.5" in after
    assert "Somebody 2" in after
    assert NAME not in after
    assert TAKE not in after
    assert "2 members" in (await friends.ask(friends.ana, "/roster")).text


async def test_nothing_in_the_database_says_who_they_were(friends: World, errors: Errors) -> None:
    """Their id, name and takes are in no table and in no free page of the file, wherever they had been."""
    await friends.say(friends.ana, f"/backfill 2024-W07 movie Heat (1995) 4 by {NAME}\nfoo {NAME}")
    await friends.say(friends.ben, "/movie dune 2021", friends.ben.private)
    await friends.say(friends.ben, f"/note {NAME}s week", friends.ben.private)
    await friends.pick(friends.ben, "/album kind of blue", "Kind of Blue", chat=friends.ben.private)
    await friends.press(friends.ben, friends.last(friends.ben.private), "4")
    friends.telegram.malformed_update(
        {"message": {"message_id": "x", "chat": 7, "from": {"id": friends.ben.id, "first_name": NAME}}}
    )
    await friends.settle()
    errors.messages.clear()
    assert f'"id": {friends.ben.id}' in everything(friends)

    await forget(friends)
    rows = everything(friends)
    for secret in (NAME, TAKE, str(friends.ben.id)):
        assert secret not in rows, [line for line in rows.splitlines() if secret in line]
    await friends.stop()
    kept = b"".join(file.read_bytes() for file in path(friends).parent.glob("bot.db*"))
    for secret in (NAME, TAKE):
        assert secret.encode() not in kept
        assert json.dumps(secret).encode() not in kept
    await friends.restart()
    assert "Somebody 2" in (await friends.ask(friends.ana, "/week")).text


async def test_a_score_that_counts_in_no_club_goes_too(friends: World) -> None:
    card = await friends.pick(friends.ben, "/movie dune 2021", "Dune (2021)", chat=friends.ben.private)
    await friends.press(friends.ben, card, "4")
    with closing(sqlite3.connect(path(friends))) as connection:
        assert connection.execute("SELECT count(*) FROM ratings").fetchone() == (3,)
    await forget(friends)
    with closing(sqlite3.connect(path(friends))) as connection:
        assert connection.execute("SELECT count(*) FROM ratings").fetchone() == (2,)
        assert connection.execute("SELECT count(*) FROM clubs").fetchone() == (1,)


async def test_who_goes_hands_on_the_week_and_keeps_nobody_waiting(club: World) -> None:
    for person in (club.ben, club.ana, club.cleo):
        await club.say(person, "/join")
    await take_turns(club)
    assert "Ben" in (await club.ask(club.ana, "/turns")).text
    club.ben.start_bot()
    await club.settle()
    await forget(club)
    turns = (await club.ask(club.ana, "/turns")).text
    assert "Ana" in turns
    assert "Ben" not in turns
    card = await club.pick(club.ana, "/movie heat 1995", "Heat (1995)")
    await club.press(club.ana, card, "5")
    await club.press(club.cleo, card, "4")
    assert "Ana 5, Cleo 4" in club.now(card).text


async def test_asked_before_the_bot_stopped_and_done_after_it_started(friends: World) -> None:
    await ask_to_go(friends)
    await friends.stop()
    await friends.clock.leap(3600)
    await friends.restart()
    await friends.settle()
    assert NAME not in everything(friends)
    assert "I no longer know who you are" in friends.last(friends.ben.private).text


async def test_who_comes_back_starts_from_nothing(friends: World) -> None:
    asked = await ask_to_go(friends)
    await friends.clock.advance(31)
    await friends.settle()
    press = await friends.press(friends.ben, asked, "Undo")
    assert press.toast == "Too late: undo works for 30 seconds."
    await friends.say(friends.ben, "/join")
    week = (await friends.ask(friends.ana, "/week")).text
    assert "Somebody 2" in week
    assert f"{NAME} 2" not in week
    mine = await friends.ask(friends.ben, "/mydata", friends.ben.private)
    assert "1 club, 0 scores, 0 takes, 0 picks." in mine.text
    assert (await club_of(friends)).title == "Film club"


async def test_an_admins_undo_does_not_bring_back_who_was_forgotten(friends: World) -> None:
    club, services = await club_of(friends), friends.app.services()
    (ben,) = [m.user.id for m in await services.clubs.roster(club) if m.user.name == NAME]
    await ask_to_go(friends)
    due = await services.people.next_due()
    assert due is not None
    await friends.clock.advance((due - friends.clock.now()).total_seconds() - 5)
    await services.clubs.remove(club, ben, admin=True)
    await friends.clock.advance(6)
    await friends.settle()
    undo = friends.ana.forge(friends.group, friends.last().id, f"zu:{ben}")
    await friends.settle()
    assert undo.alert
    assert undo.toast is not None
    assert "not on the roster" in undo.toast
    async with friends.app.database.store().read() as tx:
        (gone,) = [member for member in await tx.members.of(club.id) if member.user.id == ben]
    assert gone.left is not None
    assert gone.nameless


async def test_leaving_with_ones_name_and_being_forgotten_look_the_same_to_the_club(friends: World) -> None:
    farewell = await friends.ask(friends.ben, "/leave")
    await friends.press(friends.ben, farewell, "Drop my name")
    left = (await friends.ask(friends.ana, "/week")).text
    await forget(friends)
    gone = (await friends.ask(friends.ana, "/week")).text
    for text in (left, gone):
        assert "Somebody 2" in text
        assert "★ 3.5" in text
        assert "2/2 scored" in text
        assert NAME not in text
    assert TAKE in left
    assert TAKE not in gone


async def test_copies_beside_the_backups_follow_what_is_wanted_and_who_is_forgotten(friends: World) -> None:
    folder = path(friends).parent / "backups" / "readable"
    await friends.app._housekeeping.run()
    assert not folder.exists()
    answer = await friends.ask(friends.ben, "/mydata", friends.ben.private)
    await friends.press(friends.ben, answer, "Keep a copy")
    settings = await friends.ask(friends.ana, "/settings")
    await friends.press(friends.ana, settings, "Readable copy")
    await friends.press(friends.ana, settings, "yes")
    await friends.clock.leap(timedelta(days=1).total_seconds())
    await friends.app._housekeeping.run()
    assert sorted(file.name for file in folder.iterdir()) == ["club-1.json", "person-2.json"]
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}
    club = json.loads((folder / "club-1.json").read_text())
    assert NAME in {person["name"] for person in club["people"]}
    assert json.loads((folder / "person-2.json").read_text())["person"]["name"] == NAME

    await forget(friends)
    assert [file.name for file in folder.iterdir()] == ["club-1.json"]
    text = (folder / "club-1.json").read_text()
    assert NAME not in text
    assert TAKE not in text
    assert len(json.loads(text)["ratings"]) == 2

    await friends.press(friends.ana, settings, "no")
    await friends.clock.leap(timedelta(days=1).total_seconds())
    await friends.app._housekeeping.run()
    assert list(folder.iterdir()) == []
