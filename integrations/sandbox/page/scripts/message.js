/** One message, or an album of several, as an item of the list. */

import { avatar, botAvatar, colour, element } from "./dom.js";
import { formatted } from "./entities.js";
import { icon } from "./icons.js";
import { keyboard } from "./keyboard.js";
import { documentRow, photos } from "./media.js";
import { poll } from "./poll.js";
import { reactButton, reactions } from "./reactions.js";
import { serviceText, summary } from "./summary.js";
import { exactText, timeText } from "./times.js";

/**
 * The list item of `album`: one message, or those that were sent together. `follows` tells that the message above
 * is by the same person; `actions` has `reply(message)`, `press(message, row, column)`,
 * `isWaiting(message, row, column)`, `react(message, emoji)`, `vote(message, options)`, `jump(id)`, `command(text)`,
 * `link(url)`.
 */
export function messageItem(state, album, follows, actions) {
  const [message] = album;
  if (message.service) {
    return element("li", { class: "service", "data-id": message.id },
      element("span", { dir: "auto" }, serviceText(message)));
  }
  const isMine = message.sender.id === state.me.id;
  const isTheirs = state.chat.type !== "private" && !isMine;
  const isWide = message.photo?.width > message.photo?.height * 1.1;
  const has = { photo: message.photo, wide: isWide, poll: message.poll, keys: message.buttons.length > 0 };
  const classes = [
    "message", isMine ? "mine" : "theirs", follows && "follows", isOnlyFor(message) && "secret",
    album.length > 1 && "with-album", ...Object.keys(has).filter((name) => has[name]).map((name) => `with-${name}`),
  ];
  return element(
    "li",
    { class: classes.filter(Boolean).join(" "), "data-id": message.id,
      ondblclick: (event) => event.target.closest("button, a, .words") || actions.reply(message) },
    isTheirs ? face(state, message.sender) : null,
    element(
      "article",
      { class: "body", tabindex: "-1", "data-place": "message", "aria-label": label(message) },
      bubble(state, album, isTheirs && !follows, actions),
      message.buttons.length ? keyboard(message, actions) : null,
    ),
    element("div", { class: "at-hand" }, replyButton(message, actions), reactButton(message, actions)),
  );
}

function label(message) {
  const state = [message.edited && ", edited", message.pinned && ", pinned"].filter(Boolean).join("");
  return `${message.sender.name}, ${timeText(message.date * 1000)}${state}`;
}

function replyButton(message, actions) {
  return element(
    "button",
    { type: "button", class: "round", title: "Reply (R)", "aria-label": `Reply to ${message.sender.name}`,
      "data-place": "reply", onclick: () => actions.reply(message) },
    icon("reply"),
  );
}

const isOnlyFor = (message) => message.only_for !== null && message.only_for !== undefined;

function face(state, sender) {
  return sender.id === state.bot.id ? botAvatar() : avatar(sender.chat ? 0 : sender.id, sender.name);
}

function tint(state, sender) {
  return sender.id === state.bot.id ? "colour-bot" : colour(sender.chat ? 0 : sender.id);
}

function bubble(state, album, isNamed, actions) {
  const [message] = album;
  const worded = album.find(({ text }) => text !== "") ?? message;
  return element(
    "div",
    { class: "bubble" },
    isNamed ? name(state, message.sender) : null,
    isOnlyFor(message) ? element("div", { class: "only" }, icon("eye"), "Only you can see this") : null,
    message.thread && state.topic === null ? element("div", { class: "topic" }, topicName(state, message)) : null,
    message.reply_to ? quote(state, message, actions) : null,
    message.photo ? photos(album) : album.filter((each) => each.document).map(documentRow),
    message.poll ? poll(state, message, actions) : null,
    element(
      "div",
      { class: "words", dir: "auto" },
      formatted(worded.text, worded.entities, actions, state),
      meta(state, album),
    ),
    message.reactions.length ? reactions(state, message, actions) : null,
  );
}

function name(state, sender) {
  const isAdmin = sender.chat || ["administrator", "creator"].includes(
    state.chat.members.find(({ id }) => id === sender.id)?.status,
  );
  return element(
    "div",
    { class: `sender ${tint(state, sender)}` },
    element("span", { dir: "auto" }, sender.name),
    isAdmin ? element("span", { class: "rank" }, "admin") : null,
  );
}

function meta(state, album) {
  const [message] = album;
  const at = message.date * 1000;
  return element(
    "span",
    { class: "meta" },
    message.pinned ? element("span", { role: "img", "aria-label": "pinned" }, icon("pin")) : null,
    album.some(({ edited }) => edited) ? element("span", { class: "edited" }, "edited") : null,
    element("time", { datetime: new Date(at).toISOString(), title: exactText(at) }, timeText(at)),
    message.sender.id === state.me.id ? icon("ticks") : null,
  );
}

function topicName(state, { thread }) {
  return `# ${state.chat.topics.find(({ id }) => id === thread)?.name ?? thread}`;
}

function quote(state, message, actions) {
  const target = state.message(message.chat, message.reply_to);
  return element(
    "button",
    { type: "button", class: `quote ${target ? tint(state, target.sender) : ""}`, disabled: !target,
      "data-place": "quote", onclick: () => actions.jump(message.reply_to) },
    element("strong", {}, target?.sender.name ?? "A deleted message"),
    target ? element("span", { dir: "auto" }, summary(target)) : null,
  );
}
