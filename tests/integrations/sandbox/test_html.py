from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.sandbox.telegram.content import tidy
from integrations.sandbox.telegram.html import parse_html
from integrations.sandbox.telegram.views import to_html
from integrations.sandbox.telegram.wire import Refusal

Entity = tuple[str, int, int]


def entities_of(source: str) -> list[Entity]:
    return [(e["type"], e["offset"], e["length"]) for e in parse_html(source)[1]]


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ("b", "bold"),
        ("strong", "bold"),
        ("i", "italic"),
        ("em", "italic"),
        ("u", "underline"),
        ("ins", "underline"),
        ("s", "strikethrough"),
        ("strike", "strikethrough"),
        ("del", "strikethrough"),
        ("tg-spoiler", "spoiler"),
        ("code", "code"),
        ("pre", "pre"),
        ("blockquote", "blockquote"),
        ("B", "bold"),
    ],
)
def test_every_tag_becomes_its_entity(tags: str, kind: str) -> None:
    assert parse_html(f"x <{tags}>yz</{tags}>") == ("x yz", [{"type": kind, "offset": 2, "length": 2}])


@pytest.mark.parametrize(
    ("source", "entity"),
    [
        ('<span class="tg-spoiler">x</span>', {"type": "spoiler"}),
        ("<blockquote expandable>x</blockquote>", {"type": "expandable_blockquote"}),
        ('<a href="https://a.b/c?d=1&amp;e=2">x</a>', {"type": "text_link", "url": "https://a.b/c?d=1&e=2"}),
        ('<a href="HTTP://A.B">x</a>', {"type": "text_link", "url": "http://a.b/"}),
        ('<a href="tg://user?id=7">x</a>', {"type": "text_mention", "user": {"id": 7}}),
        ('<pre><code class="language-py">x</code></pre>', {"type": "pre", "language": "py"}),
        ('<tg-emoji emoji-id="55">x</tg-emoji>', {"type": "custom_emoji", "custom_emoji_id": "55"}),
        (
            '<tg-time unix="1647531900" format="wDT">x</tg-time>',
            {"type": "date_time", "unix_time": 1647531900, "date_time_format": "wDT"},
        ),
    ],
)
def test_tags_with_attributes(source: str, entity: dict[str, Any]) -> None:
    assert parse_html(source) == ("x", [{**entity, "offset": 0, "length": 1}])


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<foo>x", 'Unsupported start tag "foo" at byte offset 0'),
        ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("</b>", "Unexpected end tag at byte offset 0"),
        ("é<b", "Unclosed start tag at byte offset 2"),
        ("𝒳<b>x</b", "Unclosed end tag at byte offset 8"),
        ("<br>", 'Unsupported start tag "br" at byte offset 0'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<a href=http://a.b>x</a>", "Unexpected end of name token at byte offset 8"),
        ("<tg-time unix='1' format='zz'>x</tg-time>", "Invalid date format used"),
        ("<tg-emoji emoji-id='z'>x</tg-emoji>", "Invalid custom emoji identifier specified"),
    ],
)
def test_broken_html_is_refused_in_telegrams_words(source: str, error: str) -> None:
    with pytest.raises(Refusal) as caught:
        parse_html(source)
    assert caught.value.description == f"Bad Request: can't parse entities: {error}"


def test_only_four_named_references_are_decoded() -> None:
    assert parse_html("&lt;&gt;&amp;&quot;&#65;&#x42;&nbsp;&apos;")[0] == '<>&"AB&nbsp;&apos;'


def test_offsets_count_utf16_units() -> None:
    assert entities_of("𝒳<b>𝒳</b>é<i>y</i>") == [("bold", 2, 2), ("italic", 5, 1)]


def test_a_message_is_trimmed_and_its_entities_with_it() -> None:
    assert tidy(*parse_html("  \n a <b> b </b> \n ")) == (
        "a  b",
        [{"type": "bold", "offset": 2, "length": 2}],
    )


def test_an_entity_of_blanks_vanishes_and_touching_ones_become_one() -> None:
    assert tidy(*parse_html("a<i> </i>b<b>c</b><b>d</b>")) == (
        "a bcd",
        [{"type": "bold", "offset": 3, "length": 2}],
    )


def test_nothing_is_formatted_inside_code() -> None:
    assert tidy(*parse_html("<code>a<b>b</b></code>"))[1] == [{"type": "code", "offset": 0, "length": 2}]


def test_commands_mentions_and_links_are_found() -> None:
    found = tidy("/week @anna #film https://a.b/c", [])[1]
    assert [e["type"] for e in found] == ["bot_command", "mention", "hashtag", "url"]


# -- against Telegram's own parser

_KINDS = {
    "Bold": "bold",
    "Italic": "italic",
    "Underline": "underline",
    "Strikethrough": "strikethrough",
    "Spoiler": "spoiler",
    "Code": "code",
    "Pre": "pre",
    "PreCode": "pre",
    "TextUrl": "text_link",
    "MentionName": "text_mention",
    "BlockQuote": "blockquote",
    "ExpandableBlockQuote": "expandable_blockquote",
    "CustomEmoji": "custom_emoji",
    "DateTime": "date_time",
}
_PIECES = [
    *(f"<{tag}>" for tag in ("b", "i", "u", "s", "code", "pre", "tg-spoiler", "blockquote", "em", "foo")),
    *(f"</{tag}>" for tag in ("b", "i", "u", "s", "code", "pre", "tg-spoiler", "blockquote", "a", "span")),
    "<a href='http://a.b/'>",
    '<a href="x">',
    "<a href='tg://user?id=5'>",
    "<span class='tg-spoiler'>",
    "<blockquote expandable>",
    "<code class='language-py'>",
    "<tg-time unix='5' format='wd'>",
    "<tg-time unix='0'>",
    "</tg-time>",
    "<tg-emoji emoji-id='55'>",
    "</tg-emoji>",
    *("<", "</", "</>", ">", "=", "'", '"', " ", "\n", "\t", "/", "é", "𝒳", "a", "&", ";"),
    *("<b x='y'", "<b x='y", "<b x", "<b x = ", "<B", "</I >"),
    *("&lt;", "&lt", "&#65;", "&#65", "&#x41;", "&#xd800;", "&#", "&#x;", "&amp;", "&quot", "&nbsp;"),
    *("&#0;", "&#1114111;", "&#1114110;", "&#00000065;"),
]


def _oracle(source: str) -> tuple[str, list[dict[str, Any]]] | str:
    tdjson = pytest.importorskip("tdjson", reason="Telegram's own parser is not installed")
    tdjson.td_execute(b'{"@type": "setLogVerbosityLevel", "new_verbosity_level": 0}')
    mode = {"@type": "textParseModeHTML"}
    request = {"@type": "parseTextEntities", "text": source, "parse_mode": mode}
    answer = json.loads(tdjson.td_execute(json.dumps(request).encode()))
    if answer["@type"] == "error":
        return str(answer["message"])
    entities = []
    for found in answer["entities"]:
        kind = found["type"]
        entity: dict[str, Any] = {"type": _KINDS[kind["@type"].removeprefix("textEntityType")]}
        entity |= {k: v for k, v in kind.items() if k in {"url", "language", "custom_emoji_id", "unix_time"}}
        if "user_id" in kind:
            entity["user"] = {"id": kind["user_id"]}
        entities.append({**entity, "offset": found["offset"], "length": found["length"]})
    return answer["text"], entities


def _ours(source: str) -> tuple[str, list[dict[str, Any]]] | str:
    try:
        text, entities = parse_html(source)
    except Refusal as refusal:
        message = refusal.description.removeprefix("Bad Request: ")
        return message[0].upper() + message[1:]
    return text, [{k: v for k, v in e.items() if k != "date_time_format"} for e in entities]


@given(st.lists(st.sampled_from(_PIECES), max_size=12).map("".join))
def test_telegrams_own_parser_agrees(source: str) -> None:
    assert _ours(source) == _oracle(source)


@given(st.lists(st.sampled_from([p for p in _PIECES if p != "&#xd800;"]), max_size=12).map("".join))
def test_what_a_message_shows_can_be_sent_again(source: str) -> None:
    try:
        text, entities = tidy(*parse_html(source))
    except Refusal:
        return
    again, same = tidy(*parse_html(to_html(text, entities)))
    assert again == text
    assert to_html(again, same) == to_html(text, entities)
