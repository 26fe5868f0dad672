/** What the page knows: people, chats, messages, the clock; who is played and which chat is open. */

const TYPING_LASTS = 5000;
export const GENERAL = 0;

/**
 * Tells its listeners of: `all` (draw everything), `message` {message, isNew}, `chat` {chat}, `commands`, `clock`,
 * `action` {chat}, `call` (a Call), `faults` {ordered}.
 * The choice of person, chat and topic stands in the address, so that a reload keeps it and two windows can differ.
 */
export class State extends EventTarget {
  world = "";
  bot = null;
  people = [];
  chats = new Map();
  commands = [];
  me = null;
  chat = null;
  /** The topic that is open: null for all of them, `GENERAL`, or a thread's id. */
  topic = null;
  /** Whether the person writes in the group's name. */
  anonymous = false;
  #messages = new Map();
  #typing = new Map();
  #clockAhead = 0;

  /** Take over what `GET /api/state` gave. */
  load({ now, world, bot, people, chats, messages, commands }) {
    this.world = world ?? "";
    this.bot = bot;
    this.people = people;
    this.commands = commands;
    this.chats = new Map(chats.map((chat) => [chat.id, chat]));
    this.#messages = new Map(
      Object.entries(messages).map(([id, list]) => [Number(id), new Map(list.map((each) => [each.id, each]))]),
    );
    this.#setClock(now);
    const wanted = new URLSearchParams(location.hash.slice(1));
    const person = this.me?.id ?? Number(wanted.get("person"));
    const chat = this.chat?.id ?? Number(wanted.get("chat"));
    const topic = this.me ? this.topic : wanted.has("topic") ? Number(wanted.get("topic")) : null;
    this.me = people.find(({ id }) => id === person) ?? people[0];
    this.chat = this.chats.get(chat) ?? this.groups[0] ?? this.privateChat(this.me);
    if (this.chat.type === "private") this.me = this.#owner(this.chat) ?? this.me;
    this.topic = this.#isTopic(topic) ? topic : null;
    this.#chosen();
  }

  /** Take over one event of the server. */
  hear(kind, data) {
    if (kind === "message") return this.#hearMessage(data);
    if (kind === "chat") return this.#hearChat(data);
    if (kind === "clock") this.#setClock(data.now);
    if (kind === "action") this.#hearAction(data);
    return this.#tell(kind, data);
  }

  /** Groups that people can still write in. */
  get groups() {
    return [...this.chats.values()].filter(({ type, migrated_to: moved }) => type !== "private" && !moved);
  }

  /** The sandbox's time in milliseconds since 1970. */
  get now() {
    return Date.now() + this.#clockAhead;
  }

  /** The zone of the club that is open; in a private chat that of the first group. */
  get zone() {
    return (this.chat.type === "private" ? this.groups[0] : this.chat)?.zone ?? "UTC";
  }

  /** A person's chat with the bot. */
  privateChat(person) {
    return this.chats.get(person.private_chat);
  }

  /** The messages of a chat that somebody sees, oldest first. */
  messages(chat, person = this.me) {
    const all = [...(this.#messages.get(chat.id)?.values() ?? [])];
    return all.filter((message) => sees(person, message));
  }

  /** Those of the open chat and topic. */
  get shown() {
    return this.messages(this.chat).filter((message) => this.isShown(message));
  }

  /** Whether the person sees a message in what is open now. */
  isShown(message) {
    if (message.chat !== this.chat.id || !sees(this.me, message)) return false;
    return this.topic === null || (message.thread ?? GENERAL) === this.topic;
  }

  /** A message of a chat, undefined when it is deleted, was never there or is for somebody else. */
  message(chatId, id) {
    const found = this.#messages.get(chatId)?.get(id);
    return found && sees(this.me, found) ? found : undefined;
  }

  /** How the person stands in a group, undefined where they are not in it. */
  standing(chat = this.chat, person = this.me) {
    return chat.members.find(({ id }) => id === person.id);
  }

  isAdmin(chat = this.chat, person = this.me) {
    return ["administrator", "creator"].includes(this.standing(chat, person)?.status);
  }

  /** Whether the bot is writing in a chat right now. */
  isTyping(chat) {
    return (this.#typing.get(chat.id) ?? 0) > Date.now();
  }

  /** Play somebody else; a private chat gives way to theirs. */
  playAs(person) {
    if (person === undefined || person === this.me) return;
    if (this.chat.type === "private") this.chat = this.privateChat(person);
    this.me = person;
    this.anonymous = false;
    this.#chosen();
  }

  /** Open a chat; a private one makes its owner the person that is played. */
  open(chat) {
    if (chat === this.chat) return;
    this.chat = chat;
    this.me = this.#owner(chat) ?? this.me;
    this.topic = null;
    this.anonymous = false;
    this.#chosen();
  }

  /** Open a topic of the chat. */
  openTopic(topic) {
    this.topic = topic;
    this.#chosen();
  }

  #owner(chat) {
    return this.people.find((person) => person.private_chat === chat.id);
  }

  #isTopic(id) {
    return this.chat.is_forum && (id === GENERAL || this.chat.topics.some((topic) => topic.id === id));
  }

  #hearMessage(message) {
    const list = this.#messages.get(message.chat) ?? new Map();
    this.#messages.set(message.chat, list);
    const isNew = !list.has(message.id) && !message.deleted;
    if (message.deleted) list.delete(message.id);
    else list.set(message.id, message);
    if (isNew && message.sender.id === this.bot.id) this.#typing.delete(message.chat);
    this.#tell("message", { message, isNew });
  }

  #hearChat(chat) {
    this.chats.set(chat.id, chat);
    if (this.chat.id !== chat.id) {
      // A supergroup comes after the news that the open group became one.
      if (this.chat.migrated_to === chat.id) this.open(chat);
      return this.#tell("chat", { chat });
    }
    const successor = this.chats.get(chat.migrated_to);
    if (successor) return this.open(successor);
    this.chat = chat;
    return this.#tell("chat", { chat });
  }

  #hearAction({ chat }) {
    this.#typing.set(chat, Date.now() + TYPING_LASTS);
    setTimeout(() => this.#tell("action", { chat }), TYPING_LASTS + 50);
  }

  #setClock(now) {
    this.#clockAhead = Date.parse(now) - Date.now();
  }

  #chosen() {
    const topic = this.topic === null ? "" : `&topic=${this.topic}`;
    history.replaceState(null, "", `#chat=${this.chat.id}&person=${this.me.id}${topic}`);
    this.#tell("all");
  }

  #tell(kind, detail) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }
}

/** An ephemeral message is there for one person only. */
const sees = (person, { only_for: only }) => only === null || only === undefined || only === person.id;
