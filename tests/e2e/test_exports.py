"""Taking things along: a club's weeks, one's own data, one's movies for Letterboxd."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from domain.letterboxd import LIMIT
from tests.e2e import documents

if TYPE_CHECKING:
    from collections.abc import Callable

    from integrations.sandbox.telegram import Button
    from tests.e2e.world import World


@pytest.fixture
async def friends(club: World) -> World:
    """Ana, Ben and Cleo are on the roster; Ana picked Heat, and everybody has answered."""
    for person in (club.ana, club.ben, club.cleo):
        await club.say(person, "/join")
    card = await club.pick(club.ana, "/movie heat 1995", "Heat (1995)")
    await club.press(club.ana, card, "5")
    await club.press(club.ben, card, "2½")
    await club.say(club.ben, "=HYPERLINK(1) it is", reply_to=card)
    await club.press(club.cleo, card, "Didn't")
    return club


async def test_a_club_is_taken_along_as_json_and_lists(friends: World) -> None:
    await friends.say(friends.ana, "/note Bring crisps")
    messages = await friends.say(friends.ana, "/export")
    assert [m.text or m.document for m in messages] == ["Written down.", "wrong-opinions-film-club.zip"]
    files = documents.unzipped(documents.content(friends, messages[1]))
    assert sorted(files) == ["picks.csv", "scores.csv", "wrong-opinions.json"]
    found = json.loads(files["wrong-opinions.json"])
    assert (found["format"], found["version"], found["about"]) == ("wrong-opinions-export", 1, "club")
    assert found["club"] == {"title": "Film club", "language": "en", "zone": "UTC", "scale": "half_stars"}
    names = {person["id"]: person["name"] for person in found["people"]}
    assert sorted(names.values()) == ["Ana", "Ben", "Cleo"]
    (work,) = found["works"]
    assert (work["id"], work["title"], work["year"]) == ("tmdb:949", "Heat", 1995)
    (week,) = found["weeks"]
    assert (week["week"], week["note"]) == ("2026-W10", "Bring crisps")
    (pick,) = week["picks"]
    assert (pick["work"], names[pick["by"]]) == ("tmdb:949", "Ana")
    assert [names[key] for key in pick["absent"]] == ["Cleo"]
    given = {names[r["person"]]: (r["score"], r["take"]) for r in found["ratings"]}
    assert given == {"Ana": (10, ""), "Ben": (5, "=HYPERLINK(1) it is")}


async def test_a_clubs_file_holds_no_telegram_id_and_none_of_our_keys(friends: World) -> None:
    messages = await friends.say(friends.ana, "/export")
    text = "".join(documents.unzipped(documents.content(friends, messages[1])).values())
    for person in (friends.ana, friends.ben, friends.cleo, friends.group):
        assert str(person.id) not in text
    again = documents.export(friends, await friends.say(friends.ana, "/export"))
    assert {len(person["id"]) for person in again["people"]} == {16}


def button(data: str) -> Callable[[Button], bool]:
    return lambda button: button.callback_data == data


async def test_scores_that_are_hidden_are_not_in_the_file_nor_who_did_not_watch(friends: World) -> None:
    card = await friends.pick(friends.ben, "/album kind of blue", "Kind of Blue")
    await friends.press(friends.ana, card, button("r:2:9"))
    await friends.press(friends.cleo, card, button("n:2"))
    found = documents.export(friends, await friends.say(friends.ana, "/export"))
    _, album = found["weeks"][0]["picks"]
    assert album["work"].startswith("musicbrainz:")
    assert album["revealed"] is None
    assert album["absent"] == []
    assert {rating["work"] for rating in found["ratings"]} == {"tmdb:949"}


async def test_who_took_their_name_along_has_none_in_the_file(friends: World) -> None:
    farewell = await friends.ask(friends.ben, "/leave")
    await friends.press(friends.ben, farewell, "Drop my name")
    found = documents.export(friends, await friends.say(friends.ana, "/export"))
    assert sorted(str(person["name"]) for person in found["people"]) == ["Ana", "Cleo", "None"]


async def test_no_cell_is_a_formula(friends: World) -> None:
    added = await friends.ask(friends.ana, "/add album @SUM(A1) – =cmd|' /C calc'!A0 (2019)")
    await friends.press(friends.ana, added, "Pick")
    messages = await friends.say(friends.ana, "/export")
    files = documents.unzipped(documents.content(friends, messages[1]))
    assert "'@SUM(A1)" in files["picks.csv"]
    scores = documents.table(files["scores.csv"])
    assert [line[6] for line in scores if line[0] == "Ben"] == ["'=HYPERLINK(1) it is"]
    for name in ("scores.csv", "picks.csv"):
        for line in documents.table(files[name]):
            assert not [cell for cell in line if cell[:1] in set("=+-@\t\r")]


async def test_a_groups_file_is_for_admins(friends: World) -> None:
    assert "Only this group's admins" in (await friends.ask(friends.ben, "/export")).text


async def test_in_private_it_is_ones_own_data_and_nobody_elses(friends: World) -> None:
    friends.ben.start_bot()
    await friends.settle()
    chat = friends.ben.private
    await friends.pick(friends.ben, "/album kind of blue", "Kind of Blue", chat=chat)
    found = documents.export(friends, await friends.say(friends.ben, "/export", chat=chat))
    assert found["about"] == "person"
    assert found["person"]["telegram_id"] == friends.ben.id
    assert found["person"]["name"] == "Ben"
    assert [(club["title"], club["private"]) for club in found["clubs"]] == [
        ("Film club", False),
        ("Ben", True),
    ]
    assert [(r["work"], r["score"], r["take"]) for r in found["ratings"]] == [
        ("tmdb:949", 5, "=HYPERLINK(1) it is")
    ]
    assert [(p["club"], p["week"]) for p in found["picks"]] == [("club:2", "2026-W10")]
    assert found["absences"] == []
    text = json.dumps(found)
    assert "Ana" not in text
    assert str(friends.ana.id) not in text
    cleos = friends.cleo
    cleos.start_bot()
    await friends.settle()
    own = documents.export(friends, await friends.say(cleos, "/export", chat=cleos.private))
    assert own["absences"] == [{"club": "club:1", "week": "2026-W10", "work": "tmdb:949"}]


async def test_a_long_export_says_how_far_it_is(friends: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.archives.NEWS", 2)
    seen: list[str] = []

    def watch(event: object) -> None:
        data = getattr(event, "data", None)
        if getattr(event, "kind", "") == "message" and "Writing it all down" in data.text:  # type: ignore[union-attr]
            seen.append(data.text)  # type: ignore[union-attr]

    friends.telegram.world.listeners.append(watch)
    await friends.say(friends.ana, "/export")
    assert seen[0] == "Writing it all down …"
    assert any("entries" in text for text in seen)


async def test_a_file_too_large_for_telegram_is_refused_with_a_sentence(
    friends: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.archives.LIMIT", 10)
    messages = await friends.say(friends.ana, "/export")
    assert [m.document for m in messages] == [None]
    assert "MB a bot may send" in messages[0].text


async def test_movies_go_to_letterboxd_in_parts(friends: World, monkeypatch: pytest.MonkeyPatch) -> None:
    friends.ben.start_bot()
    await friends.settle()
    chat = friends.ben.private
    messages = await friends.say(friends.ben, "/export letterboxd", chat=chat)
    sent = [m for m in messages if m.document]
    assert [m.document for m in sent] == ["letterboxd-1.csv"]
    header, line = documents.table(documents.content(friends, sent[0]).decode())
    assert header == ["tmdbID", "imdbID", "Title", "Year", "Rating10", "WatchedDate", "Tags", "Review"]
    assert line == [
        *("949", "tt0113277", "Heat", "1995", "5", "2026-03-02"),
        *("wrong-opinions", "'=HYPERLINK(1) it is"),
    ]

    assert LIMIT <= 1_000_000
    monkeypatch.setattr("domain.services.exports.LIMIT", 180)
    card = await friends.pick(friends.ben, "/movie dune 2021", "Dune (2021)", chat=chat)
    await friends.press(friends.ben, card, "4")
    messages = await friends.say(friends.ben, "/export letterboxd", chat=chat)
    parts = [documents.content(friends, m).decode() for m in messages if m.document]
    assert [len(documents.table(part)) for part in parts] == [2, 2]
    assert all(documents.table(part)[0] == header for part in parts)


async def test_letterboxd_is_not_for_groups_nor_for_those_without_movies(friends: World) -> None:
    assert "in private" in (await friends.ask(friends.ana, "/export letterboxd")).text
    friends.cleo.start_bot()
    await friends.settle()
    answer = await friends.ask(friends.cleo, "/export letterboxd", friends.cleo.private)
    assert answer.text == "You haven't scored a movie yet."
