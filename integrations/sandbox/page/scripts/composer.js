/** The box to write in, and the message one replies to. */

import * as api from "./api.js";
import { byId } from "./dom.js";
import { summary } from "./summary.js";

/** Sends what is written as the person that is played; `failed(sentence)` hears of what was refused. */
export class Composer {
  #target = null;

  constructor(state, failed) {
    this.state = state;
    this.failed = failed;
    this.words = byId("words");
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    byId("replying-cancel").addEventListener("click", () => this.reply(null));
    this.words.addEventListener("input", () => this.#fit());
    this.words.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        byId("composer").requestSubmit();
      }
      if (event.key === "Escape") this.reply(null);
    });
  }

  /** Another chat or person: a question that waits for them opens its reply. */
  chosen() {
    const last = this.state.messages(this.state.chat).at(-1);
    this.reply(last && this.#asks(last) ? last : null, { focus: false });
  }

  /** Make the box fit what the person may do in the open chat. */
  draw() {
    const mustStart = this.#mustStart;
    this.words.disabled = mustStart || !this.#mayWrite;
    this.words.placeholder = this.#placeholder;
    byId("send").disabled = !this.#mayWrite;
    byId("send").textContent = mustStart ? "Start" : "➤";
    byId("send").setAttribute("aria-label", mustStart ? "Start" : "Send");
  }

  /** A message came into the open chat: a question for this person opens its reply. */
  heard(message) {
    if (this.#asks(message)) this.reply(message);
  }

  /** A message is gone: nothing can reply to it any more. */
  gone(message) {
    if (this.#target?.id === message.id && this.#target.chat === message.chat) this.reply(null);
  }

  /** Reply to a message, or to none. */
  reply(message, { focus = true } = {}) {
    this.#target = message;
    byId("replying").hidden = message === null;
    byId("replying-name").textContent = message ? `Reply to ${message.sender.name}` : "";
    byId("replying-line").textContent = message ? summary(message) : "";
    this.draw();
    if (focus && !this.words.disabled) this.words.focus();
  }

  /** Write something into a chat as the person that is played; tells whether it was taken. */
  async say(text, chat = this.state.chat, target = null) {
    try {
      await api.write(this.state.me.id, chat.id, text, target?.id);
      return true;
    } catch (error) {
      if (!(error instanceof api.Refused)) throw error;
      this.failed(error.message);
      return false;
    }
  }

  get #mayWrite() {
    const { chat, me } = this.state;
    return chat.type === "private" || chat.members.some(({ id }) => id === me.id);
  }

  get #placeholder() {
    const { me, bot } = this.state;
    if (!this.#mayWrite) return `${me.name} is not in this group`;
    if (this.#mustStart) return `${me.name} has not started ${bot.name} yet`;
    return this.#target?.force_reply?.placeholder ?? `Write as ${me.name} …`;
  }

  get #mustStart() {
    return this.state.chat.type === "private" && !this.state.chat.started;
  }

  async #submit() {
    const text = this.#mustStart ? "/start" : this.words.value;
    if (text.trim() === "") return;
    const target = this.#target;
    this.words.value = "";
    this.#fit();
    this.reply(null);
    if (!(await this.say(text, this.state.chat, target)) && this.words.value === "") {
      this.words.value = this.#mustStart ? "" : text;
      this.#fit();
    }
  }

  /** A force-reply is for all, or for whom it answers or names. */
  #asks({ force_reply: question, reply_to: replyTo, chat, entities }) {
    if (!question) return false;
    if (!question.selective || this.state.chat.type === "private") return true;
    const { me } = this.state;
    const isNamed = entities.some(({ type, user }) => type === "text_mention" && user.id === me.id);
    return isNamed || this.state.message(chat, replyTo)?.sender.id === me.id;
  }

  #fit() {
    this.words.style.height = "auto";
    this.words.style.height = `${this.words.scrollHeight}px`;
  }
}
