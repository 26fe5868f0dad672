/** One message as an item of the list: bubble, picture, formatted words, buttons, reactions. */

import { avatar, botAvatar, colour, element } from "./dom.js";
import { formatted } from "./entities.js";
import { keyboard } from "./keyboard.js";
import { serviceText, summary } from "./summary.js";
import { timeText } from "./times.js";

/**
 * The list item. `follows` tells that the message above is by the same person; `actions` has `reply(message)`,
 * `press(message, row, column)`, `isWaiting(message, row, column)`, `jump(id)`, `command(text)`, `link(url)`.
 */
export function messageItem(state, message, follows, actions) {
  if (message.service) {
    return element("li", { class: "service", "data-id": message.id }, element("span", {}, serviceText(message)));
  }
  const isMine = message.sender.id === state.me.id;
  const isGroup = state.chat.type !== "private";
  const replyUnlessTaken = (event) => event.target.closest("button, a, .words") || actions.reply(message);
  const classes = ["message", isMine ? "mine" : "theirs", follows && "follows", message.photo && "with-photo"];
  return element(
    "li",
    { class: classes.filter(Boolean).join(" "), "data-id": message.id, ondblclick: replyUnlessTaken },
    isGroup && !isMine ? face(state, message.sender) : null,
    element(
      "article",
      { class: "body", "aria-label": `${message.sender.name}, ${timeText(message.date * 1000)}` },
      bubble(state, message, isGroup && !isMine && !follows, actions),
      message.buttons.length ? keyboard(message, actions) : null,
      message.reactions.length ? reactions(message) : null,
    ),
    element(
      "button",
      { type: "button", class: "reply", title: "Reply", "aria-label": `Reply to ${message.sender.name}`,
        onclick: () => actions.reply(message) },
      "↩",
    ),
  );
}

function face(state, sender) {
  return sender.id === state.bot.id ? botAvatar() : avatar(sender.id, sender.name);
}

function tint(state, sender) {
  return sender.id === state.bot.id ? "colour-bot" : colour(sender.id);
}

function bubble(state, message, isNamed, actions) {
  return element(
    "div",
    { class: "bubble" },
    isNamed ? element("div", { class: `sender ${tint(state, message.sender)}` }, message.sender.name) : null,
    message.thread ? element("div", { class: "topic" }, topicName(state, message.thread)) : null,
    message.reply_to ? quote(state, message, actions) : null,
    message.photo ? photo(message) : null,
    message.document ? documentLink(message.document) : null,
    element("div", { class: "words", dir: "auto" }, words(state, message, actions)),
    element(
      "div",
      { class: "meta" },
      message.pinned ? element("span", { role: "img", "aria-label": "pinned" }, "📌") : null,
      message.edited ? element("span", { class: "edited" }, "edited") : null,
      element("time", { datetime: new Date(message.date * 1000).toISOString() }, timeText(message.date * 1000)),
    ),
  );
}

function words(state, message, actions) {
  if (message.poll) return [summary(message)];
  return formatted(message.text, message.entities, actions, state.now);
}

function topicName(state, thread) {
  return `# ${state.chat.topics.find(({ id }) => id === thread)?.name ?? thread}`;
}

function quote(state, message, actions) {
  const target = state.message(message.chat, message.reply_to);
  return element(
    "button",
    { type: "button", class: `quote ${target ? tint(state, target.sender) : ""}`, disabled: !target,
      onclick: () => actions.jump(message.reply_to) },
    element("strong", {}, target?.sender.name ?? "A deleted message"),
    target ? element("span", { dir: "auto" }, summary(target)) : null,
  );
}

function photo({ photo: { src, width, height, spoiler }, text }) {
  const about = text.split("\n")[0];
  const picture = element("img", { src, width, height, alt: about ? `Picture: ${about}` : "Picture" });
  if (!spoiler) return element("div", { class: "photo" }, picture);
  const label = "Hidden picture, press to show";
  const cover = element("button", { type: "button", class: "photo covered", "aria-label": label }, picture);
  cover.addEventListener("click", () => cover.replaceWith(element("div", { class: "photo" }, picture)));
  return cover;
}

function documentLink({ src, name }) {
  return element("a", { class: "document", href: src, download: name }, `📎 ${name}`);
}

function reactions(message) {
  return element(
    "ul",
    { class: "reactions", "aria-label": "Reactions" },
    message.reactions.map(({ emoji, people }) => element("li", {}, `${emoji} ${people.length}`)),
  );
}
