"""A group searches, picks, scores, and sees who was wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.world import World


async def test_three_friends_search_pick_and_score(club: World) -> None:
    hits = await club.ask(club.ana, "/movie heat 1995")
    assert hits.buttons[0][0].text == "Heat (1995)"

    await club.press(club.ana, hits, "Heat (1995)")
    opened = club.now(hits)
    assert opened.photo is not None
    assert "Michael Mann" in opened.caption
    assert "Al Pacino" in opened.caption

    picked = await club.press(club.ana, opened, "Pick")
    assert picked.toast == "Picked."
    card = club.last()
    assert "Heat (1995)" in card.text
    assert "picked by Ana" in card.text
    assert "0/1 scored" in card.text
    scores = [button.text for row in card.buttons for button in row]
    assert scores[:10] == ["½", "1", "1½", "2", "2½", "3", "3½", "4", "4½", "5"]

    press = await club.press(club.ana, card, "4½")
    assert press.toast == "Recorded: 4½"
    assert not press.alert
    assert "1/1 scored" in club.now(card).text
    assert "Ana 4½" not in club.now(card).text

    await club.press(club.ben, card, "2")
    seen = club.now(card).text
    assert "2/2 scored" in seen
    assert "Ana 4½" in seen
    assert "Ben 2" in seen
    assert "3.3" in seen

    late = await club.press(club.cleo, card, "5")
    assert late.toast == "Recorded: 5"
    assert "Cleo 5 (late)" in club.now(card).text
