/** The head of the open chat: who is here, its topics, what is pinned. */

import { byId, dressAvatar, element, keepFocus } from "./dom.js";
import { GENERAL } from "./state.js";
import { summary } from "./summary.js";

export class Head {
  /** How often the bar was pressed since the chat was opened: it goes back through what is pinned. */
  #presses = 0;

  /** `jump(id)` goes to a message of the open chat. */
  constructor(state, jump) {
    this.state = state;
    state.addEventListener("all", () => {
      this.#presses = 0;
    });
    byId("pinned").addEventListener("click", () => {
      jump(this.#pinned.id);
      this.#presses += 1;
      this.#drawPinned();
    });
  }

  /** Draw all of it. */
  draw() {
    const { chat, bot } = this.state;
    const isPrivate = chat.type === "private";
    dressAvatar(byId("chat-avatar"), chat.id, isPrivate ? "" : chat.title);
    if (isPrivate) byId("chat-avatar").className = "avatar bot";
    byId("chat-title").textContent = isPrivate ? bot.name : chat.title;
    const isTyping = this.state.isTyping(chat);
    byId("chat-subtitle").classList.toggle("typing", isTyping);
    byId("chat-subtitle").textContent = isTyping ? `${isPrivate ? "" : `${bot.name} is `}typing …` : this.#whoIsHere;
    this.#drawTopics();
    this.#drawPinned();
  }

  get #whoIsHere() {
    const { chat, people, me } = this.state;
    if (chat.type === "private") return chat.blocked ? `${me.name} blocked it` : `${me.name}’s private chat`;
    const friends = people.filter(({ id }) => chat.members.some((member) => member.id === id)).length;
    return `${friends} friends${chat.bot_present ? " and the bot" : ", without the bot"}`;
  }

  #drawTopics() {
    const strip = byId("topics");
    strip.hidden = !this.state.chat.is_forum;
    if (strip.hidden) return;
    const topics = [{ id: null, name: "All" }, { id: GENERAL, name: "General" }, ...this.state.chat.topics];
    keepFocus(strip, () => strip.replaceChildren(...topics.map(({ id, name }) =>
      element("button", { type: "button", "aria-pressed": String(this.state.topic === id), "data-place": `topic ${id}`,
        onclick: () => this.state.openTopic(id) }, name))));
  }

  #drawPinned() {
    const shown = this.#pinned;
    byId("pinned").hidden = shown === undefined;
    if (shown === undefined) return;
    const count = this.#allPinned.length;
    byId("pinned-title").textContent = count > 1 ? `Pinned message ${this.#place + 1} of ${count}` : "Pinned message";
    byId("pinned-line").textContent = summary(shown);
  }

  get #allPinned() {
    return this.state.shown.filter(({ id }) => this.state.chat.pinned.includes(id));
  }

  get #place() {
    const count = this.#allPinned.length;
    return count - 1 - (this.#presses % count);
  }

  get #pinned() {
    return this.#allPinned[this.#place];
  }
}
