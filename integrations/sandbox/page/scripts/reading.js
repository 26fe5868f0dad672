/** What each person has read and begun to write, kept in the browser for as long as the world lasts. */

/** Read marks and drafts; `changed()` is called when another window read something. */
export class Reading {
  #read = {};

  constructor(state, changed) {
    this.state = state;
    addEventListener("storage", ({ key }) => {
      if (key !== this.#key) return;
      this.#read = stored(key) ?? {};
      changed();
    });
  }

  /** Take over the marks of this world; whoever comes for the first time has read what is there. */
  load() {
    for (const key of Object.keys(localStorage)) {
      if (/^(?:read|draft) /u.test(key) && key.split(" ")[1] !== this.state.world) localStorage.removeItem(key);
    }
    const known = stored(this.#key);
    this.#read = known ?? {};
    if (known !== null) return;
    for (const person of this.state.people) {
      for (const chat of this.state.chats.values()) this.#mark(person, chat);
    }
    this.#save();
  }

  /** How many messages of others somebody has not seen. */
  unread(chat, person) {
    const messages = this.state.messages(chat, person);
    const read = this.#read[`${person.id}/${chat.id}`] ?? 0;
    const at = messages.findLastIndex(({ id }) => id === read);
    // The ids of ephemeral messages have an order of their own; where the last one is deleted, ids must do.
    const news = at < 0 ? messages.filter(({ id }) => id > read) : messages.slice(at + 1);
    return news.filter(({ sender }) => sender.id !== person.id).length;
  }

  /** The person has the chat before their eyes; whether that was news. */
  see(chat, person) {
    if (!this.#mark(person, chat)) return false;
    this.#save();
    return true;
  }

  /** What the person began to write in the chat. */
  get draft() {
    return localStorage.getItem(this.#draftKey) ?? "";
  }

  set draft(text) {
    if (text === "") localStorage.removeItem(this.#draftKey);
    else localStorage.setItem(this.#draftKey, text);
  }

  #mark(person, chat) {
    const last = this.state.messages(chat, person).at(-1)?.id ?? 0;
    const name = `${person.id}/${chat.id}`;
    if (this.#read[name] === last) return false;
    this.#read[name] = last;
    return true;
  }

  #save() {
    localStorage.setItem(this.#key, JSON.stringify({ ...stored(this.#key), ...this.#read }));
  }

  get #key() {
    return `read ${this.state.world}`;
  }

  get #draftKey() {
    return `draft ${this.state.world} ${this.state.me.id}/${this.state.chat.id}`;
  }
}

function stored(key) {
  const text = localStorage.getItem(key);
  return text === null ? null : JSON.parse(text);
}
