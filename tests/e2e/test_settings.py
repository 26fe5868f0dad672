"""The club's settings: each screen shows what is set, admins change it, everybody sees it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from domain.clubs import Picking
from domain.schedule import PostKind
from domain.scores import Scale

if TYPE_CHECKING:
    from domain.clubs import Club
    from integrations.sandbox.telegram import Chat, MessageView
    from tests.e2e.world import World

# The clock stands at Monday, 2 March 2026, 12:00 UTC.


async def record(world: World, chat: Chat | None = None) -> Club:
    """The club as it is stored."""
    async with world.app.database.store(None).read() as tx:
        club = await tx.clubs.by_chat((chat or world.group).id)
    assert club is not None
    return club


def buttons(message: MessageView) -> list[str]:
    return [button.text for row in message.buttons for button in row]


def marked(message: MessageView) -> list[str]:
    """What the ticks say is set."""
    return [text.removeprefix("✓").strip() for text in buttons(message) if text.startswith("✓")]


async def screen(world: World, *path: str, by: str = "ana") -> MessageView:
    """Open /settings and press one button after another; the message as it is then."""
    person = getattr(world, by)
    menu = await world.ask(person, "/settings")
    for button in path:
        await world.press(person, menu, button)
    return world.now(menu)


@pytest.fixture
async def roster(club: World) -> World:
    """Ana, Ben and Cleo are on the roster, in this order."""
    for person in (club.ana, club.ben, club.cleo):
        await club.say(person, "/join")
    return club


# The menu


async def test_the_menu_shows_what_is_set(club: World) -> None:
    shown = buttons(await screen(club))
    for entry in (
        "Language: English",
        "Time zone: UTC, 12:00",
        "Scale: ½–5",
        "Movies a week: 1",
        "Albums a week: 1",
        "Scores hidden until the reveal: yes",
        "Picking: anyone",
        "Roster: 0",
        "Posts: all on",
        "Pause: no",
    ):
        assert entry in shown
    assert not any("Topic" in text for text in shown)


async def test_everybody_sees_every_screen_and_only_admins_change_anything(roster: World) -> None:
    before = await record(roster)
    for path, change in (
        (("Time zone",), "London"),
        (("Picking",), "by turns"),
        (("Posts", "Reveal and digest"), "Sat"),
        (("Pause",), "2 weeks"),
        (("Roster", "2. Ben"), "▲ Up"),
        (("Roster", "2. Ben"), "Take off the roster"),
    ):
        menu = await screen(roster, *path, by="ben")
        refused = await roster.press(roster.ben, menu, change)
        assert refused.alert, change
        assert "admin" in (refused.toast or "")
        assert roster.now(menu) == menu
    assert await record(roster) == before
    assert buttons(await screen(roster, "Roster"))[:3] == ["1. Ana", "2. Ben", "3. Cleo"]


async def test_an_anonymous_admin_is_known_by_the_press(world: World) -> None:
    group = world.telegram.create_group("Big club", [world.ana, world.ben], supergroup=True)
    world.ana.add_bot(group)
    await world.settle()
    menu = await world.ask(world.ana, "/settings", group, anonymous=True)
    await world.press(world.ana, menu, "Picking")
    await world.press(world.ana, menu, "by turns")
    assert marked(world.now(menu)) == ["by turns"]
    assert (await record(world, group)).settings.picking is Picking.TURNS


async def test_a_club_of_one_has_no_roster_turns_or_topics(world: World) -> None:
    world.ana.start_bot()
    await world.settle()
    menu = await world.ask(world.ana, "/settings", world.ana.private)
    shown = " ".join(buttons(menu))
    assert "Posts" in shown
    assert not any(word in shown for word in ("Roster", "Picking", "Topic"))


async def test_picking_goes_by_turns(roster: World) -> None:
    menu = await screen(roster, "Picking", "by turns")
    assert marked(menu) == ["by turns"]
    await roster.press(roster.ana, menu, "‹ Settings")
    assert "Picking: by turns" in buttons(roster.now(menu))
    assert "This is Ana's week." in (await roster.say(roster.ben, "/turns"))[-1].text


async def test_forged_settings_change_nothing(club: World) -> None:
    menu = await screen(club)
    before = await record(club)
    for wire in (
        "e:movies:3",
        "e:language:fr",
        "e:picking:never",
        "e:pause:3",
        "e:pause:99",
        "e:topic:here",
        "e:zone:berlin",
        "za:atlantis:0",
        "zz:europe:atlantis",
        "zi:mars:olympus",
        "zp:nothing",
        "zs:digest:day:0",
        "zs:digest:day:8",
        "zs:digest:hour:24",
        "zs:digest:minute:60",
        "zs:digest:on:2",
        "zs:digest:year:1",
        "zs:nothing:day:1",
        "zm:99",
        "zv:99:1",
        "zx:99",
        "zu:99",
    ):
        press = club.ana.forge(club.group, menu.id, wire)
        await club.settle()
        assert press.answered, wire
    assert await record(club) == before


async def test_screens_that_telegram_no_longer_shows_still_answer(club: World) -> None:
    menu = await screen(club, "Picking")
    shadow = {
        "chat": {"id": club.group.id, "type": "group", "title": "Film club"},
        "message_id": menu.id,
        "date": 0,
    }
    ana = {"id": club.ana.id, "is_bot": False, "first_name": "Ana", "language_code": "en"}
    for wire in ("c:menu", "c:topic", "c:roster", "zo", "zq", "za:asia:0", "zp:digest", "e:scale:ten"):
        press = {"id": "77", "from": ana, "chat_instance": "1", "message": shadow, "data": wire}
        club.telegram.malformed_update({"callback_query": press})
    await club.settle()
    assert marked(club.now(menu)) == ["1–10"]


async def test_two_admins_at_once_lose_nothing(club: World) -> None:
    one, other = await screen(club, "Scale"), await screen(club, "Movies a week")
    club.ana.promote(club.group, club.ben)
    await club.settle()
    club.ana.press(one, "1–10")
    club.ben.press(other, "2")
    await club.settle()
    settings = (await record(club)).settings
    assert (settings.scale, settings.movies) == (Scale.TEN, 2)


# The time zone


async def test_a_zone_by_region_and_city(club: World) -> None:
    menu = await screen(club, "Time zone")
    assert "UTC: it's Monday, 2 March, 12:0" in menu.text
    await club.press(club.ana, menu, "America")
    assert "America, page 1 of 6" in club.now(menu).text
    await club.press(club.ana, menu, "›")
    assert "page 2 of 6" in club.now(menu).text
    await club.press(club.ana, menu, "Chicago")
    shown = club.now(menu)
    assert "Chicago (America): it's Monday, 2 March, 06:0" in shown.text
    assert (await record(club)).settings.zone.key == "America/Chicago"
    await club.press(club.ana, menu, "‹ Settings")
    assert any("Time zone: Chicago, 06:0" in text for text in buttons(club.now(menu)))


async def test_a_typed_city_is_set_at_once(club: World) -> None:
    await screen(club, "Time zone", "Type a city…")
    question = club.last()
    assert question.force_reply
    assert question.text.startswith("Ana, which city")
    answer = await club.ask(club.ana, "munich", reply_to=question)
    assert answer.text.startswith("Berlin (Europe): it's Monday, 2 March, 13:0")
    assert (await record(club)).settings.zone.key == "Europe/Berlin"


async def test_a_typed_beginning_of_several_cities_offers_them(club: World) -> None:
    await screen(club, "Time zone", "Type a city…")
    choice = await club.ask(club.ana, "San", reply_to=club.last())
    assert "Santiago (America)" in buttons(choice)
    await club.press(club.ana, choice, "Santiago")
    assert "Santiago" in club.now(choice).text
    assert (await record(club)).settings.zone.key == "America/Santiago"


async def test_an_unknown_city_is_asked_for_again(club: World) -> None:
    await screen(club, "Time zone", "Type a city…")
    again = await club.ask(club.ana, "<b>Atlantis</b>", reply_to=club.last())
    assert again.force_reply
    assert "<b>Atlantis</b>" in again.text
    assert "Tokyo (Asia)" in (await club.ask(club.ana, "Tokyo", reply_to=again)).text


async def test_a_typed_city_of_somebody_else_is_refused(club: World) -> None:
    await screen(club, "Time zone", "Type a city…")
    assert "admins" in (await club.ask(club.ben, "Berlin", reply_to=club.last())).text
    assert (await record(club)).settings.zone.key == "UTC"


async def test_cities_have_their_names_in_the_clubs_language(club: World) -> None:
    await screen(club, "Language", "Deutsch")
    menu = await club.ask(club.ana, "/settings")
    await club.press(club.ana, menu, "Zeitzone")
    assert buttons(club.now(menu))[:3] == ["Berlin", "Wien", "Zürich"]
    await club.press(club.ana, menu, "Wien")
    assert "Wien (Europa)" in club.now(menu).text
    assert "Montag, 2. März, 13:0" in club.now(menu).text


# The introduction


async def test_one_tap_below_the_introduction_sets_the_zone(world: World) -> None:
    introduction = await world.found_club()
    assert buttons(introduction) == [
        "I'm in",
        "London",
        "New York",
        "Los Angeles",
        "Sydney",
        "Somewhere else…",
    ]
    refused = await world.press(world.ben, introduction, "New York")
    assert refused.alert
    await world.press(world.ana, introduction, "New York")
    shown = world.now(introduction)
    assert "New York (America): it's Monday, 2 March, 07:0" in shown.text
    assert buttons(shown) == ["I'm in"]
    assert (await record(world)).settings.zone.key == "America/New_York"
    assert (await world.press(world.ben, introduction, "I'm in")).toast == "You're on the roster."


async def test_the_introduction_offers_where_its_hosts_language_is_spoken(world: World) -> None:
    greta = world.telegram.create_person("Greta", language_code="de")
    group = world.telegram.create_group("Filmrunde", [greta])
    greta.add_bot(group)
    await world.settle()
    assert buttons(world.last(group))[1:4] == ["Berlin", "Wien", "Zürich"]


async def test_none_of_the_likely_zones_leads_to_all(club: World) -> None:
    introduction = club.last()
    await club.press(club.ana, introduction, "Somewhere else…")
    assert club.now(introduction) == introduction
    menu = club.last()
    await club.press(club.ana, menu, "Asia")
    await club.press(club.ana, menu, "Bangkok")
    assert "Bangkok (Asia)" in club.now(menu).text


# Posts


async def test_a_post_moves_to_another_day_hour_and_minute(club: World) -> None:
    await screen(club, "Time zone", "London")
    menu = await screen(club, "Posts", "Reveal and digest: Sun 20:00")
    assert "Next: Sunday, 8 March, 20:00." in menu.text
    assert marked(menu) == ["on", "Sun", "20", ":00"]
    for button in ("Sat", "21", ":30"):
        await club.press(club.ana, menu, button)
    shown = club.now(menu)
    assert "Next: Saturday, 7 March, 21:30." in shown.text
    assert marked(shown) == ["on", "Sat", "21", ":30"]
    await club.press(club.ana, menu, "‹ Posts")
    assert "Reveal and digest: Sat 21:30" in buttons(club.now(menu))


async def test_a_post_is_turned_off_and_on(club: World) -> None:
    menu = await screen(club, "Posts", "Reminder to score", "off")
    assert "Next" not in menu.text
    assert marked(menu)[0] == "off"
    await club.press(club.ana, menu, "‹ Posts")
    await club.press(club.ana, menu, "‹ Settings")
    assert "Posts: 3 of 4 on" in buttons(club.now(menu))
    assert not (await record(club)).settings.schedule.of(PostKind.SCORE_REMINDER).on

    menu = await screen(club, "Posts", "Reminder to score: off", "on")
    assert "Next: Friday, 6 March, 18:00." in menu.text


async def test_what_is_next_follows_the_zone(club: World) -> None:
    await screen(club, "Time zone", "New York")
    menu = await screen(club, "Posts", "Reveal and digest")
    assert "Next: Sunday, 8 March, 20:00." in menu.text
    async with club.app.database.store(None).read() as tx:
        ahead = {post.kind: post.due_at for post in await tx.posts.of_club((await record(club)).id)}
    # New York changes to summer time that Sunday morning.
    assert ahead[PostKind.DIGEST].isoformat() == "2026-03-09T00:00:00+00:00"


async def test_turns_pass_on_only_where_there_are_turns(club: World) -> None:
    assert not any("Turn passes on" in text for text in buttons(await screen(club, "Posts")))
    await screen(club, "Picking", "by turns")
    assert "Turn passes on: Wed 18:00" in buttons(await screen(club, "Posts"))


# Pause


async def test_a_pause_ends_on_a_monday_and_can_be_ended(club: World) -> None:
    menu = await screen(club, "Pause")
    assert marked(menu) == ["No pause"]
    await club.press(club.ana, menu, "2 weeks · until 16 March")
    assert "Nothing is posted until Monday, 16 March. What" in club.now(menu).text
    assert marked(club.now(menu)) == ["2 weeks · until 16 March"]
    assert (await record(club)).settings.paused_until == date(2026, 3, 16)
    assert "Next: Friday, 20 March, 18:00." in (await screen(club, "Posts", "Reminder to score")).text
    assert "Next: Monday, 16 March, 20:00." in (await screen(club, "Posts", "Reveal and digest")).text

    await club.press(club.ana, menu, "‹ Settings")
    assert "Pause: until 16 March" in buttons(club.now(menu))
    await screen(club, "Pause", "No pause")
    assert (await record(club)).settings.paused_until is None
    assert "Next: Sunday, 8 March, 20:00." in (await screen(club, "Posts", "Reveal and digest")).text


async def test_a_pause_that_is_over_is_none(club: World) -> None:
    await screen(club, "Pause", "1 week")
    await club.clock.leap(8 * 24 * 3600)
    await club.settle()
    menu = (await club.say(club.ana, "/settings"))[-1]
    assert "Pause: no" in buttons(menu)


# Topics


async def test_posts_go_to_the_topic_they_are_wanted_in(world: World) -> None:
    forum = world.telegram.create_group("Big club", [world.ana, world.ben], forum=True)
    world.ana.add_bot(forum)
    await world.settle()
    topic = world.ana.open_topic(forum, "Movies")
    menu = await world.ask(world.ana, "/settings", forum, thread=topic)
    await world.press(world.ana, menu, "Topic: General")
    await world.press(world.ana, menu, "Post in this topic")
    assert marked(world.now(menu)) == ["Post in this topic"]
    assert "I post by myself in: this topic." in world.now(menu).text
    assert (await record(world, forum)).settings.thread == topic

    general = await world.ask(world.ana, "/settings", forum)
    await world.press(world.ana, general, "Topic: another topic")
    assert "Post in this topic" not in buttons(world.now(general))
    await world.press(world.ana, general, "General")
    assert (await record(world, forum)).settings.thread is None


# The roster


async def test_an_admin_orders_the_roster(roster: World) -> None:
    menu = await screen(roster, "Roster", "3. Cleo")
    assert "Number 3 of 3" in menu.text
    assert "▼ Down" not in buttons(menu)
    await roster.press(roster.ana, menu, "▲ Up")
    await roster.press(roster.ana, menu, "▲ Up")
    shown = roster.now(menu)
    assert "Number 1 of 3" in shown.text
    assert "▲ Up" not in buttons(shown)
    await roster.press(roster.ana, menu, "‹ Roster")
    assert buttons(roster.now(menu))[:3] == ["1. Cleo", "2. Ana", "3. Ben"]


async def test_somebody_is_taken_off_the_roster_and_put_back_in_their_place(roster: World) -> None:
    menu = await screen(roster, "Roster", "2. Ben", "Take off the roster")
    assert "Ben is off the roster." in menu.text
    assert "Ben" not in (await roster.ask(roster.cleo, "/roster")).text
    refused = await roster.press(roster.cleo, menu, "Undo")
    assert refused.alert
    await roster.press(roster.ana, menu, "Undo")
    assert "Number 2 of 3" in roster.now(menu).text
    await roster.press(roster.ana, menu, "‹ Roster")
    assert buttons(roster.now(menu))[:3] == ["1. Ana", "2. Ben", "3. Cleo"]


async def test_the_weeks_card_counts_without_who_is_taken_off_the_roster(roster: World) -> None:
    card = await roster.pick(roster.ana, "/movie heat 1995", "Heat (1995)")
    await roster.press(roster.ana, card, "4")
    assert "1/3 scored" in roster.now(card).text
    menu = await screen(roster, "Roster", "3. Cleo", "Take off the roster")
    assert "1/2 scored" in roster.now(card).text
    await roster.press(roster.ana, menu, "Undo")
    assert "1/3 scored" in roster.now(card).text


async def test_putting_somebody_back_comes_too_late_after_30_seconds(roster: World) -> None:
    menu = await screen(roster, "Roster", "2. Ben", "Take off the roster")
    await roster.clock.advance(31)
    press = await roster.press(roster.ana, menu, "Undo")
    assert press.alert
    assert "30 seconds" in (press.toast or "")
    assert "Ben" not in (await roster.ask(roster.cleo, "/roster")).text


async def test_the_week_of_who_is_taken_off_the_roster_goes_to_the_next(roster: World) -> None:
    await screen(roster, "Picking", "by turns")
    menu = await screen(roster, "Roster", "Ana", "Take off the roster")
    assert "It's Ben's week now." in menu.text


async def test_an_old_screen_of_somebody_who_left_shows_the_roster(roster: World) -> None:
    menu = await screen(roster, "Roster", "2. Ben")
    await roster.ask(roster.ben, "/leave")
    press = await roster.press(roster.ana, menu, "▲ Up")
    assert "no longer" in (press.toast or "")
    assert buttons(roster.now(menu))[:2] == ["1. Ana", "2. Cleo"]
