/** Puts the parts of the page together. */

import * as api from "./api.js";
import { drawChats } from "./chats.js";
import { startClock } from "./clock.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { byId } from "./dom.js";
import { drawPeople, listenForKeys } from "./people.js";
import { Presses } from "./presses.js";
import { State } from "./state.js";
import * as toast from "./toast.js";

const state = new State();
const failed = (sentence) => toast.show(sentence, { isBad: true });
const composer = new Composer(state, failed);
const presses = new Presses(state, { toast, link, changed: (message) => conversation.refreshKeys(message) });
const conversation = new Conversation(state, {
  reply: (message) => composer.reply(message),
  press: (message, row, column) => presses.press(message, row, column),
  isWaiting: (message, row, column) => presses.isWaiting(message, row, column),
  command: (text) => composer.say(text),
  link,
});

/** Links to the bot itself stay in the page: a start link opens the private chat. True when it was dealt with. */
function link(url) {
  const username = url.pathname.slice(1).toLowerCase();
  if (url.hostname !== "t.me" || username !== state.bot.username.toLowerCase()) return false;
  if (url.searchParams.has("startgroup")) {
    toast.show("On Telegram, this adds the bot to one of your groups.");
    return true;
  }
  openChat(state.chats.get(state.me.private_chat));
  composer.say(`/start ${url.searchParams.get("start") ?? ""}`.trim());
  return true;
}

function openChat(chat) {
  state.open(chat);
  byId("app").dataset.screen = "chat";
}

state.addEventListener("all", () => {
  drawChats(state, openChat);
  drawPeople(state, (person) => state.playAs(person));
  conversation.draw();
  composer.chosen();
});
state.addEventListener("message", ({ detail: { message, isNew } }) => {
  drawChats(state, openChat);
  if (message.chat !== state.chat.id) return;
  conversation.heard(message, isNew);
  if (isNew) composer.heard(message);
  if (message.deleted) composer.gone(message);
});
state.addEventListener("chat", () => {
  drawChats(state, openChat);
  conversation.drawHead();
  composer.draw();
});

byId("back").addEventListener("click", () => {
  byId("app").dataset.screen = "list";
  byId("chats").querySelector("[aria-current]")?.focus();
});
listenForKeys(state, (person) => state.playAs(person));
startClock(state, failed);

async function connect() {
  try {
    const loaded = await api.fetchState();
    state.load(loaded);
    const heard = (kind, data) => state.hear(kind, data);
    api.follow(loaded.last_event, { heard, line: showLine, missed: connect });
  } catch (error) {
    if (!(error instanceof api.Refused)) throw error;
    showLine(error.message);
  }
}

function showLine(trouble) {
  byId("connection").hidden = trouble === null;
  byId("connection").textContent = trouble ?? "";
}

byId("app").dataset.screen = location.hash ? "chat" : "list";
connect();
