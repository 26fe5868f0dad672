/** Formatted text: Telegram's text and entities become DOM nodes. Offsets count UTF-16 units, as strings here do. */

import { element } from "./dom.js";
import { harmless } from "./links.js";
import { exactText, momentText } from "./times.js";

const TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code" };
const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);
const QUOTE_FOLDS_AT = 140;

/**
 * The nodes for a text. `actions` does what a press on a part asks for:
 * `command(text)` for a bot command, `link(url)` for an address (true: it was dealt with). `state` knows the time
 * and who reads it.
 */
export function formatted(text, entities, actions, state) {
  const ordered = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return inside(text, 0, text.length, ordered, { actions, now: state.now, me: state.me });
}

function inside(text, start, end, entities, context) {
  const nodes = [];
  let at = start;
  for (let index = 0; index < entities.length; ) {
    const entity = entities[index];
    const stop = Math.min(entity.offset + entity.length, end);
    const children = [];
    for (index += 1; index < entities.length && entities[index].offset < stop; index += 1) {
      children.push(entities[index]);
    }
    if (entity.offset > at) nodes.push(text.slice(at, entity.offset));
    const words = text.slice(entity.offset, stop);
    nodes.push(wrap(entity, words, inside(text, entity.offset, stop, children, context), context));
    // A block ends its line by itself.
    at = BLOCKS.has(entity.type) && text[stop] === "\n" ? stop + 1 : stop;
  }
  if (at < end) nodes.push(text.slice(at, end));
  return nodes;
}

function wrap(entity, words, children, { actions, now, me }) {
  if (entity.type in TAGS) return element(TAGS[entity.type], {}, children);
  switch (entity.type) {
    case "spoiler":
      return spoiler(children);
    case "pre":
      return element("pre", { "data-language": entity.language, tabindex: "0" }, element("code", {}, children));
    case "blockquote":
      return element("blockquote", {}, children);
    case "expandable_blockquote":
      return foldedQuote(words, children);
    case "text_link":
      return link(entity.url, children, actions);
    case "url":
      return link(/^[a-z]+:/iu.test(words) ? words : `https://${words}`, children, actions);
    case "email":
      return link(`mailto:${words}`, children, actions);
    case "bot_command":
      return element("button", { type: "button", class: "command", onclick: () => actions.command(words) }, children);
    case "text_mention":
    case "mention": {
      const isMe = entity.user ? entity.user.id === me.id : words.toLowerCase() === `@${me.username}`.toLowerCase();
      return element("span", { class: isMe ? "mention me" : "mention" }, children);
    }
    case "hashtag":
    case "cashtag":
    case "phone_number":
      return element("span", { class: "mention" }, children);
    case "date_time": {
      const shown = momentText(entity.unix_time, entity.date_time_format, now);
      const datetime = new Date(entity.unix_time * 1000).toISOString();
      return element("time", { datetime, title: exactText(entity.unix_time * 1000) }, shown ?? children);
    }
    default:
      return element("span", {}, children);
  }
}

function link(address, children, actions) {
  const url = harmless(address);
  if (url === null) return element("span", {}, children);
  const onclick = (event) => {
    if (actions.link(url)) event.preventDefault();
  };
  return element("a", { href: url.href, target: "_blank", rel: "noopener noreferrer", onclick }, children);
}

/** Covered text; pressing it uncovers every spoiler of its message, as in Telegram. */
function spoiler(children) {
  const cover = element("span", {
    class: "spoiler", role: "button", tabindex: "0", "aria-label": "Hidden text, press to show",
  }, children);
  const open = (event) => {
    event.preventDefault();
    event.stopPropagation();
    for (const each of cover.closest(".bubble").querySelectorAll(".spoiler[role]")) {
      each.classList.add("open");
      for (const name of ["role", "tabindex", "aria-label"]) each.removeAttribute(name);
    }
  };
  cover.addEventListener("click", (event) => cover.hasAttribute("role") && open(event));
  cover.addEventListener("keydown", (event) => {
    if (cover.hasAttribute("role") && (event.key === "Enter" || event.key === " ")) open(event);
  });
  return cover;
}

function foldedQuote(words, children) {
  const quote = element("blockquote", {}, element("div", { class: "quoted" }, children));
  if (words.length <= QUOTE_FOLDS_AT && words.split("\n").length <= 3) return quote;
  const toggle = element("button", { type: "button", class: "fold", "aria-expanded": "false" }, "Show all");
  toggle.addEventListener("click", () => {
    const open = quote.classList.toggle("folded") === false;
    toggle.setAttribute("aria-expanded", String(open));
    toggle.textContent = open ? "Show less" : "Show all";
  });
  quote.classList.add("folded");
  quote.append(toggle);
  return quote;
}
