/** What the page knows: people, chats, messages, the clock; who is played and which chat is open. */

/**
 * Tells its listeners of: `all` (draw everything), `message` {message, isNew}, `chat` {chat}, `clock`.
 * The choice of person and chat stands in the address, so that a reload keeps it and two windows can differ.
 */
export class State extends EventTarget {
  bot = null;
  people = [];
  chats = new Map();
  me = null;
  chat = null;
  #messages = new Map();
  #clockAhead = 0;

  /** Take over what `GET /api/state` gave. */
  load({ now, bot, people, chats, messages }) {
    this.bot = bot;
    this.people = people;
    this.chats = new Map(chats.map((chat) => [chat.id, chat]));
    this.#messages = new Map(
      Object.entries(messages).map(([id, list]) => [Number(id), new Map(list.map((each) => [each.id, each]))]),
    );
    this.#setClock(now);
    const wanted = new URLSearchParams(location.hash.slice(1));
    const person = this.me?.id ?? Number(wanted.get("person"));
    const chat = this.chat?.id ?? Number(wanted.get("chat"));
    this.me = people.find(({ id }) => id === person) ?? people[0];
    this.chat = this.chats.get(chat) ?? this.groups[0] ?? this.chats.get(this.me.private_chat);
    this.#chosen();
  }

  /** Take over one event of the server. */
  hear(kind, data) {
    if (kind === "message") this.#hearMessage(data);
    if (kind === "chat") this.#hearChat(data);
    if (kind === "clock") {
      this.#setClock(data.now);
      this.#tell("clock");
    }
  }

  /** Groups that people can still write in. */
  get groups() {
    return [...this.chats.values()].filter(({ type, migrated_to: moved }) => type !== "private" && moved === null);
  }

  /** The sandbox's time in milliseconds since 1970. */
  get now() {
    return Date.now() + this.#clockAhead;
  }

  /** The messages of a chat, oldest first. */
  messages(chat) {
    return [...(this.#messages.get(chat.id)?.values() ?? [])];
  }

  /** A message of a chat, undefined when it is deleted or was never there. */
  message(chatId, id) {
    return this.#messages.get(chatId)?.get(id);
  }

  /** Play somebody else; a private chat gives way to theirs. */
  playAs(person) {
    if (person === undefined || person === this.me) return;
    if (this.chat.type === "private") this.chat = this.chats.get(person.private_chat);
    this.me = person;
    this.#chosen();
  }

  /** Open a chat; a private one makes its owner the person that is played. */
  open(chat) {
    if (chat === this.chat) return;
    this.chat = chat;
    this.me = this.people.find((person) => person.private_chat === chat.id) ?? this.me;
    this.#chosen();
  }

  #hearMessage(message) {
    const list = this.#messages.get(message.chat) ?? new Map();
    this.#messages.set(message.chat, list);
    const isNew = !list.has(message.id) && !message.deleted;
    if (message.deleted) list.delete(message.id);
    else list.set(message.id, message);
    this.#tell("message", { message, isNew });
  }

  #hearChat(chat) {
    this.chats.set(chat.id, chat);
    if (this.chat.id === chat.id) this.chat = this.chats.get(chat.migrated_to) ?? chat;
    this.#tell("chat", { chat });
  }

  #setClock(now) {
    this.#clockAhead = Date.parse(now) - Date.now();
  }

  #chosen() {
    history.replaceState(null, "", `#chat=${this.chat.id}&person=${this.me.id}`);
    this.#tell("all");
  }

  #tell(kind, detail) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }
}
