/** The messages of the open chat, kept in place as they change; only the latest are drawn until one scrolls up. */

import { byId, element, keepFocus } from "./dom.js";
import { keyboard } from "./keyboard.js";
import { messageItem } from "./message.js";
import { summary } from "./summary.js";
import { dayText } from "./times.js";

const NEAR_THE_END = 120;
const NEAR_THE_START = 600;
const SAME_BREATH = 5 * 60;
const AT_ONCE = 60;
const AT_ONCE_ABOVE = 150;

export class Conversation {
  #wasAtEnd = true;
  #size = "";
  /** The messages that are drawn: albums, each with one message or several. */
  #albums = [];
  /** How many of the first albums are not drawn yet. */
  #above = 0;

  /** `actions` are those of `messageItem` without `jump`; `read()` is called when the newest message is in sight. */
  constructor(state, actions, read) {
    this.state = state;
    this.actions = { ...actions, jump: (id) => this.jump(id) };
    this.read = read;
    this.list = byId("messages");
    this.scroll = byId("scroll");
    this.latest = byId("latest");
    this.scroll.addEventListener("scroll", () => this.#scrolled());
    this.latest.addEventListener("click", () => this.#toEnd());
    document.addEventListener("visibilitychange", () => this.#noteRead());
    // The box to write in grows: whoever reads the end goes on reading the end.
    new ResizeObserver(() => {
      this.#size = this.#sizeNow;
      if (this.#wasAtEnd) this.#toEnd();
    }).observe(this.scroll);
    // So do pictures that come in late.
    this.list.addEventListener("load", () => this.#wasAtEnd && this.#toEnd(), true);
  }

  /** Draw everything anew. */
  draw() {
    this.#fill(AT_ONCE);
    this.#toEnd();
  }

  /** Show a new, edited or deleted message of the open chat. */
  heard(message, isNew) {
    const wasAtEnd = this.#isAtEnd;
    const isMine = message.sender.id === this.state.me.id;
    if (isNew) this.#add(message);
    else if (message.deleted) this.#rebuild();
    else this.#change(message);
    if (isNew && !isMine) announce(message);
    if (wasAtEnd || (isNew && isMine)) this.#toEnd();
    else this.latest.hidden = this.#isAtEnd;
  }

  /** Draw the buttons of a message again: what they wait for has changed. */
  refreshKeys({ chat, id }) {
    const message = this.state.message(chat, id);
    const keys = chat === this.state.chat.id ? this.#item(id)?.querySelector(".keyboard") : null;
    if (!message || !keys) return;
    const fresh = keyboard(message, this.actions);
    keepFocus(keys, () => {
      keys.replaceWith(fresh);
      return fresh;
    });
  }

  /** Go to a message and let it flash. */
  jump(id) {
    const number = this.#albums.findIndex((album) => album.some((message) => message.id === id));
    if (number < 0) return;
    if (number < this.#above) this.#drawAbove(this.#above - number);
    const item = this.#item(id);
    item.scrollIntoView({ block: "center" });
    item.querySelector("article")?.focus({ preventScroll: true });
    item.classList.remove("found");
    requestAnimationFrame(() => item.classList.add("found"));
  }

  /** The message whose article has the focus. */
  get focused() {
    const id = Number(document.activeElement?.closest?.("[data-id]")?.dataset.id);
    return this.state.message(this.state.chat.id, id);
  }

  /** Move the focus among the messages; without one that has it, to the newest. */
  step(by) {
    const articles = [...this.list.querySelectorAll("article")];
    const at = articles.findIndex((each) => each.contains(document.activeElement));
    const next = at < 0 ? articles.at(-1) : articles[Math.max(0, at + by)];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
    return next !== undefined;
  }

  #fill(wanted) {
    this.#albums = [];
    for (const message of this.state.shown) {
      if (isTogether(this.#albums.at(-1)?.at(-1), message)) this.#albums.at(-1).push(message);
      else this.#albums.push([message]);
    }
    this.#above = Math.max(0, this.#albums.length - wanted);
    if (this.#albums.length === 0) this.list.replaceChildren(element("li", { class: "empty" }, this.#nothing));
    else this.list.replaceChildren(...this.#items(this.#above));
  }

  get #nothing() {
    const { chat, me, bot } = this.state;
    if (chat.type !== "private") return element("span", {}, "Nothing has been said here yet.");
    return [
      element("strong", {}, `${me.name} and ${bot.name}`),
      element("span", {}, chat.started ? "Nothing has been said here yet." : "Press Start, and the bot may answer."),
    ];
  }

  /** The list items of some albums, days between them and above the first that is drawn. */
  #items(from, to = this.#albums.length) {
    const items = [];
    for (let at = from; at < to; at += 1) {
      const [message] = this.#albums[at];
      const isNewDay = at === this.#above || this.#isNewDay(at);
      if (isNewDay) items.push(element("li", { class: "day" }, element("span", {}, dayText(message.date * 1000))));
      const isNext = !isNewDay && follows(this.#albums[at - 1].at(-1), message);
      items.push(messageItem(this.state, this.#albums[at], isNext, this.actions));
    }
    return items;
  }

  #isNewDay(at) {
    const days = [at - 1, at].map((each) => this.#albums[each] && dayText(this.#albums[each][0].date * 1000));
    return days[0] !== days[1];
  }

  #add(message) {
    this.list.querySelector(".empty")?.remove();
    const album = this.#albums.at(-1);
    if (isTogether(album?.at(-1), message)) {
      album.push(message);
      this.#redraw(this.#albums.length - 1);
      return;
    }
    this.#albums.push([message]);
    this.list.append(...this.#items(this.#albums.length - 1));
  }

  #change(message) {
    const number = this.#albums.findIndex((album) => album.some(({ id }) => id === message.id));
    if (number < 0) return;
    this.#albums[number] = this.#albums[number].map((each) => (each.id === message.id ? message : each));
    if (number >= this.#above) this.#redraw(number);
  }

  #redraw(number) {
    const item = this.#item(this.#albums[number][0].id);
    const fresh = messageItem(this.state, this.#albums[number], item.classList.contains("follows"), this.actions);
    // The same pictures stay, so that they do not flicker.
    for (const wanted of fresh.querySelectorAll("[data-picture]")) {
      const shown = item.querySelector(`[data-picture="${wanted.dataset.picture}"]`);
      if (shown?.src === wanted.src) wanted.replaceWith(shown);
    }
    keepFocus(item, () => {
      item.replaceWith(fresh);
      return fresh;
    });
  }

  #rebuild() {
    const top = this.scroll.scrollTop;
    this.#fill(this.#albums.length - this.#above);
    this.scroll.scrollTop = top;
  }

  #drawAbove(count) {
    const to = this.#above;
    const { scrollHeight, scrollTop } = this.scroll;
    this.#above = Math.max(0, to - count);
    if (!this.#isNewDay(to)) this.list.querySelector(".day").remove();
    this.list.prepend(...this.#items(this.#above, to));
    this.scroll.scrollTop = scrollTop + this.scroll.scrollHeight - scrollHeight;
  }

  #item(id) {
    const album = this.#albums.find((each) => each.some((message) => message.id === id));
    return album && this.list.querySelector(`[data-id="${album[0].id}"]`);
  }

  get #isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroll;
    return scrollHeight - scrollTop - clientHeight < NEAR_THE_END;
  }

  get #sizeNow() {
    return `${this.scroll.clientWidth} ${this.scroll.clientHeight}`;
  }

  #scrolled() {
    // What moves because the room around it changed was not scrolled by anybody.
    if (this.#size !== this.#sizeNow) return;
    this.#wasAtEnd = this.#isAtEnd;
    this.latest.hidden = this.#wasAtEnd;
    if (this.scroll.scrollTop < NEAR_THE_START && this.#above > 0) this.#drawAbove(AT_ONCE_ABOVE);
    this.#noteRead();
  }

  #toEnd() {
    this.scroll.scrollTop = this.scroll.scrollHeight;
    this.latest.hidden = true;
    this.#wasAtEnd = true;
    this.#noteRead();
  }

  #noteRead() {
    const isOpen = this.scroll.offsetParent !== null && document.visibilityState === "visible";
    if (isOpen && this.#isAtEnd && this.state.chat) this.read();
  }
}

const isTogether = (before, message) =>
  Boolean(message.media_group) && before?.media_group === message.media_group;

const follows = (before, message) =>
  !before.service && before.sender.id === message.sender.id && before.sender.name === message.sender.name &&
  message.date - before.date < SAME_BREATH;

function announce(message) {
  byId("announcer").textContent = `${message.sender.name}: ${summary(message)}`;
}
