/** The side list: groups, then everybody's private chat with the bot. */

import { avatar, byId, element } from "./dom.js";
import { summary } from "./summary.js";
import { shortText } from "./times.js";

/** Draw the list; `open(chat)` is called for a chat that is pressed. */
export function drawChats(state, open) {
  const nav = byId("chats");
  const hadFocus = nav.contains(document.activeElement) && document.activeElement.dataset.chat;
  const privateChats = state.people.map((person) => state.chats.get(person.private_chat));
  nav.replaceChildren(
    ...section("Group", state.groups, state, open),
    ...section("Private chats with the bot", privateChats, state, open),
  );
  if (hadFocus) nav.querySelector(`[data-chat="${hadFocus}"]`)?.focus();
}

function section(heading, chats, state, open) {
  if (chats.length === 0) return [];
  return [
    element("h2", {}, heading),
    element("ul", {}, chats.map((chat) => element("li", {}, entry(chat, state, open)))),
  ];
}

function entry(chat, state, open) {
  const last = state.messages(chat).at(-1);
  const line = last ? `${whose(last, chat)}${summary(last)}` : "Nothing said yet";
  return element(
    "button",
    { type: "button", class: "chat", "data-chat": chat.id, "aria-current": chat === state.chat && "true",
      onclick: () => open(chat) },
    avatar(chat.id, chat.title),
    element("span", { class: "chat-name" }, chat.title),
    element("span", { class: "chat-when" }, last ? shortText(last.date * 1000, state.now) : ""),
    element("span", { class: "chat-line", dir: "auto" }, line),
  );
}

function whose(message, chat) {
  return chat.type === "private" || message.service ? "" : `${message.sender.name}: `;
}
