/** The open chat: its head and its messages, kept in place as they change. */

import { byId, dressAvatar, element } from "./dom.js";
import { keyboard } from "./keyboard.js";
import { messageItem } from "./message.js";
import { summary } from "./summary.js";
import { dayText } from "./times.js";

const NEAR_THE_END = 120;
const SAME_BREATH = 5 * 60;

export class Conversation {
  #wasAtEnd = true;

  /** `actions` are those of `messageItem` without `jump`. */
  constructor(state, actions) {
    this.state = state;
    this.actions = { ...actions, jump: (id) => this.#jump(id) };
    this.list = byId("messages");
    this.scroll = byId("scroll");
    this.latest = byId("latest");
    this.scroll.addEventListener("scroll", () => {
      this.#wasAtEnd = this.#isAtEnd;
      this.latest.hidden = this.#wasAtEnd;
    });
    this.latest.addEventListener("click", () => this.#toEnd());
    // The box to write in grows: whoever reads the end goes on reading the end.
    new ResizeObserver(() => this.#wasAtEnd && this.#toEnd()).observe(this.scroll);
  }

  /** Draw everything anew. */
  draw() {
    this.drawHead();
    this.#fill();
    this.#toEnd();
  }

  /** Draw who is here. */
  drawHead() {
    const { chat, people } = this.state;
    dressAvatar(byId("chat-avatar"), chat.id, chat.title);
    byId("chat-title").textContent = chat.title;
    const friends = people.filter(({ id }) => chat.members.some((member) => member.id === id)).length;
    const bot = chat.bot_present ? " and the bot" : ", without the bot";
    byId("chat-subtitle").textContent =
      chat.type === "private" ? `${chat.title}’s private chat with the bot` : `${friends} friends${bot}`;
  }

  /** Show a new, edited or deleted message of the open chat. */
  heard(message, isNew) {
    const wasAtEnd = this.#isAtEnd;
    const item = this.#item(message.id);
    if (isNew) this.#append(message);
    else if (message.deleted) this.#rebuild();
    else if (item) this.#replace(item, message);
    if (isNew && message.sender.id !== this.state.me.id) announce(message);
    if (wasAtEnd || (isNew && message.sender.id === this.state.me.id)) this.#toEnd();
    else this.latest.hidden = this.#isAtEnd;
  }

  /** Draw the buttons of a message again: what they wait for has changed. */
  refreshKeys({ chat, id }) {
    const message = this.state.message(chat, id);
    const keys = chat === this.state.chat.id ? this.#item(id)?.querySelector(".keyboard") : null;
    if (!message || !keys) return;
    const fresh = keyboard(message, this.actions);
    keepFocus(keys, fresh, () => keys.replaceWith(fresh));
  }

  #fill() {
    const messages = this.state.messages(this.state.chat);
    this.list.replaceChildren();
    if (messages.length === 0) this.list.append(element("li", { class: "empty" }, "Nothing has been said here yet."));
    for (const message of messages) this.#append(message);
  }

  #append(message) {
    this.list.querySelector(".empty")?.remove();
    const before = this.state.messages(this.state.chat);
    const previous = before[before.indexOf(message) - 1];
    const day = dayText(message.date * 1000);
    const isNewDay = !previous || dayText(previous.date * 1000) !== day;
    if (isNewDay) this.list.append(element("li", { class: "day" }, element("span", {}, day)));
    const follows =
      !isNewDay && !previous.service && previous.sender.id === message.sender.id &&
      message.date - previous.date < SAME_BREATH;
    this.list.append(messageItem(this.state, message, follows, this.actions));
  }

  #rebuild() {
    const top = this.scroll.scrollTop;
    this.#fill();
    this.scroll.scrollTop = top;
  }

  #replace(item, message) {
    const fresh = messageItem(this.state, message, item.classList.contains("follows"), this.actions);
    // The same picture stays, so that it does not flicker.
    const [shown, wanted] = [item, fresh].map((each) => each.querySelector("img"));
    if (shown && wanted && shown.src === wanted.src) wanted.replaceWith(shown);
    keepFocus(item, fresh, () => item.replaceWith(fresh));
  }

  #item(id) {
    return this.list.querySelector(`[data-id="${id}"]`);
  }

  get #isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroll;
    return scrollHeight - scrollTop - clientHeight < NEAR_THE_END;
  }

  #toEnd() {
    this.scroll.scrollTop = this.scroll.scrollHeight;
    this.latest.hidden = true;
    this.#wasAtEnd = true;
  }

  #jump(id) {
    const item = this.#item(id);
    item.scrollIntoView({ block: "center" });
    item.classList.remove("found");
    requestAnimationFrame(() => item.classList.add("found"));
  }
}

/** Keep the focus at the same button, or at the first one where that is gone. */
function keepFocus(old, fresh, replace) {
  const place = old.contains(document.activeElement) ? document.activeElement.dataset.place : undefined;
  replace();
  if (place) (fresh.querySelector(`[data-place="${place}"]`) ?? fresh.querySelector("[data-place]"))?.focus();
}

function announce(message) {
  byId("announcer").textContent = `${message.sender.name}: ${summary(message)}`;
}
