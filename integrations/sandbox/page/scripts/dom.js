/**
 * A new element. Attributes that are null, undefined or false are left out, functions become listeners
 * (`onclick`), and children are nodes or plain text: data never passes through a parser.
 */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export const byId = (id) => document.getElementById(id);

const COLOURS = 7;

/** A round picture with somebody's initials; the colour belongs to the id. */
export function avatar(id, name) {
  return dressAvatar(element("span", { "aria-hidden": "true" }), id, name);
}

/** The bot's picture. */
export const botAvatar = () => element("span", { class: "avatar bot", "aria-hidden": "true" });

/** Turn an element into the avatar of somebody else. */
export function dressAvatar(node, id, name) {
  node.className = `avatar ${colour(id)}`;
  node.textContent = initials(name);
  return node;
}

/** The class that colours a name. */
export const colour = (id) => `colour-${Math.abs(id) % COLOURS}`;

/** Replace what an element holds; the focus goes to whatever now stands in the same `data-place`. */
export function keepFocus(holder, replace) {
  const place = holder.contains(document.activeElement) ? document.activeElement.dataset.place : undefined;
  const fresh = replace() ?? holder;
  if (place === undefined) return;
  const places = [fresh, ...fresh.querySelectorAll("[data-place]")];
  (places.find((each) => each.dataset.place === place) ?? places.find((each) => each.dataset.place))?.focus();
}

/** Whether somebody is typing there, so that letters are no commands. */
export const takesLetters = (node) => node.matches?.("textarea, select, input:not([type=radio], [type=checkbox])");

function initials(name) {
  const words = name.match(/[\p{L}\p{N}]+/gu) ?? [...name];
  return words.slice(0, 2).map((word) => [...word][0]).join("").toUpperCase();
}
