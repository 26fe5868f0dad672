"""What a person sees of a message."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from .wire import JsonObject

if TYPE_CHECKING:
    from .model import Message

_TAGS: Final = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "spoiler": "tg-spoiler",
    "code": "code",
    "blockquote": "blockquote",
}


@dataclass(frozen=True, slots=True)
class Button:
    """An inline button as it is shown."""

    text: str
    callback_data: str | None = None
    url: str | None = None
    style: str | None = None


@dataclass(frozen=True, slots=True)
class PhotoView:
    """A picture in a message: where it came from, or the bytes that were uploaded or fetched."""

    file_id: str
    width: int
    height: int
    url: str | None
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message as a person sees it; `html` is text or caption with its formatting as Telegram tags."""

    id: int
    chat_id: int
    sender_id: int
    sender: str
    date: int
    text: str
    caption: str
    html: str
    buttons: tuple[tuple[Button, ...], ...]
    photo: PhotoView | None
    document: str | None
    poll: JsonObject | None
    service: str | None
    edited: bool
    deleted: bool
    reply_to: int | None
    thread: int | None
    pinned: bool
    force_reply: bool
    only_for: int | None
    reactions: tuple[tuple[str, int], ...]

    @property
    def words(self) -> str:
        """Text or caption, whichever there is."""
        return self.text or self.caption

    def find_button(self, wanted: str | Callable[[Button], bool]) -> Button:
        """The button with exactly this text, else the first that contains it, or that a predicate accepts.

        Raises `LookupError` naming the buttons there are.
        """
        buttons = [button for row in self.buttons for button in row]
        if callable(wanted):
            found = [b for b in buttons if wanted(b)]
        else:
            found = [b for b in buttons if b.text == wanted] or [b for b in buttons if wanted in b.text]
        if not found:
            texts = [[button.text for button in row] for row in self.buttons]
            raise LookupError(f"no button {wanted!r} on message {self.id}; there are {texts}")
        return found[0]


def view(message: Message) -> MessageView:
    """The view of a message."""
    picture = message.photo
    counts: dict[str, int] = {}
    for emoji in (e for given in message.reactions.values() for e in given):
        counts[emoji] = counts.get(emoji, 0) + 1
    sender = message.sender_chat.title if message.sender_chat else message.sender.first_name
    return MessageView(
        id=message.id,
        chat_id=message.chat.id,
        sender_id=message.sender.id,
        sender=sender or "",
        date=message.date,
        text="" if message.is_media else message.text,
        caption=message.text if message.is_media else "",
        html=to_html(message.text, message.entities),
        buttons=tuple(
            tuple(Button(str(b["text"]), b.get("callback_data"), b.get("url"), b.get("style")) for b in row)
            for row in message.inline_keyboard
        ),
        photo=PhotoView(picture.file_id, picture.width, picture.height, picture.source, picture.content)
        if picture
        else None,
        document=message.document.name if message.document else None,
        poll=message.poll,
        service=next(iter(message.service), None),
        edited=message.edit_date is not None,
        deleted=message.deleted,
        reply_to=message.reply_to,
        thread=message.thread if message.is_topic else None,
        pinned=message.id in message.chat.pinned,
        force_reply=bool(message.other_markup and message.other_markup.get("force_reply")),
        only_for=message.only_for.id if message.only_for else None,
        reactions=tuple(sorted(counts.items())),
    )


def to_html(text: str, entities: list[JsonObject]) -> str:
    """Text with its formatting as Telegram tags again; what Telegram found itself stays plain text."""
    units = text.encode("utf-16-le")
    marks: list[tuple[int, int, int, str]] = []
    for order, entity in enumerate(entities):
        opening, closing = _tags(entity)
        if opening:
            start, end = entity["offset"], entity["offset"] + entity["length"]
            # At one place closing tags come first, the innermost first; opening tags the outermost first.
            marks.append((start, 1, order, opening))
            marks.append((end, 0, -order, closing))
    pieces = []
    at = 0
    for place, _, _, tag in sorted(marks):
        pieces.append(html.escape(units[2 * at : 2 * place].decode("utf-16-le"), quote=False))
        pieces.append(tag)
        at = place
    pieces.append(html.escape(units[2 * at :].decode("utf-16-le"), quote=False))
    return "".join(pieces)


def _tags(entity: JsonObject) -> tuple[str, str]:
    kind = entity["type"]
    if kind in _TAGS:
        return f"<{_TAGS[kind]}>", f"</{_TAGS[kind]}>"
    tags = ("", "")
    match kind:
        case "expandable_blockquote":
            tags = "<blockquote expandable>", "</blockquote>"
        case "text_link":
            tags = f'<a href="{html.escape(entity["url"])}">', "</a>"
        case "text_mention":
            tags = f'<a href="tg://user?id={entity["user"]["id"]}">', "</a>"
        case "pre" if entity.get("language"):
            tags = f'<pre><code class="language-{html.escape(entity["language"])}">', "</code></pre>"
        case "pre":
            tags = "<pre>", "</pre>"
        case "custom_emoji":
            tags = f'<tg-emoji emoji-id="{entity["custom_emoji_id"]}">', "</tg-emoji>"
        case "date_time":
            form = entity.get("date_time_format")
            attribute = f' format="{html.escape(form)}"' if form else ""
            tags = f'<tg-time unix="{entity["unix_time"]}"{attribute}>', "</tg-time>"
    return tags
