"""Turns: whose week it is, and how it changes hands."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from domain.clubs import Club, Picking, User
from domain.errors import AdminsOnly, NotOnRoster
from domain.services import owners
from domain.services.owners import Handover

if TYPE_CHECKING:
    from domain.isoweek import IsoWeek
    from domain.services.turns import TurnService
    from integrations.sandbox.telegram import MessageView, Person
    from tests.e2e.world import World

WEEK = timedelta(days=7).total_seconds()


async def record(world: World) -> Club:
    """The club as it is stored."""
    async with world.app.database.store(None).read() as tx:
        club = await tx.clubs.by_chat(world.group.id)
    assert club is not None
    return club


async def switch(world: World, picking: Picking) -> Club:
    """What an admin's button in /settings does."""
    club = await record(world)
    settings = replace(club.settings, picking=picking)
    return await world.app.services().clubs.change(club, settings, admin=True)


def service(world: World) -> TurnService:
    return world.app.services().turns


def this_week(world: World, club: Club) -> IsoWeek:
    return club.week(world.clock.now())


async def user(world: World, person: Person) -> User:
    async with world.app.database.store(None).read() as tx:
        found = await tx.users.by_telegram_id(person.id)
    assert found is not None
    return found


async def menu(world: World, person: Person) -> MessageView:
    """The answer to /turns, whatever else is posted meanwhile."""
    return next(m for m in await world.say(person, "/turns") if m.sender_id != person.id and m.buttons)


async def now_and_next(world: World) -> tuple[str, str]:
    """Whose week it is and whose the next, as /turns says."""
    lines = (await menu(world, world.cleo)).text.splitlines()
    return lines[0].removesuffix("'s week.").removeprefix("This is "), lines[1].removeprefix("Next week: ")


async def may_pick(world: World, person: Person, title: str = "heat 1995", hit: str = "Heat (1995)") -> bool:
    """Whether somebody can pick; they do where they can."""
    hits = await world.ask(person, f"/movie {title}")
    await world.press(person, hits, hit)
    press = await world.press(person, hits, "Pick")
    return not press.alert


@pytest.fixture
async def turns(club: World) -> World:
    """Ana (who founded the group), Ben and Cleo take turns, in this order."""
    for person in (club.ana, club.ben, club.cleo):
        await club.say(person, "/join")
    await switch(club, Picking.TURNS)
    return club


async def test_an_open_club_has_no_turns(club: World) -> None:
    answer = await club.ask(club.ben, "/turns")
    assert "anyone may pick" in answer.text
    assert answer.buttons == ()


async def test_the_first_in_line_has_this_week_at_once(turns: World) -> None:
    text = (await menu(turns, turns.ben)).text
    assert text == "This is Ana's week.\nNext week: Ben\nAfter that: Cleo, Ana"


async def test_only_the_owner_and_admins_pick(turns: World) -> None:
    hits = await turns.ask(turns.ben, "/movie heat 1995")
    await turns.press(turns.ben, hits, "Heat (1995)")
    refused = await turns.press(turns.ben, hits, "Pick")
    assert refused.alert
    assert refused.toast == "It's Ana's week. /turns shows who comes next."
    assert await may_pick(turns, turns.ana)


async def test_an_admin_may_pick_in_anothers_week(turns: World) -> None:
    await turns.press(turns.ana, await menu(turns, turns.ana), "Pass on")
    await turns.press(
        turns.ana, await menu(turns, turns.ana), "Pass on"
    )  # the question alone changes nothing
    assert await now_and_next(turns) == ("Ana", "Ben")
    turns.ana.promote(turns.group, turns.cleo)
    assert await may_pick(turns, turns.cleo)


async def test_the_note_is_the_owners_too(turns: World) -> None:
    refused = await turns.ask(turns.ben, "/note Bring popcorn")
    assert "It's Ana's week" in refused.text
    await turns.say(turns.ana, "/note Bring popcorn")
    assert "Bring popcorn" in (await turns.ask(turns.ben, "/week")).text


async def test_the_owner_manages_what_an_admin_picked_in_their_week(turns: World) -> None:
    message = await menu(turns, turns.ana)
    await turns.press(turns.ana, message, "Pass on")
    await turns.press(turns.ana, message, "Pass on")
    assert await may_pick(turns, turns.ana)
    removal = await turns.ask(turns.ben, "/remove")
    assert (await turns.press(turns.cleo, removal, "Remove Heat (1995)")).alert
    await turns.press(turns.ben, removal, "Remove Heat (1995)")
    await turns.press(turns.ben, removal, "Remove")
    assert "Heat" not in (await turns.ask(turns.cleo, "/week")).text


async def test_an_open_club_lets_everybody_pick_again(turns: World) -> None:
    await switch(turns, Picking.OPEN)
    assert await may_pick(turns, turns.ben)


async def test_a_week_with_picks_is_nobodys_when_turns_begin_in_it(club: World) -> None:
    await club.pick(club.ben, "/movie heat 1995", "Heat (1995)")
    await club.say(club.ana, "/join")
    await switch(club, Picking.TURNS)
    assert (await menu(club, club.ana)).text.startswith("It's nobody's turn this week, so anyone may pick.")
    hits = await club.ask(club.cleo, "/album kind of blue")
    await club.press(club.cleo, hits, "Kind of Blue (1959)")
    assert not (await club.press(club.cleo, hits, "Pick")).alert


async def test_the_weeks_card_says_whose_turn_it_is(turns: World) -> None:
    card = await turns.ask(turns.ben, "/week")
    assert "It's Ana's turn, with /movie or /album." in card.text
    message = await menu(turns, turns.ana)
    await turns.press(turns.ana, message, "Pass on")
    await turns.press(turns.ana, message, "Pass on")
    assert "It's Ben's turn" in turns.now(card).text


# Passing on


async def test_passing_on_asks_then_tells_the_next_and_keeps_a_credit(turns: World) -> None:
    message = await menu(turns, turns.ana)
    await turns.press(turns.ana, message, "Pass on")
    assert "Ben would take it, and you'd be next but one" in turns.now(message).text
    await turns.press(turns.ana, message, "Pass on")
    assert turns.now(message).text == "This is Ben's week.\nNext week: Cleo\nAfter that: Ana, Ben"
    told = turns.last()
    assert told.text.startswith("Ana passes this week on. Ben, this week is yours")
    assert f"tg://user?id={turns.ben.id}" in told.html
    assert told.text.endswith("Next week is Cleo's turn.")
    assert f"tg://user?id={turns.cleo.id}" in told.html
    assert await may_pick(turns, turns.ben)


async def test_only_the_owner_passes_on_and_hears_so_kindly(turns: World) -> None:
    message = await menu(turns, turns.ben)
    before = message.text
    press = await turns.press(turns.ben, message, "Pass on")
    assert press.alert
    assert "Ana's week" in (press.toast or "")
    assert turns.now(message).text == before


async def test_a_week_with_a_pick_stays_where_it_is(turns: World) -> None:
    message = await menu(turns, turns.ana)
    assert await may_pick(turns, turns.ana)
    for button in ("Pass on", "Skip Ana"):
        press = await turns.press(turns.ana, message, button)
        assert press.alert
        assert press.toast == "This week has a pick already, so it stays where it is."


async def test_thinking_better_of_it_leads_back_to_the_line(turns: World) -> None:
    message = await menu(turns, turns.ana)
    await turns.press(turns.ana, message, "Pass on")
    await turns.press(turns.ana, message, "‹ Turns")
    assert turns.now(message).text == message.text


async def test_a_club_of_one_has_nobody_to_pass_on_to(club: World) -> None:
    await club.say(club.ana, "/join")
    await switch(club, Picking.TURNS)
    message = await menu(club, club.ana)
    press = await club.press(club.ana, message, "Pass on")
    assert press.alert
    assert "Nobody else" in (press.toast or "")
    assert await may_pick(club, club.ana)


# Swapping


async def offered(world: World, by: Person, to: str) -> MessageView:
    """An offer in the group."""
    message = await menu(world, by)
    await world.press(by, message, "Swap…")
    await world.press(by, message, to)
    return world.last()


async def test_two_swap_when_both_agree(turns: World) -> None:
    offer = await offered(turns, turns.ana, "Cleo")
    assert offer.text == "Cleo, would you take this week? Ana takes your turn for it."
    assert f"tg://user?id={turns.cleo.id}" in offer.html
    assert await now_and_next(turns) == ("Ana", "Ben")
    await turns.press(turns.cleo, offer, "Swap")
    assert turns.now(offer).text == "Ana and Cleo have swapped turns. This is Cleo's week."
    assert turns.now(offer).buttons == ()
    assert (
        await menu(turns, turns.ben)
    ).text == "This is Cleo's week.\nNext week: Ben\nAfter that: Ana, Cleo"


async def test_two_who_wait_swap_too(turns: World) -> None:
    offer = await offered(turns, turns.cleo, "Ben")
    assert offer.text == "Ben, would you swap turns with Cleo?"
    await turns.press(turns.ben, offer, "Swap")
    assert await now_and_next(turns) == ("Ana", "Cleo")


async def test_nobody_agrees_for_another(turns: World) -> None:
    offer = await offered(turns, turns.ana, "Cleo")
    for person in (turns.ana, turns.ben):
        press = await turns.press(person, offer, "Swap")
        assert press.alert
        assert press.toast == "Only Cleo can answer that."
    refused = await turns.press(turns.ben, offer, "Rather not")
    assert refused.alert
    assert await now_and_next(turns) == ("Ana", "Ben")


@pytest.mark.parametrize("wire", ["qy:1", "qy:0"])
async def test_a_forged_agreement_finds_no_offer(turns: World, wire: str) -> None:
    message = await menu(turns, turns.ana)
    forged = turns.cleo.forge(turns.group, message.id, wire)
    await turns.settle()
    assert forged.alert
    assert forged.toast == "This offer is over. /turns shows how things stand."
    assert await now_and_next(turns) == ("Ana", "Ben")


async def test_both_may_drop_an_offer(turns: World) -> None:
    for person in (turns.cleo, turns.ana):
        offer = await offered(turns, turns.ana, "Cleo")
        await turns.press(person, offer, "Rather not")
        assert turns.now(offer).text == "Ana and Cleo keep their turns."
        late = turns.cleo.forge(turns.group, offer.id, "qy:1")
        await turns.settle()
        assert late.alert
    assert await now_and_next(turns) == ("Ana", "Ben")


async def test_an_offer_is_over_when_the_week_went_to_somebody_else(turns: World) -> None:
    offer = await offered(turns, turns.ana, "Cleo")
    message = await menu(turns, turns.ana)
    await turns.press(turns.ana, message, "Pass on")
    await turns.press(turns.ana, message, "Pass on")
    press = await turns.press(turns.cleo, offer, "Swap")
    assert press.alert
    assert await now_and_next(turns) == ("Ben", "Cleo")


async def test_an_offer_ends_with_its_week(turns: World) -> None:
    offer = await offered(turns, turns.cleo, "Ben")
    await turns.clock.leap(WEEK)
    await turns.settle()
    press = await turns.press(turns.ben, offer, "Swap")
    assert press.alert
    assert await now_and_next(turns) == ("Ben", "Cleo")


async def test_a_reply_to_an_offer_is_just_talk(turns: World) -> None:
    offer = await offered(turns, turns.ana, "Cleo")
    assert await turns.say(turns.cleo, "Let me think", reply_to=offer) == []
    await turns.press(turns.cleo, offer, "Swap")
    assert (await now_and_next(turns))[0] == "Cleo"


async def test_swapping_with_oneself_is_refused(turns: World) -> None:
    message = await menu(turns, turns.ana)
    await turns.press(turns.ana, message, "Swap…")
    assert "Ana" not in [button.text for row in turns.now(message).buttons for button in row]
    press = await turns.press(turns.ben, message, "Ben")
    assert press.alert
    assert press.toast == "You can't swap with yourself."


async def test_who_is_not_on_the_roster_has_no_turn_to_swap(turns: World) -> None:
    await turns.say(turns.cleo, "/leave")
    message = await menu(turns, turns.cleo)
    await turns.press(turns.cleo, message, "Swap…")
    press = await turns.press(turns.cleo, message, "Ben")
    assert press.alert
    assert "/join" in (press.toast or "")


async def test_an_offer_to_somebody_who_left_is_over(turns: World) -> None:
    offer = await offered(turns, turns.ben, "Cleo")
    await turns.say(turns.cleo, "/leave")
    press = await turns.press(turns.cleo, offer, "Swap")
    assert press.alert
    assert "over" in (press.toast or "")


# Away


async def go_away(world: World, person: Person, button: str) -> MessageView:
    """Tell how long one is away; the menu."""
    message = await menu(world, person)
    await world.press(person, message, "Away…")
    press = await world.press(person, message, button)
    assert not press.alert
    return message


async def test_who_is_away_is_passed_over_and_keeps_their_place(turns: World) -> None:
    message = await go_away(turns, turns.ben, "2 weeks")
    assert turns.now(message).text == (
        "This is Ana's week.\nNext week: Cleo\nAfter that: Ben (away until 16 March), Ana"
    )
    await turns.clock.leap(WEEK)
    await turns.settle()
    assert await now_and_next(turns) == ("Cleo", "Ben")  # back on that Monday
    await turns.clock.leap(WEEK)
    await turns.settle()
    assert await now_and_next(turns) == ("Ben", "Ana")


async def test_an_owner_who_is_away_is_stood_in_for_and_asked_again_first(turns: World) -> None:
    message = await go_away(turns, turns.ana, "1 week")
    assert turns.last().text.startswith("Ana is away and will be asked again after that. Ben, this week is")
    assert f"tg://user?id={turns.ben.id}" in turns.last().html
    assert turns.now(message).text == ("This is Ben's week.\nNext week: Ana\nAfter that: Cleo, Ben")


async def test_an_owner_who_has_picked_may_go_away_in_peace(turns: World) -> None:
    assert await may_pick(turns, turns.ana)
    message = await go_away(turns, turns.ana, "1 week")
    assert turns.now(message).text.startswith("This is Ana's week.")


async def test_who_moves_up_for_the_next_week_is_told(turns: World) -> None:
    await go_away(turns, turns.ben, "2 weeks")
    told = turns.last()
    assert told.text == "Ben is away then, so next week is Cleo's turn."
    assert f"tg://user?id={turns.cleo.id}" in told.html
    await go_away(turns, turns.ben, "4 weeks")
    await go_away(turns, turns.ben, "I'm back")
    assert turns.last().buttons  # the menu: nobody else's turn has changed


async def test_coming_back_early(turns: World) -> None:
    await go_away(turns, turns.ben, "4 weeks")
    await go_away(turns, turns.ben, "I'm back")
    assert await now_and_next(turns) == ("Ana", "Ben")


async def test_everybody_away_leaves_the_week_to_anyone(turns: World) -> None:
    for person in (turns.ana, turns.ben, turns.cleo):
        await go_away(turns, person, "2 weeks")
    assert (await menu(turns, turns.ben)).text.startswith("It's nobody's turn this week, so anyone may pick.")
    assert await may_pick(turns, turns.ben)


async def test_only_the_offered_times_can_be_chosen(turns: World) -> None:
    message = await menu(turns, turns.ana)
    forged = turns.ana.forge(turns.group, message.id, f"qw:{2**62}")
    await turns.settle()
    assert forged.alert
    assert await now_and_next(turns) == ("Ana", "Ben")


# Admins


async def test_an_admin_skips_and_a_second_press_skips_nobody_else(turns: World) -> None:
    message, other = await menu(turns, turns.ana), await menu(turns, turns.ana)
    for copy in (message, other):
        await turns.press(turns.ana, copy, "Skip Ana")
    assert "Ben would take it" in turns.now(message).text
    await turns.press(turns.ana, message, "Skip")
    assert turns.last().text.startswith("Ana sits this week out. Ben, this week is yours")
    press = await turns.press(turns.ana, other, "Skip")
    assert press.alert
    assert (await menu(turns, turns.ben)).text == "This is Ben's week.\nNext week: Cleo\nAfter that: Ana, Ben"


async def test_skipping_is_for_admins(turns: World) -> None:
    press = await turns.press(turns.ben, await menu(turns, turns.ben), "Skip Ana")
    assert press.alert
    assert press.toast == "Only this group's admins can change that."


async def test_an_extra_week_is_granted_once(turns: World) -> None:
    message = await menu(turns, turns.ana)
    press = await turns.press(turns.ana, message, "Ana next week too")
    assert press.toast == "Ana has next week too."
    assert turns.now(message).text == "This is Ana's week.\nNext week: Ana\nAfter that: Ben, Cleo"
    await turns.clock.leap(WEEK)
    await turns.settle()
    assert await now_and_next(turns) == ("Ana", "Ben")


async def test_an_owner_takes_one_extra_week_and_no_third(turns: World) -> None:
    turns.ana.promote(turns.group, turns.cleo)
    await turns.press(turns.cleo, await menu(turns, turns.cleo), "Skip Ana")
    await turns.press(turns.cleo, turns.last(), "Skip")
    assert (await turns.press(turns.cleo, await menu(turns, turns.cleo), "Ben next week too")).alert is False
    await turns.clock.leap(WEEK)
    await turns.settle()
    press = await turns.press(turns.ben, await menu(turns, turns.ben), "Ben next week too")
    assert press.alert
    assert "admins" in (press.toast or "")
    other = await turns.press(turns.cleo, await menu(turns, turns.cleo), "Ben next week too")
    assert not other.alert


async def test_an_extra_week_is_not_granted_by_others(turns: World) -> None:
    press = await turns.press(turns.ben, await menu(turns, turns.ben), "Ana next week too")
    assert press.alert
    assert "Ana's week" in (press.toast or "")


async def test_an_admin_orders_the_line(turns: World) -> None:
    club, cleo = await record(turns), await user(turns, turns.cleo)
    order = await service(turns).reorder(club, cleo.id, -1, admin=True)
    assert [member.user.name for member in order] == ["Cleo", "Ben", "Ana"]
    assert await now_and_next(turns) == ("Ana", "Cleo")
    with pytest.raises(AdminsOnly):
        await service(turns).reorder(club, cleo.id, 1, admin=False)
    with pytest.raises(NotOnRoster):
        await service(turns).reorder(club, 10**9, 1, admin=True)


# Coming and going


async def test_an_owner_who_leaves_is_followed_by_the_next(turns: World) -> None:
    farewell = await turns.ask(turns.ana, "/leave")
    assert farewell.text.endswith("Ben, this week is yours: find something with /movie or /album.")
    assert f"tg://user?id={turns.ben.id}" in farewell.html
    assert (await menu(turns, turns.ben)).text == "This is Ben's week.\nNext week: Cleo\nAfter that: Ben"
    await turns.ask(turns.ana, "/join")
    assert (await menu(turns, turns.ben)).text == "This is Ben's week.\nNext week: Cleo\nAfter that: Ben, Ana"


async def test_somebody_elses_leaving_moves_nothing(turns: World) -> None:
    farewell = await turns.ask(turns.ben, "/leave")
    assert "week" not in farewell.text
    assert await now_and_next(turns) == ("Ana", "Cleo")


async def test_the_last_one_leaving_leaves_the_week_to_anyone(club: World) -> None:
    await club.say(club.ben, "/join")
    await switch(club, Picking.TURNS)
    await club.say(club.ben, "/leave")
    empty = await menu(club, club.ben)
    assert empty.text.startswith("Nobody is on the roster yet")
    assert await may_pick(club, club.cleo)


async def test_an_owner_who_leaves_after_picking_leaves_the_pick(turns: World) -> None:
    assert await may_pick(turns, turns.ana)
    farewell = await turns.ask(turns.ana, "/leave")
    assert "week is yours" not in farewell.text
    assert "picked by Ana" in (await turns.ask(turns.ben, "/week")).text


# The weeks go by


async def test_the_weeks_go_round(turns: World) -> None:
    seen = []
    for _ in range(7):
        club = await record(turns)
        owner = await service(turns).begin(club, this_week(turns, club))
        again = await service(turns).begin(club, this_week(turns, club))
        assert owner is not None
        assert again == owner
        following = await service(turns).next_owner(club, this_week(turns, club))
        seen.append((owner.name, following.name if following else None))
        await turns.clock.leap(WEEK)
        await turns.settle()
    assert seen == list(pairwise(["Ana", "Ben", "Cleo", "Ana", "Ben", "Cleo", "Ana", "Ben"]))


async def test_a_turn_begins_with_the_week_also_before_anything_was_posted(turns: World) -> None:
    await turns.clock.leap(WEEK - 11.9 * 3600)  # Monday, just after midnight
    await turns.settle()
    assert not await may_pick(turns, turns.cleo)
    assert await may_pick(turns, turns.ben)


async def test_a_line_seen_before_its_week_began_is_the_line_it_will_be(turns: World) -> None:
    club = await record(turns)
    later = this_week(turns, club).next()
    following = await service(turns).next_owner(club, later)
    assert following is not None
    assert following.name == "Cleo"


async def test_a_silent_owner_is_passed_over_at_the_deadline(turns: World) -> None:
    club = await record(turns)
    handover = await service(turns).hand_over(club, this_week(turns, club))
    ana, ben, cleo = [await user(turns, person) for person in (turns.ana, turns.ben, turns.cleo)]
    assert handover == Handover(ana, ben, cleo)
    assert (await menu(turns, turns.ben)).text == "This is Ben's week.\nNext week: Cleo\nAfter that: Ana, Ben"


async def test_a_week_nobody_began_begins_at_the_deadline(turns: World) -> None:
    await turns.clock.leap(WEEK)
    club = await record(turns)
    assert await service(turns).hand_over(club, this_week(turns, club)) is None
    assert await now_and_next(turns) == ("Ben", "Cleo")


async def test_a_handover_nobody_was_told_of_is_taken_back(turns: World) -> None:
    club = await record(turns)
    week = this_week(turns, club)
    first = await service(turns).hand_over(club, week)
    assert first is not None
    async with turns.app.database.store(None).keep() as tx:
        await owners.take_back(tx, club, week, first)
        await tx.commit()
    assert await now_and_next(turns) == ("Ana", "Ben")
    assert await service(turns).hand_over(club, week) == first
    assert await may_pick(turns, turns.ben)
    async with turns.app.database.store(None).keep() as tx:
        await owners.take_back(tx, club, week, first)
        await tx.commit()
    assert await now_and_next(turns) == ("Ben", "Cleo")  # what was picked stays theirs


async def test_nothing_is_handed_over_once_something_is_picked(turns: World) -> None:
    assert await may_pick(turns, turns.ana)
    club = await record(turns)
    assert await service(turns).hand_over(club, this_week(turns, club)) is None
    assert await now_and_next(turns) == ("Ana", "Ben")


async def test_a_silent_owner_keeps_the_week_where_nobody_else_is_there(turns: World) -> None:
    for person in (turns.ben, turns.cleo):
        await go_away(turns, person, "4 weeks")
    club = await record(turns)
    assert await service(turns).hand_over(club, this_week(turns, club)) is None
    assert (await now_and_next(turns))[0] == "Ana"


async def test_open_clubs_have_no_owners(club: World) -> None:
    await club.say(club.ana, "/join")
    found = await record(club)
    week = this_week(club, found)
    assert await service(club).begin(found, week) is None
    assert await service(club).hand_over(found, week) is None
    assert await service(club).next_owner(found, week) is None
    standing = await service(club).line(found)
    assert standing.current is None
    assert [member.user.name for member in standing.upcoming] == ["Ana"]


async def test_buttons_of_turns_in_an_open_club_say_so(turns: World) -> None:
    message = await menu(turns, turns.ana)
    await switch(turns, Picking.OPEN)
    press = await turns.press(turns.ana, message, "Pass on")
    assert press.alert
    assert press.toast == "No turns here: in this club anyone may pick."


async def test_turns_survive_a_restart(turns: World) -> None:
    offer = await offered(turns, turns.ana, "Cleo")
    await turns.restart()
    await turns.press(turns.cleo, offer, "Swap")
    assert (await now_and_next(turns))[0] == "Cleo"


async def test_turns_in_german(turns: World) -> None:
    club = await record(turns)
    german = replace(club.settings, language="de")
    await turns.app.services().clubs.change(club, german, admin=True)
    text = (await menu(turns, turns.ben)).text
    assert text == "Diese Woche ist Ana dran.\nNächste Woche: Ben\nDanach: Cleo, Ana"
