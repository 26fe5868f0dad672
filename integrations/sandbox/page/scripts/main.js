/** Puts the parts of the page together. */

import * as api from "./api.js";
import { drawChats } from "./chats.js";
import { startClock } from "./clock.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { byId } from "./dom.js";
import { Head } from "./head.js";
import { drawIcons } from "./icons.js";
import { listenForKeys } from "./keys.js";
import { drawPeople } from "./people.js";
import { Presses } from "./presses.js";
import { Reading } from "./reading.js";
import { Scenes } from "./scenes.js";
import { State } from "./state.js";
import { listenForSwipes } from "./swipe.js";
import * as toast from "./toast.js";
import { Tools } from "./tools.js";

const PATIENCE = 400;
const line = { trouble: null, notice: null };
const state = new State();
const failed = (sentence) => toast.show(sentence, { isBad: true });
const reading = new Reading(state, drawList);
const composer = new Composer(state, reading, failed);
const presses = new Presses(state, { toast, link, changed: (message) => conversation.refreshKeys(message) });
const conversation = new Conversation(
  state,
  {
    reply: (message) => composer.reply(message),
    press: (message, row, column) => presses.press(message, row, column),
    isWaiting: (message, row, column) => presses.isWaiting(message, row, column),
    react,
    vote: (message, options) => api.attempt(() => api.vote(state.me.id, message.chat, message.id, options), failed),
    command: (text) => composer.say(text),
    link,
  },
  () => reading.see(state.chat, state.me) && drawList(),
);
const head = new Head(state, (id) => conversation.jump(id));
const scenes = new Scenes(state, failed);
const tools = new Tools(state, failed, () => composer.draw());

/** Give a reaction, or take it back where the person gave it. */
function react(message, emoji) {
  const given = message.reactions.filter(({ people }) => people.includes(state.me.id)).map((each) => each.emoji);
  const wanted = given.includes(emoji) ? [] : [emoji];
  api.attempt(() => api.react(state.me.id, message.chat, message.id, wanted), failed);
}

/** Links to the bot itself stay in the page: a start link opens the private chat. True when it was dealt with. */
function link(url) {
  const username = url.pathname.slice(1).toLowerCase();
  if (url.hostname !== "t.me" || username !== state.bot.username.toLowerCase()) return false;
  if (url.searchParams.has("startgroup")) {
    toast.show("On Telegram, this adds the bot to one of your groups.");
    return true;
  }
  openChat(state.privateChat(state.me));
  composer.say(`/start ${url.searchParams.get("start") ?? ""}`.trim());
  return true;
}

const isWide = matchMedia("(min-width: 45rem)");

function openChat(chat) {
  byId("app").dataset.screen = "chat";
  state.open(chat);
  if (isWide.matches) composer.focus();
  else byId("scroll").focus();
}

function drawList() {
  drawChats(state, reading, openChat);
}

state.addEventListener("all", () => {
  reading.load();
  drawPeople(state, (person) => state.playAs(person));
  head.draw();
  conversation.draw();
  composer.chosen();
  tools.refresh();
  drawList();
});
state.addEventListener("message", ({ detail: { message, isNew } }) => {
  if (state.isShown(message)) {
    conversation.heard(message, isNew);
    if (isNew) composer.heard(message);
    if (message.deleted) composer.gone(message);
  }
  if (message.chat === state.chat.id) head.draw();
  drawList();
});
for (const kind of ["chat", "action"]) {
  state.addEventListener(kind, () => {
    head.draw();
    composer.draw();
    tools.refresh();
    drawList();
  });
}
// A bot sets its menus one by one.
let menusComing;
state.addEventListener("commands", () => {
  clearTimeout(menusComing);
  menusComing = setTimeout(() => api.attempt(async () => {
    state.commands = (await api.fetchState()).commands;
  }, failed), PATIENCE);
});

byId("back").addEventListener("click", () => {
  byId("app").dataset.screen = "list";
  byId("chats").querySelector("[aria-current]")?.focus();
});
listenForKeys(state, conversation, composer, {
  choose: (person) => state.playAs(person),
  reply: (message) => composer.reply(message),
  scenes: () => scenes.toggle(),
});
listenForSwipes(byId("messages"), (id) => composer.reply(state.message(state.chat.id, id)));
drawIcons();
startClock(state, failed);

/** In a new world the friends first live through some weeks, and whatever one does waits for that. */
async function waitForThePast() {
  const soon = setTimeout(() => showLine({ notice: "Three weeks go by first …" }), PATIENCE);
  await api.attempt(() => api.moveClock({ seconds: 0 }), failed);
  clearTimeout(soon);
  showLine({ notice: null });
}

async function connect() {
  await api.attempt(async () => {
    const loaded = await api.fetchState();
    state.load(loaded);
    scenes.load();
    const heard = (kind, data) => state.hear(kind, data);
    api.follow(loaded.last_event, { heard, line: (trouble) => showLine({ trouble }), missed: connect });
  }, (trouble) => showLine({ trouble }));
}

/** What is wrong with the connection comes before what one waits for. */
function showLine(change) {
  Object.assign(line, change);
  byId("connection").textContent = line.trouble ?? line.notice ?? "";
  byId("connection").hidden = byId("connection").textContent === "";
  byId("connection").classList.toggle("bad", line.trouble !== null);
}

byId("app").dataset.screen = location.hash ? "chat" : "list";
connect();
waitForThePast();
