/** The box to write in, the message one replies to, the file one attaches. */

import * as api from "./api.js";
import { byId } from "./dom.js";
import { sizeText } from "./sizes.js";
import { Suggestions } from "./suggestions.js";
import { summary } from "./summary.js";

/** Sends what is written as the person that is played; `failed(sentence)` hears of what was refused. */
export class Composer {
  #target = null;
  #file = null;

  constructor(state, reading, failed) {
    this.state = state;
    this.reading = reading;
    this.failed = failed;
    this.words = byId("words");
    this.suggestions = new Suggestions(state, {
      send: (text) => this.#submit(text),
      complete: (text) => this.#write(text),
    });
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit(this.words.value);
    });
    byId("replying-cancel").addEventListener("click", () => this.reply(null));
    byId("menu").addEventListener("click", () => this.#toggleMenu());
    this.words.addEventListener("input", () => this.#changed());
    this.words.addEventListener("blur", () => this.suggestions.close());
    this.words.addEventListener("keydown", (event) => this.#key(event));
    this.#listenForFiles();
  }

  /** Another chat or person: their draft, and a question that waits for them opens its reply. */
  chosen() {
    const last = this.state.messages(this.state.chat).at(-1);
    this.#attach(null);
    this.#write(this.reading.draft, { focus: false });
    this.suggestions.close();
    this.reply(last && this.#asks(last) ? last : null, { focus: false });
  }

  /** Make the box fit what the person may do in the open chat. */
  draw() {
    const mustStart = this.#mustStart;
    const isOpen = this.#mayWrite && !mustStart;
    for (const id of ["words", "attach", "menu"]) byId(id).disabled = !isOpen;
    this.words.placeholder = this.#placeholder;
    byId("send").disabled = !this.#mayWrite;
    byId("send").setAttribute("aria-label", mustStart ? "Start" : "Send");
    byId("send-label").hidden = !mustStart;
    byId("send-label").textContent = mustStart ? "Start" : "";
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
    if (focus) this.focus();
  }

  focus() {
    if (!this.words.disabled) this.words.focus();
  }

  /** Write something into a chat as the person that is played; tells whether it was taken. */
  say(text, chat = this.state.chat, target = null, file = null) {
    const { me, topic, anonymous } = this.state;
    const what = { person: me.id, chat: chat.id, text, reply_to: target?.id, thread: topic || undefined };
    return api.attempt(async () => {
      // Whoever starts a bot again that they blocked lets it write again.
      if (chat.blocked) await api.administer({ do: "unblock", chat: chat.id, person: me.id });
      await (file ? api.upload(what, file) : api.write({ ...what, anonymous: anonymous || undefined }));
    }, this.failed);
  }

  get #mayWrite() {
    const { chat } = this.state;
    return chat.type === "private" || (!chat.migrated_to && this.state.standing() !== undefined);
  }

  get #mustStart() {
    return this.state.chat.type === "private" && (!this.state.chat.started || this.state.chat.blocked);
  }

  get #placeholder() {
    const { me, chat, anonymous } = this.state;
    if (!this.#mayWrite) return `${me.name} is not in this group`;
    if (this.#mustStart) return chat.blocked ? "Blocked" : "Not started yet";
    if (this.#target?.force_reply?.placeholder) return this.#target.force_reply.placeholder;
    return anonymous ? `Write as ${chat.title} …` : `Write as ${me.name} …`;
  }

  async #submit(words) {
    const text = this.#mustStart ? "/start" : words;
    const [target, file, chat] = [this.#target, this.#file, this.state.chat];
    if (text.trim() === "" && file === null) return;
    this.#write("");
    this.suggestions.close();
    this.#attach(null);
    this.reply(null);
    if ((await this.say(text, chat, target, file)) || this.#mustStart || this.words.value !== "") return;
    if (chat !== this.state.chat) return;
    this.#write(text);
    this.#attach(file);
    this.reply(target);
  }

  #key(event) {
    if (this.suggestions.take(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.#submit(this.words.value);
    }
    if (event.key === "Escape") this.reply(null);
  }

  #toggleMenu() {
    if (this.suggestions.isOpen) {
      this.suggestions.close();
      return;
    }
    if (this.words.value === "") this.#write("/");
    this.focus();
    this.suggestions.offer("/");
  }

  #changed() {
    this.reading.draft = this.words.value;
    this.suggestions.offer(this.words.value);
    this.#fit();
  }

  #write(text, { focus = true } = {}) {
    this.words.value = text;
    if (focus) {
      this.#changed();
      this.focus();
    }
    this.#fit();
  }

  #fit() {
    this.words.style.height = "auto";
    // Where the chat is not on the screen there is nothing to measure.
    if (this.words.scrollHeight > 0) this.words.style.height = `${this.words.scrollHeight}px`;
  }

  /** A force-reply is for all, or for whom it answers or names. */
  #asks({ force_reply: question, reply_to: replyTo, chat, entities }) {
    if (!question) return false;
    if (!question.selective || this.state.chat.type === "private") return true;
    const { me } = this.state;
    const isNamed = entities.some(({ type, user }) => type === "text_mention" && user.id === me.id);
    return isNamed || this.state.message(chat, replyTo)?.sender.id === me.id;
  }

  #attach(file) {
    this.#file = file;
    byId("attached").hidden = file === null;
    byId("attached-name").textContent = file?.name ?? "";
    byId("attached-size").textContent = file ? sizeText(file.size) : "";
    if (file === null) byId("file").value = "";
    else this.focus();
  }

  #listenForFiles() {
    const first = (list) => list?.[0] && !this.words.disabled && this.#attach(list[0]);
    byId("attach").addEventListener("click", () => byId("file").click());
    byId("file").addEventListener("change", () => first(byId("file").files));
    byId("attached-cancel").addEventListener("click", () => {
      this.#attach(null);
      this.focus();
    });
    this.words.addEventListener("paste", ({ clipboardData }) => first(clipboardData?.files));
    const room = byId("conversation");
    room.addEventListener("dragover", (event) => event.preventDefault());
    room.addEventListener("drop", (event) => {
      event.preventDefault();
      first(event.dataTransfer.files);
    });
  }
}
