from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from integrations.sandbox.telegram import screen
from integrations.sandbox.telegram.content import tidy
from integrations.sandbox.telegram.html import parse_html
from integrations.sandbox.telegram.views import to_html
from tests.integrations.sandbox.stage import keyboard

if TYPE_CHECKING:
    from tests.integrations.sandbox.stage import Stage


@pytest.mark.parametrize(
    "source",
    [
        "<b>a<i>b</i></b>c",
        "<tg-spoiler><b>a</b></tg-spoiler>",
        "<blockquote expandable>a\nb</blockquote>",
        '<a href="https://a.b/?c=1&amp;d=2">x</a>',
        '<a href="tg://user?id=7">x</a>',
        '<pre><code class="language-py">x</code></pre>',
        "<pre>x</pre>",
        '<tg-emoji emoji-id="55">x</tg-emoji>',
        '<tg-time unix="5" format="wd">x</tg-time>',
        '<tg-time unix="5">x</tg-time>',
        "&lt;b&gt; &amp;amp; 𝒳<i>y</i>",
    ],
)
def test_formatting_is_shown_as_it_was_given(source: str) -> None:
    shown = to_html(*tidy(*parse_html(source)))
    assert parse_html(shown) == parse_html(source)


def test_nothing_a_person_writes_becomes_markup() -> None:
    assert to_html(*tidy("<script>alert('x')</script> &amp;", [])) == (
        "&lt;script&gt;alert('x')&lt;/script&gt; &amp;amp;"
    )


async def test_a_mention_of_somebody_known_is_kept_and_of_others_dropped(stage: Stage) -> None:
    await stage.say(
        f'<a href="tg://user?id={stage.ben.id}">Ben</a> <a href="tg://user?id=5">X</a>', parse_mode="HTML"
    )
    assert stage.last().html == f'<a href="tg://user?id={stage.ben.id}">Ben</a> X'


async def test_the_view_of_a_message_follows_its_edits(stage: Stage) -> None:
    message = await stage.say("1", reply_markup=keyboard([("Go", "x")]))
    before = stage.last()
    await stage.ok("editMessageText", chat_id=stage.group_id, message_id=message, text="2")
    assert (before.words, stage.sandbox.look(before).words) == ("1", "2")
    await stage.ok("deleteMessage", chat_id=stage.group_id, message_id=message)
    assert stage.sandbox.look(before).deleted
    assert message not in [m.id for m in stage.sandbox.messages(stage.group)]
    assert message in [m.id for m in stage.sandbox.messages(stage.group, deleted=True)]
    with pytest.raises(LookupError, match="gone"):
        stage.ben.press(before, "Go")


async def test_service_messages_say_what_they_are_about(stage: Stage) -> None:
    stage.ben.leave(stage.group)
    stage.ana.rename(stage.group, "Cinema")
    message = await stage.say()
    stage.ana.promote(stage.group)
    await stage.ok("pinChatMessage", chat_id=stage.group_id, message_id=message)
    shown = screen.state(stage.sandbox)["messages"][str(stage.group_id)]
    assert [m["service"] for m in shown if m["service"]] == [
        {"kind": "new_chat_members", "about": "Wrong Opinions"},
        {"kind": "left_chat_member", "about": "Ben"},
        {"kind": "new_chat_title", "about": "Cinema"},
        {"kind": "pinned_message", "about": str(message)},
    ]


async def test_a_page_learns_that_the_bot_waits_for_a_reply(stage: Stage) -> None:
    await stage.say(reply_markup={"force_reply": True, "selective": True, "input_field_placeholder": "Title"})
    shown = screen.state(stage.sandbox)["messages"][str(stage.group_id)][-1]
    assert shown["force_reply"] == {"placeholder": "Title", "selective": True}
