/** The side list: the groups, one's own chat with the bot, and those of the others, which are theirs. */

import { avatar, botAvatar, byId, element, keepFocus } from "./dom.js";
import { icon } from "./icons.js";
import { summary } from "./summary.js";
import { shortText } from "./times.js";

/** Draw the list; `open(chat)` is called for a chat that is pressed. */
export function drawChats(state, reading, open) {
  const others = state.people.filter((person) => person !== state.me);
  const nav = byId("chats");
  keepFocus(nav, () =>
    nav.replaceChildren(
      element("ul", {}, [
        ...state.groups.map((chat) => ownEntry(chat, state, reading, open)),
        ownEntry(state.privateChat(state.me), state, reading, open),
      ].map((entry) => element("li", {}, entry))),
      element("h2", {}, "The others’ chats with the bot"),
      element("ul", {}, others.map((person) => element("li", {}, lockedEntry(person, state, reading, open)))),
    ),
  );
}

function ownEntry(chat, state, reading, open) {
  const last = state.messages(chat).at(-1);
  const isPrivate = chat.type === "private";
  return entry(chat, state, open, {
    picture: isPrivate ? botAvatar() : avatar(chat.id, chat.title),
    name: isPrivate ? state.bot.name : chat.title,
    when: last ? shortText(last.date * 1000, state.now) : "",
    line: lastLine(chat, last, state),
    unread: reading.unread(chat, state.me),
  });
}

function lockedEntry(person, state, reading, open) {
  const chat = state.privateChat(person);
  return entry(chat, state, open, {
    picture: avatar(person.id, person.name),
    name: person.name,
    when: "",
    line: [icon("lock"), `Only ${person.name} sees it`],
    unread: reading.unread(chat, person),
  });
}

function entry(chat, state, open, { picture, name, when, line, unread }) {
  return element(
    "button",
    { type: "button", class: "chat", "data-chat": chat.id, "data-place": `chat ${chat.id}`,
      "aria-current": chat === state.chat && "true", onclick: () => open(chat) },
    picture,
    element("span", { class: "chat-row" },
      element("span", { class: "chat-name", dir: "auto" }, name), element("span", { class: "chat-when" }, when)),
    element("span", { class: "chat-row" },
      element("span", { class: "chat-line", dir: "auto" }, line),
      unread > 0 &&
        element("span", { class: "unread" }, String(unread), element("span", { class: "hidden" }, " unread"))),
  );
}

function lastLine(chat, last, state) {
  if (state.isTyping(chat)) return element("em", {}, "is typing …");
  if (!last) return chat.type === "private" ? "Press Start to talk" : "Nothing said yet";
  const isNamed = chat.type !== "private" && !last.service;
  const who = last.sender.id === state.me.id ? "You" : last.sender.name;
  return [isNamed && element("span", { class: "chat-who" }, `${who}: `), summary(last)];
}
